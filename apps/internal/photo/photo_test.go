package photo_test

import (
	"bytes"
	"encoding/binary"
	"errors"
	"image"
	"image/color"
	"image/jpeg"
	"testing"

	"deskhand/apps/internal/photo"
	"deskhand/protocol/pixel"
	"deskhand/protocol/pixel/pixeltest"
)

// landscape is a picture like a photo: soft shapes with some noise.
func landscape(w, h int) pixel.Image { return pixeltest.Landscape(w, h, 3) }

func encode(tb testing.TB, p pixel.Image, quality int, sub photo.Sampling) []byte {
	tb.Helper()
	e := photo.NewEncoder()
	defer e.Close()
	body, err := e.Append(nil, p, quality, sub)
	if err != nil {
		tb.Fatal(err)
	}
	return body
}

func TestRoundTrip(t *testing.T) {
	const soft = 24 // dB; tiny pictures of a steep gradient lose more
	d := photo.NewDecoder()
	defer d.Close()
	for _, size := range []image.Point{{1, 1}, {2, 3}, {7, 5}, {16, 16}, {17, 33}, {64, 64}, {301, 199}, {3, 900}} {
		for _, sub := range []photo.Sampling{photo.Full444, photo.Half420} {
			whole := landscape(size.X+9, size.Y+4)
			part := whole.Sub(image.Rect(5, 2, 5+size.X, 2+size.Y)) // so that the stride is another one than the width
			got := pixel.New(size.X+3, size.Y+2)
			place := got.Sub(image.Rect(1, 1, 1+size.X, 1+size.Y))
			if err := d.Decode(place, encode(t, part, 90, sub)); err != nil {
				t.Fatalf("%v, sampling %d: %v", size, sub, err)
			}
			if q := pixeltest.PSNR(part, place); q < soft {
				t.Errorf("%v, sampling %d: %.1f dB", size, sub, q)
			}
			if place.Row(size.Y - 1)[4*size.X-1] != 255 {
				t.Errorf("%v: the fourth byte is not 255", size)
			}
			place.Fill(0, 0, 0)
			if !pixel.Equal(got, pixel.New(got.W, got.H)) {
				t.Errorf("%v: pixels beside the place were changed", size)
			}
		}
	}
}

func TestStandardLibraryReadsIt(t *testing.T) {
	p := landscape(200, 100)
	for _, sub := range []photo.Sampling{photo.Full444, photo.Half420} {
		img, err := jpeg.Decode(bytes.NewReader(encode(t, p, 92, sub)))
		if err != nil {
			t.Fatal(err)
		}
		got := pixel.New(200, 100)
		for y := range 100 {
			for x := range 200 {
				c := color.RGBAModel.Convert(img.At(x, y)).(color.RGBA)
				copy(got.Row(y)[4*x:], []byte{c.B, c.G, c.R})
			}
		}
		if q := pixeltest.PSNR(p, got); q < 33 {
			t.Errorf("sampling %d: %.1f dB", sub, q)
		}
	}
}

func TestReadsTheStandardLibrary(t *testing.T) {
	p := landscape(120, 90)
	var body bytes.Buffer
	if err := jpeg.Encode(&body, p.RGBA(), &jpeg.Options{Quality: 90}); err != nil {
		t.Fatal(err)
	}
	d, got := photo.NewDecoder(), pixel.New(120, 90)
	defer d.Close()
	if err := d.Decode(got, body.Bytes()); err != nil {
		t.Fatal(err)
	}
	if q := pixeltest.PSNR(p, got); q < 30 {
		t.Errorf("%.1f dB", q)
	}
}

func TestQualityCostsBytes(t *testing.T) {
	p, last := landscape(256, 256), 0
	for _, q := range []int{1, 25, 50, 75, 100} {
		n := len(encode(t, p, q, photo.Full444))
		if n <= last {
			t.Errorf("quality %d: %d bytes after %d", q, n, last)
		}
		last = n
	}
}

func TestRefusedToEncode(t *testing.T) {
	e := photo.NewEncoder()
	p := landscape(8, 8)
	short := p
	short.Pix = p.Pix[:100]
	for name, c := range map[string]struct {
		p    pixel.Image
		q    int
		sub  photo.Sampling
		want error
	}{
		"empty":        {pixel.Image{}, 50, photo.Full444, photo.ErrSize},
		"pixels short": {short, 50, photo.Full444, photo.ErrSize},
		"too wide":     {pixel.New(photo.MaxSide+1, 1), 50, photo.Full444, photo.ErrSize},
		"quality 0":    {p, 0, photo.Full444, photo.ErrQuality},
		"quality 101":  {p, 101, photo.Full444, photo.ErrQuality},
		"sampling":     {p, 50, photo.Half420 + 1, photo.ErrQuality},
	} {
		if got, err := e.Append([]byte{7}, c.p, c.q, c.sub); !errors.Is(err, c.want) || len(got) != 1 {
			t.Errorf("%s: %v, %d bytes", name, err, len(got))
		}
	}
	e.Close()
	e.Close()
	if _, err := e.Append(nil, p, 50, photo.Full444); !errors.Is(err, photo.ErrClosed) {
		t.Errorf("closed: %v", err)
	}
}

// frameAt is the place of the frame segment's marker in a body.
func frameAt(body []byte) int { return bytes.Index(body, []byte{0xff, 0xc0, 0, 17}) }

// changed is a copy of body with one byte at an offset from the frame segment changed.
func changed(body []byte, offset int, to byte) []byte {
	b := bytes.Clone(body)
	b[frameAt(b)+offset] = to
	return b
}

func TestRefusedToDecode(t *testing.T) {
	good := encode(t, landscape(64, 48), 80, photo.Half420)
	huge := bytes.Clone(good)
	binary.BigEndian.PutUint32(huge[frameAt(huge)+5:], 0xfff0_fff0)
	adobe := append([]byte{0xff, 0xd8, 0xff, 0xee, 0, 14}, append([]byte("Adobe\x00\x64\x00\x00\x00\x00\x00"), good[2:]...)...)
	for name, body := range map[string][]byte{
		"nothing":             nil,
		"start only":          good[:2],
		"no scan":             good[:frameAt(good)+19],
		"half of it":          good[:len(good)/2],
		"not JPEG":            []byte("GIF89a, which is something else"),
		"65520 by 65520":      huge,
		"one row more":        changed(good, 6, 49),
		"one column less":     changed(good, 8, 63),
		"progressive":         changed(good, 1, 0xc2),
		"arithmetic":          changed(good, 1, 0xc9),
		"lossless":            changed(good, 1, 0xc3),
		"12 bits":             changed(good, 4, 12),
		"4 components":        changed(good, 9, 4),
		"4:1:1":               changed(good, 11, 0x41),
		"chroma over luma":    changed(good, 14, 0x22),
		"RGB":                 changed(good, 10, 'R'),
		"Adobe's transform":   adobe,
		"two frames":          append(bytes.Clone(good[:frameAt(good)+19]), good[frameAt(good):]...),
		"segment beyond":      append(bytes.Clone(good[:2]), 0xff, 0xdb, 0xff, 0xff),
		"segment of one byte": append(bytes.Clone(good[:2]), 0xff, 0xdb, 0, 1),
	} {
		d := photo.NewDecoder()
		if err := d.Decode(pixel.New(64, 48), body); !errors.Is(err, photo.ErrBody) {
			t.Errorf("%s: %v", name, err)
		}
		if err := d.Decode(pixel.New(64, 48), good); err != nil {
			t.Errorf("%s: the next good body: %v", name, err)
		}
		d.Close()
		if err := d.Decode(pixel.New(64, 48), good); !errors.Is(err, photo.ErrClosed) {
			t.Errorf("closed: %v", err)
		}
	}
}

func FuzzDecode(f *testing.F) {
	for _, sub := range []photo.Sampling{photo.Full444, photo.Half420} {
		for _, q := range []int{5, 60, 95} {
			f.Add(encode(f, landscape(40, 24), q, sub))
		}
	}
	d := photo.NewDecoder()
	f.Cleanup(d.Close)
	around := pixel.New(48, 32)
	p := around.Sub(image.Rect(4, 4, 44, 28))
	f.Fuzz(func(t *testing.T, body []byte) {
		_ = d.Decode(p, body) // an error or not, it must come back and keep to its place
		p.Fill(0, 0, 0)
		if !pixel.Equal(around, pixel.New(48, 32)) {
			t.Fatal("pixels beside the place were changed")
		}
	})
}
