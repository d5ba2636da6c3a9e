package frame

import "encoding/binary"

// Key is one tile of the picture alone: it builds on nothing. Keys are for those who have lost a step.
type Key struct {
	Generation uint32
	Slot       Slot
	Codec      Codec
	Step       uint64 // the picture's after that step; 0 before the first
	CapturedAt int64  // µs since 1970 UTC on the sharing machine's clock
	W, H       uint16 // pixels, 1 to MaxTile
	Body       []byte // as the codec encodes it, at least one byte
}

// AppendKey appends
//
//	 0  u8   5
//	 1  u32  generation
//	 5  u32  slot
//	 9  u8   codec
//	10  u64  step
//	18  i64  captured at
//	26  u16  width
//	28  u16  height
//	30  …    body, to the end
func AppendKey(dst []byte, k Key) []byte {
	dst = append(dst, unitKey)
	dst = binary.BigEndian.AppendUint32(dst, k.Generation)
	dst = binary.BigEndian.AppendUint32(dst, uint32(k.Slot))
	dst = append(dst, byte(k.Codec))
	dst = binary.BigEndian.AppendUint64(dst, k.Step)
	dst = binary.BigEndian.AppendUint64(dst, uint64(k.CapturedAt))
	dst = binary.BigEndian.AppendUint16(dst, k.W)
	dst = binary.BigEndian.AppendUint16(dst, k.H)
	return append(dst, k.Body...)
}

// ParseKey is the inverse of AppendKey. Body is a part of b.
func ParseKey(b []byte) (Key, error) {
	r := reader{b: b}
	kind := r.u8()
	k := Key{
		Generation: r.u32(),
		Slot:       Slot(r.u32()),
		Codec:      Codec(r.u8()),
		Step:       r.u64(),
		CapturedAt: int64(r.u64()),
		W:          r.u16(),
		H:          r.u16(),
		Body:       r.b,
	}
	switch {
	case r.broken || kind != unitKey:
		return Key{}, refuse("not a key")
	case !k.Slot.IsTile():
		return Key{}, refuse("slot %#x is not a tile's", uint32(k.Slot))
	case k.Codec != Exact && k.Codec != Photo:
		return Key{}, refuse("codec %d", k.Codec)
	case k.W < 1 || k.W > MaxTile || k.H < 1 || k.H > MaxTile:
		return Key{}, refuse("key of %dx%d pixels", k.W, k.H)
	case len(k.Body) < 1 || len(k.Body) > 4*int(k.W)*int(k.H)+bodySlack:
		return Key{}, refuse("key of %dx%d pixels with a body of %d bytes", k.W, k.H, len(k.Body))
	}
	return k, nil
}

// MaxShape is how many pixels wide or high a pointer may be.
const MaxShape = 256

// CursorShape is what the pointer of the sharing machine looks like. It fills CursorShapeSlot.
type CursorShape struct {
	Generation uint32
	W, H       int    // pixels, 1 to MaxShape
	HotX, HotY int    // the pixel that points, within W and H
	Body       []byte // the exact codec's of W by 2H pixels: above B, G, R times alpha, below alpha as a grey
}

// AppendCursorShape appends
//
//	 0  u8   6
//	 1  u32  generation
//	 5  u16  width
//	 7  u16  height
//	 9  u16  x of the pixel that points
//	11  u16  y
//	13  …    body, to the end
func AppendCursorShape(dst []byte, c CursorShape) []byte {
	dst = append(dst, unitShape)
	dst = binary.BigEndian.AppendUint32(dst, c.Generation)
	dst = appendU16(dst, c.W)
	dst = appendU16(dst, c.H)
	dst = appendU16(dst, c.HotX)
	dst = appendU16(dst, c.HotY)
	return append(dst, c.Body...)
}

// ParseCursorShape is the inverse of AppendCursorShape. Body is a part of b.
func ParseCursorShape(b []byte) (CursorShape, error) {
	r := reader{b: b}
	kind := r.u8()
	c := CursorShape{
		Generation: r.u32(),
		W:          int(r.u16()), H: int(r.u16()), HotX: int(r.u16()), HotY: int(r.u16()),
		Body: r.b,
	}
	switch {
	case r.broken || kind != unitShape:
		return CursorShape{}, refuse("not a pointer's shape")
	case c.W < 1 || c.W > MaxShape || c.H < 1 || c.H > MaxShape:
		return CursorShape{}, refuse("pointer of %dx%d pixels", c.W, c.H)
	case c.HotX >= c.W || c.HotY >= c.H:
		return CursorShape{}, refuse("pointer of %dx%d pixels that points with %d,%d", c.W, c.H, c.HotX, c.HotY)
	case len(c.Body) < 1 || len(c.Body) > 8*c.W*c.H+bodySlack:
		return CursorShape{}, refuse("pointer of %dx%d pixels with a body of %d bytes", c.W, c.H, len(c.Body))
	}
	return c, nil
}
