package viewer

import (
	"image"
	"math"
	"slices"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/driver/desktop"
)

// pointer is what the local pointer does on the picture.
type pointer struct {
	over     bool
	at       image.Point // latest pixel of the display
	known    bool        // at is set
	down     []Button    // in the order in which they went down
	released bool        // MouseUp came, so that the end of the drag need not stand for it
	dx, dy   float64     // parts of wheel steps not sent yet
}

func (p *pointer) reset() { p.down, p.dx, p.dy = nil, 0, 0 }

func button(b desktop.MouseButton) Button {
	switch b {
	case desktop.MouseButtonPrimary:
		return Left
	case desktop.MouseButtonSecondary:
		return Right
	case desktop.MouseButtonTertiary:
		return Middle
	}
	return 0
}

// pixelOf is the window's pixel under a pointer event. Both positions are whole pixels of the screen in Fyne units.
func (v *Viewer) pixelOf(e fyne.PointEvent) image.Point {
	d := v.density()
	pixel := func(abs, rel float32) int {
		return int(math.Round(float64(abs*d))) - int(math.Round(float64((abs-rel)*d)))
	}
	return image.Pt(pixel(e.AbsolutePosition.X, e.Position.X), pixel(e.AbsolutePosition.Y, e.Position.Y))
}

// move tells where the pointer is, once for each pixel of the display.
func (v *Viewer) move(e fyne.PointEvent) (inside bool) {
	at := v.pixelOf(e)
	if v.OnPointer != nil {
		v.OnPointer(at)
	}
	if v.view.Empty() {
		return false
	}
	inside = v.point(at)
	v.scrollNear(at)
	return inside
}

// point tells which pixel of the display is under a pixel of the window.
func (v *Viewer) point(p image.Point) (inside bool) {
	at, inside := v.inner().Remote(p)
	if !v.pointer.known || v.pointer.at != at {
		v.pointer.at, v.pointer.known = at, true
		v.send(Event{Kind: PointerMove, X: at.X, Y: at.Y})
	}
	v.placeCursor()
	return inside
}

// MouseIn implements desktop.Hoverable.
func (v *Viewer) MouseIn(e *desktop.MouseEvent) {
	v.pointer.over = true
	v.MouseMoved(e)
}

// MouseMoved implements desktop.Hoverable. Moves with a button down come through Dragged instead, as soon as Fyne
// takes them for a drag.
func (v *Viewer) MouseMoved(e *desktop.MouseEvent) { v.move(e.PointEvent) }

// MouseOut implements desktop.Hoverable. It is not called during a drag; any other button that is still down would be
// let go of somewhere else, unseen.
func (v *Viewer) MouseOut() {
	v.pointer.over, v.pointer.known = false, false
	v.stopScroll()
	v.lift(func(Button) bool { return true })
	v.placeCursor()
}

// MouseDown implements desktop.Mouseable.
func (v *Viewer) MouseDown(e *desktop.MouseEvent) {
	v.takeKeyboard()
	inside := v.move(e.PointEvent)
	b := button(e.Button)
	if b == 0 || !inside || !v.control || slices.Contains(v.pointer.down, b) {
		return
	}
	v.pointer.released = false
	v.pointer.down = append(v.pointer.down, b)
	v.keyboard.needShift()
	v.send(Event{Kind: ButtonDown, X: v.pointer.at.X, Y: v.pointer.at.Y, Button: b})
}

// MouseUp implements desktop.Mouseable.
func (v *Viewer) MouseUp(e *desktop.MouseEvent) {
	v.move(e.PointEvent)
	v.pointer.released = true
	b := button(e.Button)
	v.lift(func(other Button) bool { return other == b })
}

// Dragged implements fyne.Draggable.
func (v *Viewer) Dragged(e *fyne.DragEvent) { v.move(e.PointEvent) }

// DragEnd implements fyne.Draggable. If the pointer was let go outside there was no MouseUp, and Fyne took the keyboard
// away as if something else had been clicked.
func (v *Viewer) DragEnd() {
	if !v.pointer.released {
		v.lift(func(Button) bool { return true })
		v.takeKeyboard()
	}
	v.pointer.released = false
	if !v.pointer.over {
		v.stopScroll()
	}
}

func (v *Viewer) takeKeyboard() {
	c := v.canvas()
	if c == nil {
		return
	}
	c.Focus(v)
	if !v.focused { // it had the keyboard of a window that was not in front
		v.FocusGained()
	}
}

// lift lets go of the buttons that which names.
func (v *Viewer) lift(which func(Button) bool) {
	v.pointer.down = slices.DeleteFunc(v.pointer.down, func(b Button) bool {
		if which(b) {
			v.send(Event{Kind: ButtonUp, X: v.pointer.at.X, Y: v.pointer.at.Y, Button: b})
			return true
		}
		return false
	})
}

// Scrolled implements fyne.Scrollable: the wheel turns there while control is on, else it scrolls here.
func (v *Viewer) Scrolled(e *fyne.ScrollEvent) {
	dx, dy := notches(e.Scrolled.DX), notches(e.Scrolled.DY)
	if swapsWheel && v.keyboard.holds(KeyShiftL, KeyShiftR) && dy == 0 {
		dx, dy = 0, dx // Fyne turned it sideways; the other side decides by itself what Shift means
	}
	if !v.control {
		const step = 60
		v.scrollTo(v.view.Scroll.Sub(image.Pt(int(dx*step), int(dy*step))))
		return
	}
	if !v.move(e.PointEvent) {
		return
	}
	v.keyboard.needShift()
	v.pointer.dx, v.pointer.dy = v.pointer.dx-dx*120, v.pointer.dy-dy*120
	x, y := int(v.pointer.dx), int(v.pointer.dy)
	if x == 0 && y == 0 {
		return
	}
	v.pointer.dx, v.pointer.dy = v.pointer.dx-float64(x), v.pointer.dy-float64(y)
	v.send(Event{Kind: Wheel, X: v.pointer.at.X, Y: v.pointer.at.Y, DX: x, DY: y})
}

// notches undoes what Fyne makes of the wheel: it multiplies by a speed, and fast turns by an acceleration.
func notches(d float32) float64 {
	n := float64(d) / wheelSpeed
	if math.Abs(n) >= wheelCutoff*wheelRate {
		n /= wheelRate
	}
	return math.Round(n*1000) / 1000
}

// Cursor implements desktop.Cursorable: the rep's pointer looks like the one that it moves.
func (v *Viewer) Cursor() desktop.Cursor {
	if v.control && v.cursor.Visible && v.cursor.Shape != nil {
		return v.cursor.Shape
	}
	return desktop.DefaultCursor
}
