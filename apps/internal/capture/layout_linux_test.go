package capture_test

import (
	"fmt"
	"image"
	"image/color"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/jezek/xgb/randr"
	"github.com/jezek/xgb/xproto"

	"deskhand/apps/internal/capture"
	"deskhand/apps/internal/capture/capturetest"
	"deskhand/apps/internal/x11"
	"deskhand/apps/internal/x11/x11test"
	"deskhand/protocol/frame"
	"deskhand/protocol/pixel"
)

func TestResize(t *testing.T) {
	display := x11test.Start(t, 800, 600)
	p := newPainter(t, display)
	sc := screen{Source: openFor(t, capture.Config{Display: display}), Fill: p.fill}
	var f capture.Frame
	capturetest.Next(t, sc, &f)
	if _, err := p.c.UseDisplays(); err != nil {
		t.Fatal(err)
	}
	resize(t, p.c, 640, 480)
	until(t, sc, &f, func() bool { return f.Relayout && f.Displays[0].W == 640 && f.Displays[0].H == 480 })
	if f.Images[0].Bounds() != image.Rect(0, 0, 640, 480) {
		t.Errorf("image of %v", f.Images[0].Bounds())
	}
	p.fill(image.Rect(600, 400, 640, 480), capturetest.Green)
	until(t, sc, &f, func() bool { return colour(&f, 0, 639, 479) == capturetest.Green })
	resize(t, p.c, 790, 590)
	until(t, sc, &f, func() bool { return f.Relayout && f.Displays[0].W == 790 })
	p.fill(image.Rect(780, 580, 790, 590), capturetest.Blue)
	until(t, sc, &f, func() bool { return colour(&f, 0, 789, 589) == capturetest.Blue })
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

func TestTwoDisplays(t *testing.T) {
	display := x11test.Start(t, 300, 200)
	p := newPainter(t, display)
	if _, err := p.c.UseDisplays(); err != nil {
		t.Fatal(err)
	}
	addMonitor(t, p.c, "half-0", image.Rect(0, 50, 100, 200), false)
	addMonitor(t, p.c, "half-1", image.Rect(100, 0, 300, 200), true)
	sc := screen{Source: openFor(t, capture.Config{Display: display}), Fill: p.fill, Point: p.point}
	var f capture.Frame
	capturetest.Next(t, sc, &f)
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
	p.fill(image.Rect(90, 60, 110, 70), capturetest.Red) // across the seam
	left := found[1].ID
	until(t, sc, &f, func() bool { return colour(&f, 0, 0, 60) == capturetest.Red })
	if got := colour(&f, left, 99, 19); got != capturetest.Red {
		t.Errorf("left of the seam: %v", got)
	}
	if u := capturetest.Union(f.Dirty[0]); u != image.Rect(0, 60, 10, 70) {
		t.Errorf("dirty on the right: %v", u)
	}
	if u := capturetest.Union(f.Dirty[left]); u != image.Rect(90, 10, 100, 20) {
		t.Errorf("dirty on the left: %v", u)
	}
	p.point(120, 7)
	until(t, sc, &f, func() bool { return f.Pointer == capture.Pointer{Display: 0, X: 20, Y: 7, Visible: true} })
}

// addMonitor makes a part of the screen a monitor. The output's own one stays as it is.
func addMonitor(t *testing.T, c *x11.Conn, name string, at image.Rectangle, primary bool) {
	t.Helper()
	atom, err := c.Atom(name)
	if err != nil {
		t.Fatal(err)
	}
	m := randr.MonitorInfo{
		Name: atom, Primary: primary, X: int16(at.Min.X), Y: int16(at.Min.Y), Width: uint16(at.Dx()), Height: uint16(at.Dy()),
		WidthInMillimeters: 10, HeightInMillimeters: 10,
	}
	if err := randr.SetMonitorChecked(c.Conn, c.Screen.Root, m).Check(); err != nil {
		t.Fatal(err)
	}
}

// named gives the place of a display in the frame, or -1.
func named(f *capture.Frame, name string) int {
	return slices.IndexFunc(f.Displays, func(d frame.Display) bool { return d.Name == name })
}

// TestMonitorsComeAndGo plugs monitors in and out while sharing: beside each other, one over another, and partly beyond
// the screen, where there are no pixels.
func TestMonitorsComeAndGo(t *testing.T) {
	for _, tt := range []struct {
		name string
		at   image.Rectangle
		want image.Rectangle // empty: no display
	}{
		{"part", image.Rect(300, 100, 401, 233), image.Rect(300, 100, 401, 233)},
		{"one pixel", image.Rect(0, 0, 1, 1), image.Rect(0, 0, 1, 1)},
		{"over all", image.Rect(0, 0, 641, 479), image.Rect(0, 0, 641, 479)},
		{"begins before the screen", image.Rect(-50, -20, 100, 100), image.Rect(0, 0, 100, 100)},
		{"ends behind it", image.Rect(600, 400, 900, 900), image.Rect(600, 400, 641, 479)},
		{"elsewhere", image.Rect(2000, 0, 2100, 100), image.Rectangle{}},
	} {
		for _, noShm := range []bool{false, true} {
			t.Run(fmt.Sprintf("%s, without shared memory %v", tt.name, noShm), func(t *testing.T) {
				display := x11test.Start(t, 641, 479)
				p := newPainter(t, display)
				sc := screen{Source: openFor(t, capture.Config{Display: display, NoSharedMemory: noShm}), Fill: p.fill}
				var f capture.Frame
				capturetest.Next(t, sc, &f)
				if _, err := p.c.UseDisplays(); err != nil {
					t.Fatal(err)
				}
				addMonitor(t, p.c, "another", tt.at, false)
				if !tt.want.Empty() {
					until(t, sc, &f, func() bool { return named(&f, "another") >= 0 })
					d := f.Displays[named(&f, "another")]
					if at := image.Rect(d.X, d.Y, d.X+d.W, d.Y+d.H); at != tt.want {
						t.Fatalf("display at %v, want %v", at, tt.want)
					}
					p.fill(image.Rect(0, 0, 641, 479), capturetest.Green)
					until(t, sc, &f, func() bool {
						i := named(&f, "another")
						first := f.Displays[0]
						return colour(&f, i, d.W-1, d.H-1) == capturetest.Green &&
							colour(&f, 0, first.W-1, first.H-1) == capturetest.Green
					})
				}
				atom, err := p.c.Atom("another")
				if err != nil {
					t.Fatal(err)
				}
				if err := randr.DeleteMonitorChecked(p.c.Conn, p.c.Screen.Root, atom).Check(); err != nil {
					t.Fatal(err)
				}
				p.fill(image.Rect(0, 0, 641, 479), capturetest.Red)
				until(t, sc, &f, func() bool { return named(&f, "another") < 0 && colour(&f, 0, 640, 478) == capturetest.Red })
			})
		}
	}
}

// TestOddSizes changes random rectangles of screens of odd sizes and compares every pixel.
func TestOddSizes(t *testing.T) {
	rnd := rand.New(rand.NewPCG(8, 8))
	for _, size := range []image.Point{{1, 1}, {1, 377}, {333, 1}, {1023, 767}} {
		for _, noShm := range []bool{false, true} {
			t.Run(fmt.Sprintf("%v, without shared memory %v", size, noShm), func(t *testing.T) {
				display := x11test.Start(t, size.X, size.Y)
				p := newPainter(t, display)
				sc := screen{Source: openFor(t, capture.Config{Display: display, NoSharedMemory: noShm, Interval: -1}), Fill: p.fill}
				want := pixel.New(size.X, size.Y)
				shown := pixel.New(size.X, size.Y) // the frames' dirty parts put together
				var f capture.Frame
				fill := func(r image.Rectangle, c color.RGBA) {
					p.fill(r, c)
					want.Sub(r).Fill(c.R, c.G, c.B)
				}
				fill(want.Bounds(), capturetest.Blue)
				for range 40 {
					for range 1 + rnd.IntN(30) {
						at := image.Pt(rnd.IntN(size.X), rnd.IntN(size.Y))
						r := image.Rectangle{at, at.Add(image.Pt(1+rnd.IntN(size.X), 1+rnd.IntN(80)))}.Intersect(want.Bounds())
						fill(r, color.RGBA{byte(rnd.Uint32()), byte(rnd.Uint32()), byte(rnd.Uint32()), 255})
					}
					until(t, sc, &f, func() bool {
						for _, r := range f.Dirty[0] {
							pixel.Copy(shown, r.Min.X, r.Min.Y, f.Images[0].Sub(r))
						}
						return pixel.Equal(shown, want)
					})
				}
			})
		}
	}
}

// TestHugeScreen is as large as screens are sold today.
func TestHugeScreen(t *testing.T) {
	display := x11test.Start(t, 7680, 4320)
	p := newPainter(t, display)
	xproto.ConfigureWindow(p.c.Conn, p.w, xproto.ConfigWindowWidth|xproto.ConfigWindowHeight, []uint32{7680, 4320})
	for _, noShm := range []bool{false, true} {
		sc := screen{Source: openFor(t, capture.Config{Display: display, NoSharedMemory: noShm}), Fill: p.fill}
		var f capture.Frame
		capturetest.Next(t, sc, &f)
		p.fill(image.Rect(0, 0, 7680, 4320), capturetest.Green)
		p.fill(image.Rect(7600, 4300, 7680, 4320), capturetest.Red)
		until(t, sc, &f, func() bool {
			return colour(&f, 0, 7679, 4319) == capturetest.Red && colour(&f, 0, 7599, 4319) == capturetest.Green
		})
	}
}

// TestRotation turns the screen by a quarter.
func TestRotation(t *testing.T) {
	display := x11test.Start(t, 800, 800)
	p := newPainter(t, display)
	sc := screen{Source: openFor(t, capture.Config{Display: display}), Fill: p.fill}
	var f capture.Frame
	capturetest.Next(t, sc, &f)
	if _, err := p.c.UseDisplays(); err != nil {
		t.Fatal(err)
	}
	resize(t, p.c, 800, 600)
	until(t, sc, &f, func() bool { return f.Relayout && f.Displays[0].W == 800 && f.Displays[0].H == 600 })
	resize(t, p.c, 600, 800)
	until(t, sc, &f, func() bool { return f.Relayout && f.Displays[0].W == 600 && f.Displays[0].H == 800 })
	p.fill(image.Rect(0, 700, 600, 800), capturetest.Blue)
	until(t, sc, &f, func() bool { return colour(&f, 0, 599, 799) == capturetest.Blue })
}
