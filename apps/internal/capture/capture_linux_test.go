package capture

import (
	"context"
	"errors"
	"fmt"
	"image"
	"image/color"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/jezek/xgb/randr"
	"github.com/jezek/xgb/xproto"
	"github.com/jezek/xgb/xtest"

	"deskhand/apps/internal/x11"
	"deskhand/apps/internal/x11/x11test"
	"deskhand/protocol/fault"
	"deskhand/protocol/frame"
)

func TestX11Conforms(t *testing.T) {
	display := x11test.Start(t, 220, 160)
	for _, tt := range []struct {
		name string
		cfg  Config
	}{
		{"shared memory", Config{Display: display}},
		{"through the connection", Config{Display: display, NoSharedMemory: true}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			conform(t, func(t *testing.T) screen {
				p := newPainter(t, display)
				src := openFor(t, tt.cfg)
				if shared := src.(*source).shared; shared != nil {
					t.Error("memory is shared before it is needed")
				}
				return screen{source: src, fill: p.fill, point: p.point}
			})
		})
	}
}

func openFor(t testing.TB, cfg Config) Source {
	t.Helper()
	s, err := Open(cfg)
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

func (p *painter) point(x, y int) {
	xtest.FakeInput(p.c.Conn, xproto.MotionNotify, 0, 0, p.c.Screen.Root, int16(x), int16(y), 0)
	p.c.Sync()
}

// TestIdleWakesNobody counts what the server tells while nothing changes: not a single event, so nothing can run.
func TestIdleWakesNobody(t *testing.T) {
	display := x11test.Start(t, 220, 160)
	p := newPainter(t, display)
	s := openFor(t, Config{Display: display})
	var f Frame
	sc := screen{source: s, fill: p.fill, point: p.point}
	next(t, sc, &f)
	settle(t, sc, &f)
	p.c.Sync()
	if pending := s.(*source).events.take(); pending != 0 {
		t.Fatalf("events %b without a change", pending)
	}
	done := goNext(t.Context(), s)
	for range 100 {
		p.c.Sync() // the server works, the screen rests
	}
	select {
	case err := <-done:
		t.Fatalf("Next returned without a change: %v", err)
	default:
	}
	p.fill(image.Rect(5, 5, 6, 6), red)
	if err := <-done; err != nil {
		t.Fatal(err)
	}
}

// TestBurst draws much more often than frames may come.
func TestBurst(t *testing.T) {
	display := x11test.Start(t, 640, 480)
	p := newPainter(t, display)
	sc := screen{source: openFor(t, Config{Display: display, Interval: 20 * time.Millisecond}), fill: p.fill}
	var f Frame
	next(t, sc, &f)
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

func TestResize(t *testing.T) {
	display := x11test.Start(t, 800, 600)
	p := newPainter(t, display)
	sc := screen{source: openFor(t, Config{Display: display}), fill: p.fill}
	var f Frame
	next(t, sc, &f)
	if _, err := p.c.UseDisplays(); err != nil {
		t.Fatal(err)
	}
	resize(t, p.c, 640, 480)
	until(t, sc, &f, func() bool { return f.Relayout && f.Displays[0].W == 640 && f.Displays[0].H == 480 })
	if f.Images[0].Bounds() != image.Rect(0, 0, 640, 480) {
		t.Errorf("image of %v", f.Images[0].Bounds())
	}
	p.fill(image.Rect(600, 400, 640, 480), green)
	until(t, sc, &f, func() bool { return colour(&f, 0, 639, 479) == green })
	resize(t, p.c, 790, 590)
	until(t, sc, &f, func() bool { return f.Relayout && f.Displays[0].W == 790 })
	p.fill(image.Rect(780, 580, 790, 590), blue)
	until(t, sc, &f, func() bool { return colour(&f, 0, 789, 589) == blue })
}

// resize gives the only output a new mode.
func resize(t *testing.T, c *x11.Conn, w, h uint16) {
	t.Helper()
	r, err := randr.GetScreenResources(c.Conn, c.Screen.Root).Reply()
	if err != nil {
		t.Fatal(err)
	}
	name := fmt.Sprintf("test %dx%d", w, h)
	made, err := randr.CreateMode(c.Conn, c.Screen.Root, randr.ModeInfo{
		Width: w, Height: h, DotClock: 60 * uint32(w) * uint32(h), Htotal: w, Vtotal: h, NameLen: uint16(len(name)),
	}, name).Reply()
	if err != nil {
		t.Fatal(err)
	}
	if err := randr.AddOutputModeChecked(c.Conn, r.Outputs[0], made.Mode).Check(); err != nil {
		t.Fatal(err)
	}
	set := func(mode randr.Mode, outputs []randr.Output) {
		_, err := randr.SetCrtcConfig(c.Conn, r.Crtcs[0], 0, r.ConfigTimestamp, 0, 0, mode, randr.RotationRotate0, outputs).Reply()
		if err != nil {
			t.Fatal(err)
		}
	}
	set(0, nil)
	if err := randr.SetScreenSizeChecked(c.Conn, c.Screen.Root, w, h, 200, 150).Check(); err != nil {
		t.Fatal(err)
	}
	set(made.Mode, r.Outputs[:1])
}

func TestUnavailable(t *testing.T) {
	for _, tt := range []struct {
		name, display string
	}{
		{"nobody there", ":64999"},
		{"no such name", "nonsense"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			if _, err := Open(Config{Display: tt.display}); !fault.Is(err, fault.ScreenUnavailable) {
				t.Errorf("Open = %v", err)
			}
		})
	}
	t.Run("Wayland without X", func(t *testing.T) {
		t.Setenv("DISPLAY", "")
		t.Setenv("WAYLAND_DISPLAY", "wayland-0")
		if _, err := Open(Config{}); !fault.Is(err, fault.ScreenUnavailable) || !strings.Contains(err.Error(), "Wayland") {
			t.Errorf("Open = %v", err)
		}
	})
	t.Run("few colours", func(t *testing.T) {
		display := x11test.Start(t, 100, 100, "-screen", "0", "100x100x8")
		if _, err := Open(Config{Display: display}); !fault.Is(err, fault.ScreenUnavailable) {
			t.Errorf("Open = %v", err)
		}
	})
	t.Run("server dies", func(t *testing.T) {
		server, display := x11test.StartServer(t, 100, 100)
		s := openFor(t, Config{Display: display})
		var f Frame
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

func BenchmarkFullScreen(b *testing.B) {
	for _, tt := range []struct {
		name   string
		noShm  bool
		pixels image.Rectangle
	}{
		{"1080p shared", false, image.Rect(0, 0, 1920, 1080)},
		{"1080p connection", true, image.Rect(0, 0, 1920, 1080)},
		{"glyph shared", false, image.Rect(100, 100, 110, 120)},
	} {
		b.Run(tt.name, func(b *testing.B) {
			display := x11test.Start(b, 1920, 1080)
			p := newPainter(b, display)
			s := openFor(b, Config{Display: display, NoSharedMemory: tt.noShm, Interval: time.Nanosecond})
			var f Frame
			if err := s.Next(b.Context(), &f); err != nil {
				b.Fatal(err)
			}
			c := red
			for b.Loop() {
				c.R++
				p.fill(tt.pixels, c)
				if err := s.Next(b.Context(), &f); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

func TestTwoDisplays(t *testing.T) {
	display := x11test.Start(t, 300, 200)
	p := newPainter(t, display)
	if _, err := p.c.UseDisplays(); err != nil {
		t.Fatal(err)
	}
	for i, m := range []randr.MonitorInfo{{Width: 100, Height: 150, X: 0, Y: 50}, {Width: 200, Height: 200, X: 100, Primary: true}} {
		atom, err := p.c.Atom(fmt.Sprintf("half-%d", i))
		if err != nil {
			t.Fatal(err)
		}
		m.Name, m.WidthInMillimeters, m.HeightInMillimeters = atom, 10, 10
		if err := randr.SetMonitorChecked(p.c.Conn, p.c.Screen.Root, m).Check(); err != nil {
			t.Fatal(err)
		}
	}
	sc := screen{source: openFor(t, Config{Display: display}), fill: p.fill, point: p.point}
	var f Frame
	next(t, sc, &f)
	var found []frame.Display
	for _, d := range f.Displays {
		if strings.HasPrefix(d.Name, "half-") {
			found = append(found, d)
		}
	}
	want := []frame.Display{
		{ID: 0, X: 100, W: 200, H: 200, Primary: true, Name: "half-1"},
		{ID: found[len(found)-1].ID, Y: 50, W: 100, H: 150, Name: "half-0"},
	}
	if !slices.Equal(found, want) {
		t.Fatalf("displays %+v, want %+v", f.Displays, want)
	}
	p.fill(image.Rect(90, 60, 110, 70), red) // across the seam
	left := found[1].ID
	until(t, sc, &f, func() bool { return colour(&f, 0, 0, 60) == red })
	if got := colour(&f, left, 99, 19); got != red {
		t.Errorf("left of the seam: %v", got)
	}
	if u := union(f.Dirty[0]); u != image.Rect(0, 60, 10, 70) {
		t.Errorf("dirty on the right: %v", u)
	}
	if u := union(f.Dirty[left]); u != image.Rect(90, 10, 100, 20) {
		t.Errorf("dirty on the left: %v", u)
	}
	p.point(120, 7)
	until(t, sc, &f, func() bool { return f.Pointer == Pointer{Display: 0, X: 20, Y: 7, Visible: true} })
}
