package capture

import (
	"bytes"
	"image"
	"image/color"
	"image/draw"
	"math/rand/v2"
	"slices"
	"sync"
	"testing"

	"deskhand/protocol/frame"
)

func TestFakeConforms(t *testing.T) {
	conform(t, func(*testing.T) screen {
		f := NewFake(nil, frame.Display{W: 200, H: 150, Primary: true}, frame.Display{ID: 1, X: 200, W: 50, H: 50})
		return screen{
			source: f,
			fill: func(r image.Rectangle, c color.RGBA) {
				f.Draw(0, r, func(img *image.RGBA) { draw.Draw(img, r, image.NewUniform(c), image.Point{}, draw.Src) })
			},
			point: func(x, y int) { f.Point(Pointer{X: x, Y: y, Visible: true}) },
		}
	})
}

func TestToRGBA(t *testing.T) {
	random := rand.New(rand.NewPCG(1, 2))
	for pixels := range 9 {
		src := make([]byte, pixels*bytesPerPixel+3)
		for i := range src {
			src[i] = byte(random.Uint32())
		}
		dst := bytes.Repeat([]byte{0x77}, pixels*bytesPerPixel)
		toRGBA(dst, src)
		for i := 0; i < len(dst); i += bytesPerPixel {
			if want := []byte{src[i+2], src[i+1], src[i], 0xff}; !bytes.Equal(dst[i:i+4], want) {
				t.Errorf("%d pixels: pixel %d is %v, want %v", pixels, i/bytesPerPixel, dst[i:i+4], want)
			}
		}
	}
}

func BenchmarkToRGBA(b *testing.B) {
	row := make([]byte, 1920*bytesPerPixel)
	dst := make([]byte, len(row))
	b.SetBytes(int64(len(row)))
	b.ReportAllocs()
	for b.Loop() {
		toRGBA(dst, row)
	}
}

// album is a camera of pictures in memory.
type album struct {
	mu  sync.Mutex
	img *image.RGBA
	at  image.Point
}

func (a *album) displays() ([]frame.Display, error) {
	return []frame.Display{{X: -10, Y: 5, W: a.img.Rect.Dx(), H: a.img.Rect.Dy(), Primary: true}}, nil
}

func (a *album) picture(frame.Display) (*image.RGBA, error) {
	a.mu.Lock()
	defer a.mu.Unlock()
	c := image.NewRGBA(a.img.Rect)
	copy(c.Pix, a.img.Pix)
	return c, nil
}

func (a *album) pointer() (image.Point, bool) {
	a.mu.Lock()
	defer a.mu.Unlock()
	return a.at.Add(image.Pt(-10, 5)), true
}

func TestPolledConforms(t *testing.T) {
	conform(t, func(*testing.T) screen {
		a := &album{img: image.NewRGBA(image.Rect(0, 0, 200, 150))}
		return screen{
			source: newPolled(Config{}.withDefaults(), a),
			fill: func(r image.Rectangle, c color.RGBA) {
				a.mu.Lock()
				defer a.mu.Unlock()
				draw.Draw(a.img, r, image.NewUniform(c), image.Point{}, draw.Src)
			},
			point: func(x, y int) {
				a.mu.Lock()
				defer a.mu.Unlock()
				a.at = image.Pt(x, y)
			},
		}
	})
}

func TestDifferences(t *testing.T) {
	black := image.NewRGBA(image.Rect(0, 0, 200, 150))
	for _, tt := range []struct {
		name    string
		changed []image.Point
		want    []image.Rectangle
	}{
		{"none", nil, nil},
		{"one", []image.Point{{70, 10}}, []image.Rectangle{image.Rect(64, 0, 128, 64)}},
		{"neighbours", []image.Point{{63, 63}, {64, 63}}, []image.Rectangle{image.Rect(0, 0, 128, 64)}},
		{"corner", []image.Point{{199, 149}}, []image.Rectangle{image.Rect(192, 128, 200, 150)}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			img := image.NewRGBA(black.Rect)
			for _, at := range tt.changed {
				img.Pix[img.PixOffset(at.X, at.Y)+2] = 1
			}
			if got := differences(black, img); !slices.Equal(got, tt.want) {
				t.Errorf("differences = %v, want %v", got, tt.want)
			}
		})
	}
}
