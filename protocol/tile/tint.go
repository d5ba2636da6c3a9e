package tile

// A tinted copy is one in other colours: letters on another paper, or of another ink. Behind its length stands what each
// colour becomes, from the left and the top as they come up, unless it is what the same colour became last time over the
// same background.

const (
	maxTints  = 64 // colours of a tinted copy
	tintBits  = 12 // of the table of what colours became
	shapeBits = 12 // of the table of columns by their shape
	idle      = 24 // columns without gain after which none is expected
	maxShape  = 64 // rows of a column that is looked at for its shape

	// About how many bits things take.
	copyCost  = 20
	newColour = 9
	missCost  = 10
)

// tints is what the colours of one copy become.
type tints struct {
	n        int
	from, to [maxTints]uint32
}

// find gives the place of a colour, or n.
func (t *tints) find(v uint32) int {
	for i, w := range t.from[:t.n] {
		if w == v {
			return i
		}
	}
	return t.n
}

// dye remembers what colours became last.
type dye [1 << tintBits]uint32

// last is where the dye has what v became over the background bg.
func (d *dye) last(v, bg uint32) *uint32 {
	return &d[(v*0x9e37_79b1^bg*0x85eb_ca6b)*0xc2b2_ae35>>(32-tintBits)]
}

// shapes finds earlier columns written pixel by pixel, by where they and the next one have which of their colours.
type shapes struct {
	columns [1 << shapeBits][2]int32 // the last two of a shape, -1 if none
	tints   tints
	dye     dye
}

func (s *shapes) reset() {
	for i := range s.columns {
		s.columns[i] = [2]int32{-1, -1}
	}
	clear(s.dye[:])
}

// shape gives a hash of the shape of column i of b and the one to the right of it.
func (e *screenEncoder) shape(b *band, i int) uint32 {
	t := &e.shapes.tints
	t.n = 0
	sum := uint32(0)
	for k := i; k < min(i+2, b.end()); k++ {
		c, x := &e.columns[k], b.x0+k-b.first
		sum = (sum + uint32(c.top) - uint32(e.columns[i].top) + 1) * 0x9e37_79b1
		bg := e.at(b, x)
		for y := int(c.top); y < int(c.end); y++ {
			n := uint32(0)
			if v := at(e.p, x, y); v != bg {
				j := t.find(v)
				if j == t.n && j < maxTints {
					t.from[j] = v
					t.n++
				}
				n = uint32(j) + 1
			}
			sum = (sum + n + 1) * 0x85eb_ca6b
			sum ^= sum >> 15
		}
		if c.end == 0 {
			break
		}
	}
	return sum * 0x9e37_79b1 >> (32 - shapeBits)
}

// tint looks for a tinted copy at column i of b that is cheaper than pixels; else it remembers the column.
func (e *screenEncoder) tint(b *band, i int) (o op, ok bool) {
	if c := &e.columns[i]; c.end-c.top > maxShape {
		return o, false
	}
	slot := &e.shapes.columns[e.shape(b, i)]
	best := 0
	for _, c := range slot {
		if c < 0 {
			break
		}
		n, gain := e.tinted(b, i, int(c))
		if gain > best {
			best, ok = gain, true
			s := &e.bands[e.columns[c].band]
			fall := int(e.columns[i].top) - b.y0 - (int(e.columns[c].top) - s.y0)
			o = op{kind: opCopy, n: int32(n), from: c, fall: int32(fall), tinted: true}
		}
	}
	if !ok {
		slot[0], slot[1] = int32(i), slot[0]
		return o, false
	}
	e.dye(b, i, &o)
	return o, true
}

// tinted gives how many columns from i on are like those from c on but for their colours, and about how many bits are
// saved by that.
func (e *screenEncoder) tinted(b *band, i, c int) (n, gain int) {
	t := &e.shapes.tints
	t.n = 0
	gain = -copyCost
	s := &e.bands[e.columns[c].band]
	fall := e.columns[i].top - e.columns[c].top
	best, bestGain := 0, 0
	for n < min(b.end()-i, s.end()-c, i-c, best+idle) {
		p, q := &e.columns[i+n], &e.columns[c+n]
		if (p.end == 0) != (q.end == 0) || p.end != 0 && (p.top-q.top != fall || p.end-q.end != fall) {
			break
		}
		more, ok := e.tintColumn(b, s, [2]int{b.x0 + i + n - b.first, s.x0 + c + n - s.first}, i+n)
		if !ok {
			break
		}
		gain += more
		n++
		if gain > bestGain {
			best, bestGain = n, gain
		}
	}
	return best, bestGain
}

// tintColumn adds what the colours of a column become to the tints; false when that does not hold together.
func (e *screenEncoder) tintColumn(b, s *band, x [2]int, i int) (gain int, ok bool) {
	t, c := &e.shapes.tints, &e.columns[i]
	bg, bgFrom := e.at(b, x[0]), e.at(s, x[1])
	from := &e.columns[s.first+x[1]-s.x0]
	for y := int(c.top); y < int(c.end); y++ {
		v, w := at(e.p, x[0], y), at(e.p, x[1], y-int(c.top)+int(from.top))
		if v == bg || w == bgFrom {
			if v == bg && w == bgFrom {
				continue
			}
			return 0, false
		}
		if (y == int(c.top) || v != at(e.p, x[0], y-1)) && (x[0] == b.x0 || v != at(e.p, x[0]-1, y)) {
			gain += newColour
		}
		j := t.find(w)
		if j < t.n {
			if t.to[j] != v {
				return 0, false
			}
			continue
		}
		if j == maxTints {
			return 0, false
		}
		t.from[j], t.to[j] = w, v
		t.n++
		if *e.shapes.dye.last(w, bg) != v {
			gain -= missCost
		} else {
			gain--
		}
	}
	return gain, true
}

// dye makes the dye and the palette ready for a tinted copy at column i of b.
func (e *screenEncoder) dye(b *band, i int, o *op) {
	e.tinting(b, i, o, func(w, v, bg uint32) {
		if last := e.shapes.dye.last(w, bg); *last != v {
			e.colours.add(v)
			*last = v
		}
	})
}

// writeTints writes what the colours become.
func (e *screenEncoder) writeTints(b *band, i int, o *op) {
	m := &e.model
	e.tinting(b, i, o, func(w, v, bg uint32) {
		last := e.shapes.dye.last(w, bg)
		if *last == v {
			e.w.bit(&m.dyed[0], 0)
			return
		}
		e.w.bit(&m.dyed[0], 1)
		e.colour(m, 0, v)
		*last = v
	})
}

// tinting calls f for the colours of a tinted copy at column i of b as they come up: what it is, what it becomes, and the
// background there.
func (e *screenEncoder) tinting(b *band, i int, o *op, f func(w, v, bg uint32)) {
	t := &e.shapes.tints
	t.n = 0
	s := &e.bands[e.columns[o.from].band]
	for k := range int(o.n) {
		c, from := &e.columns[i+k], &e.columns[int(o.from)+k]
		x, xFrom := b.x0+i+k-b.first, s.x0+int(o.from)+k-s.first
		bg, bgFrom := e.at(b, x), e.at(s, xFrom)
		for y := int(from.top); y < int(from.end); y++ {
			w := at(e.p, xFrom, y)
			if j := t.find(w); w != bgFrom && j == t.n {
				t.from[j] = w
				t.n++
				f(w, at(e.p, x, y-int(from.top)+int(c.top)), bg)
			}
		}
	}
}
