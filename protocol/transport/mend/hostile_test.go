package mend

import (
	"encoding/binary"
	"testing"
)

// namesOf makes names of numbers.
func namesOf(numbers ...int) []byte {
	var b []byte
	for _, n := range numbers {
		b = append(b, binary.BigEndian.AppendUint32(nil, uint32(n))[1:]...)
	}
	return b
}

func TestDecoderNamesTwice(t *testing.T) {
	d := &decoder{}
	sum := make([]byte, 2+minSource)
	d.parity(2, namesOf(1, 1), sum)
	d.parity(4, namesOf(2, 1), sum)
	d.parity(6, namesOf(1, 2, 2, 3), sum)
	for _, r := range d.rows {
		for i, x := range r.terms {
			for _, y := range r.terms[:i] {
				if x.name == y.name {
					t.Errorf("a row names %v twice", x.name)
				}
			}
		}
	}
}

// Each parity names the first packets of those before, so that all of them are added up in it, and twelve new ones.
func TestDecoderBoundsRows(t *testing.T) {
	d := &decoder{}
	sum := make([]byte, 2+minSource)
	for n := range 200 {
		var numbers []int
		for i := range d.rows {
			p := d.rows[i].terms[0].name
			numbers = append(numbers, int(p[0])<<16|int(p[1])<<8|int(p[2]))
		}
		for i := len(numbers); i < maxCovered; i++ {
			numbers = append(numbers, 1000+maxCovered*n+i)
		}
		d.parity(uint64(n+1), namesOf(numbers...), sum)
		for _, r := range d.rows {
			if len(r.terms) > maxTerms {
				t.Fatalf("after %d parities a row has %d terms", n+1, len(r.terms))
			}
		}
	}
}
