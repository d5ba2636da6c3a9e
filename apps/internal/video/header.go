package video

// bits reads a body from its most significant bit on. After the end come zeros and short is true.
type bits struct {
	b     []byte
	at    int
	short bool
}

func (r *bits) read(n int) int {
	v := 0
	for range n {
		v <<= 1
		if r.at/8 < len(r.b) {
			v |= int(r.b[r.at/8] >> (7 - r.at%8) & 1)
		} else {
			r.short = true
		}
		r.at++
	}
	return v
}

// header is what is known of a frame before it is decoded.
type header struct {
	key  bool
	w, h int // of a key
}

// parse reads the start of a frame's uncompressed header (VP9 specification, 6.2) and insists on the small part of the
// format that an Encoder uses: one shown frame of profile 1 with eight bits and colour for every pixel, and between keys
// frames that have the size of the one before and replace it alone. So the size changes with keys only, and a decoder
// never holds more than four pictures.
func parse(body []byte) (header, bool) {
	if len(body) == 0 || body[len(body)-1]&0xe0 == 0xc0 { // an index of several frames, which no encoder's frame ends like
		return header{}, false
	}
	r := &bits{b: body}
	var h header
	ok := r.read(2) == 2 // marker
	ok = r.read(2) == 2 && ok
	ok = r.read(1) == 0 && ok // not an old frame again
	h.key = r.read(1) == 0
	ok = r.read(1) == 1 && ok // shown
	resilient := r.read(1) == 1
	if h.key {
		ok = r.read(24) == 0x498342 && ok
		ok = r.read(3) == 1 && ok // BT.601
		ok = r.read(4) == 8 && ok // full range, 4:4:4, reserved
		h.w, h.h = r.read(16)+1, r.read(16)+1
		return h, ok && !r.short
	}
	if !resilient {
		r.read(2) // contexts that are reset
	}
	ok = r.read(8) == 1 && ok // replaces the last frame
	r.read(3 * 4)             // which frames it is made from; after a key all are the same or the last
	ok = r.read(1) == 1 && ok // size of the first of them
	return h, ok && !r.short
}
