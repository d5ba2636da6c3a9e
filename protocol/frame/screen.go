package frame

import "encoding/binary"

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
