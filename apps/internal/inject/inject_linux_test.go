package inject

import (
	"fmt"
	"strings"
	"testing"

	"github.com/jezek/xgb/xproto"

	"deskhand/apps/internal/x11"
	"deskhand/apps/internal/x11/x11test"
	"deskhand/protocol/fault"
	"deskhand/protocol/frame"
)

const (
	ascii   = ` !"#$%&'()*+,-./0123456789:;<=>?@ABCDEFGHIJKLMNOPQRSTUVWXYZ[\]^_` + "`" + `abcdefghijklmnopqrstuvwxyz{|}~`
	letters = "éßñł€äöüÄÖÜçÇœŒøØ¿¡°§µ"
	others  = "你好世界жЯєґЖΣσςάΏעדثงŷŵ—…’😀"
)

func openFor(t testing.TB, display string) Target {
	t.Helper()
	target, err := Open(Config{Display: display})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = target.Close() })
	return target
}

func apply(t testing.TB, target Target, ev ...frame.Event) {
	t.Helper()
	if err := target.Apply(ev); err != nil {
		t.Fatal(err)
	}
}

func strike(syms ...frame.Keysym) (ev []frame.Event) {
	for _, s := range syms {
		ev = append(ev, frame.Event{Kind: frame.KeyDown, Sym: s}, frame.Event{Kind: frame.KeyUp, Sym: s})
	}
	return ev
}

func typed(text string) (ev []frame.Event) {
	for _, r := range text {
		if r == '\n' {
			ev = append(ev, strike(frame.SymReturn)...)
			continue
		}
		ev = append(ev, frame.Event{Kind: frame.Text, Rune: r})
	}
	return ev
}

func layout(t testing.TB, display string, args ...string) {
	t.Helper()
	if out, err := x11test.Command(display, "setxkbmap", args...).CombinedOutput(); err != nil {
		t.Fatalf("setxkbmap: %v: %s", err, out)
	}
}

// TestTextIsExact types into a real terminal under several layouts.
func TestTextIsExact(t *testing.T) {
	for _, tt := range []struct {
		name   string
		layout []string
		before []frame.Event // with this held or locked
		after  []frame.Event
	}{
		{name: "us", layout: []string{"us"}},
		{name: "de", layout: []string{"de"}},
		{name: "fr", layout: []string{"fr"}},
		{name: "de without dead keys", layout: []string{"de", "-variant", "nodeadkeys"}},
		{name: "us international", layout: []string{"us", "-variant", "intl"}},
		{name: "Russian with English", layout: []string{"ru,us"}},
		{name: "Polish", layout: []string{"pl"}},
		{name: "Greek", layout: []string{"gr"}},
		{name: "caps lock, us", layout: []string{"us"}, before: strike(frame.SymCapsLock), after: strike(frame.SymCapsLock)},
		{name: "caps lock, fr", layout: []string{"fr"}, before: strike(frame.SymCapsLock), after: strike(frame.SymCapsLock)},
		{name: "num lock", layout: []string{"us"}, before: strike(frame.SymNumLock), after: strike(frame.SymNumLock)},
		{
			name: "shift held", layout: []string{"de"},
			before: []frame.Event{{Kind: frame.KeyDown, Sym: frame.SymShiftL}},
			after:  []frame.Event{{Kind: frame.KeyUp, Sym: frame.SymShiftL}},
		},
		{
			name: "AltGr as Control and Alt held", layout: []string{"de"},
			before: []frame.Event{{Kind: frame.KeyDown, Sym: frame.SymControlL}, {Kind: frame.KeyDown, Sym: frame.SymAltL}},
			after:  []frame.Event{{Kind: frame.KeyUp, Sym: frame.SymAltL}, {Kind: frame.KeyUp, Sym: frame.SymControlL}},
		},
	} {
		t.Run(tt.name, func(t *testing.T) {
			display := x11test.Start(t, 1000, 400)
			layout(t, display, tt.layout...)
			x, target := startTerminal(t, display)
			for _, line := range short(ascii + letters + others) {
				apply(t, target, tt.before...)
				apply(t, target, typed(line)...)
				apply(t, target, tt.after...)
				apply(t, target, strike(frame.SymReturn)...)
				if got := x.line(); got != line {
					t.Errorf("typed %s, want %s", got, line)
				}
			}
		})
	}
}

// TestManyCharacters types more different characters than there are keys to spare.
func TestManyCharacters(t *testing.T) {
	x, target := startTerminal(t, x11test.Start(t, 1000, 400))
	var b strings.Builder
	for i := range 120 {
		b.WriteRune(rune(0x4e00 + 7*i))
	}
	for _, line := range short(b.String()) {
		apply(t, target, typed(line+"\n")...)
		if got := x.line(); got != line {
			t.Errorf("typed %s, want %s", got, line)
		}
	}
}

func TestLayoutChangesMeanwhile(t *testing.T) {
	display := x11test.Start(t, 1000, 400)
	x, target := startTerminal(t, display)
	for _, l := range []string{"us", "de", "fr", "us"} {
		layout(t, display, l)
		line := "zy@é你" + l
		apply(t, target, typed(line+"\n")...)
		if got := x.line(); got != line {
			t.Errorf("typed %s, want %s", got, line)
		}
	}
}

// witness is a window under the pointer that says what happens to it.
type witness struct {
	t      testing.TB
	c      *x11.Conn
	events chan string
}

func startWitness(t testing.TB, display string, target Target) *witness {
	t.Helper()
	w := &witness{t: t, events: make(chan string, 4096)}
	shown, at := make(chan struct{}, 1), ""
	w.c = x11test.Connect(t, display, func(e []byte) {
		code, mods := e[1], uint16(e[28])|uint16(e[29])<<8
		switch e[0] & 0x7f {
		case xproto.VisibilityNotify: // a screen that changes its size tells it again
			select {
			case shown <- struct{}{}:
			default:
			}
		case xproto.KeyPress:
			w.events <- fmt.Sprintf("+%d/%x", code, mods&0xff)
		case xproto.KeyRelease:
			w.events <- fmt.Sprintf("-%d/%x", code, mods&0xff)
		case xproto.ButtonPress:
			w.events <- fmt.Sprintf("click %d", code)
		case xproto.ButtonRelease:
			w.events <- fmt.Sprintf("let go %d", code)
		case xproto.MotionNotify:
			if now := fmt.Sprintf("at %d,%d", int(e[20])|int(e[21])<<8, int(e[22])|int(e[23])<<8); now != at {
				at = now
				w.events <- at
			}
		}
	})
	id, _ := xproto.NewWindowId(w.c.Conn)
	mask := xproto.EventMaskKeyPress | xproto.EventMaskKeyRelease | xproto.EventMaskButtonPress |
		xproto.EventMaskButtonRelease | xproto.EventMaskPointerMotion | xproto.EventMaskVisibilityChange
	xproto.CreateWindow(w.c.Conn, 0, id, w.c.Screen.Root, 0, 0, 4000, 4000, 0, xproto.WindowClassInputOutput, 0,
		xproto.CwOverrideRedirect|xproto.CwEventMask, []uint32{1, uint32(mask)})
	xproto.MapWindow(w.c.Conn, id)
	<-shown
	apply(t, target, frame.Event{Kind: frame.PointerMove, X: 1, Y: 1})
	w.expect("at 1,1")
	return w
}

func (w *witness) expect(want ...string) {
	w.t.Helper()
	for _, s := range want {
		if got := <-w.events; got != s {
			w.t.Fatalf("saw %q, want %q of %q", got, s, want)
		}
	}
}

func TestPointer(t *testing.T) {
	display := x11test.Start(t, 300, 200)
	target := openFor(t, display)
	w := startWitness(t, display, target)
	apply(t, target, frame.Event{Kind: frame.PointerMove, X: 40, Y: 50})
	w.expect("at 40,50")
	apply(t, target, frame.Event{Kind: frame.PointerMove, X: 5000, Y: 199})
	w.expect("at 299,199")
	for _, b := range []frame.Button{frame.Left, frame.Middle, frame.Right, frame.Back, frame.Forward} {
		at := frame.Event{X: 299, Y: 199, Button: b}
		down, up := at, at
		down.Kind, up.Kind = frame.ButtonDown, frame.ButtonUp
		apply(t, target, up, down, down, up, up) // what is up stays up, what is down stays down
		w.expect(fmt.Sprintf("click %d", b), fmt.Sprintf("let go %d", b))
	}
	wheel := func(dx, dy int) frame.Event {
		return frame.Event{Kind: frame.Wheel, X: 299, Y: 199, DX: dx, DY: dy}
	}
	apply(t, target, wheel(0, 120), wheel(0, -240), wheel(120, 0), wheel(-120, 0))
	w.expect("click 5", "let go 5", "click 4", "let go 4", "click 4", "let go 4", "click 7", "let go 7", "click 6", "let go 6")
	apply(t, target, wheel(0, 50), wheel(0, 50), wheel(0, 50)) // a fine wheel
	w.expect("click 5", "let go 5")
	if err := target.Apply([]frame.Event{{Kind: frame.PointerMove, Display: 1}}); !fault.Is(err, fault.Invalid) {
		t.Errorf("a display that is not there: %v", err)
	}
	apply(t, target, frame.Event{Kind: frame.PointerMove, X: 7, Y: 8})
	w.expect("at 7,8")
}

// TestShortcuts: what the rep holds stays held, and the right keys are pressed.
func TestShortcuts(t *testing.T) {
	// Keys of the us layout: Control 37, Alt 64, Shift 50, Tab 23, F4 70, c 54, + 21. Modifiers follow the stroke.
	hold := func(s frame.Keysym) frame.Event { return frame.Event{Kind: frame.KeyDown, Sym: s} }
	for _, tt := range []struct {
		name string
		ev   []frame.Event
		want []string
	}{
		{"control c", []frame.Event{hold(frame.SymControlL), hold('c')}, []string{"+37/0", "+54/4"}},
		{"control C without shift", []frame.Event{hold(frame.SymControlL), hold('C')}, []string{"+37/0", "+54/4"}},
		{"shift tab", []frame.Event{hold(frame.SymShiftL), hold(frame.SymTab)}, []string{"+50/0", "+23/1"}},
		{"alt f4", []frame.Event{hold(frame.SymAltL), hold(frame.SymF4)}, []string{"+64/0", "+70/8"}},
		{"control plus", []frame.Event{hold(frame.SymControlL), hold('+')}, []string{"+37/0", "+50/4", "+21/5", "-50/5"}},
		{"repeated", []frame.Event{hold('c'), hold('c')}, []string{"+54/0"}},
		{"never pressed", []frame.Event{{Kind: frame.KeyUp, Sym: 'c'}, hold(frame.SymF4)}, []string{"+70/0"}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			display := x11test.Start(t, 300, 200)
			layout(t, display, "us")
			target := openFor(t, display)
			w := startWitness(t, display, target)
			apply(t, target, tt.ev...)
			w.expect(tt.want...)
		})
	}
}

func TestReleaseAll(t *testing.T) {
	display := x11test.Start(t, 300, 200)
	target := openFor(t, display)
	w := startWitness(t, display, target)
	hold := []frame.Event{
		{Kind: frame.KeyDown, Sym: frame.SymShiftL},
		{Kind: frame.KeyDown, Sym: frame.SymF4},
		{Kind: frame.ButtonDown, X: 1, Y: 1, Button: frame.Left},
	}
	want := []string{"+50/0", "+70/1", "click 1", "let go 1", "-70/1", "-50/1"}
	apply(t, target, hold...)
	apply(t, target, frame.Event{Kind: frame.ReleaseAll})
	w.expect(want...)
	apply(t, target, hold...)
	if err := target.Close(); err != nil {
		t.Fatal(err)
	}
	w.expect(want...)
}

// TestKeysAreGivenBack compares the whole keyboard before and after.
func TestKeysAreGivenBack(t *testing.T) {
	display := x11test.Start(t, 300, 200)
	c := x11test.Connect(t, display, nil)
	meanings := func() string {
		s := xproto.Setup(c.Conn)
		r, err := xproto.GetKeyboardMapping(c.Conn, s.MinKeycode, byte(s.MaxKeycode-s.MinKeycode)+1).Reply()
		if err != nil {
			t.Fatal(err)
		}
		return fmt.Sprint(r.Keysyms)
	}
	before := meanings()
	target := openFor(t, display)
	apply(t, target, typed("你好")...)
	if meanings() == before {
		t.Error("nothing was borrowed, so this test tests nothing")
	}
	if err := target.Close(); err != nil {
		t.Fatal(err)
	}
	if meanings() != before {
		t.Error("the keyboard is not as it was")
	}
}

func TestUnavailable(t *testing.T) {
	if _, err := Open(Config{Display: ":64999"}); !fault.Is(err, fault.InputUnavailable) {
		t.Errorf("Open = %v", err)
	}
	server, display := x11test.StartServer(t, 100, 100)
	target := openFor(t, display)
	_ = server.Process.Kill()
	_ = server.Wait()
	var err error
	for err == nil {
		err = target.Apply(typed("x"))
	}
	if !fault.Is(err, fault.InputUnavailable) {
		t.Errorf("Apply = %v", err)
	}
}

func BenchmarkText(b *testing.B) {
	for _, tt := range []struct {
		name string
		r    rune
	}{{"letter", 'a'}, {"capital", 'A'}, {"borrowed", '你'}} {
		b.Run(tt.name, func(b *testing.B) {
			target := openFor(b, x11test.Start(b, 100, 100))
			apply(b, target, typed(string(tt.r))...)
			for b.Loop() {
				apply(b, target, frame.Event{Kind: frame.Text, Rune: tt.r})
			}
		})
	}
}
