// Package viewer is the widget that paints a remote display and turns what the rep does on it into events. It owns the
// scroll position and, where Fyne draws, a copy of the picture; what is shown arrives through Update and SetCursor, what
// the rep does leaves through OnEvent. All of it but the Painter belongs to Fyne's UI goroutine.
//
// Where there is a Surface, a Painter shows the picture on it, on a goroutine of its own, and Fyne draws what is around
// it; see SetPainter. Else, and while something lies over the picture, Fyne draws it: as a grid of tiles. Update marks
// those that changed; Fyne asks for the pixels of the marked ones that are in view when it draws a frame, so that a tile
// is scaled and uploaded at most once a frame however often it changes.
//
// A window that shows it uses widget.MenuBar, not Fyne's main menu: that would take Alt and its entries' shortcuts away
// from the remote computer.
package viewer

import (
	"image"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/widget"
)

// Viewer is the picture of one remote display.
type Viewer struct {
	widget.BaseWidget

	OnEvent func(Event)           // every event, in order; nil drops them
	OnScale func(percent float64) // after the shown scale changed
	// OnKey may keep a key for the window, such as F12 for full screen: it returns true and nothing is sent.
	OnKey func(fyne.KeyName) bool
	// OnFocus is told when the viewer gets and loses the keyboard.
	OnFocus func(on bool)
	// OnPointer is told where the pointer is, in pixels of the widget.
	OnPointer func(at image.Point)

	// OnNeed asks for Update with the whole picture, because a surface has shown it until now. See SetPainter.
	OnNeed func()
	// Covered says that something of the window lies over the picture, besides Fyne's overlays; nil: never.
	Covered func() bool

	picture Pixels // the whole display, empty while there is none
	view    View   // Window is all of the widget, with the place of scrollbars
	control bool
	notice  string

	grid     grid
	cursor   cursor
	plain    *Shape
	bars     [2]*bar // horizontal, vertical
	keyboard *keyboard
	pointer  pointer
	auto     autoScroll
	focused  bool
	local    bool // the latest key press is kept here
	scrolls  bool // arrows and number pad scroll here and are not sent
	percent  float64

	cursorImage cursorImage
	renderer    *renderer
	painter     *Painter
	native      bool // a surface shows the picture
	looking     bool
}

// New makes an empty viewer at Fit, that only watches.
func New() *Viewer {
	v := &Viewer{plain: arrow()}
	v.view.Percent = 100
	v.auto.on = true
	v.keyboard = newKeyboard(v.send)
	v.bars = [2]*bar{newBar(v, true), newBar(v, false)}
	v.ExtendBaseWidget(v)
	return v
}

// Update copies the dirty parts of a display's picture. A picture of another size, or a nil list, copies all of it; the
// picture itself is not kept. An empty picture clears the viewer.
func (v *Viewer) Update(img Pixels, dirty []image.Rectangle) {
	if img.Empty() {
		v.picture = Pixels{}
		v.SetDisplay(image.Point{})
		return
	}
	if v.picture.Size() != img.Size() || v.view.Display != img.Size() {
		v.picture = NewPixels(img.Size())
		v.picture.copyFrom(img)
		v.view.Display, v.grid.size = img.Size(), image.Point{} // all tiles anew
		v.Refresh()
		return
	}
	if dirty == nil {
		dirty = []image.Rectangle{img.bounds()}
	}
	inner := v.inner()
	for _, r := range dirty {
		r = r.Intersect(img.bounds())
		v.picture.sub(r).copyFrom(img.sub(r))
		v.grid.mark(inner.Painted(r))
	}
	v.grid.refresh()
}

// SetDisplay says how large the display is while a surface shows its picture. A size of zero means that there is none.
func (v *Viewer) SetDisplay(size image.Point) {
	if v.view.Display == size {
		return
	}
	v.view.Display = size
	if size != (image.Point{}) {
		v.grid.size = image.Point{} // all tiles anew
	}
	if v.picture.Size() != size {
		v.picture = Pixels{}
	}
	v.Refresh()
}

// Display is the size of the shown display, zero while there is none.
func (v *Viewer) Display() image.Point { return v.view.Display }

// SetMode chooses how large the picture is; percent (25 to 200) matters in Zoom only.
func (v *Viewer) SetMode(m Mode, percent int) {
	v.view.Mode, v.view.Percent = m, min(max(percent, MinZoom), MaxZoom)
	v.Refresh()
}

// Mode is the chosen mode and its percentage.
func (v *Viewer) Mode() (Mode, int) { return v.view.Mode, v.view.Percent }

// Scale is the shown scale in percent: pixels here for 100 there.
func (v *Viewer) Scale() float64 { return v.inner().Scale() * 100 }

// ActualSize is how large the viewer has to be to show all of the display at actual size on this screen.
func (v *Viewer) ActualSize() fyne.Size {
	d := v.density()
	return fyne.NewSize(float32(v.view.Display.X)/d, float32(v.view.Display.Y)/d)
}

// SetControl says whether input is sent. Switching it off lets go of everything first.
func (v *Viewer) SetControl(on bool) {
	if v.control == on {
		return
	}
	if !on {
		v.releaseAll()
	}
	v.control = on
	v.Refresh()
}

// SetNotice shows a text over the picture, which is dimmed, or in its place; "" removes it.
func (v *Viewer) SetNotice(text string) {
	if v.notice != text {
		v.notice = text
		v.Refresh()
	}
}

// SetCursor places the remote cursor. It is not drawn where the rep's own pointer is, which takes its shape while control
// is on.
func (v *Viewer) SetCursor(c Cursor) {
	v.cursor.Cursor = c
	v.placeCursor()
}

// SendKeys presses keys in order and lets go of them in reverse, whatever has the focus: Ctrl-Alt-Del from a menu.
func (v *Viewer) SendKeys(keys ...Keysym) {
	for _, k := range keys {
		v.send(Event{Kind: KeyDown, Key: k})
	}
	for i := range keys {
		v.send(Event{Kind: KeyUp, Key: keys[len(keys)-1-i]})
	}
}

// send gives an event to the owner while control is on.
func (v *Viewer) send(e Event) {
	if v.control && v.OnEvent != nil {
		v.OnEvent(e)
	}
}

// releaseAll lets go of every key and button.
func (v *Viewer) releaseAll() {
	v.lift(func(Button) bool { return true })
	v.keyboard.reset()
	v.pointer.reset()
	v.send(Event{Kind: ReleaseAll})
}

// canvas is what the viewer is shown on, nil while it is on none.
func (v *Viewer) canvas() fyne.Canvas { return fyne.CurrentApp().Driver().CanvasForObject(v) }

// density is pixels of this screen for each Fyne unit.
func (v *Viewer) density() float32 {
	const far = 1 << 16 // so that the whole pixels that Fyne gives are exact enough
	c := v.canvas()
	if c == nil {
		return 1
	}
	x, _ := c.PixelCoordinateForPosition(fyne.NewPos(far, 0))
	if x <= 0 {
		return 1
	}
	return float32(x) / far
}

// inner is the view without the place of the scrollbars.
func (v *Viewer) inner() View {
	in, _, _ := v.view.WithBars(v.barThickness())
	return in
}

func (v *Viewer) scrollTo(p image.Point) {
	v.view.Scroll = p
	v.view.Scroll = v.inner().clamped()
	v.Refresh()
}
