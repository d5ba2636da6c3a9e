package capture

import "image"

const (
	// maxRects is how many rectangles are read one by one at most.
	maxRects = 32
	// worthwhile is how many pixels may be read needlessly to save the reading of one more rectangle.
	worthwhile = 64 * 64
)

// gathered is a short list of rectangles that together cover everything added to it: those that are near to each other
// are joined, and more than maxRects never stay.
type gathered []image.Rectangle

func (g *gathered) add(r image.Rectangle) {
	if r.Empty() {
		return
	}
	all := *g
	// What r has been joined with is taken out, and the larger r may reach others.
	for i := 0; i < len(all); {
		if waste(all[i], r) > worthwhile {
			i++
			continue
		}
		r = r.Union(all[i])
		all[i] = all[len(all)-1]
		all, i = all[:len(all)-1], 0
	}
	if len(all) == maxRects {
		near := 0
		for i := range all {
			if waste(all[i], r) < waste(all[near], r) {
				near = i
			}
		}
		r = r.Union(all[near])
		all[near] = all[len(all)-1]
		*g = all[:len(all)-1]
		g.add(r) // the list is shorter now, so this ends
		return
	}
	*g = append(all, r)
}

// waste is how many pixels more the rectangle around two has than the two.
func waste(a, b image.Rectangle) int {
	u := a.Union(b)
	both := a.Intersect(b)
	return u.Dx()*u.Dy() - a.Dx()*a.Dy() - b.Dx()*b.Dy() + both.Dx()*both.Dy()
}
