// Package capture takes pictures of this machine's displays and says what changed on them. It owns the connection to
// the window system and the picture memory; it does not encode, seal or send, and it knows nothing about sessions or
// consent: whoever opens a Source has made sure that the customer shares.
//
// A Source belongs to one goroutine, but Close may be called from any and makes a waiting Next return. Nothing is
// captured between two calls of Next, and where the system reports changes (X11) an unchanged screen costs nothing:
// no polling, no wake-ups.
//
//	linux    X11: XDamage says what changed, MIT-SHM fetches it, RandR lists the displays, XInput2 reports the pointer,
//	         XFIXES its shape. A frame waits for the server once. Over a remote X connection the pixels come by GetImage
//	         instead. Wayland without X is fault.ScreenUnavailable.
//	windows  Desktop duplication says what changed. Where it is refused, GDI takes pictures and they are compared, 15 to 60
//	         times a second while somebody waits in Next; so it is under Wine and while Windows asks for a password.
//	darwin   CoreGraphics through cgo, compared likewise; without cgo fault.ScreenUnavailable.
package capture

import (
	"context"
	"image"
	"log/slog"
	"time"

	"deskhand/protocol/frame"
	"deskhand/protocol/pixel"
)

// Source captures the displays of one machine.
type Source interface {
	// Displays lists the displays as they are now, in desktop pixels; the primary one is first.
	Displays() ([]frame.Display, error)
	// Next blocks until something has changed since the call before and describes it in f, whose slices it reuses. The
	// first call returns at once with everything dirty. After an error only Close may be called.
	Next(ctx context.Context, f *Frame) error
	// Close gives everything back. Further calls do nothing.
	Close() error
}

// Frame is the content of all displays at one moment.
type Frame struct {
	// Displays, Images and Dirty run in parallel. Images belong to the source: they are valid and unchanged until the next
	// call of Next. Their memory lasts at least as long as this Frame or the Source is kept, also after Close. The fourth
	// byte of a pixel is whatever the window system left there.
	Displays []frame.Display
	Images   []pixel.Image
	// Dirty holds what may have changed, in pixels of that display, clipped to it. Rectangles may touch or overlap.
	Dirty [][]image.Rectangle
	// Relayout says that displays have come, gone, moved or changed size: all images are new and wholly dirty. It is set
	// in the first frame.
	Relayout bool
	// Pointer is valid in each frame; PointerMoved says that it differs from the one before.
	Pointer      Pointer
	PointerMoved bool
	// Cursor is what the pointer looks like, valid in each frame; CursorChanged says that it is another one than before.
	Cursor        Cursor
	CursorChanged bool
	// CapturedAt is when the pixels were read.
	CapturedAt time.Time

	memory any // keeps Images mapped
}

// Pointer is where the sharing machine's pointer stands. It is never part of an image.
type Pointer struct {
	Display int // Display.ID
	X, Y    int // the hot spot in pixels of that display
	Visible bool
}

// Config says what to capture. The zero value captures the desktop of the person who runs the program.
type Config struct {
	// Display is the X display, such as ":1"; empty means the one that the system gives. X11 only.
	Display string
	// Interval is the least time between two frames: 4 ms when zero, none when negative, which suits whoever calls Next
	// only when there is room for a frame. The first change after a pause passes at once. A shorter interval shows a
	// drawing that takes several steps sooner, in more frames.
	Interval time.Duration
	// Clock stamps frames, time.Now when nil.
	Clock func() time.Time
	// Logger is told which way of capturing was chosen and why; nil says nothing. Windows only.
	Logger *slog.Logger
	// NoSharedMemory fetches pixels through the X connection even when it is local.
	NoSharedMemory bool
}

// defaultInterval was found by drawing six steps within 7 ms: all of it was captured 3.6 ms after the last step in the
// median, by 3 frames; with 16 ms it took 9.7 ms and 1.4 frames, with none 0.2 ms and 6 frames.
const defaultInterval = 4 * time.Millisecond

func (c Config) withDefaults() Config {
	if c.Interval == 0 {
		c.Interval = defaultInterval
	}
	if c.Clock == nil {
		c.Clock = time.Now
	}
	if c.Logger == nil {
		c.Logger = slog.New(slog.DiscardHandler)
	}
	return c
}

// Open begins to capture. Where that is impossible it is fault.ScreenUnavailable with the cause.
func Open(c Config) (Source, error) { return open(c.withDefaults()) }
