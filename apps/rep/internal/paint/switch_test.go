package paint

import (
	"image"
	"testing"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/test"

	"deskhand/protocol/frame"
	"deskhand/protocol/pixel"
	"deskhand/ui/viewer"
)

// TestSwitchingShowsWhatWasThere goes from display to display while nothing changes on them: what is shown has to be the
// chosen one's content at once, though all of it was read before.
func TestSwitchingShowsWhatWasThere(t *testing.T) {
	r := newRig(two()...)
	blue := func(m pixel.Image) { m.Fill(0, 0, 255) }
	r.source.change(0, image.Rect(0, 0, 300, 200), red)
	r.source.change(1, image.Rect(0, 0, 100, 80), blue)
	const isRed, isBlue = 'r', 'b'
	at := func(img viewer.Pixels, p image.Point) byte {
		c := img.Pix[p.Y*img.Stride+4*p.X:]
		switch {
		case c[2] == 255 && c[0] == 0:
			return isRed
		case c[0] == 255 && c[2] == 0:
			return isBlue
		}
		return '-'
	}
	for _, step := range []struct {
		name   string
		choice Choice
		want   map[image.Point]byte
	}{
		{"the first", Choice{}, map[image.Point]byte{{5, 5}: isRed}},
		{"the second", Choice{Display: 1}, map[image.Point]byte{{5, 5}: isBlue}},
		{"all", Choice{All: true}, map[image.Point]byte{{5, 5}: isRed, {299, 199}: isRed, {300, 50}: isBlue, {399, 129}: isBlue}},
		{"the first again", Choice{}, map[image.Point]byte{{5, 5}: isRed}},
		{"all again", Choice{All: true}, map[image.Point]byte{{5, 5}: isRed, {350, 60}: isBlue}},
	} {
		r.Choose(step.choice)
		img, _, _ := r.taken()
		for p, want := range step.want {
			if got := at(img, p); got != want {
				t.Errorf("%s: %v is %c, want %c", step.name, p, got, want)
			}
		}
	}
	again := New(Config{Source: r.source, News: func() {}}) // as when the Viewer's tab is shown again
	again.Choose(Choice{All: true})
	again.Step()
	again.Take(func(img viewer.Pixels, _ []image.Rectangle) {
		if at(img, image.Pt(5, 5)) != isRed || at(img, image.Pt(350, 60)) != isBlue {
			t.Error("another loop shows nothing")
		}
	})
}

// paper is a surface that keeps what was presented.
type paper struct {
	pix  []byte
	size image.Point
	seen []byte
}

func (p *paper) Buffer(size image.Point) ([]byte, int, error) {
	if p.size != size {
		p.size, p.pix, p.seen = size, make([]byte, 4*size.X*size.Y), make([]byte, 4*size.X*size.Y)
	}
	return p.pix, 4 * size.X, nil
}

func (p *paper) Present(_ image.Point, dirty []image.Rectangle) error {
	for _, r := range dirty {
		for y := r.Min.Y; y < r.Max.Y; y++ {
			copy(p.seen[4*(y*p.size.X+r.Min.X):4*(y*p.size.X+r.Max.X)], p.pix[4*(y*p.size.X+r.Min.X):])
		}
	}
	return nil
}
func (p *paper) Hide() error { return nil }
func (p *paper) Close()      {}

// TestSwitchingBetweenEqualDisplays does the same on a surface, with displays that look alike to whoever compares sizes.
func TestSwitchingBetweenEqualDisplays(t *testing.T) {
	test.NewTempApp(t)
	source := newFake(frame.Display{ID: 0, W: 300, H: 200}, frame.Display{ID: 1, X: 300, W: 300, H: 200})
	source.change(0, image.Rect(0, 0, 300, 200), red)
	source.change(1, image.Rect(0, 0, 300, 200), func(m pixel.Image) { m.Fill(0, 0, 255) })
	p := &paper{}
	l := New(Config{Source: source, News: func() {}, Open: func(func()) (viewer.Surface, error) { return p, nil }})
	v := viewer.New()
	w := test.NewTempWindow(t, v)
	w.SetPadded(false)
	w.Resize(fyne.NewSize(400, 300))
	l.open()
	v.SetDisplay(image.Pt(300, 200))
	v.SetPainter(l.Painter())
	for i, want := range []byte{2, 0, 2} { // where BGRX has its 255
		l.Choose(Choice{Display: i % 2})
		l.Step()
		if !v.Native() || len(p.seen) == 0 {
			t.Fatal("the surface shows nothing")
		}
		c := p.seen[4*(150*p.size.X+200):]
		if c[want] != 255 || c[2-want] != 0 {
			t.Errorf("display %d: the middle is %v", i%2, c[:3])
		}
	}
	l.close()
}
