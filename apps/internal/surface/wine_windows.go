package surface

import "golang.org/x/sys/windows"

var (
	wineVersion    = windows.NewLazySystemDLL("ntdll.dll").NewProc("wine_get_version")
	getPixelFormat = gdi32.NewProc("GetPixelFormat")
)

// wine says that Windows is played by Wine.
func wine() bool { return wineVersion.Find() == nil }

// covered says that what OpenGL paints in a window lies above all of its child windows: Wine shows it in an X window of
// its own. On Windows children lie above it.
func covered(parent uintptr) bool {
	if !wine() {
		return false
	}
	dc, _, _ := getDC.Call(parent)
	if dc == 0 {
		return false
	}
	defer releaseDC.Call(parent, dc)
	format, _, _ := getPixelFormat.Call(dc)
	return format != 0
}
