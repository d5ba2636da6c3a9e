package tile

import (
	"encoding/binary"
	"errors"
	"fmt"

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

type imageEncoder struct {
	screen  screenEncoder
	natural naturalEncoder
	mask    mask
}

type imageDecoder struct {
	screen  screenDecoder
	natural naturalDecoder
	mask    mask
}

func checkImage(p pixel.Image) error {
	switch {
	case p.W < 1 || p.W > MaxSide || p.H < 1 || p.H > MaxSide || p.W*p.H > MaxPixels:
		return fmt.Errorf("tile: %dx%d pixels", p.W, p.H)
	case !p.Holds():
		return fmt.Errorf("tile: %d bytes with stride %d do not hold %dx%d pixels", len(p.Pix), p.Stride, p.W, p.H)
	}
	return nil
}

// AppendImage appends the body of p, at most MaxBody bytes, to dst. It panics when p is larger than MaxSide or MaxPixels,
// empty, or has less memory than it says.
func (e *Encoder) AppendImage(dst []byte, p pixel.Image) []byte {
	if err := checkImage(p); err != nil {
		panic(err.Error())
	}
	if e.image == nil {
		e.image = &imageEncoder{natural: naturalEncoder{zstd: e.zstd}}
	}
	m := e.image
	start := len(dst)
	m.screen.find(p, &m.mask)
	dst = append(dst, kindScreen)
	if m.mask.any {
		dst = append(dst, 0, 0, 0, 0)
		dst = m.natural.append(dst, p, &m.mask)
		binary.LittleEndian.PutUint32(dst[start+1:], uint32(len(dst)-start-5))
		dst[start] = kindMixed
	}
	dst = m.screen.append(dst, &m.mask)
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

// DecodeImage fills p, whose size must be that of the picture that was encoded, and sets the fourth bytes to 255. It
// refuses bodies that are malformed, whoever made them, and those of another size if it can tell, without allocating
// more than a picture of the size of p needs. After an error p may show anything.
func (d *Decoder) DecodeImage(p pixel.Image, body []byte) error {
	if err := checkImage(p); err != nil {
		return err
	}
	if len(body) < 1 {
		return errors.New("tile: empty body")
	}
	if d.image == nil {
		d.image = new(imageDecoder)
		d.image.natural.zstd = newStreamDecoder()
	}
	m := d.image
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
	m.mask.start(p)
	m.screen.start(p, &m.mask, body)
	if kind == kindMixed {
		m.screen.readMask()
		if err := m.natural.decode(p, &m.mask, nat); err != nil {
			return err
		}
	}
	return m.screen.decode()
}
