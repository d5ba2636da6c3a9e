package paint

import (
	"fmt"
	"image"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/jezek/xgb/xproto"

	"deskhand/apps/internal/x11"
	"deskhand/apps/internal/x11/x11test"
	"deskhand/ui/viewer"
)

// run runs a program on the display to its end.
func (th *theatre) run(name string, args ...string) string {
	th.t.Helper()
	out, err := x11test.Command(th.display, name, args...).CombinedOutput()
	if err != nil {
		th.t.Fatalf("%s %v: %v\n%s", name, args, err, out)
	}
	return strings.TrimSpace(string(out))
}

// watcher looks at the screen.
type watcher struct {
	*theatre
	conn *x11.Conn
	at   image.Point // of the window's content
	id   string
}

func (th *theatre) watch() *watcher {
	th.t.Helper()
	w := &watcher{theatre: th, conn: x11test.Connect(th.t, th.display, nil)}
	for end := time.Now().Add(patience); w.id == ""; { // a search fails when another window goes while it looks
		out, err := x11test.Command(th.display, "xdotool", "search", "--sync", "--onlyvisible", "--name", windowTitle).Output()
		if found := strings.Fields(string(out)); err == nil && len(found) > 0 {
			w.id = found[0]
		} else if time.Now().After(end) {
			th.t.Fatalf("there is no window: %v", err)
		}
	}
	w.find()
	return w
}

func (w *watcher) find() {
	w.t.Helper()
	r, err := xproto.TranslateCoordinates(w.conn.Conn, w.window(), w.conn.Screen.Root, 0, 0).Reply()
	if err != nil {
		w.t.Fatal(err)
	}
	w.at = image.Pt(int(r.DstX), int(r.DstY))
}

// pixel is what the screen shows at a pixel of the window: red, green, blue.
func (w *watcher) pixel(x, y int) [3]byte {
	w.t.Helper()
	c, err := w.look(x, y)
	if err != nil {
		w.t.Fatal(err)
	}
	return c
}

// look is pixel for a window that may just be on its way somewhere.
func (w *watcher) look(x, y int) ([3]byte, error) {
	r, err := xproto.GetImage(w.conn.Conn, xproto.ImageFormatZPixmap, xproto.Drawable(w.conn.Screen.Root),
		int16(w.at.X+x), int16(w.at.Y+y), 1, 1, ^uint32(0)).Reply()
	if err != nil {
		return [3]byte{}, err
	}
	return [3]byte{r.Data[2], r.Data[1], r.Data[0]}, nil
}

// keep keeps a picture of the screen for a person to look at, in the folder that the environment names.
func (w *watcher) keep(name string) {
	if dir := os.Getenv("DESKHAND_PICTURES"); dir != "" {
		w.run("import", "-window", "root", filepath.Join(dir, name+".png"))
	}
}

// settle waits until the screen shows what is expected at a pixel of the window, wherever the window manager puts it.
func (w *watcher) settle(x, y int, what string, ok func([3]byte) bool) {
	w.t.Helper()
	var got [3]byte
	var err error
	if !w.wait(func() bool {
		w.find()
		got, err = w.look(x, y)
		return err == nil && ok(got)
	}) {
		w.keep("failed")
		w.t.Fatalf("%s: pixel %d,%d is %v, %v", what, x, y, got, err)
	}
}

// wait looks again and again until something is so.
func (w *watcher) wait(so func() bool) bool {
	for end := time.Now().Add(patience); time.Now().Before(end); time.Sleep(10 * time.Millisecond) {
		if so() {
			return true
		}
	}
	return false
}

// minimise returns when the window is gone from the screen. xdotool does not wait for that, whatever it is told, and to
// ask for a window that is still there changes nothing.
func (w *watcher) minimise() {
	w.t.Helper()
	w.run("xdotool", "windowminimize", w.id)
	if !w.wait(func() bool { return w.attributes().MapState == xproto.MapStateUnmapped }) {
		w.t.Fatal("the window cannot be minimised")
	}
}

func (w *watcher) attributes() *xproto.GetWindowAttributesReply {
	w.t.Helper()
	r, err := xproto.GetWindowAttributes(w.conn.Conn, w.window()).Reply()
	if err != nil {
		w.t.Fatal(err)
	}
	return r
}

func (w *watcher) window() (id xproto.Window) {
	_, _ = fmt.Sscan(w.id, &id)
	return id
}

// remote is which pixel of the display is painted at a pixel of the window, as the pattern says.
func (w *watcher) remote(x, y int) image.Point {
	w.t.Helper()
	c := w.pixel(x, y)
	return image.Pt(int(c[0]>>4)<<8|int(c[2]), int(c[0]&15)<<8|int(c[1]))
}

// TestClicksMeetWhatIsSeen is V-08 with the real widget, surface and mouse: in every mode the pixel of the display that
// is on the screen under the pointer is the one that is clicked.
func TestClicksMeetWhatIsSeen(t *testing.T) {
	for _, test := range []struct {
		scale string
		modes []string
	}{
		{"1", []string{"1 100", "0 100", "2 25", "2 50", "2 75", "2 125", "2 200", "full"}},
		{"1.3", []string{"1 100", "2 150"}},
	} {
		th := openTheatre(t, "surface", test.scale)
		th.until("native", "native true")
		w := th.watch()
		for _, mode := range test.modes {
			t.Run(test.scale+" "+mode, func(t *testing.T) {
				w.t = t
				th.t = t
				if mode == "full" {
					th.ask("mode 0 100")
					th.ask("full on")
				} else {
					th.ask("mode " + mode)
				}
				w.clickAround(mode)
			})
		}
	}
}

// clickAround clicks at places all over the picture.
func (w *watcher) clickAround(mode string) {
	w.t.Helper()
	w.ask("drawn")
	w.find()
	from, to := w.picture()
	for i := range 4 {
		for j := range 3 {
			x, y := from.X+(to.X-from.X)*(2*i+1)/8, from.Y+(to.Y-from.Y)*(2*j+1)/6
			want := w.remote(x, y) // Xvfb's pointer is not part of what it gives
			w.run("xdotool", "mousemove", "--window", w.id, fmt.Sprint(x), fmt.Sprint(y), "click", "1")
			got := w.clicked()
			off := got.Sub(want)
			if off.X < -4 || off.X > 4 || off.Y < -4 || off.Y > 4 || strings.HasSuffix(mode, "1 100") && off != (image.Point{}) {
				w.t.Errorf("%s: at %d,%d there is pixel %v, and %v was clicked", mode, x, y, want, got)
			}
		}
	}
}

// picture is the part of the window in which the picture is seen, with a margin that keeps auto-scroll away.
func (w *watcher) picture() (from, to image.Point) {
	w.t.Helper()
	for _, line := range w.ask("where") {
		if n, _ := fmt.Sscanf(line, "where %d %d %d %d", &from.X, &from.Y, &to.X, &to.Y); n == 4 {
			return from.Add(image.Pt(45, 45)), to.Sub(image.Pt(45, 45))
		}
	}
	w.t.Fatal("the window does not know where the picture is")
	return
}

// clicked is the pixel of the display that the viewer says was clicked.
func (w *watcher) clicked() (at image.Point) {
	w.t.Helper()
	for end := time.After(patience); ; {
		select {
		case line := <-w.lines:
			var kind int
			if _, err := fmt.Sscanf(line, "event {%d %d %d", &kind, &at.X, &at.Y); err == nil && viewer.Kind(kind) == viewer.ButtonUp {
				return at
			}
		case <-end:
			w.t.Fatal("no click came")
		}
	}
}

// TestWhatLiesOverThePictureIsSeen opens and closes what Fyne draws, resizes, hides and brings back.
func TestWhatLiesOverThePictureIsSeen(t *testing.T) {
	th := openTheatre(t, "surface", "1")
	th.until("native", "native true")
	w := th.watch()
	w.ask("drawn")
	from, to := w.picture()
	x, y := from.X-45, from.Y-45 // the picture's first pixel
	first := w.pixel(x, y)
	black := func(c [3]byte) bool { return c == [3]byte{} }
	if !black(first) {
		t.Fatalf("the first pixel is %v", first)
	}
	seen := w.pixel(60, 60)
	w.run("xdotool", "mousemove", "--window", w.id, "30", "10", "click", "1")
	th.until("native", "native false")
	w.settle(60, 60, "menu", func(c [3]byte) bool { return c != seen })
	w.settle(x+300, y+300, "picture beside the menu", func(c [3]byte) bool { return c == [3]byte{0x11, 44, 44} })
	w.keep("menu")
	w.run("xdotool", "key", "Escape")
	th.until("native", "native true")
	w.settle(60, 60, "no menu", func(c [3]byte) bool { return c == seen })
	th.ask("notice Jo has stopped sharing.")
	th.until("native", "native false")
	w.settle(x+300, y+300, "dimmed", func(c [3]byte) bool { return c[1] < 30 })
	w.keep("notice")
	th.ask("notice ")
	th.until("native", "native true")
	w.settle(x+300, y+300, "clear again", func(c [3]byte) bool { return c == [3]byte{0x11, 44, 44} })
	w.minimise()
	w.run("xdotool", "windowmap", "--sync", w.id)
	w.settle(x+300, y+300, "after it was minimised", func(c [3]byte) bool { return c == [3]byte{0x11, 44, 44} })
	w.run("xdotool", "windowsize", "--sync", w.id, "900", "600")
	w.settle(400, 400, "smaller", func(c [3]byte) bool { return c != [3]byte{} })
	if !w.wait(func() bool { // the window learns of its size
		from, to = w.picture()
		return to.X <= 900 && to.Y <= 600
	}) {
		t.Fatalf("after resizing the picture is at %v to %v", from, to)
	}
	w.ask("drawn")
	w.find()
	if at := w.remote(from.X, from.Y); at != image.Pt(45, 45) {
		t.Errorf("after resizing the picture begins with %v", at)
	}
	w.keep("small")
	w.run("xdotool", "windowmove", "--sync", w.id, "500", "300")
	w.find()
	if at := w.remote(from.X, from.Y); at != image.Pt(45, 45) {
		t.Errorf("after moving the picture begins with %v", at)
	}
}

// TestV06GrabbedKeysReachTheViewer presses what the window manager has shortcuts for, while the keys are taken.
func TestV06GrabbedKeysReachTheViewer(t *testing.T) {
	th := openTheatre(t, "surface", "1")
	th.until("native", "native true")
	w := th.watch()
	w.run("xdotool", "windowactivate", "--sync", w.id)
	w.run("xdotool", "mousemove", "--window", w.id, "500", "500", "click", "1")
	w.clicked()
	th.ask("grab")
	w.keys("alt+F4", viewer.KeyAltL, viewer.KeyF1+3)
	w.keys("super+d", viewer.KeySuperL, 'd')
	w.keys("alt+Tab", viewer.KeyAltL, viewer.KeyTab)
	th.ask("ungrab")
	w.keys("ctrl+x", viewer.KeyControlL, 'x')
}

// keys presses a modifier with a key until the viewer tells of both, down and up, which xdotool lets go of in the order of pressing.
func (w *watcher) keys(keys string, modifier, key viewer.Keysym) {
	w.t.Helper()
	w.run("xdotool", "key", keys)
	var got []viewer.Keysym
	for end := time.After(patience); ; {
		select {
		case line := <-w.lines:
			var e viewer.Event
			n, _ := fmt.Sscanf(line, "event {%d %d %d %d %d %d %d", &e.Kind, &e.X, &e.Y, &e.Button, &e.DX, &e.DY, &e.Key)
			if n != 7 || e.Kind != viewer.KeyDown && e.Kind != viewer.KeyUp {
				continue
			}
			got = append(got, e.Key)
			if len(got) == 4 {
				if want := []viewer.Keysym{modifier, key, modifier, key}; !slices.Equal(got, want) {
					w.t.Errorf("%s: the viewer told of %x, not %x", keys, got, want)
				}
				return
			}
		case <-end:
			w.t.Fatalf("%s: the viewer told of %x only", keys, got)
		}
	}
}
