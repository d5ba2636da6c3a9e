// Package damage says how one picture becomes the next: which parts of the old one have moved, and which rectangles are
// new. It is pure: it owns neither picture and keeps nothing of them from one call to the next.
//
// It finds what scrolled without being told, up and down by rows that occur once (scroll.go), any other way by short
// runs of pixels that occur once (anchor.go). These only propose a distance. Whether parts of the picture did move by it
// is found by comparing blocks (match.go), and what is not as the copies leave it is found by comparing pixels
// (rest.go). So a wrong proposal costs time and never the exact picture.
//
// A Finder belongs to one goroutine.
package damage

import (
	"image"

	"deskhand/protocol/pixel"
)

// Copy is a part of the picture that moves: From has been at From and is now, too, with its corner at To.
type Copy struct {
	From image.Rectangle
	To   image.Point
}

// Result is what makes the new picture of the old one: the copies in their order, each as pixel.Move does it, and then
// the rectangles Dirty of the new picture. These do not overlap and each is as small as its changes allow. Find reuses
// the memory of both.
type Result struct {
	Copies []Copy
	Dirty  []image.Rectangle
}

const (
	// cell is the side of the squares in which changes are looked for first.
	cell = 64
	// maxCopies bounds the copies of a result; a desktop has fewer things that move at once.
	maxCopies = 16
	// worthwhile is how many pixels must have changed for it to pay to look where they came from. A typed glyph, a
	// caret, a button stay below it.
	worthwhile = 3000
)

// Finder holds the scratch memory of Find.
type Finder struct {
	old, new   pixel.Image
	cols, rows int               // cells
	hints      []image.Rectangle // by cell: what of it may have changed
	changed    []bool            // by cell
	copied     []bool            // by cell: a copy touches it
	first      int               // rows of cells with hints: from first
	last       int               // to before last

	band, out []image.Rectangle // rectangles of the row of cells that is looked at, and of all above
	cells     []remnant         // of the row of cells that is looked at
	places    []place           // the copies found

	scroll scroll
	anchor anchors
	match  match
}

// place is a copy by where it goes: the pixel at p there comes from p-by.
type place struct {
	to image.Rectangle
	by image.Point
}

func (p place) from() image.Rectangle { return p.to.Sub(p.by) }

// New makes a Finder.
func New() *Finder {
	f := &Finder{places: make([]place, 0, maxCopies)}
	f.anchor.init()
	return f
}

// Find fills out with what makes the picture now of the picture old, which must be of the same size. Outside of the
// rectangles dirty the two are the same; these may overlap and lie anywhere, and only cost time where they are too large.
// Fourth bytes are not looked at.
func (f *Finder) Find(old, now pixel.Image, dirty []image.Rectangle, out *Result) {
	out.Copies, out.Dirty = out.Copies[:0], out.Dirty[:0]
	if now.Empty() || old.W != now.W || old.H != now.H {
		return
	}
	f.old, f.new = old, now
	f.resize()
	f.hint(dirty)
	f.compare()
	if f.largeChange() {
		f.search()
	}
	f.order() // there is one: a copy that leaves none is not admitted
	f.rest()
	out.Dirty = append(out.Dirty, f.out...)
	for _, p := range f.places {
		out.Copies = append(out.Copies, Copy{From: p.from(), To: p.to.Min})
	}
	f.old, f.new = pixel.Image{}, pixel.Image{}
}

// resize makes room for the size of the pictures and forgets the last ones.
func (f *Finder) resize() {
	f.cols, f.rows = (f.new.W+cell-1)/cell, (f.new.H+cell-1)/cell
	if n := f.cols * f.rows; n > cap(f.changed) {
		f.hints, f.changed, f.copied = make([]image.Rectangle, n), make([]bool, n), make([]bool, n)
	} else {
		f.hints, f.changed, f.copied = f.hints[:n], f.changed[:n], f.copied[:n]
	}
	clear(f.hints)
	clear(f.changed)
	clear(f.copied)
	f.places = f.places[:0]
	f.match.on = false
}

// search looks for what has moved, for the most common first: what scrolls up or down leaves little to the other.
func (f *Finder) search() {
	f.match.begin(f, f.extent())
	f.try(f.verticals())
	if f.match.explained*2 < f.match.wanted {
		f.try(f.shifts())
	}
}

// try takes what moved by the distances, the most likely of which come first. When some of them are no good, those
// after them are not either: on two pages in the same type many rows are alike by chance.
func (f *Finder) try(distances []image.Point) {
	vain := 0
	for _, by := range distances {
		if !f.take(by) {
			vain++
		}
		if vain == maxVain {
			return
		}
	}
}

// extent is the rectangle around all cells that have changed.
func (f *Finder) extent() image.Rectangle {
	var all image.Rectangle
	for row := f.first; row < f.last; row++ {
		all = all.Union(f.rowSpan(row))
	}
	return all
}

func (f *Finder) cellAt(col, row int) image.Rectangle {
	return image.Rect(col*cell, row*cell, min(col*cell+cell, f.new.W), min(row*cell+cell, f.new.H))
}
