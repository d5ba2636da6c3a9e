package inject

import (
	"errors"
	"fmt"

	"github.com/go-vgo/robotgo/darwin"

	"deskhand/apps/internal/monitor"
	"deskhand/protocol/fault"
	"deskhand/protocol/frame"
)

// mac injects through CoreGraphics, which robotgo loads without cgo. The system asks the person once whether this program
// may control the computer. Until it may, events go nowhere.
type mac struct {
	wheelRest [2]int // in 1/120 of a click
}

func open(Config) (Target, error) {
	if _, err := monitor.List(); err != nil {
		return nil, fault.New(fault.InputUnavailable, err)
	}
	darwin.SetDelay(0)
	return newNative(&mac{}), nil
}

func (m *mac) move(x, y int) error {
	darwin.Move(x, y)
	return nil
}

func (m *mac) button(b frame.Button, down bool) error {
	name := map[frame.Button]string{frame.Left: "left", frame.Middle: "center", frame.Right: "right"}[b]
	if name == "" {
		return nil // there are none for back and forward
	}
	if down {
		return wrap(darwin.MouseDown(name))
	}
	return wrap(darwin.MouseUp(name))
}

func (m *mac) wheel(dx, dy int) error {
	m.wheelRest[0] += dx
	m.wheelRest[1] += dy
	x, y := m.wheelRest[0]/frame.WheelClick, m.wheelRest[1]/frame.WheelClick
	m.wheelRest[0] -= x * frame.WheelClick
	m.wheelRest[1] -= y * frame.WheelClick
	if x != 0 || y != 0 {
		darwin.Scroll(-x, -y, 0) // positive is left and up
	}
	return nil
}

func (m *mac) key(sym frame.Keysym, down bool) error {
	name := macKey(sym)
	if name == "" {
		return fault.New(fault.Invalid, fmt.Errorf("inject: a Mac has no key %#x", uint32(sym)))
	}
	if down {
		return wrap(darwin.KeyDown(name))
	}
	return wrap(darwin.KeyUp(name))
}

func (m *mac) text(r rune) error {
	darwin.Type(string(r))
	return nil
}

func wrap(err error) error {
	if err != nil {
		return fault.New(fault.Invalid, errors.Join(errors.New("inject"), err))
	}
	return nil
}
