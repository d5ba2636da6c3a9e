package surface

import (
	"fmt"
	"image"
	"runtime"
	"sync"
	"unsafe"

	"golang.org/x/sys/windows"
)

// Surface is a child window with a thread of its own, which only answers messages; pixels are drawn by whoever calls.
// The window is disabled, so that Windows gives the mouse to the parent.
type Surface struct {
	window uintptr
	ended  chan struct{} // closed when the thread has ended
	pix    []byte

	size, at image.Point
	shown    bool
}

var (
	user32           = windows.NewLazySystemDLL("user32.dll")
	gdi32            = windows.NewLazySystemDLL("gdi32.dll")
	registerClass    = user32.NewProc("RegisterClassExW")
	createWindow     = user32.NewProc("CreateWindowExW")
	destroyWindow    = user32.NewProc("DestroyWindow")
	defWindowProc    = user32.NewProc("DefWindowProcW")
	getMessage       = user32.NewProc("GetMessageW")
	dispatchMessage  = user32.NewProc("DispatchMessageW")
	postMessage      = user32.NewProc("PostMessageW")
	postQuitMessage  = user32.NewProc("PostQuitMessage")
	setWindowPos     = user32.NewProc("SetWindowPos")
	isWindow         = user32.NewProc("IsWindow")
	validateRect     = user32.NewProc("ValidateRect")
	getDC            = user32.NewProc("GetDC")
	releaseDC        = user32.NewProc("ReleaseDC")
	setDIBitsToScene = gdi32.NewProc("SetDIBitsToDevice")
	gdiFlush         = gdi32.NewProc("GdiFlush")
)

const (
	styleChild    = 0x40000000
	styleDisabled = 0x08000000
	styleSiblings = 0x04000000
	exNoActivate  = 0x08000000
	exNoNotify    = 0x00000004

	messageDestroy  = 0x0002
	messagePaint    = 0x000f
	messageClose    = 0x0010
	messageErase    = 0x0014
	messageHitTest  = 0x0084
	messageExposed  = 0x8000      // our own
	hitTransparent  = ^uintptr(0) // -1
	positionNoFocus = 0x0010      // with a place and a size
	positionShow    = 0x0040
	positionHide    = 0x0080
	positionNoMove  = 0x0002
	positionNoSize  = 0x0001
	positionNoOrder = 0x0004
)

// class is WNDCLASSEXW.
type class struct {
	size, style          uint32
	procedure            uintptr
	classExtra, winExtra int32
	instance             uintptr
	icon, cursor, back   uintptr
	menu, name           *uint16
	smallIcon            uintptr
}

type message struct {
	window         uintptr
	message        uint32
	wParam, lParam uintptr
	time           uint32
	x, y           int32
	private        uint32
}

// bitmap is BITMAPINFOHEADER.
type bitmap struct {
	size          uint32
	width, height int32
	planes, bits  uint16
	compression   uint32
	imageSize     uint32
	xPerMeter     int32
	yPerMeter     int32
	used, notable uint32
}

// className registers the class once a process.
var className = sync.OnceValues(func() (*uint16, error) {
	name, err := windows.UTF16PtrFromString("DeskhandSurface")
	if err != nil {
		return nil, err
	}
	c := class{procedure: windows.NewCallback(procedure), name: name}
	c.size = uint32(unsafe.Sizeof(c))
	if atom, _, err := registerClass.Call(uintptr(unsafe.Pointer(&c))); atom == 0 {
		return nil, err
	}
	return name, nil
})

// procedure is that of all surfaces; it knows nothing of them. What it notices it tells the window's thread.
func procedure(window, msg, wParam, lParam uintptr) uintptr {
	switch msg {
	case messagePaint:
		validateRect.Call(window, 0)
		postMessage.Call(window, messageExposed, 0, 0)
		return 0
	case messageErase:
		return 1
	case messageHitTest:
		return hitTransparent
	case messageClose:
		destroyWindow.Call(window)
		return 0
	case messageDestroy:
		postQuitMessage.Call(0)
		return 0
	}
	r, _, _ := defWindowProc.Call(window, msg, wParam, lParam)
	return r
}

func open(c Config) (*Surface, error) {
	if covered(c.Parent) {
		return nil, fmt.Errorf("%w: Wine would hide it", ErrNone)
	}
	s := &Surface{ended: make(chan struct{})}
	made := make(chan error, 1)
	go s.run(c, made)
	if err := <-made; err != nil {
		<-s.ended
		return nil, fmt.Errorf("surface: %w", err)
	}
	return s, nil
}

// run makes the window and answers its messages until it is destroyed, by Close or with its parent.
func (s *Surface) run(c Config, made chan<- error) {
	defer close(s.ended)
	runtime.LockOSThread()
	defer runtime.UnlockOSThread()
	name, err := className()
	if err != nil {
		made <- err
		return
	}
	window, _, err := createWindow.Call(exNoActivate|exNoNotify, uintptr(unsafe.Pointer(name)), 0,
		styleChild|styleDisabled|styleSiblings, 0, 0, 1, 1, c.Parent, 0, 0, 0)
	if window == 0 {
		made <- err
		return
	}
	s.window = window
	made <- nil
	for {
		var m message
		if more, _, _ := getMessage.Call(uintptr(unsafe.Pointer(&m)), 0, 0, 0); int32(more) <= 0 {
			return
		}
		if m.message == messageExposed && c.Exposed != nil {
			c.Exposed()
		}
		dispatchMessage.Call(uintptr(unsafe.Pointer(&m)))
	}
}

// Buffer gives memory, see viewer.Surface.
func (s *Surface) Buffer(size image.Point) (pix []byte, stride int, err error) {
	if !fits(size) {
		return nil, 0, errSize
	}
	if err := s.alive(); err != nil {
		return nil, 0, err
	}
	need := pixelBytes * size.X * size.Y
	if len(s.pix) < need {
		s.pix = make([]byte, capacity(need))
	}
	if s.size != size {
		s.size, s.shown = size, false
	}
	return s.pix[:need], pixelBytes * size.X, nil
}

func (s *Surface) alive() error {
	select {
	case <-s.ended:
		return ErrGone
	default:
		return nil
	}
}

// Present draws into the window at once.
func (s *Surface) Present(at image.Point, dirty []image.Rectangle) error {
	if s.size == (image.Point{}) {
		return errSize
	}
	if !s.shown || s.at != at {
		ok, _, err := setWindowPos.Call(s.window, 0, uintptr(at.X), uintptr(at.Y), uintptr(s.size.X), uintptr(s.size.Y),
			positionNoFocus|positionShow)
		if ok == 0 {
			return fmt.Errorf("surface: place: %w", err)
		}
		s.shown, s.at = true, at
	}
	// A device context belongs to the thread that asked for it.
	runtime.LockOSThread()
	defer runtime.UnlockOSThread()
	dc, _, _ := getDC.Call(s.window)
	if dc == 0 {
		return ErrGone
	}
	defer releaseDC.Call(s.window, dc)
	for _, r := range dirty {
		if r = r.Intersect(image.Rectangle{Max: s.size}); !r.Empty() {
			s.draw(dc, r)
		}
	}
	gdiFlush.Call() // the pixels have been read when this is done
	return s.alive()
}

// draw gives Windows the lines of the rectangle as a bitmap of their own, because it counts the lines of a part from the
// bottom.
func (s *Surface) draw(dc uintptr, r image.Rectangle) {
	h := bitmap{width: int32(s.size.X), height: -int32(r.Dy()), planes: 1, bits: 8 * pixelBytes}
	h.size = uint32(unsafe.Sizeof(h))
	lines := s.pix[r.Min.Y*pixelBytes*s.size.X:]
	setDIBitsToScene.Call(dc, uintptr(r.Min.X), uintptr(r.Min.Y), uintptr(r.Dx()), uintptr(r.Dy()), uintptr(r.Min.X), 0,
		0, uintptr(r.Dy()), uintptr(unsafe.Pointer(&lines[0])), uintptr(unsafe.Pointer(&h)), 0)
}

// Hide takes the window off the screen.
func (s *Surface) Hide() error {
	if s.shown {
		s.shown = false
		setWindowPos.Call(s.window, 0, 0, 0, 0, 0, positionNoFocus|positionNoMove|positionNoSize|positionNoOrder|positionHide)
	}
	return s.alive()
}

// Close takes the window away and waits for its thread.
func (s *Surface) Close() {
	if s.alive() == nil {
		if there, _, _ := isWindow.Call(s.window); there != 0 {
			postMessage.Call(s.window, messageClose, 0, 0)
		}
		<-s.ended
	}
	s.pix = nil
}
