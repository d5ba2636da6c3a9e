package share

import (
	"image"
	"math"
	"math/rand/v2"
	"testing"

	"deskhand/protocol/pixel"
)

// drawn makes a part of 64x64 pixels.
func drawn(f func(x, y int) (r, g, b int)) pixel.Image {
	m := pixel.New(block, block)
	for y := range m.H {
		row := m.Row(y)
		for x := range m.W {
			r, g, b := f(x, y)
			row[4*x], row[4*x+1], row[4*x+2] = byte(b), byte(g), byte(r)
		}
	}
	return m
}

func TestNoisy(t *testing.T) {
	rnd := rand.New(rand.NewPCG(3, 4))
	for _, tt := range []struct {
		name string
		m    pixel.Image
		want bool
	}{
		{"photo with grain", drawn(func(x, y int) (int, int, int) {
			g := 120 + int(60*math.Sin(float64(x)/9)*math.Cos(float64(y)/13)) + rnd.IntN(9)
			return g, g - 10, g + 5
		}), true},
		{"sky with faint grain", drawn(func(int, int) (int, int, int) { g := rnd.IntN(8); return 90 + g, 140 + g, 210 + g }), true},
		{"one colour", drawn(func(int, int) (int, int, int) { return 30, 60, 90 }), false},
		{"slope across", drawn(func(x, _ int) (int, int, int) { return 2 * x, 3 * x, 255 - x }), false},
		{"slope down", drawn(func(_, y int) (int, int, int) { return y, y, y }), false},
		{"slope with steps", drawn(func(x, y int) (int, int, int) { return (x + y) / 2, (x + y) / 3, 9 }), false},
		{"thin text", drawn(func(x, y int) (int, int, int) {
			if y%16 < 11 && x%8 < 5 && (x*7+y*3)%5 < 3 {
				return 60 * (x % 4), 60 * (x % 4), 60 * (x % 4)
			}
			return 255, 255, 255
		}), false},
		{"text in colour on a slope", drawn(func(x, y int) (int, int, int) {
			if y%20 > 6 && y%20 < 18 && x%9 < 4 {
				return 250, 20 * (x % 9), 10
			}
			return 40 + y, 50 + y, 90 + y
		}), false},
		{"hatching", drawn(func(x, y int) (int, int, int) { v := 255 * ((x + y) / 4 % 2); return v, v, v }), false},
	} {
		t.Run(tt.name, func(t *testing.T) {
			if got := noisy(tt.m); got != tt.want {
				t.Errorf("noisy is %v", got)
			}
		})
	}
	if noisy(pixel.New(2, 50)) {
		t.Error("two columns are noisy")
	}
}

// TestDivideCoversExactlyOnce sorts a picture that is part photo and part text.
func TestDivideCoversExactlyOnce(t *testing.T) {
	rnd := rand.New(rand.NewPCG(1, 9))
	for range 6 {
		m := pixel.New(100+rnd.IntN(500), 100+rnd.IntN(400))
		photo := image.Rect(rnd.IntN(m.W), rnd.IntN(m.H), m.W, m.H)
		for y := photo.Min.Y; y < photo.Max.Y; y++ {
			for x := 4 * photo.Min.X; x < 4*photo.Max.X; x++ {
				m.Row(y)[x] = byte(rnd.UintN(256))
			}
		}
		v := &view{now: m}
		r := image.Rect(rnd.IntN(m.W/2), rnd.IntN(m.H/2), m.W-rnd.IntN(20), m.H-rnd.IntN(20))
		p := &pen{}
		p.divide(v, r)
		covered := map[image.Point]int{}
		for _, part := range append(p.plain, p.photos...) {
			for y := part.Min.Y; y < part.Max.Y; y++ {
				for x := part.Min.X; x < part.Max.X; x++ {
					covered[image.Pt(x, y)]++
				}
			}
		}
		if len(covered) != size(r) {
			t.Fatalf("%d of %d pixels in %v", len(covered), size(r), r)
		}
		for at, n := range covered {
			if n != 1 || !at.In(r) {
				t.Fatalf("pixel %v is covered %d times", at, n)
			}
		}
	}
}
