package console

import (
	"context"
	"fmt"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/dialog"
	fw "fyne.io/fyne/v2/widget"

	"deskhand/apps/internal/prefs"
	"deskhand/apps/rep/internal/desk"
	"deskhand/icons"
	"deskhand/protocol/version"
	"deskhand/ui/theme"
	"deskhand/ui/widget"
)

// listWindow is List View: incoming queries, running sessions, history and details, with the toolbar above.
type listWindow struct {
	k      *Console
	window fyne.Window

	banner       *widget.Banner
	availability *widget.AvailabilitySwitch
	delay        *fw.Label
	delayIcon    *fw.Icon
	codes        *widget.Button
	body         *fyne.Container

	incoming, running, history        *widget.Table
	incomingPane, runningPane         *widget.FoldPane
	historyPane, detailsPane          *widget.FoldPane
	details                           *widget.Facts
	question                          *fw.Label
	accept, decline, viewer, openChat *widget.Button
	search                            *fw.Entry
	stats                             *fw.Label      // of the day
	found                             []desk.Session // of a search; nil shows the history as it is
	selected                          string         // session number of what Details shows
	panes                             prefs.Panes
	menuPanes                         [4]*fyne.MenuItem
	menuCodes                         *fyne.MenuItem
	menu                              *fyne.MainMenu
}

func newListWindow(k *Console) *listWindow {
	w := &listWindow{k: k, panes: k.cfg.Prefs.Get().Panes}
	w.window = k.cfg.App.NewWindow("Deskhand")
	w.window.SetIcon(theme.AppIcon())
	w.window.SetPadded(false)
	w.build()
	w.window.Resize(k.windowSize("list", fyne.NewSize(900, 600)))
	w.window.SetCloseIntercept(w.onClose)
	return w
}

// build makes everything in the language in use.
func (w *listWindow) build() {
	t := w.k.t.T
	w.banner = widget.NewBanner()
	w.buildTables()
	w.buildDetails()
	w.availability = widget.NewAvailabilitySwitch(widget.AvailabilityWords{
		Available: t("availability.available"), Unavailable: t("availability.unavailable"), Offline: t("availability.offline"),
	})
	w.availability.OnChange = func(on bool) { w.k.desk.SetAvailable(on) }
	w.delay, w.delayIcon = fw.NewLabel(""), fw.NewIcon(theme.IconIn(icons.Delay, theme.ColorMuted))
	w.delayIcon.Hide()
	view := widget.NewToolButton(icons.View, t("menu.view"), nil)
	view.SetMenu(func() *fyne.Menu { return fyne.NewMenu("", w.paneItems()...) })
	settings := widget.NewToolButton(icons.Preferences, t("list.preferences"), w.k.openSettings)
	w.codes = widget.NewToolButton(icons.Codes, t("list.codes"), w.k.openCodes)
	bar := widget.NewToolbar(
		[]fyne.CanvasObject{view, settings, w.codes},
		[]fyne.CanvasObject{w.availability, w.delayIcon, w.delay},
	)
	w.body = container.NewStack()
	w.layoutPanes()
	w.window.SetMainMenu(w.buildMenu())
	w.window.SetContent(widget.NewTips(container.NewBorder(container.NewVBox(bar, w.banner), nil, nil, nil, w.body)))
}

// layoutPanes places the panes that are shown: incoming queries across the top, the rest below, details at the right.
func (w *listWindow) layoutPanes() {
	var left []fyne.CanvasObject
	if w.panes.Sessions {
		left = append(left, w.runningPane)
	}
	if w.panes.History {
		left = append(left, w.historyPane)
	}
	var lower fyne.CanvasObject
	switch {
	case len(left) > 0 && w.panes.Details:
		split := container.NewHSplit(widget.NewPaneStack(left, 1, 2), w.detailsPane)
		split.Offset = 0.66
		lower = split
	case len(left) > 0:
		lower = widget.NewPaneStack(left, 1, 2)
	case w.panes.Details:
		lower = w.detailsPane
	}
	var rows []fyne.CanvasObject
	var weights []float32
	if w.panes.Incoming {
		rows, weights = append(rows, w.incomingPane), append(weights, 2)
	}
	if lower != nil {
		rows, weights = append(rows, lower), append(weights, 4)
	}
	var whole fyne.CanvasObject = widget.NewPaneStack(rows, weights...)
	if len(rows) == 0 {
		whole = container.NewCenter(widget.NewMuted(w.k.t.T("list.no_panes")))
	}
	w.body.Objects = []fyne.CanvasObject{whole}
	w.body.Refresh()
}

// togglePane shows or hides a pane, and remembers it.
func (w *listWindow) togglePane(i int) {
	for n, shown := range w.paneFlags() {
		if n == i {
			*shown = !*shown
		}
		w.menuPanes[n].Checked = *shown
	}
	w.menu.Refresh()
	w.layoutPanes()
	if err := w.k.cfg.Prefs.Update(w.k.cfg.Life, func(s *prefs.Settings) { s.Panes = w.panes }); err != nil {
		w.k.problem(err)
	}
}

func (w *listWindow) paneFlags() [4]*bool {
	return [4]*bool{&w.panes.Incoming, &w.panes.Sessions, &w.panes.History, &w.panes.Details}
}

func (w *listWindow) paneItems() []*fyne.MenuItem {
	var items []*fyne.MenuItem
	names := [4]string{"list.incoming", "list.in_session", "list.history", "list.details"}
	for i, shown := range w.paneFlags() {
		item := fyne.NewMenuItem(w.k.t.T(names[i]), func() { w.togglePane(i) })
		item.Checked = *shown
		items = append(items, item)
	}
	return items
}

func (w *listWindow) buildMenu() *fyne.MainMenu {
	k, t := w.k, w.k.t.T
	exit := fyne.NewMenuItem(t("menu.exit"), k.quit)
	exit.IsQuit = true
	panes := w.paneItems()
	copy(w.menuPanes[:], panes)
	w.menuCodes = fyne.NewMenuItem(t("menu.code_management"), k.openCodes)
	w.menu = fyne.NewMainMenu(
		fyne.NewMenu(t("menu.file"), fyne.NewMenuItem(t("menu.log_out"), k.logOut), fyne.NewMenuItemSeparator(), exit),
		fyne.NewMenu(t("menu.options"),
			fyne.NewMenuItem(t("menu.toggle_available"), k.toggleAvailable),
			fyne.NewMenuItemSeparator(),
			fyne.NewMenuItem(t("menu.preferences"), k.openSettings)),
		fyne.NewMenu(t("menu.view"), append(panes, fyne.NewMenuItemSeparator(),
			fyne.NewMenuItem(t("menu.chat_box"), func() { k.openChat("") }))...),
		fyne.NewMenu(t("menu.codes"), w.menuCodes),
		fyne.NewMenu(t("menu.help"), fyne.NewMenuItem(t("menu.about"), w.onAbout)),
	)
	return w.menu
}

// show writes what the desk knows now.
func (w *listWindow) show(s desk.Snapshot) {
	t := w.k.t
	title := "Deskhand"
	if s.Rep.Name != "" {
		title += " – " + s.Rep.Name
	}
	w.window.SetTitle(title)
	state := widget.Offline
	if s.Connected {
		state = widget.Unavailable
		if s.Available {
			state = widget.Available
		}
	}
	w.availability.Set(state)
	w.showDelay(s.Delay)
	phone := hasPhone(s)
	w.menuCodes.Disabled = !phone
	w.menuCodes.Label = t.T("menu.code_management")
	if phone {
		w.codes.Show()
	} else {
		w.codes.Hide()
		w.menuCodes.Label = t.T("menu.no_phone_portal")
	}
	if !s.Connected && s.Fault != "" {
		w.k.wasLost = true
		w.banner.Say(widget.BannerWarning, t.T("list.reconnecting")+" "+t.Fault(string(s.Fault)))
	} else if s.Connected {
		w.clearLost()
	}
	w.tick(s)
	w.showRunning(s)
	w.showHistory(s)
	w.showDetails(s)
}

// clearLost takes the message about a lost connection away, but no other.
func (w *listWindow) clearLost() {
	if w.k.wasLost {
		w.banner.Say(widget.BannerInfo, "")
	}
	w.k.wasLost = false
}

// setText writes a label. A label whose text stays is left alone: to refresh it paints its whole window.
func setText(l *fw.Label, text string) {
	if l.Text != text {
		l.SetText(text)
	}
}

func (w *listWindow) showDelay(d time.Duration) {
	text := delayText(d)
	if w.delayIcon.Visible() != (text != "") {
		if text == "" {
			w.delayIcon.Hide()
		} else {
			w.delayIcon.Show()
		}
	}
	setText(w.delay, text)
}

// delayText is the delay to the relay and back; empty while it is not known.
func delayText(d time.Duration) string {
	if d <= 0 {
		return ""
	}
	return fmt.Sprintf("%d ms", max(1, d.Round(time.Millisecond).Milliseconds()))
}

func hasPhone(s desk.Snapshot) bool {
	for _, p := range s.Portals {
		if p.Mode == desk.ModePhone {
			return true
		}
	}
	return false
}

// onClose keeps the console running in the tray, or ends it, as the rep says.
func (w *listWindow) onClose() {
	t := w.k.t.T
	d := dialog.NewConfirm(t("close.title"), t("close.text"), func(stay bool) {
		if stay {
			w.window.Hide()
			return
		}
		w.k.quit()
	}, w.window)
	d.SetConfirmText(t("close.stay"))
	d.SetDismissText(t("close.exit"))
	d.Show()
}

func (w *listWindow) onAbout() {
	dialog.ShowInformation("Deskhand", w.k.t.T("about.text", version.Product), w.window)
}

func (k *Console) showList() {
	if k.list == nil {
		k.login.window.RequestFocus()
		return
	}
	k.list.window.Show()
	k.list.window.RequestFocus()
}

func (k *Console) toggleAvailable() {
	if k.list != nil {
		k.desk.SetAvailable(!k.last.Available)
	}
}

func (k *Console) logOut() {
	if k.list == nil {
		return
	}
	k.run(func(ctx context.Context) error { return k.desk.Logout(ctx) })
}

// quit saves the windows' sizes and ends the console.
func (k *Console) quit() {
	if k.list != nil {
		k.keepSize("list", k.list.window)
	}
	for _, h := range k.hosts {
		h.keepSize()
	}
	k.cfg.Quit()
}
