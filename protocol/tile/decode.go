package tile

import (
	"encoding/binary"
	"errors"
	"fmt"
	"slices"

	"github.com/klauspost/compress/zstd"
)

// Decoder turns bodies into pixels. Make one with NewDecoder; it belongs to one goroutine at a time.
type Decoder struct {
	colours [maxColours]uint32
	content []byte
	black   [4 * MaxSize]byte
	image   *imageDecoder
	zstd    *zstd.Decoder
}

// NewDecoder makes a decoder. It takes as much as the largest tile it has seen, and holds nothing to close.
func NewDecoder() *Decoder {
	z, err := zstd.NewReader(nil,
		zstd.WithDecoderConcurrency(1),
		zstd.WithDecoderMaxMemory(3*MaxSize*MaxSize),
		zstd.WithDecoderMaxWindow(window),
		zstd.WithDecodeAllCapLimit(true), // a frame never yields more than the tile needs
	)
	if err != nil {
		panic("tile: " + err.Error()) // the options are constant
	}
	return &Decoder{zstd: z}
}

// Decode fills p, whose W and H must be those of the pixels that were encoded, and sets alpha to 255. It refuses bodies
// that are not of a tile of that size, whoever made them, without allocating more than such a tile needs. After an
// error p may show anything.
func (d *Decoder) Decode(p Pixels, body []byte) error {
	if err := p.check(); err != nil {
		return err
	}
	if len(body) == 0 {
		return errors.New("tile: empty body")
	}
	kind, rest := body[0], body[1:]
	switch kind &^ compressed {
	case kindPalette:
		return d.palette(p, rest, kind&compressed != 0)
	case kindMany:
		content, err := d.unpack(rest, 3*p.W*p.H, kind&compressed != 0)
		if err != nil {
			return err
		}
		restore(p, content, d.black[:])
		return nil
	}
	if kind != kindSolid {
		return fmt.Errorf("tile: unknown kind %#x", kind)
	}
	if len(rest) != 3 {
		return fmt.Errorf("tile: solid body of %d bytes", len(body))
	}
	fill(p, uint32(rest[0])|uint32(rest[1])<<8|uint32(rest[2])<<16|opaque)
	return nil
}

func (d *Decoder) palette(p Pixels, rest []byte, packed bool) error {
	if len(rest) == 0 {
		return errors.New("tile: palette without a length")
	}
	n := int(rest[0]) + 1
	content, err := d.unpack(rest[1:], paletteSize(n, p.W*p.H), packed)
	if err != nil {
		return err
	}
	lookup(&d.colours, content, n)
	if !paint(p, &d.colours, content[3*n:], indexBits(n)) {
		return fmt.Errorf("tile: index beyond a palette of %d colours", n)
	}
	return nil
}

// unpack gives the content, which must have exactly the given size. It is valid until the next call.
func (d *Decoder) unpack(b []byte, size int, packed bool) ([]byte, error) {
	if packed {
		d.content = slices.Grow(d.content[:0], size)
		var err error
		if b, err = d.zstd.DecodeAll(b, d.content[:0:size]); err != nil {
			return nil, fmt.Errorf("tile: decompress: %w", err)
		}
	}
	if len(b) != size {
		return nil, fmt.Errorf("tile: content of %d bytes instead of %d", len(b), size)
	}
	return b, nil
}

// fill paints every pixel with v.
func fill(p Pixels, v uint32) {
	first := p.row(0)
	for x := 0; x < len(first); x += 4 {
		binary.LittleEndian.PutUint32(first[x:], v)
	}
	for y := 1; y < p.H; y++ {
		copy(p.row(y), first)
	}
}
