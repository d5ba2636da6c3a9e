package damage

import (
	"bytes"
	"image"
)

// gap is how many rows without a change part two rectangles in a cell: less than the space between lines of text would
// make a rectangle of each line of a new page.
const gap = 12

// rest finds what differs from the old picture with the copies made, as few rectangles.
func (f *Finder) rest() {
	f.out = f.out[:0]
	from, to := f.first, f.last
	for _, p := range f.places {
		from, to = min(from, p.to.Min.Y/cell), max(to, (p.to.Max.Y-1)/cell+1)
	}
	for row := from; row < to; row++ {
		f.band = f.band[:0]
		for col := range f.cols {
			switch i := row*f.cols + col; {
			case f.copied[i]:
				f.nearby(f.cellAt(col, row))
				f.restOf(f.cellAt(col, row))
			case f.changed[i]:
				f.near = f.near[:0]
				f.restOf(f.hints[i])
			}
		}
		for _, r := range f.band {
			f.out = join(f.out, r, thrift)
		}
		f.out = f.fewer(f.out)
	}
}

// nearby collects the copies that touch r.
func (f *Finder) nearby(r image.Rectangle) {
	f.near = f.near[:0]
	for i := range f.places {
		if f.places[i].to.Overlaps(r) {
			f.near = append(f.near, i)
		}
	}
}

// restOf finds what differs in r, which lies within one cell, and adds it to the band.
func (f *Finder) restOf(r image.Rectangle) {
	var box image.Rectangle
	for y := r.Min.Y; y < r.Max.Y; y++ {
		if n := f.proved(r.Min.X, y); n > 0 {
			y += n - 1
			continue
		}
		a, b := f.differs(y, r.Min.X, r.Max.X)
		if a >= b {
			continue
		}
		if !box.Empty() && y-box.Max.Y >= gap {
			f.band = join(f.band, box, thrift)
			box = image.Rectangle{}
		}
		box = box.Union(image.Rect(a, y, b, y+1))
		// Once it is as wide as can be, only rows at the distance of a gap need to be looked at as long as they differ.
		for box.Dx() == r.Dx() && y+gap < r.Max.Y && f.differ(y+gap, r.Min.X, r.Max.X) {
			y += gap
			box.Max.Y = y + 1
		}
	}
	if !box.Empty() {
		f.band = join(f.band, box, thrift)
	}
}

// differs is the span a to b of the pixels from x to end in row y that are not as the copies leave them; a >= b: all are.
func (f *Finder) differs(y, x, end int) (a, b int) {
	a, b = end, x
	for x < end {
		by, next := f.source(x, y, end)
		was, is := span(&f.old, x-by.X, y-by.Y, next-x), span(&f.new, x, y, next-x)
		if !bytes.Equal(was, is) {
			if i := firstOther(was, is); i >= 0 {
				a, b = min(a, x+i), x+lastOther(was, is)+1
			}
		}
		x = next
	}
	return a, b
}

// differ reports whether any pixel from x to end in row y is not as the copies leave it.
func (f *Finder) differ(y, x, end int) bool {
	for x < end {
		by, next := f.source(x, y, end)
		if !same(span(&f.old, x-by.X, y-by.Y, next-x), span(&f.new, x, y, next-x)) {
			return true
		}
		x = next
	}
	return false
}

// source says how far the pixels from (x, y) on have moved, up to next, which is at most end. What a copy takes has not
// been overwritten by another before, which order sees to; so all come from the old picture.
func (f *Finder) source(x, y, end int) (by image.Point, next int) {
	for _, i := range f.near {
		switch p := &f.places[i]; {
		case y < p.to.Min.Y || y >= p.to.Max.Y || p.to.Max.X <= x:
		case p.to.Min.X <= x:
			return p.by, min(end, p.to.Max.X)
		default:
			end = min(end, p.to.Min.X)
		}
	}
	return image.Point{}, end
}
