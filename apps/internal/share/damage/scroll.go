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
	// maxTries bounds the distances that are tried.
	maxTries = 4
	// minVotes is how many rows or runs must have moved by a distance for it to be tried.
	minVotes = 8
)

// scroll finds how far content has moved up or down. In each strip, one cell wide, rows that occur exactly once in the
// old and in the new picture vote for their distance: blank rows and those of repeated words have no say.
type scroll struct {
	old, new []uint64 // hashes of rows, strip by strip
	slots    []int32  // by row of a strip: where it is in table, or -1
	table    []line   // open addressing
	votes    []int32  // by distance plus the height
	top      []int32  // by strip: the rows in which cells have changed
	end      []int32
	best     [maxTries]image.Point
}

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
	b = b[:window*pixel.Bytes]
	first := binary.LittleEndian.Uint64(b) & colours
	key, h, other := uint64(k0), uint64(0), uint64(0)
	for len(b) >= 32 {
		v0 := binary.LittleEndian.Uint64(b) & colours
		v1 := binary.LittleEndian.Uint64(b[8:]) & colours
		v2 := binary.LittleEndian.Uint64(b[16:]) & colours
		v3 := binary.LittleEndian.Uint64(b[24:]) & colours
		other |= (v0 ^ first) | (v1 ^ first) | (v2 ^ first) | (v3 ^ first)
		hi, lo := bits.Mul64(v0+key, v1^k1)
		h += hi ^ lo
		hi, lo = bits.Mul64(v2+key, v3^k0)
		h = bits.RotateLeft64(h, 5) + (hi ^ lo)
		key += k1
		b = b[32:]
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
	s.size(f.cols, h)
	top, end := f.stripSpans()
	for y := top; y < end; y++ {
		for col := range f.cols {
			if y < int(s.top[col]) || y >= int(s.end[col]) {
				continue
			}
			x := col * cell
			if w := min(cell, f.new.W-x); w >= window {
				x += (w - window) / 2
				s.old[col*h+y] = digest(span(&f.old, x, y, window))
				s.new[col*h+y] = digest(span(&f.new, x, y, window))
			} else {
				s.old[col*h+y], s.new[col*h+y] = 0, 0
			}
		}
	}
	for col := range f.cols {
		a, b := int(s.top[col]), int(s.end[col])
		if b-a > minVotes {
			s.vote(s.old[col*h+a:col*h+b], s.new[col*h+a:col*h+b], h)
		}
	}
	return s.elect(h)
}

// stripSpans finds the rows of each strip in which cells have changed, and those of all.
func (f *Finder) stripSpans() (top, end int) {
	s := &f.scroll
	top = f.new.H
	for col := range f.cols {
		a, b := f.rows, 0
		for row := f.first; row < f.last; row++ {
			if f.changed[row*f.cols+col] {
				a, b = min(a, row), row+1
			}
		}
		s.top[col], s.end[col] = int32(min(a*cell, f.new.H)), int32(min(b*cell, f.new.H))
		if b > 0 {
			top, end = min(top, a*cell), max(end, int(s.end[col]))
		}
	}
	return top, end
}

func (s *scroll) size(cols, h int) {
	if n := cols * h; n > len(s.old) {
		s.old, s.new = make([]uint64, n), make([]uint64, n)
	}
	if cols > len(s.top) {
		s.top, s.end = make([]int32, cols), make([]int32, cols)
	}
	if h > len(s.slots) {
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
