package capture

import (
	"bytes"
	"image"
	"slices"
	"testing"

	"deskhand/protocol/pixel"
)

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
