package share

import (
	"encoding/binary"

	"deskhand/protocol/pixel"
)

const (
	looks = 8 // rows of a part that are looked at

	// A photo has few neighbours of one colour (less than one in evenness), and its brightness goes up and down from pixel
	// to pixel by jaggedFor or more in the mean. Text has its paper, and slopes of colour go one way.
	evenness  = 5
	jaggedFor = 2
)

// noisy says that a part looks like a photo: its exact bytes would be many, and nobody would see small differences. It
// looks at a few rows only.
func noisy(p pixel.Image) bool {
	even, jagged, n := 0, 0, 0
	for i := range min(looks, p.H) {
		row := p.Row(i * p.H / min(looks, p.H))
		if len(row) < 3*pixel.Bytes {
			return false
		}
		before, last := green(row), green(row[pixel.Bytes:])
		was := binary.LittleEndian.Uint32(row[pixel.Bytes:])
		for x := 2 * pixel.Bytes; x+pixel.Bytes <= len(row); x += pixel.Bytes {
			is := binary.LittleEndian.Uint32(row[x:])
			if (is^was)&0xffffff == 0 {
				even++
			}
			now := int(is >> 8 & 0xff)
			jagged += abs(now - 2*last + before)
			before, last, was = last, now, is
			n++
		}
	}
	return n > 0 && even*evenness < n && jagged >= jaggedFor*n
}

func green(pixels []byte) int { return int(pixels[1]) }

func abs(n int) int {
	if n < 0 {
		return -n
	}
	return n
}
