package viewer

import (
	"bytes"
	"fmt"
	"image"
	"image/color"
	"math/rand/v2"
	"testing"
)

func noise(w, h int) Pixels {
	r := rand.New(rand.NewPCG(5, 6))
	p := NewPixels(image.Pt(w, h))
	for i := range p.Pix {
		p.Pix[i] = byte(r.Uint32())
	}
	return p
}

func (p Pixels) at(x, y int) color.RGBA {
	c := p.Pix[y*p.Stride+pixelBytes*x:]
	return color.RGBA{R: c[2], G: c[1], B: c[0], A: 255}
}

func (p Pixels) set(x, y int, c color.RGBA) {
	copy(p.Pix[y*p.Stride+pixelBytes*x:], []byte{c.B, c.G, c.R, c.A})
}

// TestScaledParts checks that a picture painted in parts is the same as one painted whole, so that tiles have no seams.
func TestScaledParts(t *testing.T) {
	src := noise(97, 61)
	for _, size := range []image.Point{{97, 61}, {50, 31}, {13, 9}, {150, 100}, {194, 122}, {1, 1}} {
		t.Run(fmt.Sprint(size), func(t *testing.T) {
			var s scaler
			all := image.Rectangle{Max: size}
			want := NewPixels(size)
			s.paint(want, src, all, size)
			const tile = 17
			for y := 0; y < size.Y; y += tile {
				for x := 0; x < size.X; x += tile {
					r := image.Rect(x, y, x+tile, y+tile).Intersect(all)
					got := NewPixels(r.Size())
					s.paint(got, src, r, size)
					for j := range r.Dy() {
						for i := range r.Dx() {
							if got.at(i, j) != want.at(x+i, y+j) {
								t.Fatalf("pixel %d,%d differs", x+i, y+j)
							}
						}
					}
				}
			}
		})
	}
}

// TestScaledBands checks that a large picture, which several goroutines paint, is the same as its parts.
func TestScaledBands(t *testing.T) {
	src, size := noise(1500, 1100), image.Pt(1100, 801)
	var s scaler
	all := NewPixels(size)
	s.paint(all, src, all.bounds(), size)
	for y := range size.Y {
		r := image.Rect(0, y, size.X, y+1)
		line := NewPixels(r.Size())
		s.paint(line, src, r, size)
		if !bytes.Equal(line.Pix, all.row(y)) {
			t.Fatalf("line %d differs", y)
		}
	}
}

func TestThumbnails(t *testing.T) {
	for _, test := range []struct{ size, most, want image.Point }{
		{image.Pt(1920, 1080), image.Pt(192, 192), image.Pt(192, 108)},
		{image.Pt(1080, 1920), image.Pt(192, 192), image.Pt(108, 192)},
		{image.Pt(100, 50), image.Pt(192, 192), image.Pt(100, 50)},
		{image.Pt(4000, 1), image.Pt(40, 40), image.Pt(40, 1)},
		{image.Pt(0, 0), image.Pt(40, 40), image.Pt(0, 0)},
		{image.Pt(40, 40), image.Pt(0, 40), image.Pt(0, 0)},
	} {
		img := NewPixels(test.size)
		img.fill(0xff102030)
		got := Thumbnail(img, test.most)
		if got.Rect.Size() != test.want || !got.Rect.Empty() && got.RGBAAt(0, 0) != (color.RGBA{R: 0x10, G: 0x20, B: 0x30, A: 255}) {
			t.Errorf("%v within %v is %v", test.size, test.most, got.Rect)
		}
	}
}

// TestScaledMeans compares with means that are computed with fractions.
func TestScaledMeans(t *testing.T) {
	src := noise(53, 47)
	for _, size := range []image.Point{{50, 31}, {13, 9}, {26, 23}, {150, 100}, {106, 94}, {1, 1}, {60, 20}} {
		var s scaler
		got := NewPixels(size)
		s.paint(got, src, got.bounds(), size)
		for y := range size.Y {
			for x := range size.X {
				want, c := mean(src, image.Pt(x, y), size), got.at(x, y)
				for i, v := range []byte{c.R, c.G, c.B} {
					// The lines' weights have eight bits.
					if d := float64(v) - want[i]; d < -3 || d > 3 {
						t.Fatalf("%v: pixel %d,%d is %v, not %v", size, x, y, c, want)
					}
				}
			}
		}
	}
}

func mean(src Pixels, at, size image.Point) (sum [3]float64) {
	part := func(p, source, size, i int) float64 {
		from := max(float64(p)*float64(source)/float64(size), float64(i))
		to := min(float64(p+1)*float64(source)/float64(size), float64(i+1))
		return max(0, to-from) * float64(size) / float64(source)
	}
	for y := range src.H {
		for x := range src.W {
			w := part(at.X, src.W, size.X, x) * part(at.Y, src.H, size.Y, y)
			c := src.at(x, y)
			sum[0], sum[1], sum[2] = sum[0]+w*float64(c.R), sum[1]+w*float64(c.G), sum[2]+w*float64(c.B)
		}
	}
	return sum
}

func TestScaledColors(t *testing.T) {
	half := NewPixels(image.Pt(4, 2))
	for y := range 2 {
		for x := range 4 {
			c := color.RGBA{A: 255}
			if x%2 == 1 {
				c = color.RGBA{R: 255, G: 100, B: 1, A: 255}
			}
			half.set(x, y, c)
		}
	}
	var s scaler
	small := NewPixels(image.Pt(2, 1))
	s.paint(small, half, small.bounds(), image.Pt(2, 1))
	if c := small.at(0, 0); c != (color.RGBA{R: 128, G: 50, B: 1, A: 255}) {
		t.Errorf("the mean is %v", c)
	}
	large := NewPixels(image.Pt(8, 4))
	s.paint(large, half, large.bounds(), image.Pt(8, 4))
	for x := range 8 {
		if large.at(x, 3) != half.at(x/2, 1) {
			t.Errorf("doubled pixel %d is %v", x, large.at(x, 3))
		}
	}
	plain := NewPixels(image.Pt(640, 333))
	for i := range plain.Pix {
		plain.Pix[i] = 0xff
	}
	for _, size := range []image.Point{{211, 100}, {641, 400}, {17, 5}} {
		out := NewPixels(size)
		s.paint(out, plain, out.bounds(), size)
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
	dst := NewPixels(image.Pt(256, 256))
	var s scaler
	s.paint(dst, src, part, size)
	if n := testing.AllocsPerRun(10, func() { s.paint(dst, src, part, size) }); n != 0 {
		t.Errorf("%v allocations", n)
	}
}

func BenchmarkScale(b *testing.B) {
	src := noise(1920, 1080)
	for _, size := range []image.Point{{1920, 1080}, {1200, 675}, {960, 540}, {2880, 1620}, {3840, 2160}} {
		b.Run(fmt.Sprintf("%dx%d", size.X, size.Y), func(b *testing.B) {
			dst := NewPixels(size)
			var s scaler
			b.SetBytes(int64(4 * size.X * size.Y))
			for b.Loop() {
				s.paint(dst, src, dst.bounds(), size)
			}
		})
	}
}
