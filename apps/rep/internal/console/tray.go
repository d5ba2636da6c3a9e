package console

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/driver/desktop"

	"deskhand/apps/rep/internal/desk"
	"deskhand/icons"
	"deskhand/ui/theme"
)

// tray is the icon that stays when every window is closed, with the console's main commands.
type tray struct {
	k         *Console
	app       desktop.App // nil where there is no tray
	shown     icons.Tray
	available *fyne.MenuItem
	codes     *fyne.MenuItem
	menu      *fyne.Menu
}

func newTray(k *Console) *tray {
	t := &tray{k: k}
	t.app, _ = k.cfg.App.(desktop.App)
	t.build()
	return t
}

func (t *tray) build() {
	text := t.k.t.T
	t.shown = ""
	t.available = fyne.NewMenuItem(text("tray.available"), t.k.toggleAvailable)
	t.codes = fyne.NewMenuItem(text("menu.code_management"), t.k.openCodes)
	exit := fyne.NewMenuItem(text("menu.exit"), t.k.quit)
	exit.IsQuit = true
	t.menu = fyne.NewMenu("Deskhand",
		fyne.NewMenuItem(text("tray.show_list"), t.k.showList),
		t.codes,
		fyne.NewMenuItemSeparator(),
		t.available,
		fyne.NewMenuItem(text("menu.preferences"), t.k.openSettings),
		fyne.NewMenuItemSeparator(),
		fyne.NewMenuItem(text("menu.log_out"), t.k.logOut),
		exit,
	)
	if t.app != nil {
		t.app.SetSystemTrayMenu(t.menu)
	}
}

// show sets icon and check marks; the system is told only of changes.
func (t *tray) show(s desk.Snapshot, inSession int) {
	state := trayState(s, inSession)
	if t.app == nil || state == t.shown {
		return
	}
	t.shown = state
	t.available.Checked = s.Available
	t.codes.Disabled = !hasPhone(s)
	t.menu.Refresh()
	t.app.SetSystemTrayIcon(theme.TrayIcon(state))
}

func trayState(s desk.Snapshot, inSession int) icons.Tray {
	switch {
	case !s.Connected:
		return icons.TrayOffline
	case inSession > 0:
		return icons.TrayInSession
	case s.Available:
		return icons.TrayAvailable
	default:
		return icons.TrayUnavailable
	}
}
