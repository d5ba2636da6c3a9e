package damage

import (
	"image"
	"slices"
)

// add makes a copy of blocks of the picture if that pays and is possible. In any case best leaves them out from now on.
func (f *Finder) add(blocks image.Rectangle, by image.Point) {
	m := &f.match
	defer m.spend(blocks)
	if m.count(blocks) < minBlocks {
		return
	}
	w, h := blockW<<m.shift, blockH<<m.shift
	to := image.Rect(blocks.Min.X*w, blocks.Min.Y*h, blocks.Max.X*w, blocks.Max.Y*h)
	bounds := f.new.Bounds()
	p := place{f.trim(to.Intersect(bounds).Intersect(bounds.Add(by)), by), by}
	if f.admit(p) {
		f.settle(blocks, p.to)
		f.claim(p)
	}
}

// count says how many blocks in a rectangle are worth their copying.
func (m *match) count(blocks image.Rectangle) int {
	n := 0
	for col := blocks.Min.X; col < blocks.Max.X; col++ {
		for row := blocks.Min.Y; row < blocks.Max.Y; row++ {
			if *m.at(col, row) == worthText {
				n++
			}
		}
	}
	return n
}

// spend leaves a rectangle out of what best looks for.
func (m *match) spend(blocks image.Rectangle) {
	for col := blocks.Min.X; col < blocks.Max.X; col++ {
		for row := blocks.Min.Y; row < blocks.Max.Y; row++ {
			*m.at(col, row) = worthTaken
		}
	}
}

// settle marks and counts the blocks that a copy to r makes.
func (f *Finder) settle(blocks, r image.Rectangle) {
	m := &f.match
	for col := blocks.Min.X; col < blocks.Max.X; col++ {
		for row := blocks.Min.Y; row < blocks.Max.Y; row++ {
			if *m.at(col, row) <= 0 {
				continue
			}
			m.explained++
			if f.blockAt(col, row).In(r) {
				m.facts[row*m.cols+col] |= isProved
			}
		}
	}
}

// at is the worth of a block of area.
func (m *match) at(col, row int) *int32 {
	return &m.worth[(col-m.area.Min.X)*m.area.Dy()+row-m.area.Min.Y]
}

// claim records which blocks and cells a copy touches.
func (f *Finder) claim(p place) {
	m := &f.match
	w, h := blockW<<m.shift, blockH<<m.shift
	for row := p.to.Min.Y / h; row <= (p.to.Max.Y-1)/h; row++ {
		for col := p.to.Min.X / w; col <= (p.to.Max.X-1)/w; col++ {
			m.facts[row*m.cols+col] |= isTaken
			if at := image.Pt(col, row); at.In(m.area) {
				*m.at(col, row) = worthTaken
			}
		}
	}
	for row := p.to.Min.Y / cell; row <= (p.to.Max.Y-1)/cell; row++ {
		for col := p.to.Min.X / cell; col <= (p.to.Max.X-1)/cell; col++ {
			f.copied[row*f.cols+col] = true
		}
	}
}

// admit adds a copy to the others and reports whether it can join them: it must not overwrite them, and there must be
// an order in which none overwrites what a later one takes.
func (f *Finder) admit(p place) bool {
	if p.to.Empty() {
		return false
	}
	for _, q := range f.places {
		if q.to.Overlaps(p.to) {
			return false
		}
	}
	f.places = append(f.places, p)
	if f.order() {
		return true
	}
	f.places = slices.DeleteFunc(f.places, func(q place) bool { return q == p })
	return false
}

// order sorts the copies so that none overwrites what a later one takes, and reports whether that can be.
func (f *Finder) order() bool {
	todo := f.places
	for len(todo) > 0 {
		next := harmless(todo)
		if next < 0 {
			return false
		}
		todo[0], todo[next] = todo[next], todo[0]
		todo = todo[1:]
	}
	return true
}

// harmless finds a copy that overwrites nothing that another takes.
func harmless(places []place) int {
	for i, p := range places {
		ok := true
		for k, q := range places {
			ok = ok && (i == k || !p.to.Overlaps(q.from()))
		}
		if ok {
			return i
		}
	}
	return -1
}
