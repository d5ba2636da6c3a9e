package mend

import "encoding/binary"

// encoder keeps the latest packets sent and combines them.
type encoder struct {
	packets [maxCovered][]byte // a ring
	next    int                // where the next one goes
	fresh   int                // packets since the last parity
}

// add takes a copy of a source packet.
func (e *encoder) add(p []byte) {
	e.packets[e.next] = append(e.packets[e.next][:0], p...)
	e.next = (e.next + 1) % maxCovered
	e.fresh++
}

// forget drops everything but keeps the buffers.
func (e *encoder) forget() {
	for i := range e.packets {
		e.packets[i] = e.packets[i][:0]
	}
	e.fresh = 0
}

// appendParity appends a parity's body over everything kept, of which there must be some.
func (e *encoder) appendParity(dst []byte, counter uint64) []byte {
	longest, count := 0, 0
	dst = append(dst, kindParity, 0)
	counted := len(dst) - 1
	for _, p := range e.packets {
		if len(p) > 0 {
			n := nameOf(p)
			dst = append(dst, n[:]...)
			longest = max(longest, len(p))
			count++
		}
	}
	dst[counted] = byte(count)
	begin := len(dst)
	dst = append(dst, make([]byte, 2+longest)...)
	sum := dst[begin:]
	for _, p := range e.packets {
		if len(p) == 0 {
			continue
		}
		factor := coefficient(counter, nameOf(p))
		var size [2]byte
		binary.BigEndian.PutUint16(size[:], uint16(len(p)))
		addTimes(sum, size[:], factor)
		addTimes(sum[2:], p, factor)
	}
	e.fresh = 0
	return dst
}
