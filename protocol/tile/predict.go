package tile

import "encoding/binary"

// The content of a tile with many colours is three planes, of one byte a pixel each: green, red, blue. A green byte is
// the pixel's difference from what its neighbours foretell; red and blue are theirs less green's. Beyond the left and
// the upper edge all is black.

// foretell guesses a value from those to the left, above, and above to the left: the lower of left and above at an
// edge that falls, the higher at one that rises, and on a slope the value that continues it.
func foretell(left, above, corner int) int {
	return max(min(left, above), min(left+above-corner, max(left, above)))
}

// differences fills content, 3 bytes a pixel, from p. black is a black row.
func differences(content []byte, p Pixels, black []byte) {
	green, red, blue := planes(content)
	above := black[:4*p.W]
	for y := range p.H {
		row := p.row(y)
		from, to := y*p.W, (y+1)*p.W
		differencesOfRow(row, above, green[from:to], red[from:to], blue[from:to])
		above = row
	}
}

func differencesOfRow(row, above, green, red, blue []byte) {
	var left, corner uint32
	for x := range green {
		v, up := binary.LittleEndian.Uint32(row[4*x:]), binary.LittleEndian.Uint32(above[4*x:])
		g := channel(v, 8) - foretell(channel(left, 8), channel(up, 8), channel(corner, 8))
		r := channel(v, 0) - foretell(channel(left, 0), channel(up, 0), channel(corner, 0))
		b := channel(v, 16) - foretell(channel(left, 16), channel(up, 16), channel(corner, 16))
		green[x], red[x], blue[x] = byte(g), byte(r-g), byte(b-g)
		left, corner = v, up
	}
}

// restore is the inverse of differences.
func restore(p Pixels, content, black []byte) {
	green, red, blue := planes(content)
	above := black[:4*p.W]
	for y := range p.H {
		row := p.row(y)
		from, to := y*p.W, (y+1)*p.W
		restoreRow(row, above, green[from:to], red[from:to], blue[from:to])
		above = row
	}
}

func restoreRow(row, above, green, red, blue []byte) {
	var left, corner uint32
	for x := range green {
		up := binary.LittleEndian.Uint32(above[4*x:])
		d := int(green[x])
		g := d + foretell(channel(left, 8), channel(up, 8), channel(corner, 8))
		r := d + int(red[x]) + foretell(channel(left, 0), channel(up, 0), channel(corner, 0))
		b := d + int(blue[x]) + foretell(channel(left, 16), channel(up, 16), channel(corner, 16))
		left, corner = uint32(byte(r))|uint32(byte(g))<<8|uint32(byte(b))<<16|opaque, up
		binary.LittleEndian.PutUint32(row[4*x:], left)
	}
}

// channel is one of a pixel's values.
func channel(v uint32, shift int) int { return int(v >> shift & 0xff) }
