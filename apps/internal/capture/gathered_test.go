package capture

import (
	"image"
	"math/rand/v2"
	"testing"
)

func TestGatheredCoversAll(t *testing.T) {
	rnd := rand.New(rand.NewPCG(4, 2))
	for round := range 300 {
		var g gathered
		var all []image.Rectangle
		for range 1 + rnd.IntN(120) {
			r := image.Rect(0, 0, rnd.IntN(90), rnd.IntN(90)).Add(image.Pt(rnd.IntN(4000), rnd.IntN(4000)-50))
			all = append(all, r)
			g.add(r)
		}
		if len(g) > maxRects {
			t.Fatalf("round %d: %d rectangles", round, len(g))
		}
		for _, r := range all {
			covered := r.Empty()
			for _, have := range g {
				covered = covered || r.In(have)
			}
			if !covered {
				t.Fatalf("round %d: %v is in none of %v", round, r, g)
			}
		}
	}
}

func TestGatheredJoinsWhatIsNear(t *testing.T) {
	var g gathered
	for x := range 200 {
		g.add(image.Rect(8*x, 0, 8*x+8, 16)) // a line of text
		g.add(image.Rect(8*x, 900, 8*x+8, 916))
	}
	if len(g) != 2 {
		t.Errorf("two lines of text are %v", g)
	}
}
