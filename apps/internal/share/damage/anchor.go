package damage

import (
	"encoding/binary"
	"image"

	"deskhand/protocol/pixel"
)

const (
	// anchorStep is the distance of the rows in which the old picture is looked at; of the new one as many adjacent rows
	// are, so that one of them has come from such a row.
	anchorStep = 16
	// anchorPixels is how many pixels are looked at, at most about, which bounds the time.
	anchorPixels = 300_000
	// anchorBits is such that one window in 32 is an anchor.
	anchorBits  = 27
	anchorSlots = 1 << 14
	offsetSlots = 1 << 12
)

// anchors finds how far content has moved in any direction. Anchors are windows of a row chosen by their content, so
// that the same ones are chosen wherever it is; those that occur once in the old picture vote.
type anchors struct {
	table   []spot
	offsets []offset
	spans   []image.Rectangle // that are looked at
	row     []spot            // of the row that is looked at
	best    [maxTries]image.Point
}

// spot is an anchor and where it ends. y < 0: in several places.
type spot struct {
	hash uint64
	x, y int32
}

// offset counts votes for a distance.
type offset struct {
	x, y  int32
	votes int32
}

func (a *anchors) init() {
	a.table, a.offsets = make([]spot, anchorSlots), make([]offset, offsetSlots)
}

// shifts proposes distances by which content has moved.
func (f *Finder) shifts() []image.Point {
	a := &f.anchor
	clear(a.table)
	clear(a.offsets)
	a.spans = a.spans[:0]
	pixels := 0
	for row := f.first; row < f.last; row++ {
		r := f.rowSpan(row)
		a.spans = append(a.spans, r)
		pixels += area(r)
	}
	// Of the new picture, step rows are looked at of every so many.
	step, every := 1, 1
	if 2*pixels > anchorPixels {
		step = anchorStep
		every = max(step, step*pixels/(anchorPixels-min(pixels/step, anchorPixels/2)))
	}
	free := anchorSlots / 4 * 3
	for _, r := range a.spans {
		for y := (r.Min.Y + step - 1) / step * step; y < r.Max.Y; y += step {
			for _, s := range a.scan(&f.old, y, r) {
				free -= a.keep(s, free > 0)
			}
		}
	}
	free = offsetSlots / 4 * 3
	n := 0
	for _, r := range a.spans {
		for y := r.Min.Y; y < r.Max.Y; y++ {
			if n++; every > step && n%every >= step {
				continue
			}
			for _, s := range a.scan(&f.new, y, r) {
				free -= a.vote(s, free > 0)
			}
		}
	}
	return a.elect()
}

// rowSpan is the rectangle around the cells of a row that have changed.
func (f *Finder) rowSpan(row int) image.Rectangle {
	var r image.Rectangle
	for col := range f.cols {
		if f.changed[row*f.cols+col] {
			r = r.Union(f.cellAt(col, row))
		}
	}
	return r
}

// scan gives the anchors in the part of row y within area. The choice depends on the window before a pixel alone: what
// lies further back has been shifted out of the 32 bits.
func (a *anchors) scan(m *pixel.Image, y int, area image.Rectangle) []spot {
	const gear = 0x9e3779b1
	row := span(m, area.Min.X, y, area.Dx())
	a.row = a.row[:0]
	h := uint32(0)
	for i := 0; i+8 <= len(row); i += 8 {
		v := binary.LittleEndian.Uint64(row[i:]) & colours
		h1 := h<<1 + uint32(v)*gear
		h2 := h1<<1 + uint32(v>>32)*gear
		if h1>>anchorBits == 0 && h1 != h { // in plain parts it stays the same
			a.found(row, i, area.Min.X, y)
		}
		if h2>>anchorBits == 0 && h2 != h1 {
			a.found(row, i+4, area.Min.X, y)
		}
		h = h2
	}
	return a.row
}

// found adds the anchor that ends with the pixel at i of a row that begins at x.
func (a *anchors) found(row []byte, i, x, y int) {
	const before = window * pixel.Bytes
	if i+4 < before {
		return
	}
	if hash := digest(row[i+4-before : i+4]); hash != 0 {
		a.row = append(a.row, spot{hash, int32(x + i/4), int32(y)})
	}
}

// keep stores an anchor of the old picture if it may or is there already, and returns how many slots that took.
func (a *anchors) keep(s spot, may bool) int {
	i := s.hash >> 16 % anchorSlots
	for ; a.table[i].hash != 0; i = (i + 1) % anchorSlots {
		if a.table[i].hash == s.hash {
			a.table[i].y = -1
			return 0
		}
	}
	if !may {
		return 0
	}
	a.table[i] = s
	return 1
}

// vote counts an anchor of the new picture, for a new distance only if it may, and returns how many slots that took.
func (a *anchors) vote(s spot, may bool) int {
	i := s.hash >> 16 % anchorSlots
	for a.table[i].hash != 0 && a.table[i].hash != s.hash {
		i = (i + 1) % anchorSlots
	}
	was := a.table[i]
	x, y := s.x-was.x, s.y-was.y
	if was.hash == 0 || was.y < 0 || x == 0 && y == 0 {
		return 0
	}
	i = uint64(uint32(x)*0x9e3779b1^uint32(y)*0x85ebca77) >> 12 % offsetSlots
	for ; a.offsets[i].votes != 0; i = (i + 1) % offsetSlots {
		if o := &a.offsets[i]; o.x == x && o.y == y {
			o.votes++
			return 0
		}
	}
	if !may {
		return 0
	}
	a.offsets[i] = offset{x, y, 1}
	return 1
}

// elect gives the distances with most votes.
func (a *anchors) elect() []image.Point {
	best := a.best[:0]
	for len(best) < maxTries {
		most := 0
		for i := range a.offsets {
			if a.offsets[i].votes > a.offsets[most].votes {
				most = i
			}
		}
		o := &a.offsets[most]
		if o.votes < minVotes {
			break
		}
		best = append(best, image.Pt(int(o.x), int(o.y)))
		o.votes = 1 // stays taken, and below minVotes
	}
	return best
}
