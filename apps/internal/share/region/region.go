// Package region is sets of pixels as lists of rectangles: what is still to be sent, and what is shown only roughly.
//
// A Region never forgets a pixel. To stay small it may take pixels in that were not added: whoever uses it sends those
// once more than needed. The zero value is empty. It is not safe for concurrent use.
package region

import "image"

// most is how many rectangles a region keeps; beyond it near ones are joined.
const most = 48

// Region is a set of pixels. Its rectangles do not overlap.
type Region struct {
	rects []image.Rectangle
	spare []image.Rectangle // scratch
	taken []image.Rectangle // scratch of Moved
	old   []image.Rectangle // scratch of join
}

// Rects are the rectangles, in no special order. They are valid until the region changes.
func (g *Region) Rects() []image.Rectangle { return g.rects }

// Empty says that there is no pixel.
func (g *Region) Empty() bool { return len(g.rects) == 0 }

// Clear takes everything out.
func (g *Region) Clear() { g.rects = g.rects[:0] }

// Area is the number of pixels.
func (g *Region) Area() (n int) {
	for _, r := range g.rects {
		n += r.Dx() * r.Dy()
	}
	return n
}

// Overlaps says whether a rectangle has a pixel of the region.
func (g *Region) Overlaps(r image.Rectangle) bool {
	for _, have := range g.rects {
		if have.Overlaps(r) {
			return true
		}
	}
	return false
}

// Add takes a rectangle in.
func (g *Region) Add(r image.Rectangle) {
	if r.Empty() {
		return
	}
	for _, have := range g.rects {
		if r.In(have) {
			return
		}
	}
	g.Subtract(r)
	g.rects = append(g.rects, r)
	if len(g.rects) > most {
		g.join()
	}
}

// Subtract takes the pixels of a rectangle out.
func (g *Region) Subtract(r image.Rectangle) {
	if r.Empty() || !g.Overlaps(r) {
		return
	}
	g.spare = g.spare[:0]
	for _, have := range g.rects {
		g.spare = Without(g.spare, have, r)
	}
	g.rects, g.spare = g.spare, g.rects
}

// Without appends what is left of a rectangle when another one is cut out: up to four pieces, the wide ones first.
func Without(dst []image.Rectangle, have, cut image.Rectangle) []image.Rectangle {
	cut = cut.Intersect(have)
	if have.Empty() {
		return dst
	}
	if cut.Empty() {
		return append(dst, have)
	}
	for _, piece := range [...]image.Rectangle{
		{have.Min, image.Pt(have.Max.X, cut.Min.Y)},
		{image.Pt(have.Min.X, cut.Max.Y), have.Max},
		{image.Pt(have.Min.X, cut.Min.Y), image.Pt(cut.Min.X, cut.Max.Y)},
		{image.Pt(cut.Max.X, cut.Min.Y), image.Pt(have.Max.X, cut.Max.Y)},
	} {
		if piece.Min.X < piece.Max.X && piece.Min.Y < piece.Max.Y {
			dst = append(dst, piece)
		}
	}
	return dst
}

// Moved follows a move of pixels: the region's pixels within from are now, as well, where they were moved to, and what
// was there before is gone.
func (g *Region) Moved(from image.Rectangle, to image.Point) {
	by := to.Sub(from.Min)
	g.taken = g.taken[:0]
	for _, have := range g.rects {
		if part := have.Intersect(from); !part.Empty() {
			g.taken = append(g.taken, part.Add(by))
		}
	}
	g.Subtract(from.Add(by))
	for _, r := range g.taken {
		g.Add(r)
	}
}

// join makes fewer rectangles: the pair whose common bounds take least in that was not there becomes one, until half of
// them are left. Bounds may overlap others, so all are added anew.
func (g *Region) join() {
	old := append(g.old[:0], g.rects...)
	g.old = old
	for len(old) > most/2 {
		bestI, bestJ, least := 0, 1, int(^uint(0)>>1)
		for i := range old {
			for j := i + 1; j < len(old); j++ {
				u := old[i].Union(old[j])
				if waste := size(u) - size(old[i]) - size(old[j]); waste < least {
					bestI, bestJ, least = i, j, waste
				}
			}
		}
		old[bestI] = old[bestI].Union(old[bestJ])
		old[bestJ] = old[len(old)-1]
		old = old[:len(old)-1]
	}
	g.rects = g.rects[:0]
	for _, r := range old {
		g.Subtract(r)
		g.rects = append(g.rects, r)
	}
}

func size(r image.Rectangle) int { return r.Dx() * r.Dy() }
