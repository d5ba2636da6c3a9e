package damage

import "image"

// terms say when two rectangles become one.
type terms struct {
	pixels int // that may be taken in without need whatever the size: sending them costs less than a rectangle
	part   int // and one in so many of those that are needed
}

// thrift is for the usual picture: 40 bytes hold some 300 pixels of text, and a codec does better on one large rectangle
// than on many.
var thrift = terms{pixels: 320, part: 4}

func (t terms) allow(whole, needed int) bool { return whole-needed <= t.pixels+needed/t.part }

// maxDirty bounds the rectangles of a result: beyond, they are merged on terms that grow laxer.
const maxDirty = 96

// join adds r to rectangles that do not overlap, merging it with those that are near. They do not overlap afterwards.
func join(list []image.Rectangle, r image.Rectangle, t terms) []image.Rectangle {
	for i := len(list) - 1; i >= 0; i-- {
		must := list[i].Overlaps(r)
		if !must && !t.allow(area(r.Union(list[i])), area(list[i])+area(r)) {
			continue
		}
		union, needed := closure(list, r.Union(list[i]), area(r))
		if !must && !t.allow(area(union), needed) {
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
		t.pixels, t.part = 2*t.pixels, max(1, t.part-1)
		f.band = append(f.band[:0], list...)
		list = list[:0]
		for _, r := range f.band {
			list = join(list, r, t)
		}
	}
	return list
}

func area(r image.Rectangle) int { return r.Dx() * r.Dy() }
