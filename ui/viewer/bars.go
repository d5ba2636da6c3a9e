package viewer

import (
	"image"
	"math"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/driver/desktop"
	"fyne.io/fyne/v2/theme"
	"fyne.io/fyne/v2/widget"
)

const shortestThumb = 24 // Fyne units

// bar is a scrollbar. It is dragged, or clicked beside the thumb to go on by a window.
type bar struct {
	widget.BaseWidget

	viewer     *Viewer
	horizontal bool
	hovered    bool
	from, size float32 // of the thumb, in Fyne units along the bar
}

func newBar(v *Viewer, horizontal bool) *bar {
	b := &bar{viewer: v, horizontal: horizontal}
	b.ExtendBaseWidget(b)
	return b
}

// barThickness is how many pixels a scrollbar takes.
func (v *Viewer) barThickness() int {
	return int(math.Round(float64(theme.Size(theme.SizeNameScrollBar) * v.density())))
}

// along picks the part of a point that is in the bar's direction.
func (b *bar) along(p image.Point) int {
	if b.horizontal {
		return p.X
	}
	return p.Y
}

func (b *bar) length() float32 {
	if b.horizontal {
		return b.Size().Width
	}
	return b.Size().Height
}

// scrollBy moves by pixels of the picture here.
func (b *bar) scrollBy(n int) {
	by := image.Pt(0, n)
	if b.horizontal {
		by = image.Pt(n, 0)
	}
	b.viewer.scrollTo(b.viewer.view.Scroll.Add(by))
}

// Dragged implements fyne.Draggable.
func (b *bar) Dragged(e *fyne.DragEvent) {
	moved := e.Dragged.DY
	if b.horizontal {
		moved = e.Dragged.DX
	}
	if room := b.length() - b.size; room > 0 {
		most := b.along(b.viewer.inner().ScrollMax())
		b.scrollBy(int(math.Round(float64(moved / room * float32(most)))))
	}
}

// DragEnd implements fyne.Draggable.
func (b *bar) DragEnd() {}

// Tapped implements fyne.Tappable.
func (b *bar) Tapped(e *fyne.PointEvent) {
	at := e.Position.Y
	if b.horizontal {
		at = e.Position.X
	}
	switch page := b.along(b.viewer.inner().Window); {
	case at < b.from:
		b.scrollBy(-page)
	case at > b.from+b.size:
		b.scrollBy(page)
	}
}

// MouseIn implements desktop.Hoverable.
func (b *bar) MouseIn(*desktop.MouseEvent) { b.hovered = true; b.Refresh() }

// MouseMoved implements desktop.Hoverable.
func (b *bar) MouseMoved(*desktop.MouseEvent) {}

// MouseOut implements desktop.Hoverable.
func (b *bar) MouseOut() { b.hovered = false; b.Refresh() }

// set places the thumb for a view.
func (b *bar) set(v View) {
	whole, window, scroll := float32(b.along(v.Size())), float32(b.along(v.Window)), float32(b.along(v.Scroll))
	b.size = max(shortestThumb, b.length()*window/whole)
	b.from = (b.length() - b.size) * scroll / max(1, whole-window)
	b.Refresh()
}

// CreateRenderer implements fyne.Widget.
func (b *bar) CreateRenderer() fyne.WidgetRenderer {
	track, thumb := canvas.NewRectangle(nil), canvas.NewRectangle(nil)
	r := &barRenderer{b, track, thumb, []fyne.CanvasObject{track, thumb}}
	r.Refresh()
	return r
}

type barRenderer struct {
	bar          *bar
	track, thumb *canvas.Rectangle
	objects      []fyne.CanvasObject
}

func (r *barRenderer) Destroy()                     {}
func (r *barRenderer) Objects() []fyne.CanvasObject { return r.objects }
func (r *barRenderer) MinSize() fyne.Size {
	return fyne.NewSquareSize(theme.Size(theme.SizeNameScrollBar))
}

func (r *barRenderer) Layout(s fyne.Size) {
	const space = 2
	r.track.Resize(s)
	if r.bar.horizontal {
		r.thumb.Move(fyne.NewPos(r.bar.from, space))
		r.thumb.Resize(fyne.NewSize(r.bar.size, s.Height-2*space))
	} else {
		r.thumb.Move(fyne.NewPos(space, r.bar.from))
		r.thumb.Resize(fyne.NewSize(s.Width-2*space, r.bar.size))
	}
}

func (r *barRenderer) Refresh() {
	r.track.FillColor, r.thumb.FillColor = theme.Color(theme.ColorNameHeaderBackground), theme.Color(theme.ColorNameScrollBar)
	if r.bar.hovered {
		r.thumb.FillColor = theme.Color(theme.ColorNamePrimary)
	}
	r.thumb.CornerRadius = theme.Size(theme.SizeNameScrollBarRadius)
	r.Layout(r.bar.Size())
	r.track.Refresh()
	r.thumb.Refresh()
	canvas.Refresh(r.bar)
}

// placeBars shows the scrollbars that are needed.
func (v *Viewer) placeBars(inner View, horizontal, vertical bool) {
	s, thick := v.Size(), float32(v.barThickness())/v.density()
	across, down := s.Width, s.Height
	if vertical {
		across -= thick
	}
	if horizontal {
		down -= thick
	}
	for i, shown := range []bool{horizontal, vertical} {
		b := v.bars[i]
		b.Hidden = !shown
		if !shown {
			continue
		}
		if b.horizontal {
			b.Move(fyne.NewPos(0, s.Height-thick))
			b.Resize(fyne.NewSize(across, thick))
		} else {
			b.Move(fyne.NewPos(s.Width-thick, 0))
			b.Resize(fyne.NewSize(thick, down))
		}
		b.set(inner)
	}
}
