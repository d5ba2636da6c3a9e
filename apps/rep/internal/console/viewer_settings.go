package console

import (
	"fmt"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/layout"
	fw "fyne.io/fyne/v2/widget"

	"deskhand/apps/internal/prefs"
	"deskhand/icons"
	"deskhand/ui/theme"
	"deskhand/ui/widget"
)

// viewerSettings is Tools > Preferences of a Viewer: its keys.
type viewerSettings struct {
	k         *Console
	window    fyne.Window
	banner    *widget.Banner
	shortcuts *fw.Check
	system    *fw.Check
	keys      [commands]*fw.Select
}

func (k *Console) openViewerSettings() {
	if k.viewerSettings != nil {
		k.viewerSettings.window.RequestFocus()
		return
	}
	w := &viewerSettings{k: k}
	k.viewerSettings = w
	w.window = k.cfg.App.NewWindow(k.t.T("viewer.title") + " – " + k.t.T("list.preferences"))
	w.window.SetIcon(theme.AppIcon())
	w.build(k.viewing)
	w.window.Resize(fyne.NewSize(480, 380))
	w.window.SetCloseIntercept(w.close)
	w.window.Show()
}

func (w *viewerSettings) close() {
	w.window.Close()
	w.k.viewerSettings = nil
}

// functionKeys are the keys that can be chosen, after none.
func functionKeys() []string {
	keys := make([]string, 12)
	for i := range keys {
		keys[i] = fmt.Sprintf("F%d", i+1)
	}
	return keys
}

func (w *viewerSettings) build(s prefs.Viewer) {
	t := w.k.t.T
	w.banner = widget.NewBanner()
	w.shortcuts = fw.NewCheck(t("viewer.shortcuts"), nil)
	w.shortcuts.SetChecked(s.Shortcuts)
	w.system = fw.NewCheck(t("viewer.system_keys"), nil)
	w.system.SetChecked(s.SystemKeys)
	if w.k.cfg.Hook == nil {
		w.system.SetText(t("viewer.system_keys") + " (" + t("viewer.not_here") + ")")
		w.system.Disable()
	}
	form := container.New(layout.NewFormLayout())
	for c := range commands {
		w.keys[c] = fw.NewSelect(append([]string{t("viewer.no_key")}, functionKeys()...), nil)
		w.keys[c].SetSelectedIndex(0)
		if key := *keyOf(&s, c); key != "" {
			w.keys[c].SetSelected(key)
		}
		form.Add(fw.NewLabel(w.k.name(c)))
		form.Add(w.keys[c])
	}
	save := widget.NewToolButton(icons.Accept, t("button.ok"), w.onSave)
	save.SetRank(widget.Primary)
	cancel := widget.NewToolButton(icons.Cancel, t("button.cancel"), w.close)
	cancel.SetRank(widget.Plain)
	w.window.SetContent(widget.NewTips(container.NewBorder(
		w.banner, container.NewHBox(layout.NewSpacer(), cancel, save), nil, nil,
		container.NewPadded(container.NewVBox(w.shortcuts, wrapped(t("viewer.shortcuts_hint")), form, w.system)))))
}

func (w *viewerSettings) onSave() {
	s := w.k.viewing
	taken := map[string]bool{}
	for c := range commands {
		key := ""
		if w.keys[c].SelectedIndex() > 0 {
			key = w.keys[c].Selected
		}
		if key != "" && taken[key] {
			w.banner.Say(widget.BannerWarning, w.k.t.T("viewer.key_twice", key))
			return
		}
		taken[key] = true
		*keyOf(&s, c) = key
	}
	s.Shortcuts, s.SystemKeys = w.shortcuts.Checked, w.system.Checked
	w.close()
	w.k.setViewing(func(v *prefs.Viewer) { *v = s })
}
