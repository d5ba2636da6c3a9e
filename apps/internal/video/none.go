//go:build !cgo || !(linux || windows) || nocodecs

package video

import "deskhand/protocol/pixel"

// Available reports whether this build has video codecs.
func Available() bool { return false }

// Codecs are the formats that this build can encode and decode, the best first.
func Codecs() []Codec { return nil }

// Encoder makes one stream.
type Encoder struct{}

// NewEncoder fails with ErrUnavailable.
func NewEncoder(Config) (*Encoder, error) { return nil, ErrUnavailable }

// Encode fails with ErrUnavailable.
func (e *Encoder) Encode(dst []byte, _ pixel.Image, _ Settings) ([]byte, bool, error) {
	return dst, false, ErrUnavailable
}

// Quantizer is 0.
func (e *Encoder) Quantizer() int { return 0 }

// Close does nothing.
func (e *Encoder) Close() {}

// Decoder shows one stream.
type Decoder struct{}

// NewDecoder fails with ErrUnavailable.
func NewDecoder() (*Decoder, error) { return nil, ErrUnavailable }

// Decode fails with ErrUnavailable.
func (d *Decoder) Decode(pixel.Image, []byte) error { return ErrUnavailable }

// Close does nothing.
func (d *Decoder) Close() {}
