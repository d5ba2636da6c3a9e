package tile

import (
	"encoding/binary"
	"math/bits"

	"deskhand/protocol/pixel"
)

const (
	photoLooks  = 100     // cells that are looked at to find a photo
	photoPixels = 64 * 64 // fewer are never taken for one
	photoBits   = 5       // a pixel
)

// Photo reports whether p looks like a noisy photo, of which exact bytes would be many: more than about five bits a
// pixel. It is not said of text, drawn controls or slopes of colour. It looks at a hundred places at most.
func (e *Encoder) Photo(p pixel.Image) bool {
	if checkImage(p) != nil || p.W*p.H < photoPixels {
		return false
	}
	wide, high := stripes(p.W), (p.H+cellRows-1)/cellRows
	every := max(1, wide*high/photoLooks)
	if every > 1 && wide%every == 0 {
		every++ // not the same columns again and again
	}
	looked, sum := 0, 0
	for i := 0; i < wide*high; i += every {
		x, y := i%wide*stripe, i/wide*cellRows
		c := cellAt(p, x, y)
		looked += c.looked
		if c.many() {
			sum += effort(p, x, y)
		}
	}
	return looked > 0 && sum > photoBits*looked
}

// effort estimates how many bits every other row of a cell takes.
func effort(p pixel.Image, x0, y0 int) (sum int) {
	x1, y1 := min(x0+stripe, p.W), min(y0+cellRows, p.H)
	for y := y0; y < y1; y++ {
		if !looksAt(y - y0) {
			continue
		}
		row, above := segment(p, x0, x1, y), segment(p, x0, x1, y-1)
		for x := 4; x+4 <= len(row); x += 4 {
			v, left := binary.LittleEndian.Uint32(row[x:]), binary.LittleEndian.Uint32(row[x-4:])
			up, corner := binary.LittleEndian.Uint32(above[x:]), binary.LittleEndian.Uint32(above[x-4:])
			g := channel(v, 8) - foretell(channel(left, 8), channel(up, 8), channel(corner, 8))
			r := channel(v, 16) - foretell(channel(left, 16), channel(up, 16), channel(corner, 16))
			b := channel(v, 0) - foretell(channel(left, 0), channel(up, 0), channel(corner, 0))
			sum += weight(g) + weight(r-g) + weight(b-g)
		}
	}
	return sum / 4
}

// weight is about how many quarters of a bit a difference takes.
func weight(d int) int {
	if d == 0 {
		return 2
	}
	return 6 + 5*bits.Len(uint(abs(d)))
}
