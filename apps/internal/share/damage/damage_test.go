package damage_test

import (
	"image"
	"math/rand/v2"
	"slices"
	"testing"

	"deskhand/apps/internal/share/damage"
	"deskhand/protocol/pixel"
)

func random(seed uint64) *rand.Rand { return rand.New(rand.NewPCG(seed, 3)) }

// TestScenes are pictures of which it is known what has moved: most of it must be found.
func TestScenes(t *testing.T) {
	const w, h = 1280, 800
	all := image.Rect(0, 0, w, h)
	for name, c := range map[string]struct {
		change func(rnd *rand.Rand, old, m pixel.Image)
		most   int // pixels that need be sent
		copies int // at most
	}{
		"nothing": {func(*rand.Rand, pixel.Image, pixel.Image) {}, 0, 0},
		"page up by three lines": {func(rnd *rand.Rand, _, m pixel.Image) {
			scrolled(rnd, m, all, image.Pt(0, -57))
		}, 1320 * 57, 1},
		"page down under a header, beside a bar": {func(rnd *rand.Rand, _, m pixel.Image) {
			scrolled(rnd, m, image.Rect(203, 91, 1263, 771), image.Pt(0, 133))
		}, 1100 * 133, 1},
		"by one pixel": {func(rnd *rand.Rand, _, m pixel.Image) {
			scrolled(rnd, m, image.Rect(203, 91, 1263, 771), image.Pt(0, 1))
		}, 4 * 1100, 1},
		"two panes": {func(rnd *rand.Rand, _, m pixel.Image) {
			scrolled(rnd, m, image.Rect(10, 91, 610, 771), image.Pt(0, 133))
			scrolled(rnd, m, image.Rect(640, 50, 1263, 771), image.Pt(0, -38))
		}, 650*133 + 700*38, 2},
		"a narrow pane": {func(rnd *rand.Rand, _, m pixel.Image) {
			scrolled(rnd, m, image.Rect(37, 200, 137, 400), image.Pt(0, -19))
		}, 100*19 + 500, 1},
		"to the left": {func(rnd *rand.Rand, _, m pixel.Image) {
			scrolled(rnd, m, image.Rect(203, 91, 1263, 771), image.Pt(-77, 0))
		}, 100 * 700, 1},
		"a letter put into a line": {func(rnd *rand.Rand, _, m pixel.Image) {
			scrolled(rnd, m, image.Rect(208, 100, 1160, 116), image.Pt(8, 0))
		}, 3000, 1},
		"a window moved":          {move(image.Pt(500, 400), image.Pt(300, 200), image.Pt(341, 177)), 500*400 - 459*377 + 2000, 1},
		"a dialog, and the clock": {move(image.Pt(260, 130), image.Pt(900, 420), image.Pt(871, 433)), 260*130 - 231*117 + 2500, 1},
	} {
		t.Run(name, func(t *testing.T) {
			rnd := random(11)
			old := pixel.New(w, h)
			text(rnd, old)
			now := clone(old)
			c.change(rnd, old, now)
			res := find(t, damage.New(), old, now, whole(now))
			if n := area(res.Dirty); n > c.most || len(res.Copies) > c.copies {
				t.Errorf("%d pixels to send, at most %d wanted; copies %v, rectangles %v", n, c.most, res.Copies, res.Dirty)
			}
		})
	}
}

// TestPlannedMoves has a pane at a random place scroll by a random distance: what it uncovers is all that need be sent,
// give or take what blocks miss at its edges.
func TestPlannedMoves(t *testing.T) {
	f := damage.New()
	for seed := range uint64(24) {
		rnd := random(1000 + seed)
		old := pixel.New(1000, 700)
		text(rnd, old)
		w, h := 200+rnd.IntN(600), 200+rnd.IntN(400)
		pane := image.Rect(0, 0, w, h).Add(image.Pt(rnd.IntN(1000-w), rnd.IntN(700-h)))
		by := image.Pt(0, 1+rnd.IntN(h/2))
		if seed%3 == 0 {
			by = image.Pt(1+rnd.IntN(w/2), 0)
		}
		if seed%2 == 0 {
			by = by.Mul(-1)
		}
		now := clone(old)
		scrolled(rnd, now, pane, by)
		res := find(t, f, old, now, whole(now))
		stays := pane.Intersect(pane.Add(by))
		if n, most := area(res.Dirty), w*h-stays.Dx()*stays.Dy()+w*h/12+4000; n > most {
			t.Errorf("seed %d: %v by %v: %d pixels to send, at most %d wanted; %v", seed, pane, by, n, most, *res)
		}
	}
}

// TestLargePicture has blocks that are larger than usual.
func TestLargePicture(t *testing.T) {
	rnd := random(4)
	old := pixel.New(3000, 2300)
	text(rnd, old)
	now := clone(old)
	pane := image.Rect(333, 222, 2777, 2111)
	scrolled(rnd, now, pane, image.Pt(0, -99))
	invert(now.Sub(image.Rect(1000, 1000, 1007, 1011)))
	res := find(t, damage.New(), old, now, whole(now))
	if n := area(res.Dirty); n > pane.Dx()*120 || len(res.Copies) != 1 {
		t.Errorf("%d pixels to send; %v", n, *res)
	}
}

// move has a window of a size go from one place to another, over the page, while a clock at the corner changes.
func move(size, from, to image.Point) func(*rand.Rand, pixel.Image, pixel.Image) {
	return func(rnd *rand.Rand, old, now pixel.Image) {
		window := pixel.New(size.X, size.Y)
		text(rnd, window)
		pixel.Copy(old, from.X, from.Y, window)
		pixel.Copy(now, to.X, to.Y, window)
		invert(now.Sub(image.Rect(5, 5, 30, 16)))
	}
}

func TestTightRectangles(t *testing.T) {
	const w, h = 640, 480
	for name, c := range map[string]struct {
		change []image.Rectangle
		want   []image.Rectangle
	}{
		"one pixel":                    {[]image.Rectangle{image.Rect(63, 64, 64, 65)}, nil},
		"a caret over two cells":       {[]image.Rectangle{image.Rect(100, 120, 102, 136)}, nil},
		"a letter over four cells":     {[]image.Rectangle{image.Rect(60, 122, 67, 133)}, nil},
		"a wide strip":                 {[]image.Rectangle{image.Rect(3, 100, 633, 150)}, nil},
		"everything":                   {[]image.Rectangle{image.Rect(0, 0, w, h)}, nil},
		"two far from each other":      {[]image.Rectangle{image.Rect(3, 3, 10, 20), image.Rect(600, 400, 610, 411)}, nil},
		"a line that ends in a corner": {[]image.Rectangle{image.Rect(639, 479, 640, 480)}, nil},
		"words of a line": {
			[]image.Rectangle{image.Rect(10, 50, 60, 61), image.Rect(65, 50, 120, 61), image.Rect(126, 50, 200, 61)},
			[]image.Rectangle{image.Rect(10, 50, 200, 61)},
		},
		"lines of a page": {
			[]image.Rectangle{image.Rect(10, 50, 500, 61), image.Rect(10, 64, 480, 75), image.Rect(10, 78, 510, 89)},
			[]image.Rectangle{image.Rect(10, 50, 510, 89)},
		},
		"a cross": {
			[]image.Rectangle{image.Rect(300, 10, 310, 470), image.Rect(20, 200, 600, 210)},
			nil,
		},
	} {
		t.Run(name, func(t *testing.T) {
			rnd := random(5)
			old := desktop(rnd, w, h)
			now := clone(old)
			for _, r := range c.change {
				invert(now.Sub(r))
			}
			res := find(t, damage.New(), old, now, whole(now))
			if len(res.Copies) > 0 {
				t.Errorf("copies %v", res.Copies)
			}
			want := c.want
			if want == nil {
				want = c.change
			}
			if name == "a cross" {
				if n := area(res.Dirty); n > 2*area(want) {
					t.Errorf("%d pixels for a cross of %d", n, area(want))
				}
				return
			}
			sorted := slices.SortedFunc(slices.Values(res.Dirty), func(a, b image.Rectangle) int { return a.Min.Y - b.Min.Y })
			if !slices.Equal(sorted, want) {
				t.Errorf("%v, want %v", sorted, want)
			}
		})
	}
}

func invert(m pixel.Image) {
	for y := range m.H {
		row := m.Row(y)
		for i := range row {
			row[i] ^= 0xff
		}
	}
}

func TestVideoIsOneRectangle(t *testing.T) {
	rnd := random(8)
	old := desktop(rnd, 1280, 800)
	now := clone(old)
	noise(rnd, now.Sub(image.Rect(200, 100, 1000, 550)))
	res := find(t, damage.New(), old, now, whole(now))
	if len(res.Copies) != 0 || len(res.Dirty) != 1 || area(res.Dirty) > 800*450 {
		t.Errorf("copies %v, rectangles %v", res.Copies, res.Dirty)
	}
}

func TestSpecksAreBounded(t *testing.T) {
	rnd := random(9)
	old := desktop(rnd, 1280, 800)
	now := clone(old)
	for range 4000 {
		set(now, rnd.IntN(1280), rnd.IntN(800), 1, 2, 3)
	}
	if res := find(t, damage.New(), old, now, whole(now)); len(res.Dirty) > 200 {
		t.Errorf("%d rectangles", len(res.Dirty))
	}
}

func TestHints(t *testing.T) {
	rnd := random(10)
	old := desktop(rnd, 300, 200)
	now := clone(old)
	change := image.Rect(70, 60, 90, 70)
	invert(now.Sub(change))
	for name, c := range map[string]struct {
		hints []image.Rectangle
		found bool
	}{
		"none":        {nil, false},
		"exact":       {[]image.Rectangle{change}, true},
		"beyond":      {[]image.Rectangle{image.Rect(-100, -5, 10000, 10000)}, true},
		"overlapping": {[]image.Rectangle{image.Rect(0, 0, 85, 66), change, image.Rect(60, 60, 200, 200)}, true},
		"in parts":    {[]image.Rectangle{image.Rect(70, 60, 80, 70), image.Rect(80, 60, 90, 70)}, true},
		"empty":       {[]image.Rectangle{{}, image.Rect(75, 65, 75, 69)}, false},
		"outside":     {[]image.Rectangle{image.Rect(300, 0, 310, 200), image.Rect(0, -9, 300, 0)}, false},
	} {
		t.Run(name, func(t *testing.T) {
			var res damage.Result
			damage.New().Find(old, now, c.hints, &res)
			if found := len(res.Dirty) == 1 && res.Dirty[0] == change; found != c.found || len(res.Dirty) > 1 {
				t.Errorf("%v", res.Dirty)
			}
		})
	}
}

func TestOtherSizesAreRefused(t *testing.T) {
	var res damage.Result
	for _, p := range [][2]pixel.Image{{pixel.New(3, 3), pixel.New(3, 4)}, {{}, {}}} {
		res.Dirty = append(res.Dirty, image.Rect(0, 0, 1, 1))
		damage.New().Find(p[0], p[1], []image.Rectangle{image.Rect(0, 0, 3, 3)}, &res)
		if len(res.Copies)+len(res.Dirty) != 0 {
			t.Errorf("%v", res)
		}
	}
}

// TestContract makes one picture of another in every way that a desktop knows and some that it does not.
func TestContract(t *testing.T) {
	f := damage.New() // one for all: nothing may be left over from the picture before
	for seed := range uint64(160) {
		rnd := random(seed)
		w, h := 1+rnd.IntN(400), 1+rnd.IntN(400)
		switch seed % 8 {
		case 0:
			w = 1
		case 1:
			h = 1
		case 2:
			w, h = 1+rnd.IntN(70), 1+rnd.IntN(70)
		}
		old := desktop(rnd, w, h)
		now := clone(old)
		var hints []image.Rectangle
		for range 1 + rnd.IntN(5) {
			hints = append(hints, mutate(rnd, now))
		}
		if seed%2 == 0 {
			old, now = loose(rnd, old), loose(rnd, now)
		}
		find(t, f, old, now, hints)
		find(t, f, old, now, whole(now))
		find(t, f, now, old, whole(now))
		find(t, f, old, old, whole(now))
	}
}

// mutate changes a picture somehow and says where.
func mutate(rnd *rand.Rand, m pixel.Image) image.Rectangle {
	r := part(rnd, m.Bounds())
	by := image.Pt(rnd.IntN(61)-30, rnd.IntN(61)-30)
	switch rnd.IntN(8) {
	case 0:
		noise(rnd, m.Sub(r))
	case 1:
		text(rnd, m.Sub(r))
	case 2:
		invert(m.Sub(r))
	case 3:
		m.Sub(r).Fill(9, 9, 9)
	case 4:
		scrolled(rnd, m, r, image.Pt(0, by.Y))
	case 5:
		scrolled(rnd, m, r, image.Pt(by.X, 0))
	case 6:
		scrolled(rnd, m, r, by)
	default: // the same content at another place, the old one stays
		to := image.Rectangle{Max: r.Size()}.Add(image.Pt(rnd.IntN(m.W-r.Dx()+1), rnd.IntN(m.H-r.Dy()+1)))
		pixel.Move(m, r, to.Min)
		return to
	}
	return r
}

// TestSwap has two panes change places, which no order of copies can do alone.
func TestSwap(t *testing.T) {
	rnd := random(21)
	old := pixel.New(640, 480)
	text(rnd, old)
	now := clone(old)
	a, b := image.Rect(10, 10, 300, 200), image.Rect(310, 250, 600, 440)
	pixel.Copy(now, a.Min.X, a.Min.Y, old.Sub(b))
	pixel.Copy(now, b.Min.X, b.Min.Y, old.Sub(a))
	if res := find(t, damage.New(), old, now, whole(now)); len(res.Copies) != 1 {
		t.Errorf("copies %v", res.Copies)
	}
}

func FuzzFind(f *testing.F) {
	f.Add(uint64(1), uint16(100), uint16(80), []byte{1, 2, 3, 4, 5, 6})
	f.Add(uint64(2), uint16(300), uint16(200), []byte{0, 0, 255, 255, 10, 4, 40, 9, 99, 200, 6, 6})
	finder := damage.New()
	f.Fuzz(func(t *testing.T, seed uint64, w, h uint16, moves []byte) {
		rnd := random(seed)
		old := desktop(rnd, 1+int(w%320), 1+int(h%320))
		now := clone(old)
		hints := []image.Rectangle{now.Bounds()}
		for ; len(moves) >= 6; moves = moves[6:] {
			v := func(i, below int) int { return int(moves[i]) * below / 256 }
			r := image.Rect(v(0, now.W), v(1, now.H), v(2, now.W)+1, v(3, now.H)+1)
			to := image.Pt(v(4, now.W-r.Dx()+1), v(5, now.H-r.Dy()+1))
			pixel.Move(now, r, to)
		}
		find(t, finder, old, now, hints)
	})
}
