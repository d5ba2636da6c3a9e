// Package native tells the system's handle of a Fyne window, for what the window library has no name for. It is for
// Fyne's UI goroutine.
package native

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/driver"
)

// Handle is the native window: an X11 window, an HWND or an NSWindow pointer. It is 0 while there is none, and always in
// Fyne's test driver.
func Handle(w fyne.Window) (h uintptr) {
	n, ok := w.(driver.NativeWindow)
	if !ok {
		return 0
	}
	n.RunNative(func(c any) {
		switch c := c.(type) {
		case driver.X11WindowContext:
			h = c.WindowHandle
		case driver.WindowsWindowContext:
			h = c.HWND
		case driver.MacWindowContext:
			h = c.NSWindow
		}
	})
	return h
}
