// Package capturetest says what every capture.Source must do, as a test that back ends run, and has what else their tests
// need.
package capturetest

import (
	"bytes"
	"context"
	"errors"
	"image"
	"image/color"
	"testing"

	"deskhand/apps/internal/capture"
	"deskhand/protocol/fault"
	"deskhand/protocol/pixel"
)

// Screen is something that can be drawn on and captured.
type Screen struct {
	Source capture.Source
	Fill   func(image.Rectangle, color.RGBA) // on the first display
	Point  func(x, y int)
	Shape  func(w, h int, hot image.Point, c color.RGBA) // of the pointer
}

// The colours that tests draw with.
var (
	Red   = color.RGBA{R: 200, G: 10, B: 20, A: 255}
	Green = color.RGBA{R: 1, G: 250, B: 3, A: 255}
	Blue  = color.RGBA{R: 7, G: 8, B: 230, A: 255}
)

// coarse is how far beyond a change a frame may call pixels dirty.
const coarse = 128

// Conform is what every Source must do; fresh gives a fresh screen of at least 200x150 pixels.
func Conform(t *testing.T, fresh func(t *testing.T) Screen) {
	for _, tt := range []struct {
		name string
		test func(*testing.T, Screen)
	}{
		{"first frame is everything", first},
		{"changes come with their pixels", changes},
		{"pointer", pointer},
		{"cursor", cursor},
		{"context ends waiting", cancelled},
		{"closing ends waiting", closed},
	} {
		t.Run(tt.name, func(t *testing.T) { tt.test(t, fresh(t)) })
	}
}

func first(t *testing.T, s Screen) {
	s.Fill(image.Rect(0, 0, 200, 150), Red)
	var f capture.Frame
	Next(t, s, &f)
	if !f.Relayout || len(f.Displays) != len(f.Images) || len(f.Dirty) != len(f.Images) || len(f.Images) == 0 {
		t.Fatalf("first frame: relayout %v, %d displays, %d images", f.Relayout, len(f.Displays), len(f.Images))
	}
	d := f.Displays[0]
	if got := Union(f.Dirty[0]); got != image.Rect(0, 0, d.W, d.H) || f.Images[0].Bounds() != got {
		t.Errorf("dirty %v of %v", got, f.Images[0].Bounds())
	}
	Expect(t, &f, image.Pt(150, 100), Red)
	if f.CapturedAt.IsZero() {
		t.Error("no time of capture")
	}
}

func changes(t *testing.T, s Screen) {
	var f capture.Frame
	Next(t, s, &f)
	for i, c := range []color.RGBA{Red, Green, Blue, Green} {
		r := image.Rect(10+20*i, 30, 25+20*i, 41)
		s.Fill(r, c)
		Until(t, s, &f, func() bool { return Colour(&f, 0, r.Min.X, r.Min.Y) == c })
		if f.Relayout {
			t.Error("a new layout without a reason")
		}
		if !r.In(Union(f.Dirty[0])) {
			t.Errorf("%v changed, dirty is %v", r, f.Dirty[0])
		}
		if got := Union(f.Dirty[0]); got.Dx() > r.Dx()+coarse || got.Dy() > r.Dy()+coarse {
			t.Errorf("%v changed, but %v was read", r, got)
		}
		Expect(t, &f, r.Max.Sub(image.Pt(1, 1)), c)
	}
}

func pointer(t *testing.T, s Screen) {
	var f capture.Frame
	Next(t, s, &f)
	for _, at := range []image.Point{{40, 50}, {120, 13}} {
		s.Point(at.X, at.Y)
		Until(t, s, &f, func() bool { return f.Pointer.X == at.X && f.Pointer.Y == at.Y })
		if !f.PointerMoved || !f.Pointer.Visible || f.Pointer.Display != f.Displays[0].ID {
			t.Errorf("pointer %+v, moved %v", f.Pointer, f.PointerMoved)
		}
	}
}

func cursor(t *testing.T, s Screen) {
	var f capture.Frame
	Next(t, s, &f)
	s.Point(50, 50)
	serials := map[uint64]bool{}
	for i, c := range []color.RGBA{Red, Green} {
		w, h, hot := 12+i, 9, image.Pt(3, 4+i)
		s.Shape(w, h, hot, c)
		Until(t, s, &f, func() bool { return f.CursorChanged && f.Cursor.Shape.W == w })
		serials[f.Cursor.Serial] = true
		at := f.Cursor.Shape.Row(8)[:pixel.Bytes]
		if f.Cursor.Shape.H != h || f.Cursor.Hot != hot || !bytes.Equal(at, []byte{c.B, c.G, c.R, 255}) {
			t.Errorf("cursor of %dx%d, hot at %v, colour %v", f.Cursor.Shape.W, f.Cursor.Shape.H, f.Cursor.Hot, at)
		}
	}
	if len(serials) != 2 || serials[0] {
		t.Errorf("serials %v", serials)
	}
	Settle(t, s, &f)
	if f.CursorChanged || f.Cursor.Shape.W != 13 {
		t.Error("the cursor is not as it was")
	}
}

func cancelled(t *testing.T, s Screen) {
	var f capture.Frame
	Next(t, s, &f)
	Settle(t, s, &f)
	ctx, cancel := context.WithCancel(t.Context())
	done := GoNext(ctx, s.Source)
	cancel()
	if err := <-done; !errors.Is(err, context.Canceled) {
		t.Errorf("Next = %v", err)
	}
}

func closed(t *testing.T, s Screen) {
	var f capture.Frame
	Next(t, s, &f)
	Settle(t, s, &f)
	done := GoNext(t.Context(), s.Source)
	for range 2 {
		if err := s.Source.Close(); err != nil {
			t.Errorf("Close = %v", err)
		}
	}
	if err := <-done; !fault.Is(err, fault.ScreenUnavailable) {
		t.Errorf("Next = %v", err)
	}
}

// GoNext calls Next on a goroutine.
func GoNext(ctx context.Context, s capture.Source) <-chan error {
	done := make(chan error, 1)
	go func() {
		var f capture.Frame
		done <- s.Next(ctx, &f)
	}()
	return done
}

// Next takes a frame, which must come.
func Next(t *testing.T, s Screen, f *capture.Frame) {
	t.Helper()
	if err := s.Source.Next(t.Context(), f); err != nil {
		t.Fatal(err)
	}
}

// Until takes frames until one shows what is waited for: a change may come in several.
func Until(t *testing.T, s Screen, f *capture.Frame, shown func() bool) {
	t.Helper()
	for {
		Next(t, s, f)
		if shown() {
			return
		}
	}
}

// Settle draws a last mark and takes frames until it is there, so that nothing is left to be told.
func Settle(t *testing.T, s Screen, f *capture.Frame) {
	t.Helper()
	s.Fill(image.Rect(0, 0, 1, 1), Blue)
	Until(t, s, f, func() bool { return Colour(f, 0, 0, 0) == Blue })
}

// Union is the rectangle around all.
func Union(rects []image.Rectangle) (all image.Rectangle) {
	for _, r := range rects {
		all = all.Union(r)
	}
	return all
}

// Colour is what a frame shows at a pixel of a display.
func Colour(f *capture.Frame, display, x, y int) color.RGBA {
	at := f.Images[display].Row(y)[pixel.Bytes*x:]
	return color.RGBA{at[2], at[1], at[0], 255}
}

// Expect compares a pixel of the first display.
func Expect(t *testing.T, f *capture.Frame, at image.Point, want color.RGBA) {
	t.Helper()
	if got := Colour(f, 0, at.X, at.Y); got != want {
		t.Errorf("pixel at %v is %v, want %v", at, got, want)
	}
}
