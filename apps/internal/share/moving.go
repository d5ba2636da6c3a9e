package share

import (
	"image"
	"time"

	"deskhand/protocol/cache"
	"deskhand/protocol/pixel"
)

const (
	block = cache.Side // side of the squares by which moving pictures are found, pixels

	// A block moves when it has changed warm times, each within pause of the one before, and looked like a photo.
	warm  = 3
	pause = 700 * time.Millisecond
	// A film of which stands pictures have not come has come to rest and is made exact; after ends it has ended.
	stands = 2.5
	ends   = 3 * time.Second

	leastMoving = 128         // pixels either way: what is smaller is not worth a stream
	mostMoving  = 1920 * 1200 // pixels: more takes too long to encode
)

// moving finds the part of a display in which a film plays: where much changes again and again and looks like a photo.
type moving struct {
	columns, rows int
	heat          []uint8
	last          []time.Time

	part    image.Rectangle // being shown as a film, empty when none
	changed time.Time       // when something in it last did
	every   time.Duration   // how long it takes from one picture to the next, in the mean
}

func (m *moving) init(w, h int) {
	m.columns, m.rows = (w+block-1)/block, (h+block-1)/block
	m.heat = make([]uint8, m.columns*m.rows)
	m.last = make([]time.Time, len(m.heat))
}

// stop forgets the film.
func (m *moving) stop() {
	m.part = image.Rectangle{}
	clear(m.heat)
}

// see looks at what has changed in a picture.
func (m *moving) see(p pixel.Image, dirty []image.Rectangle, now time.Time) {
	var all image.Rectangle
	for _, r := range dirty {
		if r.Dx() < leastMoving || r.Dy() < leastMoving || r.In(m.part) {
			continue
		}
		if m.warmUp(p, r, now) {
			all = all.Union(r)
		}
	}
	if all.Empty() || all.In(m.part) {
		return
	}
	if found := m.find(all, now); !found.Empty() {
		m.part, m.changed, m.every = found, now, time.Second/usualRate
	}
}

// warmUp counts the changes of a rectangle's blocks; true when one of them moves.
func (m *moving) warmUp(p pixel.Image, r image.Rectangle, now time.Time) (moves bool) {
	for y := r.Min.Y / block; y <= (r.Max.Y-1)/block; y++ {
		for x := r.Min.X / block; x <= (r.Max.X-1)/block; x++ {
			part := image.Rect(x*block, y*block, (x+1)*block, (y+1)*block).Intersect(r)
			if part.Dx()*part.Dy() < block*block/4 {
				continue
			}
			i := y*m.columns + x
			if now.Sub(m.last[i]) > pause {
				m.heat[i] = 0
			}
			m.last[i] = now
			m.heat[i] = min(m.heat[i]+1, warm)
			if m.heat[i] == warm && !noisy(p.Sub(part)) {
				m.heat[i] = 0
			}
			moves = moves || m.heat[i] == warm
		}
	}
	return moves
}

// find gives the part of what has changed in which most blocks move.
func (m *moving) find(changed image.Rectangle, now time.Time) image.Rectangle {
	var hot image.Rectangle
	n := 0
	for i, h := range m.heat {
		if h == warm && now.Sub(m.last[i]) <= pause {
			x, y := i%m.columns*block, i/m.columns*block
			hot = hot.Union(image.Rect(x, y, x+block, y+block))
			n++
		}
	}
	hot = hot.Intersect(changed)
	if hot.Dx() < leastMoving || hot.Dy() < leastMoving || n*block*block*10 < size(hot)*6 {
		return image.Rectangle{}
	}
	if 10*size(hot) >= 7*size(changed) {
		hot = changed // blocks at its edges were too small to tell
	}
	if hot.Overlaps(m.part) {
		hot = hot.Union(m.part)
	}
	if size(hot) > mostMoving {
		return image.Rectangle{}
	}
	return hot
}

// plays says that a part is shown as a film that has not come to rest.
func (m *moving) plays(r image.Rectangle, now time.Time) bool {
	return r.Overlaps(m.part) && now.Sub(m.changed) < time.Duration(stands*float64(m.every))
}

// beat notes a picture of the film.
func (m *moving) beat(now time.Time) {
	m.every += (min(now.Sub(m.changed), ends) - m.every) / 8
	m.changed = now
}

// over reports whether a film has ended.
func (m *moving) over(now time.Time) bool { return !m.part.Empty() && now.Sub(m.changed) > ends }

func size(r image.Rectangle) int { return r.Dx() * r.Dy() }
