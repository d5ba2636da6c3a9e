package tile

import (
	"bytes"
	"encoding/binary"
	"slices"
)

// The content of a palette tile is, for n colours: n greens, n reds, n blues, then the indices. Each green is the
// difference from the colour before; red and blue are their difference less green's. The indices take 1 bit a pixel for
// 2 colours, 2 bits for up to 4, else 8, first pixel in the lowest bits, without gaps between rows.

// maxColours is the most that a palette holds.
const maxColours = 256

// opaque is alpha 255 in a pixel that is read as a little-endian number: R | G<<8 | B<<16 | A<<24.
const opaque = 0xff00_0000

// indexBits is how many bits an index takes in a palette of n colours.
func indexBits(n int) int {
	switch {
	case n <= 2:
		return 1
	case n <= 4:
		return 2
	default:
		return 8
	}
}

// paletteSize is the length of the content in bytes.
func paletteSize(n, pixels int) int { return 3*n + (pixels*indexBits(n)+7)/8 }

// palette gathers the colours of a tile in order of appearance. Its hash table has four places for each colour, so
// that a free place is never far.
type palette struct {
	n       int
	colours [maxColours]uint32     // opaque pixels
	keys    [4 * maxColours]uint32 // 0 is a free place
	numbers [4 * maxColours]uint8  // where the key stands in colours
	order   [maxColours]uint32     // scratch of sort
	ranks   [maxColours]uint8      // index by appearance to index by value
}

// gather fills indices, one a pixel, and reports whether the colours were few enough.
func (c *palette) gather(indices []byte, p Pixels) bool {
	c.n = 0
	clear(c.keys[:])
	for y := range p.H {
		row, out := p.row(y), indices[y*p.W:(y+1)*p.W]
		if y > 0 && bytes.Equal(row, p.row(y-1)) {
			copy(out, indices[(y-1)*p.W:])
			continue
		}
		if !c.gatherRow(out, row) {
			return false
		}
	}
	return true
}

func (c *palette) gatherRow(indices, row []byte) bool {
	var last uint32 // never an opaque pixel at first
	var number uint8
	for x := range indices {
		if v := binary.LittleEndian.Uint32(row[4*x:]) | opaque; v != last {
			i, ok := c.number(v)
			if !ok {
				return false
			}
			last, number = v, i
		}
		indices[x] = number
	}
	return true
}

// number gives the colour's index, adding it when it is new; false when there is no room.
func (c *palette) number(v uint32) (uint8, bool) {
	at := v * 0x9e37_79b1 >> 22
	for ; c.keys[at] != 0; at = (at + 1) % uint32(len(c.keys)) {
		if c.keys[at] == v {
			return c.numbers[at], true
		}
	}
	if c.n == maxColours {
		return 0, false
	}
	i := uint8(c.n)
	c.keys[at], c.numbers[at], c.colours[i] = v, i, v
	c.n++
	return i, true
}

// sort puts the colours in order of green, red, blue, so that differences are small, and fills ranks.
func (c *palette) sort() {
	order := c.order[:c.n]
	for i, v := range c.colours[:c.n] {
		order[i] = (v>>8&0xff)<<24 | (v&0xff)<<16 | (v>>16&0xff)<<8 | uint32(i)
	}
	slices.Sort(order)
	for rank, v := range order {
		c.ranks[v&0xff] = uint8(rank)
		c.colours[rank] = v>>24<<8 | v>>16&0xff | v>>8&0xff<<16 | opaque
	}
}

// appendContent appends a palette tile's content; indices are those of gather and are overwritten.
func (c *palette) appendContent(dst, indices []byte) []byte {
	c.sort()
	for i, v := range indices {
		indices[i] = c.ranks[v]
	}
	start := len(dst)
	dst = slices.Grow(dst, 3*c.n)[:start+3*c.n]
	green, red, blue := planes(dst[start:])
	var before uint32
	for i, v := range c.colours[:c.n] {
		g := uint8(v>>8) - uint8(before>>8)
		green[i], red[i], blue[i] = g, uint8(v)-uint8(before)-g, uint8(v>>16)-uint8(before>>16)-g
		before = v
	}
	return appendIndices(dst, indices, indexBits(c.n))
}

// planes cuts b into thirds.
func planes(b []byte) (green, red, blue []byte) {
	n := len(b) / 3
	return b[:n:n], b[n : 2*n : 2*n], b[2*n : 3*n]
}

func appendIndices(dst, indices []byte, bits int) []byte {
	if bits == 8 {
		return append(dst, indices...)
	}
	perByte := 8 / bits
	for ; len(indices) >= perByte; indices = indices[perByte:] {
		dst = append(dst, packIndices(indices[:perByte], bits))
	}
	if len(indices) > 0 {
		dst = append(dst, packIndices(indices, bits))
	}
	return dst
}

func packIndices(indices []byte, bits int) (b byte) {
	for i, v := range indices {
		b |= v << (i * bits)
	}
	return b
}

// lookup fills colours from the first 3n bytes of a content, and zeroes the rest.
func lookup(colours *[maxColours]uint32, content []byte, n int) {
	green, red, blue := planes(content[:3*n])
	var r, g, b uint8
	for i := range n {
		g += green[i]
		r += red[i] + green[i]
		b += blue[i] + green[i]
		colours[i] = uint32(r) | uint32(g)<<8 | uint32(b)<<16 | opaque
	}
	clear(colours[n:])
}

// paint fills p with colours by index, bits each. It reports whether every index was of a colour that is there.
func paint(p Pixels, colours *[maxColours]uint32, indices []byte, bits int) bool {
	all := uint32(opaque)
	for y := range p.H {
		row := p.row(y)
		if bits == 8 {
			all &= paintRow(row, colours, indices[y*p.W:(y+1)*p.W])
		} else {
			all &= paintPacked(row, colours, indices, y*p.W, bits)
		}
	}
	return all&opaque == opaque
}

// paintRow gives the bits that all painted pixels have in common.
func paintRow(row []byte, colours *[maxColours]uint32, indices []byte) uint32 {
	all := uint32(opaque)
	for x, i := range indices {
		v := colours[i]
		all &= v
		binary.LittleEndian.PutUint32(row[4*x:], v)
	}
	return all
}

// paintPacked does the same with several indices to a byte; the row's first one has the number first.
func paintPacked(row []byte, colours *[maxColours]uint32, indices []byte, first, bits int) uint32 {
	all := uint32(opaque)
	mask := byte(1)<<bits - 1
	for ; len(row) >= 4; row = row[4:] {
		bit := first * bits
		v := colours[indices[bit/8]>>(bit%8)&mask]
		all &= v
		binary.LittleEndian.PutUint32(row, v)
		first++
	}
	return all
}
