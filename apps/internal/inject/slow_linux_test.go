package inject

import (
	"encoding/binary"
	"strings"
	"sync"
	"testing"

	"github.com/jezek/xgb/xproto"

	"deskhand/apps/internal/x11"
	"deskhand/apps/internal/x11/x11test"
	"deskhand/protocol/frame"
)

// slow is a program that comes to what is typed as late as it may: when it is asked whether it is alive. Then it looks
// up what the keys mean, as real programs do, in the keyboard as it is by then.
type slow struct {
	t      testing.TB
	c      *x11.Conn
	ping   xproto.Atom
	events chan []byte // nil: the end
	once   sync.Once
	ended  chan struct{}
	text   strings.Builder
}

func startSlow(t testing.TB, display string, target Target) *slow {
	t.Helper()
	s := &slow{t: t, events: make(chan []byte, 4096), ended: make(chan struct{})}
	shown := make(chan struct{}, 1)
	s.c = x11test.Connect(t, display, func(e []byte) {
		switch e[0] & 0x7f {
		case xproto.VisibilityNotify:
			select {
			case shown <- struct{}{}:
			default:
			}
		case xproto.KeyPress, xproto.ClientMessage:
			s.events <- append([]byte{}, e...)
		}
	})
	protocols, err := s.c.Atom("WM_PROTOCOLS")
	if err != nil {
		t.Fatal(err)
	}
	if s.ping, err = s.c.Atom("_NET_WM_PING"); err != nil {
		t.Fatal(err)
	}
	id, _ := xproto.NewWindowId(s.c.Conn)
	xproto.CreateWindow(s.c.Conn, 0, id, s.c.Screen.Root, 0, 0, 300, 200, 0, xproto.WindowClassInputOutput, 0,
		xproto.CwOverrideRedirect|xproto.CwEventMask, []uint32{1, xproto.EventMaskKeyPress | xproto.EventMaskVisibilityChange})
	value := binary.LittleEndian.AppendUint32(nil, uint32(s.ping))
	xproto.ChangeProperty(s.c.Conn, xproto.PropModeReplace, id, protocols, xproto.AtomAtom, 32, 1, value)
	xproto.MapWindow(s.c.Conn, id)
	<-shown
	apply(t, target, frame.Event{Kind: frame.PointerMove, X: 50, Y: 50})
	go s.work()
	t.Cleanup(func() { s.end() })
	return s
}

// end makes the program come to the rest and gives what it has understood.
func (s *slow) end() string {
	// What the server told before the answer has been heard then.
	if _, err := xproto.GetInputFocus(s.c.Conn).Reply(); err != nil {
		s.t.Error(err)
	}
	s.once.Do(func() { s.events <- nil })
	<-s.ended
	return s.text.String()
}

func (s *slow) work() {
	defer close(s.ended)
	var waiting []byte // keys
	for {
		e := <-s.events
		if e != nil && e[0]&0x7f == xproto.KeyPress {
			waiting = append(waiting, e[1])
			continue
		}
		for _, code := range waiting {
			s.look(code)
		}
		waiting = waiting[:0]
		if e == nil {
			return
		}
		binary.LittleEndian.PutUint32(e[4:], uint32(s.c.Screen.Root))
		xproto.SendEvent(s.c.Conn, false, s.c.Screen.Root,
			xproto.EventMaskSubstructureNotify|xproto.EventMaskSubstructureRedirect, string(e[:32]))
	}
}

// look asks the server what a key means now.
func (s *slow) look(code byte) {
	r, err := xproto.GetKeyboardMapping(s.c.Conn, xproto.Keycode(code), 1).Reply()
	if err != nil {
		s.t.Error(err)
		return
	}
	c, ok := frame.Keysym(r.Keysyms[0]).Rune()
	if !ok {
		c = '-'
	}
	s.text.WriteRune(c)
}

// TestSlowProgram types more characters than there are keys to spare into a program that always comes to them late, and
// takes the keyboard's loan back in the end.
func TestSlowProgram(t *testing.T) {
	display := x11test.Start(t, 300, 200)
	target := openFor(t, display)
	s := startSlow(t, display, target)
	var b strings.Builder
	for i := range 120 {
		b.WriteRune(rune(0x4e00 + 7*i))
	}
	apply(t, target, typed(b.String())...)
	if err := target.Close(); err != nil {
		t.Fatal(err)
	}
	if got := s.end(); got != b.String() {
		t.Errorf("typed\n%s\nwant\n%s", got, b.String())
	}
}
