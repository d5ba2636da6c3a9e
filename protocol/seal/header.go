package seal

import (
	"encoding/binary"
	"math/bits"
)

// maxHeader is the longest SFrame header: the config byte and two values of eight bytes.
const maxHeader = 17

// AppendHeader appends the SFrame header (RFC 9605, section 4.3) of a key id and a counter to dst:
//
//	|X| K (3) |Y| C (3) | key id, 0 to 8 bytes | counter, 0 to 8 bytes |
//
// With X clear K is the key id itself (0 to 7), with X set it is the length of the key id less one; Y and C likewise.
func AppendHeader(dst []byte, kid, ctr uint64) []byte {
	at := len(dst)
	dst = append(dst, 0)
	k, dst := appendValue(dst, kid)
	c, dst := appendValue(dst, ctr)
	dst[at] = k<<4 | c
	return dst
}

// appendValue gives the four bits for the config byte and appends the bytes that they announce, if any.
func appendValue(dst []byte, v uint64) (nibble byte, out []byte) {
	if v < 8 {
		return byte(v), dst
	}
	n := (bits.Len64(v) + 7) / 8
	for i := n - 1; i >= 0; i-- {
		dst = append(dst, byte(v>>(8*i)))
	}
	return 8 | byte(n-1), dst
}

// ParseHeader reads the SFrame header that b begins with; n is its length. Values that are not encoded in the fewest
// bytes are refused, as the RFC demands of senders, so every header has one form. Nothing in it is authenticated.
func ParseHeader(b []byte) (kid, ctr uint64, n int, err error) {
	if len(b) == 0 {
		return 0, 0, 0, broken("empty frame")
	}
	rest := b[1:]
	kid, rest, ok := parseValue(b[0]>>4, rest)
	if !ok {
		return 0, 0, 0, broken("malformed key id")
	}
	ctr, rest, ok = parseValue(b[0]&0xf, rest)
	if !ok {
		return 0, 0, 0, broken("malformed counter")
	}
	return kid, ctr, len(b) - len(rest), nil
}

func parseValue(nibble byte, b []byte) (v uint64, rest []byte, ok bool) {
	if nibble < 8 {
		return uint64(nibble), b, true
	}
	n := int(nibble&7) + 1
	if len(b) < n || b[0] == 0 {
		return 0, b, false
	}
	var wide [8]byte
	copy(wide[8-n:], b[:n])
	v = binary.BigEndian.Uint64(wide[:])
	return v, b[n:], v >= 8
}
