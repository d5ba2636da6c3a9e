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
	stripe, y0, y1 int
	band           int // -1 when it has none
}

// finder finds the bands of a picture. It goes row by row through all stripes at once, as the memory does.
type finder struct {
	p      pixel.Image
	mask   *mask
	base   []byte // the row above the picture, one stripe wide
	states []scanner
	same   [cellRows * maxStripes]bool // rows of a row of cells that are like those above, stripe by stripe
	looks  [maxStripes]look
	found  []span
	spans  []span // the same sorted by stripe
	from   []int  // where those of a stripe begin; one more at the end
	bands  []band
}

// scanner is the state of looking down a stripe.
type scanner struct {
	start   int // of the band, -1 outside
	last    int // row of it that is not like the one above
	quiet   int // rows like the one above since
	settled int // row that was like some above it, -1 if none
	hidden  int // where the rows that the mask hides began, -1 outside
	plain   uint32
}

// find fills the mask and bands, in order of their tops.
func (f *finder) find(p pixel.Image, base uint32, m *mask) {
	f.p, f.mask = p, m
	m.start(p)
	f.base = slices.Grow(f.base[:0], 4*stripe)[:4*stripe]
	paintRun(f.base, base|opaque)
	f.found, f.spans, f.from, f.bands, f.states = f.found[:0], f.spans[:0], f.from[:0], f.bands[:0], f.states[:0]
	for range m.wide {
		f.states = append(f.states, scanner{start: -1, settled: -1, hidden: -1, plain: base})
	}
	for y := 0; y < p.H; y += cellRows {
		f.look(y)
		f.scan(y)
	}
	for s := range f.states {
		f.show(s, p.H)
		f.close(s, f.states[s].last+1)
	}
	f.sort()
	for s := range m.wide {
		for k := f.from[s]; k < f.from[s+1]; k++ {
			f.assign(s, k)
		}
	}
	slices.SortFunc(f.bands, func(a, b band) int { return cmp.Or(a.y0-b.y0, a.x0-b.x0) })
}

// look compares the rows of a row of cells with those above, and chooses which cells the mask hides.
func (f *finder) look(y0 int) {
	clear(f.looks[:f.mask.wide])
	for y := y0; y < min(y0+cellRows, f.p.H); y++ {
		same := f.same[(y-y0)*f.mask.wide:]
		for s := range f.mask.wide {
			row, above := f.row(s, y), f.row(s, y-1)
			same[s] = alike(row, above)
			if looksAt(y - y0) {
				f.looks[s].add(row, above, same[s])
			}
		}
	}
	for s := range f.mask.wide {
		f.mask.set(s, y0, f.looks[s].result().many())
	}
}

// scan goes on with the rows of a row of cells.
func (f *finder) scan(y0 int) {
	for y := y0; y < min(y0+cellRows, f.p.H); y++ {
		same := f.same[(y-y0)*f.mask.wide:]
		for s := range f.mask.wide {
			v := &f.states[s]
			switch {
			case f.mask.has(s, y):
				f.hide(s, y)
				continue
			case v.hidden >= 0:
				f.show(s, y)
			}
			if !same[s] {
				f.moved(s, y)
			} else if v.start >= 0 {
				f.still(s, y)
			}
		}
	}
}

func (f *finder) row(s, y int) []byte {
	x0, x1 := s*stripe, min(s*stripe+stripe, f.p.W)
	if y < 0 {
		return f.base[:4*(x1-x0)]
	}
	return segment(f.p, x0, x1, y)
}

// hide goes on with a row that the mask hides.
func (f *finder) hide(s, y int) {
	f.close(s, f.states[s].last+1)
	if f.states[s].hidden < 0 {
		f.states[s].hidden = y
	}
}

// show makes a span of the rows above y that the mask hides, so that no band gets them.
func (f *finder) show(s, y int) {
	v := &f.states[s]
	if v.hidden >= 0 {
		f.found = append(f.found, span{s, v.hidden, y, -1})
		v.hidden = -1
	}
}

// close ends a band, if there is one, above y.
func (f *finder) close(s, y int) {
	v := &f.states[s]
	if v.start >= 0 {
		f.found = append(f.found, span{s, v.start, y, -1})
		v.start = -1
	}
}

// still goes on with a row of a band that is like the one above.
func (f *finder) still(s, y int) {
	v, row := &f.states[s], f.row(s, y)
	v.quiet++
	if uniform(row) {
		v.plain = binary.LittleEndian.Uint32(row) & rgb
		f.close(s, v.last+1)
		return
	}
	if v.quiet >= 2 {
		v.settled = y
	}
	if v.quiet > quietRows {
		f.close(s, v.last+1)
	}
}

// moved goes on with a row that is not like the one above. A band ends with it when it leads back to the background.
func (f *finder) moved(s, y int) {
	v := &f.states[s]
	v.quiet, v.last = 0, y
	if v.start < 0 {
		v.start = y
		return
	}
	row := f.row(s, y)
	if alike(row, f.row(s, v.start-1)) || v.settled >= 0 && alike(row, f.row(s, v.settled)) ||
		binary.LittleEndian.Uint32(row)&rgb == v.plain && uniform(row) {
		f.close(s, y+1)
	}
}

// sort fills spans and from.
func (f *finder) sort() {
	for range f.mask.wide + 1 {
		f.from = append(f.from, 0)
	}
	for _, v := range f.found {
		f.from[v.stripe+1]++
	}
	for s := range f.mask.wide {
		f.from[s+1] += f.from[s]
	}
	f.spans = slices.Grow(f.spans, len(f.found))[:len(f.found)]
	for _, v := range f.found {
		f.spans[f.from[v.stripe]] = v
		f.from[v.stripe]++
	}
	copy(f.from[1:], f.from)
	f.from[0] = 0
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
