package capture

import (
	"bytes"
	"image"
	"image/color"
	"image/draw"
	"slices"
	"sync"
	"testing"

	"deskhand/protocol/frame"
	"deskhand/protocol/pixel"
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
			shape: func(w, h int, hot image.Point, c color.RGBA) { f.Shape(plain(w, h, c), hot) },
		}
	})
}

func plain(w, h int, c color.RGBA) pixel.Image {
	m := pixel.New(w, h)
	m.Fill(c.R, c.G, c.B)
	return m
}

// album is a camera of pictures in memory.
type album struct {
	mu  sync.Mutex
	img *image.RGBA
	at  image.Point

	form   pixel.Image // of the pointer
	hot    image.Point
	serial uint64
}

func (a *album) displays() ([]frame.Display, error) {
	return []frame.Display{{X: -10, Y: 5, W: a.img.Rect.Dx(), H: a.img.Rect.Dy(), Primary: true}}, nil
}

func (a *album) picture(frame.Display) (pixel.Image, error) {
	a.mu.Lock()
	defer a.mu.Unlock()
	return pixel.FromRGBA(a.img), nil
}

func (a *album) pointer() (image.Point, bool) {
	a.mu.Lock()
	defer a.mu.Unlock()
	return a.at.Add(image.Pt(-10, 5)), true
}

func (a *album) shape(known uint64) (Cursor, bool) {
	a.mu.Lock()
	defer a.mu.Unlock()
	return newCursor(a.form, a.hot, a.serial), a.serial != known
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
			shape: func(w, h int, hot image.Point, c color.RGBA) {
				a.mu.Lock()
				defer a.mu.Unlock()
				a.form, a.hot = plain(w, h, c), hot
				a.serial++
			},
		}
	})
}

func TestUpdate(t *testing.T) {
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
			shown, img := pixel.New(200, 150), pixel.New(200, 150)
			for _, at := range tt.changed {
				img.Row(at.Y)[pixel.Bytes*at.X+2] = 1
			}
			if got := update(nil, shown, img); !slices.Equal(got, tt.want) {
				t.Errorf("update = %v, want %v", got, tt.want)
			}
			if !bytes.Equal(shown.Pix, img.Pix) {
				t.Error("what was shown is not what was taken now")
			}
		})
	}
}

func TestCursorIsCutToItsHotSpot(t *testing.T) {
	for _, tt := range []struct {
		name      string
		w, h      int
		hot, want image.Point
		size      image.Point
	}{
		{"small", 24, 32, image.Pt(3, 4), image.Pt(3, 4), image.Pt(24, 32)},
		{"hot spot outside", 24, 32, image.Pt(30, -4), image.Pt(23, 0), image.Pt(24, 32)},
		{"large, hot in the middle", 600, 20, image.Pt(300, 5), image.Pt(128, 5), image.Pt(256, 20)},
		{"large, hot at the end", 600, 300, image.Pt(599, 299), image.Pt(255, 255), image.Pt(256, 256)},
	} {
		t.Run(tt.name, func(t *testing.T) {
			whole := pixel.New(tt.w, tt.h)
			hot := image.Pt(min(max(tt.hot.X, 0), tt.w-1), min(max(tt.hot.Y, 0), tt.h-1))
			whole.Row(hot.Y)[pixel.Bytes*hot.X] = 77
			c := newCursor(whole, tt.hot, 5)
			if c.Hot != tt.want || c.Shape.W != tt.size.X || c.Shape.H != tt.size.Y || c.Serial != 5 {
				t.Fatalf("%dx%d, hot spot %v, serial %d", c.Shape.W, c.Shape.H, c.Hot, c.Serial)
			}
			if c.Shape.Row(c.Hot.Y)[pixel.Bytes*c.Hot.X] != 77 {
				t.Error("another pixel is hot")
			}
		})
	}
	if c := newCursor(pixel.Image{}, image.Point{}, 5); c.Serial != 0 {
		t.Errorf("an empty shape is %+v", c)
	}
}
