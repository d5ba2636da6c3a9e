package x11

import (
	"cmp"
	"fmt"
	"image"
	"slices"
	"strings"

	"github.com/jezek/xgb/randr"
	"github.com/jezek/xgb/xproto"

	"deskhand/protocol/frame"
)

// Displays lists the monitors, the primary one first and the others from left to right; the place in the list is the
// ID. Without RandR 1.5 the whole screen is one display. `RANDR` must be in use, or else it counts as missing.
func (c *Conn) Displays() ([]frame.Display, error) {
	c.ExtLock.RLock()
	_, ok := c.Extensions["RANDR"]
	c.ExtLock.RUnlock()
	if !ok {
		return c.whole()
	}
	whole, err := c.whole()
	if err != nil {
		return nil, err
	}
	r, err := randr.GetMonitors(c.Conn, c.Screen.Root, true).Reply()
	if err != nil {
		return whole, nil //nolint:nilerr // RandR before 1.5
	}
	screen := image.Rect(0, 0, whole[0].W, whole[0].H)
	var list []frame.Display
	for _, m := range r.Monitors {
		// A monitor may be said to reach beyond the screen, where there are no pixels.
		at := image.Rect(0, 0, int(m.Width), int(m.Height)).Add(image.Pt(int(m.X), int(m.Y))).Intersect(screen)
		if at.Empty() {
			continue
		}
		list = append(list, frame.Display{
			X: at.Min.X, Y: at.Min.Y, W: at.Dx(), H: at.Dy(), Primary: m.Primary, Name: c.atomName(m.Name),
		})
	}
	if len(list) == 0 {
		return whole, nil
	}
	return arrange(list), nil
}

// UseDisplays asks for RandR, if the server has it, and for events when monitors change: RandR's own and ConfigureNotify.
func (c *Conn) UseDisplays() (Extension, error) {
	ext, err := c.Use("RANDR")
	if err != nil {
		return Extension{}, err
	}
	if _, err := randr.QueryVersion(c.Conn, 1, 5).Reply(); err != nil {
		return Extension{}, fmt.Errorf("x11: RANDR: %w", err)
	}
	// Monitors that are set by hand are told by nothing but the root window's configuration.
	err = xproto.ChangeWindowAttributesChecked(c.Conn, c.Screen.Root, xproto.CwEventMask,
		[]uint32{xproto.EventMaskStructureNotify}).Check()
	if err != nil {
		return Extension{}, fmt.Errorf("x11: root window: %w", err)
	}
	const mask = randr.NotifyMaskScreenChange | randr.NotifyMaskCrtcChange
	return ext, randr.SelectInputChecked(c.Conn, c.Screen.Root, mask).Check()
}

func arrange(list []frame.Display) []frame.Display {
	slices.SortStableFunc(list, func(a, b frame.Display) int {
		if a.Primary != b.Primary {
			if a.Primary {
				return -1
			}
			return 1
		}
		return cmp.Or(cmp.Compare(a.X, b.X), cmp.Compare(a.Y, b.Y))
	})
	list = list[:min(len(list), frame.MaxDisplays)]
	primary := false
	for i := range list {
		list[i].ID = i
		list[i].Primary = list[i].Primary && !primary
		primary = primary || list[i].Primary
	}
	return list
}

// whole is the screen as the root window says it, which is the truth even after RandR has changed it.
func (c *Conn) whole() ([]frame.Display, error) {
	g, err := xproto.GetGeometry(c.Conn, xproto.Drawable(c.Screen.Root)).Reply()
	if err != nil {
		return nil, fmt.Errorf("x11: size of the screen: %w", err)
	}
	return []frame.Display{{W: int(g.Width), H: int(g.Height), Primary: true, Name: "screen"}}, nil
}

func (c *Conn) atomName(a xproto.Atom) string {
	r, err := xproto.GetAtomName(c.Conn, a).Reply()
	if err != nil {
		return ""
	}
	return r.Name
}

// Nested reports whether the display is a guest of a Wayland desktop, where X programs see and reach only each other.
func (c *Conn) Nested(displays []frame.Display) bool {
	if r, err := xproto.QueryExtension(c.Conn, uint16(len("XWAYLAND")), "XWAYLAND").Reply(); err == nil && r.Present {
		return true
	}
	return slices.ContainsFunc(displays, func(d frame.Display) bool { return strings.HasPrefix(d.Name, "XWAYLAND") })
}
