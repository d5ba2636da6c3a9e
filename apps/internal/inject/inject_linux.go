package inject

import (
	"fmt"
	"sync"
	"time"

	"github.com/jezek/xgb/randr"
	"github.com/jezek/xgb/xproto"
	"github.com/jezek/xgb/xtest"

	"deskhand/apps/internal/x11"
	"deskhand/protocol/fault"
	"deskhand/protocol/frame"
)

// target drives an X display.
type target struct {
	conn     *x11.Conn
	events   news
	receipts *receipts
	displays []frame.Display
	keyboard *keyboard
	held     map[frame.Button]bool
	wheel    [2]int // turned and not clicked yet, horizontally and vertically, in 1/120 of a click
}

// news is what the server has told. Set by the connection's reader.
type news struct {
	mu      sync.Mutex
	kinds   [256]byte // by the event's number
	pending byte
}

const (
	newDisplays = 1 << iota
	newKeymap
)

func (n *news) watch(kind byte, numbers ...byte) {
	n.mu.Lock()
	defer n.mu.Unlock()
	for _, number := range numbers {
		n.kinds[number] = kind
	}
}

func (n *news) hear(event []byte) {
	n.mu.Lock()
	defer n.mu.Unlock()
	n.pending |= n.kinds[event[0]&0x7f]
}

// take reports whether something of a kind has happened since the last call.
func (n *news) take(kind byte) bool {
	n.mu.Lock()
	defer n.mu.Unlock()
	happened := n.pending&kind != 0
	n.pending &^= kind
	return happened
}

func open(cfg Config) (Target, error) {
	t := &target{held: map[frame.Button]bool{}, receipts: newReceipts()}
	t.events.pending = newDisplays | newKeymap
	conn, err := x11.Open(cfg.Display, func(event []byte) {
		t.events.hear(event)
		t.receipts.hear(event)
	})
	if err != nil {
		return nil, fault.New(fault.InputUnavailable, err)
	}
	t.conn = conn
	if err := t.prepare(cfg.Clock); err != nil {
		conn.Close()
		return nil, fault.New(fault.InputUnavailable, err)
	}
	return t, nil
}

func (t *target) prepare(clock func() time.Time) error {
	if _, err := t.conn.Use("XTEST"); err != nil {
		return err
	}
	if ext, err := t.conn.UseDisplays(); err == nil {
		t.events.watch(newDisplays, ext.FirstEvent+randr.ScreenChangeNotify, ext.FirstEvent+randr.Notify, xproto.ConfigureNotify)
	}
	displays, err := t.conn.Displays()
	if err != nil {
		return err
	}
	if t.conn.Nested(displays) {
		return fmt.Errorf("inject: a Wayland desktop takes no input from X programs")
	}
	if err := t.receipts.prepare(t.conn); err != nil {
		return err
	}
	t.keyboard, err = newKeyboard(t.conn, &t.events, newSpares(t.conn, t.receipts, clock))
	return err
}

// Displays implements Target.
func (t *target) Displays() ([]frame.Display, error) {
	if t.events.take(newDisplays) {
		displays, err := t.conn.Displays()
		if err != nil {
			return nil, fault.New(fault.InputUnavailable, err)
		}
		t.displays = displays
	}
	return t.displays, nil
}

// Apply implements Target.
func (t *target) Apply(ev []frame.Event) error {
	for _, e := range ev {
		if err := t.one(e); err != nil {
			return err
		}
	}
	select {
	case <-t.conn.Done():
		return fault.New(fault.InputUnavailable, fmt.Errorf("inject: the X server has gone"))
	default:
		return nil
	}
}

func (t *target) one(e frame.Event) error {
	displays, err := t.Displays()
	if err != nil {
		return err
	}
	if !Fit(&e, displays) {
		return fault.New(fault.Invalid, fmt.Errorf("inject: display %d is not there", e.Display))
	}
	switch e.Kind {
	case frame.PointerMove:
		t.move(e)
	case frame.ButtonDown, frame.ButtonUp:
		t.move(e)
		t.button(e.Button, e.Kind == frame.ButtonDown)
	case frame.Wheel:
		t.move(e)
		t.turn(0, e.DX, 6, 7)
		t.turn(1, e.DY, 4, 5)
	case frame.KeyDown:
		err = t.keyboard.down(e.Sym)
	case frame.KeyUp:
		t.keyboard.up(e.Sym)
	case frame.Text:
		err = t.keyboard.text(e.Rune)
	case frame.ReleaseAll:
		t.releaseAll()
	}
	if err != nil && !fault.Is(err, fault.Invalid) {
		return fault.New(fault.InputUnavailable, err)
	}
	return err
}

// move puts the pointer to where the event is.
func (t *target) move(e frame.Event) {
	for _, d := range t.displays {
		if d.ID == e.Display {
			xtest.FakeInput(t.conn.Conn, xproto.MotionNotify, 0, 0, t.conn.Screen.Root, int16(d.X+e.X), int16(d.Y+e.Y), 0)
			return
		}
	}
}

func (t *target) button(b frame.Button, down bool) {
	if t.held[b] == down {
		return
	}
	kind := byte(xproto.ButtonRelease)
	if down {
		kind = xproto.ButtonPress
		t.held[b] = true
	} else {
		delete(t.held, b)
	}
	t.click(kind, byte(b))
}

func (t *target) click(kind, button byte) {
	xtest.FakeInput(t.conn.Conn, kind, button, 0, t.conn.Screen.Root, 0, 0, 0)
}

// turn turns a wheel; less on less direction, more on the other. What is not a whole click yet waits for more.
func (t *target) turn(axis, by int, less, more byte) {
	t.wheel[axis] += by
	button := more
	if t.wheel[axis] < 0 {
		button = less
	}
	clicks := t.wheel[axis] / frame.WheelClick
	t.wheel[axis] -= clicks * frame.WheelClick
	for range max(clicks, -clicks) {
		t.click(xproto.ButtonPress, button)
		t.click(xproto.ButtonRelease, button)
	}
}

func (t *target) releaseAll() {
	for b := range t.held {
		t.button(b, false)
	}
	t.keyboard.releaseAll()
	t.wheel = [2]int{}
}

// Close implements Target.
func (t *target) Close() error {
	t.releaseAll()
	err := t.keyboard.restore()
	t.conn.Close()
	return err
}
