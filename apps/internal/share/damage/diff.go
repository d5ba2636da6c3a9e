package damage

import (
	"bytes"
	"encoding/binary"
	"image"

	"deskhand/protocol/pixel"
)

// colours are the bytes of two pixels that count.
const colours = 0x00ffffff_00ffffff

// span is n pixels of a row from (x, y) on.
func span(m *pixel.Image, x, y, n int) []byte {
	at := y*m.Stride + x*pixel.Bytes
	return m.Pix[at : at+n*pixel.Bytes]
}

// same compares two spans of the same length. Bytes are compared first, which takes a fraction of the time and nearly
// always tells.
func same(a, b []byte) bool { return bytes.Equal(a, b) || firstOther(a, b) < 0 }

// firstOther is the first pixel in which two spans of the same length differ, or -1.
func firstOther(a, b []byte) int {
	b = b[:len(a)]
	i := 0
	for ; i+8 <= len(a); i += 8 {
		if d := (binary.LittleEndian.Uint64(a[i:]) ^ binary.LittleEndian.Uint64(b[i:])) & colours; d != 0 {
			if uint32(d) != 0 {
				return i / pixel.Bytes
			}
			return i/pixel.Bytes + 1
		}
	}
	if i < len(a) && (binary.LittleEndian.Uint32(a[i:])^binary.LittleEndian.Uint32(b[i:]))&0xffffff != 0 {
		return i / pixel.Bytes
	}
	return -1
}

// lastOther is the last pixel in which two spans of the same length differ, or -1.
func lastOther(a, b []byte) int {
	b = b[:len(a)]
	i := len(a)
	for ; i >= 8; i -= 8 {
		if d := (binary.LittleEndian.Uint64(a[i-8:]) ^ binary.LittleEndian.Uint64(b[i-8:])) & colours; d != 0 {
			if d>>32 != 0 {
				return i/pixel.Bytes - 1
			}
			return i/pixel.Bytes - 2
		}
	}
	if i > 0 && (binary.LittleEndian.Uint32(a)^binary.LittleEndian.Uint32(b))&0xffffff != 0 {
		return 0
	}
	return -1
}

// plain reports whether a span has one colour, looking at fourth bytes only if they differ.
func plain(a []byte) bool {
	const p = pixel.Bytes
	return len(a) <= p || bytes.Equal(a[p:], a[:len(a)-p]) || firstOther(a[p:], a[:len(a)-p]) < 0
}

// hint spreads the hints over the cells, so that what is in several of them is compared once.
func (f *Finder) hint(dirty []image.Rectangle) {
	f.first, f.last = f.rows, 0
	for _, r := range dirty {
		r = r.Intersect(f.new.Bounds())
		if r.Empty() {
			continue
		}
		top, end := r.Min.Y/cell, (r.Max.Y-1)/cell+1
		f.first, f.last = min(f.first, top), max(f.last, end)
		for row := top; row < end; row++ {
			for col := r.Min.X / cell; col <= (r.Max.X-1)/cell; col++ {
				h := &f.hints[row*f.cols+col]
				*h = h.Union(r.Intersect(f.cellAt(col, row)))
			}
		}
	}
}

// compare finds the cells that have changed.
func (f *Finder) compare() {
	for row := f.first; row < f.last; row++ {
		hints := f.hints[row*f.cols:][:f.cols]
		for a := 0; a < f.cols; {
			b := a + 1
			for b < f.cols && adjoin(hints[b-1], hints[b]) {
				b++
			}
			if !hints[a].Empty() {
				f.compareRun(hints[a:b], f.changed[row*f.cols+a:][:b-a])
			}
			a = b
		}
	}
}

// adjoin reports whether b continues a to the right.
func adjoin(a, b image.Rectangle) bool {
	return a.Max.X == b.Min.X && a.Min.Y == b.Min.Y && a.Max.Y == b.Max.Y && !a.Empty() && !b.Empty()
}

// compareRun compares rectangles that adjoin, row by row in spans as wide as possible, leaving out those that are known
// to have changed.
func (f *Finder) compareRun(rects []image.Rectangle, changed []bool) {
	left := len(rects)
	for y := rects[0].Min.Y; y < rects[0].Max.Y && left > 0; y++ {
		for a := 0; a < len(rects); {
			b := a
			for b < len(rects) && !changed[b] {
				b++
			}
			if a == b {
				a++
				continue
			}
			x, n := rects[a].Min.X, rects[b-1].Max.X-rects[a].Min.X
			if !bytes.Equal(span(&f.old, x, y, n), span(&f.new, x, y, n)) {
				left -= f.compareRow(rects[a:b], changed[a:b], y)
			}
			a = b
		}
	}
}

// compareRow marks those rectangles that differ in row y, and counts them.
func (f *Finder) compareRow(rects []image.Rectangle, changed []bool, y int) int {
	n := 0
	for i, r := range rects {
		if !same(span(&f.old, r.Min.X, y, r.Dx()), span(&f.new, r.Min.X, y, r.Dx())) {
			changed[i] = true
			n++
		}
	}
	return n
}

// largeChange reports whether so much has changed that it pays to look where it came from. Many cells tell at once; of a
// few the exact extent is found, which is cheap then.
func (f *Finder) largeChange() bool {
	const few = 8
	count, pixels := 0, 0
	for i := f.first * f.cols; i < f.last*f.cols; i++ {
		if f.changed[i] {
			count++
		}
	}
	if count == 0 || count > few {
		return count > few
	}
	f.rest()
	for _, r := range f.out {
		pixels += r.Dx() * r.Dy()
	}
	return pixels >= worthwhile
}
