//go:build !race

package tile

import "testing"

// The race detector makes sync.Pool forget at random, and the decompressor pools its tables: this holds without it.
func TestAllocatesNothing(t *testing.T) {
	e, d := NewEncoder(), NewDecoder()
	for _, pic := range pictures(t) {
		t.Run(pic.name, func(t *testing.T) {
			tiles := cut(pic.image)
			buf := make([]byte, 0, 2*MaxBody(Size, Size))
			out := newPixels(Size, Size)
			i := 0
			n := testing.AllocsPerRun(len(tiles), func() {
				p := tiles[i%len(tiles)]
				i++
				buf = e.Append(buf[:0], p)
				if err := d.Decode(out, buf); err != nil || !Equal(p, out) {
					t.Error("came back otherwise: ", err)
				}
			})
			if n != 0 {
				t.Errorf("%v allocations a tile", n)
			}
		})
	}
}
