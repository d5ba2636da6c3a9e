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
		was, is, from := f.three(y, r, by)
		sum := int32(0)
		if !bytes.Equal(was, from) {
			for i := 0; i+4 <= len(is) && i+4 <= len(was) && i+4 <= len(from); i += 4 {
				sum += gain(was[i:], is[i:], from[i:])
			}
		}
		gains = append(gains, sum)
	}
	f.match.gains = gains
	return gains
}

// columnGains gives the gain of copying each column of r, by as many of its rows as show an edge.
func (f *Finder) columnGains(r image.Rectangle, by image.Point) []int32 {
	gains := f.match.gains[:0]
	for range r.Dx() {
		gains = append(gains, 0)
	}
	f.match.gains = gains
	const enough = 256
	for y := r.Min.Y; y < r.Max.Y; y += max(1, r.Dy()/enough) {
		was, is, from := f.three(y, r, by)
		if bytes.Equal(was, from) {
			continue
		}
		for x := range gains {
			if i := x * pixel.Bytes; i+4 <= len(is) && i+4 <= len(was) && i+4 <= len(from) {
				gains[x] += gain(was[i:], is[i:], from[i:])
			}
		}
	}
	return gains
}

// three is a row as it was, as it is, and what a copy would make of it.
func (f *Finder) three(y int, r image.Rectangle, by image.Point) (was, is, from []byte) {
	x, n := r.Min.X, r.Dx()
	return span(&f.old, x, y, n), span(&f.new, x, y, n), span(&f.old, x-by.X, y-by.Y, n)
}

// gain is 1 for a pixel that has changed and is as the copy makes it, -1 for one that the copy breaks, else 0; without
// branches, which nobody could foresee.
func gain(was, is, from []byte) int32 {
	const colour = 0xffffff
	p := binary.LittleEndian.Uint32(is)
	changed := (p ^ binary.LittleEndian.Uint32(was)) & colour
	wrong := (p ^ binary.LittleEndian.Uint32(from)) & colour
	return int32((changed+colour)>>24) - int32((wrong+colour)>>24)
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
