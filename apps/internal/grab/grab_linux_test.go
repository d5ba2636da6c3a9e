package grab

import (
	"errors"
	"testing"
	"time"

	"github.com/jezek/xgb/xproto"

	"deskhand/apps/internal/x11"
	"deskhand/apps/internal/x11/x11test"
)

const patient = 20 * time.Second

// desk is a managed display with a window that notes its events.
type desk struct {
	t      *testing.T
	c      *x11.Conn
	window xproto.Window
	events chan [32]byte
	name   string
}

func newDesk(t *testing.T) *desk {
	d := &desk{t: t, name: x11test.Start(t, 640, 480), events: make(chan [32]byte, 1000)}
	t.Setenv("DISPLAY", d.name)
	x11test.Manage(t, d.name)
	d.c = x11test.Connect(t, d.name, func(e []byte) { d.events <- [32]byte(e) })
	id, err := xproto.NewWindowId(d.c.Conn)
	if err != nil {
		t.Fatal(err)
	}
	xproto.CreateWindow(d.c.Conn, 0, id, d.c.Screen.Root, 10, 10, 200, 100, 0, xproto.WindowClassInputOutput, 0,
		xproto.CwEventMask, []uint32{xproto.EventMaskFocusChange | xproto.EventMaskKeyPress | xproto.EventMaskKeyRelease})
	d.window = id
	protocols, err := d.c.Atom("WM_PROTOCOLS")
	if err != nil {
		t.Fatal(err)
	}
	closing, err := d.c.Atom("WM_DELETE_WINDOW")
	if err != nil {
		t.Fatal(err)
	}
	xproto.ChangeProperty(d.c.Conn, xproto.PropModeReplace, id, protocols, xproto.AtomAtom, 32, 1,
		[]byte{byte(closing), byte(closing >> 8), byte(closing >> 16), byte(closing >> 24)})
	xproto.MapWindow(d.c.Conn, id)
	d.await(xproto.FocusIn)
	return d
}

// await waits for an event of a kind and gives those before.
func (d *desk) await(kind byte) (last [32]byte, before []byte) {
	d.t.Helper()
	for end := time.After(patient); ; {
		select {
		case e := <-d.events:
			if e[0]&0x7f == kind {
				return e, before
			}
			before = append(before, e[0]&0x7f)
		case <-end:
			d.t.Fatalf("no event %d, but %v", kind, before)
		}
	}
}

// presses presses keys until the window is told of one, or of its being closed.
func (d *desk) presses(keys string, kind byte) [32]byte {
	d.t.Helper()
	cmd := x11test.Command(d.name, "xdotool", "key", keys)
	if out, err := cmd.CombinedOutput(); err != nil {
		d.t.Fatalf("xdotool: %v\n%s", err, out)
	}
	e, _ := d.await(kind)
	return e
}

// TestV06KeysOfTheSystem presses Alt+F4, which the window manager takes for itself, with the keys taken and without.
func TestV06KeysOfTheSystem(t *testing.T) {
	d := newDesk(t)
	if d.presses("alt+F4", xproto.ClientMessage)[0]&0x7f != xproto.ClientMessage {
		t.Fatal("the window manager does not close windows by Alt+F4")
	}
	for len(d.events) > 0 {
		<-d.events
	}
	release, err := Take(Config{Window: uintptr(d.window), Key: func(uint32, bool) {}})
	if err != nil {
		t.Fatal(err)
	}
	d.await(xproto.FocusOut) // the server's word that the keyboard is grabbed
	for _, key := range []string{"alt+F4", "alt+Tab", "Super_L"} {
		e := d.presses(key, xproto.KeyPress)
		if xproto.Window(uint32(e[12])|uint32(e[13])<<8|uint32(e[14])<<16|uint32(e[15])<<24) != d.window {
			t.Errorf("%s: the event is another window's", key)
		}
		d.await(xproto.KeyRelease)
	}
	for len(d.events) > 0 {
		if e := <-d.events; e[0]&0x7f == xproto.ClientMessage {
			t.Error("the window manager got Alt+F4")
		}
	}
	release()
	d.presses("alt+F4", xproto.ClientMessage)
}

// TestWaitsForTheKeyboard takes the keys while another program holds the keyboard, as a window switcher does.
func TestWaitsForTheKeyboard(t *testing.T) {
	d := newDesk(t)
	other := x11test.Connect(t, d.name, nil)
	r, err := xproto.GrabKeyboard(other.Conn, false, other.Screen.Root, xproto.TimeCurrentTime, xproto.GrabModeAsync, xproto.GrabModeAsync).Reply()
	if err != nil || r.Status != xproto.GrabStatusSuccess {
		t.Fatalf("%+v, %v", r, err)
	}
	release, err := Take(Config{Window: uintptr(d.window), Key: func(uint32, bool) {}})
	if err != nil {
		t.Fatal(err)
	}
	xproto.UngrabKeyboard(other.Conn, xproto.TimeCurrentTime)
	for {
		// Whoever holds it, the key arrives; it is ours as soon as it was sent and not told by the server.
		if e := d.presses("a", xproto.KeyPress); e[0]&0x80 != 0 {
			break
		}
	}
	release()
	for {
		if e := d.presses("a", xproto.KeyPress); e[0]&0x80 == 0 {
			return
		}
	}
}

func TestRefusals(t *testing.T) {
	if _, err := Take(Config{}); !errors.Is(err, ErrNone) {
		t.Errorf("without a window: %v", err)
	}
	t.Setenv("DISPLAY", "")
	if Possible() {
		t.Error("possible without a display")
	}
	if _, err := Take(Config{Window: 5}); err == nil {
		t.Error("taken without a display")
	}
}
