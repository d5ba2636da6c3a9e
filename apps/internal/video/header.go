package video

// header is what is known of a frame before it is decoded.
type header struct {
	key  bool
	w, h int // of a key
}

const (
	tagLen = 3 // of every frame
	keyLen = 7 // and of a key
)

// parse reads what stands in plain before a frame (RFC 6386, 9.1) and insists on what an Encoder makes: a frame of version
// 0 that is shown, whose first part is all there, and keys that are not scaled. The size changes with keys only, and a
// decoder never holds more than four pictures.
func parse(body []byte) (header, bool) {
	if len(body) < tagLen {
		return header{}, false
	}
	tag := int(body[0]) | int(body[1])<<8 | int(body[2])<<16
	h := header{key: tag&1 == 0}
	first := tag >> 5 // bytes of the first part
	rest := body[tagLen:]
	ok := tag>>1&7 == 0 && tag>>4&1 == 1
	if !h.key {
		return h, ok && first > 0 && first <= len(rest)
	}
	if len(rest) < keyLen {
		return header{}, false
	}
	ok = ok && rest[0] == 0x9d && rest[1] == 0x01 && rest[2] == 0x2a
	h.w, h.h = int(rest[3])|int(rest[4])<<8, int(rest[5])|int(rest[6])<<8 // 14 bits each, and 2 of how to scale
	return h, ok && h.w < 1<<14 && h.h < 1<<14 && first > 0 && first <= len(rest)-keyLen
}
