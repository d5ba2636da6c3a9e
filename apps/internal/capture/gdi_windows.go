package capture

import (
	"errors"
	"fmt"
	"image"
	"runtime"
	"unsafe"

	"golang.org/x/sys/windows"

	"deskhand/apps/internal/monitor"
	"deskhand/protocol/frame"
	"deskhand/protocol/pixel"
)

// library is the procedures of the system that capturing by GDI calls.
type library struct {
	getDC, releaseDC, createDC, deleteDC, createSection, selectObject, deleteObject, bitBlt, getBits, getObject,
	cursorInfo, iconInfo, setAwareness *windows.LazyProc
}

func load() library {
	user, gdi := windows.NewLazySystemDLL("user32.dll"), windows.NewLazySystemDLL("gdi32.dll")
	return library{
		getDC: user.NewProc("GetDC"), releaseDC: user.NewProc("ReleaseDC"),
		createDC: gdi.NewProc("CreateCompatibleDC"), deleteDC: gdi.NewProc("DeleteDC"),
		createSection: gdi.NewProc("CreateDIBSection"), selectObject: gdi.NewProc("SelectObject"),
		deleteObject: gdi.NewProc("DeleteObject"), bitBlt: gdi.NewProc("BitBlt"),
		getBits: gdi.NewProc("GetDIBits"), getObject: gdi.NewProc("GetObjectW"),
		cursorInfo: user.NewProc("GetCursorInfo"), iconInfo: user.NewProc("GetIconInfo"),
		setAwareness: user.NewProc("SetThreadDpiAwarenessContext"),
	}
}

// awarePerMonitor is DPI_AWARENESS_CONTEXT_PER_MONITOR_AWARE_V2, -4.
const awarePerMonitor = ^uintptr(3)

// inPixels calls do on a thread for which the system counts in pixels, whatever the program has said.
func (l *library) inPixels(do func()) {
	runtime.LockOSThread()
	defer runtime.UnlockOSThread()
	if l.setAwareness.Find() == nil { // since Windows 10 of 2017
		if before, _, _ := l.setAwareness.Call(awarePerMonitor); before != 0 {
			defer func() { _, _, _ = l.setAwareness.Call(before) }()
		}
	}
	do()
}

// gdi takes pictures into memory that it shares with the system.
type gdi struct {
	library
	section *section // its own object, so that it can be given back when gdi is forgotten
	cursor  cursorWatch
}

// section is a bitmap whose pixels we can read.
type section struct {
	library            library
	dc, bitmap, before uintptr
	img                pixel.Image
}

func newGDI() *gdi {
	g := &gdi{library: load()}
	g.section = &section{library: g.library}
	runtime.AddCleanup(g, (*section).close, g.section)
	g.cursor.library = &g.library
	return g
}

func (g *gdi) displays() ([]frame.Display, error) { return monitor.List() }

func (g *gdi) pointer() (image.Point, bool) { return g.cursor.place() }

func (g *gdi) shape(known uint64) (Cursor, bool) { return g.cursor.shape(known) }

// bitmapInfo is BITMAPINFO without colours.
type bitmapInfo struct {
	size          uint32
	width, height int32 // a height below 0 begins at the top
	planes, bits  uint16
	_             [6]uint32 // 0: not compressed
}

func newBitmapInfo(w, h int) bitmapInfo {
	const header = 40
	return bitmapInfo{size: header, width: int32(w), height: int32(-h), planes: 1, bits: 8 * pixel.Bytes}
}

func (g *gdi) picture(d frame.Display) (img pixel.Image, err error) {
	g.inPixels(func() { img, err = g.take(d) })
	return img, err
}

func (g *gdi) take(d frame.Display) (pixel.Image, error) {
	screen, _, err := g.getDC.Call(0)
	if screen == 0 {
		return pixel.Image{}, fmt.Errorf("capture: screen: %w", err)
	}
	defer func() { _, _, _ = g.releaseDC.Call(0, screen) }()
	if g.section.img.W != d.W || g.section.img.H != d.H {
		g.section.close()
		if err := g.section.open(screen, d.W, d.H); err != nil {
			return pixel.Image{}, err
		}
	}
	const srcCopy = 0x00cc0020
	ok, _, err := g.bitBlt.Call(g.section.dc, 0, 0, uintptr(d.W), uintptr(d.H), screen, uintptr(d.X), uintptr(d.Y), srcCopy)
	if ok == 0 {
		return pixel.Image{}, fmt.Errorf("capture: pixels: %w", err)
	}
	return g.section.img, nil
}

func (s *section) open(screen uintptr, w, h int) error {
	dc, _, err := s.library.createDC.Call(screen)
	if dc == 0 {
		return fmt.Errorf("capture: drawing: %w", err)
	}
	info := newBitmapInfo(w, h)
	var bits *byte
	bitmap, _, err := s.library.createSection.Call(dc, uintptr(unsafe.Pointer(&info)), 0, uintptr(unsafe.Pointer(&bits)), 0, 0)
	if bitmap == 0 || bits == nil {
		_, _, _ = s.library.deleteDC.Call(dc)
		return fmt.Errorf("capture: bitmap of %dx%d: %w", w, h, err)
	}
	before, _, _ := s.library.selectObject.Call(dc, bitmap)
	s.dc, s.bitmap, s.before = dc, bitmap, before
	s.img = pixel.Image{Pix: unsafe.Slice(bits, w*h*pixel.Bytes), Stride: w * pixel.Bytes, W: w, H: h}
	return nil
}

// close gives the bitmap back, whose pixels nobody may read any more.
func (s *section) close() {
	if s.dc == 0 {
		return
	}
	_, _, _ = s.library.selectObject.Call(s.dc, s.before)
	_, _, _ = s.library.deleteObject.Call(s.bitmap)
	_, _, _ = s.library.deleteDC.Call(s.dc)
	s.dc, s.img = 0, pixel.Image{}
}

var errNoCursor = errors.New("capture: the cursor has no shape")
