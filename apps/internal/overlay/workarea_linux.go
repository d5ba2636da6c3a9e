package overlay

import (
	"encoding/binary"
	"image"

	"github.com/jezek/xgb/xproto"

	"deskhand/apps/internal/x11"
)

// workArea is the main monitor without what the window manager reserves at the edges of the whole desktop.
func workArea() (image.Rectangle, error) {
	c, err := x11.Open("", nil)
	if err != nil {
		return image.Rectangle{}, err
	}
	defer c.Close()
	if _, err := c.UseDisplays(); err != nil {
		return image.Rectangle{}, err
	}
	displays, err := c.Displays()
	if err != nil {
		return image.Rectangle{}, err
	}
	if len(displays) == 0 {
		return image.Rectangle{}, errNoWindow
	}
	d := displays[0]
	area := image.Rect(d.X, d.Y, d.X+d.W, d.Y+d.H)
	atom, err := c.Atom("_NET_WORKAREA")
	if err != nil {
		return area, nil //nolint:nilerr // without a window manager all of it is free
	}
	r, err := xproto.GetProperty(c.Conn, false, c.Screen.Root, atom, xproto.AtomCardinal, 0, 4).Reply()
	if err != nil || r.Format != 32 || len(r.Value) < 16 {
		return area, nil //nolint:nilerr // as above
	}
	word := func(i int) int { return int(binary.LittleEndian.Uint32(r.Value[4*i:])) }
	free := area.Intersect(image.Rect(word(0), word(1), word(0)+word(2), word(1)+word(3)))
	if free.Empty() {
		return area, nil
	}
	return free, nil
}
