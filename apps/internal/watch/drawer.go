package watch

import (
	"errors"
	"fmt"
	"image"

	"deskhand/apps/internal/photo"
	"deskhand/apps/internal/video"
	"deskhand/protocol/cache"
	"deskhand/protocol/fault"
	"deskhand/protocol/frame"
	"deskhand/protocol/pixel"
	"deskhand/protocol/tile"
)

// drawer puts opened units into a picture. Beside the picture it keeps what steps may refer to: the cache of squares and
// the decoders of moving pictures. It allocates nothing but new images and decoders. For one goroutine.
type drawer struct {
	picture  *Picture
	counters *counters
	exact    *tile.Decoder
	photo    *photo.Decoder
	films    [frame.MaxStreams]*video.Decoder
	cache    *cache.Receiver
	last     uint64 // number of the step that the picture shows
	held     int    // pixels drawn since the picture was locked, about

	over <-chan struct{} // closed when nobody wants what is drawn any more; nil: never
}

// errOver says that drawing was ended from outside.
var errOver = errors.New("watch: drawing was over")

const (
	// maxHeld is after how many pixels readers are let in between two operations. Only steps that redraw more than a large
	// display are ever seen half drawn; else a few bytes could keep readers out for seconds.
	maxHeld = 1 << 22
	// opCost is what an operation costs beside its pixels, in pixels.
	opCost = 1 << 10
)

func newDrawer(p *Picture, c *counters) *drawer {
	return &drawer{picture: p, counters: c, exact: tile.NewDecoder(), photo: photo.NewDecoder(), cache: cache.NewReceiver(0)}
}

func (d *drawer) close() {
	d.photo.Close()
	d.forget()
}

// forget lets go of what steps of this generation referred to.
func (d *drawer) forget() {
	for i := range d.films {
		d.end(i)
	}
	d.cache.Forget()
}

func (d *drawer) end(stream int) {
	if d.films[stream] != nil {
		d.films[stream].Close()
		d.films[stream] = nil
	}
}

// draw takes the content of one unit. The slot and generation were authenticated with it; what the content says of
// itself must agree.
func (d *drawer) draw(slot, generation uint32, plain []byte) error {
	if err := d.wanted(); err != nil {
		return err
	}
	switch s := frame.Slot(slot); s {
	case frame.LayoutSlot:
		return d.layout(generation, plain)
	case frame.CursorSlot:
		return d.cursor(generation, plain)
	case frame.CursorShapeSlot:
		return d.shape(generation, plain)
	case frame.StepSlot:
		return d.step(generation, plain)
	default:
		return d.key(s, generation, plain)
	}
}

func (d *drawer) layout(generation uint32, plain []byte) error {
	l, err := frame.ParseLayout(plain)
	if err != nil {
		return err
	}
	if l.Generation != generation {
		return contradiction("a layout of generation %d in a packet of %d", l.Generation, generation)
	}
	d.forget()
	d.last = 0
	d.picture.arrange(l)
	return nil
}

func (d *drawer) cursor(generation uint32, plain []byte) error {
	c, err := frame.ParseCursor(plain)
	if err != nil {
		return err
	}
	if c.Generation != generation {
		return contradiction("a pointer of generation %d in a packet of %d", c.Generation, generation)
	}
	d.picture.point(c)
	return nil
}

func (d *drawer) shape(generation uint32, plain []byte) error {
	c, err := frame.ParseCursorShape(plain)
	if err != nil {
		return err
	}
	if c.Generation != generation {
		return contradiction("a pointer's shape of generation %d in a packet of %d", c.Generation, generation)
	}
	// Colours stand above, how opaque each pixel is below.
	m := pixel.New(c.W, 2*c.H)
	if err := d.exact.Decode(m, c.Body); err != nil {
		return contradiction("pointer's shape: %w", err)
	}
	for y := range c.H {
		colours, alpha := m.Row(y), m.Row(c.H+y)
		for x := 0; x < len(colours); x += pixel.Bytes {
			colours[x+3] = alpha[x]
		}
	}
	d.picture.become(Shape{Image: m.Sub(image.Rect(0, 0, c.W, c.H)), Hot: image.Pt(c.HotX, c.HotY)})
	return nil
}

// step draws a step: all of it, unless something in a body is broken, which ends the lane.
func (d *drawer) step(generation uint32, plain []byte) error {
	s, ops, err := frame.ParseStep(plain)
	if err != nil {
		return err
	}
	p := d.picture
	p.mu.Lock()
	defer p.mu.Unlock()
	if generation != p.layout.Generation {
		return contradiction("a step of generation %d, the layout is of %d", generation, p.layout.Generation)
	}
	if s.Number != d.last+1 {
		return contradiction("step %d after step %d", s.Number, d.last)
	}
	if err := ops.Check(p.layout); err != nil {
		return err
	}
	d.last, d.held = s.Number, 0
	for {
		op, more, err := ops.Next()
		if err != nil || !more {
			p.step, p.at = s.Number, s.CapturedAt
			return err
		}
		if err := d.op(&op); err != nil {
			return err
		}
		if err := d.breathe(&op); err != nil {
			return err
		}
	}
}

// breathe lets readers in when the picture has been locked for much work, and then looks whether drawing is over.
func (d *drawer) breathe(op *frame.Op) error {
	if d.held += opCost + op.Rect.Dx()*op.Rect.Dy(); d.held < maxHeld {
		return nil
	}
	d.held = 0
	d.picture.mu.Unlock()
	d.picture.mu.Lock()
	return d.wanted()
}

// wanted gives errOver once drawing is over.
func (d *drawer) wanted() error {
	select {
	case <-d.over:
		return errOver
	default:
		return nil
	}
}

// op draws one operation. The picture is locked, and the operation lies within its display.
func (d *drawer) op(op *frame.Op) error {
	c := &d.counters.ops[op.Kind]
	c.times.Add(1)
	c.bytes.Add(uint64(len(op.Body)))
	switch op.Kind {
	case frame.OpVideoEnd:
		d.end(int(op.Stream))
		return nil
	case frame.OpForget:
		d.cache.Forget()
		return nil
	}
	s := d.picture.screen(op.Display)
	var err error
	switch op.Kind {
	case frame.OpCopy:
		pixel.Move(s.img, op.From, op.Rect.Min)
	case frame.OpExact:
		err = d.exact.Decode(s.img.Sub(op.Rect), op.Body)
	case frame.OpPhoto:
		err = d.photo.Decode(s.img.Sub(op.Rect), op.Body)
	case frame.OpVideo:
		err = d.film(s.img.Sub(op.Rect), op)
	default:
		err = d.remember(s, op)
	}
	if err != nil {
		return contradiction("operation %d: %w", op.Kind, err)
	}
	if !op.Rect.Empty() {
		s.mark(op.Rect)
	}
	return nil
}

// remember stores a square of the picture, or draws one again.
func (d *drawer) remember(s *screen, op *frame.Op) error {
	if op.Kind == frame.OpStore {
		err := d.cache.Keep(op.Entry, s.img.Sub(op.Rect))
		op.Rect = image.Rectangle{}
		return err
	}
	if size, known := d.cache.Size(op.Entry); known {
		op.Rect.Max = op.Rect.Min.Add(size)
	}
	return d.cache.Draw(s.img, op.Rect.Min, op.Entry)
}

func (d *drawer) film(m pixel.Image, op *frame.Op) error {
	film := d.films[op.Stream]
	if film == nil {
		var err error
		if film, err = video.NewDecoder(); err != nil {
			return err
		}
		d.films[op.Stream] = film
	}
	return film.Decode(m, op.Body)
}

// key draws one tile of the picture alone.
func (d *drawer) key(slot frame.Slot, generation uint32, plain []byte) error {
	k, err := frame.ParseKey(plain)
	if err != nil {
		return err
	}
	p := d.picture
	p.mu.Lock()
	defer p.mu.Unlock()
	if k.Slot != slot || k.Generation != generation || generation != p.layout.Generation {
		return contradiction("a key of slot %#x, generation %d in place of %#x, %d", uint32(k.Slot), k.Generation, uint32(slot), generation)
	}
	display, column, row := k.Slot.Position()
	s := p.screen(display)
	if s == nil {
		return contradiction("a key outside of display %d", display)
	}
	side := p.layout.TileSize
	r := image.Rect(column*side, row*side, (column+1)*side, (row+1)*side).Intersect(s.img.Bounds())
	if r.Empty() || r.Dx() != int(k.W) || r.Dy() != int(k.H) {
		return contradiction("a key of %dx%d pixels where there are %dx%d", k.W, k.H, r.Dx(), r.Dy())
	}
	if k.Codec == frame.Photo {
		err = d.photo.Decode(s.img.Sub(r), k.Body)
	} else {
		err = d.exact.Decode(s.img.Sub(r), k.Body)
	}
	if err != nil {
		return contradiction("key: %w", err)
	}
	s.mark(r)
	d.last = max(d.last, k.Step)
	p.step, p.at = d.last, k.CapturedAt
	return nil
}

func contradiction(format string, args ...any) error {
	return fault.New(fault.Invalid, fmt.Errorf("watch: "+format, args...))
}
