package paint

import (
	"context"
	"errors"
	"image"
	"image/color"
	"math/rand/v2"
	"testing"

	"deskhand/protocol/frame"
	"deskhand/protocol/pixel"
	"deskhand/ui/viewer"
)

func two() []frame.Display {
	return []frame.Display{{ID: 0, W: 300, H: 200, Primary: true}, {ID: 1, X: 300, Y: 50, W: 100, H: 80}}
}

// rig is a loop that the test steps, and what it told.
type rig struct {
	*Loop
	source *fakeSource
	news   int
}

func newRig(displays ...frame.Display) *rig {
	r := &rig{source: newFake(displays...)}
	r.Loop = New(Config{Source: r.source, News: func() { r.news++ }})
	return r
}

// taken steps and gives what Fyne would get.
func (r *rig) taken() (img viewer.Pixels, dirty []image.Rectangle, called bool) {
	r.Step()
	r.Take(func(p viewer.Pixels, d []image.Rectangle) {
		img, dirty, called = p, append(dirty, d...), true
		if d == nil {
			dirty = nil
		}
	})
	return img, dirty, called
}

func red(m pixel.Image) { m.Fill(255, 0, 0) }

// TestSwitchingDisplays is V-10: one display, another one, all of them; picture and mapping change together.
func TestSwitchingDisplays(t *testing.T) {
	r := newRig(two()...)
	for _, test := range []struct {
		name   string
		choice Choice
		size   image.Point
		remote map[image.Point]frame.Cursor // by pixel of the picture
	}{
		{"the first", Choice{}, image.Pt(300, 200), map[image.Point]frame.Cursor{
			{7, 8}: {X: 7, Y: 8}, {500, 500}: {X: 299, Y: 199},
		}},
		{"the second", Choice{Display: 1}, image.Pt(100, 80), map[image.Point]frame.Cursor{{7, 8}: {Display: 1, X: 7, Y: 8}}},
		{"one that is not there", Choice{Display: 9}, image.Pt(300, 200), map[image.Point]frame.Cursor{{7, 8}: {X: 7, Y: 8}}},
		{"all", Choice{All: true}, image.Pt(400, 200), map[image.Point]frame.Cursor{
			{299, 60}: {X: 299, Y: 60}, {300, 60}: {Display: 1, X: 0, Y: 10}, {399, 129}: {Display: 1, X: 99, Y: 79},
			{350, 40}: {Display: 1, X: 50, Y: 0}, {302, 10}: {X: 299, Y: 10}, // between displays: the nearest one
		}},
	} {
		r.Choose(test.choice)
		img, dirty, called := r.taken()
		if !called || img.Size() != test.size || dirty != nil {
			t.Errorf("%s: picture of %v, dirty %v", test.name, img.Size(), dirty)
		}
		shown, _ := r.Shown()
		for p, want := range test.remote {
			if display, at := shown.Remote(p); display != want.Display || at != image.Pt(want.X, want.Y) {
				t.Errorf("%s: %v is pixel %v of display %d", test.name, p, at, display)
			}
		}
	}
}

func TestMappingThereAndBack(t *testing.T) {
	rnd := rand.New(rand.NewPCG(1, 1))
	for range 500 {
		var l frame.Layout
		for id := range 1 + rnd.IntN(4) {
			l.Displays = append(l.Displays, frame.Display{
				ID: id, X: rnd.IntN(500) - 200, Y: rnd.IntN(300) - 100, W: 1 + rnd.IntN(200), H: 1 + rnd.IntN(200),
			})
		}
		a := arrange(l, Choice{All: true})
		for _, d := range l.Displays {
			p := image.Pt(rnd.IntN(d.W), rnd.IntN(d.H))
			at, ok := a.Local(d.ID, p)
			display, back := a.Remote(at)
			if !ok || display != d.ID || back != p || !at.In(image.Rectangle{Max: a.Size}) {
				t.Fatalf("%v of %+v is at %v, where %v of %d is", p, d, at, back, display)
			}
		}
	}
	far := frame.Layout{Displays: []frame.Display{{W: 10, H: 10}, {ID: 1, X: 1 << 20, W: 10, H: 10}}}
	if a := arrange(far, Choice{All: true}); a.Size != image.Pt(20, 10) {
		t.Errorf("displays far apart make a picture of %v", a.Size)
	}
}

func TestTakeGivesWhatIsNew(t *testing.T) {
	r := newRig(two()...)
	if _, dirty, called := r.taken(); !called || dirty != nil || r.news != 1 {
		t.Fatalf("at first: %v, %d", dirty, r.news)
	}
	spot := image.Rect(10, 10, 20, 20)
	r.source.change(0, spot, red)
	if img, dirty, _ := r.taken(); len(dirty) != 1 || dirty[0] != spot || img.Pix[10*img.Stride+4*10+2] != 255 {
		t.Errorf("after a change: %v", dirty)
	}
	if _, dirty, _ := r.taken(); len(dirty) != 0 || r.news != 2 {
		t.Errorf("after nothing: %v, %d", dirty, r.news)
	}
	for range maxFresh + 1 {
		r.source.change(0, spot, red)
		r.Step()
	}
	if _, dirty, _ := r.taken(); dirty != nil {
		t.Errorf("after very many changes: %d rectangles", len(dirty))
	}
	r.Choose(Choice{All: true})
	r.taken()
	r.source.change(1, image.Rect(0, 0, 5, 5), red)
	img, dirty, _ := r.taken()
	if len(dirty) != 1 || dirty[0] != image.Rect(300, 50, 305, 55) || img.Pix[50*img.Stride+4*300+2] != 255 {
		t.Errorf("on the second of two: %v", dirty)
	}
	r.source.lay()
	if _, _, called := r.taken(); called {
		t.Error("there is a picture though nothing is shared")
	}
}

func TestPointerIsNews(t *testing.T) {
	r := newRig(two()...)
	r.taken()
	before := r.news
	r.source.pointer = frame.Cursor{X: 5, Y: 5, Visible: true}
	r.Step()
	r.Step()
	if r.news != before+1 {
		t.Errorf("told %d times", r.news-before)
	}
}

// brokenSurface fails at once.
type brokenSurface struct{ closed int }

var errBroken = errors.New("broken")

func (b *brokenSurface) Buffer(image.Point) ([]byte, int, error)      { return nil, 0, errBroken }
func (b *brokenSurface) Present(image.Point, []image.Rectangle) error { return errBroken }
func (b *brokenSurface) Hide() error                                  { return errBroken }
func (b *brokenSurface) Close()                                       { b.closed++ }
func (b *brokenSurface) open(func()) (viewer.Surface, error)          { return b, nil }
func refuses(func()) (viewer.Surface, error)                          { return nil, errBroken }

func TestWithoutASurfaceFynePaints(t *testing.T) {
	broken := &brokenSurface{}
	for name, open := range map[string]func(func()) (viewer.Surface, error){"refused": refuses, "broken": broken.open} {
		t.Run(name, func(t *testing.T) {
			r := newRig(two()...)
			r.cfg.Open = open
			r.open()
			r.Step()
			if _, _, called := r.taken(); !called {
				t.Error("there is nothing for Fyne")
			}
			r.close()
			if r.Painter().Native() {
				t.Error("the painter has a surface")
			}
		})
	}
	if broken.closed != 1 {
		t.Errorf("closed %d times", broken.closed)
	}
}

func TestRunEnds(t *testing.T) {
	r := newRig(two()...)
	ctx, end := context.WithCancel(context.Background())
	end()
	r.Run(ctx)
	if r.Rounds() == 0 {
		t.Error("it painted nothing")
	}
}

func TestThumbnail(t *testing.T) {
	f := newFake(two()...)
	f.change(0, image.Rect(0, 0, 300, 200), red)
	img, ok := Thumbnail(f, image.Pt(30, 30))
	if !ok || img.Rect.Size() != image.Pt(30, 20) || img.RGBAAt(29, 19) != (color.RGBA{R: 255, A: 255}) {
		t.Errorf("%v, %v", ok, img)
	}
	if _, ok := Thumbnail(newFake(), image.Pt(30, 30)); ok {
		t.Error("a thumbnail of nothing")
	}
}
