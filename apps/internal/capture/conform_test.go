package capture

import (
	"bytes"
	"context"
	"errors"
	"image"
	"image/color"
	"testing"

	"deskhand/protocol/fault"
	"deskhand/protocol/pixel"
)

// screen is something that can be drawn on and captured.
type screen struct {
	source Source
	fill   func(image.Rectangle, color.RGBA) // on the first display
	point  func(x, y int)
	shape  func(w, h int, hot image.Point, c color.RGBA) // of the pointer
}

var (
	red   = color.RGBA{R: 200, G: 10, B: 20, A: 255}
	green = color.RGBA{R: 1, G: 250, B: 3, A: 255}
	blue  = color.RGBA{R: 7, G: 8, B: 230, A: 255}
)

// conform is what every Source must do; fresh gives a fresh screen of at least 200x150 pixels.
func conform(t *testing.T, fresh func(t *testing.T) screen) {
	t.Run("first frame is everything", func(t *testing.T) {
		s := fresh(t)
		s.fill(image.Rect(0, 0, 200, 150), red)
		var f Frame
		next(t, s, &f)
		if !f.Relayout || len(f.Displays) != len(f.Images) || len(f.Dirty) != len(f.Images) || len(f.Images) == 0 {
			t.Fatalf("first frame: relayout %v, %d displays, %d images", f.Relayout, len(f.Displays), len(f.Images))
		}
		d := f.Displays[0]
		if got := union(f.Dirty[0]); got != image.Rect(0, 0, d.W, d.H) || f.Images[0].Bounds() != got {
			t.Errorf("dirty %v of %v", got, f.Images[0].Bounds())
		}
		expect(t, &f, image.Pt(150, 100), red)
		if f.CapturedAt.IsZero() {
			t.Error("no time of capture")
		}
	})
	t.Run("changes come with their pixels", func(t *testing.T) {
		s := fresh(t)
		var f Frame
		next(t, s, &f)
		for i, c := range []color.RGBA{red, green, blue, green} {
			r := image.Rect(10+20*i, 30, 25+20*i, 41)
			s.fill(r, c)
			until(t, s, &f, func() bool { return colour(&f, 0, r.Min.X, r.Min.Y) == c })
			if f.Relayout {
				t.Error("a new layout without a reason")
			}
			if !r.In(union(f.Dirty[0])) {
				t.Errorf("%v changed, dirty is %v", r, f.Dirty[0])
			}
			if got := union(f.Dirty[0]); got.Dx() > r.Dx()+2*cell || got.Dy() > r.Dy()+2*cell {
				t.Errorf("%v changed, but %v was read", r, got)
			}
			expect(t, &f, r.Max.Sub(image.Pt(1, 1)), c)
		}
	})
	t.Run("pointer", func(t *testing.T) {
		s := fresh(t)
		var f Frame
		next(t, s, &f)
		for _, at := range []image.Point{{40, 50}, {120, 13}} {
			s.point(at.X, at.Y)
			until(t, s, &f, func() bool { return f.Pointer.X == at.X && f.Pointer.Y == at.Y })
			if !f.PointerMoved || !f.Pointer.Visible || f.Pointer.Display != f.Displays[0].ID {
				t.Errorf("pointer %+v, moved %v", f.Pointer, f.PointerMoved)
			}
		}
	})
	t.Run("cursor", func(t *testing.T) {
		s := fresh(t)
		var f Frame
		next(t, s, &f)
		s.point(50, 50)
		serials := map[uint64]bool{}
		for i, c := range []color.RGBA{red, green} {
			w, h, hot := 12+i, 9, image.Pt(3, 4+i)
			s.shape(w, h, hot, c)
			until(t, s, &f, func() bool { return f.CursorChanged && f.Cursor.Shape.W == w })
			serials[f.Cursor.Serial] = true
			at := f.Cursor.Shape.Row(8)[:pixel.Bytes]
			if f.Cursor.Shape.H != h || f.Cursor.Hot != hot || !bytes.Equal(at, []byte{c.B, c.G, c.R, 255}) {
				t.Errorf("cursor of %dx%d, hot at %v, colour %v", f.Cursor.Shape.W, f.Cursor.Shape.H, f.Cursor.Hot, at)
			}
		}
		if len(serials) != 2 || serials[0] {
			t.Errorf("serials %v", serials)
		}
		settle(t, s, &f)
		if f.CursorChanged || f.Cursor.Shape.W != 13 {
			t.Error("the cursor is not as it was")
		}
	})
	t.Run("context ends waiting", func(t *testing.T) {
		s := fresh(t)
		var f Frame
		next(t, s, &f)
		settle(t, s, &f)
		ctx, cancel := context.WithCancel(t.Context())
		done := goNext(ctx, s.source)
		cancel()
		if err := <-done; !errors.Is(err, context.Canceled) {
			t.Errorf("Next = %v", err)
		}
	})
	t.Run("closing ends waiting", func(t *testing.T) {
		s := fresh(t)
		var f Frame
		next(t, s, &f)
		settle(t, s, &f)
		done := goNext(t.Context(), s.source)
		for range 2 {
			if err := s.source.Close(); err != nil {
				t.Errorf("Close = %v", err)
			}
		}
		if err := <-done; !fault.Is(err, fault.ScreenUnavailable) {
			t.Errorf("Next = %v", err)
		}
	})
}

func goNext(ctx context.Context, s Source) <-chan error {
	done := make(chan error, 1)
	go func() {
		var f Frame
		done <- s.Next(ctx, &f)
	}()
	return done
}

func next(t *testing.T, s screen, f *Frame) {
	t.Helper()
	if err := s.source.Next(t.Context(), f); err != nil {
		t.Fatal(err)
	}
}

// until takes frames until one shows what is waited for: a change may come in several.
func until(t *testing.T, s screen, f *Frame, shown func() bool) {
	t.Helper()
	for {
		next(t, s, f)
		if shown() {
			return
		}
	}
}

// settle draws a last mark and takes frames until it is there, so that nothing is left to be told.
func settle(t *testing.T, s screen, f *Frame) {
	t.Helper()
	s.fill(image.Rect(0, 0, 1, 1), blue)
	until(t, s, f, func() bool { return colour(f, 0, 0, 0) == blue })
}

func union(rects []image.Rectangle) (all image.Rectangle) {
	for _, r := range rects {
		all = all.Union(r)
	}
	return all
}

func colour(f *Frame, display, x, y int) color.RGBA {
	at := f.Images[display].Row(y)[pixel.Bytes*x:]
	return color.RGBA{at[2], at[1], at[0], 255}
}

func expect(t *testing.T, f *Frame, at image.Point, want color.RGBA) {
	t.Helper()
	if got := colour(f, 0, at.X, at.Y); got != want {
		t.Errorf("pixel at %v is %v, want %v", at, got, want)
	}
}
