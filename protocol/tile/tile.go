// Package tile is the picture format: one rectangle of pixels to a body of bytes and back, exactly. It picks among a
// single colour, a palette, and many colours by what is in the rectangle. It knows nothing of displays, slots or frames.
//
// It is pure. An Encoder or a Decoder belongs to one goroutine at a time, owns its scratch memory, and allocates nothing
// once it has seen tiles of the size. Everything else may be called concurrently.
//
// A body begins with its kind:
//
//	1  solid    u8 red, green, blue
//	2  palette  u8 number of colours less one, then the content: the colours and one index a pixel (see palette.go)
//	3  many     the content: the difference of each pixel from what its neighbours foretell (see predict.go)
//
// Bit 7 of the kind says that the content is a Zstandard frame of what stands here, else it is stored as it is. All is
// in reading order. Alpha is not carried: it is ignored when encoding and 255 after decoding.
//
// AppendImage and DecodeImage have kinds of their own, for pictures of any size:
//
//	4  pixels  three bytes a pixel, blue, green, red, in reading order
//	5  screen  an arithmetic code of text and drawn content (see screen.go)
//	6  mixed   u32 length and that many bytes for areas of many colours (see natural.go), then a screen that begins
//	           with where those are (see mask.go)
package tile

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"image"
)

// Size is the usual side of a tile in pixels, MaxSize the largest.
const (
	Size    = 64
	MaxSize = 512
)

const (
	kindSolid   = 1
	kindPalette = 2
	kindMany    = 3

	compressed = 0x80 // bit of the kind
)

// MaxBody is the most bytes that the body of a tile of that many pixels takes.
func MaxBody(w, h int) int { return 1 + 3*w*h }

// Pixels is a rectangle in memory: rows of R, G, B, A bytes, as image.RGBA has them. It does not own Pix.
type Pixels struct {
	Pix    []byte // the first byte is the top left pixel's red
	Stride int    // bytes from one row to the next
	W, H   int    // pixels; tiles have 1 to MaxSize either way
}

// Of is the part r of img; the two share memory. r must lie within img.
func Of(img *image.RGBA, r image.Rectangle) Pixels {
	return Pixels{Pix: img.Pix[img.PixOffset(r.Min.X, r.Min.Y):], Stride: img.Stride, W: r.Dx(), H: r.Dy()}
}

// check says what is wrong with p as a tile.
func (p Pixels) check() error {
	switch {
	case p.W < 1 || p.W > MaxSize || p.H < 1 || p.H > MaxSize:
		return fmt.Errorf("tile: %dx%d pixels, must be 1 to %d either way", p.W, p.H, MaxSize)
	case p.Stride < 4*p.W || len(p.Pix) < 4*p.W || (len(p.Pix)-4*p.W)/p.Stride < p.H-1:
		return fmt.Errorf("tile: %d bytes with stride %d do not hold %dx%d pixels", len(p.Pix), p.Stride, p.W, p.H)
	}
	return nil
}

func (p Pixels) row(y int) []byte {
	start := y * p.Stride
	return p.Pix[start : start+4*p.W : start+4*p.W]
}

// Equal reports whether a and b show the same, whatever their alpha. Different sizes are not equal; any size will do.
func Equal(a, b Pixels) bool {
	if a.W != b.W || a.H != b.H {
		return false
	}
	for y := range a.H {
		ra, rb := a.row(y), b.row(y)
		if !bytes.Equal(ra, rb) && !equalColours(ra, rb) {
			return false
		}
	}
	return true
}

// equalColours compares two rows of the same length without their alpha, two pixels at a time.
func equalColours(a, b []byte) bool {
	for ; len(a) >= 8 && len(b) >= 8; a, b = a[8:], b[8:] {
		if (binary.LittleEndian.Uint64(a)^binary.LittleEndian.Uint64(b))&0x00ffffff_00ffffff != 0 {
			return false
		}
	}
	return len(a) == 0 || a[0] == b[0] && a[1] == b[1] && a[2] == b[2]
}
