package tile

import (
	"encoding/binary"
	"slices"
)

// column is one column of a band, cut to what is not background.
type column struct {
	sum  uint64 // of the pixels from the first to the last that are not background
	top  uint16 // row of the first one
	end  uint16 // row behind the last one, 0 when there are none
	band uint32
}

const mixer = 0x9e37_79b9_7f4a_7c15

// gather fills columns for all bands.
func (e *screenEncoder) gather() {
	total := 0
	for i := range e.bands {
		e.bands[i].first = total
		total += e.bands[i].width()
	}
	e.columns = slices.Grow(e.columns[:0], total)[:total]
	for i := range e.bands {
		b := &e.bands[i]
		cols := e.columns[b.first:b.end()]
		for k := range cols {
			cols[k] = column{band: uint32(i)}
		}
		bg := e.row(b, b.x0, b.width(), 0)
		for y := b.y0; y < b.y1; y++ {
			gatherRow(cols, segment(e.p, b.x0, b.x1, y), bg, y)
		}
	}
}

func gatherRow(cols []column, row, bg []byte, y int) {
	bg = bg[:len(row)]
	x := 0
	for ; x+8 <= len(row); x += 8 {
		v := binary.LittleEndian.Uint64(row[x:])
		d := (v ^ binary.LittleEndian.Uint64(bg[x:])) & twice
		if d == 0 {
			continue
		}
		if uint32(d) != 0 {
			cols[x/4].add(uint32(v)&rgb, y)
		}
		if d>>32 != 0 {
			cols[x/4+1].add(uint32(v>>32)&rgb, y)
		}
	}
	if x < len(row) {
		v := binary.LittleEndian.Uint32(row[x:]) & rgb
		if v != binary.LittleEndian.Uint32(bg[x:])&rgb {
			cols[x/4].add(v, y)
		}
	}
}

func (c *column) add(v uint32, y int) {
	if c.end == 0 {
		c.top, c.end = uint16(y), uint16(y)
	}
	c.sum = (c.sum + uint64(v) + uint64(y-int(c.end)+1)<<32) * mixer
	c.sum ^= c.sum >> 32
	c.end = uint16(y + 1)
}

// op is a step of writing the columns.
type op struct {
	kind   int32
	n      int32
	from   int32 // column, for copies
	fall   int32 // rows that a copy is lower in its band than what it copies is in its own
	tinted bool
}

const (
	chainBits  = 15
	chainDepth = 16
)

// parse turns the columns into ops.
func (e *screenEncoder) parse() {
	e.ops = e.ops[:0]
	e.shapes.reset()
	e.colours.clear()
	for i := range e.head {
		e.head[i] = -1
	}
	e.chain = slices.Grow(e.chain[:0], len(e.columns))[:len(e.columns)]
	for k := range e.bands {
		b := &e.bands[k]
		for i := b.first; i < b.end(); {
			o := e.step(b, i)
			if last := len(e.ops) - 1; o.kind == opLiteral && i > b.first && e.ops[last].kind == opLiteral {
				e.ops[last].n++
			} else {
				e.ops = append(e.ops, o)
			}
			for range o.n {
				e.remember(i)
				i++
			}
		}
	}
}

func (e *screenEncoder) remember(i int) {
	if e.columns[i].end != 0 {
		k := e.key(i)
		e.chain[i] = e.head[k]
		e.head[k] = int32(i)
	}
}

// key is of a column and the one to the right of it.
func (e *screenEncoder) key(i int) uint32 {
	c := &e.columns[i]
	k := c.sum
	if i+1 < len(e.columns) {
		if d := &e.columns[i+1]; d.end != 0 && d.band == c.band {
			k ^= d.sum*3 + uint64(d.top-c.top)
		}
	}
	return uint32(k * mixer >> (64 - chainBits))
}

// step finds what to do at column i of b.
func (e *screenEncoder) step(b *band, i int) op {
	cols := e.columns[:b.end()]
	if cols[i].end == 0 {
		n := 1
		for i+n < len(cols) && cols[i+n].end == 0 {
			n++
		}
		return op{kind: opBlank, n: int32(n)}
	}
	best, from := 0, 0
	if i > b.first && cols[i].top == cols[i-1].top {
		best, from = e.match(cols, i, i-1), i-1
	}
	c := int(e.head[e.key(i)])
	for d := 0; c >= 0 && d < chainDepth && i+best < len(cols); d++ {
		if cols[c+best].sum == cols[i+best].sum {
			if n := e.match(cols, i, c); n > best {
				best, from = n, c
			}
		}
		c = int(e.chain[c])
	}
	if best == 0 || best == 1 && from != i-1 || !e.verified(b, i, from, best) {
		if o, ok := e.tint(b, i); ok {
			return o
		}
		return op{kind: opLiteral, n: 1}
	}
	s := &e.bands[cols[from].band]
	fall := int(cols[i].top) - b.y0 - (int(cols[from].top) - s.y0)
	return op{kind: opCopy, n: int32(best), from: int32(from), fall: int32(fall)}
}

// match is how many columns from i on are like those from c on, moved up or down alike.
func (e *screenEncoder) match(cols []column, i, c int) int {
	if cols[i].sum != cols[c].sum {
		return 0
	}
	fall := cols[i].top - cols[c].top
	n := 1
	most := len(cols) - i
	of := cols[c].band
	if of == cols[i].band && fall != 0 {
		most = min(most, i-c)
	}
	for n < most {
		p, q := &cols[i+n], &cols[c+n]
		if p.sum != q.sum || q.band != of || p.end != 0 && p.top-q.top != fall {
			break
		}
		n++
	}
	return n
}

// verified makes sure that the n columns at i are what comes out when those at c are copied: sums may be alike by chance.
func (e *screenEncoder) verified(b *band, i, c, n int) bool {
	s := &e.bands[e.columns[c].band]
	fall := int(e.columns[i].top) - int(e.columns[c].top)
	x, from := b.x0+i-b.first, s.x0+c-s.first
	bg, bgFrom := e.row(b, x, n, 0), e.row(s, from, n, 1)
	equal := alike(bg, bgFrom)
	for y := b.y0; y < b.y1; y++ {
		row := segment(e.p, x, x+n, y)
		switch {
		case y-fall < s.y0 || y-fall >= s.y1:
			if !alike(row, bg) {
				return false
			}
		case equal:
			if !alike(row, segment(e.p, from, from+n, y-fall)) {
				return false
			}
		case !seeThrough(row, segment(e.p, from, from+n, y-fall), bg, bgFrom):
			return false
		}
	}
	return true
}

// seeThrough reports whether row is what comes out when from is copied where it is not background.
func seeThrough(row, from, bg, bgFrom []byte) bool {
	for x := 0; x < len(row); x += 4 {
		v, w := binary.LittleEndian.Uint32(row[x:])&rgb, binary.LittleEndian.Uint32(from[x:])&rgb
		if w == binary.LittleEndian.Uint32(bgFrom[x:])&rgb {
			w = binary.LittleEndian.Uint32(bg[x:]) & rgb
		}
		if v != w {
			return false
		}
	}
	return true
}
