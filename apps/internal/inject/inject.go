// Package inject moves this machine's pointer and presses its keys. It owns the connection to the window system's input
// and what it holds down; it does not decide who may do that: consent is checked by the caller, just before Apply.
//
// A Target belongs to one goroutine.
//
//	linux    X11 through XTEST. A character that the keyboard layout does not have gets a spare key for a while.
//	windows  SendInput; characters go as Unicode.
//	darwin   robotgo through cgo; without cgo fault.InputUnavailable.
package inject

import (
	"time"

	"deskhand/protocol/frame"
)

// Target takes input events and makes them happen.
type Target interface {
	// Displays lists the displays that events can name, with the same IDs as capture gives them.
	Displays() ([]frame.Display, error)
	// Apply makes the events happen, in order. A position outside its display is moved to the nearest pixel inside. An
	// event that cannot happen, such as one of a display that is not there, is fault.Invalid: the events before it have
	// happened, those after it have not, and the target is as good as before. Other errors are the end of it.
	Apply(ev []frame.Event) error
	// Close releases everything that is still held and gives everything back.
	Close() error
}

// Config says where to inject. The zero value is the desktop of the person who runs the program.
type Config struct {
	// Display is the X display, such as ":1"; empty means the one that the system gives. X11 only.
	Display string
	// Clock is time.Now when nil.
	Clock func() time.Time
}

// Open gets ready to inject. Where that is impossible it is fault.InputUnavailable with the cause.
func Open(c Config) (Target, error) {
	if c.Clock == nil {
		c.Clock = time.Now
	}
	return open(c)
}

// Fit moves an event's position to the nearest pixel inside its display. It is false when the event needs a display
// that is not there. Events without a position fit.
func Fit(e *frame.Event, displays []frame.Display) bool {
	switch e.Kind {
	case frame.PointerMove, frame.ButtonDown, frame.ButtonUp, frame.Wheel:
	default:
		return true
	}
	for _, d := range displays {
		if d.ID == e.Display {
			e.X, e.Y = max(0, min(e.X, d.W-1)), max(0, min(e.Y, d.H-1))
			return true
		}
	}
	return false
}
