package share

import (
	"image"
	"time"

	"deskhand/apps/internal/share/damage"
	"deskhand/apps/internal/share/region"
	"deskhand/protocol/frame"
	"deskhand/protocol/pixel"
)

// view is one display: its newest content, and what viewers do not show of it yet. For one goroutine.
type view struct {
	id     int
	now    pixel.Image   // newest content captured
	due    region.Region // of now: not shown yet
	rough  roughness     // of now: shown with losses
	blank  bool          // nobody knows what viewers show: all is due, and nothing can be moved
	finder *damage.Finder
	found  damage.Result
	rest   []image.Rectangle // scratch
	moving moving
	keyed  keyed

	changed []time.Time // by square of the cache's grid: when much of it last changed
}

func newView(d frame.Display) *view {
	v := &view{id: d.ID, now: pixel.New(d.W, d.H), finder: damage.New(), blank: true}
	v.moving.init(d.W, d.H)
	v.changed = make([]time.Time, len(v.moving.heat))
	v.keyed.init(d.W, d.H)
	return v
}

// renew makes everything due, because viewers begin anew.
func (v *view) renew() {
	v.blank = true
	v.due.Clear()
	v.due.Add(v.now.Bounds())
	v.rough.clear()
	v.moving.stop()
	v.keyed.renew()
}

// take takes captured content in, and has a pen write what viewers only need to move.
func (v *view) take(img pixel.Image, dirty []image.Rectangle, now time.Time, pen *pen) {
	if v.blank {
		for _, r := range dirty {
			v.put(img, r.Intersect(v.now.Bounds()))
		}
		return
	}
	dirty = v.film(img, dirty, now)
	v.finder.Find(v.now, img, dirty, &v.found)
	copied := 0
	for _, c := range v.found.Copies {
		copied += size(c.From)
		pixel.Move(v.now, c.From, c.To)
		v.due.Moved(c.From, c.To)
		v.rough.moved(c.From, c.To)
		v.keyed.mark(image.Rectangle{c.To, c.To.Add(c.From.Size())})
		pen.copied(v, c)
	}
	for _, r := range v.found.Dirty {
		pen.memory.keep(v, r, now)
	}
	for _, r := range v.found.Dirty {
		v.put(img, r)
	}
	if copied > size(v.moving.part) {
		v.moving.stop() // what it lies in scrolls
	}
	v.moving.see(v.now, v.found.Dirty, now)
}

// film takes in what lies in a film, where nothing needs to be found, and gives what is left.
func (v *view) film(img pixel.Image, dirty []image.Rectangle, now time.Time) []image.Rectangle {
	part := v.moving.part
	if part.Empty() {
		return dirty
	}
	v.rest = v.rest[:0]
	changed := false
	for _, r := range dirty {
		changed = changed || r.Overlaps(part)
		v.rest = region.Without(v.rest, r.Intersect(v.now.Bounds()), part)
	}
	if changed && !pixel.Equal(v.now.Sub(part), img.Sub(part)) {
		v.moving.beat(now)
		v.put(img, part)
	}
	return v.rest
}

func (v *view) put(img pixel.Image, r image.Rectangle) {
	if r.Empty() {
		return
	}
	pixel.Copy(v.now, r.Min.X, r.Min.Y, img.Sub(r))
	v.due.Add(r)
}

// shown notes that viewers are shown a part as it is now, exactly or not.
func (v *view) shown(r image.Rectangle, exact bool) {
	v.due.Subtract(r)
	v.keyed.mark(r)
	if exact {
		v.rough.exact(r)
	} else {
		v.rough.add(r)
	}
}

// restAfter is how long a part must at most have been unchanged before it is shown exactly; half as long may do.
const restAfter = 160 * time.Millisecond

// ripe gives a part that rests and is not shown exactly yet.
func (v *view) ripe(now time.Time) (r image.Rectangle, some bool) {
	for _, r := range v.rough.resting.Rects() {
		if !v.moving.plays(r, now) {
			return r, true
		}
	}
	return image.Rectangle{}, false
}

// roughness is where viewers see an approximation, in three ages, so that only what is at rest is made exact.
type roughness struct {
	fresh, older, resting region.Region
	aged                  time.Time
	moving                []image.Rectangle // scratch
}

func (g *roughness) clear() {
	g.fresh.Clear()
	g.older.Clear()
	g.resting.Clear()
}

func (g *roughness) add(r image.Rectangle) {
	g.older.Subtract(r)
	g.resting.Subtract(r)
	g.fresh.Add(r)
}

func (g *roughness) exact(r image.Rectangle) {
	g.fresh.Subtract(r)
	g.older.Subtract(r)
	g.resting.Subtract(r)
}

// moved follows a move; what moves does not rest.
func (g *roughness) moved(from image.Rectangle, to image.Point) {
	by := to.Sub(from.Min)
	g.moving = g.moving[:0]
	for _, age := range []*region.Region{&g.fresh, &g.older, &g.resting} {
		for _, r := range age.Rects() {
			if r = r.Intersect(from); !r.Empty() {
				g.moving = append(g.moving, r.Add(by))
			}
		}
		age.Subtract(from.Add(by))
	}
	for _, r := range g.moving {
		g.add(r)
	}
}

func (g *roughness) overlaps(r image.Rectangle) bool {
	return g.fresh.Overlaps(r) || g.older.Overlaps(r) || g.resting.Overlaps(r)
}

func (g *roughness) empty() bool { return g.fresh.Empty() && g.older.Empty() && g.resting.Empty() }

// age lets time pass.
func (g *roughness) age(now time.Time) {
	if now.Sub(g.aged) < restAfter/2 {
		return
	}
	g.aged = now
	for _, r := range g.older.Rects() {
		g.resting.Add(r)
	}
	g.older, g.fresh = g.fresh, g.older
	g.fresh.Clear()
}

// keyed is which tiles have changed since the keys that the relay has of them.
type keyed struct {
	columns, rows int
	stale         []bool
}

func (k *keyed) init(w, h int) {
	k.columns, k.rows = (w+keySide-1)/keySide, (h+keySide-1)/keySide
	k.stale = make([]bool, k.columns*k.rows)
}

// renew says that there are no keys.
func (k *keyed) renew() {
	for i := range k.stale {
		k.stale[i] = true
	}
}

func (k *keyed) mark(r image.Rectangle) {
	for y := r.Min.Y / keySide; y <= (r.Max.Y-1)/keySide && y < k.rows; y++ {
		for x := r.Min.X / keySide; x <= (r.Max.X-1)/keySide && x < k.columns; x++ {
			k.stale[y*k.columns+x] = true
		}
	}
}
