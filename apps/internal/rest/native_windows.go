//go:build cgo

package rest

import (
	"sync/atomic"
	"time"

	"github.com/go-gl/glfw/v3.4/glfw"
)

func native(clock func() time.Time) system {
	owner := thread()
	var most atomic.Int64 // of the wait that follows
	return system{
		// At its end, Fyne runs functions on whatever goroutine posts them.
		able:  func() bool { return thread() == owner && glfw.GetPlatform() == glfw.PlatformWin32 },
		arm:   func(d time.Duration) bool { most.Store(int64(d)); return true },
		sleep: func() { glfw.WaitEventsTimeout(time.Duration(most.Load()).Seconds()) },
		wake:  glfw.PostEmptyEvent,
		close: func() {},
		clock: clock,
	}
}
