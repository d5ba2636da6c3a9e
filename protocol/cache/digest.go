package cache

import (
	"encoding/binary"
	"math/bits"
	"math/rand/v2"

	"deskhand/protocol/pixel"
)

// digest identifies content. Two contents have the same one with a probability of 2⁻¹²⁸ over the choice of the key,
// whoever made them, as long as he does not know the key: so whoever decides what a web page shows cannot have one
// picture taken for another. It is NH as in UMAC (RFC 4418), with words of 64 bits and the key shifted by two words for
// a second pass; for this it is proved, which it is not for hashes that are merely hard to read.
type digest struct {
	sums sums
	w, h int32
}

// words is how long the key is: two for each four pixels of a row, and the shift.
const words = Side*Side/2 + 2

// digests makes digests under one key.
type digests struct{ key [words]uint64 }

func newDigests(seed [32]byte) *digests {
	d := &digests{}
	random := rand.NewChaCha8(seed)
	for i := range d.key {
		d.key[i] = random.Uint64()
	}
	return d
}

// of is the digest of p, whatever its fourth bytes.
func (d *digests) of(p pixel.Image) digest {
	return digest{d.sums(p, 0, 1), int32(p.W), int32(p.H)}
}

// glance is a short hash of some rows of p, in a small part of the time. Like digests, nobody can foresee it.
func (d *digests) glance(p pixel.Image) uint16 {
	every := max(1, p.H/8)
	s := d.sums(p, every/2, every)
	return uint16((s[0] ^ s[1]) * odd >> 48)
}

// sums goes through rows of p, down one column of steps after the other: memory is fetched faster at equal distances.
func (d *digests) sums(p pixel.Image, first, every int) sums {
	var s sums
	var tail [step]byte
	for x := 0; x < p.W*pixel.Bytes; x += step {
		n := min(step, p.W*pixel.Bytes-x)
		for y := first; y < p.H; y += every {
			part, key := p.Pix[y*p.Stride+x:], d.key[y*Side/2+x/8:]
			if n < step {
				copy(tail[:], part[:n])
				part = tail[:]
			}
			s.add((*[step/8 + 2]uint64)(key), (*[step]byte)(part))
		}
	}
	return s
}

// step is how many bytes are taken at once.
const step = 64

// sums are two of 128 bits, each the high word first.
type sums [4]uint64

// add adds a step to both sums. It is written out for speed.
func (s *sums) add(k *[step/8 + 2]uint64, m *[step]byte) {
	h1, l1, h2, l2 := s[0], s[1], s[2], s[3]
	a, b := colours(m[0:]), colours(m[8:])
	h1, l1 = product(h1, l1, a+k[0], b+k[1])
	h2, l2 = product(h2, l2, a+k[2], b+k[3])
	a, b = colours(m[16:]), colours(m[24:])
	h1, l1 = product(h1, l1, a+k[2], b+k[3])
	h2, l2 = product(h2, l2, a+k[4], b+k[5])
	a, b = colours(m[32:]), colours(m[40:])
	h1, l1 = product(h1, l1, a+k[4], b+k[5])
	h2, l2 = product(h2, l2, a+k[6], b+k[7])
	a, b = colours(m[48:]), colours(m[56:])
	h1, l1 = product(h1, l1, a+k[6], b+k[7])
	h2, l2 = product(h2, l2, a+k[8], b+k[9])
	*s = sums{h1, l1, h2, l2}
}

// product adds a·b to the 128 bits of h and l.
func product(h, l, a, b uint64) (uint64, uint64) {
	hi, lo := bits.Mul64(a, b)
	l, carry := bits.Add64(l, lo, 0)
	h, _ = bits.Add64(h, hi, carry)
	return h, l
}

func colours(b []byte) uint64 { return binary.LittleEndian.Uint64(b) & 0x00ffffff_00ffffff }

// odd spreads what is multiplied by it over the high bits.
const odd = 0x9e3779b97f4a7c15

// slot spreads digests over n slots, a power of two.
func (d *digest) slot(n int) int {
	return int(((d.sums[0]^d.sums[1])*odd ^ uint64(d.w<<8^d.h)*odd) >> 48 & uint64(n-1))
}
