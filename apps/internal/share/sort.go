package share

import (
	"image"
	"time"
)

const (
	// smallArea is the most pixels that are always sent exactly.
	smallArea = 48 * 48
	// A photo is sent exactly at once when its bytes, of which each of its pixels takes about exactCost, get there within
	// affordable.
	exactCost  = 1.6
	affordable = 20 * time.Millisecond
	costly     = 64 << 10 // pixels: more takes too long to encode
)

// sort divides what is due of a view into what is sent exactly and what is sent as a photo.
func (p *pen) sort(v *view) {
	p.plain, p.photos = p.plain[:0], p.photos[:0]
	for _, r := range v.due.Rects() {
		if size(r) <= smallArea {
			p.plain = append(p.plain, r)
			continue
		}
		p.divide(v, r)
	}
	pixels := 0
	for _, r := range p.photos {
		pixels += size(r)
	}
	if pixels > 0 && pixels < costly && p.out.pace.Wide(int(exactCost*float64(pixels)), affordable) {
		p.plain = append(p.plain, p.photos...)
		p.photos = p.photos[:0]
	}
}

// divide cuts a rectangle into blocks, joins those of photo and those of everything else into runs, and runs that lie
// below each other. Blocks at the right and lower edge are up to twice as large, so that none is too small to judge.
func (p *pen) divide(v *view, r image.Rectangle) {
	plain, photos := len(p.plain), len(p.photos)
	for y := r.Min.Y; y < r.Max.Y; {
		below := edge(y, r.Max.Y)
		for x := r.Min.X; x < r.Max.X; {
			right := edge(x, r.Max.X)
			piece := image.Rect(x, y, right, below)
			if noisy(v.now.Sub(piece)) {
				p.photos = follow(p.photos, photos, piece)
			} else {
				p.plain = follow(p.plain, plain, piece)
			}
			x = right
		}
		p.plain, p.photos = settle(p.plain, plain, y), settle(p.photos, photos, y)
		y = below
	}
}

// edge is where a block ends that begins at a place.
func edge(at, end int) int {
	if end-at < 2*block {
		return end
	}
	return at + block
}

// follow adds a piece to a list from first on, to the one on its left if that touches.
func follow(list []image.Rectangle, first int, piece image.Rectangle) []image.Rectangle {
	if n := len(list) - 1; n >= first && list[n].Max.X == piece.Min.X && list[n].Min.Y == piece.Min.Y {
		list[n].Max.X = piece.Max.X
		return list
	}
	return append(list, piece)
}

// settle joins the runs of the row that begins at y with equally wide ones above.
func settle(list []image.Rectangle, first, y int) []image.Rectangle {
	row := len(list)
	for row > first && list[row-1].Min.Y == y {
		row--
	}
	kept := row
	for _, r := range list[row:] {
		joined := false
		for i := first; i < row && !joined; i++ {
			if a := &list[i]; a.Max.Y == y && a.Min.X == r.Min.X && a.Max.X == r.Max.X {
				a.Max.Y, joined = r.Max.Y, true
			}
		}
		if !joined {
			list[kept] = r
			kept++
		}
	}
	return list[:kept]
}
