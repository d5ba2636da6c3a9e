package region_test

import (
	"image"
	"math/rand/v2"
	"testing"

	"deskhand/apps/internal/share/region"
)

const side = 40

// model is the same set, pixel by pixel.
type model [side][side]bool

func (m *model) fill(r image.Rectangle, v bool) {
	for y := max(0, r.Min.Y); y < min(side, r.Max.Y); y++ {
		for x := max(0, r.Min.X); x < min(side, r.Max.X); x++ {
			m[y][x] = v
		}
	}
}

func (m *model) moved(from image.Rectangle, to image.Point) {
	was := *m
	for y := range from.Dy() {
		for x := range from.Dx() {
			m[to.Y+y][to.X+x] = was[from.Min.Y+y][from.Min.X+x]
		}
	}
}

func random(rnd *rand.Rand) image.Rectangle {
	x, y := rnd.IntN(side), rnd.IntN(side)
	return image.Rect(x, y, x+1+rnd.IntN(side-x), y+1+rnd.IntN(side-y))
}

func small(rnd *rand.Rand) image.Rectangle {
	x, y := rnd.IntN(side-3), rnd.IntN(side-3)
	return image.Rect(x, y, x+1+rnd.IntN(3), y+1+rnd.IntN(3))
}

// A region holds every pixel that the model holds, in rectangles that do not overlap; with few rectangles exactly those.
func TestLikeASetOfPixels(t *testing.T) {
	for seed := range uint64(300) {
		rnd := rand.New(rand.NewPCG(seed, 9))
		var g region.Region
		var m model
		joined := false
		for range 60 {
			before := len(g.Rects())
			switch r := random(rnd); rnd.IntN(6) {
			case 0:
				g.Subtract(r)
				m.fill(r, false)
			case 1:
				to := image.Pt(rnd.IntN(side-r.Dx()+1), rnd.IntN(side-r.Dy()+1))
				g.Moved(r, to)
				m.moved(r, to)
			default:
				r = small(rnd)
				g.Add(r)
				m.fill(r, true)
			}
			joined = joined || before > 20
			check(t, &g, &m, !joined)
		}
	}
}

func check(t *testing.T, g *region.Region, m *model, exact bool) {
	t.Helper()
	var got model
	area := 0
	for _, r := range g.Rects() {
		if r.Empty() {
			t.Fatal("an empty rectangle")
		}
		got.fill(r, true)
		area += r.Dx() * r.Dy()
	}
	pixels := 0
	for y := range side {
		for x := range side {
			if got[y][x] {
				pixels++
			}
			if m[y][x] && !got[y][x] {
				t.Fatalf("pixel %d,%d was forgotten", x, y)
			}
			if exact && got[y][x] && !m[y][x] {
				t.Fatalf("pixel %d,%d was never added", x, y)
			}
		}
	}
	if area != pixels || area != g.Area() {
		t.Fatalf("rectangles overlap: %d pixels in %d", pixels, area)
	}
}

func TestStaysSmall(t *testing.T) {
	rnd := rand.New(rand.NewPCG(5, 5))
	var g region.Region
	for range 5000 {
		x, y := rnd.IntN(4000), rnd.IntN(4000)
		g.Add(image.Rect(x, y, x+2, y+2))
		if n := len(g.Rects()); n > 400 {
			t.Fatalf("%d rectangles", n)
		}
	}
}
