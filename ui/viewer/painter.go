package viewer

import (
	"image"
	"sync"
)

// besidePicture is the colour of the window where there is no picture, the same in both looks.
const besidePicture = 0xff2b2f36

// Painter draws a picture into a Surface on a goroutine that is not Fyne's, so that nothing that Fyne does holds a
// picture up. A Viewer tells it where the picture lies (see Viewer.SetPainter) and owns no part of it besides.
//
// Paint, Use and Exposed belong to one goroutine, the painting one. Everything else may be called from any.
type Painter struct {
	wake func()

	mu     sync.Mutex
	want   scene
	native bool // there is a surface
	cursor cursor

	// Of the painting goroutine.
	surface Surface
	has     scene // what the surface shows
	buffer  Pixels
	scaler  scaler
	dirty   []image.Rectangle // of the buffer
	exposed bool
	drawn   drawnCursor
	plain   *Shape
}

// scene is what a Viewer wants to be seen. Lengths are pixels of the screen.
type scene struct {
	view  View        // its Window is without scrollbars
	at    image.Point // of the view in the native window
	shown bool
	frame frame
}

// frame is the line that says who has the keyboard.
type frame struct {
	color         uint32
	thick         int  // 0: none
	right, bottom bool // else a scrollbar is there
}

// NewPainter makes a painter without a surface. wake is called when something has to be painted though the picture has
// not changed: it must make the painting goroutine call Paint, and must not block.
func NewPainter(wake func()) *Painter { return &Painter{wake: wake, plain: arrow()} }

// Native says whether there is a surface.
func (p *Painter) Native() bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.native
}

// set is called when the Viewer was laid out anew.
func (p *Painter) set(s scene) {
	p.mu.Lock()
	changed := p.want != s
	p.want = s
	p.mu.Unlock()
	if changed {
		p.wake()
	}
}

// point tells where the rep's own pointer is.
func (p *Painter) point(own ownPointer) {
	p.mu.Lock()
	before := p.cursor.seen()
	p.cursor.own = own
	changed := before != p.cursor.seen()
	p.mu.Unlock()
	if changed {
		p.wake()
	}
}

// SetCursor says where the remote cursor is. It is drawn with the next Paint.
func (p *Painter) SetCursor(c Cursor) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.cursor.Cursor = c
}

// Use gives the painter a surface, or takes it away with nil. The caller closes surfaces.
func (p *Painter) Use(s Surface) {
	p.surface, p.has, p.buffer = s, scene{}, Pixels{}
	p.drawn = drawnCursor{}
	p.mu.Lock()
	p.native = s != nil
	p.mu.Unlock()
}

// Exposed makes the next Paint show everything anew: the system has lost what it showed.
func (p *Painter) Exposed() { p.exposed = true }

// Shown says whether the last Paint put the picture on the surface, so that Fyne need not.
func (p *Painter) Shown() bool { return p.has.shown }

// Paint brings the surface up to date with a picture of which the rectangles dirty have changed since the call before.
// Without a surface, or while that is hidden, it only takes note. An error is the surface's.
func (p *Painter) Paint(img Pixels, dirty []image.Rectangle) error {
	if p.surface == nil {
		return nil
	}
	p.mu.Lock()
	want, at := p.want, p.cursor
	p.mu.Unlock()
	if img.Empty() || want.view.Empty() {
		want.shown = false
	}
	if !want.shown {
		return p.hide()
	}
	want.view.Display = img.Size() // the Viewer learns later of a display that has changed its size
	pix, stride, err := p.surface.Buffer(want.view.Window)
	if err != nil {
		return err
	}
	p.buffer = Pixels{Pix: pix, Stride: stride, W: want.view.Window.X, H: want.view.Window.Y}
	p.dirty = p.dirty[:0]
	whole := want != p.has || p.exposed
	p.exposed = false
	if whole {
		p.drawn.placed, p.drawn.r = placed{}, image.Rectangle{}
		p.everything(want.view, img)
	} else {
		p.parts(want.view, img, dirty, at)
	}
	p.line(want.frame)
	if c := at.place(want.view, p.plain); c.shape != nil && p.drawn.placed != c {
		p.drawn.drop(p.buffer, c)
		p.dirty = append(p.dirty, p.drawn.r)
	}
	p.has = want
	if len(p.dirty) == 0 {
		return nil
	}
	if whole || len(p.dirty) > manyParts {
		p.dirty = append(p.dirty[:0], p.buffer.bounds())
	}
	return p.surface.Present(want.at, p.dirty)
}

// manyParts is how many rectangles are presented as such.
const manyParts = 64

func (p *Painter) hide() error {
	was := p.has.shown
	p.has.shown = false
	if !was {
		return nil
	}
	return p.surface.Hide()
}

// everything paints the picture and what is beside it.
func (p *Painter) everything(v View, img Pixels) {
	picture := image.Rectangle{Max: v.Size()}.Add(v.Origin())
	all := p.buffer.bounds()
	in := picture.Intersect(all)
	for _, beside := range []image.Rectangle{
		{Max: image.Pt(all.Max.X, in.Min.Y)},
		{Min: image.Pt(0, in.Max.Y), Max: all.Max},
		{Min: image.Pt(0, in.Min.Y), Max: image.Pt(in.Min.X, in.Max.Y)},
		{Min: image.Pt(in.Max.X, in.Min.Y), Max: image.Pt(all.Max.X, in.Max.Y)},
	} {
		p.buffer.sub(beside).fill(besidePicture)
	}
	p.part(v, img, in)
	p.dirty = append(p.dirty, all)
}

// parts paints what has changed.
func (p *Painter) parts(v View, img Pixels, dirty []image.Rectangle, c cursor) {
	origin, window := v.Origin(), p.buffer.bounds()
	under := p.drawn.r
	for _, d := range dirty {
		r := v.Painted(d.Intersect(img.bounds())).Add(origin).Intersect(window)
		if !r.Empty() {
			p.dirty = append(p.dirty, r)
		}
	}
	if p.drawn.touches(p.dirty) || p.drawn.placed != c.place(v, p.plain) {
		p.drawn.lift(p.buffer)
	}
	for _, r := range p.dirty {
		p.part(v, img, r)
	}
	if p.drawn.r.Empty() && !under.Empty() {
		p.dirty = append(p.dirty, under)
	}
}

// part paints a rectangle of the window that lies within the picture.
func (p *Painter) part(v View, img Pixels, r image.Rectangle) {
	if !r.Empty() {
		p.scaler.paint(p.buffer.sub(r), img, r.Sub(v.Origin()), v.Size())
	}
}

// line draws the frame again where it was painted over.
func (p *Painter) line(f frame) {
	if f.thick <= 0 {
		return
	}
	all := p.buffer.bounds()
	inside := all
	inside.Min = inside.Min.Add(image.Pt(f.thick, f.thick))
	sides := [4]image.Rectangle{
		{Max: image.Pt(all.Max.X, inside.Min.Y)},
		{Max: image.Pt(inside.Min.X, all.Max.Y)},
	}
	if f.right {
		sides[2] = image.Rect(all.Max.X-f.thick, 0, all.Max.X, all.Max.Y).Intersect(all)
		inside.Max.X -= f.thick
	}
	if f.bottom {
		sides[3] = image.Rect(0, all.Max.Y-f.thick, all.Max.X, all.Max.Y).Intersect(all)
		inside.Max.Y -= f.thick
	}
	for _, d := range p.dirty {
		if d.In(inside) {
			continue
		}
		for _, side := range sides {
			p.buffer.sub(side.Intersect(d)).fill(f.color)
		}
	}
}
