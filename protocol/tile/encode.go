package tile

import (
	"slices"

	"github.com/klauspost/compress/zstd"
)

// window is how far back the compressor looks: over the whole content of the largest tile.
const window = 1 << 20

// Encoder turns pixels into bodies. Make one with NewEncoder; it belongs to one goroutine at a time.
type Encoder struct {
	palette palette
	indices []byte // one a pixel
	content []byte // of the tile being encoded
	black   [4 * MaxSize]byte
	image   *imageEncoder
	zstd    *zstd.Encoder
}

// NewEncoder makes an encoder. It takes 0.6 MiB, 4 MiB once it has seen the largest tiles, and holds nothing to close.
func NewEncoder() *Encoder {
	z, err := zstd.NewWriter(nil,
		zstd.WithEncoderLevel(zstd.SpeedFastest), // the next level gains 2 % on text and takes a fifth longer
		zstd.WithAllLitEntropyCompression(true),  // differences repeat seldom and are still skewed: 25 % on photos
		zstd.WithEncoderConcurrency(1),
		zstd.WithWindowSize(window),
		zstd.WithSingleSegment(true),
		zstd.WithEncoderCRC(false), // sealed units cannot be damaged unnoticed
	)
	if err != nil {
		panic("tile: " + err.Error()) // the options are constant
	}
	return &Encoder{zstd: z}
}

// Append appends the body of p, at most MaxBody bytes, to dst. It panics when p has a side outside 1 to MaxSize or less
// memory than it says.
func (e *Encoder) Append(dst []byte, p Pixels) []byte {
	if err := p.check(); err != nil {
		panic(err.Error())
	}
	pixels := p.W * p.H
	e.indices = slices.Grow(e.indices[:0], pixels)[:pixels]
	few := e.palette.gather(e.indices, p)
	n := e.palette.n
	if few && n == 1 {
		v := e.palette.colours[0]
		return append(dst, kindSolid, byte(v), byte(v>>8), byte(v>>16))
	}
	start := len(dst)
	if few && 1+paletteSize(n, pixels) <= 3*pixels {
		e.content = e.palette.appendContent(e.content[:0], e.indices)
		return e.finish(append(dst, kindPalette, byte(n-1)), start)
	}
	e.content = slices.Grow(e.content[:0], 3*pixels)[:3*pixels]
	differences(e.content, p, e.black[:])
	return e.finish(append(dst, kindMany), start)
}

// finish appends the content, compressed when that is smaller. The kind stands at start.
func (e *Encoder) finish(dst []byte, start int) []byte {
	head := len(dst)
	dst = e.zstd.EncodeAll(e.content, dst)
	if len(dst)-head >= len(e.content) {
		return append(dst[:head], e.content...)
	}
	dst[start] |= compressed
	return dst
}
