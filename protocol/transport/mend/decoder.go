package mend

import (
	"encoding/binary"
	"slices"
)

// decoder makes lost packets from parity. It holds the latest packets and the parities that miss more than one packet,
// as equations whose unknowns are packets.
type decoder struct {
	known [keptPackets][]byte // a ring; each as a sum: two bytes of length, then the packet
	next  int
	rows  []row // at most keptRows, the oldest first; each one's pivot stands in no other
	spare [][]byte
	out   [][]byte // what drain gives
}

// row is an equation: the sum over its terms of factor times packet is sum.
type row struct {
	terms []term // the first is its pivot, with factor 1
	sum   []byte
}

type term struct {
	name   name
	factor byte
}

// packet takes note of a source packet that has come or was made.
func (d *decoder) packet(p []byte) {
	slot := &d.known[d.next]
	d.next = (d.next + 1) % keptPackets
	*slot = append(append((*slot)[:0], byte(len(p)>>8), byte(len(p))), p...)
	if len(d.rows) > 0 {
		d.settle(nameOf(p), *slot)
	}
}

func (d *decoder) find(n name) []byte {
	for _, k := range d.known {
		if len(k) > 0 && nameOf(k) == n {
			return k
		}
	}
	return nil
}

// parity takes the names and the sum of a parity. One that names a packet twice is dropped: either two packets share the
// name, or the peer lies, and elimination never ends with it.
func (d *decoder) parity(counter uint64, names, sum []byte) {
	if twice(names) {
		return
	}
	r := row{sum: append(d.buffer(), sum...)}
	for i := 0; i < len(names); i += nameLen {
		n := name(names[i:])
		factor := coefficient(counter, n)
		if k := d.find(n); k != nil {
			r.subtract(k, factor)
			continue
		}
		r.terms = append(r.terms, term{n, factor})
	}
	for i := range d.rows {
		if f := r.factor(d.rows[i].terms[0].name); f != 0 {
			r.subtractRow(&d.rows[i], f)
		}
	}
	d.insert(r)
}

// twice reports whether a name stands in names more than once.
func twice(names []byte) bool {
	for i := 0; i < len(names); i += nameLen {
		for j := 0; j < i; j += nameLen {
			if name(names[i:]) == name(names[j:]) {
				return true
			}
		}
	}
	return false
}

// insert takes a row in that no pivot of another row stands in. Rows of more than maxTerms are dropped.
func (d *decoder) insert(r row) {
	if len(r.terms) == 0 || len(r.terms) > maxTerms {
		d.release(r.sum)
		return
	}
	r.normalise()
	if len(r.terms) == 1 {
		d.solve(r)
		return
	}
	for i := range d.rows {
		if f := d.rows[i].factor(r.terms[0].name); f != 0 {
			d.rows[i].subtractRow(&r, f)
		}
	}
	d.dropLong()
	if len(d.rows) == keptRows {
		d.release(d.rows[0].sum)
		d.rows = slices.Delete(d.rows, 0, 1)
	}
	d.rows = append(d.rows, r)
	d.harvest()
}

// dropLong drops rows that have grown over maxTerms.
func (d *decoder) dropLong() {
	d.rows = slices.DeleteFunc(d.rows, func(r row) bool {
		if len(r.terms) <= maxTerms {
			return false
		}
		d.release(r.sum)
		return true
	})
}

// solve makes the packet of a row with one term.
func (d *decoder) solve(r row) {
	defer d.release(r.sum)
	n := r.terms[0].name
	size := int(binary.BigEndian.Uint16(r.sum))
	if size < minSource || size > len(r.sum)-2 || size > maxSource {
		return
	}
	p := r.sum[2 : 2+size]
	if nameOf(p) != n || !isShort(p) {
		return // a name that two packets share, or a liar
	}
	d.out = append(d.out, slices.Clone(p))
	d.packet(p)
}

// settle takes a packet that is known now out of all rows.
func (d *decoder) settle(n name, k []byte) {
	for i := range d.rows {
		if f := d.rows[i].factor(n); f != 0 {
			d.rows[i].subtract(k, f)
			d.rows[i].remove(n)
		}
	}
	d.harvest()
}

// harvest gives each row a pivot again that it may have lost, and solves what has become simple.
func (d *decoder) harvest() {
	for i := 0; i < len(d.rows); i++ {
		r := d.rows[i]
		if len(r.terms) > 1 && r.terms[0].factor == 1 && !d.shared(i) {
			continue
		}
		d.rows = slices.Delete(d.rows, i, i+1)
		d.insert(r)
		i = -1 // what insert has done may concern any row
	}
}

// shared tells whether the pivot of a row stands in another one.
func (d *decoder) shared(i int) bool {
	n := d.rows[i].terms[0].name
	for j := range d.rows {
		if j != i && d.rows[j].factor(n) != 0 {
			return true
		}
	}
	return false
}

// drain gives the packets made since the last call; they are the caller's.
func (d *decoder) drain() [][]byte {
	out := d.out
	d.out = nil
	return out
}

func (d *decoder) buffer() []byte {
	if n := len(d.spare); n > 0 {
		b := d.spare[n-1]
		d.spare = d.spare[:n-1]
		return b[:0]
	}
	return make([]byte, 0, 2+maxSource)
}

func (d *decoder) release(b []byte) {
	if len(d.spare) < keptRows {
		d.spare = append(d.spare, b)
	}
}

func (r *row) factor(n name) byte {
	for _, t := range r.terms {
		if t.name == n {
			return t.factor
		}
	}
	return 0
}

func (r *row) remove(n name) {
	r.terms = slices.DeleteFunc(r.terms, func(t term) bool { return t.name == n })
}

// subtract takes factor times a known packet out of the sum; in this field that is the same as adding it.
func (r *row) subtract(k []byte, factor byte) {
	r.grow(len(k))
	addTimes(r.sum, k, factor)
}

func (r *row) grow(n int) {
	if len(r.sum) < n {
		r.sum = append(r.sum, make([]byte, n-len(r.sum))...)
	}
}

// subtractRow takes factor times another row out of this one.
func (r *row) subtractRow(other *row, factor byte) {
	r.grow(len(other.sum))
	addTimes(r.sum, other.sum, factor)
	for _, t := range other.terms {
		change := products[t.factor][factor]
		i := slices.IndexFunc(r.terms, func(mine term) bool { return mine.name == t.name })
		if i < 0 {
			r.terms = append(r.terms, term{t.name, change})
			continue
		}
		r.terms[i].factor ^= change
		if r.terms[i].factor == 0 {
			r.terms = slices.Delete(r.terms, i, i+1)
		}
	}
}

// normalise makes the first term's factor 1.
func (r *row) normalise() {
	f := r.terms[0].factor
	if f == 1 {
		return
	}
	f = inverse(f)
	scale(r.sum, f)
	for i := range r.terms {
		r.terms[i].factor = products[r.terms[i].factor][f]
	}
}
