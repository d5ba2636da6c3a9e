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
		if r.Dx()*r.Dy() <= smallArea {
			p.plain = append(p.plain, r)
			continue
		}
		p.divide(v, r)
	}
	pixels := 0
	for _, r := range p.photos {
		pixels += r.Dx() * r.Dy()
	}
	if pixels > 0 && pixels < costly && p.out.pace.Wide(int(exactCost*float64(pixels)), affordable) {
		p.plain = append(p.plain, p.photos...)
		p.photos = p.photos[:0]
	}
}

// divide cuts a rectangle along the grid of blocks into runs of photo and of everything else, and joins runs that lie
// below each other.
func (p *pen) divide(v *view, r image.Rectangle) {
	plain, photos := len(p.plain), len(p.photos)
	for y := r.Min.Y; y < r.Max.Y; {
		below := min((y/block+1)*block, r.Max.Y)
		for x := r.Min.X; x < r.Max.X; {
			right := min((x/block+1)*block, r.Max.X)
			piece := image.Rect(x, y, right, below)
			if p.exact.Photo(v.now.Sub(piece)) {
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
