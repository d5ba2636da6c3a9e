package inject

import (
	"fmt"
	"image"
	"slices"
	"testing"

	"github.com/jezek/xgb/randr"
	"github.com/jezek/xgb/xproto"

	"deskhand/apps/internal/x11"
	"deskhand/apps/internal/x11/x11test"
	"deskhand/protocol/frame"
)

// TestDisplaysMove points at a display that moves and changes its size, and at a screen that does.
func TestDisplaysMove(t *testing.T) {
	display := x11test.Start(t, 800, 600)
	target := openFor(t, display)
	w := startWitness(t, display, target)
	if _, err := w.c.UseDisplays(); err != nil {
		t.Fatal(err)
	}
	name, err := w.c.Atom("other")
	if err != nil {
		t.Fatal(err)
	}
	for _, at := range []image.Rectangle{
		image.Rect(100, 50, 400, 300), image.Rect(300, 200, 800, 600), image.Rect(300, 200, 700, 500), image.Rect(20, 10, 60, 30),
	} {
		if err := randr.SetMonitorChecked(w.c.Conn, w.c.Screen.Root, randr.MonitorInfo{
			Name: name, X: int16(at.Min.X), Y: int16(at.Min.Y), Width: uint16(at.Dx()), Height: uint16(at.Dy()),
			WidthInMillimeters: 10, HeightInMillimeters: 10,
		}).Check(); err != nil {
			t.Fatal(err)
		}
		found := after(t, target)
		i := slices.IndexFunc(found, func(d frame.Display) bool { return d.Name == "other" })
		if i < 0 {
			t.Fatalf("displays %+v, none of them the other one", found)
		}
		apply(t, target, frame.Event{Kind: frame.PointerMove, Display: found[i].ID, X: 7, Y: 5})
		w.expect(fmt.Sprintf("at %d,%d", at.Min.X+7, at.Min.Y+5))
		apply(t, target, frame.Event{Kind: frame.PointerMove, Display: found[i].ID, X: 5000, Y: 5000})
		w.expect(fmt.Sprintf("at %d,%d", at.Max.X-1, at.Max.Y-1))
		if err := randr.DeleteMonitorChecked(w.c.Conn, w.c.Screen.Root, name).Check(); err != nil {
			t.Fatal(err)
		}
	}
	shrink(t, w.c, 640, 480)
	if found := after(t, target); len(found) != 1 || found[0].W != 640 || found[0].H != 480 {
		t.Fatalf("displays %+v after the screen has become smaller", found)
	}
	apply(t, target, frame.Event{Kind: frame.PointerMove, X: 5000, Y: 5000})
	w.expect("at 639,479")
}

// after gives the displays once the target has heard all that the server has told so far.
func after(t *testing.T, x Target) []frame.Display {
	t.Helper()
	if _, err := xproto.GetInputFocus(x.(*target).conn.Conn).Reply(); err != nil {
		t.Fatal(err)
	}
	found, err := x.Displays()
	if err != nil {
		t.Fatal(err)
	}
	return found
}

// shrink switches the only output off and gives the screen another size.
func shrink(t *testing.T, c *x11.Conn, w, h uint16) {
	t.Helper()
	r, err := randr.GetScreenResources(c.Conn, c.Screen.Root).Reply()
	if err != nil {
		t.Fatal(err)
	}
	_, err = randr.SetCrtcConfig(c.Conn, r.Crtcs[0], 0, r.ConfigTimestamp, 0, 0, 0, randr.RotationRotate0, nil).Reply()
	if err != nil {
		t.Fatal(err)
	}
	if err := randr.SetScreenSizeChecked(c.Conn, c.Screen.Root, w, h, 200, 150).Check(); err != nil {
		t.Fatal(err)
	}
}
