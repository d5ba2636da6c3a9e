package tile

import (
	"deskhand/protocol/pixel"
)

// screenEncoder writes everything but what the mask hides.
type screenEncoder struct {
	ground
	finder  finder
	bands   []band // those of finder
	w       writer
	columns []column
	ops     []op
	head    [1 << chainBits]int32
	chain   []int32 // the column before with the same key
	shapes  shapes
	colours hues
	late    lately
	model   screenModel
}

// find looks at p, which the next write is of, and fills m.
func (e *screenEncoder) find(p pixel.Image, m *mask) {
	e.p, e.base = p, at(p, 0, 0)
	e.finder.find(p, e.base, m)
	e.bands = e.finder.bands
}

// append writes what was found behind dst.
func (e *screenEncoder) append(dst []byte, m *mask) []byte {
	e.gather()
	e.parse()
	e.collect()
	e.model.reset()
	clear(e.shapes.dye[:])
	e.w.start(dst)
	if m.any {
		for i, has := range m.cells {
			b := uint32(0)
			if has {
				b = 1
			}
			e.w.bit(&e.model.mask[m.near(i)], b)
		}
	}
	e.w.direct(e.base, 24)
	e.palette()
	e.w.number(&e.model.bands, len(e.bands))
	last, at := &band{}, 0
	for i := range e.bands {
		b := &e.bands[i]
		e.header(b, last)
		at = e.band(b, at)
		last = b
	}
	return e.w.finish()
}

// collect gathers the colours of the columns that are to be written pixel by pixel.
func (e *screenEncoder) collect() {
	at := 0
	for i := range e.bands {
		b := &e.bands[i]
		for x := b.x0; x < b.x1; at++ {
			o := &e.ops[at]
			if o.kind == opLiteral {
				for k := range int(o.n) {
					e.collectColumn(b, x+k)
				}
			}
			x += int(o.n)
		}
	}
	e.colours.sort()
}

// collectColumn adds the colours of pixels that are not like a neighbour.
func (e *screenEncoder) collectColumn(b *band, x int) {
	bg := e.at(b, x)
	above := bg
	for y := b.y0; y < b.y1; y++ {
		v := at(e.p, x, y)
		if v != bg && v != above && (x == b.x0 || v != at(e.p, x-1, y)) {
			e.colours.add(v)
		}
		above = v
	}
}

// palette writes the colours family by family, each as its difference from the one before.
func (e *screenEncoder) palette() {
	m := &e.model
	list := e.colours.list
	for f := range families {
		n := e.colours.count(f)
		m.shades.set(f, n)
		e.w.number(&m.colours, n)
		before := uint32(0)
		for _, v := range list[:n] {
			d := int(v>>16&0xff) - int(before>>16&0xff)
			e.w.number(&m.green, d)
			e.w.signed(m.red(d), int(int8(v>>8)-int8(before>>8)-int8(d)))
			e.w.signed(&m.blue, int(int8(v)-int8(before)-int8(d)))
			before = v
		}
		list = list[n:]
	}
	m.shades.reset()
}

func (e *screenEncoder) header(b, last *band) {
	m := &e.model
	e.w.number(&m.top, b.y0-last.y0)
	e.w.signed(&m.left, b.x0/stripe-last.x0/stripe)
	e.w.signed(&m.wide, stripes(b.x1)-b.x0/stripe-stripes(last.x1)+last.x0/stripe)
	e.w.signed(&m.high, b.y1-b.y0-last.y1+last.y0)
	if b.plain {
		e.w.bit(&m.plain[0], 1)
		e.w.direct(b.colour, 24)
		return
	}
	e.w.bit(&m.plain[0], 0)
}

// stripes is how many there are in a width.
func stripes(w int) int { return (w + stripe - 1) / stripe }

// band writes the ops of b, the first of which has the number k, and gives the number of the next band's.
func (e *screenEncoder) band(b *band, k int) int {
	m := &e.model
	before, fall := opBlank, int32(0)
	for x := b.x0; x < b.x1; k++ {
		o := &e.ops[k]
		if o.kind == opBlank {
			e.w.bit(&m.op[before][1], 0)
		} else {
			e.w.bit(&m.op[before][1], 1)
			e.w.bit(&m.op[before][2], uint32(o.kind-opCopy))
		}
		before = int(o.kind)
		switch o.kind {
		case opBlank:
			e.w.number(&m.blank, int(o.n)-1)
		case opCopy:
			fall = e.copy(b, b.first+x-b.x0, o, fall)
		default:
			e.w.number(&m.literal, int(o.n)-1)
			e.literals(b, x, int(o.n))
		}
		x += int(o.n)
	}
	return k
}

// copy writes what to copy to column i of b, and gives the fall that the next copy likely has.
func (e *screenEncoder) copy(b *band, i int, o *op, fall int32) int32 {
	m := &e.model
	back := i - int(o.from)
	if back == 1 && o.fall == 0 && !o.tinted {
		e.w.bit(&m.repeat[0], 1)
		e.w.number(&m.length, int(o.n)-1)
		return fall
	}
	e.w.bit(&m.repeat[0], 0)
	e.w.number(&m.distance, back-1)
	e.w.signed(&m.fall, int(o.fall-fall))
	e.w.number(&m.length, int(o.n)-1)
	if !o.tinted {
		e.w.bit(&m.tinted[0], 0)
		return o.fall
	}
	e.w.bit(&m.tinted[0], 1)
	e.writeTints(b, i, o)
	return o.fall
}

// literals writes n columns from x on.
func (e *screenEncoder) literals(b *band, x, n int) {
	e.late.start()
	e.late.wester.load(&e.ground, b, x-2, e.at(b, x))
	e.late.west.load(&e.ground, b, x-1, e.at(b, x))
	for k := range n {
		e.literal(b, x+k)
		e.late.turn()
	}
}

func (e *screenEncoder) literal(b *band, x int) {
	m, bg := &e.model, e.at(b, x)
	now, west, wester := e.late.now, e.late.west, e.late.wester
	now.edges(b.y1-b.y0, bg)
	above, aboveClass, higher := bg, uint32(0), uint32(0)
	for y := b.y0; y < b.y1; y++ {
		i := y - b.y0 + 1
		v := at(e.p, x, y)
		w := west.value[i]
		near := aboveClass | uint32(west.class[i])<<2
		context := near | uint32(west.class[i-1])<<4 | uint32(west.class[i+1])<<6 | uint32(wester.class[i])<<8 | higher<<10
		higher = aboveClass
		aboveClass = uint32(class(v, bg))
		now.value[i], now.class[i] = v, uint8(aboveClass)
		e.pixel(m, context, [4]uint32{v, bg, above, w})
		above = v
	}
}

// pixel writes v, given the background, the pixel above and the one to the left.
func (e *screenEncoder) pixel(m *screenModel, context uint32, p [4]uint32) {
	v, bg, above, left := p[0], p[1], p[2], p[3]
	if v == bg {
		e.w.bit(&m.ground[context], 0)
		return
	}
	e.w.bit(&m.ground[context], 1)
	if above != bg {
		if v == above {
			e.w.bit(&m.above[context], 0)
			return
		}
		e.w.bit(&m.above[context], 1)
	}
	if left != bg && left != above {
		if v == left {
			e.w.bit(&m.beside[context], 0)
			return
		}
		e.w.bit(&m.beside[context], 1)
	}
	e.colour(m, context&(treeContexts-1), v)
}

// colour writes one that is not like a neighbour: its family and its number in that.
func (e *screenEncoder) colour(m *screenModel, context, v uint32) {
	f, number := e.colours.find(v)
	e.w.tree(m.family[m.lastFamily][:], uint32(f), familyBits)
	m.lastFamily = f
	if f == families {
		e.w.direct(v, 24)
		return
	}
	chances, n := m.shades.tree(f, context)
	e.w.tree(chances, uint32(number-m.shades.family[f].first), n)
}
