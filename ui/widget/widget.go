// Package widget holds the pieces that windows of both apps are made of. A widget holds no state of the app: a Set
// method alone writes what it shows, its callbacks only tell what the person did. Set does not call them, but for a
// Table whose selected row went away. Everything belongs to Fyne's UI goroutine. Every widget that takes input can be
// reached with Tab and shows where the focus is.
package widget

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	fynetheme "fyne.io/fyne/v2/theme"
	fw "fyne.io/fyne/v2/widget"

	"deskhand/icons"
	"deskhand/ui/theme"
)

// parts is a renderer made of functions. objects are drawn in order, later ones above.
type parts struct {
	objects []fyne.CanvasObject
	min     func() fyne.Size
	layout  func(fyne.Size)
	update  func() // writes what the objects show, before they are laid out and drawn anew
	owner   fyne.Widget
}

func (p *parts) Destroy()                     {}
func (p *parts) Objects() []fyne.CanvasObject { return p.objects }
func (p *parts) MinSize() fyne.Size           { return p.min() }
func (p *parts) Layout(s fyne.Size)           { p.layout(s) }

func (p *parts) Refresh() {
	if p.update != nil {
		p.update()
	}
	p.layout(p.owner.Size())
	for _, o := range p.objects {
		switch o.(type) {
		case fyne.Widget, *fyne.Container: // show what they were told themselves
		default:
			o.Refresh()
		}
	}
	canvas.Refresh(p.owner)
}

func newParts(p *parts) *parts {
	if p.update != nil {
		p.update()
	}
	return p
}

// textSize is the theme's size of text.
func textSize() float32 { return fynetheme.Size(fynetheme.SizeNameText) }

// paint gives a text its colour and size in the current look.
func paint(t *canvas.Text, c fyne.ThemeColorName, size float32) {
	t.Color, t.TextSize = theme.Color(c), size
}

// put places an object in the middle of a line's height.
func put(o fyne.CanvasObject, x, width, height float32) {
	h := min(o.MinSize().Height, height)
	o.Move(fyne.NewPos(x, (height-h)/2))
	o.Resize(fyne.NewSize(width, h))
}

// box places an object.
func box(o fyne.CanvasObject, x, y, w, h float32) {
	o.Move(fyne.NewPos(x, y))
	o.Resize(fyne.NewSize(max(0, w), max(0, h)))
}

func newIcon(n icons.Name) *canvas.Image {
	i := canvas.NewImageFromResource(theme.Icon(n))
	i.FillMode = canvas.ImageFillContain
	return i
}

// setIcon gives an image another drawing or colour.
func setIcon(i *canvas.Image, n icons.Name, c fyne.ThemeColorName) {
	if n == "" {
		i.Hide()
		return
	}
	i.Show()
	i.Resource = theme.IconIn(n, c)
}

// round is a rectangle with the theme's radius.
func round() *canvas.Rectangle {
	r := canvas.NewRectangle(nil)
	r.CornerRadius = theme.Radius
	return r
}

// ring shows a focus: an accent border that is there or not.
func focusRing(r *canvas.Rectangle, focused bool) {
	r.FillColor, r.StrokeColor, r.StrokeWidth = nil, theme.Color(theme.ColorNone), 0
	if focused {
		r.StrokeColor, r.StrokeWidth = theme.Color(theme.ColorAccent), 2
	}
}

// canvasOf is the canvas that an object is shown on, nil while it is on none.
func canvasOf(o fyne.CanvasObject) fyne.Canvas { return fyne.CurrentApp().Driver().CanvasForObject(o) }

// focus gives a widget the focus of its canvas.
func focus(w fyne.Focusable) {
	if o, ok := w.(fyne.CanvasObject); ok {
		if c := canvasOf(o); c != nil {
			c.Focus(w)
		}
	}
}

// popUpAt shows a menu at a place inside an object; closed, if any, is called when it has gone.
func popUpAt(m *fyne.Menu, on fyne.CanvasObject, at fyne.Position, closed func()) {
	c := canvasOf(on)
	if c == nil || m == nil {
		return
	}
	p := fw.NewPopUpMenu(m, c)
	hide := p.OnDismiss
	p.OnDismiss = func() {
		hide()
		if closed != nil {
			closed()
		}
	}
	p.ShowAtRelativePosition(at, on)
}

// passOn gives a key that a widget has no use for to its window, as if nothing had the keyboard.
func passOn(o fyne.CanvasObject, e *fyne.KeyEvent) {
	if c := canvasOf(o); c != nil && c.OnTypedKey() != nil {
		c.OnTypedKey()(e)
	}
}
