package damage

import (
	"bytes"
	"encoding/binary"
	"image"
	"slices"

	"deskhand/protocol/pixel"
)

// trim moves the edges of r, which are those of blocks, to where the copy makes most pixels and breaks fewest: outwards
// by less than a block, inwards by as much as one.
func (f *Finder) trim(r image.Rectangle, by image.Point) image.Rectangle {
	w, h := blockW<<f.match.shift, blockH<<f.match.shift
	room := f.room(r, image.Rect(r.Min.X-w+1, r.Min.Y-h+1, r.Max.X+w-1, r.Max.Y+h-1), by)
	if r.Empty() {
		return r
	}
	// Where a rectangle has fewer than two blocks, its upper and left edges move within the whole of it.
	up := min(r.Min.Y+h, r.Max.Y)
	down := max(r.Max.Y-h, up)
	r.Min.Y = up - longest(f.rowGains(up-1, room.Min.Y-1, r, by))
	r.Max.Y = down + longest(f.rowGains(down, room.Max.Y, r, by))
	if r.Empty() {
		return r
	}
	// The corners have come within reach: what other copies leave is smaller now.
	room = f.room(r, image.Rect(room.Min.X, r.Min.Y, room.Max.X, r.Max.Y), by)
	left := min(r.Min.X+w, r.Max.X)
	right := max(r.Max.X-w, left)
	gains := f.columnGains(image.Rect(room.Min.X, r.Min.Y, left, r.Max.Y), by)
	slices.Reverse(gains)
	r.Min.X = left - longest(gains)
	r.Max.X = right + longest(f.columnGains(image.Rect(right, r.Min.Y, room.Max.X, r.Max.Y), by))
	return r
}

// longest is how many of the first gains to take for the highest sum, the fewest of them.
func longest(gains []int32) int {
	n, sum, most := 0, int32(0), int32(0)
	for i, g := range gains {
		if sum += g; sum > most {
			n, most = i+1, sum
		}
	}
	return n
}

// rowGains gives the gain of copying the rows from a on, up or down to before b, as wide as r.
func (f *Finder) rowGains(a, b int, r image.Rectangle, by image.Point) []int32 {
	gains, step := f.match.gains[:0], 1
	if b < a {
		step = -1
	}
	for y := a; y != b; y += step {
		gains = append(gains, f.gain(y, r.Min.X, r.Max.X, by, nil))
	}
	f.match.gains = gains
	return gains
}

// columnGains gives the gain of copying each column of r.
func (f *Finder) columnGains(r image.Rectangle, by image.Point) []int32 {
	gains := f.match.gains[:0]
	for range r.Dx() {
		gains = append(gains, 0)
	}
	f.match.gains = gains
	for y := r.Min.Y; y < r.Max.Y; y++ {
		f.gain(y, r.Min.X, r.Max.X, by, gains)
	}
	return gains
}

// gain is how many pixels from x to end in row y have changed and come from where the copy takes them, less those that
// the copy breaks. It adds that to columns as well, if there are any.
func (f *Finder) gain(y, x, end int, by image.Point, columns []int32) int32 {
	is, was, from := span(&f.new, x, y, end-x), span(&f.old, x, y, end-x), span(&f.old, x-by.X, y-by.Y, end-x)
	if bytes.Equal(was, from) {
		return 0
	}
	sum := int32(0)
	for i := 0; i+4 <= len(is) && i+4 <= len(was) && i+4 <= len(from); i += 4 {
		p := binary.LittleEndian.Uint32(is[i:])
		a, b := (p^binary.LittleEndian.Uint32(was[i:]))&0xffffff, (p^binary.LittleEndian.Uint32(from[i:]))&0xffffff
		g := int32(0)
		switch {
		case a != 0 && b == 0:
			g = 1
		case a == 0 && b != 0:
			g = -1
		}
		sum += g
		if columns != nil {
			columns[i/pixel.Bytes] += g
		}
	}
	return sum
}

// room is what of most, which holds r, lies within the picture as its source does, and beside other copies.
func (f *Finder) room(r, most image.Rectangle, by image.Point) image.Rectangle {
	bounds := f.new.Bounds()
	most = most.Intersect(bounds).Intersect(bounds.Add(by))
	for _, p := range f.places {
		o := p.to
		if !o.Overlaps(most) {
			continue
		}
		switch {
		case o.Max.Y <= r.Min.Y:
			most.Min.Y = o.Max.Y
		case o.Min.Y >= r.Max.Y:
			most.Max.Y = o.Min.Y
		case o.Max.X <= r.Min.X:
			most.Min.X = o.Max.X
		case o.Min.X >= r.Max.X:
			most.Max.X = o.Min.X
		}
	}
	return most
}
