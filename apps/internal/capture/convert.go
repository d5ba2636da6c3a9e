package capture

import "encoding/binary"

const bytesPerPixel = 4

// toRGBA turns pixels of 0x00RRGGBB in little endian (blue first), as X servers and GDI keep them, into opaque RGBA.
// src must be at least as long as dst; dst is a multiple of four bytes.
func toRGBA(dst, src []byte) {
	const (
		low    = 0x0000_00ff_0000_00ff
		green  = 0x0000_ff00_0000_ff00
		opaque = 0xff00_0000_ff00_0000
	)
	src = src[:len(dst)]
	for len(dst) >= 2*bytesPerPixel && len(src) >= 2*bytesPerPixel {
		v := binary.LittleEndian.Uint64(src)
		binary.LittleEndian.PutUint64(dst, v>>16&low|v&green|v&low<<16|opaque)
		dst, src = dst[2*bytesPerPixel:], src[2*bytesPerPixel:]
	}
	if len(dst) >= bytesPerPixel && len(src) >= bytesPerPixel {
		dst[0], dst[1], dst[2], dst[3] = src[2], src[1], src[0], 0xff
	}
}
