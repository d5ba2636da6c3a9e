package tile

import (
	"encoding/binary"
	"math/bits"
	"slices"

	"deskhand/protocol/pixel"
)

// cellRows is the height of the cells by which it is chosen how to encode a picture. They are one stripe wide.
const cellRows = 32

// mask says which cells hold so many colours that they are written apart.
type mask struct {
	wide, high int
	cells      []bool // row by row
	any        bool
}

// has tells it of row y of stripe s.
func (m *mask) has(s, y int) bool { return m.any && m.cells[y/cellRows*m.wide+s] }

// near is from 0 to 3 by the cells above and to the left of cell i.
func (m *mask) near(i int) (n int) {
	if i >= m.wide && m.cells[i-m.wide] {
		n = 1
	}
	if i%m.wide > 0 && m.cells[i-1] {
		n += 2
	}
	return n
}

func (m *mask) start(p pixel.Image) {
	m.wide, m.high, m.any = stripes(p.W), (p.H+cellRows-1)/cellRows, false
	m.cells = slices.Grow(m.cells[:0], m.wide*m.high)[:m.wide*m.high]
	clear(m.cells)
}

func (m *mask) set(s, y int, has bool) {
	m.cells[y/cellRows*m.wide+s] = has
	m.any = m.any || has
}

// area is the rectangle x0 to x1, y0 to y1.
type area struct{ x0, x1, y0, y1 int }

// areas appends the rectangles that cover what m has.
func (m *mask) areas(dst []area, p pixel.Image) []area {
	for y := range m.high {
		for x := 0; x < m.wide; x++ {
			start := x
			for x < m.wide && m.cells[y*m.wide+x] {
				x++
			}
			if x > start {
				dst = m.extend(dst, area{start * stripe, min(x*stripe, p.W), y * cellRows, min((y+1)*cellRows, p.H)})
			}
		}
	}
	return dst
}

// extend appends a to the areas, or to one of them that ends above it and is as wide.
func (m *mask) extend(dst []area, a area) []area {
	for i := len(dst) - 1; i >= 0; i-- {
		if b := &dst[i]; b.y1 == a.y0 && b.x0 == a.x0 && b.x1 == a.x1 {
			b.y1 = a.y1
			return dst
		}
	}
	return append(dst, a)
}

// softest is the difference in light that a slope of colours stays below.
const softest = 40

// cell is what a look at every other row of one has found (see looksAt).
type cell struct {
	looked int // pixels
	odd    int // pixels that are like neither the one above nor the one to the left
	soft   int // those among them that differ little from the one to the left
	hues   int // colours, about
}

// many reports whether there are so many colours that columns repeat seldom: noise, or slopes.
func (c cell) many() bool {
	slope := 4*c.soft >= 3*c.odd && 100*c.odd >= 15*c.looked && 100*c.hues >= 20*c.looked
	return c.looked >= 64 && c.hues > 4 && (100*c.odd >= 45*c.looked || slope)
}

// looksAt reports whether the row y of a cell is looked at. Both rows of pairs are, as in pictures at twice their size.
func looksAt(y int) bool { return y%4 == 1 || y%4 == 2 }

// look is what makes a cell.
type look struct {
	seen [64]uint64 // colours by a hash
	cell cell
}

// add looks at a row. same says whether it is like the one above.
func (l *look) add(row, above []byte, same bool) {
	l.cell.looked += len(row)/4 - 1
	if same {
		return
	}
	left := binary.LittleEndian.Uint32(row) & rgb
	for x := 4; x+4 <= len(row); x += 4 {
		v := binary.LittleEndian.Uint32(row[x:]) & rgb
		if v == left {
			continue
		}
		d := light(v) - light(left)
		left = v
		h := v * 0x9e37_79b1 >> 20
		l.seen[h>>6] |= 1 << (h & 63)
		if v != binary.LittleEndian.Uint32(above[x:])&rgb {
			l.cell.odd++
			if d > -softest && d < softest {
				l.cell.soft++
			}
		}
	}
}

// result gives what was found.
func (l *look) result() cell {
	if c := &l.cell; c.odd > 0 {
		c.hues = 0
		for _, v := range l.seen {
			c.hues += bits.OnesCount64(v)
		}
	}
	return l.cell
}
