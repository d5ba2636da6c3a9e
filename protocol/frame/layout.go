package frame

import (
	"encoding/binary"
	"unicode"
	"unicode/utf8"
)

// Display is one monitor of the sharing machine.
type Display struct {
	ID      int // 0 to 15, unique in a layout; it names the display in slots and events
	X, Y    int // top left corner in pixels of the desktop, may be negative
	W, H    int // pixels, 1 to MaxSide
	Primary bool
	Name    string // for people: printable UTF-8 of at most MaxName bytes
}

// Layout says which displays there are and how they are cut into tiles. It fills LayoutSlot.
type Layout struct {
	Generation uint32 // tiles of another generation belong to another layout
	TileSize   int    // side in pixels, MinTile to MaxTile; tiles at the right and bottom edge may be smaller
	Displays   []Display
}

const displayPrimary = 1

// AppendLayout appends
//
//	0  u8   1
//	1  u32  generation
//	5  u16  tile size
//	7  u8   number of displays
//
// and for each display
//
//	 0  u8   id
//	 1  i32  x
//	 5  i32  y
//	 9  u16  width
//	11  u16  height
//	13  u8   1 when it is the primary one, else 0
//	14  u8   length of the name in bytes
//	15  …    name
//
// Displays after the sixteenth are left out, and names lose what must not be in them. Numbers beyond the limits make
// the receiver refuse the layout.
func AppendLayout(dst []byte, l Layout) []byte {
	displays := l.Displays[:min(len(l.Displays), MaxDisplays)]
	dst = append(dst, unitLayout)
	dst = binary.BigEndian.AppendUint32(dst, l.Generation)
	dst = appendU16(dst, l.TileSize)
	dst = append(dst, byte(len(displays)))
	for i := range displays {
		dst = appendDisplay(dst, &displays[i])
	}
	return dst
}

func appendDisplay(dst []byte, d *Display) []byte {
	dst = appendU8(dst, d.ID)
	dst = appendI32(dst, d.X)
	dst = appendI32(dst, d.Y)
	dst = appendU16(dst, d.W)
	dst = appendU16(dst, d.H)
	if d.Primary {
		dst = append(dst, displayPrimary)
	} else {
		dst = append(dst, 0)
	}
	length := len(dst)
	dst = append(dst, 0)
	for i, r := range d.Name {
		_, n := utf8.DecodeRuneInString(d.Name[i:])
		if len(dst)+n > length+1+MaxName {
			break
		}
		if nameable(r) {
			dst = append(dst, d.Name[i:i+n]...)
		}
	}
	dst[length] = byte(len(dst) - length - 1)
	return dst
}

// nameable reports whether r may be part of a display's name. Bytes that are not UTF-8 come as utf8.RuneError.
func nameable(r rune) bool { return r != utf8.RuneError && unicode.IsPrint(r) }

// ParseLayout is the inverse of AppendLayout. It refuses displays that share an id, two primary ones, and sizes that
// would make somebody allocate without bounds.
func ParseLayout(b []byte) (Layout, error) {
	r := reader{b: b}
	kind := r.u8()
	l := Layout{Generation: r.u32(), TileSize: int(r.u16())}
	count := int(r.u8())
	switch {
	case r.broken || kind != unitLayout:
		return Layout{}, refuse("not a layout")
	case l.TileSize < MinTile || l.TileSize > MaxTile:
		return Layout{}, refuse("tiles of %d pixels", l.TileSize)
	case count > MaxDisplays:
		return Layout{}, refuse("%d displays", count)
	}
	if count > 0 {
		l.Displays = make([]Display, count)
	}
	for i := range l.Displays {
		if err := r.display(&l.Displays[i]); err != nil {
			return Layout{}, err
		}
	}
	if len(r.b) > 0 {
		return Layout{}, refuse("%d bytes behind the layout", len(r.b))
	}
	if err := checkTogether(l.Displays); err != nil {
		return Layout{}, err
	}
	return l, nil
}

func (r *reader) display(d *Display) error {
	*d = Display{ID: int(r.u8()), X: r.i32(), Y: r.i32(), W: int(r.u16()), H: int(r.u16())}
	flags := r.u8()
	d.Primary = flags == displayPrimary
	d.Name = string(r.take(int(r.u8())))
	switch {
	case r.broken:
		return refuse("layout ends within a display")
	case d.ID >= MaxDisplays || flags > displayPrimary:
		return refuse("display %d with flags %#x", d.ID, flags)
	case d.X < -MaxOffset || d.X > MaxOffset || d.Y < -MaxOffset || d.Y > MaxOffset:
		return refuse("display at %d,%d", d.X, d.Y)
	case d.W < 1 || d.W > MaxSide || d.H < 1 || d.H > MaxSide:
		return refuse("display of %dx%d pixels", d.W, d.H)
	case len(d.Name) > MaxName:
		return refuse("display name of %d bytes", len(d.Name))
	}
	for _, c := range d.Name {
		if !nameable(c) {
			return refuse("display name with %U", c)
		}
	}
	return nil
}

// checkTogether refuses what no display breaks alone.
func checkTogether(displays []Display) error {
	var seen [MaxDisplays]bool
	var pixels int64
	primary := false
	for _, d := range displays {
		if seen[d.ID] {
			return refuse("two displays with id %d", d.ID)
		}
		if d.Primary && primary {
			return refuse("two primary displays")
		}
		seen[d.ID], primary = true, primary || d.Primary
		pixels += int64(d.W) * int64(d.H)
	}
	if pixels > MaxPixels {
		return refuse("displays of %d pixels together", pixels)
	}
	return nil
}
