package tile

import (
	"bytes"
	"fmt"
	"image"
	"math"
	"math/rand/v2"
	"testing"
)

// roundTrip encodes p, checks the body's length, and decodes it into another rectangle, which must show the same.
func roundTrip(tb testing.TB, e *Encoder, d *Decoder, p Pixels) (body []byte) {
	tb.Helper()
	body = e.Append(nil, p)
	if len(body) < 1 || len(body) > MaxBody(p.W, p.H) {
		tb.Fatalf("%dx%d: body of %d bytes", p.W, p.H, len(body))
	}
	got := newPixels(p.W, p.H)
	for i := range got.Pix {
		got.Pix[i] = 0x5a
	}
	if err := d.Decode(got, body); err != nil {
		tb.Fatalf("%dx%d, body of %d bytes: %v", p.W, p.H, len(body), err)
	}
	if !Equal(got, p) {
		tb.Fatalf("%dx%d: came back otherwise", p.W, p.H)
	}
	for y := range got.H {
		row := got.row(y)
		for x := 3; x < len(row); x += 4 {
			if row[x] != 255 {
				tb.Fatalf("%dx%d: alpha %d", p.W, p.H, row[x])
			}
		}
		if gap := got.Pix[y*got.Stride+len(row) : min(len(got.Pix), (y+1)*got.Stride)]; len(bytes.Trim(gap, "\x5a")) != 0 {
			tb.Fatalf("%dx%d: painted behind row %d", p.W, p.H, y)
		}
	}
	return body
}

func TestRoundTripOfSizes(t *testing.T) {
	e, d := NewEncoder(), NewDecoder()
	rnd := rand.New(rand.NewPCG(1, 1))
	for _, size := range []struct{ w, h int }{
		{1, 1},
		{1, 2},
		{2, 1},
		{3, 3},
		{4, 2},
		{1, 64},
		{7, 9},
		{8, 8},
		{9, 7},
		{16, 16},
		{63, 65},
		{64, 56},
		{64, 64},
		{65, 63},
		{128, 128},
		{255, 257},
		{256, 256},
		{512, 1},
		{1, 512},
		{511, 512},
		{512, 512},
	} {
		for _, n := range []int{1, 2, 3, 4, 5, 16, 17, 255, 256, 257, 3000} {
			roundTrip(t, e, d, coloured(newPixels(size.w, size.h), n, rnd))
		}
	}
}

func TestRoundTripOfPictures(t *testing.T) {
	e, d := NewEncoder(), NewDecoder()
	for _, pic := range pictures(t) {
		t.Run(pic.name, func(t *testing.T) {
			tiles, total := cut(pic.image), 0
			for _, p := range tiles {
				total += len(roundTrip(t, e, d, p))
			}
			if mean := total / len(tiles); mean > pic.most {
				t.Errorf("%d bytes a tile, at most %d expected", mean, pic.most)
			}
			roundTrip(t, e, d, Of(pic.image, image.Rect(100, 0, 100+MaxSize, MaxSize)))
			roundTrip(t, e, d, Of(pic.image, image.Rect(pictureW-37, pictureH-11, pictureW, pictureH)))
		})
	}
}

func TestKinds(t *testing.T) {
	e, d := NewEncoder(), NewDecoder()
	rnd := rand.New(rand.NewPCG(2, 2))
	striped := newPixels(64, 64)
	for y := range 64 {
		row := striped.row(y)
		for x := range row {
			row[x] = byte(y / 32)
		}
	}
	for _, tt := range []struct {
		name string
		p    Pixels
		want byte
	}{
		{"one colour", coloured(newPixels(64, 64), 1, rnd), kindSolid},
		{"one pixel", coloured(newPixels(1, 1), 1, rnd), kindSolid},
		{"two colours in a pattern", striped, kindPalette | compressed},
		{"two colours at random", coloured(newPixels(64, 64), 2, rnd), kindPalette},
		{"256 colours at random", coloured(newPixels(64, 64), 256, rnd), kindPalette},
		{"more colours", coloured(newPixels(64, 64), 4000, rnd), kindMany},
		{"slope", Of(gradient(), image.Rect(0, 0, 64, 64)), kindMany | compressed},
		{"two pixels of two colours", coloured(newPixels(2, 1), 100, rnd), kindMany},
	} {
		t.Run(tt.name, func(t *testing.T) {
			if tt.name == "slope" {
				// Enough colours that no palette holds them.
				coloured(Pixels{tt.p.Pix, tt.p.Stride, 20, 20}, 400, rnd)
			}
			if body := roundTrip(t, e, d, tt.p); body[0] != tt.want {
				t.Errorf("kind %#x, want %#x", body[0], tt.want)
			}
		})
	}
}

func TestWire(t *testing.T) {
	for _, tt := range []struct {
		name string
		w, h int
		rgb  string // of the pixels
		body string
	}{
		{"solid", 2, 1, "\x01\x02\x03\x01\x02\x03", "\x01\x01\x02\x03"},
		{
			"palette, sorted and as differences", 3, 4,
			"abcABCabcABCabcABCabcABCabcABCabcABC",
			"\x02\x01" + "B\x20" + "\xff\x00" + "\x01\x00" + "\x55\x05",
		},
		{
			"many, as differences", 2, 2,
			"\x0a\x14\x1e" + "\x0b\x15\x1f" + "\x0c\x16\x20" + "\x0e\x18\x22",
			"\x03" + "\x14\x01\x02\x02" + "\xf6\x00\x00\x00" + "\x0a\x00\x00\x00",
		},
	} {
		t.Run(tt.name, func(t *testing.T) {
			p := newPixels(tt.w, tt.h)
			for i := range tt.w * tt.h {
				copy(p.row(i / tt.w)[i%tt.w*4:], tt.rgb[3*i:3*i+3])
			}
			if body := roundTrip(t, NewEncoder(), NewDecoder(), p); string(body) != tt.body {
				t.Errorf("got  %x\nwant %x", body, tt.body)
			}
		})
	}
}

func TestAppendKeepsWhatIsThere(t *testing.T) {
	e := NewEncoder()
	rnd := rand.New(rand.NewPCG(3, 3))
	for _, n := range []int{1, 2, 200, 5000} {
		p := coloured(newPixels(64, 64), n, rnd)
		alone := e.Append(nil, p)
		behind := e.Append([]byte("before"), p)
		if string(behind[:6]) != "before" || !bytes.Equal(behind[6:], alone) {
			t.Errorf("%d colours: %d bytes behind others, %d alone", n, len(behind)-6, len(alone))
		}
	}
}

func TestPixelsThatAreNone(t *testing.T) {
	pix := make([]byte, 64*64*4)
	for _, tt := range []struct {
		name string
		p    Pixels
	}{
		{"zero", Pixels{}},
		{"no width", Pixels{pix, 256, 0, 64}},
		{"negative height", Pixels{pix, 256, 64, -1}},
		{"too wide", Pixels{make([]byte, 4*(MaxSize+1)), 4 * (MaxSize + 1), MaxSize + 1, 1}},
		{"too high", Pixels{make([]byte, 4*(MaxSize+1)), 4, 1, MaxSize + 1}},
		{"stride too short", Pixels{pix, 255, 64, 2}},
		{"rows missing", Pixels{pix, 256, 64, 65}},
		{"last row short", Pixels{pix[:len(pix)-1], 256, 64, 64}},
		{"stride beyond memory", Pixels{pix, math.MaxInt, 64, 2}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			if err := NewDecoder().Decode(tt.p, []byte{kindSolid, 1, 2, 3}); err == nil {
				t.Error("decoded")
			}
			defer func() {
				if recover() == nil {
					t.Error("encoded")
				}
			}()
			NewEncoder().Append(nil, tt.p)
		})
	}
}

func TestEqual(t *testing.T) {
	rnd := rand.New(rand.NewPCG(4, 4))
	for _, w := range []int{1, 2, 3, 64, 65} {
		a := coloured(newPixels(w, 9), 1000, rnd)
		b := Pixels{Pix: make([]byte, 4*w*9), Stride: 4 * w, W: w, H: 9}
		for y := range 9 {
			copy(b.row(y), a.row(y))
			for x := 3; x < 4*w; x += 4 {
				b.row(y)[x]++
			}
		}
		if !Equal(a, b) {
			t.Errorf("width %d: alpha makes a difference", w)
		}
		for y := range 9 {
			for x := range 4 * w {
				if x%4 == 3 {
					continue
				}
				b.row(y)[x]++
				if Equal(a, b) {
					t.Errorf("width %d: byte %d of row %d makes no difference", w, x, y)
				}
				b.row(y)[x]--
			}
		}
		if c := (Pixels{b.Pix, b.Stride, w, 8}); Equal(a, c) || Equal(c, a) {
			t.Error("different heights are equal")
		}
	}
	if !Equal(Pixels{}, Pixels{}) {
		t.Error("nothing differs from nothing")
	}
}

func BenchmarkEncode(b *testing.B) {
	for _, pic := range pictures(b) {
		b.Run(pic.name, func(b *testing.B) {
			e, tiles := NewEncoder(), cut(pic.image)
			var buf []byte
			total, n := 0, 0
			b.SetBytes(4 * Size * Size)
			b.ReportAllocs()
			for b.Loop() {
				buf = e.Append(buf[:0], tiles[n%len(tiles)])
				total += len(buf)
				n++
			}
			b.ReportMetric(float64(total)/float64(n), "bytes/tile")
		})
	}
}

func BenchmarkDecode(b *testing.B) {
	for _, pic := range pictures(b) {
		b.Run(pic.name, func(b *testing.B) {
			e, d, out := NewEncoder(), NewDecoder(), newPixels(Size, Size)
			var bodies [][]byte
			for _, p := range cut(pic.image) {
				bodies = append(bodies, e.Append(nil, p))
			}
			n := 0
			b.SetBytes(4 * Size * Size)
			b.ReportAllocs()
			for b.Loop() {
				if err := d.Decode(out, bodies[n%len(bodies)]); err != nil {
					b.Fatal(err)
				}
				n++
			}
		})
	}
}

func BenchmarkEqual(b *testing.B) {
	for _, side := range []int{Size, MaxSize} {
		b.Run(fmt.Sprint(side), func(b *testing.B) {
			x, y := newPixels(side, side), newPixels(side, side)
			b.SetBytes(int64(4 * side * side))
			for b.Loop() {
				if !Equal(x, y) {
					b.Fatal("different")
				}
			}
		})
	}
}
