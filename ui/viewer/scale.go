package viewer

import (
	"encoding/binary"
	"image"
	"runtime"
	"sync"
)

// tap is some source pixels' part in a pixel of the result.
type tap struct{ first, count, weights int }

// axis says, for each pixel of a line of the result, which source pixels it covers and how much of each. Weights of one
// pixel add up to the axis's whole.
type axis struct {
	source, size int
	of           []tap
	weights      []uint64
}

// make lists the taps for a line that shrinks or grows from source to size pixels, unless they are listed already.
func (a *axis) make(source, size, whole int) {
	if a.source == source && a.size == size {
		return
	}
	a.source, a.size = source, size
	a.of, a.weights = a.of[:0], a.weights[:0]
	for p := range size {
		// In units of 1/size of a source pixel, this pixel covers [start, end).
		start, end := p*source, (p+1)*source
		k := tap{first: start / size, weights: len(a.weights)}
		rest := whole
		for at := k.first; at*size < end; at++ {
			part := min(end, (at+1)*size) - max(start, at*size)
			w := part * whole / source
			a.weights = append(a.weights, uint64(w))
			rest -= w
			k.count++
		}
		a.weights[k.weights+k.count/2] += uint64(rest) // what rounding lost
		a.of = append(a.of, k)
	}
}

// scaler paints parts of a picture at another size by area: each pixel is the mean of what it covers. Shrunk text stays
// legible and enlarged text sharp. It keeps its tables for as long as the two sizes stay the same.
//
// It works on four channels at a time, in lanes of 16 bits of a word: lines are first summed up downwards and rounded,
// then across. Weights have eight bits, so that sums just fit and plain areas stay exact; other colours may be off by two.
type scaler struct {
	x, y  axis
	bands [maxBands]band
}

// band is what one goroutine needs for its lines of the result.
type band struct {
	line []uint64 // source pixels of one line of the result, summed up downwards: blue, red, green and nothing
}

const (
	maxBands = 4
	manyRows = 64      // a band has at least so many
	large    = 1 << 19 // pixels of source and result: what is less is done before other goroutines have begun
)

const wholeWeight = 1 << 8

// paint fills dst with the part r of src shown at size. dst is as large as r.
func (s *scaler) paint(dst, src Pixels, r image.Rectangle, size image.Point) {
	if r.Empty() {
		return
	}
	if src.Size() == size {
		dst.copyFrom(src.sub(r))
		return
	}
	if src.Size() == size.Mul(2) {
		for y := range r.Dy() {
			from := src.sub(image.Rect(2*r.Min.X, 2*(r.Min.Y+y), 2*r.Max.X, 2*(r.Min.Y+y)+2))
			halve(dst.row(y), from.row(0), from.row(1))
		}
		return
	}
	s.x.make(src.W, size.X, wholeWeight)
	s.y.make(src.H, size.Y, wholeWeight)
	if r.Dx()*r.Dy()+r.Dx()*src.W/size.X*(r.Dy()*src.H/size.Y) >= large {
		s.paintBands(dst, src, r)
		return
	}
	s.paintBand(&s.bands[0], dst, src, r)
}

// paintBands has several goroutines paint, and waits for them.
func (s *scaler) paintBands(dst, src Pixels, r image.Rectangle) {
	bands := max(1, min(maxBands, runtime.GOMAXPROCS(0), r.Dy()/manyRows))
	var all sync.WaitGroup
	for i := 1; i < bands; i++ {
		part := image.Rect(r.Min.X, r.Min.Y+r.Dy()*i/bands, r.Max.X, r.Min.Y+r.Dy()*(i+1)/bands)
		all.Go(func() { s.paintBand(&s.bands[i], dst.sub(part.Sub(r.Min)), src, part) })
	}
	r.Max.Y = r.Min.Y + r.Dy()/bands
	s.paintBand(&s.bands[0], dst.sub(image.Rectangle{Max: r.Size()}), src, r)
	all.Wait()
}

// paintBand paints some lines by the tables.
func (s *scaler) paintBand(b *band, dst, src Pixels, r image.Rectangle) {
	of := s.x.of[r.Min.X:r.Max.X]
	last := of[len(of)-1]
	left, right := of[0].first, last.first+last.count
	was := tap{first: -1}
	for y, ty := range s.y.of[r.Min.Y:r.Max.Y] {
		if ty.count == 1 && was.count == 1 && was.first == ty.first {
			copy(dst.row(y), dst.row(y-1))
			continue
		}
		was = ty
		s.down(b, src, left, right, ty)
		s.across(dst.row(y), b.line, of, left)
	}
}

// down sums up the lines of one tap between two columns.
func (s *scaler) down(b *band, src Pixels, left, right int, ty tap) {
	n := right - left
	if cap(b.line) < n {
		b.line = make([]uint64, n)
	}
	b.line = b.line[:n]
	row := func(j int) []byte { return src.Pix[(ty.first+j)*src.Stride+pixelBytes*left:][:pixelBytes*n] }
	weights := s.y.weights[ty.weights:][:ty.count]
	if len(weights) == 1 {
		one(b.line, row(0))
		return
	}
	two(b.line, row(0), row(1), weights[0], weights[1])
	for j, w := range weights[2:] {
		more(b.line, row(j+2), w)
	}
	for i, v := range b.line {
		b.line[i] = (v + half) >> 8 & lanes
	}
}

const (
	lanes = 0x00ff_00ff_00ff_00ff
	half  = 0x0080_0080_0080_0080
)

// spread puts the channels of a pixel into lanes of 16 bits.
func spread(pixel uint32) uint64 {
	v := uint64(pixel)
	return v&0x00ff_00ff | v<<24&0x00ff_00ff_0000_0000
}

func one(line []uint64, a []byte) {
	for i := range line {
		line[i] = spread(binary.LittleEndian.Uint32(a))
		a = a[pixelBytes:]
	}
}

// two works on two pixels at a time: in a word of two pixels, the even and the odd channels are lanes already.
func two(line []uint64, a, b []byte, wa, wb uint64) {
	for len(line) >= 2 && len(a) >= 8 && len(b) >= 8 {
		va, vb := binary.LittleEndian.Uint64(a), binary.LittleEndian.Uint64(b)
		even := (va&lanes)*wa + (vb&lanes)*wb
		odd := (va>>8&lanes)*wa + (vb>>8&lanes)*wb
		line[0] = even&0xffff_ffff | odd<<32
		line[1] = even>>32 | odd&^0xffff_ffff
		line, a, b = line[2:], a[8:], b[8:]
	}
	if len(line) == 1 {
		line[0] = spread(binary.LittleEndian.Uint32(a))*wa + spread(binary.LittleEndian.Uint32(b))*wb
	}
}

func more(line []uint64, a []byte, w uint64) {
	for i := range line {
		line[i] += spread(binary.LittleEndian.Uint32(a)) * w
		a = a[pixelBytes:]
	}
}

// across makes a line of the result.
func (s *scaler) across(out []byte, line []uint64, of []tap, left int) {
	for _, tx := range of {
		from := line[tx.first-left:][:tx.count]
		weights := s.x.weights[tx.weights:][:len(from)]
		sum := from[0]*weights[0] + half
		for i := 1; i < len(from); i++ {
			sum += from[i] * weights[i]
		}
		sum = sum >> 8 & lanes
		binary.LittleEndian.PutUint32(out, uint32(sum)|uint32(sum>>24)|0xff00_0000)
		out = out[pixelBytes:]
	}
}

// halve makes a line of half the size out of two lines.
func halve(out, a, b []byte) {
	const (
		two    = 0x0002_0002
		pair   = 0x00ff_00ff
		opaque = 0xff00_0000
	)
	for len(out) >= pixelBytes && len(a) >= 8 && len(b) >= 8 {
		va, vb := binary.LittleEndian.Uint64(a), binary.LittleEndian.Uint64(b)
		even, odd := va&lanes+vb&lanes, va>>8&lanes+vb>>8&lanes
		br := uint32(even+even>>32) + two
		g := uint32(odd+odd>>32) + two
		binary.LittleEndian.PutUint32(out, br>>2&pair|g>>2&0xff<<8|opaque)
		out, a, b = out[pixelBytes:], a[8:], b[8:]
	}
}
