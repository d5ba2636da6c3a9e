package damage

import "image"

func (f *Finder) isChanged(known *facts, r image.Rectangle) bool {
	if *known&knowsChanged == 0 {
		*known |= knowsChanged
		if !f.blockSame(r, r) {
			*known |= isChanged
		}
	}
	return *known&isChanged != 0
}

func (f *Finder) isPlain(known *facts, r image.Rectangle) bool {
	if *known&knowsPlain == 0 {
		*known |= knowsPlain
		if f.blockPlain(r) {
			*known |= isPlain
		}
	}
	return *known&isPlain != 0
}

func (f *Finder) blockAt(col, row int) image.Rectangle {
	w, h := blockW<<f.match.shift, blockH<<f.match.shift
	return image.Rect(col*w, row*h, min(col*w+w, f.new.W), min(row*h+h, f.new.H))
}

// blockSame compares r of the new picture with a part of the old one.
func (f *Finder) blockSame(r, from image.Rectangle) bool {
	for y := range r.Dy() {
		if !same(span(&f.new, r.Min.X, r.Min.Y+y, r.Dx()), span(&f.old, from.Min.X, from.Min.Y+y, r.Dx())) {
			return false
		}
	}
	return true
}

// blockPlain reports whether r of the new picture costs next to nothing to send: each row has one colour, or all rows
// are the same.
func (f *Finder) blockPlain(r image.Rectangle) bool {
	first := span(&f.new, r.Min.X, r.Min.Y, r.Dx())
	rows, columns := true, true
	for y := r.Min.Y; y < r.Max.Y && (rows || columns); y++ {
		row := span(&f.new, r.Min.X, y, r.Dx())
		rows = rows && plain(row)
		columns = columns && same(row, first)
	}
	return rows || columns
}
