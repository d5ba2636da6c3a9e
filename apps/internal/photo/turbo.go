//go:build cgo && (linux || windows) && !nocodecs

package photo

// The library is linked in, so that the programs run where it is not installed.

// #cgo CFLAGS: -O2
// #cgo LDFLAGS: -l:libturbojpeg.a
// #include "turbo.h"
import "C"

import (
	"unsafe"

	"deskhand/protocol/pixel"
)

// Encoder makes JPEG bodies.
type Encoder struct{ c *C.photo_encoder }

// NewEncoder makes an encoder. Close frees what it holds outside of Go's memory.
func NewEncoder() *Encoder { return &Encoder{C.photo_encoder_new()} }

// Append appends p as JPEG with a quality of 1 to 100 to dst.
func (e *Encoder) Append(dst []byte, p pixel.Image, quality int, sub Sampling) ([]byte, error) {
	switch {
	case e.c == nil:
		return dst, ErrClosed
	case !p.Holds() || !sizeOK(p.W, p.H):
		return dst, ErrSize
	case !settingsOK(quality, sub):
		return dst, ErrQuality
	}
	if C.photo_encode(e.c, (*C.uchar)(&p.Pix[0]), C.int(p.Stride), C.int(p.W), C.int(p.H), C.int(quality), C.int(sub)) != 0 {
		return dst, ErrSize
	}
	return append(dst, unsafe.Slice((*byte)(e.c.out), int(e.c.len))...), nil
}

// Close frees the encoder. It can be called again.
func (e *Encoder) Close() {
	if e.c != nil {
		C.photo_encoder_free(e.c)
		e.c = nil
	}
}

// Decoder reads JPEG bodies.
type Decoder struct{ h C.tjhandle }

// NewDecoder makes a decoder. Close frees what it holds outside of Go's memory.
func NewDecoder() *Decoder { return &Decoder{C.tjInitDecompress()} }

// Decode fills p with body, whose picture must have exactly the size of p. With an error p may be partly filled.
func (d *Decoder) Decode(p pixel.Image, body []byte) error {
	switch {
	case d.h == nil:
		return ErrClosed
	case !p.Holds() || !sizeOK(p.W, p.H):
		return ErrSize
	case !headerOK(body, p.W, p.H):
		return ErrBody
	}
	n := C.ulong(len(body))
	if C.photo_decode(d.h, (*C.uchar)(&body[0]), n, (*C.uchar)(&p.Pix[0]), C.int(p.Stride), C.int(p.W), C.int(p.H)) != 0 {
		return ErrBody
	}
	return nil
}

// Close frees the decoder. It can be called again.
func (d *Decoder) Close() {
	if d.h != nil {
		C.tjDestroy(d.h)
		d.h = nil
	}
}
