package share

import (
	"image"
	"log/slog"
	"time"

	"deskhand/apps/internal/capture"
	"deskhand/apps/internal/photo"
	"deskhand/apps/internal/share/damage"
	"deskhand/protocol/frame"
	"deskhand/protocol/pb"
	"deskhand/protocol/pixel"
	"deskhand/protocol/tile"
)

const (
	keySide     = 256     // pixels of a key's width and height
	bandPixels  = 1 << 21 // of one exact patch at most: what is larger is sent in bands, so that the first is shown early
	photoPixels = 1 << 20 // of one photo at most
	restPixels  = 1 << 15 // of one patch that makes exact what rests

	// mostBody is how many bytes a body may have: a relay takes units of a mebibyte. What is larger is cut in two.
	mostBody = 384 << 10

	// photoTime is how long all photos of an update should take to get there.
	photoTime = 120 * time.Millisecond
)

// pen writes operations for the parts of views that are due, and chooses how each is encoded. For one goroutine.
type pen struct {
	out    *sender
	logger *slog.Logger
	exact  *tile.Encoder
	photo  *photo.Encoder // nil while none was needed
	films  films
	memory memory

	body   []byte
	plain  []image.Rectangle // parts to be sent exactly
	photos []image.Rectangle // parts to be sent as photos
}

func newPen(out *sender, logger *slog.Logger) *pen {
	return &pen{out: out, logger: logger, exact: tile.NewEncoder(), films: films{out: out, logger: logger}, memory: newMemory(out)}
}

func (p *pen) close() {
	if p.photo != nil {
		p.photo.Close()
	}
	p.films.stop()
}

// renew forgets what viewers have, because they begin anew.
func (p *pen) renew() {
	p.films.stop()
	p.memory.cache.Forget()
}

// forget makes what follows independent of everything but the picture: some viewer has missed the rest.
func (p *pen) forget() {
	p.films.restart()
	p.memory.forget()
}

// decided notes what moving pictures every viewer can decode.
func (p *pen) decided(codecs []pb.VideoCodec) { p.films.decided(codecs) }

// copied writes a move of a part of the picture.
func (p *pen) copied(v *view, c damage.Copy) {
	p.out.op()
	p.out.plain = frame.AppendCopy(p.out.plain, v.id, c.From, c.To)
}

// room sends what has been written when it is enough for a packet; false when the path is full.
func (p *pen) room() (bool, error) {
	if p.out.written() >= packetBytes {
		if err := p.out.flush(); err != nil {
			return false, err
		}
	}
	return p.out.pace.Budget() > p.out.written(), nil
}

// draw writes what is due of a view, as far as the path lets it: text and the like first.
func (p *pen) draw(v *view, now time.Time) error {
	if v.due.Empty() && v.moving.part.Empty() {
		return nil
	}
	if open, err := p.room(); err != nil || !open {
		return err
	}
	if err := p.films.draw(v, now); err != nil {
		return err
	}
	p.plain = append(p.plain[:0], v.due.Rects()...)
	for _, r := range p.plain {
		p.memory.recall(v, r)
		if open, err := p.room(); err != nil || !open {
			return err
		}
	}
	p.sort(v)
	for _, r := range p.plain {
		if done, err := p.inBands(r, bandPixels, func(b image.Rectangle) error { return p.patch(v, b) }); err != nil || !done {
			return err
		}
	}
	quality := p.quality()
	for _, r := range p.photos {
		done, err := p.inBands(r, photoPixels, func(b image.Rectangle) error { return p.photograph(v, b, quality) })
		if err != nil || !done {
			return err
		}
	}
	v.blank = false
	return nil
}

// inBands calls draw for one part of r after the other while the path lets it; false when not all was drawn.
func (p *pen) inBands(r image.Rectangle, pixels int, draw func(image.Rectangle) error) (bool, error) {
	rows := max(1, pixels/r.Dx())
	for y := r.Min.Y; y < r.Max.Y; y += rows {
		if open, err := p.room(); err != nil || !open {
			return false, err
		}
		if err := draw(image.Rect(r.Min.X, y, r.Max.X, min(y+rows, r.Max.Y))); err != nil {
			return false, err
		}
	}
	return true, nil
}

// patch writes a part exactly; in two pieces when it is too large for one, of which the second waits for room.
func (p *pen) patch(v *view, r image.Rectangle) error {
	p.body = p.exact.Append(p.body[:0], v.now.Sub(r))
	if len(p.body) > mostBody && r.Dy() > 1 {
		return p.halves(r, func(half image.Rectangle) error { return p.patch(v, half) })
	}
	if err := p.out.fit(len(p.body)); err != nil {
		return err
	}
	p.out.plain = frame.AppendPatch(p.out.plain, v.id, r, frame.Exact, p.body)
	v.shown(r, true)
	return nil
}

// photograph writes a part as a photo, likewise.
func (p *pen) photograph(v *view, r image.Rectangle, quality int) error {
	body, err := p.jpeg(v.now.Sub(r), quality)
	if err != nil {
		return p.patch(v, r)
	}
	if len(body) > mostBody && r.Dy() > block {
		return p.halves(r, func(half image.Rectangle) error { return p.photograph(v, half, quality) })
	}
	if err := p.out.fit(len(body)); err != nil {
		return err
	}
	p.out.plain = frame.AppendPatch(p.out.plain, v.id, r, frame.Photo, body)
	v.shown(r, false)
	return nil
}

// halves draws the upper half of a part, and the lower one if the path lets it.
func (p *pen) halves(r image.Rectangle, draw func(image.Rectangle) error) error {
	middle := r.Min.Y + r.Dy()/2
	if err := draw(image.Rect(r.Min.X, r.Min.Y, r.Max.X, middle)); err != nil {
		return err
	}
	if open, err := p.room(); err != nil || !open {
		return err
	}
	return draw(image.Rect(r.Min.X, middle, r.Max.X, r.Max.Y))
}

// jpeg encodes into p.body.
func (p *pen) jpeg(m pixel.Image, quality int) (body []byte, err error) {
	if p.photo == nil {
		p.photo = photo.NewEncoder()
	}
	p.body, err = p.photo.Append(p.body[:0], m, quality, photo.Half420)
	return p.body, err
}

// quality is how well photos are shown at first, so that all that are due take about photoTime to get there.
func (p *pen) quality() int {
	pixels := 0
	for _, r := range p.photos {
		pixels += size(r)
	}
	// Bytes of a pixel of a photo with grain, as package photo measured them.
	for _, q := range [...]struct {
		quality int
		cost    float64
	}{{85, 0.16}, {75, 0.103}, {50, 0.063}, {30, 0.045}, {20, 0.036}} {
		if p.out.pace.Wide(int(q.cost*float64(pixels)), photoTime) {
			return q.quality
		}
	}
	return 10
}

// refine writes a piece of what rests exactly: only one, so that nothing newer waits for long.
func (p *pen) refine(v *view, now time.Time) error {
	r, some := v.ripe(now)
	if !some {
		return nil
	}
	r.Max.Y = min(r.Max.Y, r.Min.Y+max(1, restPixels/r.Dx()))
	return p.patch(v, r)
}

// key writes a tile alone.
func (p *pen) key(v *view, index int) error {
	column, row := index%v.keyed.columns, index/v.keyed.columns
	r := image.Rect(column*keySide, row*keySide, (column+1)*keySide, (row+1)*keySide).Intersect(v.now.Bounds())
	m := v.now.Sub(r)
	k := frame.Key{
		Generation: p.out.generation, Slot: frame.SlotOf(v.id, column, row), Codec: frame.Exact,
		Step: p.out.step, CapturedAt: p.out.at, W: uint16(r.Dx()), H: uint16(r.Dy()),
	}
	if noisy(m) {
		if body, err := p.jpeg(m, p.quality()); err == nil {
			k.Codec, k.Body = frame.Photo, body
			v.rough.add(r)
		}
	}
	if k.Codec == frame.Exact {
		p.body = p.exact.Append(p.body[:0], m)
		k.Body = p.body
	}
	p.out.other = frame.AppendKey(p.out.other[:0], k)
	return p.out.add(k.Slot, p.out.other)
}

// shape writes what the pointer looks like.
func (p *pen) shape(c capture.Cursor) error {
	w, h := c.Shape.W, c.Shape.H
	if c.Shape.Empty() {
		return nil
	}
	// Colours above, how opaque each pixel is below.
	m := pixel.New(w, 2*h)
	pixel.Copy(m, 0, 0, c.Shape)
	for y := range h {
		from, to := c.Shape.Row(y), m.Row(h+y)
		for x := 0; x < len(from); x += pixel.Bytes {
			to[x], to[x+1], to[x+2] = from[x+3], from[x+3], from[x+3]
		}
	}
	p.body = p.exact.Append(p.body[:0], m)
	p.out.other = frame.AppendCursorShape(p.out.other[:0], frame.CursorShape{
		Generation: p.out.generation, W: w, H: h, HotX: c.Hot.X, HotY: c.Hot.Y, Body: p.body,
	})
	return p.out.add(frame.CursorShapeSlot, p.out.other)
}
