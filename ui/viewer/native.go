package viewer

import (
	"image"
	"math"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/theme"
)

// A Viewer that has a painter with a surface lets that show the picture and draws nothing there itself. The surface lies
// above everything that Fyne draws, so it has to go as soon as a menu, a dialog, a tip or a notice lies over the picture.
// Nothing tells of those; but none of them appears or goes without a new frame, and for each frame Fyne asks for the
// Viewer's objects. So that is where the Viewer looks, and an idle window costs nothing.
//
// When it has to draw the picture itself again it first asks for it (OnNeed) and draws it in that same frame; the
// surface goes meanwhile, and what it showed stays on the screen until the frame is there. All systems keep the
// pixels of a window that has gone until the window below is painted.

// SetPainter gives the viewer a painter that shows the picture on a surface as soon as it has one; then only SetDisplay
// has to be called for a new size, and Update for what changes while Native is false.
func (v *Viewer) SetPainter(p *Painter) {
	v.painter = p
	v.Refresh()
}

// Native says whether a surface shows the picture.
func (v *Viewer) Native() bool { return v.native }

// look switches between surface and Fyne if need be, and tells the painter where the picture is.
func (v *Viewer) look() {
	if v.painter == nil || v.looking || v.renderer == nil {
		return
	}
	v.looking = true
	defer func() { v.looking = false }()
	was := v.native
	v.native = v.clear()
	v.painter.set(v.scene())
	if v.native == was {
		return
	}
	if v.native {
		v.grid.forget()
	} else if v.OnNeed != nil {
		v.OnNeed()
	}
	v.renderer.list()
	v.placeCursor()
}

// clear says that the picture can be on a surface: there is one, and nothing lies over it.
func (v *Viewer) clear() bool {
	if !v.painter.Native() || v.notice != "" || v.view.Empty() || !v.Visible() {
		return false
	}
	c := v.canvas()
	return c != nil && c.Overlays().Top() == nil && (v.Covered == nil || !v.Covered())
}

// scene is where the picture is.
func (v *Viewer) scene() scene {
	d := v.density()
	abs := fyne.CurrentApp().Driver().AbsolutePositionForObject(v)
	inner := v.inner()
	s := scene{
		view: inner, shown: v.native,
		at: image.Pt(int(math.Round(float64(abs.X*d))), int(math.Round(float64(abs.Y*d)))),
	}
	if v.focused && v.control {
		r, g, b, _ := theme.Color(theme.ColorNamePrimary).RGBA()
		s.frame = frame{
			color: 0xff000000 | r>>8<<16 | g>>8<<8 | b>>8, thick: max(1, int(math.Round(float64(d)))),
			right: inner.Window.X == v.view.Window.X, bottom: inner.Window.Y == v.view.Window.Y,
		}
	}
	return s
}

// Place is the part of the native window where the picture is seen, in pixels.
func (v *Viewer) Place() image.Rectangle {
	s := v.scene()
	picture := image.Rectangle{Max: s.view.Size()}.Add(s.view.Origin())
	return picture.Intersect(image.Rectangle{Max: s.view.Window}).Add(s.at)
}

// Hide takes the surface away as well.
func (v *Viewer) Hide() {
	v.BaseWidget.Hide()
	v.look()
}
