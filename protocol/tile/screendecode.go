package tile

import (
	"bytes"
	"encoding/binary"
	"errors"
	"slices"

	"deskhand/protocol/pixel"
)

var errScreen = errors.New("tile: the columns do not add up")

// screenDecoder fills everything but what the mask hides, which must stand there already.
type screenDecoder struct {
	ground
	mask    *mask
	r       reader
	bands   []band
	filled  []int // rows done in each stripe
	colours []uint32
	late    lately
	tints   tints
	dye     dye
	model   screenModel
}

func (d *screenDecoder) start(p pixel.Image, m *mask, body []byte) {
	d.p, d.mask = p, m
	d.model.reset()
	clear(d.dye[:])
	d.r.start(body)
}

func (d *screenDecoder) readMask() {
	for i := range d.mask.cells {
		d.mask.cells[i] = d.r.bit(&d.model.mask[d.mask.near(i)]) == 1
		d.mask.any = d.mask.any || d.mask.cells[i]
	}
}

func (d *screenDecoder) decode() error {
	p := d.p
	d.base = d.r.direct(24)
	if err := d.palette(); err != nil {
		return err
	}
	d.filled = slices.Grow(d.filled[:0], stripes(p.W))[:stripes(p.W)]
	clear(d.filled)
	d.bands = d.bands[:0]
	var last band
	for range d.r.number(&d.model.bands) {
		b, err := d.header(&last)
		if err != nil {
			return err
		}
		d.bands = append(d.bands, b)
		if err := d.band(&d.bands[len(d.bands)-1]); err != nil {
			return err
		}
		last = b
	}
	if !d.r.done() {
		return errors.New("tile: cut off or too long")
	}
	for s := range d.filled {
		d.fill(s, p.H)
	}
	return nil
}

func (d *screenDecoder) palette() error {
	m := &d.model
	d.colours = d.colours[:0]
	for f := range families {
		n := d.r.number(&m.colours)
		if n > maxColoursOfScreen-len(d.colours) {
			return errors.New("tile: too many colours")
		}
		m.shades.set(f, n)
		if !d.family(n) {
			return errors.New("tile: palette cut off")
		}
	}
	m.shades.reset()
	return nil
}

// family reads n colours.
func (d *screenDecoder) family(n int) bool {
	m := &d.model
	var green, red, blue uint8
	for range n {
		by := d.r.number(&m.green)
		green += uint8(by)
		red += uint8(by + d.r.signed(m.red(by)))
		blue += uint8(by + d.r.signed(&m.blue))
		d.colours = append(d.colours, uint32(red)<<16|uint32(green)<<8|uint32(blue))
		if d.r.short() {
			return false
		}
	}
	return true
}

// header reads where the next band is, and checks that it is free.
func (d *screenDecoder) header(last *band) (b band, err error) {
	m := &d.model
	b.y0 = last.y0 + d.r.number(&m.top)
	left := last.x0/stripe + d.r.signed(&m.left)
	wide := stripes(last.x1) - last.x0/stripe + d.r.signed(&m.wide)
	b.y1 = b.y0 + last.y1 - last.y0 + d.r.signed(&m.high)
	if d.r.bit(&m.plain[0]) == 1 {
		b.plain, b.colour = true, d.r.direct(24)
	}
	if d.r.short() || b.y1 <= b.y0 || b.y1 > d.p.H || left < 0 || wide < 1 || wide > len(d.filled)-left {
		return b, errScreen
	}
	b.x0, b.x1 = left*stripe, min(d.p.W, (left+wide)*stripe)
	b.first = last.end()
	for s := left; s < left+wide; s++ {
		if d.filled[s] > b.y0 {
			return b, errScreen
		}
		d.fill(s, b.y0)
		d.filled[s] = b.y1
	}
	return b, nil
}

// fill repeats the last row of a stripe down to the row y.
func (d *screenDecoder) fill(s, y int) {
	x0, x1 := s*stripe, min(d.p.W, s*stripe+stripe)
	for at := d.filled[s]; at < y; at++ {
		if d.mask.has(s, at) {
			continue
		}
		row := segment(d.p, x0, x1, at)
		if at == 0 {
			paintRun(row, d.base|opaque)
		} else {
			copy(row, segment(d.p, x0, x1, at-1))
		}
	}
	d.filled[s] = y
}

func (d *screenDecoder) band(b *band) error {
	m := &d.model
	bg := d.row(b, b.x0, b.width(), 0)
	for y := b.y0; y < b.y1; y++ {
		copy(segment(d.p, b.x0, b.x1, y), bg)
	}
	before, fall := opBlank, 0
	for x := b.x0; x < b.x1; {
		kind := opBlank
		if d.r.bit(&m.op[before][1]) == 1 {
			kind = opCopy + int(d.r.bit(&m.op[before][2]))
		}
		before = kind
		n := 0
		switch kind {
		case opBlank:
			n = d.r.number(&m.blank) + 1
		case opCopy:
			if n = d.readCopy(b, x, &fall); n == 0 {
				return errScreen
			}
		default:
			n = d.r.number(&m.literal) + 1
			if n > b.x1-x || !d.literals(b, x, n) {
				return errScreen
			}
		}
		if d.r.short() || n > b.x1-x {
			return errScreen
		}
		x += n
	}
	return nil
}

// readCopy reads what to copy to the column x and does so; it gives how many columns, none when that cannot be.
func (d *screenDecoder) readCopy(b *band, x int, fall *int) int {
	m := &d.model
	o := copying{back: 1}
	again := d.r.bit(&m.repeat[0]) == 1
	if !again {
		o.back += d.r.number(&m.distance)
		*fall += d.r.signed(&m.fall)
		o.fall = *fall
	}
	o.n = d.r.number(&m.length) + 1
	o.from = b.first + x - b.x0 - o.back
	if o.from < 0 || o.n > b.x1-x {
		return 0
	}
	k, found := slices.BinarySearchFunc(d.bands, o.from, func(b band, c int) int { return b.first - c })
	if !found {
		k--
	}
	s := &d.bands[k]
	o.own = s.first == b.first && o.back < o.n
	if o.n > s.end()-o.from || o.own && o.fall != 0 {
		return 0
	}
	o.from += s.x0 - s.first
	o.fall += b.y0 - s.y0
	if again || d.r.bit(&m.tinted[0]) == 0 {
		d.copy(b, s, x, o)
		return o.n
	}
	if o.own || !d.tintedCopy(b, s, x, o) {
		return 0
	}
	return o.n
}

// copying says what to copy.
type copying struct {
	from, n int  // columns; from is one of the picture
	back    int  // columns in the sequence from there to here
	fall    int  // rows from there to here
	own     bool // the two overlap
}

// copy copies to the column x of b from s.
func (d *screenDecoder) copy(b, s *band, x int, o copying) {
	n := o.n
	bg, bgFrom := d.row(b, x, n, 0), d.row(s, o.from, n, 1)
	equal := bytes.Equal(bg, bgFrom)
	for y := max(b.y0, s.y0+o.fall); y < min(b.y1, s.y1+o.fall); y++ {
		row, src := segment(d.p, x, x+n, y), segment(d.p, o.from, o.from+n, y-o.fall)
		switch {
		case !equal:
			overlay(row, src, bg, bgFrom)
		case o.own:
			for at := copy(row[:4*o.back], src); at < len(row); {
				at += copy(row[at:], row[:at])
			}
		default:
			copy(row, src)
		}
	}
}

// tintedCopy does the same in other colours, which follow.
func (d *screenDecoder) tintedCopy(b, s *band, x int, o copying) bool {
	t := &d.tints
	t.n = 0
	for k := range o.n {
		bg, bgFrom := d.at(b, x+k), d.at(s, o.from+k)
		for y := max(b.y0, s.y0+o.fall); y < min(b.y1, s.y1+o.fall); y++ {
			w := at(d.p, o.from+k, y-o.fall)
			if w == bgFrom {
				continue
			}
			j := t.find(w)
			if j == maxTints {
				return false
			}
			if j == t.n {
				v := d.tint(w, bg)
				if v > rgb {
					return false
				}
				t.from[j], t.to[j] = w, v
				t.n++
			}
			put(d.p, x+k, y, t.to[j])
		}
		if d.r.short() {
			return false
		}
	}
	return true
}

// tint reads what a colour becomes over a background.
func (d *screenDecoder) tint(w, bg uint32) uint32 {
	last := d.dye.last(w, bg)
	if d.r.bit(&d.model.dyed[0]) == 1 {
		*last = d.colour(&d.model, 0)
	}
	return *last
}

// overlay copies from where it is not background, and bg elsewhere. row may begin within from.
func overlay(row, from, bg, bgFrom []byte) {
	for x := 0; x < len(row); x += 4 {
		v := binary.LittleEndian.Uint32(from[x:])
		if v == binary.LittleEndian.Uint32(bgFrom[x:]) {
			v = binary.LittleEndian.Uint32(bg[x:])
		}
		binary.LittleEndian.PutUint32(row[x:], v)
	}
}

func (d *screenDecoder) literals(b *band, x, n int) bool {
	d.late.start()
	d.late.wester.load(&d.ground, b, x-2, d.at(b, x))
	d.late.west.load(&d.ground, b, x-1, d.at(b, x))
	for k := range n {
		if !d.literal(b, x+k) || d.r.short() {
			return false
		}
		d.late.turn()
	}
	return true
}

func (d *screenDecoder) literal(b *band, x int) bool {
	m, bg := &d.model, d.at(b, x)
	now, west, wester := d.late.now, d.late.west, d.late.wester
	now.edges(b.y1-b.y0, bg)
	above, aboveClass, higher := bg, uint32(0), uint32(0)
	for y := b.y0; y < b.y1; y++ {
		i := y - b.y0 + 1
		w := west.value[i]
		near := aboveClass | uint32(west.class[i])<<2
		context := near | uint32(west.class[i-1])<<4 | uint32(west.class[i+1])<<6 | uint32(wester.class[i])<<8 | higher<<10
		v := d.pixel(m, context, [3]uint32{bg, above, w})
		if v > rgb {
			return false
		}
		higher = aboveClass
		aboveClass = uint32(class(v, bg))
		now.value[i], now.class[i] = v, uint8(aboveClass)
		put(d.p, x, y, v)
		above = v
	}
	return true
}

// pixel gives a value above rgb when there is no such colour.
func (d *screenDecoder) pixel(m *screenModel, context uint32, p [3]uint32) uint32 {
	bg, above, left := p[0], p[1], p[2]
	if d.r.bit(&m.ground[context]) == 0 {
		return bg
	}
	if above != bg && d.r.bit(&m.above[context]) == 0 {
		return above
	}
	if left != bg && left != above && d.r.bit(&m.beside[context]) == 0 {
		return left
	}
	return d.colour(m, context)
}

// colour gives a value above rgb when there is no such colour.
func (d *screenDecoder) colour(m *screenModel, context uint32) uint32 {
	f := int(d.r.tree(m.family[m.lastFamily][:], familyBits))
	if f > families {
		return opaque
	}
	m.lastFamily = f
	if f == families {
		return d.r.direct(24)
	}
	chances, n := m.shades.tree(f, context)
	i := int(d.r.tree(chances, n))
	if i >= m.shades.family[f].n {
		return opaque
	}
	return d.colours[m.shades.family[f].first+i]
}
