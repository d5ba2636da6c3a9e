//go:build cgo && (linux || windows) && !nocodecs

package video_test

import (
	"bytes"
	"errors"
	"image"
	"math"
	"math/rand/v2"
	"testing"

	"deskhand/apps/internal/video"
	"deskhand/protocol/pixel"
	"deskhand/protocol/pixel/pixeltest"
)

// landscape is a picture like a photo: soft shapes with some noise.
func landscape(w, h int) pixel.Image { return pixeltest.Landscape(w, h, 2) }

// film is a window of a larger picture that wanders over it.
type film struct {
	from pixel.Image
	w, h int
}

func newFilm(w, h int) film { return film{landscape(w+80, h+40), w, h} }

func (f film) frame(i int) pixel.Image {
	a := float64(i) / 7
	at := image.Pt(40+int(39*math.Sin(a)), 20+int(19*math.Cos(a)))
	return f.from.Sub(image.Rectangle{Min: at, Max: at.Add(image.Pt(f.w, f.h))})
}

// pair is both ends of a stream.
type pair struct {
	tb   testing.TB
	e    *video.Encoder
	d    *video.Decoder
	body []byte
}

func newPair(tb testing.TB, w, h int) *pair {
	tb.Helper()
	e, err := video.NewEncoder(video.Config{W: w, H: h})
	if err != nil {
		tb.Fatal(err)
	}
	d, err := video.NewDecoder()
	if err != nil {
		tb.Fatal(err)
	}
	tb.Cleanup(e.Close)
	tb.Cleanup(d.Close)
	return &pair{tb: tb, e: e, d: d}
}

// send encodes p, fills got with it and reports whether it was a key.
func (c *pair) send(p, got pixel.Image, s video.Settings) bool {
	c.tb.Helper()
	body, key, err := c.e.Encode(c.body[:0], p, s)
	if err != nil {
		c.tb.Fatal(err)
	}
	c.body = body
	if err := c.d.Decode(got, body); err != nil {
		c.tb.Fatalf("decode %d bytes: %v", len(body), err)
	}
	return key
}

func TestAvailable(t *testing.T) {
	if !video.Available() || len(video.Codecs()) == 0 {
		t.Error("a build with cgo has no codecs")
	}
}

func TestAnySize(t *testing.T) {
	sizes := []image.Point{{16, 16}, {17, 17}, {63, 64}, {65, 33}, {199, 301}, {16, 400}, {641, 19}, {320, 180}}
	for _, size := range sizes {
		c, f := newPair(t, size.X, size.Y), newFilm(size.X, size.Y)
		around := pixel.New(size.X+3, size.Y+2)
		got := around.Sub(image.Rect(1, 1, 1+size.X, 1+size.Y))
		for i := range 12 {
			if key := c.send(f.frame(i), got, video.Settings{}); key != (i == 0) {
				t.Errorf("%v: frame %d, key %v", size, i, key)
			}
			if q := pixeltest.PSNR(f.frame(i), got); q < 34 {
				t.Errorf("%v: frame %d has %.1f dB", size, i, q)
			}
		}
		if got.Row(size.Y - 1)[4*size.X-1] != 255 {
			t.Errorf("%v: the fourth byte is not 255", size)
		}
		if got.Fill(0, 0, 0); !pixel.Equal(around, pixel.New(around.W, around.H)) {
			t.Errorf("%v: pixels beside the place were changed", size)
		}
	}
}

func TestColours(t *testing.T) {
	c, p, got := newPair(t, 64, 64), pixel.New(64, 64), pixel.New(64, 64)
	for _, rgb := range [][3]byte{{0, 0, 0}, {255, 255, 255}, {128, 128, 128}, {255, 0, 0}, {0, 255, 0}, {0, 0, 255}, {250, 200, 10}} {
		p.Fill(rgb[0], rgb[1], rgb[2])
		c.send(p, got, video.Settings{Finest: 1, Key: true})
		grey := rgb[0] == rgb[1] && rgb[1] == rgb[2]
		for i, v := range got.Row(30)[:3] {
			d := int(v) - int(rgb[2-i])
			if d*d > 4 || grey && d != 0 {
				t.Errorf("%v became %v", rgb, got.Row(30)[:3])
				break
			}
		}
	}
	photo := landscape(64, 64)
	c.send(photo, got, video.Settings{Finest: 1, Key: true})
	if q := pixeltest.PSNR(photo, got); q < 44 {
		t.Errorf("%.1f dB at the finest", q)
	}
}

func TestKeysAndSettingsBetweenFrames(t *testing.T) {
	c, f, got := newPair(t, 320, 200), newFilm(320, 200), pixel.New(320, 200)
	for i := range 60 {
		s := video.Settings{Bits: 4e6, Rate: 24, Key: i%20 == 0}
		if i >= 20 {
			s.Bits = 150e3
		}
		if i >= 40 {
			s = video.Settings{Finest: 4, Key: s.Key}
		}
		if key := c.send(f.frame(i), got, s); key != s.Key {
			t.Errorf("frame %d: key %v", i, key)
		}
		share := s.Bits / 24 / 8
		if i > 30 && i < 40 && len(c.body) > 2*share {
			t.Errorf("frame %d takes %d bytes of %d", i, len(c.body), share)
		}
	}
	if q := pixeltest.PSNR(f.frame(59), got); q < 39 || c.e.Quantizer() != 4 {
		t.Errorf("%.1f dB at %d", q, c.e.Quantizer())
	}
}

func TestNewSceneIsMadeAgainWhenItIsTooLarge(t *testing.T) {
	c, f, got := newPair(t, 640, 360), newFilm(640, 360), pixel.New(640, 360)
	for i := range 20 {
		c.send(f.frame(i), got, video.Settings{Bits: 700e3})
	}
	noise, rnd := pixel.New(640, 360), rand.New(rand.NewPCG(1, 1))
	for y := 1; y < 360; y += 2 { // it looks at the other rows, so it thinks that this is cheap
		for x := range noise.Row(y) {
			noise.Row(y)[x] = byte(rnd.UintN(256))
		}
	}
	if key := c.send(noise, got, video.Settings{Bits: 700e3}); !key || c.e.Quantizer() < 50 {
		t.Errorf("key %v at %d, %d bytes", key, c.e.Quantizer(), len(c.body))
	}
	c.send(noise, got, video.Settings{Bits: 700e3})
}

func TestDecoderComesInWithAKeyOnly(t *testing.T) {
	c, f, got := newPair(t, 100, 80), newFilm(100, 80), pixel.New(100, 80)
	c.send(f.frame(0), got, video.Settings{})
	d, err := video.NewDecoder()
	if err != nil {
		t.Fatal(err)
	}
	defer d.Close()
	c.send(f.frame(1), got, video.Settings{})
	if err := d.Decode(got, c.body); !errors.Is(err, video.ErrBody) {
		t.Errorf("without a key: %v", err)
	}
	c.send(f.frame(2), got, video.Settings{Key: true})
	if err := d.Decode(got, c.body); err != nil {
		t.Errorf("key: %v", err)
	}
	c.send(f.frame(3), got, video.Settings{})
	if err := d.Decode(pixel.New(101, 80), c.body); !errors.Is(err, video.ErrBody) {
		t.Errorf("another size: %v", err)
	}
	if err := d.Decode(got, c.body); !errors.Is(err, video.ErrBody) {
		t.Errorf("after an error: %v", err)
	}
}

func TestRefusedToEncode(t *testing.T) {
	for _, c := range []video.Config{{}, {W: 15, H: 16}, {W: 8193, H: 16}, {W: 8192, H: 8192}, {W: 100, H: -1}} {
		if e, err := video.NewEncoder(c); !errors.Is(err, video.ErrSize) || e != nil {
			t.Errorf("%+v: %v", c, err)
		}
	}
	e, err := video.NewEncoder(video.Config{W: 32, H: 32})
	if err != nil {
		t.Fatal(err)
	}
	short := pixel.New(32, 32)
	short.Pix = short.Pix[:4000]
	for name, p := range map[string]pixel.Image{"empty": {}, "short": short, "another size": pixel.New(33, 32)} {
		if got, _, err := e.Encode([]byte{1}, p, video.Settings{}); !errors.Is(err, video.ErrSize) || len(got) != 1 {
			t.Errorf("%s: %v", name, err)
		}
	}
	e.Close()
	e.Close()
	if _, _, err := e.Encode(nil, pixel.New(32, 32), video.Settings{}); !errors.Is(err, video.ErrClosed) {
		t.Errorf("closed: %v", err)
	}
}

// stream is some frames, a key first.
func stream(tb testing.TB, w, h, n int) [][]byte {
	c, f, got := newPair(tb, w, h), newFilm(w, h), pixel.New(w, h)
	var all [][]byte
	for i := range n {
		c.send(f.frame(i), got, video.Settings{Finest: 30})
		all = append(all, bytes.Clone(c.body))
	}
	return all
}

func TestRefusedToDecode(t *testing.T) {
	frames, wide := stream(t, 64, 48, 2), stream(t, 80, 48, 2)
	change := func(frame, at int, with byte) []byte {
		b := bytes.Clone(frames[frame])
		b[at] ^= with
		return b
	}
	for name, body := range map[string][]byte{
		"nothing":             nil,
		"one byte":            {0x10},
		"another version":     change(0, 0, 0x02),
		"hidden":              change(1, 0, 0x10),
		"sync code":           change(0, 4, 1),
		"no first part":       {frames[1][0] & 0x1f, 0, 0},
		"first part too long": change(1, 2, 0x80),
		"another size":        wide[0],
		"wider in the header": change(0, 6, 0x40),
		"scaled in width":     change(0, 7, 0x40),
		"scaled in height":    change(0, 9, 0x80),
		"header only":         frames[0][:10],
		"half a frame":        frames[1][:len(frames[1])/2],
		"half a key":          frames[0][:len(frames[0])/2],
	} {
		d, err := video.NewDecoder()
		if err != nil {
			t.Fatal(err)
		}
		got := pixel.New(64, 48)
		if err := d.Decode(got, frames[0]); err != nil {
			t.Fatal(err)
		}
		if err := d.Decode(got, body); !errors.Is(err, video.ErrBody) {
			t.Errorf("%s: %v", name, err)
		}
		if err := d.Decode(got, frames[1]); !errors.Is(err, video.ErrBody) {
			t.Errorf("%s: a frame after it: %v", name, err)
		}
		if err := d.Decode(got, frames[0]); err != nil {
			t.Errorf("%s: a key after it: %v", name, err)
		}
		d.Close()
		if err := d.Decode(got, frames[0]); !errors.Is(err, video.ErrClosed) {
			t.Errorf("closed: %v", err)
		}
	}
}

func TestOnlyOneFrameOfABodyIsDecoded(t *testing.T) {
	frames := stream(t, 64, 48, 2)
	both := append(bytes.Clone(frames[0]), frames[1]...)
	d, err := video.NewDecoder()
	if err != nil {
		t.Fatal(err)
	}
	defer d.Close()
	one, got := pixel.New(64, 48), pixel.New(64, 48)
	if err := d.Decode(one, frames[0]); err != nil {
		t.Fatal(err)
	}
	if err := d.Decode(got, both); err == nil && !pixel.Equal(one, got) {
		t.Error("the second frame of a body was decoded")
	}
}

func FuzzDecode(f *testing.F) {
	frames := stream(f, 64, 48, 3)
	f.Add(frames[1], frames[2])
	f.Add(frames[0], frames[1])
	f.Add(stream(f, 48, 64, 2)[0], frames[1])
	around := pixel.New(70, 60)
	p := around.Sub(image.Rect(3, 3, 67, 51))
	f.Fuzz(func(t *testing.T, a, b []byte) {
		d, err := video.NewDecoder()
		if err != nil {
			t.Fatal(err)
		}
		defer d.Close()
		if err := d.Decode(p, frames[0]); err != nil {
			t.Fatal(err)
		}
		_ = d.Decode(p, a) // errors or not, they must come back and keep to their place
		_ = d.Decode(p, b)
		if p.Fill(0, 0, 0); !pixel.Equal(around, pixel.New(70, 60)) {
			t.Fatal("pixels beside the place were changed")
		}
	})
}

func TestNothingIsAllocated(t *testing.T) {
	c, f, got := newPair(t, 320, 200), newFilm(320, 200), pixel.New(320, 200)
	i := 0
	next := func() {
		c.send(f.frame(i), got, video.Settings{Bits: 3e6, Key: i%10 == 0})
		i++
	}
	for range 50 {
		next()
	}
	if n := testing.AllocsPerRun(30, next); n != 0 {
		t.Errorf("%v allocations a frame", n)
	}
}

func BenchmarkVideo(b *testing.B) {
	f, got := newFilm(1280, 720), pixel.New(1280, 720)
	b.Run("encode 720p", func(b *testing.B) {
		c := newPair(b, 1280, 720)
		c.send(f.frame(0), got, video.Settings{})
		b.ReportAllocs()
		sum := 0
		for i := 1; b.Loop(); i++ {
			c.body, _, _ = c.e.Encode(c.body[:0], f.frame(i), video.Settings{})
			sum += len(c.body)
		}
		b.ReportMetric(float64(sum)/1e3/float64(b.N), "kB/frame")
	})
	b.Run("decode 720p", func(b *testing.B) {
		c := newPair(b, 1280, 720)
		var bodies [][]byte
		for i := range 24 {
			c.send(f.frame(i), got, video.Settings{})
			bodies = append(bodies, bytes.Clone(c.body))
		}
		b.ReportAllocs()
		b.ResetTimer()
		for i := 0; b.Loop(); i++ {
			if err := c.d.Decode(got, bodies[i%24]); err != nil {
				b.Fatal(err)
			}
		}
	})
}
