package damage

import "image"

const (
	// blockW and blockH are the size of blocks in pictures of up to maxBlocks of them; in larger ones they are twice, four
	// times … as large, so that the time does not grow with the number of displays' pixels squared.
	blockW, blockH = 64, 8
	maxBlocks      = 10_000

	// What a block that goes into a copy is worth: what must be sent without it, less what it breaks.
	worthText  = 8  // changed, and as the copy makes it
	worthPlain = 1  // the same, but next to nothing to send
	worthNone  = -1 // changed, and not as the copy makes it
	worthBlank = 0  // unchanged and plain: next to nothing to repair
	worthBreak = -8 // unchanged, and the copy would change it
	worthTaken = -1 << 20

	// minBlocks is how many blocks worth worthText a copy must have to be one.
	minBlocks = 4
)

// match finds the rectangles that have moved by a given distance: those of the highest total worth on a grid of blocks,
// and then their exact edges.
type match struct {
	on         bool
	shift      int             // blocks are blockW<<shift wide
	cols, rows int             // of the picture
	area       image.Rectangle // blocks that are looked at: those of the cells that have changed
	facts      []facts         // by block of the picture
	worth      []int32         // by block of area, column by column, for the distance that is tried
	sums       []int32         // by row of area
	gains      []int32         // scratch of trim
	wanted     int             // blocks that have changed, about
	explained  int             // blocks of them that copies make
}

// facts is what is known of a block.
type facts uint8

const (
	knowsChanged facts = 1 << iota
	isChanged
	knowsPlain
	isPlain
	isTaken  // a copy touches it
	isProved // a copy makes all of it
)

// begin forgets the last pictures. area is around the cells that have changed, in pixels.
func (m *match) begin(f *Finder, area image.Rectangle) {
	m.on = true
	for m.shift = 0; (f.new.W>>m.shift/blockW+1)*(f.new.H>>m.shift/blockH+1) > maxBlocks; {
		m.shift++
	}
	w, h := blockW<<m.shift, blockH<<m.shift
	m.cols, m.rows = (f.new.W+w-1)/w, (f.new.H+h-1)/h
	m.area = image.Rect(area.Min.X/w, area.Min.Y/h, (area.Max.X-1)/w+1, (area.Max.Y-1)/h+1)
	if n := m.cols * m.rows; n > len(m.facts) {
		m.facts, m.worth = make([]facts, n), make([]int32, n)
	}
	if m.rows > len(m.sums) {
		m.sums = make([]int32, m.rows)
	}
	clear(m.facts)
	m.wanted, m.explained = 0, 0
	for i := f.first * f.cols; i < f.last*f.cols; i++ {
		if f.changed[i] {
			m.wanted++
		}
	}
	m.wanted *= cell / blockH
	m.wanted >>= 2 * m.shift
}

// proved says how many rows from (x, y) on, within a cell, need not be looked at.
func (f *Finder) proved(x, y int) int {
	m := &f.match
	if !m.on {
		return 0
	}
	h := blockH << m.shift
	if m.facts[y/h*m.cols+x/(blockW<<m.shift)]&isProved == 0 {
		return 0
	}
	return min(h-y%h, cell-y%cell)
}

// take adds the copies by a distance that pay, and reports whether there are any.
func (f *Finder) take(by image.Point) bool {
	before := len(f.places)
	if before == maxCopies || !f.weigh(by) {
		return false
	}
	for range maxCopies - before {
		blocks := f.match.best()
		if blocks.Empty() {
			break
		}
		f.add(blocks, by)
	}
	return len(f.places) > before
}

// weigh finds the worth of each block for a distance, and whether any copy may pay.
func (f *Finder) weigh(by image.Point) bool {
	m := &f.match
	good := 0
	for row := m.area.Min.Y; row < m.area.Max.Y; row++ {
		for col := m.area.Min.X; col < m.area.Max.X; col++ {
			worth := f.worth(col, row, by)
			if *m.at(col, row) = worth; worth == worthText {
				good++
			}
		}
	}
	return good >= minBlocks
}

// worth is what the block is worth in a copy.
func (f *Finder) worth(col, row int, by image.Point) int32 {
	known := &f.match.facts[row*f.match.cols+col]
	if *known&isTaken != 0 {
		return worthTaken
	}
	r := f.blockAt(col, row)
	from := r.Sub(by)
	fits := from.In(f.new.Bounds())
	if !f.isChanged(known, r) {
		switch {
		case f.isPlain(known, r):
			return worthBlank
		case fits && f.blockSame(r, from):
			return 0
		}
		return worthBreak
	}
	switch {
	case !fits || !f.blockSame(r, from):
		return worthNone
	case f.isPlain(known, r):
		return worthPlain
	}
	return worthText
}

// best is the rectangle of blocks, of the picture, with the highest worth; empty if there is none that pays.
func (m *match) best() image.Rectangle {
	h := m.area.Dy()
	in := m.hopeful()
	most, found := int32(minBlocks*worthText-1), image.Rectangle{}
	sums := m.sums[:h]
	for left := in.Max.X - 1; left >= in.Min.X; left-- { // so that columns of no worth stay outside
		clear(sums)
		for right := left; right < in.Max.X; right++ {
			column := m.worth[right*h : right*h+h]
			sum, top := int32(0), 0
			for y := in.Min.Y; y < in.Max.Y; y++ {
				sums[y] += column[y]
				if sum <= 0 {
					sum, top = 0, y
				}
				if sum += sums[y]; sum > most {
					most, found = sum, image.Rect(left, top, right+1, y+1)
				}
			}
		}
	}
	return found.Add(m.area.Min)
}

// hopeful is the rectangle around the blocks of area that are worth something, counted from its corner.
func (m *match) hopeful() image.Rectangle {
	h := m.area.Dy()
	r := image.Rectangle{Min: m.area.Size()}
	for i, v := range m.worth[:m.area.Dx()*h] {
		if v > 0 {
			r.Min.X, r.Min.Y = min(r.Min.X, i/h), min(r.Min.Y, i%h)
			r.Max.X, r.Max.Y = max(r.Max.X, i/h+1), max(r.Max.Y, i%h+1)
		}
	}
	return r
}
