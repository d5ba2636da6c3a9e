package x11

import (
	"cmp"
	"fmt"
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
	r, err := randr.GetMonitors(c.Conn, c.Screen.Root, true).Reply()
	if err != nil || len(r.Monitors) == 0 {
		return c.whole()
	}
	list := make([]frame.Display, 0, len(r.Monitors))
	for _, m := range r.Monitors {
		if m.Width == 0 || m.Height == 0 {
			continue
		}
		list = append(list, frame.Display{
			X: int(m.X), Y: int(m.Y), W: int(m.Width), H: int(m.Height), Primary: m.Primary, Name: c.atomName(m.Name),
		})
	}
	return arrange(list), nil
}

// UseDisplays asks for RandR, if the server has it, and for events when monitors change.
func (c *Conn) UseDisplays() (Extension, error) {
	ext, err := c.Use("RANDR")
	if err != nil {
		return Extension{}, err
	}
	if _, err := randr.QueryVersion(c.Conn, 1, 5).Reply(); err != nil {
		return Extension{}, fmt.Errorf("x11: RANDR: %w", err)
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
