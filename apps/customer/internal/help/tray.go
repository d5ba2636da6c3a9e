package help

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/driver/desktop"

	"deskhand/ui/theme"
)

// hide puts an icon into the tray in place of the window, where there is a tray to be had.
func (w *Window) hide() {
	d, ok := w.cfg.App.(desktop.App)
	if !ok {
		return
	}
	w.hidden = true
	d.SetSystemTrayIcon(theme.AppIcon())
	d.SetSystemTrayMenu(fyne.NewMenu("Deskhand",
		fyne.NewMenuItem(w.t.T("customer.tray.show"), w.reveal),
		fyne.NewMenuItem(w.t.T("customer.talk.end"), func() {
			w.reveal()
			w.onClose()
		}),
	))
}

// reveal shows the window if it was hidden.
func (w *Window) reveal() {
	if !w.hidden {
		return
	}
	w.hidden = false
	w.window.Show()
	if w.step == stepTalk {
		w.talk.stayAbove()
		w.talk.fit()
		w.talk.place()
	}
}
