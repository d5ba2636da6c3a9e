package capture

import (
	"image"
	"unsafe"

	"golang.org/x/sys/windows"
)

var getCursorPos = windows.NewLazySystemDLL("user32.dll").NewProc("GetCursorPos")

func (system) pointer() (image.Point, bool) {
	var p struct{ X, Y int32 }
	ok, _, _ := getCursorPos.Call(uintptr(unsafe.Pointer(&p)))
	return image.Pt(int(p.X), int(p.Y)), ok != 0
}

func (system) shape(uint64) (Cursor, bool) { return Cursor{}, false }
