package viewer

import (
	"encoding/binary"
	"image"
)

// Pixels is a picture in memory: rows of blue, green, red and one byte that means nothing, from the top. It is laid out
// as deskhand/protocol/pixel.Image, which this package does not import, so that one converts into the other without
// copying: viewer.Pixels(img). It does not own Pix.
type Pixels struct {
	Pix    []byte // the first byte is the top left pixel's blue
	Stride int    // bytes from one row to the next
	W, H   int    // pixels
}

const pixelBytes = 4

// NewPixels makes a picture whose bytes are all zero.
func NewPixels(size image.Point) Pixels {
	return Pixels{Pix: make([]byte, pixelBytes*size.X*size.Y), Stride: pixelBytes * size.X, W: size.X, H: size.Y}
}

// Size is the size in pixels.
func (p Pixels) Size() image.Point { return image.Pt(p.W, p.H) }

// Empty says that there are no pixels.
func (p Pixels) Empty() bool { return p.W <= 0 || p.H <= 0 }

func (p Pixels) bounds() image.Rectangle { return image.Rectangle{Max: p.Size()} }

// sub is a part, which must lie within; it shares the pixels.
func (p Pixels) sub(r image.Rectangle) Pixels {
	if r.Empty() {
		return Pixels{}
	}
	return Pixels{Pix: p.Pix[r.Min.Y*p.Stride+r.Min.X*pixelBytes:], Stride: p.Stride, W: r.Dx(), H: r.Dy()}
}

func (p Pixels) row(y int) []byte {
	from := y * p.Stride
	return p.Pix[from : from+pixelBytes*p.W : from+pixelBytes*p.W]
}

// copyFrom copies all of src, which is as large.
func (p Pixels) copyFrom(src Pixels) {
	for y := range p.H {
		copy(p.row(y), src.row(y))
	}
}

// fill gives every pixel one colour, blue in the lowest byte.
func (p Pixels) fill(c uint32) {
	if p.Empty() {
		return
	}
	first := p.row(0)
	binary.LittleEndian.PutUint32(first, c)
	for n := pixelBytes; n < len(first); n *= 2 {
		copy(first[n:], first[:n])
	}
	for y := 1; y < p.H; y++ {
		copy(p.row(y), first)
	}
}

// swap turns pixels into those of image.RGBA, in place.
func swap(pix []byte) {
	const (
		low    = 0x0000_00ff_0000_00ff
		green  = 0x0000_ff00_0000_ff00
		opaque = 0xff00_0000_ff00_0000
	)
	for ; len(pix) >= 8; pix = pix[8:] {
		v := binary.LittleEndian.Uint64(pix)
		binary.LittleEndian.PutUint64(pix, v>>16&low|v&green|v&low<<16|opaque)
	}
	if len(pix) >= pixelBytes {
		pix[0], pix[2], pix[3] = pix[2], pix[0], 0xff
	}
}
