// Package pixel is pictures in memory as window systems keep them: four bytes a pixel, blue, green, red and one that
// means nothing. Everything from capturing to the Viewer's surface works on it, so that nothing is converted on the way.
//
// An Image is a view like a slice: copying it copies no pixels. It has no locks.
package pixel

import (
	"bytes"
	"encoding/binary"
	"image"
)

// Bytes is the size of one pixel.
const Bytes = 4

// Image is a rectangle of pixels: rows of B, G, R, X bytes from the top. X is ignored when read; whoever makes pixels
// writes 255 there. It does not own Pix.
type Image struct {
	Pix    []byte // the first byte is the top left pixel's blue
	Stride int    // bytes from one row to the next
	W, H   int    // pixels
}

// New makes a black image.
func New(w, h int) Image {
	m := Image{Pix: make([]byte, Bytes*w*h), Stride: Bytes * w, W: w, H: h}
	m.Fill(0, 0, 0)
	return m
}

// Bounds is the rectangle from (0,0) to the size.
func (m Image) Bounds() image.Rectangle { return image.Rect(0, 0, m.W, m.H) }

// Empty reports whether there are no pixels.
func (m Image) Empty() bool { return m.W <= 0 || m.H <= 0 }

// Holds reports whether Pix is large enough for the size, which it must be for every other method.
func (m Image) Holds() bool {
	return m.W > 0 && m.H > 0 && m.Stride >= Bytes*m.W && len(m.Pix) >= Bytes*m.W && (len(m.Pix)-Bytes*m.W)/m.Stride >= m.H-1
}

// Sub is the part r, which must lie within; the two share pixels.
func (m Image) Sub(r image.Rectangle) Image {
	if r.Empty() {
		return Image{}
	}
	return Image{Pix: m.Pix[r.Min.Y*m.Stride+r.Min.X*Bytes:], Stride: m.Stride, W: r.Dx(), H: r.Dy()}
}

// Row is the bytes of one row.
func (m Image) Row(y int) []byte {
	start := y * m.Stride
	return m.Pix[start : start+Bytes*m.W : start+Bytes*m.W]
}

// Fill gives every pixel one colour.
func (m Image) Fill(r, g, b byte) {
	if m.Empty() {
		return
	}
	first := m.Row(0)
	first[0], first[1], first[2], first[3] = b, g, r, 255
	for n := Bytes; n < len(first); n *= 2 {
		copy(first[n:], first[:n])
	}
	for y := 1; y < m.H; y++ {
		copy(m.Row(y), first)
	}
}

// Copy copies src to dst with its corner at (x, y) there. All of it must lie within dst. The two must not share pixels;
// for that there is Move.
func Copy(dst Image, x, y int, src Image) {
	for row := range src.H {
		to := (y+row)*dst.Stride + x*Bytes
		copy(dst.Pix[to:to+Bytes*src.W], src.Row(row))
	}
}

// Move copies the part from of m to the place whose corner is to. Both must lie within m; they may overlap.
func Move(m Image, from image.Rectangle, to image.Point) {
	n := Bytes * from.Dx()
	copyRow := func(i int) {
		a := (from.Min.Y+i)*m.Stride + from.Min.X*Bytes
		b := (to.Y+i)*m.Stride + to.X*Bytes
		copy(m.Pix[b:b+n], m.Pix[a:a+n])
	}
	if to.Y <= from.Min.Y {
		for i := range from.Dy() {
			copyRow(i)
		}
		return
	}
	for i := from.Dy() - 1; i >= 0; i-- {
		copyRow(i)
	}
}

// Equal reports whether a and b show the same, whatever their fourth bytes. Different sizes are not equal.
func Equal(a, b Image) bool {
	if a.W != b.W || a.H != b.H {
		return false
	}
	for y := range a.H {
		if !EqualRows(a.Row(y), b.Row(y)) {
			return false
		}
	}
	return true
}

// EqualRows is Equal for rows of the same length.
func EqualRows(a, b []byte) bool { return bytes.Equal(a, b) || equalColours(a, b) }

// equalColours compares two rows of the same length without the fourth bytes, two pixels at a time.
func equalColours(a, b []byte) bool {
	for ; len(a) >= 8 && len(b) >= 8; a, b = a[8:], b[8:] {
		if (binary.LittleEndian.Uint64(a)^binary.LittleEndian.Uint64(b))&0x00ffffff_00ffffff != 0 {
			return false
		}
	}
	return len(a) == 0 || a[0] == b[0] && a[1] == b[1] && a[2] == b[2]
}

// FromRGBA copies img, without its alpha.
func FromRGBA(img *image.RGBA) Image {
	m := New(img.Rect.Dx(), img.Rect.Dy())
	for y := range m.H {
		from := img.PixOffset(img.Rect.Min.X, img.Rect.Min.Y+y)
		Swap(m.Row(y), img.Pix[from:])
	}
	return m
}

// RGBA copies m into an opaque image.RGBA.
func (m Image) RGBA() *image.RGBA {
	img := image.NewRGBA(m.Bounds())
	for y := range m.H {
		Swap(img.Pix[y*img.Stride:][:Bytes*m.W], m.Row(y))
	}
	return img
}

// Swap copies pixels with red and blue exchanged, which is how image.RGBA has them, and the fourth byte 255. len(dst)
// is a multiple of four and src is as long or longer.
func Swap(dst, src []byte) {
	const (
		low    = 0x0000_00ff_0000_00ff
		green  = 0x0000_ff00_0000_ff00
		opaque = 0xff00_0000_ff00_0000
	)
	src = src[:len(dst)]
	for len(dst) >= 8 && len(src) >= 8 {
		v := binary.LittleEndian.Uint64(src)
		binary.LittleEndian.PutUint64(dst, v>>16&low|v&green|v&low<<16|opaque)
		dst, src = dst[8:], src[8:]
	}
	if len(dst) >= Bytes && len(src) >= Bytes {
		dst[0], dst[1], dst[2], dst[3] = src[2], src[1], src[0], 0xff
	}
}
