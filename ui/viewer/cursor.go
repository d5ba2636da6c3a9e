package viewer

import (
	"image"
	"math"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
)

// cursorNear is how close, in pixels of the display, the remote cursor is not drawn: the rep's own pointer says where
// it is.
const cursorNear = 32

// Cursor is the remote computer's cursor.
type Cursor struct {
	At      image.Point // pixel of the display
	Visible bool
	Shape   *Shape // nil: not known, an arrow
}

// cursor is that and the rep's own pointer.
type cursor struct {
	Cursor
	own ownPointer
}

// ownPointer is what the rep's pointer does.
type ownPointer struct {
	at      image.Point // pixel of the display
	over    bool        // it is on the picture
	control bool        // it moves the remote cursor
}

// seen says whether it has to be drawn.
func (c cursor) seen() bool {
	off := c.own.at.Sub(c.At)
	own := c.own.control && c.own.over && off.X*off.X+off.Y*off.Y < cursorNear*cursorNear
	return c.Visible && !own
}

// placed is a cursor in the window. The zero value is none.
type placed struct {
	shape  *Shape
	at     image.Point // the shape's corner, in pixels of the window
	factor int         // pixels here for each of the shape's
}

// place says where and how the cursor is drawn: enlarged with the picture, but never smaller than it is there.
func (c cursor) place(v View, plain *Shape) placed {
	if !c.seen() || v.Empty() {
		return placed{}
	}
	p := placed{shape: c.Shape, factor: max(1, int(math.Round(v.Scale())))}
	if p.shape == nil {
		p.shape = plain
	}
	p.at = v.Local(c.At).Sub(p.shape.Hot.Mul(p.factor))
	return p
}

func (p placed) rect() image.Rectangle {
	if p.shape == nil {
		return image.Rectangle{}
	}
	return image.Rectangle{Min: p.at, Max: p.at.Add(p.shape.Size().Mul(p.factor))}
}

// drawnCursor is a cursor on a surface, and what is under it.
type drawnCursor struct {
	placed
	r     image.Rectangle // of the buffer, empty when it is not drawn
	saved Pixels
}

func (d *drawnCursor) touches(parts []image.Rectangle) bool {
	for _, r := range parts {
		if r.Overlaps(d.r) {
			return true
		}
	}
	return false
}

// lift gives back what is under the cursor.
func (d *drawnCursor) lift(buffer Pixels) {
	if !d.r.Empty() {
		buffer.sub(d.r).copyFrom(d.saved)
	}
	d.placed, d.r = placed{}, image.Rectangle{}
}

// drop draws the cursor and keeps what was there.
func (d *drawnCursor) drop(buffer Pixels, p placed) {
	d.placed, d.r = p, p.rect().Intersect(buffer.bounds())
	if d.r.Empty() {
		return
	}
	if need := pixelBytes * d.r.Dx() * d.r.Dy(); cap(d.saved.Pix) < need {
		d.saved.Pix = make([]byte, need)
	}
	d.saved = Pixels{Pix: d.saved.Pix[:cap(d.saved.Pix)], Stride: pixelBytes * d.r.Dx(), W: d.r.Dx(), H: d.r.Dy()}
	d.saved.copyFrom(buffer.sub(d.r))
	p.shape.drawOn(buffer, p.at, p.factor)
}

// cursorImage is the cursor as Fyne draws it.
type cursorImage struct {
	image *canvas.Image
	shown placed
}

func (c *cursorImage) init() {
	if c.image == nil {
		c.image = canvas.NewImageFromImage(nil)
		c.image.ScaleMode = canvas.ImageScalePixels
		c.image.Hide()
	}
}

// placeCursor puts the remote cursor where it is, unless the rep's own pointer stands there.
func (v *Viewer) placeCursor() {
	v.cursor.own = ownPointer{v.pointer.at, v.pointer.over, v.control}
	if v.painter != nil {
		v.painter.point(v.cursor.own)
	}
	c := v.cursorImage.image
	if c == nil {
		return // not shown yet
	}
	inner := v.inner()
	p := v.cursor.place(inner, v.plain)
	if v.native || !v.cursor.At.In(image.Rectangle{Max: inner.Display}) || !inner.Local(v.cursor.At).In(image.Rectangle{Max: inner.Window}) {
		p = placed{}
	}
	if p == v.cursorImage.shown && !c.Hidden == (p.shape != nil) {
		return
	}
	if p.shape != nil {
		v.moveCursor(p)
	}
	v.cursorImage.shown = p
	if shown := p.shape != nil; shown != c.Visible() {
		c.Hidden = !shown
		canvas.Refresh(v)
	}
}

func (v *Viewer) moveCursor(p placed) {
	c := v.cursorImage.image
	if p.shape != v.cursorImage.shown.shape {
		c.Image = p.shape.image()
		c.Refresh()
	}
	at := v.placer()
	from, to := at(p.rect().Min), at(p.rect().Max)
	c.Resize(fyne.NewSize(to.X-from.X, to.Y-from.Y))
	c.Move(from)
}
