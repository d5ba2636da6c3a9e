package viewer

import (
	"fmt"
	"image"
	"image/color"
	"math/rand/v2"
	"testing"
)

func noise(w, h int) *image.RGBA {
	r := rand.New(rand.NewPCG(5, 6))
	img := image.NewRGBA(image.Rect(0, 0, w, h))
	for i := range img.Pix {
		img.Pix[i] = byte(r.Uint32())
		if i%4 == 3 {
			img.Pix[i] = 255
		}
	}
	return img
}

// TestScaledParts checks that a picture painted in parts is the same as one painted whole, so that tiles have no seams.
func TestScaledParts(t *testing.T) {
	src := noise(97, 61)
	for _, size := range []image.Point{{97, 61}, {50, 31}, {13, 9}, {150, 100}, {194, 122}, {1, 1}} {
		t.Run(fmt.Sprint(size), func(t *testing.T) {
			var s scaler
			all := image.Rectangle{Max: size}
			want := image.NewRGBA(all)
			s.paint(want, src, all, size)
			const tile = 17
			for y := 0; y < size.Y; y += tile {
				for x := 0; x < size.X; x += tile {
					r := image.Rect(x, y, x+tile, y+tile).Intersect(all)
					got := image.NewRGBA(image.Rectangle{Max: r.Size()})
					s.paint(got, src, r, size)
					for j := range r.Dy() {
						for i := range r.Dx() {
							if got.RGBAAt(i, j) != want.RGBAAt(x+i, y+j) {
								t.Fatalf("pixel %d,%d differs", x+i, y+j)
							}
						}
					}
				}
			}
		})
	}
}

func TestScaledColors(t *testing.T) {
	half := image.NewRGBA(image.Rect(0, 0, 4, 2))
	for y := range 2 {
		for x := range 4 {
			c := color.RGBA{A: 255}
			if x%2 == 1 {
				c = color.RGBA{R: 255, G: 100, B: 1, A: 255}
			}
			half.SetRGBA(x, y, c)
		}
	}
	var s scaler
	small := image.NewRGBA(image.Rect(0, 0, 2, 1))
	s.paint(small, half, small.Rect, image.Pt(2, 1))
	if c := small.RGBAAt(0, 0); c != (color.RGBA{R: 128, G: 50, B: 1, A: 255}) {
		t.Errorf("the mean is %v", c)
	}
	large := image.NewRGBA(image.Rect(0, 0, 8, 4))
	s.paint(large, half, large.Rect, image.Pt(8, 4))
	for x := range 8 {
		if large.RGBAAt(x, 3) != half.RGBAAt(x/2, 1) {
			t.Errorf("doubled pixel %d is %v", x, large.RGBAAt(x, 3))
		}
	}
	plain := image.NewRGBA(image.Rect(0, 0, 640, 333))
	for i := range plain.Pix {
		plain.Pix[i] = 0xff
	}
	for _, size := range []image.Point{{211, 100}, {641, 400}, {17, 5}} {
		out := image.NewRGBA(image.Rectangle{Max: size})
		s.paint(out, plain, out.Rect, size)
		for i, b := range out.Pix {
			if b != 0xff {
				t.Fatalf("%v: white became %d at %d", size, b, i)
			}
		}
	}
}

func TestScalingNeedsNoMemory(t *testing.T) {
	src, size := noise(1920, 1080), image.Pt(1200, 675)
	part := image.Rect(256, 256, 512, 512)
	dst := image.NewRGBA(image.Rect(0, 0, 256, 256))
	var s scaler
	s.paint(dst, src, part, size)
	if n := testing.AllocsPerRun(10, func() { s.paint(dst, src, part, size) }); n != 0 {
		t.Errorf("%v allocations", n)
	}
}

func BenchmarkScale(b *testing.B) {
	src := noise(1920, 1080)
	for _, size := range []image.Point{{1920, 1080}, {1200, 675}, {960, 540}, {2880, 1620}} {
		b.Run(fmt.Sprintf("%dx%d", size.X, size.Y), func(b *testing.B) {
			dst := image.NewRGBA(image.Rectangle{Max: size})
			var s scaler
			b.SetBytes(int64(4 * size.X * size.Y))
			for b.Loop() {
				s.paint(dst, src, dst.Rect, size)
			}
		})
	}
}
