package surface

import (
	"errors"
	"image"
	"runtime"
	"testing"
	"time"
	"unsafe"

	"golang.org/x/sys/windows"
)

var (
	getPixel    = gdi32.NewProc("GetPixel")
	windowAt    = user32.NewProc("ChildWindowFromPointEx")
	peekMessage = user32.NewProc("PeekMessageW")

	choosePixelFormat = gdi32.NewProc("ChoosePixelFormat")
	setPixelFormat    = gdi32.NewProc("SetPixelFormat")
)

const (
	styleVisible = 0x10000000
	stylePopup   = 0x80000000
	skipDisabled = 2
)

// parentWindow is a window on the test's own thread.
func parentWindow(t *testing.T) uintptr {
	t.Helper()
	name, err := windows.UTF16PtrFromString("STATIC")
	if err != nil {
		t.Fatal(err)
	}
	w, _, err := createWindow.Call(0, uintptr(unsafe.Pointer(name)), 0, stylePopup|styleVisible, 10, 10, 300, 200, 0, 0, 0, 0)
	if w == 0 {
		t.Fatal(err)
	}
	return w
}

// pump answers the messages that wait.
func pump() {
	var m message
	for {
		if more, _, _ := peekMessage.Call(uintptr(unsafe.Pointer(&m)), 0, 0, 0, 1); more == 0 {
			return
		}
		dispatchMessage.Call(uintptr(unsafe.Pointer(&m)))
	}
}

// pumping runs f while this thread answers messages, as a window's own thread does.
func pumping(f func()) {
	done := make(chan struct{})
	go func() {
		defer close(done)
		f()
	}()
	for {
		pump()
		select {
		case <-done:
			return
		case <-time.After(time.Millisecond):
		}
	}
}

func TestPixelsInAChildWindow(t *testing.T) {
	runtime.LockOSThread() // a window belongs to its thread
	defer runtime.UnlockOSThread()
	parent := parentWindow(t)
	var s *Surface
	var err error
	pumping(func() { s, err = Open(Config{Parent: parent, Exposed: func() {}}) })
	if err != nil {
		t.Fatal(err)
	}
	size := image.Pt(100, 80)
	draw := func(r image.Rectangle, c byte) {
		t.Helper()
		pumping(func() {
			pix, stride, err := s.Buffer(size)
			if err != nil {
				t.Error(err)
				return
			}
			for y := r.Min.Y; y < r.Max.Y; y++ {
				for x := r.Min.X; x < r.Max.X; x++ {
					copy(pix[y*stride+4*x:], []byte{c, 2 * c, 3 * c, 255})
				}
			}
			if err := s.Present(image.Pt(20, 30), []image.Rectangle{r}); err != nil {
				t.Error(err)
			}
		})
	}
	see := func(x, y int, c uint32) {
		t.Helper()
		dc, _, _ := getDC.Call(s.window)
		defer releaseDC.Call(s.window, dc)
		got, _, _ := getPixel.Call(dc, uintptr(x), uintptr(y))
		if want := 3*c | 2*c<<8 | c<<16; uint32(got) != want {
			t.Errorf("pixel %d,%d is %06x, not %06x", x, y, got, want)
		}
	}
	draw(image.Rectangle{Max: size}, 20)
	see(0, 0, 20)
	see(99, 79, 20)
	draw(image.Rect(10, 70, 15, 75), 60)
	see(10, 70, 60)
	see(14, 74, 60)
	see(10, 69, 20)
	see(10, 75, 20)
	at := uintptr(30) | uintptr(40)<<32 // POINT by value
	if under, _, _ := windowAt.Call(parent, at, skipDisabled); under != parent {
		t.Error("the mouse meets the surface")
	}
	pumping(func() {
		if err := s.Hide(); err != nil {
			t.Error(err)
		}
		draws := s.shown
		if draws {
			t.Error("it is still shown")
		}
	})
	destroyed := make(chan struct{})
	go func() {
		<-s.ended
		close(destroyed)
	}()
	destroyWindow.Call(parent)
	pumping(func() { <-destroyed })
	if _, _, err := s.Buffer(size); !errors.Is(err, ErrGone) {
		t.Errorf("after its window has gone: %v", err)
	}
	s.Close()
}

// TestNeverBelowOpenGL makes a surface in a window in which OpenGL paints, as the Viewer's does.
func TestNeverBelowOpenGL(t *testing.T) {
	runtime.LockOSThread()
	defer runtime.UnlockOSThread()
	parent := parentWindow(t)
	defer destroyWindow.Call(parent)
	var format struct { // PIXELFORMATDESCRIPTOR
		size, version uint16
		flags         uint32
		pixel, bits   byte
		rest          [30]byte
	}
	format.size, format.version, format.bits = uint16(unsafe.Sizeof(format)), 1, 32
	format.flags = 0x04 | 0x20 | 0x01 // drawn to a window, OpenGL, double buffer
	dc, _, _ := getDC.Call(parent)
	defer releaseDC.Call(parent, dc)
	n, _, err := choosePixelFormat.Call(dc, uintptr(unsafe.Pointer(&format)))
	if n == 0 {
		t.Fatal(err)
	}
	if ok, _, err := setPixelFormat.Call(dc, n, uintptr(unsafe.Pointer(&format))); ok == 0 {
		t.Fatal(err)
	}
	pumping(func() {
		s, err := Open(Config{Parent: parent, Exposed: func() {}})
		if err == nil {
			s.Close()
		}
		if refused := errors.Is(err, ErrNone); refused != wine() || !refused && err != nil {
			t.Errorf("in a window of OpenGL's, Wine %v: %v", wine(), err)
		}
	})
}
