package surface

import (
	"bytes"
	"errors"
	"image"
	"testing"
	"time"

	"github.com/jezek/xgb/xproto"

	"deskhand/apps/internal/x11"
	"deskhand/apps/internal/x11/x11test"
)

// patient is how long a test waits for what must happen.
const patient = 20 * time.Second

// stage is a display with a window of somebody else's, which notes what it is told, and a surface in it.
type stage struct {
	t       *testing.T
	c       *x11.Conn
	parent  xproto.Window
	told    chan byte
	exposed chan struct{}
	*Surface
}

func newStage(t *testing.T) *stage {
	display := x11test.Start(t, 400, 300)
	t.Setenv("DISPLAY", display)
	s := &stage{t: t, told: make(chan byte, 1000), exposed: make(chan struct{}, 100)}
	s.c = x11test.Connect(t, display, func(e []byte) { s.told <- e[0] & 0x7f })
	s.parent = s.window(20, 30, 300, 200, xproto.EventMaskEnterWindow|xproto.EventMaskLeaveWindow|
		xproto.EventMaskButtonPress|xproto.EventMaskPointerMotion|xproto.EventMaskStructureNotify)
	var err error
	s.Surface, err = Open(Config{Parent: uintptr(s.parent), Exposed: func() { s.exposed <- struct{}{} }})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(s.Close)
	return s
}

func (s *stage) window(x, y int16, w, h uint16, mask uint32) xproto.Window {
	s.t.Helper()
	id, err := xproto.NewWindowId(s.c.Conn)
	if err != nil {
		s.t.Fatal(err)
	}
	xproto.CreateWindow(s.c.Conn, 0, id, s.c.Screen.Root, x, y, w, h, 0, xproto.WindowClassInputOutput, 0,
		xproto.CwBackPixel|xproto.CwEventMask, []uint32{0x112233, mask})
	if err := xproto.MapWindowChecked(s.c.Conn, id).Check(); err != nil {
		s.t.Fatal(err)
	}
	return id
}

// draw fills a part of the buffer and presents it.
func (s *stage) draw(size, at image.Point, r image.Rectangle, color byte) {
	s.t.Helper()
	pix, stride, err := s.Buffer(size)
	if err != nil {
		s.t.Fatal(err)
	}
	for y := r.Min.Y; y < r.Max.Y; y++ {
		copy(pix[y*stride+4*r.Min.X:], bytes.Repeat([]byte{color, color, color, 255}, r.Dx()))
	}
	if err := s.Present(at, []image.Rectangle{r}); err != nil {
		s.t.Fatal(err)
	}
	if err := s.wait(); err != nil { // the server has drawn it
		s.t.Fatal(err)
	}
}

// at is the screen's pixel, as blue, green and red.
func (s *stage) pixel(x, y int) [3]byte {
	s.t.Helper()
	r, err := xproto.GetImage(s.c.Conn, xproto.ImageFormatZPixmap, xproto.Drawable(s.c.Screen.Root), int16(x), int16(y), 1, 1, ^uint32(0)).Reply()
	if err != nil {
		s.t.Fatal(err)
	}
	return [3]byte(r.Data[:3])
}

func (s *stage) see(x, y int, want byte) {
	s.t.Helper()
	if got := s.pixel(x, y); got != [3]byte{want, want, want} {
		s.t.Errorf("pixel %d,%d is %v, not %d", x, y, got, want)
	}
}

func TestPixelsAreSeenWhereTheyBelong(t *testing.T) {
	s := newStage(t)
	size, at := image.Pt(100, 80), image.Pt(10, 20)
	all := image.Rectangle{Max: size}
	s.draw(size, at, all, 90)
	s.see(20+10, 30+20, 90)
	s.see(20+10+99, 30+20+79, 90)
	if got := s.pixel(20+9, 30+20); got != [3]byte{0x33, 0x22, 0x11} {
		t.Errorf("beside it is %v", got)
	}
	s.draw(size, at, image.Rect(3, 4, 8, 9), 200)
	s.see(20+10+3, 30+20+4, 200)
	s.see(20+10+7, 30+20+8, 200)
	s.see(20+10+8, 30+20+8, 90)
	s.draw(size, image.Pt(0, 0), all, 60)
	s.see(20, 30, 60)
	s.draw(image.Pt(250, 150), image.Pt(5, 5), image.Rect(0, 0, 250, 150), 77)
	s.see(20+5+249, 30+5+149, 77)
	err := xproto.ConfigureWindowChecked(s.c.Conn, s.parent, xproto.ConfigWindowX|xproto.ConfigWindowY, []uint32{50, 60}).Check()
	if err != nil {
		t.Fatal(err)
	}
	s.see(50+5, 60+5, 77)
	if err := s.Present(image.Pt(5, 5), []image.Rectangle{image.Rect(-5, -5, 900, 1), {}}); err != nil { // cut off
		t.Error(err)
	}
}

// TestInputGoesToTheWindowBelow moves the pointer over the surface: the window below is told of it, and never that the
// pointer left.
func TestInputGoesToTheWindowBelow(t *testing.T) {
	s := newStage(t)
	s.draw(image.Pt(100, 80), image.Pt(100, 50), image.Rect(0, 0, 100, 80), 90)
	move := func(x, y int16) {
		xproto.WarpPointer(s.c.Conn, 0, s.c.Screen.Root, 0, 0, 0, 0, x, y)
	}
	move(25, 35) // in the window, beside the surface
	move(150, 100)
	move(151, 100)
	move(390, 290) // outside
	count := map[byte]int{}
	for end := time.After(patient); count[xproto.LeaveNotify] == 0; {
		select {
		case kind := <-s.told:
			count[kind]++
			if kind == xproto.LeaveNotify && count[xproto.MotionNotify] < 2 {
				t.Fatal("over the surface the window below is told that the pointer left")
			}
		case <-end:
			t.Fatal("nothing is told")
		}
	}
	if count[xproto.EnterNotify] != 1 || count[xproto.MotionNotify] < 2 {
		t.Errorf("told %v", count)
	}
}

func TestExposedOnlyWhenSomethingIsLost(t *testing.T) {
	s := newStage(t)
	s.draw(image.Pt(100, 80), image.Pt(10, 20), image.Rect(0, 0, 100, 80), 90)
	s.draw(image.Pt(120, 80), image.Pt(10, 20), image.Rect(0, 0, 120, 80), 91)
	if n := len(s.exposed); n != 0 {
		t.Fatalf("exposed %d times by showing it", n)
	}
	above := s.window(20, 30, 60, 60, 0)
	xproto.DestroyWindow(s.c.Conn, above)
	select {
	case <-s.exposed:
	case <-time.After(patient):
		t.Fatal("nothing said that pixels were lost")
	}
	if err := s.Hide(); err != nil {
		t.Fatal(err)
	}
	s.draw(image.Pt(120, 80), image.Pt(10, 20), image.Rect(0, 0, 120, 80), 92)
	s.see(20+10, 30+20, 92)
}

func TestHiddenPixelsStayUntilTheWindowIsPainted(t *testing.T) {
	s := newStage(t)
	// As GLFW's windows are.
	err := xproto.ChangeWindowAttributesChecked(s.c.Conn, s.parent, xproto.CwBackPixmap, []uint32{xproto.BackPixmapNone}).Check()
	if err != nil {
		t.Fatal(err)
	}
	s.draw(image.Pt(100, 80), image.Pt(10, 20), image.Rect(0, 0, 100, 80), 90)
	if err := s.Hide(); err != nil {
		t.Fatal(err)
	}
	if _, err := xproto.GetInputFocus(s.conn.Conn).Reply(); err != nil {
		t.Fatal(err)
	}
	s.see(20+10, 30+20, 90)
}

func TestTheWindowGoes(t *testing.T) {
	s := newStage(t)
	s.draw(image.Pt(100, 80), image.Pt(10, 20), image.Rect(0, 0, 100, 80), 90)
	xproto.DestroyWindow(s.c.Conn, s.parent)
	select {
	case <-s.gone:
	case <-time.After(patient):
		t.Fatal("it does not know that its window is gone")
	}
	if _, _, err := s.Buffer(image.Pt(100, 80)); !errors.Is(err, ErrGone) {
		t.Errorf("Buffer = %v", err)
	}
	s.Close()
	s.Close()
}

func TestRefusals(t *testing.T) {
	s := newStage(t)
	if _, err := Open(Config{}); !errors.Is(err, ErrNone) {
		t.Errorf("without a window: %v", err)
	}
	if _, err := Open(Config{Parent: uintptr(s.parent) + 1000}); err == nil {
		t.Error("made in a window that is not there")
	}
	if err := s.Surface.Present(image.Point{}, nil); err == nil {
		t.Error("presented without a buffer")
	}
	for _, size := range []image.Point{{}, {-1, 5}, {5, 0}, {MaxSide + 1, 1}} {
		if _, _, err := s.Buffer(size); err == nil {
			t.Errorf("a buffer of %v", size)
		}
	}
}

func BenchmarkPresent(b *testing.B) {
	display := x11test.Start(b, 2000, 1200)
	b.Setenv("DISPLAY", display)
	c := x11test.Connect(b, display, nil)
	s, err := Open(Config{Parent: uintptr(c.Screen.Root)})
	if err != nil {
		b.Fatal(err)
	}
	defer s.Close()
	size := image.Pt(1920, 1080)
	for name, r := range map[string]image.Rectangle{"glyph": image.Rect(400, 300, 410, 318), "full": {Max: size}} {
		b.Run(name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				if _, _, err := s.Buffer(size); err != nil {
					b.Fatal(err)
				}
				if err := s.Present(image.Point{}, []image.Rectangle{r}); err != nil {
					b.Fatal(err)
				}
				if err := s.wait(); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
