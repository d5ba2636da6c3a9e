package mend

import (
	"bytes"
	"math/rand/v2"
	"testing"
)

func randomPacket(r *rand.Rand, n int) []byte {
	p := make([]byte, n)
	for i := range p {
		p[i] = byte(r.Uint32())
	}
	p[0] = 0x40 | p[0]&0x3f
	return p
}

func TestField(t *testing.T) {
	for a := 1; a < 256; a++ {
		if got := products[a][inverse(byte(a))]; got != 1 {
			t.Fatalf("%d times its inverse is %d", a, got)
		}
	}
	for a := range 256 {
		for b := range 256 {
			if products[a][b] != products[b][a] || products[a][byte(b)^7] != products[a][b]^products[a][7] {
				t.Fatalf("%d times %d breaks a law", a, b)
			}
		}
	}
}

// TestRepair sends packets of any size through a network that loses some, with parity after every few.
func TestRepair(t *testing.T) {
	tests := []struct {
		name     string
		interval int
		loss     float64
		left     float64 // share of the lost packets that may stay lost
	}{
		{"one in a hundred", 10, 0.01, 0.02},
		{"three in a hundred", 5, 0.03, 0.03},
		{"one in ten", 4, 0.1, 0.2},
		{"none", 10, 0, 0},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			r := rand.New(rand.NewPCG(3, uint64(test.interval)))
			var e encoder
			var d decoder
			missing := map[name][]byte{}
			lost, counter := 0, uint64(0)
			for i := range 6000 {
				p := randomPacket(r, minSource+r.IntN(maxSource-minSource+1))
				e.add(p)
				if r.Float64() < test.loss {
					lost++
					missing[nameOf(p)] = p
				} else {
					d.packet(p)
				}
				if i%test.interval == test.interval-1 {
					counter++
					body := e.appendParity(nil, counter)
					names, sum, ok := splitParity(body)
					if !ok {
						t.Fatal("a parity of our own is refused")
					}
					if r.Float64() >= test.loss {
						d.parity(counter, names, sum)
					}
				}
				for _, made := range d.drain() {
					if want := missing[nameOf(made)]; !bytes.Equal(made, want) {
						t.Fatalf("made a packet of %d bytes that nobody sent", len(made))
					}
					delete(missing, nameOf(made))
				}
			}
			t.Logf("%d of %d lost packets stay lost", len(missing), lost)
			if float64(len(missing)) > test.left*float64(lost) {
				t.Errorf("%d of %d lost packets stay lost", len(missing), lost)
			}
		})
	}
}

func TestSeal(t *testing.T) {
	material := bytes.Repeat([]byte{1, 2, 3}, KeysLen/3)
	app, err := KeysFrom(material, true)
	if err != nil {
		t.Fatal(err)
	}
	relay, err := KeysFrom(material, false)
	if err != nil {
		t.Fatal(err)
	}
	sealed := app.seal(appendReport(app.appendHeader(nil, 77), 5), 77)
	if numberOf(sealed) != app.number {
		t.Error("the number is not in the header")
	}
	for i := range sealed {
		bad := bytes.Clone(sealed)
		bad[i] ^= 1
		if _, _, ok := relay.unseal(bad); ok {
			t.Errorf("taken with byte %d changed", i)
		}
	}
	if _, _, ok := app.unseal(bytes.Clone(sealed)); ok {
		t.Error("its sender takes it back")
	}
	counter, body, ok := relay.unseal(sealed)
	repaired, isReport := splitReport(body)
	if !ok || counter != 77 || !isReport || repaired != 5 {
		t.Errorf("got counter %d, report %d, %t", counter, repaired, ok)
	}
	if _, err := KeysFrom(material[1:], true); err == nil {
		t.Error("short material is taken")
	}
}

// FuzzDecoder feeds parities and packets that a peer with the right keys may send.
func FuzzDecoder(f *testing.F) {
	r := rand.New(rand.NewPCG(1, 1))
	var e encoder
	p := randomPacket(r, 100)
	e.add(p)
	e.add(randomPacket(r, 200))
	f.Add(p, e.appendParity(nil, 2), e.appendParity(nil, 3))
	zeros := make([]byte, 2+minSource)
	f.Add(p, append(append([]byte{kindParity, 2}, namesOf(1, 1)...), zeros...), append(append([]byte{kindParity, 2}, namesOf(2, 1)...), zeros...))
	f.Fuzz(func(t *testing.T, p, one, two []byte) {
		var d decoder
		for counter, body := range [][]byte{one, two, one} {
			if names, sum, ok := splitParity(body); ok {
				d.parity(uint64(counter), names, sum)
			}
			if isSource(p) {
				d.packet(p)
			}
		}
		for _, made := range d.drain() {
			if !isSource(made) {
				t.Errorf("made %x", made)
			}
		}
		if len(d.rows) > keptRows {
			t.Errorf("%d rows", len(d.rows))
		}
		for _, row := range d.rows {
			if len(row.terms) < 2 || len(row.terms) > maxTerms || len(row.sum) > 2+maxSource {
				t.Errorf("a row of %d terms and %d bytes", len(row.terms), len(row.sum))
			}
		}
	})
}

func BenchmarkParity(b *testing.B) {
	r := rand.New(rand.NewPCG(1, 1))
	var e encoder
	for range maxCovered {
		e.add(randomPacket(r, 1300))
	}
	buf := make([]byte, 0, maxParity)
	for i := uint64(0); b.Loop(); i++ {
		buf = e.appendParity(buf[:0], i)
	}
}
