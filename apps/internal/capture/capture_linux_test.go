package capture_test

import (
	"context"
	"errors"
	"image"
	"image/color"
	"runtime"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/jezek/xgb/xproto"
	"github.com/jezek/xgb/xtest"

	"deskhand/apps/internal/capture"
	"deskhand/apps/internal/capture/capturetest"
	"deskhand/apps/internal/x11"
	"deskhand/apps/internal/x11/x11test"
	"deskhand/protocol/fault"
)

func TestX11Conforms(t *testing.T) {
	display := x11test.Start(t, 220, 160)
	for _, tt := range []struct {
		name string
		cfg  capture.Config
	}{
		{"shared memory", capture.Config{Display: display}},
		{"through the connection", capture.Config{Display: display, NoSharedMemory: true}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			capturetest.Conform(t, func(t *testing.T) screen {
				p := newPainter(t, display)
				src := openFor(t, tt.cfg)
				if capture.SharesMemory(src) {
					t.Error("memory is shared before it is needed")
				}
				return screen{Source: src, Fill: p.fill, Point: p.point, Shape: p.shape}
			})
		})
	}
}

type screen = capturetest.Screen

func until(t *testing.T, s screen, f *capture.Frame, shown func() bool) {
	t.Helper()
	capturetest.Until(t, s, f, shown)
}

func colour(f *capture.Frame, display, x, y int) color.RGBA {
	return capturetest.Colour(f, display, x, y)
}

func openFor(t testing.TB, cfg capture.Config) capture.Source {
	t.Helper()
	s, err := capture.Open(cfg)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = s.Close() })
	return s
}

// painter draws on a window that covers the screen.
type painter struct {
	t testing.TB
	c *x11.Conn
	w xproto.Window
	g xproto.Gcontext
}

func newPainter(t testing.TB, display string) *painter {
	t.Helper()
	p := &painter{t: t, c: x11test.Connect(t, display, nil)}
	p.w, _ = xproto.NewWindowId(p.c.Conn)
	p.g, _ = xproto.NewGcontextId(p.c.Conn)
	xproto.CreateWindow(p.c.Conn, 0, p.w, p.c.Screen.Root, 0, 0, 4096, 4096, 0, xproto.WindowClassInputOutput, 0,
		xproto.CwBackPixel|xproto.CwOverrideRedirect, []uint32{0, 1})
	xproto.MapWindow(p.c.Conn, p.w)
	xproto.CreateGC(p.c.Conn, p.g, xproto.Drawable(p.w), 0, nil)
	if _, err := p.c.Use("XTEST"); err != nil {
		t.Fatal(err)
	}
	p.c.Sync()
	return p
}

func (p *painter) fill(r image.Rectangle, c color.RGBA) {
	xproto.ChangeGC(p.c.Conn, p.g, xproto.GcForeground, []uint32{uint32(c.R)<<16 | uint32(c.G)<<8 | uint32(c.B)})
	xproto.PolyFillRectangle(p.c.Conn, xproto.Drawable(p.w), p.g, []xproto.Rectangle{
		{X: int16(r.Min.X), Y: int16(r.Min.Y), Width: uint16(r.Dx()), Height: uint16(r.Dy())},
	})
	p.c.Sync()
}

// shape gives the pointer a new form of one colour.
func (p *painter) shape(w, h int, hot image.Point, c color.RGBA) {
	bits, _ := xproto.NewPixmapId(p.c.Conn)
	gc, _ := xproto.NewGcontextId(p.c.Conn)
	cursor, _ := xproto.NewCursorId(p.c.Conn)
	xproto.CreatePixmap(p.c.Conn, 1, bits, xproto.Drawable(p.w), uint16(w), uint16(h))
	xproto.CreateGC(p.c.Conn, gc, xproto.Drawable(bits), xproto.GcForeground, []uint32{1})
	xproto.PolyFillRectangle(p.c.Conn, xproto.Drawable(bits), gc, []xproto.Rectangle{{Width: uint16(w), Height: uint16(h)}})
	r, g, b, _ := c.RGBA()
	xproto.CreateCursor(p.c.Conn, cursor, bits, bits, uint16(r), uint16(g), uint16(b), 0, 0, 0, uint16(hot.X), uint16(hot.Y))
	xproto.ChangeWindowAttributes(p.c.Conn, p.w, xproto.CwCursor, []uint32{uint32(cursor)})
	p.c.Sync()
}

func (p *painter) point(x, y int) {
	xtest.FakeInput(p.c.Conn, xproto.MotionNotify, 0, 0, p.c.Screen.Root, int16(x), int16(y), 0)
	p.c.Sync()
}

// TestIdleWakesNobody counts what the server tells while nothing changes: not a single event, so nothing can run.
func TestIdleWakesNobody(t *testing.T) {
	display := x11test.Start(t, 220, 160)
	p := newPainter(t, display)
	s := openFor(t, capture.Config{Display: display})
	var f capture.Frame
	sc := screen{Source: s, Fill: p.fill, Point: p.point, Shape: p.shape}
	capturetest.Next(t, sc, &f)
	capturetest.Settle(t, sc, &f)
	p.c.Sync()
	if pending := capture.Pending(s); pending != 0 {
		t.Fatalf("events %b without a change", pending)
	}
	done := capturetest.GoNext(t.Context(), s)
	for range 100 {
		p.c.Sync() // the server works, the screen rests
	}
	select {
	case err := <-done:
		t.Fatalf("Next returned without a change: %v", err)
	default:
	}
	p.fill(image.Rect(5, 5, 6, 6), capturetest.Red)
	if err := <-done; err != nil {
		t.Fatal(err)
	}
}

// TestPointerUnderGrab moves the pointer while a program holds it, as menus and window managers do.
func TestPointerUnderGrab(t *testing.T) {
	display := x11test.Start(t, 220, 160)
	p := newPainter(t, display)
	sc := screen{Source: openFor(t, capture.Config{Display: display}), Fill: p.fill, Point: p.point}
	var f capture.Frame
	capturetest.Next(t, sc, &f)
	capturetest.Settle(t, sc, &f)
	r, err := xproto.GrabPointer(p.c.Conn, false, p.w, 0, xproto.GrabModeAsync, xproto.GrabModeAsync, 0, 0, 0).Reply()
	if err != nil || r.Status != xproto.GrabStatusSuccess {
		t.Fatalf("grab: %v, %v", r, err)
	}
	p.point(77, 66)
	until(t, sc, &f, func() bool { return f.Pointer.X == 77 && f.Pointer.Y == 66 })
}

// TestImagesOutliveClose reads a frame whose source was closed by somebody else and is forgotten.
func TestImagesOutliveClose(t *testing.T) {
	display := x11test.Start(t, 220, 160)
	p := newPainter(t, display)
	s, err := capture.Open(capture.Config{Display: display})
	if err != nil {
		t.Fatal(err)
	}
	var f capture.Frame
	p.fill(image.Rect(0, 0, 220, 160), capturetest.Red)
	if err := s.Next(t.Context(), &f); err != nil {
		t.Fatal(err)
	}
	if s.Close() != nil {
		t.Error("closing failed")
	}
	s = nil
	runtime.GC()
	runtime.GC()
	capturetest.Expect(t, &f, image.Pt(219, 159), capturetest.Red)
}

// TestBurst draws much more often than frames may come.
func TestBurst(t *testing.T) {
	display := x11test.Start(t, 640, 480)
	p := newPainter(t, display)
	sc := screen{Source: openFor(t, capture.Config{Display: display, Interval: 20 * time.Millisecond}), Fill: p.fill}
	var f capture.Frame
	capturetest.Next(t, sc, &f)
	began, frames := time.Now(), 0
	const steps = 400
	for i := range steps {
		p.fill(image.Rect(i, i, i+40, i+40), color.RGBA{R: byte(i), G: byte(i >> 8), B: 9, A: 255})
	}
	last := color.RGBA{R: byte((steps - 1) & 0xff), G: byte((steps - 1) >> 8), B: 9, A: 255}
	until(t, sc, &f, func() bool { frames++; return colour(&f, 0, steps, steps) == last })
	if limit := int(time.Since(began)/(20*time.Millisecond)) + 2; frames > limit {
		t.Errorf("%d frames, at most %d may come", frames, limit)
	}
}

func TestUnavailable(t *testing.T) {
	for _, tt := range []struct {
		name, display string
	}{
		{"nobody there", ":64999"},
		{"no such name", "nonsense"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			if _, err := capture.Open(capture.Config{Display: tt.display}); !fault.Is(err, fault.ScreenUnavailable) {
				t.Errorf("Open = %v", err)
			}
		})
	}
	t.Run("Wayland without X", func(t *testing.T) {
		t.Setenv("DISPLAY", "")
		t.Setenv("WAYLAND_DISPLAY", "wayland-0")
		_, err := capture.Open(capture.Config{})
		if !fault.Is(err, fault.ScreenUnavailable) || !strings.Contains(err.Error(), "Wayland") {
			t.Errorf("Open = %v", err)
		}
	})
	t.Run("few colours", func(t *testing.T) {
		display := x11test.Start(t, 100, 100, "-screen", "0", "100x100x8")
		if _, err := capture.Open(capture.Config{Display: display}); !fault.Is(err, fault.ScreenUnavailable) {
			t.Errorf("Open = %v", err)
		}
	})
	t.Run("server dies", func(t *testing.T) {
		server, display := x11test.StartServer(t, 100, 100)
		s := openFor(t, capture.Config{Display: display})
		var f capture.Frame
		if err := s.Next(t.Context(), &f); err != nil {
			t.Fatal(err)
		}
		_ = server.Process.Kill()
		var err error
		for err == nil {
			err = s.Next(t.Context(), &f)
		}
		if !fault.Is(err, fault.ScreenUnavailable) || errors.Is(err, context.Canceled) {
			t.Errorf("Next = %v", err)
		}
	})
}

// BenchmarkNext is the time from asking for a frame to having it, once the change is there; drawing is not counted.
func BenchmarkNext(b *testing.B) {
	for _, tt := range []struct {
		name   string
		noShm  bool
		pixels image.Rectangle
	}{
		{"glyph shared", false, image.Rect(100, 100, 110, 120)},
		{"800x600 shared", false, image.Rect(100, 100, 900, 700)},
		{"1080p shared", false, image.Rect(0, 0, 1920, 1080)},
		{"glyph connection", true, image.Rect(100, 100, 110, 120)},
		{"1080p connection", true, image.Rect(0, 0, 1920, 1080)},
	} {
		b.Run(tt.name, func(b *testing.B) {
			display := x11test.Start(b, 1920, 1080)
			p := newPainter(b, display)
			s := openFor(b, capture.Config{Display: display, NoSharedMemory: tt.noShm, Interval: -1})
			var f capture.Frame
			if err := s.Next(b.Context(), &f); err != nil {
				b.Fatal(err)
			}
			c := capturetest.Red
			var took []time.Duration
			for b.Loop() {
				c.R++
				p.fill(tt.pixels, c)
				begin := time.Now()
				if err := s.Next(b.Context(), &f); err != nil {
					b.Fatal(err)
				}
				took = append(took, time.Since(begin))
			}
			slices.Sort(took)
			b.ReportMetric(float64(took[len(took)/2].Nanoseconds())/1000, "µs/frame")
		})
	}
}
