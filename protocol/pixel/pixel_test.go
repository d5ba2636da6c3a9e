package pixel_test

import (
	"image"
	"math/rand/v2"
	"testing"

	"deskhand/protocol/pixel"
)

func random(seed uint64, w, h int) pixel.Image {
	rnd := rand.New(rand.NewPCG(seed, 1))
	m := pixel.New(w, h)
	for i := range m.Pix {
		m.Pix[i] = byte(rnd.UintN(256))
	}
	return m
}

func TestRGBAAndBack(t *testing.T) {
	for _, size := range []image.Point{{1, 1}, {3, 2}, {64, 64}, {7, 5}} {
		m := random(3, size.X, size.Y)
		img := m.RGBA()
		if c := img.RGBAAt(0, 0); c.R != m.Pix[2] || c.G != m.Pix[1] || c.B != m.Pix[0] || c.A != 255 {
			t.Errorf("%v: first pixel %v of %v", size, c, m.Pix[:4])
		}
		if !pixel.Equal(pixel.FromRGBA(img), m) {
			t.Errorf("%v: another picture came back", size)
		}
	}
}

func TestMoveIsAsIfThroughACopy(t *testing.T) {
	rnd := rand.New(rand.NewPCG(7, 7))
	for range 2000 {
		m := random(rnd.Uint64(), 1+rnd.IntN(20), 1+rnd.IntN(20))
		w, h := 1+rnd.IntN(m.W), 1+rnd.IntN(m.H)
		from := image.Rect(0, 0, w, h).Add(image.Pt(rnd.IntN(m.W-w+1), rnd.IntN(m.H-h+1)))
		to := image.Pt(rnd.IntN(m.W-w+1), rnd.IntN(m.H-h+1))
		want := pixel.New(m.W, m.H)
		pixel.Copy(want, 0, 0, m)
		part := pixel.New(w, h)
		pixel.Copy(part, 0, 0, m.Sub(from))
		pixel.Copy(want, to.X, to.Y, part)
		if pixel.Move(m, from, to); !pixel.Equal(m, want) {
			t.Fatalf("%v to %v in %dx%d", from, to, m.W, m.H)
		}
	}
}

func TestEqualLooksAtColoursOnly(t *testing.T) {
	a, b := random(1, 5, 4), random(1, 5, 4)
	b.Pix[3+4*7]++
	if !pixel.Equal(a, b) {
		t.Error("the fourth byte counts")
	}
	for _, at := range []int{0, 1, 2, 4 * 19, 4*19 + 2} {
		b.Pix[at]++
		if pixel.Equal(a, b) {
			t.Errorf("a change of byte %d is not seen", at)
		}
		b.Pix[at]--
	}
	if pixel.Equal(a, random(1, 4, 5)) {
		t.Error("another size is equal")
	}
}

func TestHolds(t *testing.T) {
	m := random(1, 5, 4)
	last := m
	last.Pix = m.Pix[:len(m.Pix)-1]
	narrow := m
	narrow.Stride = 19
	for name, c := range map[string]struct {
		m    pixel.Image
		want bool
	}{"whole": {m, true}, "one byte short": {last, false}, "narrow": {narrow, false}, "empty": {pixel.Image{}, false}} {
		if c.m.Holds() != c.want {
			t.Errorf("%s: %v", name, !c.want)
		}
	}
}
