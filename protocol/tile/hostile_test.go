package tile

import (
	"bytes"
	"encoding/binary"
	"math/rand/v2"
	"runtime"
	"testing"

	"github.com/klauspost/compress/zstd"
)

func TestDecodeRefuses(t *testing.T) {
	z, err := zstd.NewWriter(nil)
	if err != nil {
		t.Fatal(err)
	}
	pack := func(kind string, content []byte) []byte { return z.EncodeAll(content, []byte(kind)) }
	many := make([]byte, 3*8*8)
	two := append([]byte("\x00\x01\x00\x01\x00\x01"), make([]byte, 8)...)
	for _, tt := range []struct {
		name string
		body []byte
	}{
		{"nothing", nil},
		{"kind 0", []byte{0, 0, 0, 0}},
		{"kind 4", []byte{4, 0, 0, 0}},
		{"solid with a bit too many", []byte{0x40 | kindSolid, 0, 0, 0}},
		{"solid, compressed", []byte{compressed | kindSolid, 0, 0, 0}},
		{"solid, short", []byte{kindSolid, 0, 0}},
		{"solid, long", []byte{kindSolid, 0, 0, 0, 0}},
		{"palette alone", []byte{kindPalette}},
		{"palette without content", []byte{kindPalette, 1}},
		{"palette, short", append([]byte{kindPalette, 1}, two[1:]...)},
		{"palette, long", append(append([]byte{kindPalette, 1}, two...), 0)},
		{"palette of one with an index of two", append([]byte("\x02\x00rgb"), 1, 0, 0, 0, 0, 0, 0, 0)},
		{"palette of three with an index of four", append([]byte("\x02\x02rrrgggbbb"), bytes.Repeat([]byte{0xc0}, 16)...)},
		{"palette of five with an index of six", append([]byte("\x02\x04rrrrrgggggbbbbb"), bytes.Repeat([]byte{5}, 64)...)},
		{"palette of many, compressed, with indices beyond", pack("\x82\x04", append([]byte("rrrrrgggggbbbbb"), bytes.Repeat([]byte{255}, 64)...))},
		{"many, short", append([]byte{kindMany}, many[1:]...)},
		{"many, long", append([]byte{kindMany, 0}, many...)},
		{"many, compressed and short", pack("\x83", many[1:])},
		{"many, compressed and long", pack("\x83", append(many, 0))},
		{"many, compressed, of nothing", []byte{compressed | kindMany}},
		{"many, not a frame", append([]byte{compressed | kindMany}, many...)},
		{"many, frame cut off", pack("\x83", many)[:12]},
		{"many, bytes behind the frame", append(pack("\x83", many), 1)},
		{"many, two frames", append(pack("\x83", many), pack("", many)...)},
	} {
		t.Run(tt.name, func(t *testing.T) {
			if err := NewDecoder().Decode(newPixels(8, 8), tt.body); err == nil {
				t.Error("decoded")
			}
		})
	}
	if err := NewDecoder().Decode(newPixels(8, 8), pack("\x83", many)); err != nil {
		t.Errorf("the good one is refused: %v", err)
	}
}

// Frames that promise or hold far more than a tile must not cost more memory than one.
func TestDecodeIsBounded(t *testing.T) {
	z, err := zstd.NewWriter(nil)
	if err != nil {
		t.Fatal(err)
	}
	const frame = "\x28\xb5\x2f\xfd"
	bomb := z.EncodeAll(make([]byte, 64<<20), nil)
	rle := []byte(frame + "\x00\x50") // a window of 1 MiB, size not told
	for range 1000 {
		rle = append(rle, 2, 0, 0x10, 7) // a run of 128 KiB
	}
	for _, tt := range []struct {
		name    string
		content []byte
	}{
		{"64 MiB of black", bomb},
		{"runs without end", rle},
		{"huge window", []byte(frame + "\x00\xff\x01\x00\x00")},
		{"huge size", append(binary.LittleEndian.AppendUint64([]byte(frame+"\xe0"), 1<<60), 1, 0, 0)},
		{"size of 1 GiB", append(binary.LittleEndian.AppendUint32([]byte(frame+"\xa0"), 1<<30), 1, 0, 0)},
		{"frame to skip", []byte("\x50\x2a\x4d\x18\xff\xff\xff\xff")},
	} {
		for _, head := range []string{"\x83", "\x82\xff"} {
			t.Run(tt.name, func(t *testing.T) {
				d, p := NewDecoder(), newPixels(8, 8)
				body := append([]byte(head), tt.content...)
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
}

func FuzzDecode(f *testing.F) {
	e := NewEncoder()
	rnd := rand.New(rand.NewPCG(5, 5))
	for _, n := range []int{1, 2, 3, 9, 200, 4000} {
		f.Add(uint16(33), uint16(31), e.Append(nil, coloured(newPixels(33, 31), n, rnd)))
	}
	slope := newPixels(16, 40)
	for i := range slope.Pix {
		slope.Pix[i] = byte(i * i / 300)
	}
	f.Add(uint16(16), uint16(40), e.Append(nil, slope))
	d := NewDecoder()
	f.Fuzz(func(t *testing.T, w, h uint16, body []byte) {
		p := newPixels(1+int(w)%MaxSize, 1+int(h)%MaxSize)
		if err := d.Decode(p, body); err != nil {
			return
		}
		roundTrip(t, e, d, p)
	})
}

func FuzzRoundTrip(f *testing.F) {
	f.Add(uint16(64), uint16(64), uint64(0), []byte("abc"))
	f.Add(uint16(9), uint16(3), uint64(300), []byte("many colours"))
	f.Add(uint16(64), uint16(64), uint64(5000), []byte{})
	e, d := NewEncoder(), NewDecoder()
	f.Fuzz(func(t *testing.T, w, h uint16, grain uint64, pix []byte) {
		p := newPixels(1+int(w)%MaxSize, 1+int(h)%MaxSize)
		rnd := rand.New(rand.NewPCG(grain, 0))
		for i := range p.Pix {
			if len(pix) > 0 {
				p.Pix[i] = pix[i%len(pix)]
			}
			if grain != 0 && rnd.Uint64N(grain) > 256 {
				p.Pix[i] += byte(rnd.Uint32())
			}
		}
		roundTrip(t, e, d, p)
	})
}
