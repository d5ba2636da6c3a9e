package tile

import (
	"bytes"
	"encoding/binary"
	"math/rand/v2"
	"runtime"
	"testing"

	"deskhand/protocol/pixel"

	"github.com/klauspost/compress/zstd"
)

func TestDecodeRefuses(t *testing.T) {
	e := NewEncoder()
	rnd := rand.New(rand.NewPCG(5, 5))
	screen := e.Append(nil, mixture(rnd, 90, 70))
	noise := pixel.New(64, 64)
	paintEach(noise, func(x, y int) (r, g, b byte) { return byte(x*y + rnd.IntN(40)), byte(100 + rnd.IntN(20)), byte(x) })
	mixed := e.Append(nil, noise)
	if screen[0] != kindScreen || mixed[0] != kindMixed {
		t.Fatalf("kinds %d and %d", screen[0], mixed[0])
	}
	for _, tt := range []struct {
		name string
		w, h int
		body []byte
	}{
		{"nothing", 90, 70, nil},
		{"kind alone", 90, 70, screen[:1]},
		{"kind 1", 90, 70, []byte{1, 1, 2, 3}},
		{"kind 7", 90, 70, append([]byte{7}, screen[1:]...)},
		{"zeros", 90, 70, append([]byte{kindScreen}, make([]byte, 300)...)},
		{"ones", 90, 70, append([]byte{kindScreen}, bytes.Repeat([]byte{255}, 300)...)},
		{"much too long", 90, 70, append(bytes.Clone(screen), make([]byte, 1<<16)...)},
		{"screen as mixed", 90, 70, append([]byte{kindMixed}, screen[1:]...)},
		{"pixels, short", 2, 2, append([]byte{kindPixels}, make([]byte, 11)...)},
		{"pixels, long", 2, 2, append([]byte{kindPixels}, make([]byte, 13)...)},
		{"mixed, no length", 64, 64, mixed[:4]},
		{"mixed, length beyond the end", 64, 64, append([]byte{kindMixed, 255, 255, 255, 255}, mixed[5:]...)},
		{"mixed, larger", 128, 128, mixed},
		{"mixed, smaller", 64, 32, mixed},
	} {
		t.Run(tt.name, func(t *testing.T) {
			if err := NewDecoder().Decode(newImage(tt.w, tt.h), tt.body); err == nil {
				t.Error("decoded")
			}
		})
	}
}

// Streams that promise or hold far more than the place must not cost more memory than it.
func TestDecodeIsBounded(t *testing.T) {
	z, err := zstd.NewWriter(nil)
	if err != nil {
		t.Fatal(err)
	}
	bomb := z.EncodeAll(make([]byte, 64<<20), nil)
	for _, tt := range []struct {
		name string
		n    uint64
		data []byte
	}{
		{"64 MiB of black", 64 * 64, bomb},
		{"as many as there are pixels thrice", 3 * 64 * 64, bomb},
		{"more than there are pixels", 1 << 40, bomb},
		{"huge size", 64 * 64, append(binary.LittleEndian.AppendUint64([]byte("\x28\xb5\x2f\xfd\xe0"), 1<<60), 1, 0, 0)},
	} {
		t.Run(tt.name, func(t *testing.T) {
			natural := binary.AppendUvarint(nil, tt.n)
			natural = binary.LittleEndian.AppendUint32(natural, uint32(len(tt.data)))
			natural = append(natural, tt.data...)
			body := binary.LittleEndian.AppendUint32([]byte{kindMixed}, uint32(len(natural)))
			body = append(append(body, natural...), bytes.Repeat([]byte{255}, 20)...) // all cells hidden
			d, p := NewDecoder(), newImage(64, 64)
			_ = d.Decode(p, []byte{kindPixels}) // a decoder takes what it takes
			var before, after runtime.MemStats
			runtime.ReadMemStats(&before)
			err := d.Decode(p, body)
			runtime.ReadMemStats(&after)
			if err == nil {
				t.Error("decoded")
			}
			if n := after.TotalAlloc - before.TotalAlloc; n > 1<<20 {
				t.Errorf("%d bytes allocated", n)
			}
		})
	}
}

// Whatever is changed, nothing but an error or some picture may come of it. What is cut off or goes on behind the end is
// refused, unless it is the body of another picture by chance, as very short ones may be.
func TestImageDamage(t *testing.T) {
	e, d := NewEncoder(), NewDecoder()
	rnd := rand.New(rand.NewPCG(4, 4))
	const pictures, parts = 20, 10
	decoded := 0
	for range pictures {
		p := mixture(rnd, 150, 90)
		body := e.Append(nil, p)
		for range parts {
			if err := d.Decode(newImage(p.W, p.H), body[:rnd.IntN(len(body))]); err == nil {
				decoded++
			}
			if err := d.Decode(newImage(p.W, p.H), append(bytes.Clone(body), byte(rnd.Uint32()), 1)); err == nil {
				decoded++
			}
			bad := bytes.Clone(body)
			bad[rnd.IntN(len(bad))] ^= 1 << rnd.IntN(8)
			_ = d.Decode(newImage(p.W, p.H), bad)
		}
	}
	if decoded > pictures*parts/50 {
		t.Errorf("decoded %d of %d", decoded, 2*pictures*parts)
	}
}

func FuzzDecode(f *testing.F) {
	e, d := NewEncoder(), NewDecoder()
	for seed := range uint64(12) {
		rnd := rand.New(rand.NewPCG(seed, 9))
		p := mixture(rnd, 1+rnd.IntN(150), 1+rnd.IntN(90))
		f.Add(uint16(p.W-1), uint16(p.H-1), e.Append(nil, p))
	}
	f.Fuzz(func(t *testing.T, w, h uint16, body []byte) {
		p := newImage(1+int(w)%300, 1+int(h)%300)
		if err := d.Decode(p, body); err == nil {
			imageTrip(t, e, d, p)
		}
	})
}

func FuzzImageTrip(f *testing.F) {
	f.Add(uint16(64), uint16(64), uint64(0), []byte("abc"))
	f.Add(uint16(9), uint16(3), uint64(300), []byte("many colours"))
	f.Add(uint16(150), uint16(64), uint64(5000), []byte{})
	e, d := NewEncoder(), NewDecoder()
	f.Fuzz(func(t *testing.T, w, h uint16, seed uint64, pix []byte) {
		rnd := rand.New(rand.NewPCG(seed, 0))
		p := mixture(rnd, 1+int(w)%300, 1+int(h)%300)
		for i := range pix {
			p.Pix[int(rnd.Uint32())%len(p.Pix)] = pix[i]
			p.Pix[i%len(p.Pix)] = pix[i]
		}
		imageTrip(t, e, d, p)
	})
}
