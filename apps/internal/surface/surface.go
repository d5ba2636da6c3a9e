// Package surface shows pixels inside a window of another library, without that library: a native child window that lies
// above what the library paints, takes no input, and is painted from any goroutine. It implements ui/viewer.Surface
// without knowing it. There is one for X11 (shared memory) and one for Windows (GDI); elsewhere Open refuses, and the
// window library has to paint.
//
// A Surface is used by one goroutine at a time. Close ends its own goroutine or thread and waits for it.
package surface

import (
	"errors"
	"image"
)

// Config says where a surface is made.
type Config struct {
	Parent  uintptr // an X11 window or an HWND
	Exposed func()  // called from any goroutine, must not block: the system has lost pixels, present all of them again
}

// MaxSide bounds a surface: X11 counts pixels in 16 bits with a sign.
const MaxSide = 32767

var (
	// ErrNone says that there are no surfaces on this system.
	ErrNone = errors.New("surface: not on this system")
	// ErrGone says that the surface is of no more use: its window or the connection to the system has ended.
	ErrGone = errors.New("surface: the window is gone")
	errSize = errors.New("surface: a size out of bounds")
)

const pixelBytes = 4

// Open makes a surface in a window; it is hidden until the first Present.
func Open(c Config) (*Surface, error) {
	if c.Parent == 0 {
		return nil, ErrNone
	}
	return open(c)
}

// fits says whether a surface may have a size.
func fits(size image.Point) bool {
	return size.X > 0 && size.Y > 0 && size.X <= MaxSide && size.Y <= MaxSide
}

// capacity is how many bytes to reserve for some: a window that is dragged larger needs new memory only now and then.
func capacity(need int) int {
	const grain = 1 << 20
	return (need + need/8 + grain - 1) / grain * grain
}
