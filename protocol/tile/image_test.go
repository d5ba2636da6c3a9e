package tile

import (
	"bytes"
	"image"
	"math/rand/v2"
	"testing"

	"deskhand/protocol/pixel"
)

// newImage is a picture with a gap behind each row, filled with rubbish.
func newImage(w, h int) pixel.Image {
	stride := 4*w + 12
	p := pixel.Image{Pix: make([]byte, (h-1)*stride+4*w), Stride: stride, W: w, H: h}
	for i := range p.Pix {
		p.Pix[i] = 0x5a
	}
	return p
}

// copied is p elsewhere, with rubbish in the fourth bytes.
func copied(p pixel.Image, rnd *rand.Rand) pixel.Image {
	q := newImage(p.W, p.H)
	pixel.Copy(q, 0, 0, p)
	for y := range q.H {
		row := q.Row(y)
		for x := 3; x < len(row); x += 4 {
			row[x] = byte(rnd.Uint32())
		}
	}
	return q
}

// imageTrip encodes p, checks the body's length, and decodes it into another picture, which must show the same.
func imageTrip(tb testing.TB, e *Encoder, d *Decoder, p pixel.Image) (body []byte) {
	tb.Helper()
	body = e.Append(nil, p)
	if len(body) < 1 || len(body) > MaxBody(p.W, p.H) {
		tb.Fatalf("%dx%d: body of %d bytes", p.W, p.H, len(body))
	}
	got := newImage(p.W, p.H)
	if err := d.Decode(got, body); err != nil {
		tb.Fatalf("%dx%d, body of %d bytes: %v", p.W, p.H, len(body), err)
	}
	if !pixel.Equal(got, p) {
		tb.Fatalf("%dx%d: came back otherwise", p.W, p.H)
	}
	for y := range got.H {
		row := got.Row(y)
		for x := 3; x < len(row); x += 4 {
			if row[x] != 255 {
				tb.Fatalf("%dx%d: fourth byte %d", p.W, p.H, row[x])
			}
		}
		gap := got.Pix[y*got.Stride+len(row) : min(len(got.Pix), (y+1)*got.Stride)]
		if len(bytes.Trim(gap, "\x5a")) != 0 {
			tb.Fatalf("%dx%d: painted behind row %d", p.W, p.H, y)
		}
	}
	return body
}

var imageSizes = []struct{ w, h int }{
	{1, 1},
	{1, 2},
	{2, 1},
	{3, 3},
	{7, 9},
	{1, 64},
	{64, 1},
	{63, 65},
	{65, 63},
	{64, 64},
	{10, 20},
	{129, 33},
	{300, 40},
	{200, 200},
	{MaxSide, 1},
	{1, MaxSide},
	{1000, 3},
	{511, 257},
}

// coloured fills p with n colours and less, mixed at random.
func coloured(p pixel.Image, n int, rnd *rand.Rand) {
	colours := make([][3]byte, n)
	for i := range colours {
		colours[i] = [3]byte{byte(rnd.Uint32()), byte(rnd.Uint32()), byte(rnd.Uint32())}
	}
	for y := range p.H {
		row := p.Row(y)
		for x := 0; x < len(row); x += 4 {
			copy(row[x:], colours[rnd.IntN(n)][:])
			row[x+3] = byte(rnd.Uint32())
		}
	}
}

func TestImageSizes(t *testing.T) {
	e, d := NewEncoder(), NewDecoder()
	rnd := rand.New(rand.NewPCG(1, 1))
	for _, size := range imageSizes {
		for _, n := range []int{1, 2, 5, 255, 5000} {
			p := newImage(size.w, size.h)
			coloured(p, n, rnd)
			imageTrip(t, e, d, p)
		}
	}
}

// TestImageMixtures draws boxes, lines, letters, slopes, noise and copies of what is there at random.
func TestImageMixtures(t *testing.T) {
	e, d := NewEncoder(), NewDecoder()
	for seed := range uint64(120) {
		rnd := rand.New(rand.NewPCG(seed, 7))
		size := imageSizes[rnd.IntN(len(imageSizes))]
		imageTrip(t, e, d, copied(mixture(rnd, size.w, size.h), rnd))
	}
}

func mixture(rnd *rand.Rand, w, h int) pixel.Image {
	p := pixel.New(w, h)
	colour := func() (r, g, b byte) { return byte(rnd.Uint32()), byte(rnd.Uint32()), byte(rnd.Uint32()) }
	p.Fill(colour())
	part := func() image.Rectangle {
		x, y := rnd.IntN(w), rnd.IntN(h)
		return image.Rect(x, y, x+1+rnd.IntN(min(w-x, 1+rnd.IntN(w))), y+1+rnd.IntN(min(h-y, 1+rnd.IntN(h))))
	}
	for range rnd.IntN(40) {
		r := part()
		q := p.Sub(r)
		switch rnd.IntN(7) {
		case 0:
			q.Fill(colour())
		case 1:
			to := part()
			to = to.Sub(to.Min).Intersect(r.Sub(r.Min))
			at := part().Min
			pixel.Move(p, to.Add(r.Min), image.Pt(min(at.X, w-to.Dx()), min(at.Y, h-to.Dy())))
		case 2:
			for y := range q.H {
				q.Sub(image.Rect(0, y, q.W, y+1)).Fill(byte(y), byte(2*y), byte(y/2))
			}
		case 3:
			paintEach(q, func(x, y int) (r, g, b byte) { return byte(x + y), byte(x * y / 9), byte(x/3 - y) })
		case 4:
			paintEach(q, func(x, y int) (r, g, b byte) { return colour() })
		case 6:
			by := byte(1 + rnd.IntN(200))
			for y := range q.H {
				for x, v := range q.Row(y) {
					q.Row(y)[x] = v*3/4 + by
				}
			}
		case 5:
			paintEach(q, func(x, y int) (r, g, b byte) { v := byte(rnd.IntN(9) / 7 * 80); return v, v, v })
		}
	}
	return p
}

func paintEach(p pixel.Image, f func(x, y int) (r, g, b byte)) {
	for y := range p.H {
		row := p.Row(y)
		for x := range p.W {
			row[4*x+2], row[4*x+1], row[4*x] = f(x, y)
		}
	}
}

func TestImagePictures(t *testing.T) {
	e, d := NewEncoder(), NewDecoder()
	rnd := rand.New(rand.NewPCG(2, 2))
	for _, pic := range pictures(t) {
		t.Run(pic.name, func(t *testing.T) {
			p := pixel.FromRGBA(pic.image)
			n := len(imageTrip(t, e, d, p))
			if n > pic.all {
				t.Errorf("%d bytes, at most %d expected", n, pic.all)
			}
			if m := len(imageTrip(t, e, d, copied(p, rnd))); m != n {
				t.Errorf("%d bytes with rubbish in the fourth bytes, else %d", m, n)
			}
			imageTrip(t, e, d, p.Sub(image.Rect(100, 3, 377, 261)))
			imageTrip(t, e, d, p.Sub(image.Rect(pictureW-37, pictureH-11, pictureW, pictureH)))
		})
	}
}

// The largest pictures make streams that are longer than the window of a tile.
func TestImageLarge(t *testing.T) {
	e, d := NewEncoder(), NewDecoder()
	for _, tt := range []struct {
		name   string
		colour func(x, y int) (r, g, b byte)
	}{
		{"pattern of many colours", func(x, y int) (r, g, b byte) { return byte(x * 37), byte(y * 91), byte(x ^ y) }},
		{"checks", func(x, y int) (r, g, b byte) { v := byte(x^y) & 1 * 255; return v, v, v }},
		{"steps", func(x, y int) (r, g, b byte) { return byte(x / 7), byte(y / 5), 0 }},
	} {
		t.Run(tt.name, func(t *testing.T) {
			p := pixel.New(2048, 2048)
			paintEach(p, tt.colour)
			imageTrip(t, e, d, p)
		})
	}
}

func TestImageAppendKeepsWhatIsThere(t *testing.T) {
	e := NewEncoder()
	rnd := rand.New(rand.NewPCG(3, 3))
	for range 50 {
		p := mixture(rnd, 200, 70)
		alone := e.Append(nil, p)
		behind := e.Append([]byte("before"), p)
		if string(behind[:6]) != "before" || !bytes.Equal(behind[6:], alone) {
			t.Fatalf("%d bytes behind others, %d alone", len(behind)-6, len(alone))
		}
	}
}

func TestImagesThatAreNone(t *testing.T) {
	pix := make([]byte, 64*64*4)
	for _, tt := range []struct {
		name string
		p    pixel.Image
	}{
		{"zero", pixel.Image{}},
		{"no width", pixel.Image{Pix: pix, Stride: 256, H: 64}},
		{"too wide", pixel.New(MaxSide+1, 1)},
		{"too high", pixel.New(1, MaxSide+1)},
		{"too large", pixel.New(2049, 2048)},
		{"rows missing", pixel.Image{Pix: pix, Stride: 256, W: 64, H: 65}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			if err := NewDecoder().Decode(tt.p, []byte{kindScreen, 0, 0, 0}); err == nil {
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

// A letter or a caret may not cost more than it must.
func TestImageSmall(t *testing.T) {
	e, d := NewEncoder(), NewDecoder()
	caret := pixel.New(2, 18)
	text := pixel.FromRGBA(pictures(t)[0].image)
	letter := func(n int) pixel.Image { return text.Sub(image.Rect(12+9*n, 30, 21+9*n, 50)) }
	strip := text.Sub(image.Rect(0, 100, pictureW, 157))
	for _, tt := range []struct {
		name string
		p    pixel.Image
		most int
	}{
		{"caret", caret, 5},
		{"pixel", pixel.New(1, 1), 4},
		{"letter", letter(0), 130},
		{"another", letter(3), 130},
		{"three lines", strip, 3000},
	} {
		if n := len(imageTrip(t, e, d, tt.p)); n > tt.most {
			t.Errorf("%s: %d bytes, at most %d expected", tt.name, n, tt.most)
		}
	}
}

func BenchmarkAppend(b *testing.B) {
	for _, pic := range pictures(b) {
		b.Run(pic.name, func(b *testing.B) {
			e, p := NewEncoder(), pixel.FromRGBA(pic.image)
			var body []byte
			b.SetBytes(int64(len(p.Pix)))
			b.ReportAllocs()
			for b.Loop() {
				body = e.Append(body[:0], p)
			}
			b.ReportMetric(float64(len(body)), "bytes")
		})
	}
}

func BenchmarkDecode(b *testing.B) {
	for _, pic := range pictures(b) {
		b.Run(pic.name, func(b *testing.B) {
			d, p := NewDecoder(), pixel.FromRGBA(pic.image)
			body := NewEncoder().Append(nil, p)
			b.SetBytes(int64(len(p.Pix)))
			b.ReportAllocs()
			for b.Loop() {
				if err := d.Decode(p, body); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
