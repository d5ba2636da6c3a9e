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
	body = e.AppendImage(nil, p)
	if len(body) < 1 || len(body) > MaxBody(p.W, p.H) {
		tb.Fatalf("%dx%d: body of %d bytes", p.W, p.H, len(body))
	}
	got := newImage(p.W, p.H)
	if err := d.DecodeImage(got, body); err != nil {
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

func TestImageSizes(t *testing.T) {
	e, d := NewEncoder(), NewDecoder()
	rnd := rand.New(rand.NewPCG(1, 1))
	for _, size := range imageSizes {
		for _, n := range []int{1, 2, 3, 4, 5, 16, 255, 257, 3000, 100000} {
			p := newImage(size.w, size.h)
			coloured(Pixels(p), n, rnd)
			imageTrip(t, e, d, p)
		}
	}
}

// TestImageMixtures draws boxes, lines, letters, slopes, noise and copies of what is there at random.
func TestImageMixtures(t *testing.T) {
	e, d := NewEncoder(), NewDecoder()
	for seed := range uint64(300) {
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
		switch rnd.IntN(6) {
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

func TestImageAppendKeepsWhatIsThere(t *testing.T) {
	e := NewEncoder()
	rnd := rand.New(rand.NewPCG(3, 3))
	for range 50 {
		p := mixture(rnd, 200, 70)
		alone := e.AppendImage(nil, p)
		behind := e.AppendImage([]byte("before"), p)
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
			if err := NewDecoder().DecodeImage(tt.p, []byte{kindScreen, 0, 0, 0}); err == nil {
				t.Error("decoded")
			}
			defer func() {
				if recover() == nil {
					t.Error("encoded")
				}
			}()
			NewEncoder().AppendImage(nil, tt.p)
		})
	}
}

// Whatever is cut off, changed or added, nothing but an error or some picture may come of it.
func TestImageDamage(t *testing.T) {
	e, d := NewEncoder(), NewDecoder()
	rnd := rand.New(rand.NewPCG(4, 4))
	for range 60 {
		p := mixture(rnd, 150, 90)
		body := e.AppendImage(nil, p)
		for range 20 {
			if err := d.DecodeImage(newImage(p.W, p.H), body[:rnd.IntN(len(body))]); err == nil {
				t.Fatal("decoded a part")
			}
			if err := d.DecodeImage(newImage(p.W, p.H), append(bytes.Clone(body), byte(rnd.Uint32()), 1)); err == nil {
				t.Fatal("decoded with more behind")
			}
			bad := bytes.Clone(body)
			bad[rnd.IntN(len(bad))] ^= 1 << rnd.IntN(8)
			_ = d.DecodeImage(newImage(p.W, p.H), bad)
		}
	}
}

func FuzzDecodeImage(f *testing.F) {
	e, d := NewEncoder(), NewDecoder()
	for seed := range uint64(12) {
		rnd := rand.New(rand.NewPCG(seed, 9))
		p := mixture(rnd, 1+rnd.IntN(150), 1+rnd.IntN(90))
		f.Add(uint16(p.W-1), uint16(p.H-1), e.AppendImage(nil, p))
	}
	f.Fuzz(func(t *testing.T, w, h uint16, body []byte) {
		p := newImage(1+int(w)%300, 1+int(h)%300)
		if err := d.DecodeImage(p, body); err == nil {
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
