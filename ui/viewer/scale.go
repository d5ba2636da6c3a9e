package viewer

import "image"

// tap is one source pixel's part in a pixel of the result.
type tap struct{ first, count, weights int }

// taps says, for each pixel of a line of the result, which source pixels it covers and how much of each. Weights of one
// pixel add up to whole.
type taps struct {
	of      []tap
	weights []uint32
}

const whole = 1 << 12

// make lists the taps for the pixels from to to of a line that shrinks or grows from source to size pixels.
func (t *taps) make(from, to, source, size int) {
	t.of, t.weights = t.of[:0], t.weights[:0]
	for p := from; p < to; p++ {
		// In units of 1/size of a source pixel, this pixel covers [start, end).
		start, end := p*source, (p+1)*source
		k := tap{first: start / size, weights: len(t.weights)}
		rest := uint32(whole)
		for at := k.first; at*size < end; at++ {
			part := min(end, (at+1)*size) - max(start, at*size)
			w := uint32(part * whole / source)
			t.weights = append(t.weights, w)
			rest -= w
			k.count++
		}
		t.weights[k.weights+k.count/2] += rest // what rounding lost
		t.of = append(t.of, k)
	}
}

// scaler paints parts of a picture at another size by area: each pixel is the mean of what it covers. Shrunk text stays
// legible and enlarged text sharp. It keeps its tables between calls.
type scaler struct {
	x, y taps
	line []uint32 // source pixels of one line of the result, summed up downwards; four numbers a pixel
}

// paint fills dst with the part r of src shown at size. dst is as large as r.
func (s *scaler) paint(dst, src *image.RGBA, r image.Rectangle, size image.Point) {
	from := src.Bounds().Size()
	if from == size {
		for y := r.Min.Y; y < r.Max.Y; y++ {
			copy(dst.Pix[(y-r.Min.Y)*dst.Stride:][:4*r.Dx()], src.Pix[y*src.Stride+4*r.Min.X:])
		}
		return
	}
	s.x.make(r.Min.X, r.Max.X, from.X, size.X)
	s.y.make(r.Min.Y, r.Max.Y, from.Y, size.Y)
	first, last := s.x.of[0], s.x.of[len(s.x.of)-1]
	left, right := first.first, last.first+last.count
	was := tap{first: -1}
	for y, ty := range s.y.of {
		if ty.count > 1 || was.count != 1 || was.first != ty.first {
			s.down(src, left, right, ty)
		}
		was = ty
		s.across(dst.Pix[y*dst.Stride:][:4*r.Dx()], left)
	}
}

// down sums up the lines of one tap between two columns.
func (s *scaler) down(src *image.RGBA, left, right int, ty tap) {
	n := 4 * (right - left)
	if cap(s.line) < n {
		s.line = make([]uint32, n)
	}
	s.line = s.line[:n]
	for j, w := range s.y.weights[ty.weights:][:ty.count] {
		line := s.line
		row := src.Pix[(ty.first+j)*src.Stride+4*left:][:len(line)]
		if j == 0 {
			for i := range line {
				line[i] = w * uint32(row[i])
			}
			continue
		}
		for i := range line {
			line[i] += w * uint32(row[i])
		}
	}
}

// across makes a line of the result. The weights add up to 1<<24, so that the sums just fit and plain areas stay exact.
func (s *scaler) across(out []byte, left int) {
	const half, bits = 1 << 23, 24
	for x, tx := range s.x.of {
		r, g, b := uint32(half), uint32(half), uint32(half)
		from := s.line[4*(tx.first-left):]
		for _, w := range s.x.weights[tx.weights:][:tx.count] {
			c := from[:4:4]
			r += w * c[0]
			g += w * c[1]
			b += w * c[2]
			from = from[4:]
		}
		o := out[4*x:][:4:4]
		o[0], o[1], o[2], o[3] = byte(r>>bits), byte(g>>bits), byte(b>>bits), 255
	}
}
