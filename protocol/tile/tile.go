// Package tile is the exact picture format: one rectangle of pixels to a body of bytes and back, for text, windows and
// whatever else must come out as it went in. Rectangles may be of any size, from a letter to a whole display; a body
// depends on nothing but itself. It knows nothing of displays or steps, and a body does not carry its size.
//
// It is pure. An Encoder or a Decoder belongs to one goroutine at a time, owns its scratch memory, and allocates nothing
// once it has seen pictures of the size. Everything else may be called concurrently.
//
// A body begins with its kind:
//
//	4  pixels  three bytes a pixel, blue, green, red, in reading order
//	5  screen  an arithmetic code of text and drawn content (see screen.go)
//	6  mixed   u32 length, little endian, and that many bytes for areas of many colours (see natural.go), then a screen that
//	           begins with where those are (see mask.go)
//
// The fourth byte of a pixel is not carried: it is ignored when encoding and 255 after decoding.
package tile

import (
	"encoding/binary"
	"errors"
	"fmt"

	"github.com/klauspost/compress/zstd"

	"deskhand/protocol/pixel"
)

const (
	// MaxSide is the most pixels that a picture may have either way, MaxPixels in all.
	MaxSide   = 8192
	MaxPixels = 1 << 22
)

const (
	kindPixels = 4 // three bytes a pixel
	kindScreen = 5
	kindMixed  = 6
)

// window is how far back the compressor of areas of many colours looks.
const window = 1 << 20

// Encoder turns pixels into bodies. Make one with NewEncoder; it belongs to one goroutine at a time.
type Encoder struct {
	screen  screenEncoder
	natural naturalEncoder
	mask    mask
}

// NewEncoder makes an encoder. Its memory grows with the pictures it sees, and it holds nothing to close.
func NewEncoder() *Encoder {
	z, err := zstd.NewWriter(nil,
		zstd.WithEncoderLevel(zstd.SpeedFastest),
		zstd.WithAllLitEntropyCompression(true), // differences repeat seldom and are still skewed: 25 % on photos
		zstd.WithEncoderConcurrency(1),
		zstd.WithWindowSize(window),
		zstd.WithSingleSegment(true),
		zstd.WithEncoderCRC(false), // sealed units cannot be damaged unnoticed
	)
	if err != nil {
		panic("tile: " + err.Error()) // the options are constant
	}
	return &Encoder{natural: naturalEncoder{zstd: z}}
}

// Decoder turns bodies into pixels. Make one with NewDecoder; it belongs to one goroutine at a time.
type Decoder struct {
	screen  screenDecoder
	natural naturalDecoder
	mask    mask
}

// NewDecoder makes a decoder. Its memory grows with the pictures it sees, and it holds nothing to close.
func NewDecoder() *Decoder {
	return &Decoder{natural: naturalDecoder{zstd: newStreamDecoder()}}
}

// MaxBody is the most bytes that the body of so many pixels takes.
func MaxBody(w, h int) int { return 1 + 3*w*h }

func checkImage(p pixel.Image) error {
	switch {
	case p.W < 1 || p.W > MaxSide || p.H < 1 || p.H > MaxSide || p.W*p.H > MaxPixels:
		return fmt.Errorf("tile: %dx%d pixels", p.W, p.H)
	case !p.Holds():
		return fmt.Errorf("tile: %d bytes with stride %d do not hold %dx%d pixels", len(p.Pix), p.Stride, p.W, p.H)
	}
	return nil
}

// Append appends the body of p, at most MaxBody bytes, to dst. It panics when p is larger than MaxSide or MaxPixels,
// empty, or has less memory than it says.
func (e *Encoder) Append(dst []byte, p pixel.Image) []byte {
	if err := checkImage(p); err != nil {
		panic(err.Error())
	}
	start := len(dst)
	e.screen.find(p, &e.mask)
	dst = append(dst, kindScreen)
	if e.mask.any {
		dst = append(dst, 0, 0, 0, 0)
		dst = e.natural.append(dst, p, &e.mask)
		binary.LittleEndian.PutUint32(dst[start+1:], uint32(len(dst)-start-5))
		dst[start] = kindMixed
	}
	dst = e.screen.append(dst, &e.mask)
	if len(dst)-start <= MaxBody(p.W, p.H) {
		return dst
	}
	return appendPixels(append(dst[:start], kindPixels), p)
}

func appendPixels(dst []byte, p pixel.Image) []byte {
	for y := range p.H {
		row := p.Row(y)
		for ; len(row) >= 4; row = row[4:] {
			dst = append(dst, row[0], row[1], row[2])
		}
	}
	return dst
}

func takePixels(p pixel.Image, b []byte) error {
	if len(b) != 3*p.W*p.H {
		return errors.New("tile: size")
	}
	for y := range p.H {
		row := p.Row(y)
		for ; len(row) >= 4; row = row[4:] {
			row[0], row[1], row[2], row[3] = b[0], b[1], b[2], 255
			b = b[3:]
		}
	}
	return nil
}

// Decode fills p, whose size must be that of the picture that was encoded, and sets the fourth bytes to 255. It
// refuses bodies that are malformed, whoever made them, and those of another size if it can tell, without allocating
// more than a picture of the size of p needs. After an error p may show anything.
func (d *Decoder) Decode(p pixel.Image, body []byte) error {
	if err := checkImage(p); err != nil {
		return err
	}
	if len(body) < 1 {
		return errors.New("tile: empty body")
	}
	kind, body := body[0], body[1:]
	var nat []byte
	switch kind {
	case kindPixels:
		return takePixels(p, body)
	case kindScreen:
	case kindMixed:
		if len(body) < 4 {
			return errors.New("tile: cut off")
		}
		n := binary.LittleEndian.Uint32(body)
		if uint64(n) > uint64(len(body)-4) {
			return errors.New("tile: cut off")
		}
		nat, body = body[4:4+n], body[4+n:]
	default:
		return errors.New("tile: unknown kind")
	}
	d.mask.start(p)
	d.screen.start(p, &d.mask, body)
	if kind == kindMixed {
		d.screen.readMask()
		if err := d.natural.decode(p, &d.mask, nat); err != nil {
			return err
		}
	}
	return d.screen.decode()
}
