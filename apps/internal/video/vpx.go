//go:build cgo && (linux || windows) && !nocodecs

package video

// The library is linked in, so that the programs run where it is not installed.

// #cgo CFLAGS: -O3
// #cgo LDFLAGS: -l:libvpx.a
// #cgo linux LDFLAGS: -lm -lpthread
// #cgo windows LDFLAGS: -l:libwinpthread.a
// #include "vpx.h"
import "C"

import (
	"unsafe"

	"deskhand/protocol/pixel"
)

// enough is the sum of squared differences below which 16x16 pixels of the picture before, moved, will do: about what a
// quantizer leaves of them. Grain that is not seen takes most of the time and many of the bits otherwise.
func enough(quantizer int) int { return min(600+180*quantizer, 5000) }

// Available reports whether this build has video codecs.
func Available() bool { return true }

// Codecs are the formats that this build can encode and decode, the best first.
func Codecs() []Codec { return []Codec{VP8} }

// Encoder makes one stream.
type Encoder struct {
	c       *C.video_encoder
	w, h    int
	rate    rate
	current int
}

// NewEncoder makes an encoder for pictures of one size. Close frees what it holds outside of Go's memory.
func NewEncoder(c Config) (*Encoder, error) {
	if !sizeOK(c.W, c.H) {
		return nil, ErrSize
	}
	e := C.video_encoder_new(C.int(c.W), C.int(c.H))
	if e == nil {
		return nil, ErrFailed
	}
	return &Encoder{c: e, w: c.W, h: c.H}, nil
}

// Encode appends the next frame of the stream, made from p, to dst and says whether it is a key.
func (e *Encoder) Encode(dst []byte, p pixel.Image, s Settings) ([]byte, bool, error) {
	if e.c == nil {
		return dst, false, ErrClosed
	}
	if !p.Holds() || p.W != e.w || p.H != e.h {
		return dst, false, ErrSize
	}
	s = s.defaults()
	C.video_load(e.c, (*C.uint8_t)(&p.Pix[0]), C.size_t(p.Stride))
	seen := float64(p.W * ((p.H + 1) / 2))
	l := look{float64(e.c.change) / seen, float64(e.c.detail) / seen, float64(p.W * p.H)}
	plan := e.rate.next(s, l)
	if err := e.run(plan); err != nil {
		return dst, false, err
	}
	if other, again := e.rate.again(plan, s, l, int(e.c.len)); again {
		if plan = other; e.run(plan) != nil {
			return dst, false, ErrFailed
		}
	}
	e.rate.made(plan, s, l, int(e.c.len))
	e.current = plan.quantizer
	return append(dst, unsafe.Slice((*byte)(e.c.out), int(e.c.len))...), plan.key, nil
}

// run encodes the loaded picture as planned.
func (e *Encoder) run(p plan) error {
	key := C.int(0)
	if p.key {
		key = 1
	}
	if C.video_encode(e.c, C.int(p.quantizer), C.int(enough(p.quantizer)), key) != 0 || e.c.key != key {
		e.rate.last = 0 // the next one is a key
		return ErrFailed
	}
	return nil
}

// Quantizer is the last frame's, 0 before the first.
func (e *Encoder) Quantizer() int { return e.current }

// Close frees the encoder. It can be called again.
func (e *Encoder) Close() {
	if e.c != nil {
		C.video_encoder_free(e.c)
		e.c = nil
	}
}

// Decoder shows one stream.
type Decoder struct {
	c    *C.video_decoder
	w, h int // of the last key; 0 if there is none to go on from
}

// NewDecoder makes a decoder. Close frees what it holds outside of Go's memory.
func NewDecoder() (*Decoder, error) {
	d := C.video_decoder_new()
	if d == nil {
		return nil, ErrFailed
	}
	return &Decoder{c: d}, nil
}

// Decode fills p with the next frame, which must have exactly its size. With an error p may be partly filled.
func (d *Decoder) Decode(p pixel.Image, body []byte) error {
	if d.c == nil {
		return ErrClosed
	}
	if !p.Holds() || !sizeOK(p.W, p.H) {
		return ErrSize
	}
	h, ok := parse(body)
	if h.key {
		d.w, d.h = h.w, h.h
	}
	if !ok || d.w != p.W || d.h != p.H {
		d.w, d.h = 0, 0
		return ErrBody
	}
	if C.video_decode(d.c, (*C.uint8_t)(&body[0]), C.size_t(len(body)), (*C.uint8_t)(&p.Pix[0]), C.size_t(p.Stride),
		C.int(p.W), C.int(p.H)) != 0 {
		d.w, d.h = 0, 0
		return ErrBody
	}
	return nil
}

// Close frees the decoder. It can be called again.
func (d *Decoder) Close() {
	if d.c != nil {
		C.video_decoder_free(d.c)
		d.c = nil
	}
}
