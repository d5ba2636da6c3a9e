package mend

import "encoding/binary"

// replayed is how far back a side packet may come late; older ones are dropped, and so is one that came before.
const replayed = 64

// window remembers which of the latest counters have come.
type window struct {
	highest uint64
	seen    uint64 // bit n: highest - n
}

// fresh tells whether a counter has not come and is not too old. It is asked before a packet is opened, which costs more.
func (w *window) fresh(counter uint64) bool {
	if counter > w.highest {
		return true
	}
	back := w.highest - counter
	return back < replayed && w.seen>>back&1 == 0
}

// note takes the counter of a packet that has proven authentic. It reports false when that is not fresh.
func (w *window) note(counter uint64) bool {
	if !w.fresh(counter) {
		return false
	}
	if counter > w.highest {
		w.seen <<= min(counter-w.highest, replayed)
		w.highest = counter
	}
	w.seen |= 1 << (w.highest - counter)
	return true
}

// counterOf is the counter that a side packet claims to have.
func counterOf(p []byte) uint64 {
	return uint64(binary.BigEndian.Uint16(p[5:]))<<32 | uint64(binary.BigEndian.Uint32(p[7:]))
}
