package viewer

import (
	"fmt"
	"image"
	"math/rand/v2"
	"testing"
)

// views are many views of displays and windows of all sizes, in all modes, scrolled anywhere.
func views(t *testing.T, n int, try func(t *testing.T, v View)) {
	t.Helper()
	r := rand.New(rand.NewPCG(1, 2))
	for range n {
		v := View{
			Display: image.Pt(1+r.IntN(4000), 1+r.IntN(2500)),
			Window:  image.Pt(1+r.IntN(3000), 1+r.IntN(2000)),
			Mode:    Mode(r.IntN(3)),
			Percent: r.IntN(260),
			Scroll:  image.Pt(r.IntN(5000)-200, r.IntN(4000)-200),
		}
		if r.IntN(3) == 0 {
			v, _, _ = v.WithBars(1 + r.IntN(20))
		}
		try(t, v)
		if t.Failed() {
			t.Fatalf("%+v: scale %v, size %v, origin %v", v, v.Scale(), v.Size(), v.Origin())
		}
	}
}

// TestPointsMapExactly is V-08: whatever the mode, the pixel of the display that is painted under the pointer is the one
// that gets the click.
func TestPointsMapExactly(t *testing.T) {
	r := rand.New(rand.NewPCG(3, 4))
	views(t, 20000, func(t *testing.T, v View) {
		size, origin := v.Size(), v.Origin()
		for range 8 {
			p := image.Pt(r.IntN(v.Display.X), r.IntN(v.Display.Y))
			back, _ := v.Remote(v.Local(p))
			near := func(a, b, shown, there int) bool {
				d := a - b
				if shown >= there {
					return d == 0
				}
				return max(d, -d) <= there/shown+1
			}
			if !near(back.X, p.X, size.X, v.Display.X) || !near(back.Y, p.Y, size.Y, v.Display.Y) {
				t.Errorf("%v is at %v, where %v is", p, v.Local(p), back)
			}
			q := image.Pt(r.IntN(v.Window.X), r.IntN(v.Window.Y))
			at, inside := v.Remote(q)
			if inside != q.In(image.Rectangle{Min: origin, Max: origin.Add(size)}) {
				t.Errorf("%v inside is %v", q, inside)
			}
			if !at.In(image.Rectangle{Max: v.Display}) {
				t.Errorf("%v maps outside the display: %v", q, at)
			}
			// The pixel under the pointer is among those that the painted pixel is the mean of.
			if k := q.Sub(origin); inside && size == v.Display && at != k {
				t.Errorf("actual size: %v is %v", k, at)
			}
			if inside && !q.Sub(origin).In(v.Painted(image.Rectangle{Min: at, Max: at.Add(image.Pt(1, 1))})) {
				t.Errorf("%v maps to %v, which is not painted there", q, at)
			}
		}
	})
}

func TestCornersMapToCorners(t *testing.T) {
	views(t, 5000, func(t *testing.T, v View) {
		size, origin := v.Size(), v.Origin()
		last := size.Sub(image.Pt(1, 1))
		want := v.Display.Sub(image.Pt(1, 1))
		if at, _ := v.Remote(origin); at != (image.Point{}) {
			t.Errorf("first pixel is %v", at)
		}
		if at, _ := v.Remote(origin.Add(last)); size.X > 1 && size.Y > 1 && at != want {
			t.Errorf("last pixel is %v, not %v", at, want)
		}
		if at, inside := v.Remote(origin.Sub(image.Pt(50, 50))); at != (image.Point{}) || inside {
			t.Errorf("beside the corner is %v, inside %v", at, inside)
		}
	})
}

func TestRemoteNeverGoesBack(t *testing.T) {
	views(t, 300, func(t *testing.T, v View) {
		was := -1
		for x := -5; x < v.Window.X+5; x++ {
			at, _ := v.Remote(image.Pt(x, 0))
			if at.X < was {
				t.Errorf("at %d: %d after %d", x, at.X, was)
			}
			was = at.X
		}
	})
}

func TestPictureFillsTheWindowOrStandsInTheMiddle(t *testing.T) {
	views(t, 20000, func(t *testing.T, v View) {
		size, origin := v.Size(), v.Origin()
		for _, a := range [][3]int{{origin.X, size.X, v.Window.X}, {origin.Y, size.Y, v.Window.Y}} {
			at, picture, window := a[0], a[1], a[2]
			switch {
			case picture <= window && at != (window-picture)/2:
				t.Error("it is not in the middle")
			case picture > window && (at > 0 || at+picture < window):
				t.Error("there is a gap")
			}
		}
		if v.Mode == Fit && v.Percent >= 0 && (size.X > v.Window.X+1 || size.Y > v.Window.Y+1) && min(v.Window.X, v.Window.Y) > 1 {
			t.Error("it does not fit")
		}
	})
}

func TestScale(t *testing.T) {
	tests := []struct {
		name string
		v    View
		want float64
	}{
		{"fit shrinks", View{Display: image.Pt(1000, 500), Window: image.Pt(500, 500)}, 0.5},
		{"fit keeps what nearly fits", View{Display: image.Pt(1000, 500), Window: image.Pt(1200, 600)}, 1},
		{"fit enlarges", View{Display: image.Pt(1000, 500), Window: image.Pt(3000, 1000)}, 2},
		{"actual", View{Display: image.Pt(1000, 500), Window: image.Pt(10, 10), Mode: Actual}, 1},
		{"zoom", View{Display: image.Pt(1000, 500), Window: image.Pt(10, 10), Mode: Zoom, Percent: 150}, 1.5},
		{"too little zoom", View{Display: image.Pt(1000, 500), Window: image.Pt(10, 10), Mode: Zoom, Percent: 3}, 0.25},
		{"too much zoom", View{Display: image.Pt(1000, 500), Window: image.Pt(10, 10), Mode: Zoom, Percent: 300}, 2},
		{"nothing", View{Window: image.Pt(10, 10)}, 1},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			if got := test.v.Scale(); got != test.want {
				t.Errorf("got %v", got)
			}
		})
	}
}

func TestBars(t *testing.T) {
	tests := []struct {
		window               image.Point
		horizontal, vertical bool
	}{
		{image.Pt(1000, 800), false, false},
		{image.Pt(999, 900), true, false},
		{image.Pt(1100, 799), false, true},
		{image.Pt(1000, 799), true, true}, // the one takes the other's place
		{image.Pt(1005, 799), true, true},
		{image.Pt(10, 10), true, true},
	}
	for _, test := range tests {
		t.Run(fmt.Sprint(test.window), func(t *testing.T) {
			v, h, down := View{Display: image.Pt(1000, 800), Window: test.window, Mode: Actual}.WithBars(10)
			if h != test.horizontal || down != test.vertical {
				t.Errorf("got %v, %v, window %v", h, down, v.Window)
			}
		})
	}
}

func TestEmptyViews(t *testing.T) {
	for _, v := range []View{{}, {Display: image.Pt(10, 10)}, {Window: image.Pt(10, 10)}} {
		if at, inside := v.Remote(image.Pt(1, 1)); inside || at != (image.Point{}) {
			t.Error("something is under the pointer")
		}
		if v.Size() != (image.Point{}) || v.Local(image.Pt(1, 1)) != (image.Point{}) || !v.Painted(image.Rect(0, 0, 1, 1)).Empty() {
			t.Error("something is to be seen")
		}
		if _, h, down := v.WithBars(10); h || down {
			t.Error("scrollbars")
		}
	}
}
