package damage

import (
	"image"
	"math/bits"
)

// gap is how many rows without a change part two rectangles in a cell: less than the space between lines of text would
// make a rectangle of each line of a new page.
const gap = 12

// remnant is a cell in which is looked for what the copies leave.
type remnant struct {
	r    image.Rectangle // what of it may have changed; empty: nothing
	box  image.Rectangle // around the changes since the last gap
	y    int             // the next row to look at
	near uint32          // bit by bit, the copies that touch it
}

// rest finds what differs from the old picture with the copies made, as few rectangles. Cells of a row are looked at
// side by side, some rows at a time: memory is fetched much faster along rows than down a column.
func (f *Finder) rest() {
	f.out = f.out[:0]
	from, to := f.first, f.last
	for _, p := range f.places {
		from, to = min(from, p.to.Min.Y/cell), max(to, (p.to.Max.Y-1)/cell+1)
	}
	for row := from; row < to; row++ {
		f.band = f.band[:0]
		cells := f.remnants(row)
		for y := row*cell + blockH; y <= row*cell+cell; y += blockH {
			for i := range cells {
				f.restUpTo(&cells[i], y)
			}
		}
		for i := range cells {
			if c := &cells[i]; !c.box.Empty() {
				f.band = join(f.band, c.box, thrift)
			}
		}
		for _, r := range f.band {
			f.out = join(f.out, r, thrift)
		}
		f.out = f.fewer(f.out)
	}
	f.out = whole(f.out)
}

// remnants gives the cells of a row in which there may be changes.
func (f *Finder) remnants(row int) []remnant {
	cells := f.cells[:0]
	for col := range f.cols {
		c := remnant{}
		switch i := row*f.cols + col; {
		case f.copied[i]:
			c.r = f.cellAt(col, row)
			for k := range f.places {
				if f.places[k].to.Overlaps(c.r) {
					c.near |= 1 << k
				}
			}
		case f.changed[i]:
			c.r = f.hints[i]
		default:
			continue
		}
		c.y = c.r.Min.Y
		cells = append(cells, c)
	}
	f.cells = cells
	return cells
}

// restUpTo finds what differs in the rows of a cell before end.
func (f *Finder) restUpTo(c *remnant, end int) {
	for end = min(end, c.r.Max.Y); c.y < end; c.y++ {
		y := c.y
		if n := f.proved(c.r.Min.X, y); n > 0 {
			c.y += n - 1
			continue
		}
		if !f.differ(c, y) {
			continue
		}
		if !c.box.Empty() && y-c.box.Max.Y >= gap {
			f.band = join(f.band, c.box, thrift)
			c.box = image.Rectangle{}
		}
		f.include(c, y)
		// Once the box is as wide as can be, only rows at the distance of a gap matter as long as they differ.
		for c.box.Dx() == c.r.Dx() && c.y+gap < c.r.Max.Y && f.differ(c, c.y+gap) {
			c.y += gap
			c.box.Max.Y = c.y + 1
		}
	}
}

// include makes the box hold what differs in row y.
func (f *Finder) include(c *remnant, y int) {
	if c.box.Empty() {
		c.box = image.Rectangle{Min: image.Pt(c.r.Max.X, y), Max: image.Pt(c.r.Min.X, y)} // inside out
	}
	c.box.Max.Y = y + 1
	for x := c.r.Min.X; x < c.box.Min.X; {
		by, next := f.source(c.near, x, y, c.box.Min.X)
		if i := firstOther(span(&f.new, x, y, next-x), span(&f.old, x-by.X, y-by.Y, next-x)); i >= 0 {
			c.box.Min.X = x + i
		}
		x = next
	}
	for x := c.box.Max.X; x < c.r.Max.X; {
		by, next := f.source(c.near, x, y, c.r.Max.X)
		if i := lastOther(span(&f.new, x, y, next-x), span(&f.old, x-by.X, y-by.Y, next-x)); i >= 0 {
			c.box.Max.X = x + i + 1
		}
		x = next
	}
}

// differ reports whether any pixel in row y of a cell is not as the copies leave it.
func (f *Finder) differ(c *remnant, y int) bool {
	for x := c.r.Min.X; x < c.r.Max.X; {
		by, next := f.source(c.near, x, y, c.r.Max.X)
		if !same(span(&f.old, x-by.X, y-by.Y, next-x), span(&f.new, x, y, next-x)) {
			return true
		}
		x = next
	}
	return false
}

// source says how far the pixels from (x, y) on have moved, up to next, which is at most end. What a copy takes has not
// been overwritten by another before, which order sees to; so all come from the old picture.
func (f *Finder) source(near uint32, x, y, end int) (by image.Point, next int) {
	for ; near != 0; near &= near - 1 {
		switch p := &f.places[bits.TrailingZeros32(near)]; {
		case y < p.to.Min.Y || y >= p.to.Max.Y || p.to.Max.X <= x:
		case p.to.Min.X <= x:
			return p.by, min(end, p.to.Max.X)
		default:
			end = min(end, p.to.Min.X)
		}
	}
	return image.Point{}, end
}
