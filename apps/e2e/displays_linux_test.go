package e2e

import (
	"fmt"
	"image"
	"slices"
	"testing"

	"github.com/jezek/xgb/randr"
	"github.com/jezek/xgb/xproto"

	"deskhand/apps/internal/capture"
	"deskhand/apps/internal/session"
	"deskhand/apps/internal/x11"
	"deskhand/apps/internal/x11/x11test"
	"deskhand/protocol/frame"
	"deskhand/protocol/pixel"
)

// server is an X server with one output, painted on by the test.
type server struct {
	t  *testing.T
	c  *x11.Conn
	gc xproto.Gcontext
	w  xproto.Window
}

func newServer(t *testing.T, w, h int) (s *server, display string) {
	display = x11test.Start(t, w, h)
	s = &server{t: t, c: x11test.Connect(t, display, nil)}
	s.must(s.c.UseDisplays())
	s.w, _ = xproto.NewWindowId(s.c.Conn)
	s.gc, _ = xproto.NewGcontextId(s.c.Conn)
	xproto.CreateWindow(s.c.Conn, 0, s.w, s.c.Screen.Root, 0, 0, 4096, 4096, 0, xproto.WindowClassInputOutput, 0,
		xproto.CwBackPixel|xproto.CwOverrideRedirect, []uint32{0x204060, 1})
	xproto.MapWindow(s.c.Conn, s.w)
	xproto.CreateGC(s.c.Conn, s.gc, xproto.Drawable(s.w), 0, nil)
	return s, display
}

func (s *server) must(_ any, err error) {
	s.t.Helper()
	if err != nil {
		s.t.Fatal(err)
	}
}

// paint draws bars and lines of many colours all over the screen; another seed gives other ones.
func (s *server) paint(seed int) {
	for i := range 60 {
		xproto.ChangeGC(s.c.Conn, s.gc, xproto.GcForeground, []uint32{uint32((i + 1) * (seed + 3) * 0x15731 & 0xffffff)})
		xproto.PolyFillRectangle(s.c.Conn, xproto.Drawable(s.w), s.gc, []xproto.Rectangle{
			{X: int16(i * 37 % 1100), Y: int16((i*53 + seed) % 900), Width: uint16(5 + i), Height: 23},
		})
	}
	s.must(xproto.GetInputFocus(s.c.Conn).Reply())
}

// shows reports whether a picture is exactly what the screen shows where a display is.
func (s *server) shows(d frame.Display, got pixel.Image) bool {
	r, err := xproto.GetImage(s.c.Conn, xproto.ImageFormatZPixmap, xproto.Drawable(s.c.Screen.Root), int16(d.X), int16(d.Y),
		uint16(d.W), uint16(d.H), ^uint32(0)).Reply()
	if err != nil {
		return false // the screen is smaller by now
	}
	return pixel.Equal(got, pixel.Image{Pix: r.Data, Stride: d.W * pixel.Bytes, W: d.W, H: d.H})
}

// size gives the output another mode.
func (s *server) size(w, h uint16) {
	s.t.Helper()
	root := s.c.Screen.Root
	r, err := randr.GetScreenResources(s.c.Conn, root).Reply()
	s.must(r, err)
	name := fmt.Sprintf("mode %dx%d", w, h)
	made, err := randr.CreateMode(s.c.Conn, root, randr.ModeInfo{
		Width: w, Height: h, DotClock: 60 * uint32(w) * uint32(h), Htotal: w, Vtotal: h, NameLen: uint16(len(name)),
	}, name).Reply()
	s.must(made, err)
	s.must(nil, randr.AddOutputModeChecked(s.c.Conn, r.Outputs[0], made.Mode).Check())
	s.must(randr.SetCrtcConfig(s.c.Conn, r.Crtcs[0], 0, r.ConfigTimestamp, 0, 0, 0, randr.RotationRotate0, nil).Reply())
	s.must(nil, randr.SetScreenSizeChecked(s.c.Conn, root, w, h, 200, 150).Check())
	s.must(randr.SetCrtcConfig(s.c.Conn, r.Crtcs[0], 0, r.ConfigTimestamp, 0, 0, made.Mode, randr.RotationRotate0, r.Outputs[:1]).Reply())
}

// plug makes a part of the screen a display, and unplug takes it away.
func (s *server) plug(name string, at image.Rectangle) {
	s.t.Helper()
	atom, err := s.c.Atom(name)
	s.must(atom, err)
	s.must(nil, randr.SetMonitorChecked(s.c.Conn, s.c.Screen.Root, randr.MonitorInfo{
		Name: atom, X: int16(at.Min.X), Y: int16(at.Min.Y), Width: uint16(at.Dx()), Height: uint16(at.Dy()),
		WidthInMillimeters: 10, HeightInMillimeters: 10,
	}).Check())
}

func (s *server) unplug(name string) {
	s.t.Helper()
	atom, err := s.c.Atom(name)
	s.must(atom, err)
	s.must(nil, randr.DeleteMonitorChecked(s.c.Conn, s.c.Screen.Root, atom).Check())
}

// TestDisplaysChange shares a real X server's screen by way of a real relay, and changes its size, its shape and its
// displays meanwhile. The rep sees each arrangement exactly.
func TestDisplaysChange(t *testing.T) {
	screen, display := newServer(t, 1024, 1024)
	w := newWorld(t, ways()[0])
	c, r := w.help(visitors{screen: func() (capture.Source, error) {
		return capture.Open(capture.Config{Display: display})
	}}, session.Consent{See: true})
	for i, change := range []struct {
		name string
		do   func()
		want []image.Rectangle // where displays are, besides others
	}{
		{"as it began", func() {}, []image.Rectangle{image.Rect(0, 0, 1024, 1024)}},
		{"smaller", func() { screen.size(800, 600) }, []image.Rectangle{image.Rect(0, 0, 800, 600)}},
		{"odd", func() { screen.size(801, 599) }, []image.Rectangle{image.Rect(0, 0, 801, 599)}},
		{"portrait", func() { screen.size(600, 960) }, []image.Rectangle{image.Rect(0, 0, 600, 960)}},
		{
			"a second display", func() { screen.plug("second", image.Rect(100, 50, 333, 700)) },
			[]image.Rectangle{image.Rect(0, 0, 600, 960), image.Rect(100, 50, 333, 700)},
		},
		{
			"a third one", func() { screen.plug("third", image.Rect(400, 0, 600, 63)) },
			[]image.Rectangle{image.Rect(100, 50, 333, 700), image.Rect(400, 0, 600, 63)},
		},
		{"one less", func() { screen.unplug("second") }, []image.Rectangle{image.Rect(0, 0, 600, 960), image.Rect(400, 0, 600, 63)}},
		{"one is left", func() { screen.unplug("third") }, []image.Rectangle{image.Rect(0, 0, 600, 960)}},
		{"larger than at first", func() { screen.size(1023, 1001) }, []image.Rectangle{image.Rect(0, 0, 1023, 1001)}},
	} {
		screen.paint(2 * i)
		change.do()
		screen.paint(2*i + 1)
		w.await(change.name+", exact at the rep", func() bool { return screen.seenBy(r, change.want) })
	}
	if a, b := c.Snapshot(), r.Snapshot(); a.Phase != session.Active || b.Phase != session.Active || !b.Sharing {
		t.Errorf("at the end the customer is %v, the rep %v, sharing %v", a.Phase, b.Phase, b.Sharing)
	}
}

// seenBy reports whether a rep sees displays at these places, and all displays exactly.
func (s *server) seenBy(r *rep, want []image.Rectangle) bool {
	displays := r.watch.Picture().Layout().Displays
	for _, at := range want {
		if !slices.ContainsFunc(displays, func(d frame.Display) bool { return image.Rect(d.X, d.Y, d.X+d.W, d.Y+d.H) == at }) {
			return false
		}
	}
	for _, d := range displays {
		exact := false
		r.watch.Picture().Peek(d.ID, func(got pixel.Image) { exact = got.W == d.W && got.H == d.H && s.shows(d, got) })
		if !exact {
			return false
		}
	}
	return len(displays) > 0
}
