//go:build cgo && (linux || windows)

package rest

import (
	"time"

	"github.com/go-gl/glfw/v3.4/glfw"
)

func native(clock func() time.Time) system {
	owner := thread()
	return system{
		// At its end, Fyne runs functions on whatever goroutine posts them.
		able: func() bool {
			if thread() != owner {
				return false
			}
			p := glfw.GetPlatform()
			return p == glfw.PlatformX11 || p == glfw.PlatformWin32
		},
		sleep: func(d time.Duration) { glfw.WaitEventsTimeout(d.Seconds()) },
		wake:  glfw.PostEmptyEvent,
		clock: clock,
	}
}
