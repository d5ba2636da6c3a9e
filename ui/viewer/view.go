package viewer

import (
	"image"
	"math"
)

// Mode says how large the picture is shown.
type Mode int

// The modes.
const (
	Fit    Mode = iota // as large as the window; what would grow by less than a quarter stays at actual size, and sharp
	Actual             // one pixel there is one pixel here
	Zoom               // a percentage of actual size
)

// The zoom's limits in percent.
const (
	MinZoom = 25
	MaxZoom = 200
)

// View is how a display lies in the window. All lengths are whole pixels: of the remote display or of this screen.
// It is a value: nothing in it depends on Fyne, and every place that paints or maps uses it.
type View struct {
	Display image.Point // size of the remote display
	Window  image.Point // size of the place for the picture
	Mode    Mode
	Percent int         // in Zoom
	Scroll  image.Point // what is hidden at the left and the top, where the picture is larger than the window
}

// Empty says that there is nothing to see.
func (v View) Empty() bool {
	return v.Display.X <= 0 || v.Display.Y <= 0 || v.Window.X <= 0 || v.Window.Y <= 0
}

// Scale is pixels here for each pixel there.
func (v View) Scale() float64 {
	switch {
	case v.Empty() || v.Mode == Actual:
		return 1
	case v.Mode == Zoom:
		return float64(min(max(v.Percent, MinZoom), MaxZoom)) / 100
	}
	s := min(float64(v.Window.X)/float64(v.Display.X), float64(v.Window.Y)/float64(v.Display.Y))
	if s > 1 && s < 1.25 {
		return 1
	}
	return s
}

// Size is the size of the whole picture here.
func (v View) Size() image.Point {
	if v.Empty() {
		return image.Point{}
	}
	s := v.Scale()
	size := func(n int) int { return max(1, int(math.Round(float64(n)*s))) }
	return image.Pt(size(v.Display.X), size(v.Display.Y))
}

// Origin is the picture's upper left corner in the window; negative where it is scrolled. A smaller picture stands in
// the middle.
func (v View) Origin() image.Point {
	size, scroll := v.Size(), v.clamped()
	at := func(window, picture, scrolled int) int {
		if picture <= window {
			return (window - picture) / 2
		}
		return -scrolled
	}
	return image.Pt(at(v.Window.X, size.X, scroll.X), at(v.Window.Y, size.Y, scroll.Y))
}

func (v View) clamped() image.Point {
	most := v.ScrollMax()
	return image.Pt(max(0, min(v.Scroll.X, most.X)), max(0, min(v.Scroll.Y, most.Y)))
}

// ScrollMax is the largest Scroll that makes sense.
func (v View) ScrollMax() image.Point {
	size := v.Size()
	return image.Pt(max(0, size.X-v.Window.X), max(0, size.Y-v.Window.Y))
}

// Remote is the display's pixel under a point of the window, the nearest one if the point is beside the picture;
// inside says that it is not beside it. The first and last pixels of the picture are those of the display, at any scale.
func (v View) Remote(p image.Point) (at image.Point, inside bool) {
	if v.Empty() {
		return image.Point{}, false
	}
	origin, size := v.Origin(), v.Size()
	q := p.Sub(origin)
	inside = q.In(image.Rectangle{Max: size}) && p.In(image.Rectangle{Max: v.Window})
	return image.Pt(remote(q.X, size.X, v.Display.X), remote(q.Y, size.Y, v.Display.Y)), inside
}

// remote maps the middle of a pixel of the picture.
func remote(p, size, display int) int {
	switch {
	case p <= 0:
		return 0
	case p >= size-1:
		return display - 1
	}
	return (2*p + 1) * display / (2 * size)
}

// Local is the window's pixel in the middle of a pixel of the display.
func (v View) Local(p image.Point) image.Point {
	if v.Empty() {
		return image.Point{}
	}
	size := v.Size()
	return v.Origin().Add(image.Pt((2*p.X+1)*size.X/(2*v.Display.X), (2*p.Y+1)*size.Y/(2*v.Display.Y)))
}

// Painted is the part of the picture, from its corner, that a part of the display touches. It is one pixel wider on each
// side, because scaled pixels take part of their neighbours.
func (v View) Painted(r image.Rectangle) image.Rectangle {
	if v.Empty() {
		return image.Rectangle{}
	}
	size := v.Size()
	if size == v.Display {
		return r.Intersect(image.Rectangle{Max: size})
	}
	up := func(n, size, display int) int { return (n*size + display - 1) / display }
	return image.Rect(
		r.Min.X*size.X/v.Display.X-1, r.Min.Y*size.Y/v.Display.Y-1,
		up(r.Max.X, size.X, v.Display.X)+1, up(r.Max.Y, size.Y, v.Display.Y)+1,
	).Intersect(image.Rectangle{Max: size})
}

// WithBars takes away the place of the scrollbars that are needed, which are thick pixels wide.
func (v View) WithBars(thick int) (inner View, horizontal, vertical bool) {
	inner = v
	if v.Mode == Fit || v.Empty() {
		return inner, false, false
	}
	size := v.Size()
	for range 2 { // one bar may make the other one necessary
		horizontal = size.X > inner.Window.X
		vertical = size.Y > inner.Window.Y
		inner.Window = v.Window
		if vertical {
			inner.Window.X = max(1, v.Window.X-thick)
		}
		if horizontal {
			inner.Window.Y = max(1, v.Window.Y-thick)
		}
	}
	inner.Scroll = inner.clamped()
	return inner, size.X > inner.Window.X, size.Y > inner.Window.Y
}
