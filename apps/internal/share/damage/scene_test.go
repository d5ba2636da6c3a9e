package damage_test

import (
	"image"
	"math/rand/v2"
	"testing"

	"deskhand/apps/internal/share/damage"
	"deskhand/protocol/pixel"
)

// glyph is the size of what stands for a letter here.
var glyph = image.Pt(7, 11)

// glyphs are some letters, each a few strokes with soft edges.
func glyphs() [][]byte {
	rnd := rand.New(rand.NewPCG(26, 26))
	all := make([][]byte, 40)
	for i := range all {
		g := make([]byte, glyph.X*glyph.Y)
		for range 3 {
			x, y, down := 1+rnd.IntN(4), rnd.IntN(8), rnd.IntN(2) == 0
			for k := range 3 + rnd.IntN(4) {
				px, py := x, y+k
				if !down {
					px, py = x+k, y
				}
				if px < glyph.X && py < glyph.Y {
					g[py*glyph.X+px] = byte(60 + rnd.IntN(3)*80)
				}
			}
		}
		all[i] = g
	}
	return all
}

var letters = glyphs()

func letter(m pixel.Image, x, y, which int) {
	for i, v := range letters[which] {
		px, py := x+i%glyph.X, y+i/glyph.X
		if v > 0 && px < m.W && py < m.H && px >= 0 && py >= 0 {
			set(m, px, py, 255-v, 255-v, 255-v)
		}
	}
}

func set(m pixel.Image, x, y int, b, g, r byte) {
	copy(m.Pix[y*m.Stride+4*x:][:4], []byte{b, g, r, 255})
}

// text fills m with a page: lines of words, blank ones between.
func text(rnd *rand.Rand, m pixel.Image) {
	m.Fill(250, 250, 250)
	for y := 5; y < m.H; y += 19 {
		if rnd.IntN(8) == 0 {
			continue
		}
		end := m.W - rnd.IntN(m.W/3+1)
		for x := 8; x < end; x += glyph.X + 1 {
			if rnd.IntN(6) > 0 {
				letter(m, x, y, rnd.IntN(len(letters)))
			}
		}
	}
}

func noise(rnd *rand.Rand, m pixel.Image) {
	for y := range m.H {
		row := m.Row(y)
		for i := range row {
			row[i] = byte(rnd.Uint32())
		}
	}
}

// desktop is a plain background with windows of text and an icon or two.
func desktop(rnd *rand.Rand, w, h int) pixel.Image {
	m := pixel.New(w, h)
	m.Fill(30, 90, 120)
	for range 1 + rnd.IntN(4) {
		r := part(rnd, m.Bounds())
		m.Sub(r).Fill(200, 200, 210)
		if inner := r.Inset(3); !inner.Empty() {
			text(rnd, m.Sub(inner))
		}
	}
	return m
}

// part is a random rectangle within r, often large.
func part(rnd *rand.Rand, r image.Rectangle) image.Rectangle {
	w, h := 1+rnd.IntN(r.Dx()), 1+rnd.IntN(r.Dy())
	if rnd.IntN(2) == 0 {
		w, h = max(w, r.Dx()*2/3), max(h, r.Dy()*2/3)
	}
	at := r.Min.Add(image.Pt(rnd.IntN(r.Dx()-w+1), rnd.IntN(r.Dy()-h+1)))
	return image.Rectangle{at, at.Add(image.Pt(w, h))}
}

func clone(m pixel.Image) pixel.Image {
	c := pixel.New(m.W, m.H)
	pixel.Copy(c, 0, 0, m)
	return c
}

// loose is the same picture with another stride and other fourth bytes.
func loose(rnd *rand.Rand, m pixel.Image) pixel.Image {
	c := pixel.Image{Stride: m.Stride + 4*rnd.IntN(9), W: m.W, H: m.H}
	c.Pix = make([]byte, c.Stride*m.H)
	pixel.Copy(c, 0, 0, m)
	for y := range c.H {
		for x := range c.W {
			c.Pix[y*c.Stride+4*x+3] = byte(rnd.Uint32())
		}
	}
	return c
}

// scrolled moves what is in r by (dx, dy) and fills what that uncovers with text.
func scrolled(rnd *rand.Rand, m pixel.Image, r image.Rectangle, by image.Point) {
	stay := r.Intersect(r.Add(by))
	was := clone(m)
	text(rnd, m.Sub(r))
	if !stay.Empty() {
		pixel.Copy(m, stay.Min.X, stay.Min.Y, was.Sub(stay.Sub(by)))
	}
}

func whole(m pixel.Image) []image.Rectangle { return []image.Rectangle{m.Bounds()} }

func area(list []image.Rectangle) int {
	n := 0
	for _, r := range list {
		n += r.Dx() * r.Dy()
	}
	return n
}

// apply makes the new picture of the old one as a receiver does, and checks the result on the way.
func apply(t testing.TB, old, now pixel.Image, res *damage.Result) pixel.Image {
	t.Helper()
	m := clone(old)
	for _, c := range res.Copies {
		if !c.From.In(m.Bounds()) || c.From.Empty() || !c.From.Sub(c.From.Min).Add(c.To).In(m.Bounds()) {
			t.Fatalf("copy outside of the picture: %v", c)
		}
		pixel.Move(m, c.From, c.To)
	}
	for i, r := range res.Dirty {
		if !r.In(m.Bounds()) || r.Empty() {
			t.Fatalf("rectangle outside of the picture: %v", r)
		}
		for _, o := range res.Dirty[:i] {
			if o.Overlaps(r) {
				t.Fatalf("%v and %v overlap", o, r)
			}
		}
		tight(t, m.Sub(r), now.Sub(r))
	}
	for _, r := range res.Dirty {
		pixel.Copy(m, r.Min.X, r.Min.Y, now.Sub(r))
	}
	return m
}

// tight fails if an edge of a rectangle has no change.
func tight(t testing.TB, was, is pixel.Image) {
	t.Helper()
	w, h := is.W, is.H
	for _, edge := range []image.Rectangle{
		image.Rect(0, 0, w, 1), image.Rect(0, h-1, w, h), image.Rect(0, 0, 1, h), image.Rect(w-1, 0, w, h),
	} {
		if pixel.Equal(was.Sub(edge), is.Sub(edge)) {
			t.Fatalf("a rectangle of %dx%d is larger than its changes", w, h)
		}
	}
}

// find checks the contract for one pair of pictures.
func find(t testing.TB, f *damage.Finder, old, now pixel.Image, dirty []image.Rectangle) *damage.Result {
	t.Helper()
	res := &damage.Result{}
	f.Find(old, now, dirty, res)
	if !pixel.Equal(apply(t, old, now, res), now) {
		t.Fatalf("another picture: %v", *res)
	}
	return res
}
