package console

import (
	"strconv"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/layout"
	fw "fyne.io/fyne/v2/widget"

	"deskhand/apps/internal/prefs"
	"deskhand/icons"
	"deskhand/ui/lang"
	"deskhand/ui/theme"
	"deskhand/ui/widget"
)

// settingsWindow is Preferences: language, look, and how alerts behave.
type settingsWindow struct {
	k        *Console
	window   fyne.Window
	banner   *widget.Banner
	language *fw.Select
	look     *fw.Select
	seconds  *fw.Entry
	show     *fw.Check
}

func (k *Console) openSettings() {
	if k.settings != nil {
		k.settings.window.RequestFocus()
		return
	}
	w := &settingsWindow{k: k}
	k.settings = w
	w.window = k.cfg.App.NewWindow(k.t.T("list.preferences"))
	w.window.SetIcon(theme.AppIcon())
	w.build(k.cfg.Prefs.Get())
	w.window.Resize(fyne.NewSize(460, 320))
	w.window.SetCloseIntercept(w.close)
	w.window.Show()
}

func (w *settingsWindow) close() {
	w.window.Close()
	w.k.settings = nil
}

// looks are the choices of look, in the order in which they are offered.
func looks() []prefs.Theme {
	return []prefs.Theme{prefs.ThemeSystem, prefs.ThemeLight, prefs.ThemeDark}
}

func (w *settingsWindow) build(s prefs.Settings) {
	t := w.k.t.T
	w.banner = widget.NewBanner()
	names := []string{t("settings.system_language")}
	chosen := 0
	for i, l := range lang.Languages() {
		names = append(names, l.Name)
		if l.Code == s.Language {
			chosen = i + 1
		}
	}
	w.language = fw.NewSelect(names, nil)
	w.language.SetSelectedIndex(chosen)
	w.look = fw.NewSelect([]string{t("settings.look_system"), t("settings.look_light"), t("settings.look_dark")}, nil)
	for i, l := range looks() {
		if l == s.Theme {
			w.look.SetSelectedIndex(i)
		}
	}
	w.seconds = fw.NewEntry()
	w.seconds.SetText(strconv.Itoa(s.AlertSeconds))
	w.show = fw.NewCheck(t("settings.alert_in_session"), nil)
	w.show.SetChecked(s.AlertShow)
	general := container.New(layout.NewFormLayout(),
		fw.NewLabel(t("settings.language")), w.language, fw.NewLabel(t("settings.look")), w.look)
	alerts := container.New(layout.NewFormLayout(),
		fw.NewLabel(t("settings.alert_seconds")), w.seconds, fw.NewLabel(""), w.show)
	tabs := container.NewAppTabs(
		container.NewTabItem(t("settings.general"), container.NewPadded(general)),
		container.NewTabItem(t("settings.alerts"), container.NewPadded(alerts)),
	)
	save := widget.NewToolButton(icons.Accept, t("button.ok"), w.onSave)
	save.SetRank(widget.Primary)
	cancel := widget.NewToolButton(icons.Cancel, t("button.cancel"), w.close)
	cancel.SetRank(widget.Plain)
	w.window.SetContent(widget.NewTips(container.NewBorder(
		w.banner, container.NewHBox(layout.NewSpacer(), cancel, save), nil, nil, tabs)))
}

func (w *settingsWindow) onSave() {
	seconds, err := strconv.Atoi(w.seconds.Text)
	if err != nil || seconds < prefs.MinAlertSeconds || seconds > prefs.MaxAlertSeconds {
		w.banner.Say(widget.BannerWarning, w.k.t.T("settings.seconds_wrong", prefs.MinAlertSeconds, prefs.MaxAlertSeconds))
		return
	}
	err = w.k.cfg.Prefs.Update(w.k.cfg.Life, func(s *prefs.Settings) {
		s.Language = ""
		if i := w.language.SelectedIndex(); i > 0 {
			s.Language = lang.Languages()[i-1].Code
		}
		s.Theme = looks()[max(0, w.look.SelectedIndex())]
		s.AlertSeconds = seconds
		s.AlertShow = w.show.Checked
	})
	if err != nil {
		w.banner.Say(widget.BannerFault, w.k.t.T("settings.not_saved"))
		return
	}
	w.close()
	w.k.Restyle()
}
