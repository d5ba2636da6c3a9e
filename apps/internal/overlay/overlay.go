// Package overlay gives native windows abilities that the window library has no name for. It owns nothing: each call
// looks the window up by its handle and is done when it returns.
//
// # A window that does not take the keyboard focus
//
// Fyne makes the native window inside Show, maps it there and asks for the focus (GLFW's "focus on show", which Fyne
// cannot switch off). RunNative gives no handle before, and after is too late: the first keys that somebody types
// elsewhere would land in the alert. One moment lies between making and mapping: Fyne then asks the content for its
// MinSize. So the content gets a layout that calls NoFocus as soon as there is a handle:
//
//	type quiet struct {
//		window fyne.Window
//		done   bool
//	}
//
//	func (q *quiet) Layout(o []fyne.CanvasObject, s fyne.Size) { o[0].Resize(s) }
//
//	func (q *quiet) MinSize(o []fyne.CanvasObject) fyne.Size {
//		if h := handle(q.window); h != 0 && !q.done { // 0 until Show has made the window
//			q.done = true
//			_ = overlay.NoFocus(h) // log it
//		}
//		return o[0].MinSize()
//	}
//
//	func handle(w fyne.Window) (h overlay.Window) {
//		native, ok := w.(driver.NativeWindow) // not in Fyne's test driver
//		if !ok {
//			return 0
//		}
//		native.RunNative(func(c any) {
//			switch c := c.(type) {
//			case driver.X11WindowContext:
//				h = overlay.Window(c.WindowHandle)
//			case driver.WindowsWindowContext:
//				h = overlay.Window(c.HWND)
//			case driver.MacWindowContext:
//				h = overlay.Window(c.NSWindow)
//			}
//		})
//		return h
//	}
//
//	w := app.NewWindow(title)
//	w.SetContent(container.New(&quiet{window: w}, content))
//	w.Resize(size)
//	w.(desktop.Window).RequestAlwaysOnTop()
//	w.(desktop.Window).RequestPosition(x, y) // both before Show
//	err := overlay.Show(w.Show, func() overlay.Window { return handle(w) })
//
// All of it runs on the UI goroutine. Make a new window for each alert and Close it afterwards: Show after Hide asks
// for the focus again, without a MinSize in between. Never call RequestFocus on it. After Show the person may click
// into the window or tab to it, and then its keys work; a click on a button works without that too.
//
// Tried with Fyne 2.8.1 under openbox, with the focus in another program and in another window of the same program:
// without the layout the alert takes the focus in both cases, even when GLFW is told not to ask for it; with it, the
// focus never moves, the window stands above the others at its place, and a click on its button arrives.
package overlay

import "errors"

// Window is a native window handle: an X11 window, an HWND, or an NSWindow pointer.
type Window uintptr

var errNoWindow = errors.New("overlay: there is no native window")

// NoFocus makes a window not take the keyboard focus by being shown, stay above others, and stay out of task lists.
// Call it after the window has been made and before it is shown; the package comment says how.
func NoFocus(w Window) error {
	if w == 0 {
		return errNoWindow
	}
	return noFocus(w)
}

// Show runs show, which shows a window after NoFocus, gives the focus back where the system moved it nonetheless, and
// then lets the person give it the focus. The handle is asked for after show.
func Show(show func(), handle func() Window) error {
	restore := remember()
	show()
	restore()
	w := handle()
	if w == 0 {
		return errNoWindow
	}
	return allowFocus(w)
}
