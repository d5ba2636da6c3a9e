package overlay

import (
	"fmt"

	"golang.org/x/sys/windows"
)

var (
	user32              = windows.NewLazySystemDLL("user32.dll")
	getWindowLong       = user32.NewProc("GetWindowLongPtrW")
	setWindowLong       = user32.NewProc("SetWindowLongPtrW")
	setWindowPos        = user32.NewProc("SetWindowPos")
	setForegroundWindow = user32.NewProc("SetForegroundWindow")
)

const (
	gwlExStyle = ^uintptr(20) + 1 // -20

	exTopmost    = 0x00000008
	exToolWindow = 0x00000080
	exNoActivate = 0x08000000

	hwndTopmost = ^uintptr(0) // -1

	swpNoSize       = 0x0001
	swpNoMove       = 0x0002
	swpNoActivate   = 0x0010
	swpFrameChanged = 0x0020
)

func noFocus(w Window) error {
	style, _, _ := getWindowLong.Call(uintptr(w), gwlExStyle)
	setWindowLong.Call(uintptr(w), gwlExStyle, style|exTopmost|exToolWindow|exNoActivate)
	ok, _, err := setWindowPos.Call(uintptr(w), hwndTopmost, 0, 0, 0, 0, swpNoSize|swpNoMove|swpNoActivate|swpFrameChanged)
	if ok == 0 {
		return fmt.Errorf("overlay: window position: %w", err)
	}
	return nil
}

func allowFocus(w Window) error {
	style, _, _ := getWindowLong.Call(uintptr(w), gwlExStyle)
	if style == 0 {
		return errNoWindow
	}
	setWindowLong.Call(uintptr(w), gwlExStyle, style&^exNoActivate)
	return nil
}

// remember notes who has the focus. A program in the foreground may hand itself the focus, and GLFW does; from there
// it may also give it back.
func remember() (restore func()) {
	before := windows.GetForegroundWindow()
	return func() {
		if before != 0 && windows.GetForegroundWindow() != before {
			setForegroundWindow.Call(uintptr(before))
		}
	}
}
