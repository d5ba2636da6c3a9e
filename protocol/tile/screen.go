package tile

import (
	"encoding/binary"

	"deskhand/protocol/pixel"
)

// A screen is written as the numbers and decisions below, through one adaptive arithmetic coder (see rangecoder.go).
//
//	mask      one decision a cell, in a mixed body only
//	base      24 bits: the colour of the row above the picture
//	palette   for each family how many colours, then each as its difference from the one before, green first (see
//	          colours.go)
//	bands     their number, then each: top, left, width and height as differences from the band before; whether the
//	          background is a colour, and which (24 bits); ops until the band is full
//	op        blank or not, copy or literal; then
//	  blank     number of columns
//	  copy      whether of the column to the left; if not, from how many columns earlier and how much lower; number of
//	            columns; if not of the column to the left, whether in other colours, and which (see tint.go)
//	  literal   number of columns, and their pixels from the top
//	pixel     background or not; else like the one above or not, unless that is background; else like the one to the left
//	          or not, unless that is either; else family and number in the palette, or the number of no family and 24 bits
//
// Wherever there is no band, the picture is like the row above. A band consists of columns of pixels over a background,
// which is the row above the band or a colour. Text makes a band of each line, in which copies are letters and words that
// were there before. Copies take what is not background; where they are higher than what they copy, the rest is left out.
// All decisions have the odds that were seen so far in such a place: for a pixel, how much those around it contrast with
// the background.

// The picture is cut into stripes of this many pixels from left to right, the last one maybe narrower.
const (
	stripe     = 64
	maxStripes = MaxSide / stripe
)

const (
	rgb   = 0x00ff_ffff           // the bits of a pixel that matter
	twice = 0x00ff_ffff_00ff_ffff // of two pixels
)

// band is a rectangle of whole stripes in which the picture is not like the row above it. Its columns from left to right
// follow those of the bands before in one sequence.
type band struct {
	x0, x1, y0, y1 int
	first          int    // number of its first column in the sequence
	plain          bool   // the background is the colour; else it is the row above the band
	colour         uint32 // for plain
}

func (b *band) width() int { return b.x1 - b.x0 }

// end is the number behind its last column.
func (b *band) end() int { return b.first + b.x1 - b.x0 }

// The ops say what the columns of a band are, from left to right.
const (
	opBlank   = iota // n columns of background
	opCopy           // n columns like n earlier ones, maybe higher or lower
	opLiteral        // n columns pixel by pixel
)

// ground gives rows of background.
type ground struct {
	p     pixel.Image
	base  uint32 // the colour of the row above the picture
	plain [2][4 * MaxSide]byte
}

// row is the background of the columns x to x+n of b, as pixels. which, 0 or 1, tells rows that are needed at once.
func (g *ground) row(b *band, x, n, which int) []byte {
	if !b.plain && b.y0 > 0 {
		return segment(g.p, x, x+n, b.y0-1)
	}
	v := g.base
	if b.plain {
		v = b.colour
	}
	row := g.plain[which][:4*n]
	paintRun(row, v|opaque)
	return row
}

// paintRun gives all pixels of the row one colour.
func paintRun(row []byte, v uint32) {
	for ; len(row) >= 4; row = row[4:] {
		binary.LittleEndian.PutUint32(row, v)
	}
}

// at is the background of one column.
func (g *ground) at(b *band, x int) uint32 {
	switch {
	case b.plain:
		return b.colour
	case b.y0 == 0:
		return g.base
	}
	return at(g.p, x, b.y0-1)
}

func at(p pixel.Image, x, y int) uint32 {
	return binary.LittleEndian.Uint32(p.Pix[y*p.Stride+4*x:]) & rgb
}

func put(p pixel.Image, x, y int, v uint32) {
	binary.LittleEndian.PutUint32(p.Pix[y*p.Stride+4*x:], v|opaque)
}

// segment is the pixels x0 to x1 of the row y.
func segment(p pixel.Image, x0, x1, y int) []byte {
	start := y * p.Stride
	return p.Pix[start+4*x0 : start+4*x1]
}

// alike reports whether rows of the same length show the same, whatever their fourth bytes.
func alike(a, b []byte) bool { return pixel.EqualRows(a, b) }

// uniform reports whether all pixels of the row are alike.
func uniform(row []byte) bool { return alike(row[4:], row[:len(row)-4]) }

// class is how much a pixel contrasts with its background, from 0 to 3.
func class(v, ground uint32) uint8 {
	if v == ground {
		return 0
	}
	d := light(v) - light(ground)
	d = max(d, -d)
	switch {
	case d < 200:
		return 1
	case d < 600:
		return 2
	}
	return 3
}

// light is from 0 to 1020.
func light(v uint32) int { return int(v>>8&0xff)*2 + int(v&0xff) + int(v>>16&0xff) }

const (
	contexts = 1 << 12
)

// screenModel is everything the coder of screens learns while it goes.
type screenModel struct {
	mask     [4]chance    // by the cells above and to the left
	op       [3][4]chance // by the op before
	blank    number
	length   number    // of copies
	literal  number    // columns
	repeat   [1]chance // a copy of the column to the left
	tinted   [1]chance // a copy in other colours
	dyed     [1]chance // a colour becomes another one than last time
	distance number
	fall     number // how much lower copies are than predicted
	bands    number
	top      number
	left     number
	wide     number
	high     number
	plain    [2]chance
	colours  number
	green    number
	reds     [2]number // when green is the same as before, and else
	blue     number

	ground [contexts]chance // a pixel is background, or not
	above  [contexts]chance // else it is like the one above, or not
	beside [contexts]chance // else like the one to the left

	family     [families + 1][1 << familyBits]chance // by the last one
	lastFamily int
	shades     shades
}

func (m *screenModel) reset() {
	for i := range m.op {
		reset(m.op[i][:])
	}
	for _, n := range []*number{&m.blank, &m.length, &m.literal, &m.distance, &m.fall, &m.bands, &m.top, &m.left, &m.wide, &m.high, &m.colours, &m.green, &m.reds[0], &m.reds[1], &m.blue} {
		n.reset()
	}
	reset(m.mask[:])
	reset(m.repeat[:])
	reset(m.tinted[:])
	reset(m.dyed[:])
	reset(m.plain[:])
	reset(m.ground[:])
	reset(m.above[:])
	reset(m.beside[:])
	for i := range m.family {
		reset(m.family[i][:])
	}
	m.lastFamily = 0
}

// red is for a colour that has more green than the one before by d.
func (m *screenModel) red(d int) *number { return &m.reds[min(d, 1)] }

// lately is the two columns to the left of the one being coded, and that itself.
type lately struct {
	now, west, wester *history
	three             [3]history
}

// history is a column with one place more at either end.
type history struct {
	value [MaxSide + 2]uint32
	class [MaxSide + 2]uint8
}

func (l *lately) start() { l.now, l.west, l.wester = &l.three[0], &l.three[1], &l.three[2] }

func (l *lately) turn() { l.now, l.west, l.wester = l.wester, l.now, l.west }

// load takes the column x of b, which has been coded by other means. Left of the band all is background.
func (h *history) load(g *ground, b *band, x int, beyond uint32) {
	n := b.y1 - b.y0
	if x < b.x0 {
		h.blank(n, beyond)
		return
	}
	bg := g.at(b, x)
	h.edges(n, bg)
	for y := range n {
		v := at(g.p, x, b.y0+y)
		h.value[1+y], h.class[1+y] = v, class(v, bg)
	}
}

func (h *history) blank(n int, bg uint32) {
	for y := range n + 2 {
		h.value[y], h.class[y] = bg, 0
	}
}

func (h *history) edges(n int, bg uint32) {
	h.value[0], h.class[0] = bg, 0
	h.value[n+1], h.class[n+1] = bg, 0
}
