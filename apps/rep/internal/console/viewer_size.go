package console

import (
	"fyne.io/fyne/v2"

	"deskhand/apps/internal/prefs"
	"deskhand/ui/viewer"
)

// firstSize is how large a Viewer that opens shows the picture: as the rep chose it last.
func (k *Console) firstSize() (viewer.Mode, int) {
	switch {
	case k.cfg.OpenViewer || k.viewing.Zoom == prefs.ZoomActual:
		return viewer.Actual, 100
	case k.viewing.Zoom == prefs.ZoomPercent:
		return viewer.Zoom, k.viewing.Percent
	default:
		return viewer.Fit, 100
	}
}

// size is the rep's choice of how large the picture is, for the next Viewers too.
func (v *viewerWindow) size(m viewer.Mode, percent int) {
	v.picture.SetMode(m, percent)
	zoom := [...]prefs.Zoom{viewer.Fit: prefs.ZoomFit, viewer.Actual: prefs.ZoomActual, viewer.Zoom: prefs.ZoomPercent}[m]
	if zoom == v.k.viewing.Zoom && percent == v.k.viewing.Percent {
		v.apply()
		return
	}
	v.k.setViewing(func(s *prefs.Viewer) { s.Zoom, s.Percent = zoom, percent })
}

// windowSize is how large a window was when it was closed last, or its own size.
func (k *Console) windowSize(name string, own fyne.Size) fyne.Size {
	if saved, ok := k.cfg.Prefs.Get().Windows[name]; ok && saved.W > 0 && saved.H > 0 {
		return fyne.NewSize(saved.W, saved.H)
	}
	return own
}

// keepSize keeps the window's size, unless it is not the rep's choice.
func (h *viewerHost) keepSize() {
	if !h.full && !h.k.cfg.OpenViewer {
		h.k.keepSize("viewer", h.window)
	}
}

// keepSize keeps how large a window is for the next one of that name.
func (k *Console) keepSize(name string, w fyne.Window) {
	size := w.Canvas().Size()
	if k.cfg.Life.Err() != nil || size == k.windowSize(name, fyne.Size{}) {
		return
	}
	err := k.cfg.Prefs.Update(k.cfg.Life, func(s *prefs.Settings) {
		if s.Windows == nil {
			s.Windows = map[string]prefs.Size{}
		}
		s.Windows[name] = prefs.Size{W: size.Width, H: size.Height}
	})
	if err != nil {
		k.cfg.Logger.Warn("the settings could not be saved", "err", err)
	}
}

// sized shows in the toolbar which size was chosen.
func (v *viewerWindow) sized() {
	mode, _ := v.picture.Mode()
	v.fit.SetOn(mode == viewer.Fit)
	v.actual.SetOn(mode == viewer.Actual)
}

// full shows in menus and toolbar whether the window is in full screen.
func (v *viewerWindow) full() {
	t := v.k.t.T
	label := t("viewer.full_screen")
	if v.host.full {
		label = t("viewer.leave_full_screen")
	}
	v.fullScreen.SetLabel(label)
	v.menu.Set(v.menus()...)
}
