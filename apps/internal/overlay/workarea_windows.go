package overlay

import (
	"fmt"
	"image"
	"unsafe"
)

var systemParametersInfo = user32.NewProc("SystemParametersInfoW")

const spiGetWorkArea = 0x0030

func workArea() (image.Rectangle, error) {
	var r struct{ left, top, right, bottom int32 }
	ok, _, err := systemParametersInfo.Call(spiGetWorkArea, 0, uintptr(unsafe.Pointer(&r)), 0)
	if ok == 0 {
		return image.Rectangle{}, fmt.Errorf("overlay: work area: %w", err)
	}
	return image.Rect(int(r.left), int(r.top), int(r.right), int(r.bottom)), nil
}
