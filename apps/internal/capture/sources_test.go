package capture_test

import (
	"image"
	"image/color"
	"image/draw"
	"testing"

	"deskhand/apps/internal/capture"
	"deskhand/apps/internal/capture/capturetest"
	"deskhand/protocol/frame"
	"deskhand/protocol/pixel"
)

func TestFakeConforms(t *testing.T) {
	capturetest.Conform(t, func(*testing.T) capturetest.Screen {
		f := capture.NewFake(nil, frame.Display{W: 200, H: 150, Primary: true}, frame.Display{ID: 1, X: 200, W: 50, H: 50})
		return capturetest.Screen{
			Source: f,
			Fill: func(r image.Rectangle, c color.RGBA) {
				f.Draw(0, r, func(img *image.RGBA) { draw.Draw(img, r, image.NewUniform(c), image.Point{}, draw.Src) })
			},
			Point: func(x, y int) { f.Point(capture.Pointer{X: x, Y: y, Visible: true}) },
			Shape: func(w, h int, hot image.Point, c color.RGBA) { f.Shape(plain(w, h, c), hot) },
		}
	})
}

func plain(w, h int, c color.RGBA) pixel.Image {
	m := pixel.New(w, h)
	m.Fill(c.R, c.G, c.B)
	return m
}

func TestPolledConforms(t *testing.T) {
	capturetest.Conform(t, func(*testing.T) capturetest.Screen {
		a, source := capture.NewAlbum(200, 150)
		return capturetest.Screen{
			Source: source, Fill: a.Fill, Point: a.Point,
			Shape: func(w, h int, hot image.Point, c color.RGBA) { a.Shape(plain(w, h, c), hot) },
		}
	})
}
