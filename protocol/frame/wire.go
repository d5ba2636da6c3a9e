package frame

import (
	"encoding/binary"
	"math"
)

// reader takes integers from the front of b. Once b is too short it is broken and gives zeroes.
type reader struct {
	b      []byte
	broken bool
}

func (r *reader) take(n int) []byte {
	if len(r.b) < n {
		r.b, r.broken = nil, true
		return nil
	}
	out := r.b[:n:n]
	r.b = r.b[n:]
	return out
}

func (r *reader) u8() uint8 {
	if b := r.take(1); b != nil {
		return b[0]
	}
	return 0
}

func (r *reader) u16() uint16 {
	if b := r.take(2); b != nil {
		return binary.BigEndian.Uint16(b)
	}
	return 0
}

func (r *reader) u32() uint32 {
	if b := r.take(4); b != nil {
		return binary.BigEndian.Uint32(b)
	}
	return 0
}

func (r *reader) u64() uint64 {
	if b := r.take(8); b != nil {
		return binary.BigEndian.Uint64(b)
	}
	return 0
}

func (r *reader) i16() int { return int(int16(r.u16())) }

func (r *reader) i32() int { return int(int32(r.u32())) }

// What does not fit is appended as the far end of what does, which is beyond every limit, never as another number.

func appendU8(dst []byte, v int) []byte {
	if v < 0 || v > math.MaxUint8 {
		v = math.MaxUint8
	}
	return append(dst, byte(v))
}

func appendU16(dst []byte, v int) []byte {
	if v < 0 || v > math.MaxUint16 {
		v = math.MaxUint16
	}
	return binary.BigEndian.AppendUint16(dst, uint16(v))
}

func appendI32(dst []byte, v int) []byte {
	return binary.BigEndian.AppendUint32(dst, uint32(clamp(v, math.MinInt32, math.MaxInt32)))
}

// clamp brings v into lo to hi.
func clamp(v, lo, hi int) int { return max(lo, min(v, hi)) }
