package capture_test

import (
	"bytes"
	"image"
	"image/color"
	"log/slog"
	"runtime"
	"strings"
	"testing"
	"time"
	"unsafe"

	"golang.org/x/sys/windows"

	"deskhand/apps/internal/capture"
	"deskhand/apps/internal/capture/capturetest"
	"deskhand/protocol/pixel"
)

// TestWindowsConforms is by GDI under Wine, and by desktop duplication on a Windows that lets us.
func TestWindowsConforms(t *testing.T) {
	capturetest.Conform(t, func(t *testing.T) capturetest.Screen {
		p := newBoard(t)
		var log bytes.Buffer
		s, err := capture.Open(capture.Config{Logger: slog.New(slog.NewTextHandler(&log, nil))})
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { _ = s.Close() })
		if !strings.Contains(log.String(), "capture: by ") {
			t.Errorf("which way was chosen is not logged: %q", log.String())
		}
		return capturetest.Screen{Source: s, Fill: p.fill, Point: p.point, Shape: p.shape}
	})
}

// board is a window above all others that covers a corner of the first display. What it is told is done by the thread
// that owns the window.
type board struct {
	t         *testing.T
	user, gdi *windows.LazyDLL
	window    uintptr
	todo      chan func()
}

func newBoard(t *testing.T) *board {
	p := &board{t: t, user: windows.NewLazySystemDLL("user32.dll"), gdi: windows.NewLazySystemDLL("gdi32.dll"), todo: make(chan func())}
	done := make(chan struct{})
	go func() {
		defer close(done)
		runtime.LockOSThread()
		p.open()
		defer func() { _, _, _ = p.user.NewProc("DestroyWindow").Call(p.window) }()
		tick := time.NewTicker(10 * time.Millisecond) // Wine shows what was drawn when messages are asked for
		defer tick.Stop()
		for {
			select {
			case do, ok := <-p.todo:
				if !ok {
					return
				}
				do()
			case <-tick.C:
			}
			p.pump()
		}
	}()
	t.Cleanup(func() {
		close(p.todo)
		<-done
	})
	p.on(func() {})
	return p
}

func (p *board) on(do func()) {
	done := make(chan struct{})
	p.todo <- func() {
		do()
		close(done)
	}
	<-done
}

func (p *board) open() {
	class, err := windows.UTF16PtrFromString("STATIC")
	if err != nil {
		p.t.Error(err)
	}
	const topmost, popupVisible = 0x8, 0x90000000
	p.window, _, err = p.user.NewProc("CreateWindowExW").Call(topmost, uintptr(unsafe.Pointer(class)), 0, popupVisible,
		0, 0, 300, 300, 0, 0, 0, 0)
	if p.window == 0 {
		p.t.Errorf("no window: %v", err)
	}
	p.pump()
}

func (p *board) pump() {
	var message [64]byte
	for {
		if got, _, _ := p.user.NewProc("PeekMessageW").Call(uintptr(unsafe.Pointer(&message)), 0, 0, 0, 1); got == 0 {
			return
		}
		_, _, _ = p.user.NewProc("DispatchMessageW").Call(uintptr(unsafe.Pointer(&message)))
	}
}

func (p *board) fill(r image.Rectangle, c color.RGBA) {
	p.on(func() {
		dc, _, _ := p.user.NewProc("GetDC").Call(p.window)
		brush, _, _ := p.gdi.NewProc("CreateSolidBrush").Call(uintptr(c.R) | uintptr(c.G)<<8 | uintptr(c.B)<<16)
		at := [4]int32{int32(r.Min.X), int32(r.Min.Y), int32(r.Max.X), int32(r.Max.Y)}
		_, _, _ = p.user.NewProc("FillRect").Call(dc, uintptr(unsafe.Pointer(&at)), brush)
		_, _, _ = p.gdi.NewProc("DeleteObject").Call(brush)
		_, _, _ = p.user.NewProc("ReleaseDC").Call(p.window, dc)
		_, _, _ = p.gdi.NewProc("GdiFlush").Call()
	})
}

func (p *board) point(x, y int) {
	p.on(func() { _, _, _ = p.user.NewProc("SetCursorPos").Call(uintptr(x), uintptr(y)) })
}

func (p *board) shape(w, h int, hot image.Point, c color.RGBA) {
	p.on(func() {
		colours := pixel.New(w, h)
		colours.Fill(c.R, c.G, c.B)
		bitmap := p.gdi.NewProc("CreateBitmap")
		colour, _, _ := bitmap.Call(uintptr(w), uintptr(h), 1, 32, uintptr(unsafe.Pointer(&colours.Pix[0])))
		stride := (w + 15) / 16 * 2
		zero := make([]byte, stride*h)
		mask, _, _ := bitmap.Call(uintptr(w), uintptr(h), 1, 1, uintptr(unsafe.Pointer(&zero[0])))
		info := struct {
			icon         int32
			hotX, hotY   uint32
			mask, colour uintptr
		}{0, uint32(hot.X), uint32(hot.Y), mask, colour}
		cursor, _, err := p.user.NewProc("CreateIconIndirect").Call(uintptr(unsafe.Pointer(&info)))
		if cursor == 0 {
			p.t.Errorf("no cursor: %v", err)
		}
		_, _, _ = p.user.NewProc("SetCursor").Call(cursor)
	})
}
