//go:build !cgo || !(linux || windows) || nocodecs

package photo

import (
	"bytes"
	"image"
	"image/color"
	"image/jpeg"

	"deskhand/protocol/pixel"
)

// Encoder makes JPEG bodies with the standard library, which always halves the colour.
type Encoder struct {
	out    bytes.Buffer
	closed bool
}

// NewEncoder makes an encoder.
func NewEncoder() *Encoder { return &Encoder{} }

// Append appends p as JPEG with a quality of 1 to 100 to dst.
func (e *Encoder) Append(dst []byte, p pixel.Image, quality int, sub Sampling) ([]byte, error) {
	switch {
	case e.closed:
		return dst, ErrClosed
	case !p.Holds() || !sizeOK(p.W, p.H):
		return dst, ErrSize
	case !settingsOK(quality, sub):
		return dst, ErrQuality
	}
	e.out.Reset()
	if err := jpeg.Encode(&e.out, p.RGBA(), &jpeg.Options{Quality: quality}); err != nil {
		return dst, ErrSize
	}
	return append(dst, e.out.Bytes()...), nil
}

// Close frees the encoder. It can be called again.
func (e *Encoder) Close() { e.closed = true }

// Decoder reads JPEG bodies.
type Decoder struct{ closed bool }

// NewDecoder makes a decoder.
func NewDecoder() *Decoder { return &Decoder{} }

// Decode fills p with body, whose picture must have exactly the size of p. With an error p may be partly filled.
func (d *Decoder) Decode(p pixel.Image, body []byte) error {
	switch {
	case d.closed:
		return ErrClosed
	case !p.Holds() || !sizeOK(p.W, p.H):
		return ErrSize
	case !headerOK(body, p.W, p.H):
		return ErrBody
	}
	img, err := jpeg.Decode(bytes.NewReader(body))
	if err != nil {
		return ErrBody
	}
	ycc, ok := img.(*image.YCbCr)
	if !ok || ycc.Rect.Dx() != p.W || ycc.Rect.Dy() != p.H {
		return ErrBody
	}
	for y := range p.H {
		fill(p.Row(y), ycc, y)
	}
	return nil
}

// Close frees the decoder. It can be called again.
func (d *Decoder) Close() { d.closed = true }

// fill makes row y of a picture.
func fill(row []byte, img *image.YCbCr, y int) {
	for x := range len(row) / pixel.Bytes {
		l, c := img.YOffset(x, y), img.COffset(x, y)
		r, g, b := color.YCbCrToRGB(img.Y[l], img.Cb[c], img.Cr[c])
		px := row[x*pixel.Bytes:][:pixel.Bytes]
		px[0], px[1], px[2], px[3] = b, g, r, 255
	}
}
