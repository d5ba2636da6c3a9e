package overlay

import (
	"encoding/binary"
	"errors"
	"testing"

	"github.com/jezek/xgb/xproto"

	"deskhand/apps/internal/x11"
	"deskhand/apps/internal/x11/x11test"
)

// desk is a display with a window manager, and windows that tell when they get and lose the focus.
type desk struct {
	t     *testing.T
	c     *x11.Conn
	focus chan change
	shown chan xproto.Window
}

type change struct {
	window xproto.Window
	got    bool
}

func newDesk(t *testing.T) *desk {
	display := x11test.Start(t, 800, 600)
	t.Setenv("DISPLAY", display) // as for the windows of a program
	x11test.Manage(t, display)
	d := &desk{t: t, focus: make(chan change, 100), shown: make(chan xproto.Window, 100)}
	d.c = x11test.Connect(t, display, func(e []byte) {
		window := xproto.Window(binary.LittleEndian.Uint32(e[4:]))
		switch e[0] & 0x7f {
		case xproto.FocusIn, xproto.FocusOut:
			// Grabs of the window manager and the pointer's share of the focus are of no interest.
			if mode, detail := e[8], e[1]; mode == xproto.NotifyModeNormal && detail != xproto.NotifyDetailPointer {
				d.focus <- change{window, e[0]&0x7f == xproto.FocusIn}
			}
		case xproto.MapNotify:
			d.shown <- xproto.Window(binary.LittleEndian.Uint32(e[8:]))
		}
	})
	return d
}

// window makes a window as GLFW does, without showing it.
func (d *desk) window() xproto.Window {
	d.t.Helper()
	w, err := xproto.NewWindowId(d.c.Conn)
	if err != nil {
		d.t.Fatal(err)
	}
	err = xproto.CreateWindowChecked(d.c.Conn, 0, w, d.c.Screen.Root, 10, 10, 200, 100, 0, xproto.WindowClassInputOutput, 0,
		xproto.CwEventMask, []uint32{xproto.EventMaskFocusChange | xproto.EventMaskStructureNotify}).Check()
	if err != nil {
		d.t.Fatal(err)
	}
	return w
}

// show maps a window and asks for the focus, as GLFW does.
func (d *desk) show(w xproto.Window) {
	d.t.Helper()
	xproto.MapWindow(d.c.Conn, w)
	for <-d.shown != w {
	}
	active, err := d.c.Atom("_NET_ACTIVE_WINDOW")
	if err != nil {
		d.t.Fatal(err)
	}
	e := xproto.ClientMessageEvent{
		Format: 32, Window: w, Type: active, Data: xproto.ClientMessageDataUnionData32New([]uint32{1, 0, 0, 0, 0}),
	}
	mask := uint32(xproto.EventMaskSubstructureNotify | xproto.EventMaskSubstructureRedirect)
	if err := xproto.SendEventChecked(d.c.Conn, false, d.c.Screen.Root, mask, string(e.Bytes())).Check(); err != nil {
		d.t.Fatal(err)
	}
}

// takes waits until a window gets the focus and fails if the other one loses or gets it before.
func (d *desk) takes(w, other xproto.Window) {
	d.t.Helper()
	for {
		c := <-d.focus
		if c.window == other && c.got {
			d.t.Fatal("the other window got the focus")
		}
		if c == (change{w, true}) {
			return
		}
	}
}

func (d *desk) property(w xproto.Window, name string) (words []uint32) {
	d.t.Helper()
	atom, err := d.c.Atom(name)
	if err != nil {
		d.t.Fatal(err)
	}
	r, err := xproto.GetProperty(d.c.Conn, false, w, atom, xproto.GetPropertyTypeAny, 0, 100).Reply()
	if err != nil {
		d.t.Fatal(err)
	}
	for i := range int(r.ValueLen) {
		words = append(words, binary.LittleEndian.Uint32(r.Value[4*i:]))
	}
	return words
}

func TestShowingDoesNotTakeTheFocus(t *testing.T) {
	d := newDesk(t)
	first, alert, last := d.window(), d.window(), d.window()
	d.show(first)
	d.takes(first, alert)
	if err := NoFocus(Window(alert)); err != nil {
		t.Fatal(err)
	}
	if err := Show(func() { d.show(alert) }, func() Window { return Window(alert) }); err != nil {
		t.Fatal(err)
	}
	// The window manager does one thing after the other: when the last window has the focus, the alert never had it.
	d.show(last)
	d.takes(last, alert)
	if states := d.property(alert, "_NET_WM_STATE"); len(states) < 3 {
		t.Errorf("states of the alert: %v", states)
	}
	if hints := d.property(alert, "WM_HINTS"); len(hints) != hintsWords || hints[0]&inputHint == 0 || hints[1] != 1 {
		t.Errorf("after it was shown the person may focus it; hints %v", hints)
	}
}

// TestWithoutTheHints shows that the test above tests something.
func TestWithoutTheHints(t *testing.T) {
	d := newDesk(t)
	first, second := d.window(), d.window()
	d.show(first)
	d.takes(first, second)
	d.show(second)
	d.takes(second, 0)
}

func TestStatesAreKept(t *testing.T) {
	d := newDesk(t)
	w := d.window()
	p := properties{d.c, w}
	if err := p.atoms("_NET_WM_STATE", false, "_NET_WM_STATE_STICKY"); err != nil {
		t.Fatal(err)
	}
	if err := NoFocus(Window(w)); err != nil {
		t.Fatal(err)
	}
	sticky, err := d.c.Atom("_NET_WM_STATE_STICKY")
	if err != nil {
		t.Fatal(err)
	}
	if states := d.property(w, "_NET_WM_STATE"); len(states) != 4 || states[0] != uint32(sticky) {
		t.Errorf("states %v", states)
	}
}

func TestNoWindow(t *testing.T) {
	if err := NoFocus(0); !errors.Is(err, errNoWindow) {
		t.Errorf("NoFocus = %v", err)
	}
	shown := false
	if err := Show(func() { shown = true }, func() Window { return 0 }); !errors.Is(err, errNoWindow) || !shown {
		t.Errorf("Show = %v, shown %v", err, shown)
	}
	d := newDesk(t)
	if err := NoFocus(Window(d.c.Screen.Root + 12345)); err == nil {
		t.Error("a window that is not there got hints")
	}
}
