package viewer

import (
	"bytes"
	"errors"
	"image"
	"image/color"
	"math/rand/v2"
	"testing"
)

// fakeSurface has a screen that only changes where something was presented.
type fakeSurface struct {
	buffer, screen Pixels
	at             image.Point
	shown          bool
	presents       int
	fails          error
}

func (f *fakeSurface) Buffer(size image.Point) ([]byte, int, error) {
	if f.buffer.Size() != size {
		f.buffer, f.screen = NewPixels(size), NewPixels(size)
		for i := range f.buffer.Pix {
			f.buffer.Pix[i] = 0x55 // undefined
		}
	}
	return f.buffer.Pix, f.buffer.Stride, f.fails
}

func (f *fakeSurface) Present(at image.Point, dirty []image.Rectangle) error {
	f.presents++
	if !f.shown {
		clear(f.screen.Pix)
	}
	f.at, f.shown = at, true
	for _, r := range dirty {
		f.screen.sub(r).copyFrom(f.buffer.sub(r))
	}
	return f.fails
}

func (f *fakeSurface) Hide() error { f.shown = false; return f.fails }
func (f *fakeSurface) Close()      {}

// fresh is what a new painter shows of the same.
func fresh(t *testing.T, p *Painter, img Pixels) Pixels {
	t.Helper()
	q, s := NewPainter(func() {}), &fakeSurface{}
	q.Use(s)
	q.want, q.cursor, q.plain = p.want, p.cursor, p.plain
	if err := q.Paint(img, nil); err != nil {
		t.Fatal(err)
	}
	return s.screen
}

// TestPaintersShowThePicture changes everything at random and compares with a picture painted anew each time.
func TestPaintersShowThePicture(t *testing.T) {
	r := rand.New(rand.NewPCG(11, 12))
	img := noise(160, 120)
	p, s := NewPainter(func() {}), &fakeSurface{}
	p.Use(s)
	p.want = scene{shown: true, view: View{Display: img.Size(), Window: image.Pt(120, 100), Mode: Actual}}
	for n := range 3000 {
		var dirty []image.Rectangle
		switch r.IntN(8) {
		case 0:
			p.want.view.Scroll = image.Pt(r.IntN(60), r.IntN(40))
		case 1:
			p.want.view.Mode, p.want.view.Percent = Mode(r.IntN(3)), 25+r.IntN(176)
		case 2:
			p.want.view.Window = image.Pt(50+r.IntN(200), 50+r.IntN(150))
		case 3:
			p.want.frame = frame{color: 0xff00ff00, thick: r.IntN(3), right: r.IntN(2) == 0, bottom: r.IntN(2) == 0}
		case 4:
			p.point(ownPointer{at: image.Pt(r.IntN(160), r.IntN(120)), over: true, control: r.IntN(2) == 0})
		case 5:
			p.Exposed()
		default:
			for range r.IntN(4) {
				d := image.Rect(r.IntN(160), r.IntN(120), r.IntN(160), r.IntN(120))
				img.sub(d).fill(r.Uint32() | 0xff000000)
				dirty = append(dirty, d)
			}
		}
		if r.IntN(2) == 0 {
			p.SetCursor(Cursor{At: image.Pt(r.IntN(160), r.IntN(120)), Visible: r.IntN(4) > 0})
		}
		if err := p.Paint(img, dirty); err != nil {
			t.Fatal(err)
		}
		if want := fresh(t, p, img); !bytes.Equal(s.screen.Pix, want.Pix) {
			t.Fatalf("after %d changes the screen is another: %+v", n, p.want)
		}
	}
}

func TestPainterShowsAndHides(t *testing.T) {
	woken := 0
	p, s := NewPainter(func() { woken++ }), &fakeSurface{}
	img := noise(100, 80)
	if err := p.Paint(img, nil); err != nil || p.Native() || p.Shown() {
		t.Error("a painter without a surface shows something")
	}
	p.Use(s)
	want := scene{shown: true, at: image.Pt(7, 9), view: View{Display: img.Size(), Window: image.Pt(100, 80), Mode: Actual}}
	p.set(want)
	p.set(want)
	if woken != 1 || !p.Native() {
		t.Errorf("woken %d times", woken)
	}
	must := func(img Pixels, shown bool) {
		t.Helper()
		if err := p.Paint(img, nil); err != nil || s.shown != shown || p.Shown() != shown {
			t.Errorf("shown %v, %v, %v", s.shown, p.Shown(), err)
		}
	}
	must(img, true)
	if s.at != image.Pt(7, 9) {
		t.Errorf("it is at %v", s.at)
	}
	before := s.presents
	must(img, true)
	if s.presents != before {
		t.Error("it was presented though nothing has changed")
	}
	must(Pixels{}, false)
	must(img, true)
	want.shown = false
	p.set(want)
	must(img, false)
	s.fails = errors.New("gone")
	want.shown = true
	p.set(want)
	if err := p.Paint(img, nil); !errors.Is(err, s.fails) {
		t.Errorf("got %v", err)
	}
}

// TestCursorMovesAlone checks that a cursor's move presents two small rectangles and needs no picture.
func TestCursorMovesAlone(t *testing.T) {
	p, s := NewPainter(func() {}), &fakeSurface{}
	p.Use(s)
	img := noise(400, 300)
	p.set(scene{shown: true, view: View{Display: img.Size(), Window: image.Pt(400, 300), Mode: Actual}})
	shape := &Shape{Pixels: NewPixels(image.Pt(9, 9)), Hot: image.Pt(4, 4)}
	shape.fill(0xff0000ff)
	p.SetCursor(Cursor{image.Pt(50, 50), true, shape})
	_ = p.Paint(img, nil)
	p.SetCursor(Cursor{image.Pt(200, 150), true, shape})
	_ = p.Paint(img, nil)
	area := 0
	for _, d := range p.dirty {
		area += d.Dx() * d.Dy()
	}
	if area != 2*9*9 || len(p.dirty) != 2 {
		t.Errorf("presented %v", p.dirty)
	}
	blue := color.RGBA{B: 255, A: 255}
	if s.screen.at(200, 150) != blue || s.screen.at(196, 146) != blue || s.screen.at(50, 50) != img.at(50, 50) || s.screen.at(195, 150) == blue {
		t.Error("the cursor is elsewhere")
	}
	if n := testing.AllocsPerRun(100, func() {
		p.SetCursor(Cursor{image.Pt(p.cursor.At.X^1, 150), true, shape})
		_ = p.Paint(img, nil)
	}); n != 0 {
		t.Errorf("%v allocations a move", n)
	}
}

func BenchmarkPaint(b *testing.B) {
	img := noise(1920, 1080)
	for _, test := range []struct {
		name  string
		view  View
		dirty image.Rectangle
	}{
		{"glyph", View{Window: image.Pt(1920, 1080), Mode: Actual}, image.Rect(400, 300, 410, 318)},
		{"full", View{Window: image.Pt(1920, 1080), Mode: Actual}, image.Rect(0, 0, 1920, 1080)},
		{"glyph at 62 %", View{Window: image.Pt(1200, 700)}, image.Rect(400, 300, 410, 318)},
		{"full at 50 %", View{Window: image.Pt(960, 540)}, image.Rect(0, 0, 1920, 1080)},
		{"full at 62 %", View{Window: image.Pt(1200, 700)}, image.Rect(0, 0, 1920, 1080)},
		{"full at 150 %", View{Window: image.Pt(1920, 1080), Mode: Zoom, Percent: 150}, image.Rect(0, 0, 1920, 1080)},
	} {
		b.Run(test.name, func(b *testing.B) {
			p, s := NewPainter(func() {}), &fakeSurface{}
			p.Use(s)
			test.view.Display = img.Size()
			p.set(scene{shown: true, view: test.view})
			_ = p.Paint(img, nil)
			b.ReportAllocs()
			for b.Loop() {
				_ = p.Paint(img, []image.Rectangle{test.dirty})
			}
		})
	}
}
