package inject

import (
	"fmt"
	"slices"

	"deskhand/apps/internal/monitor"
	"deskhand/protocol/fault"
	"deskhand/protocol/frame"
)

// hands are what a system without X11 has to offer. Positions are in pixels of the desktop.
type hands interface {
	move(x, y int) error
	button(b frame.Button, down bool) error
	wheel(dx, dy int) error // 1/120 of a click, positive is right and down
	key(sym frame.Keysym, down bool) error
	text(r rune) error
}

// native is a Target over hands. It remembers what is held, and lets go of Control and Alt while it types a character:
// AltGr at the other end comes as both of them.
type native struct {
	hands    hands
	displays func() ([]frame.Display, error)
	buttons  []frame.Button
	keys     []frame.Keysym
}

func newNative(h hands) *native { return &native{hands: h, displays: monitor.List} }

// Displays implements Target.
func (n *native) Displays() ([]frame.Display, error) {
	d, err := n.displays()
	if err != nil {
		return nil, fault.New(fault.InputUnavailable, err)
	}
	return d, nil
}

// Apply implements Target.
func (n *native) Apply(ev []frame.Event) error {
	displays, err := n.Displays()
	if err != nil {
		return err
	}
	for _, e := range ev {
		if !Fit(&e, displays) {
			return fault.New(fault.Invalid, fmt.Errorf("inject: display %d is not there", e.Display))
		}
		if err := n.one(e, displays); err != nil {
			return err
		}
	}
	return nil
}

func (n *native) one(e frame.Event, displays []frame.Display) error {
	if err := n.place(e, displays); err != nil {
		return err
	}
	switch e.Kind {
	case frame.ButtonDown:
		return n.button(e.Button, true)
	case frame.ButtonUp:
		return n.button(e.Button, false)
	case frame.Wheel:
		return n.hands.wheel(e.DX, e.DY)
	case frame.KeyDown:
		return n.key(e.Sym, true)
	case frame.KeyUp:
		return n.key(e.Sym, false)
	case frame.Text:
		return n.text(e.Rune)
	case frame.ReleaseAll:
		return n.releaseAll()
	default:
		return nil
	}
}

// place moves the pointer to where the event is, if it is anywhere.
func (n *native) place(e frame.Event, displays []frame.Display) error {
	switch e.Kind {
	case frame.PointerMove, frame.ButtonDown, frame.ButtonUp, frame.Wheel:
	default:
		return nil
	}
	for _, d := range displays {
		if d.ID == e.Display {
			return n.hands.move(d.X+e.X, d.Y+e.Y)
		}
	}
	return nil
}

func (n *native) button(b frame.Button, down bool) error {
	i := slices.Index(n.buttons, b)
	if down == (i >= 0) {
		return nil
	}
	if down {
		n.buttons = append(n.buttons, b)
	} else {
		n.buttons = slices.Delete(n.buttons, i, i+1)
	}
	return n.hands.button(b, down)
}

// key presses a key once more if it is down already: these systems do not repeat what is injected.
func (n *native) key(sym frame.Keysym, down bool) error {
	i := slices.Index(n.keys, sym)
	switch {
	case down && i < 0:
		n.keys = append(n.keys, sym)
	case !down && i < 0:
		return nil
	case !down:
		n.keys = slices.Delete(n.keys, i, i+1)
	}
	return n.hands.key(sym, down)
}

func (n *native) text(r rune) error {
	held := slices.DeleteFunc(slices.Clone(n.keys), func(sym frame.Keysym) bool {
		switch sym {
		case frame.SymControlL, frame.SymControlR, frame.SymAltL, frame.SymAltR:
			return false
		default:
			return true
		}
	})
	for _, sym := range slices.Backward(held) {
		if err := n.hands.key(sym, false); err != nil {
			return err
		}
	}
	err := n.hands.text(r)
	for _, sym := range held {
		if keyErr := n.hands.key(sym, true); err == nil {
			err = keyErr
		}
	}
	return err
}

func (n *native) releaseAll() (err error) {
	for _, b := range slices.Backward(n.buttons) {
		if e := n.hands.button(b, false); err == nil {
			err = e
		}
	}
	for _, sym := range slices.Backward(n.keys) {
		if e := n.hands.key(sym, false); err == nil {
			err = e
		}
	}
	n.buttons, n.keys = n.buttons[:0], n.keys[:0]
	return err
}

// Close implements Target.
func (n *native) Close() error { return n.releaseAll() }
