package damage

import "image"

// terms say how many pixels may be taken in without need when two rectangles become one.
type terms struct {
	pixels int // whatever their size: sending these costs less than a rectangle
	part   int // and for so many pixels of the smaller one another
	rest   int // and a sixteenth of the larger one, but not more than this, which leaves videos as they are
}

// thrift is for the usual picture: 40 bytes hold some 300 pixels of text, and a codec does better on one large rectangle
// than on many.
var thrift = terms{pixels: 320, part: 2, rest: 2000}

func (t terms) allow(without, a, b int) bool {
	return without <= t.pixels+min(a, b)/t.part+min(max(a, b)/16, t.rest)
}

// maxDirty bounds the rectangles of a result: beyond, they are merged on terms that grow laxer.
const maxDirty = 96

// join adds r to rectangles that do not overlap, merging it with those that are near. They do not overlap afterwards.
func join(list []image.Rectangle, r image.Rectangle, t terms) []image.Rectangle {
	for i := len(list) - 1; i >= 0; i-- {
		l := list[i]
		must, one, other := l.Overlaps(r), area(l), area(r)
		if !must && !t.allow(area(r.Union(l))-one-other, one, other) {
			continue
		}
		union, all := closure(list, r.Union(l), other)
		if !must && !t.allow(area(union)-all, one, all-one) {
			continue
		}
		list = without(list, union)
		r, i = union, len(list)
	}
	return append(list, r)
}

// closure grows r to hold all rectangles that it overlaps, and adds up their areas to needed.
func closure(list []image.Rectangle, r image.Rectangle, needed int) (image.Rectangle, int) {
	for again := true; again; {
		again = false
		for _, l := range list {
			if l.Overlaps(r) && !l.In(r) {
				r, again = r.Union(l), true
			}
		}
	}
	for _, l := range list {
		if l.In(r) {
			needed += area(l)
		}
	}
	return r, needed
}

// without removes the rectangles within r.
func without(list []image.Rectangle, r image.Rectangle) []image.Rectangle {
	kept := list[:0]
	for _, l := range list {
		if !l.In(r) {
			kept = append(kept, l)
		}
	}
	return kept
}

// fewer merges a list that has become too long.
func (f *Finder) fewer(list []image.Rectangle) []image.Rectangle {
	for t := thrift; len(list) > maxDirty; {
		t.pixels, t.part = 2*t.pixels, 1
		f.band = append(f.band[:0], list...)
		list = list[:0]
		for _, r := range f.band {
			list = join(list, r, t)
		}
	}
	return list
}

// whole makes one rectangle of a list that leaves hardly anything of it out, as of a page that is quite another.
func whole(list []image.Rectangle) []image.Rectangle {
	var all image.Rectangle
	needed := 0
	for _, r := range list {
		all, needed = all.Union(r), needed+area(r)
	}
	if len(list) > 1 && area(all)-needed <= needed/32 {
		return append(list[:0], all)
	}
	return list
}

func area(r image.Rectangle) int { return r.Dx() * r.Dy() }
