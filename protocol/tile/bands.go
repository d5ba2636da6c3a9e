package tile

import (
	"cmp"
	"encoding/binary"
	"slices"

	"deskhand/protocol/pixel"
)

// quietRows is how many rows that are like the row above them a band may have inside.
const quietRows = 8

// span is the rows of one stripe that belong to a band.
type span struct {
	y0, y1 int
	band   int // -1 when it has none
}

// finder finds the bands of a picture.
type finder struct {
	p     pixel.Image
	mask  *mask
	base  []byte // the row above the picture, one stripe wide
	spans []span // stripe by stripe, from the top
	from  []int  // where those of a stripe begin; one more at the end
	bands []band
}

// find fills bands, in order of their tops.
func (f *finder) find(p pixel.Image, base uint32, m *mask) {
	f.p, f.mask = p, m
	f.base = slices.Grow(f.base[:0], 4*stripe)[:4*stripe]
	paintRun(f.base, base|opaque)
	f.spans, f.from, f.bands = f.spans[:0], f.from[:0], f.bands[:0]
	for x0 := 0; x0 < p.W; x0 += stripe {
		f.from = append(f.from, len(f.spans))
		f.scan(x0)
	}
	f.from = append(f.from, len(f.spans))
	for s := range len(f.from) - 1 {
		for k := f.from[s]; k < f.from[s+1]; k++ {
			f.assign(s, k)
		}
	}
	slices.SortFunc(f.bands, func(a, b band) int { return cmp.Or(a.y0-b.y0, a.x0-b.x0) })
}

// scanner is the state of looking down a stripe.
type scanner struct {
	start   int // of the band, -1 outside
	last    int // row of it that is not like the one above
	quiet   int // rows like the one above since
	settled int // row that was like some above it, -2 if none
	plain   uint32
}

func (f *finder) scan(x0 int) {
	x1 := min(f.p.W, x0+stripe)
	s := scanner{start: -1, settled: -2, plain: binary.LittleEndian.Uint32(f.base) & rgb}
	above := f.base[:4*(x1-x0)]
	for y := 0; y < f.p.H; y++ {
		row := segment(f.p, x0, x1, y)
		switch {
		case f.mask.has(x0/stripe, y):
			f.close(&s, s.last+1)
			y = f.hide(x0/stripe, y) - 1
			row = segment(f.p, x0, x1, y)
		case same(row, above):
			f.still(&s, row, y)
		default:
			f.moved(&s, row, x0, y)
		}
		above = row
	}
	f.close(&s, s.last+1)
}

// hide makes a span of the rows that are coded otherwise and gives the row behind.
func (f *finder) hide(s, y int) int {
	start := y
	for y < f.p.H && f.mask.has(s, y) {
		y++
	}
	f.spans = append(f.spans, span{start, y, -1})
	return y
}

func (f *finder) close(s *scanner, y int) {
	if s.start >= 0 {
		f.spans = append(f.spans, span{s.start, y, -1})
		s.start = -1
	}
}

// still goes on with a row that is like the one above.
func (f *finder) still(s *scanner, row []byte, y int) {
	s.quiet++
	if s.start < 0 {
		return
	}
	if uniform(row) {
		s.plain = binary.LittleEndian.Uint32(row) & rgb
		f.close(s, s.last+1)
		return
	}
	if s.quiet >= 2 {
		s.settled = y
	}
	if s.quiet > quietRows {
		f.close(s, s.last+1)
	}
}

// moved goes on with a row that is not like the one above. The band ends with it when it leads back to the background.
func (f *finder) moved(s *scanner, row []byte, x0, y int) {
	s.quiet = 0
	if s.start < 0 {
		s.start, s.last = y, y
		return
	}
	s.last = y
	switch {
	case same(row, f.row(x0, len(row), s.start-1)),
		s.settled >= 0 && same(row, f.row(x0, len(row), s.settled)),
		binary.LittleEndian.Uint32(row)&rgb == s.plain && uniform(row):
		f.close(s, y+1)
	}
}

func (f *finder) row(x0, n, y int) []byte {
	if y < 0 {
		return f.base[:n]
	}
	start := y*f.p.Stride + 4*x0
	return f.p.Pix[start : start+n]
}

// extent is the rows that a span takes, with what its band has got since.
func (f *finder) extent(k int) (y0, y1 int) {
	v := f.spans[k]
	if v.band >= 0 {
		return f.bands[v.band].y0, f.bands[v.band].y1
	}
	return v.y0, v.y1
}

// overlap gives the spans i to j of a stripe that have rows in y0 to y1.
func (f *finder) overlap(s, y0, y1 int) (i, j int) {
	i, n := f.from[s], f.from[s+1]
	for low, high := i, n; low < high; i = low {
		mid := (low + high) / 2
		if _, end := f.extent(mid); end <= y0 {
			low = mid + 1
		} else {
			high = mid
		}
	}
	for j = i; j < n; j++ {
		if top, _ := f.extent(j); top >= y1 {
			break
		}
	}
	return i, j
}

// assign gives a span to the band to its left that it continues, or makes a new one.
func (f *finder) assign(s, k int) {
	v := &f.spans[k]
	x0 := s * stripe
	x1 := min(f.p.W, x0+stripe)
	if f.mask.has(s, v.y0) {
		return
	}
	if i, j := f.left(s, v); j-i == 1 && f.spans[i].band >= 0 && f.join(f.spans[i].band, s, k) {
		v.band = f.spans[i].band
		f.bands[v.band].x1 = x1
		return
	}
	v.band = len(f.bands)
	f.bands = append(f.bands, band{x0: x0, x1: x1, y0: v.y0, y1: v.y1})
}

// left gives the spans of the stripe to the left that are beside v.
func (f *finder) left(s int, v *span) (i, j int) {
	if s == 0 {
		return 0, 0
	}
	return f.overlap(s-1, v.y0, v.y1)
}

// join makes the rows of a band and of the span k of stripe s common to both if they are much the same and free.
func (f *finder) join(n, s, k int) bool {
	b, v := &f.bands[n], f.spans[k]
	y0, y1 := min(b.y0, v.y0), max(b.y1, v.y1)
	high, low := max(b.y1-b.y0, v.y1-v.y0), min(b.y1-b.y0, v.y1-v.y0)
	if y1-y0 > high+high/4+4 || 2*(min(b.y1, v.y1)-max(b.y0, v.y0)) < low {
		return false
	}
	if i, j := f.overlap(s, y0, y1); j-i != 1 {
		return false
	}
	if y0 < b.y0 || y1 > b.y1 {
		for t := b.x0 / stripe; t < s; t++ {
			if i, j := f.overlap(t, y0, y1); j-i != 1 {
				return false
			}
		}
	}
	b.y0, b.y1 = y0, y1
	return true
}
