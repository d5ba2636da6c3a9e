package cache_test

import (
	"image"
	"math/rand/v2"
	"testing"

	"deskhand/protocol/cache"
	"deskhand/protocol/pixel"
)

func random(seed uint64) *rand.Rand { return rand.New(rand.NewPCG(seed, 4)) }

func noise(rnd *rand.Rand, w, h int) pixel.Image {
	m := pixel.New(w, h)
	for i := range m.Pix {
		m.Pix[i] = byte(rnd.Uint32())
	}
	return m
}

// TestModel has both sides do what is said, and a map of what each entry must show. The picture is small and of few
// contents, so that they come back.
func TestModel(t *testing.T) {
	for _, entries := range []int{1, 2, 3, 7, 40} {
		rnd := random(uint64(entries))
		s, r := cache.NewSender(entries, [32]byte{1}), cache.NewReceiver(entries)
		model := map[uint16]pixel.Image{}
		contents := make([]pixel.Image, 60)
		for i := range contents {
			contents[i] = noise(rnd, 1+rnd.IntN(cache.Side), 2+rnd.IntN(cache.Side-1))
		}
		for step := range 5000 {
			p := contents[rnd.IntN(len(contents))]
			switch rnd.IntN(50) {
			case 0:
				s.Forget()
				r.Forget()
				clear(model)
			case 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12:
				entry, store := s.Keep(p)
				if !store {
					break
				}
				if int(entry) >= entries {
					t.Fatalf("step %d: entry %d of %d", step, entry, entries)
				}
				if err := r.Keep(entry, p); err != nil {
					t.Fatal(err)
				}
				model[entry] = p
			default:
				check(t, s, r, model, p)
			}
		}
	}
}

// check looks p up and compares the answer and what is drawn with the model.
func check(t *testing.T, s *cache.Sender, r *cache.Receiver, model map[uint16]pixel.Image, p pixel.Image) {
	t.Helper()
	entry, known := s.Look(p)
	there := false
	for _, m := range model {
		there = there || pixel.Equal(m, p)
	}
	if known != there {
		t.Fatalf("known %v, is there %v", known, there)
	}
	if !known {
		return
	}
	if size, ok := r.Size(entry); !ok || size != image.Pt(p.W, p.H) {
		t.Fatalf("entry %d is of %v", entry, size)
	}
	dst := pixel.New(100, 100)
	at := image.Pt(100-p.W, 100-p.H)
	if err := r.Draw(dst, at, entry); err != nil {
		t.Fatal(err)
	}
	if !pixel.Equal(dst.Sub(image.Rectangle{at, image.Pt(100, 100)}), p) {
		t.Fatal("something else is drawn")
	}
}

// TestProvenStays has what came back outlive any number of contents that do not.
func TestProvenStays(t *testing.T) {
	rnd := random(5)
	s := cache.NewSender(64, [32]byte{})
	menu := noise(rnd, 64, 64)
	s.Keep(menu)
	if _, known := s.Look(menu); !known {
		t.Fatal("unknown at once")
	}
	other := noise(rnd, 64, 64)
	s.Keep(other)
	for range 1000 {
		s.Keep(noise(rnd, 64, 64))
	}
	if _, known := s.Look(menu); !known {
		t.Error("what came back is gone")
	}
	if _, known := s.Look(other); known {
		t.Error("what never came back is there")
	}
}

func TestWhatCounts(t *testing.T) {
	rnd := random(6)
	for name, c := range map[string]struct {
		change func(p pixel.Image)
		known  bool
	}{
		"the same":          {func(pixel.Image) {}, true},
		"fourth bytes":      {func(p pixel.Image) { p.Pix[3]++; p.Pix[len(p.Pix)-1]++ }, true},
		"the first blue":    {func(p pixel.Image) { p.Pix[0] ^= 1 }, false},
		"the last red":      {func(p pixel.Image) { p.Pix[len(p.Pix)-2] ^= 0x80 }, false},
		"two rows exchange": {func(p pixel.Image) { swapRows(p, 0, 1) }, false},
		"two pixels":        {func(p pixel.Image) { p.Pix[0] ^= 2; p.Pix[16] ^= 2 }, false},
	} {
		t.Run(name, func(t *testing.T) {
			for _, size := range []image.Point{{64, 64}, {63, 2}, {5, 7}, {62, 64}, {6, 64}} {
				s := cache.NewSender(0, [32]byte{7})
				p := noise(rnd, size.X, size.Y)
				for i := range p.Pix {
					p.Pix[i] |= byte(i) & 1 // pixels side by side differ
				}
				s.Keep(p)
				c.change(p)
				if _, known := s.Look(p); known != c.known {
					t.Errorf("%v: known %v", size, known)
				}
			}
		})
	}
}

func swapRows(p pixel.Image, a, b int) {
	for i := range p.Row(a) {
		p.Row(a)[i], p.Row(b)[i] = p.Row(b)[i], p.Row(a)[i]
	}
}

// TestShapes has the same bytes in another shape be other content.
func TestShapes(t *testing.T) {
	rnd := random(7)
	s := cache.NewSender(0, [32]byte{7})
	p := noise(rnd, 16, 4)
	s.Keep(p)
	q := pixel.Image{Pix: p.Pix, Stride: 32, W: 8, H: 8}
	if _, known := s.Look(q); known {
		t.Error("8x8 is taken for 16x4")
	}
	wide := noise(rnd, 100, 70)
	pixel.Copy(wide, 30, 20, p)
	if _, known := s.Look(wide.Sub(image.Rect(30, 20, 46, 24))); !known {
		t.Error("unknown within another picture")
	}
}

func TestWhatIsNotKept(t *testing.T) {
	plain, columns, rows := pixel.New(64, 64), pixel.New(64, 64), pixel.New(64, 64)
	for y := range 64 {
		rows.Sub(image.Rect(0, y, 64, y+1)).Fill(byte(y), 0, 0)
		columns.Sub(image.Rect(y, 0, y+1, 64)).Fill(byte(y), 0, 0)
	}
	for name, p := range map[string]pixel.Image{
		"plain": plain, "columns": columns, "rows": rows, "empty": {}, "wide": noise(random(1), 65, 3), "tall": noise(random(1), 3, 65),
		"short of bytes": {Pix: make([]byte, 10), Stride: 256, W: 64, H: 64},
	} {
		s := cache.NewSender(0, [32]byte{})
		s.Keep(noise(random(2), 9, 9))
		if _, store := s.Keep(p); store {
			t.Errorf("%s: stored", name)
		}
		if _, known := s.Look(p); known {
			t.Errorf("%s: known", name)
		}
	}
}

func TestHostile(t *testing.T) {
	r := cache.NewReceiver(10)
	piece, dst := noise(random(1), 20, 10), pixel.New(30, 30)
	if err := r.Keep(9, piece); err != nil {
		t.Fatal(err)
	}
	for name, err := range map[string]error{
		"keep beyond the last":  r.Keep(10, piece),
		"keep the highest":      r.Keep(65535, piece),
		"keep nothing":          r.Keep(1, pixel.Image{}),
		"keep too wide":         r.Keep(1, noise(random(1), 65, 1)),
		"keep too tall":         r.Keep(1, noise(random(1), 1, 65)),
		"keep short of bytes":   r.Keep(1, pixel.Image{Pix: make([]byte, 8), Stride: 80, W: 20, H: 10}),
		"draw unknown":          r.Draw(dst, image.Point{}, 1),
		"draw beyond the last":  r.Draw(dst, image.Point{}, 65535),
		"draw left of it":       r.Draw(dst, image.Pt(-1, 0), 9),
		"draw above it":         r.Draw(dst, image.Pt(0, -1), 9),
		"draw over the right":   r.Draw(dst, image.Pt(11, 0), 9),
		"draw over the end":     r.Draw(dst, image.Pt(0, 21), 9),
		"draw very far":         r.Draw(dst, image.Pt(int(^uint(0)>>1), 0), 9),
		"draw on nothing":       r.Draw(pixel.Image{}, image.Point{}, 9),
		"draw on short of byte": r.Draw(pixel.Image{Pix: make([]byte, 8), Stride: 120, W: 30, H: 30}, image.Point{}, 9),
	} {
		if err == nil {
			t.Errorf("%s: not refused", name)
		}
	}
	if err := r.Draw(dst, image.Pt(10, 20), 9); err != nil {
		t.Error(err)
	}
	r.Forget()
	if err := r.Draw(dst, image.Pt(10, 20), 9); err == nil {
		t.Error("drawn after forgetting")
	}
}

func TestAllocatesNothing(t *testing.T) {
	rnd := random(9)
	s, r := cache.NewSender(16, [32]byte{}), cache.NewReceiver(16)
	dst := pixel.New(64, 64)
	contents := make([]pixel.Image, 40)
	for i := range contents {
		contents[i] = noise(rnd, 64, 64)
	}
	i := 0
	work := func() {
		p := contents[i%len(contents)]
		i++
		if entry, store := s.Keep(p); store {
			_ = r.Keep(entry, p)
		}
		if entry, known := s.Look(p); known {
			_ = r.Draw(dst, image.Point{}, entry)
		}
	}
	for range contents {
		work()
	}
	if n := testing.AllocsPerRun(200, work); n != 0 {
		t.Errorf("%v allocations", n)
	}
}

// FuzzReceiver reads operations of whoever sends them: nothing may panic, and what is drawn lies within the picture.
func FuzzReceiver(f *testing.F) {
	f.Add([]byte{0, 0, 1, 5, 5, 20, 20, 1, 0, 1, 0, 0, 0, 0, 2})
	f.Fuzz(func(t *testing.T, b []byte) {
		r := cache.NewReceiver(20)
		picture := noise(random(1), 100, 80)
		for ; len(b) >= 7; b = b[7:] {
			entry := uint16(b[1])<<8 | uint16(b[2])
			switch b[0] % 3 {
			case 0:
				at := image.Rect(int(b[3]), int(b[4]), int(b[3])+int(b[5]), int(b[4])+int(b[6])).Intersect(picture.Bounds())
				_ = r.Keep(entry, picture.Sub(at))
			case 1:
				_ = r.Draw(picture, image.Pt(int(int8(b[3])), int(int8(b[4]))), entry)
			default:
				r.Forget()
			}
		}
	})
}

// The tiles of a full-HD picture.
func tiles(m pixel.Image) []pixel.Image {
	var all []pixel.Image
	for y := 0; y < m.H; y += cache.Side {
		for x := 0; x < m.W; x += cache.Side {
			all = append(all, m.Sub(image.Rect(x, y, x+cache.Side, y+cache.Side).Intersect(m.Bounds())))
		}
	}
	return all
}

func BenchmarkLook(b *testing.B) {
	rnd := random(3)
	shown, other := tiles(noise(rnd, 1920, 1080)), tiles(noise(rnd, 1920, 1080))
	s := cache.NewSender(0, [32]byte{})
	for _, p := range shown {
		s.Keep(p)
	}
	for name, all := range map[string][]pixel.Image{"known": shown, "unknown": other} {
		b.Run(name, func(b *testing.B) {
			b.ReportAllocs()
			b.SetBytes(1920 * 1080 * pixel.Bytes)
			for b.Loop() {
				for _, p := range all {
					s.Look(p)
				}
			}
		})
	}
}
