package tile

import "math/bits"

// chance is what a binary decision has learned of itself: the probability of 0 in the upper 16 bits, and how often it was
// made, up to 15, in the lowest 4. It learns fast at first.
type chance uint32

const (
	even chance = 1 << 31 // nothing learned yet

	// paces is by how many bits the error is shifted down at each step of learning, 4 bits for each count.
	paces = 0x5444_4443_3333_2221
)

func reset(c []chance) {
	for i := range c {
		c[i] = even
	}
}

// next gives the chance after a 0 (zero) or a 1, from the probability q and the chance before.
func (c chance) after0() chance {
	n := uint32(c) & 15
	q := uint32(c) >> 16
	q += (0xffff - q) >> (uint64(paces) >> (4 * n) & 15)
	return chance(q<<16 | min(n+1, 15))
}

func (c chance) after1() chance {
	n := uint32(c) & 15
	q := uint32(c) >> 16
	q -= (q - 1) >> (uint64(paces) >> (4 * n) & 15)
	return chance(q<<16 | min(n+1, 15))
}

// renew is the width below which a byte leaves the coder.
const renew = 1 << 24

// writer is a binary arithmetic coder with carry propagation: it narrows the interval [low, low+width).
type writer struct {
	out   []byte
	low   uint64
	width uint32
	cache byte // the last byte that left, which a carry may still raise
	held  int  // bytes of 255 behind it
	begun bool // cache holds something
}

func (w *writer) start(dst []byte) {
	*w = writer{out: dst, width: 0xffff_ffff}
}

// bit codes b, 0 or 1.
func (w *writer) bit(c *chance, b uint32) {
	bound := w.width >> 16 * (uint32(*c) >> 16)
	if b == 0 {
		w.width = bound
		*c = c.after0()
	} else {
		w.low += uint64(bound)
		w.width -= bound
		*c = c.after1()
	}
	for w.width < renew {
		w.width <<= 8
		w.shift()
	}
}

// direct codes the lowest n bits of v, each as likely 0 as 1.
func (w *writer) direct(v uint32, n int) {
	for n--; n >= 0; n-- {
		w.width >>= 1
		w.low += uint64(w.width) * uint64(v>>n&1)
		for w.width < renew {
			w.width <<= 8
			w.shift()
		}
	}
}

// shift moves the uppermost byte of low out.
func (w *writer) shift() {
	if uint32(w.low) >= 0xff00_0000 && w.low>>32 == 0 {
		w.held++
	} else {
		carry := byte(w.low >> 32)
		if w.begun {
			w.out = append(w.out, w.cache+carry)
		}
		for ; w.held > 0; w.held-- {
			w.out = append(w.out, 0xff+carry)
		}
		w.cache, w.begun = byte(w.low>>24), true
	}
	w.low = w.low << 8 & 0xffff_ffff
}

// finish gives what start got with the code behind it, cut so short that zeros have to be read behind it.
func (w *writer) finish() []byte {
	const last = renew - 1
	w.low = (w.low + last) &^ last // the roundest number in the interval
	for range 3 {
		w.shift()
	}
	return w.out[:len(w.out)-1]
}

// ahead is how many bytes a reader is ahead of what it has decoded.
const ahead = 4

// reader undoes writer. It never fails: whoever reads asks short from time to time and done at the end.
type reader struct {
	in    []byte
	at    int // next byte; may lie behind the end, where zeros are
	code  uint32
	width uint32
}

func (r *reader) start(in []byte) {
	*r = reader{in: in, width: 0xffff_ffff}
	for range ahead {
		r.fetch()
	}
}

func (r *reader) fetch() {
	r.code <<= 8
	if r.at < len(r.in) {
		r.code |= uint32(r.in[r.at])
	}
	r.at++
}

// short reports whether more was decoded than there is.
func (r *reader) short() bool { return r.at >= len(r.in)+ahead }

// done reports whether all was decoded, up to the last byte.
func (r *reader) done() bool { return r.at == len(r.in)+ahead-1 }

func (r *reader) bit(c *chance) uint32 {
	bound := r.width >> 16 * (uint32(*c) >> 16)
	var b uint32
	if r.code < bound {
		r.width = bound
		*c = c.after0()
	} else {
		r.code -= bound
		r.width -= bound
		*c = c.after1()
		b = 1
	}
	for r.width < renew {
		r.width <<= 8
		r.fetch()
	}
	return b
}

func (r *reader) direct(n int) uint32 {
	var v uint32
	for range n {
		r.width >>= 1
		b := uint32(0)
		if r.code >= r.width {
			r.code -= r.width
			b = 1
		}
		v = v<<1 | b
		for r.width < renew {
			r.width <<= 8
			r.fetch()
		}
	}
	return v
}

// tree codes the lowest n bits of v, each with the odds for those above it. c has 1<<n chances.
func (w *writer) tree(c []chance, v uint32, n int) {
	node := uint32(1)
	for n--; n >= 0; n-- {
		b := v >> n & 1
		w.bit(&c[node], b)
		node = node<<1 | b
	}
}

// tree undoes it. The bits are hard to foretell, so it goes without branches where bit has them.
func (r *reader) tree(c []chance, n int) uint32 {
	node, code, width := uint32(1), r.code, r.width
	for range n {
		h := uint32(c[node])
		q, pace := h>>16, uint64(paces)>>(4*(h&15))&15
		bound := width >> 16 * q
		_, zero := bits.Sub32(code, bound, 0)
		one := zero - 1 // all bits set for a 1
		code -= bound & one
		width = bound + one&(width-2*bound)
		q += (0xffff-q)>>pace&^one - (q-1)>>pace&one
		c[node] = chance(q<<16 | min(h&15+1, 15))
		node = node<<1 | one&1
		for width < renew {
			width <<= 8
			code <<= 8
			if r.at < len(r.in) {
				code |= uint32(r.in[r.at])
			}
			r.at++
		}
	}
	r.code, r.width = code, width
	return node - 1<<n
}

// number learns how to code numbers from 0 to 2^25 - 2: how many bits they have, and the uppermost two of those that
// follow the first.
type number struct {
	length [24]chance
	high   [25][4]chance
}

func (m *number) reset() {
	reset(m.length[:])
	for i := range m.high {
		reset(m.high[i][:])
	}
}

func (w *writer) number(m *number, v int) {
	u := uint32(v) + 1
	n := bits.Len32(u) - 1
	for i := range n {
		w.bit(&m.length[i], 1)
	}
	if n < len(m.length) {
		w.bit(&m.length[n], 0)
	}
	if n == 0 {
		return
	}
	first := u >> (n - 1) & 1
	w.bit(&m.high[n][1], first)
	if n == 1 {
		return
	}
	w.bit(&m.high[n][2+first], u>>(n-2)&1)
	w.direct(u, n-2)
}

func (r *reader) number(m *number) int {
	n := 0
	for n < len(m.length) && r.bit(&m.length[n]) == 1 {
		n++
	}
	if n == 0 {
		return 0
	}
	u := 2 | r.bit(&m.high[n][1])
	if n == 1 {
		return int(u) - 1
	}
	u = u<<1 | r.bit(&m.high[n][2+u&1])
	return int(u<<(n-2)|r.direct(n-2)) - 1
}

// signed codes numbers around 0.
func (w *writer) signed(m *number, v int) { w.number(m, v<<1^v>>63) }

func (r *reader) signed(m *number) int {
	v := r.number(m)
	return v>>1 ^ -(v & 1)
}
