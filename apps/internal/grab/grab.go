// Package grab makes a window get the keys that the system keeps for itself: the Windows key, Alt+Tab, Print Screen and
// whatever else a desktop has shortcuts for. It decides nothing; whoever has the focus takes the keys and lets them go
// when it loses it.
//
// On X11 the keyboard is grabbed, which needs a connection of its own, and what comes is handed on to the window as if it
// had got it itself. On Windows a hook sees keys before the system does; those that the system would keep are told to
// Config.Key, all others go their usual way. Elsewhere there is nothing of the kind.
package grab

import (
	"errors"
	"log/slog"
)

// Config says which window gets the keys.
type Config struct {
	Window uintptr // an X11 window or an HWND
	// Key is told of keys that cannot be handed to the window, as X11 keysyms. It may be called from any goroutine, and must
	// not block.
	Key    func(sym uint32, down bool)
	Logger *slog.Logger
}

// ErrNone says that keys cannot be taken on this system.
var ErrNone = errors.New("grab: not on this system")

// Take takes the keys until release is called, which waits until they are free again. Where another program holds the
// keyboard at the moment, it is tried again for a while.
func Take(c Config) (release func(), err error) {
	if c.Window == 0 {
		return nil, ErrNone
	}
	if c.Logger == nil {
		c.Logger = slog.New(slog.DiscardHandler)
	}
	return take(c)
}

// Possible says whether Take can work on this system at all.
func Possible() bool { return possible() }
