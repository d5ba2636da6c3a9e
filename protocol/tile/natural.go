package tile

import (
	"encoding/binary"
	"errors"
	"fmt"
	"math/bits"
	"slices"

	"deskhand/protocol/pixel"

	"github.com/klauspost/compress/zstd"
)

// Areas of many colours are written as the difference of each pixel from what its neighbours foretell, green first, red
// and blue less green's. The differences are sorted into streams by how restless the neighbours are, so that the likely
// ones differ between streams, and each stream is compressed by itself.

const (
	calms      = 8 // degrees of restlessness that are told apart
	channels   = 3
	naturalMin = 1 << 13 // pixels; fewer are not sorted
)

type naturalEncoder struct {
	areas   []area
	streams [channels * calms][]byte
	zstd    *zstd.Encoder
}

// around is the neighbours of a pixel. Those outside of the area are like the nearest inside.
type around struct{ left, above, corner, right uint32 }

// restless is from 0 to calms-1.
func (a around) restless() int {
	g, h, i, j := channel(a.left, 8), channel(a.above, 8), channel(a.corner, 8), channel(a.right, 8)
	return min(bits.Len(uint(abs(g-i)+abs(h-i)+abs(h-j))), calms-1)
}

func abs(v int) int { return max(v, -v) }

// append writes the areas of p that m has.
func (e *naturalEncoder) append(dst []byte, p pixel.Image, m *mask) []byte {
	e.areas = m.areas(e.areas[:0], p)
	total := 0
	for _, a := range e.areas {
		total += (a.x1 - a.x0) * (a.y1 - a.y0)
	}
	for i := range e.streams {
		e.streams[i] = e.streams[i][:0]
	}
	for _, a := range e.areas {
		for y := a.y0; y < a.y1; y++ {
			e.row(p, a, y, total >= naturalMin)
		}
	}
	for _, s := range e.streams {
		dst = binary.AppendUvarint(dst, uint64(len(s)))
		if len(s) == 0 {
			continue
		}
		start := len(dst)
		dst = e.zstd.EncodeAll(s, append(dst, 0, 0, 0, 0))
		binary.LittleEndian.PutUint32(dst[start:], uint32(len(dst)-start-4))
	}
	return dst
}

func (e *naturalEncoder) row(p pixel.Image, a area, y int, sorted bool) {
	row := segment(p, a.x0, a.x1, y)
	above := row
	var n around
	if y > a.y0 {
		above = segment(p, a.x0, a.x1, y-1)
		n.above = binary.LittleEndian.Uint32(above)
		n.left, n.corner = n.above, n.above
	}
	for x := 0; x+4 <= len(row); x += 4 {
		v := binary.LittleEndian.Uint32(row[x:])
		n.right = n.above
		if y == a.y0 {
			n.above, n.corner, n.right = n.left, n.left, n.left
		} else if x+8 <= len(above) {
			n.right = binary.LittleEndian.Uint32(above[x+4:])
		}
		k := 0
		if sorted {
			k = n.restless()
		}
		g := channel(v, 8) - foretell(channel(n.left, 8), channel(n.above, 8), channel(n.corner, 8))
		r := channel(v, 16) - foretell(channel(n.left, 16), channel(n.above, 16), channel(n.corner, 16))
		b := channel(v, 0) - foretell(channel(n.left, 0), channel(n.above, 0), channel(n.corner, 0))
		e.streams[k] = append(e.streams[k], byte(g))
		e.streams[calms+k] = append(e.streams[calms+k], byte(r-g))
		e.streams[2*calms+k] = append(e.streams[2*calms+k], byte(b-g))
		n.left, n.corner, n.above = v, n.above, n.right
	}
}

type naturalDecoder struct {
	areas   []area
	content [channels * calms][]byte
	streams [channels * calms][]byte // what is left of content
	zstd    *zstd.Decoder
}

func newStreamDecoder() *zstd.Decoder {
	z, err := zstd.NewReader(nil,
		zstd.WithDecoderConcurrency(1),
		zstd.WithDecoderMaxMemory(MaxPixels),
		zstd.WithDecoderMaxWindow(MaxPixels), // as large as a stream may be; nothing is set aside for it
		zstd.WithDecodeAllCapLimit(true),     // a frame never yields more than its stream needs
	)
	if err != nil {
		panic("tile: " + err.Error()) // the options are constant
	}
	return z
}

var errNatural = errors.New("tile: differences do not add up")

func (d *naturalDecoder) decode(p pixel.Image, m *mask, body []byte) error {
	d.areas = m.areas(d.areas[:0], p)
	total := 0
	for _, a := range d.areas {
		total += (a.x1 - a.x0) * (a.y1 - a.y0)
	}
	left := channels * total
	for i := range d.content {
		n, used := binary.Uvarint(body)
		if used <= 0 || n > uint64(left) {
			return errNatural
		}
		body = body[used:]
		left -= int(n)
		d.content[i] = slices.Grow(d.content[i][:0], int(n))[:n]
		d.streams[i] = d.content[i]
		if n == 0 {
			continue
		}
		if len(body) < 4 {
			return errNatural
		}
		size := binary.LittleEndian.Uint32(body)
		if uint64(size) > uint64(len(body)-4) {
			return errNatural
		}
		got, err := d.zstd.DecodeAll(body[4:4+size], d.content[i][:0:n])
		if err != nil {
			return fmt.Errorf("tile: decompress: %w", err)
		}
		if len(got) != int(n) {
			return errNatural
		}
		body = body[4+size:]
	}
	if len(body) != 0 || left != 0 {
		return errNatural
	}
	for _, a := range d.areas {
		for y := a.y0; y < a.y1; y++ {
			if !d.row(p, a, y, total >= naturalMin) {
				return errNatural
			}
		}
	}
	return nil
}

func (d *naturalDecoder) row(p pixel.Image, a area, y int, sorted bool) bool {
	row := segment(p, a.x0, a.x1, y)
	above := row
	var n around
	if y > a.y0 {
		above = segment(p, a.x0, a.x1, y-1)
		n.above = binary.LittleEndian.Uint32(above)
		n.left, n.corner = n.above, n.above
	}
	for x := 0; x+4 <= len(row); x += 4 {
		n.right = n.above
		if y == a.y0 {
			n.above, n.corner, n.right = n.left, n.left, n.left
		} else if x+8 <= len(above) {
			n.right = binary.LittleEndian.Uint32(above[x+4:])
		}
		k := 0
		if sorted {
			k = n.restless()
		}
		greens, reds, blues := d.streams[k], d.streams[calms+k], d.streams[2*calms+k]
		if len(greens) == 0 || len(reds) == 0 || len(blues) == 0 {
			return false
		}
		dg := int(greens[0])
		g := dg + foretell(channel(n.left, 8), channel(n.above, 8), channel(n.corner, 8))
		r := dg + int(reds[0]) + foretell(channel(n.left, 16), channel(n.above, 16), channel(n.corner, 16))
		b := dg + int(blues[0]) + foretell(channel(n.left, 0), channel(n.above, 0), channel(n.corner, 0))
		d.streams[k], d.streams[calms+k], d.streams[2*calms+k] = greens[1:], reds[1:], blues[1:]
		v := uint32(byte(r))<<16 | uint32(byte(g))<<8 | uint32(byte(b)) | opaque
		binary.LittleEndian.PutUint32(row[x:], v)
		n.left, n.corner, n.above = v, n.above, n.right
	}
	return true
}

// foretell guesses a value from those to the left, above, and above to the left: the lower of left and above at an
// edge that falls, the higher at one that rises, and on a slope the value that continues it.
func foretell(left, above, corner int) int {
	return max(min(left, above), min(left+above-corner, max(left, above)))
}

// opaque is the fourth byte of what was decoded, in a pixel that is read as a little-endian number: B | G<<8 | R<<16.
const opaque = 0xff00_0000

// channel is one of a pixel's values.
func channel(v uint32, shift int) int { return int(v >> shift & 0xff) }
