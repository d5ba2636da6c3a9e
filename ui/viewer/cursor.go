package viewer

import (
	"image"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
)

const (
	cursorSize = 20 // Fyne units
	cursorNear = 32 // pixels of the display: closer than this the rep's own pointer says where it is
	cursorTip  = 1  // Fyne units from the drawing's corner to its tip
)

// cursorDrawing is an arrow that is seen on light and on dark.
const cursorDrawing = `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 20 20">` +
	`<path fill="#ffffff" d="M1 1v16l4-4 2.5 6 3.5-1.5-2.5-5.5h5.5z"/>` +
	`<path fill="#101418" d="M2.5 4v9.7l2.8-2.8 2.8 6.4 1.2-.5-2.8-6.2h4.1z"/></svg>`

// cursor is the remote computer's cursor.
type cursor struct {
	at      image.Point // pixel of the display
	visible bool
	image   *canvas.Image
}

func (c *cursor) init() {
	if c.image == nil {
		c.image = canvas.NewImageFromResource(fyne.NewStaticResource("remote-cursor.svg", []byte(cursorDrawing)))
		c.image.Resize(fyne.NewSquareSize(cursorSize))
		c.image.Hide()
	}
}

// placeCursor puts the remote cursor where it is, unless the rep's own pointer stands there.
func (v *Viewer) placeCursor() {
	c := v.cursor.image
	if c == nil {
		return // not shown yet
	}
	off := v.pointer.at.Sub(v.cursor.at)
	own := v.control && v.pointer.over && off.X*off.X+off.Y*off.Y < cursorNear*cursorNear
	inner := v.inner()
	at := inner.Local(v.cursor.at)
	shown := v.cursor.visible && !own && !v.view.Empty() && at.In(image.Rectangle{Max: inner.Window})
	if shown {
		c.Move(v.placer()(at).Subtract(fyne.NewSquareOffsetPos(cursorTip)))
	}
	if shown != c.Visible() {
		c.Hidden = !shown
		canvas.Refresh(v)
	}
}
