package viewer

import (
	"image"
	"image/color"
	"strings"
	"testing"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/driver/desktop"
	"fyne.io/fyne/v2/test"
)

// shown is a viewer in a window of a size, and what it sent.
type shown struct {
	*Viewer
	window fyne.Window
	out    []string
}

func show(t *testing.T, w, h float32, picture Pixels) *shown {
	t.Helper()
	test.NewTempApp(t)
	s := &shown{Viewer: New()}
	s.OnEvent = func(e Event) { s.out = append(s.out, e.String()) }
	s.window = test.NewTempWindow(t, s.Viewer)
	s.window.SetPadded(false)
	s.window.Resize(fyne.NewSize(w, h))
	s.Update(picture, nil)
	return s
}

func (s *shown) took() string {
	out := strings.Join(s.out, " ")
	s.out = nil
	return out
}

// gradient is a picture whose every pixel says where it is.
func gradient(w, h int) Pixels {
	img := NewPixels(image.Pt(w, h))
	for y := range h {
		for x := range w {
			img.set(x, y, place(x, y))
		}
	}
	return img
}

func place(x, y int) color.RGBA {
	return color.RGBA{R: byte(x), G: byte(y), B: byte(x>>8<<4 | y>>8), A: 255}
}

func (s *shown) check(t *testing.T, at func(x, y int) (color.RGBA, bool)) {
	t.Helper()
	got := s.window.Canvas().Capture()
	for y := range got.Bounds().Dy() {
		for x := range got.Bounds().Dx() {
			want, ok := at(x, y)
			if r, g, b, _ := got.At(x, y).RGBA(); ok && (byte(r>>8) != want.R || byte(g>>8) != want.G || byte(b>>8) != want.B) {
				t.Fatalf("pixel %d,%d is %v, not %v", x, y, got.At(x, y), want)
			}
		}
	}
}

func TestActualSizeIsExact(t *testing.T) {
	s := show(t, 900, 700, gradient(700, 600))
	s.SetMode(Actual, 0)
	s.check(t, func(x, y int) (color.RGBA, bool) {
		p := image.Pt(x-100, y-50)
		return place(p.X, p.Y), p.In(image.Rect(0, 0, 700, 600))
	})
}

func TestScrolledPicture(t *testing.T) {
	s := show(t, 310, 210, gradient(700, 600))
	s.SetMode(Actual, 0)
	bar := s.barThickness()
	window := image.Rect(0, 0, 310-bar, 210-bar)
	for _, to := range []image.Point{{0, 0}, {123, 77}, {700, 600}} {
		s.scrollTo(to)
		at := s.inner().Scroll
		s.check(t, func(x, y int) (color.RGBA, bool) {
			return place(x+at.X, y+at.Y), image.Pt(x, y).In(window)
		})
	}
	if at := s.inner().Scroll; at != image.Pt(700-310+bar, 600-210+bar) {
		t.Errorf("the end is at %v", at)
	}
}

func TestUpdatePaintsWhatChanged(t *testing.T) {
	picture := gradient(600, 400)
	s := show(t, 600, 400, picture)
	s.check(t, func(x, y int) (color.RGBA, bool) { return place(x, y), true })
	red := color.RGBA{R: 255, A: 255}
	dirty := image.Rect(250, 100, 300, 130)
	for y := range 400 {
		for x := range 600 {
			picture.set(x, y, red) // all of it, but only a part is said to be dirty
		}
	}
	s.Update(picture, []image.Rectangle{dirty})
	s.check(t, func(x, y int) (color.RGBA, bool) {
		if image.Pt(x, y).In(dirty) {
			return red, true
		}
		return place(x, y), true
	})
	s.Update(picture, []image.Rectangle{{Max: image.Pt(5000, 5000)}})
	s.check(t, func(int, int) (color.RGBA, bool) { return red, true })
}

func TestOnlyDirtyTilesInViewAreAskedFor(t *testing.T) {
	picture := gradient(1024, 512)
	s := show(t, 1024, 512, picture)
	s.window.Canvas().Capture()
	stale := func() (n int) {
		for _, tile := range s.grid.tiles {
			if tile.stale {
				n++
			}
		}
		return n
	}
	if n := stale(); len(s.grid.tiles) != 8 || n != 0 {
		t.Fatalf("%d of %d tiles are stale", n, len(s.grid.tiles))
	}
	s.Update(picture, []image.Rectangle{image.Rect(10, 10, 20, 20)})
	s.Update(picture, []image.Rectangle{image.Rect(12, 12, 20, 20)})
	if n := stale(); n != 1 {
		t.Errorf("%d tiles are stale, not 1", n)
	}
	s.Update(picture, []image.Rectangle{image.Rect(250, 250, 260, 260)})
	if n := stale(); n != 4 {
		t.Errorf("%d tiles are stale, not 4", n)
	}
	s.Update(picture, []image.Rectangle{})
	if n := stale(); n != 4 {
		t.Errorf("%d tiles are stale after nothing", n)
	}
}

func TestAnotherDisplay(t *testing.T) {
	s := show(t, 400, 400, gradient(400, 400))
	s.Update(gradient(200, 100), nil)
	if s.Display() != image.Pt(200, 100) || s.Scale() != 200 {
		t.Errorf("display %v at %v %%", s.Display(), s.Scale())
	}
	s.Update(Pixels{}, nil)
	if s.Display() != (image.Point{}) || len(s.grid.tiles) != 0 {
		t.Error("it was not cleared")
	}
	s.SetControl(true)
	s.MouseMoved(mouse(10, 10, 0))
	if s.took() != "" {
		t.Error("the pointer moved on nothing")
	}
}

func TestResizingKeepsTheTiles(t *testing.T) {
	s := show(t, 600, 400, gradient(1200, 800))
	first := len(s.grid.tiles)
	for w := float32(300); w < 1200; w += 7 {
		s.window.Resize(fyne.NewSize(w, w*2/3))
	}
	s.window.Resize(fyne.NewSize(600, 400))
	if all := len(s.grid.tiles) + len(s.grid.spare); len(s.grid.tiles) != first || all > 20 {
		t.Errorf("%d tiles, of %d in all", len(s.grid.tiles), all)
	}
}

func TestScaleIsTold(t *testing.T) {
	s := show(t, 400, 400, gradient(800, 400))
	var told []float64
	s.OnScale = func(p float64) { told = append(told, p) }
	s.SetMode(Actual, 0)
	s.SetMode(Zoom, 150)
	s.SetMode(Zoom, 150)
	s.SetMode(Fit, 0)
	if len(told) != 3 || told[0] != 100 || told[1] != 150 || told[2] != 50 {
		t.Errorf("told %v", told)
	}
	if m, p := s.Mode(); m != Fit || p != MinZoom {
		t.Errorf("mode %v, %v", m, p)
	}
	if s.ActualSize() != fyne.NewSize(800, 400) {
		t.Errorf("actual size is %v", s.ActualSize())
	}
}

func TestNoticeAndCursor(t *testing.T) {
	s := show(t, 400, 300, gradient(400, 300))
	s.SetCursor(Cursor{At: image.Pt(200, 60), Visible: true})
	test.AssertRendersToImage(t, "cursor.png", s.window.Canvas())
	s.SetNotice("Jo has stopped sharing.")
	test.AssertRendersToImage(t, "notice.png", s.window.Canvas())
	s.SetNotice("")
	s.SetControl(true)
	if !s.cursorImage.image.Visible() {
		t.Error("the remote cursor is hidden though the pointer is elsewhere")
	}
	s.MouseIn(mouse(205, 65, 0))
	if s.cursorImage.image.Visible() {
		t.Error("two cursors in one place")
	}
	s.SetCursor(Cursor{At: image.Pt(20, 60), Visible: true})
	if !s.cursorImage.image.Visible() {
		t.Error("somebody else moves the cursor, and it is hidden")
	}
	s.SetCursor(Cursor{At: image.Pt(20, 60), Visible: false})
	if s.cursorImage.image.Visible() {
		t.Error("the hidden cursor is shown")
	}
}

func TestOwnPointerLooksLikeTheRemoteOne(t *testing.T) {
	s := show(t, 400, 300, gradient(400, 300))
	shape := &Shape{Pixels: noise(5, 6), Hot: image.Pt(2, 3)}
	s.SetCursor(Cursor{Visible: true, Shape: shape})
	if s.Cursor() != desktop.DefaultCursor {
		t.Error("another shape while only watching")
	}
	s.SetControl(true)
	if s.Cursor() != desktop.Cursor(shape) {
		t.Error("not the remote shape")
	}
	if img, x, y := shape.Image(); img.Bounds().Size() != image.Pt(5, 6) || x != 2 || y != 3 {
		t.Errorf("the shape is %v, hot at %d,%d", img.Bounds(), x, y)
	}
	s.SetCursor(Cursor{Visible: false, Shape: shape})
	if s.Cursor() != desktop.DefaultCursor {
		t.Error("an invisible cursor's shape")
	}
}

func mouse(x, y float32, b desktop.MouseButton) *desktop.MouseEvent {
	return &desktop.MouseEvent{PointEvent: fyne.PointEvent{Position: fyne.NewPos(x, y), AbsolutePosition: fyne.NewPos(x, y)}, Button: b}
}

func drag(x, y float32) *fyne.DragEvent {
	return &fyne.DragEvent{PointEvent: fyne.PointEvent{Position: fyne.NewPos(x, y), AbsolutePosition: fyne.NewPos(x, y)}}
}

func wheel(x, y, dx, dy float32) *fyne.ScrollEvent {
	return &fyne.ScrollEvent{PointEvent: mouse(x, y, 0).PointEvent, Scrolled: fyne.NewDelta(dx*wheelSpeed, dy*wheelSpeed)}
}
