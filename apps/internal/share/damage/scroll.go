package damage

import (
	"encoding/binary"
	"image"
	"math/bits"

	"deskhand/protocol/pixel"
)

const (
	// window is how many pixels of a row are looked at: of each strip the middle ones, so that a pane of 96 pixels holds
	// those of at least one strip, wherever it begins.
	window = 32
	// maxStrips bounds the strips that are looked at. Most of the time goes into fetching them from memory.
	maxStrips = 8
	// maxTries bounds the distances that are tried.
	maxTries = 4
	// maxVain bounds those that are tried in vain.
	maxVain = 2
	// minVotes is how many rows or runs must have moved by a distance for it to be tried.
	minVotes = 8
)

// scroll finds how far content has moved up or down. In each strip, one cell wide, rows that occur exactly once in the
// old and in the new picture vote for their distance: blank rows and those of repeated words have no say.
type scroll struct {
	old, new []uint64 // hashes of the rows of a strip
	slots    []int32  // by row of a strip: where it is in table, or -1
	table    []line   // open addressing
	votes    []int32  // by distance plus the height
	strips   []strip  // that are looked at
	best     [maxTries]image.Point
}

// strip is the window at x in the rows from top to before end.
type strip struct{ x, top, end int }

// line is a row by its content and the number after which it occurs; several if it does more than once.
type line struct {
	hash     uint64
	old, new int32
}

const several = -1

// digest is a hash of a window, 0 if that is plain. Whoever can foresee it gains nothing but time of this machine: what
// it says is verified.
func digest(b []byte) uint64 {
	const k0, k1 = 0x9e3779b97f4a7c15, 0xd1b54a32d192ed03
	p := (*[window * pixel.Bytes]byte)(b)
	first := binary.LittleEndian.Uint64(p[:]) & colours
	h, other := uint64(0), uint64(0)
	for i := 0; i < len(p); i += 32 {
		v0 := binary.LittleEndian.Uint64(p[i:]) & colours
		v1 := binary.LittleEndian.Uint64(p[i+8:]) & colours
		v2 := binary.LittleEndian.Uint64(p[i+16:]) & colours
		v3 := binary.LittleEndian.Uint64(p[i+24:]) & colours
		other |= (v0 ^ first) | (v1 ^ first) | (v2 ^ first) | (v3 ^ first)
		hi, lo := bits.Mul64(v0^k0, v1^k1)
		hi2, lo2 := bits.Mul64(v2^k1, v3^k0)
		h = bits.RotateLeft64(h, 11) + (hi ^ lo) + bits.RotateLeft64(hi2^lo2, 5)
	}
	if other == 0 && uint32(first) == uint32(first>>32) {
		return 0
	}
	return (h ^ h>>32) | 1
}

// verticals proposes distances by which content has moved up or down.
func (f *Finder) verticals() []image.Point {
	s := &f.scroll
	h := f.new.H
	s.size(h)
	f.chooseStrips()
	for _, strip := range s.strips {
		// One picture after the other, down one column: of all orders memory is fetched fastest in this one.
		n := strip.end - strip.top
		for y := range n {
			s.old[y] = digest(span(&f.old, strip.x, strip.top+y, window))
		}
		for y := range n {
			s.new[y] = digest(span(&f.new, strip.x, strip.top+y, window))
		}
		s.vote(s.old[:n], s.new[:n], h)
	}
	return s.elect(h)
}

// chooseStrips takes the strips in which something has changed, evenly spread if there are too many.
func (f *Finder) chooseStrips() {
	s := &f.scroll
	count := 0
	for col := range f.cols {
		if f.stripAt(col).end > 0 {
			count++
		}
	}
	s.strips = s.strips[:0]
	due := 0
	for col := range f.cols {
		strip := f.stripAt(col)
		if strip.end == 0 {
			continue
		}
		if due += maxStrips; due >= count {
			due -= max(count, maxStrips)
			s.strips = append(s.strips, strip)
		}
	}
}

// stripAt is where cells of a column have changed; end is 0 if in none.
func (f *Finder) stripAt(col int) strip {
	a, b := f.rows, 0
	for row := f.first; row < f.last; row++ {
		if f.changed[row*f.cols+col] {
			a, b = min(a, row), row+1
		}
	}
	x, w := col*cell, min(cell, f.new.W-col*cell)
	if b == 0 || w < window {
		return strip{}
	}
	return strip{x: x + (w-window)/2, top: a * cell, end: min(b*cell, f.new.H)}
}

func (s *scroll) size(h int) {
	if h > len(s.old) {
		s.old, s.new = make([]uint64, h), make([]uint64, h)
		s.slots, s.votes = make([]int32, h), make([]int32, 2*h+1)
		s.table = make([]line, 1<<bits.Len(uint(2*h)))
	}
	clear(s.votes)
}

// vote lets the rows of one strip vote.
func (s *scroll) vote(old, now []uint64, h int) {
	table := s.table[:1<<bits.Len(uint(2*len(old)))]
	clear(table)
	mask := uint64(len(table) - 1)
	for y, hash := range old {
		if hash == 0 {
			continue
		}
		i := hash >> 16 & mask
		for table[i].hash != 0 && table[i].hash != hash {
			i = (i + 1) & mask
		}
		if table[i].hash == 0 {
			table[i] = line{hash: hash, old: int32(y + 1)}
		} else {
			table[i].old = several
		}
	}
	for y, hash := range now {
		s.slots[y] = -1
		i := hash >> 16 & mask
		for table[i].hash != 0 && table[i].hash != hash {
			i = (i + 1) & mask
		}
		if l := &table[i]; hash == 0 || l.hash == 0 || l.old == several || l.new == several {
			continue
		} else if l.new != 0 {
			l.new = several
			continue
		}
		table[i].new = int32(y + 1)
		s.slots[y] = int32(i)
	}
	for y, slot := range s.slots[:len(now)] {
		if slot >= 0 && table[slot].new != several {
			s.votes[y+1-int(table[slot].old)+h]++
		}
	}
	s.votes[h] = 0 // what stays where it is
}

// elect gives the distances with most votes.
func (s *scroll) elect(h int) []image.Point {
	best := s.best[:0]
	for len(best) < maxTries {
		most := 0
		for i, n := range s.votes[:2*h+1] {
			if n > s.votes[most] {
				most = i
			}
		}
		if s.votes[most] < minVotes {
			break
		}
		s.votes[most] = 0
		best = append(best, image.Pt(0, most-h))
	}
	return best
}
