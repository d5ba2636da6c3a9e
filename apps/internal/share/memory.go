package share

import (
	"crypto/rand"
	"image"
	"time"

	"deskhand/protocol/cache"
	"deskhand/protocol/frame"
)

// settled is how long a square must have shown the same before it is worth remembering.
const settled = 400 * time.Millisecond

// mostStores keeps a step, which may have 16,384 operations, from becoming too long.
const mostStores = 8192

// memory is which squares of the picture viewers remember, so that what comes back need not be sent again. Squares lie
// on a grid; those of which less than a quarter changes are left alone. For one goroutine.
type memory struct {
	out   *sender
	cache *cache.Sender
}

func newMemory(out *sender) memory {
	var seed [32]byte
	rand.Read(seed[:]) // never fails
	return memory{out: out, cache: cache.NewSender(0, seed)}
}

// keep has viewers remember squares that are about to change and that they show exactly.
func (m *memory) keep(v *view, r image.Rectangle, now time.Time) {
	v.squares(r, func(i int, square image.Rectangle) {
		since := v.changed[i]
		v.changed[i] = now
		if now.Sub(since) < settled || m.out.ops > mostStores || v.inexact(square) {
			return
		}
		if entry, store := m.cache.Keep(v.now.Sub(square)); store {
			m.out.op()
			m.out.plain = frame.AppendStore(m.out.plain, entry, v.id, square)
		}
	})
}

// recall has viewers show the squares of what is due that they remember.
func (m *memory) recall(v *view, r image.Rectangle) {
	v.squares(r, func(_ int, square image.Rectangle) {
		if entry, known := m.cache.Look(v.now.Sub(square)); known {
			m.out.op()
			m.out.plain = frame.AppendRecall(m.out.plain, entry, v.id, square.Min)
			v.shown(square, true)
		}
	})
}

// forget has viewers forget everything.
func (m *memory) forget() {
	m.cache.Forget()
	m.out.op()
	m.out.plain = frame.AppendForget(m.out.plain)
}

// squares calls f for each square of the grid of which r covers a quarter or more.
func (v *view) squares(r image.Rectangle, f func(index int, square image.Rectangle)) {
	for y := r.Min.Y / cache.Side; y <= (r.Max.Y-1)/cache.Side; y++ {
		for x := r.Min.X / cache.Side; x <= (r.Max.X-1)/cache.Side; x++ {
			square := image.Rect(x*cache.Side, y*cache.Side, (x+1)*cache.Side, (y+1)*cache.Side).Intersect(v.now.Bounds())
			if part := square.Intersect(r); 4*part.Dx()*part.Dy() >= square.Dx()*square.Dy() {
				f(y*v.moving.columns+x, square)
			}
		}
	}
}

// inexact says that viewers may show something else at a place than what it is now.
func (v *view) inexact(r image.Rectangle) bool {
	return v.due.Overlaps(r) || v.rough.overlaps(r) || r.Overlaps(v.moving.part)
}
