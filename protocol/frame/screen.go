package frame

import "encoding/binary"

// Tile is the newest content of one slot.
type Tile struct {
	Generation uint32
	Slot       Slot
	Frame      uint64 // rises with each captured frame
	CapturedAt int64  // µs since 1970 UTC on the sharing machine's clock
	W, H       uint16 // pixels, 1 to MaxTile
	Body       []byte // as package tile encodes it, at least one byte
}

// tileSlack is by how much a body may exceed three bytes a pixel.
const tileSlack = 64

// AppendTile appends
//
//	 0  u8   2
//	 1  u32  generation
//	 5  u32  slot
//	 9  u64  frame
//	17  i64  captured at
//	25  u16  width
//	27  u16  height
//	29  …    body, to the end
func AppendTile(dst []byte, t Tile) []byte {
	dst = append(dst, unitTile)
	dst = binary.BigEndian.AppendUint32(dst, t.Generation)
	dst = binary.BigEndian.AppendUint32(dst, uint32(t.Slot))
	dst = binary.BigEndian.AppendUint64(dst, t.Frame)
	dst = binary.BigEndian.AppendUint64(dst, uint64(t.CapturedAt))
	dst = binary.BigEndian.AppendUint16(dst, t.W)
	dst = binary.BigEndian.AppendUint16(dst, t.H)
	return append(dst, t.Body...)
}

// ParseTile is the inverse of AppendTile. Body is a part of b.
func ParseTile(b []byte) (Tile, error) {
	r := reader{b: b}
	kind := r.u8()
	t := Tile{
		Generation: r.u32(),
		Slot:       Slot(r.u32()),
		Frame:      r.u64(),
		CapturedAt: int64(r.u64()),
		W:          r.u16(),
		H:          r.u16(),
		Body:       r.b,
	}
	switch {
	case r.broken || kind != unitTile:
		return Tile{}, refuse("not a tile")
	case !t.Slot.IsTile():
		return Tile{}, refuse("slot %#x is not a tile's", uint32(t.Slot))
	case t.W < 1 || t.W > MaxTile || t.H < 1 || t.H > MaxTile:
		return Tile{}, refuse("tile of %dx%d pixels", t.W, t.H)
	case len(t.Body) < 1 || len(t.Body) > 3*int(t.W)*int(t.H)+tileSlack:
		return Tile{}, refuse("tile of %dx%d pixels with a body of %d bytes", t.W, t.H, len(t.Body))
	}
	return t, nil
}

// Cursor is where the pointer of the sharing machine is. It fills CursorSlot.
type Cursor struct {
	Generation uint32
	Display    int // 0 to 15
	X, Y       int // pixels of that display, 0 to MaxSide-1
	Visible    bool
}

const cursorVisible = 1

// AppendCursor appends the following; a place beyond the limits is brought to the nearest within.
//
//	 0  u8   3
//	 1  u32  generation
//	 5  u8   display
//	 6  u16  x
//	 8  u16  y
//	10  u8   1 when visible, else 0
func AppendCursor(dst []byte, c Cursor) []byte {
	dst = append(dst, unitCursor)
	dst = binary.BigEndian.AppendUint32(dst, c.Generation)
	dst = appendPlace(dst, c.Display, c.X, c.Y)
	if c.Visible {
		return append(dst, cursorVisible)
	}
	return append(dst, 0)
}

// ParseCursor is the inverse of AppendCursor.
func ParseCursor(b []byte) (Cursor, error) {
	r := reader{b: b}
	kind := r.u8()
	c := Cursor{Generation: r.u32(), Display: int(r.u8()), X: int(r.u16()), Y: int(r.u16())}
	flags := r.u8()
	c.Visible = flags == cursorVisible
	switch {
	case r.broken || len(r.b) > 0 || kind != unitCursor || flags > cursorVisible:
		return Cursor{}, refuse("not a cursor")
	case !validPlace(c.Display, c.X, c.Y):
		return Cursor{}, refuse("cursor at %d,%d of display %d", c.X, c.Y, c.Display)
	}
	return c, nil
}

// appendPlace appends a display and a pixel in it, five bytes.
func appendPlace(dst []byte, display, x, y int) []byte {
	dst = appendU8(dst, display)
	dst = appendU16(dst, clamp(x, 0, MaxSide-1))
	return appendU16(dst, clamp(y, 0, MaxSide-1))
}

func validPlace(display, x, y int) bool {
	return display >= 0 && display < MaxDisplays && x >= 0 && x < MaxSide && y >= 0 && y < MaxSide
}
