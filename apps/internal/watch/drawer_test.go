package watch

import (
	"image"
	"image/color"
	"testing"

	"deskhand/apps/internal/photo"
	"deskhand/apps/internal/video"
	"deskhand/protocol/fault"
	"deskhand/protocol/frame"
	"deskhand/protocol/pixel"
	"deskhand/protocol/tile"
)

func layout(generation uint32, displays ...frame.Display) []byte {
	return frame.AppendLayout(nil, frame.Layout{Generation: generation, TileSize: 64, Displays: displays})
}

// patch is an operation that fills a rectangle with one colour.
func patch(r image.Rectangle, c color.RGBA) []byte {
	m := pixel.New(r.Dx(), r.Dy())
	m.Fill(c.R, c.G, c.B)
	return frame.AppendPatch(nil, 1, r, frame.Exact, tile.NewEncoder().Append(nil, m))
}

// step is a step of one operation.
func step(number uint64, op []byte) []byte {
	return append(frame.AppendStep(nil, frame.Step{Number: number, CapturedAt: 5}), op...)
}

// key makes a key of one colour.
func key(generation uint32, slot frame.Slot, w, h int, at uint64) []byte {
	m := pixel.New(w, h)
	m.Fill(orange.R, orange.G, orange.B)
	return frame.AppendKey(nil, frame.Key{
		Generation: generation, Slot: slot, Codec: frame.Exact, Step: at, CapturedAt: 5, W: uint16(w), H: uint16(h),
		Body: tile.NewEncoder().Append(nil, m),
	})
}

var (
	one    = frame.Display{ID: 1, W: 100, H: 70}
	orange = color.RGBA{240, 120, 3, 255}
)

func TestContradictions(t *testing.T) {
	first := frame.SlotOf(1, 0, 0)
	all := image.Rect(0, 0, 100, 70)
	for _, tt := range []struct {
		name       string
		slot       frame.Slot
		generation uint32
		plain      []byte
	}{
		{"key of another generation", first, 5, key(4, first, 64, 64, 0)},
		{"key without a layout", first, 6, key(6, first, 64, 64, 0)},
		{"key of another slot", first, 5, key(5, frame.SlotOf(1, 1, 0), 36, 64, 0)},
		{"key of no display", frame.SlotOf(2, 0, 0), 5, key(5, frame.SlotOf(2, 0, 0), 64, 64, 0)},
		{"key of no column", frame.SlotOf(1, 2, 0), 5, key(5, frame.SlotOf(1, 2, 0), 64, 64, 0)},
		{"key of no row", frame.SlotOf(1, 0, 2), 5, key(5, frame.SlotOf(1, 0, 2), 64, 64, 0)},
		{"key too wide", frame.SlotOf(1, 1, 0), 5, key(5, frame.SlotOf(1, 1, 0), 64, 64, 0)},
		{"key broken", first, 5, key(5, first, 64, 64, 0)[:33]},
		{"layout in a key's place", first, 5, layout(5, one)},
		{"key in the layout's place", frame.LayoutSlot, 5, key(5, first, 64, 64, 0)},
		{"layout of another generation", frame.LayoutSlot, 6, layout(5, one)},
		{"pointer of another generation", frame.CursorSlot, 6, frame.AppendCursor(nil, frame.Cursor{Generation: 5})},
		{"step of another generation", frame.StepSlot, 6, step(1, patch(all, orange))},
		{"step left out", frame.StepSlot, 5, step(2, patch(all, orange))},
		{"step again", frame.StepSlot, 5, step(0, patch(all, orange))},
		{"patch beyond the display", frame.StepSlot, 5, step(1, patch(all.Add(image.Pt(1, 0)), orange))},
		{"copy from beyond the display", frame.StepSlot, 5, step(1, frame.AppendCopy(nil, 1, image.Rect(90, 0, 101, 5), image.Point{}))},
		{"copy to beyond the display", frame.StepSlot, 5, step(1, frame.AppendCopy(nil, 1, image.Rect(0, 0, 11, 5), image.Pt(90, 0)))},
		{"recall of what was never stored", frame.StepSlot, 5, step(1, frame.AppendRecall(nil, 3, 1, image.Point{}))},
		{"no photo", frame.StepSlot, 5, step(1, frame.AppendPatch(nil, 1, all, frame.Photo, []byte{1, 2, 3}))},
		{"no film", frame.StepSlot, 5, step(1, frame.AppendVideo(nil, 1, all, 0, []byte{1, 2, 3}))},
		{"patch cut off", frame.StepSlot, 5, step(1, patch(all, orange)[:12])},
		{"no slot at all", 1 << 28, 5, key(5, first, 64, 64, 0)},
		{"nothing", first, 5, nil},
		{"no step", frame.StepSlot, 5, nil},
	} {
		t.Run(tt.name, func(t *testing.T) {
			p := newPicture()
			p.show(true)
			d := newDrawer(p, &counters{})
			if err := d.draw(uint32(frame.LayoutSlot), 5, layout(5, one)); err != nil {
				t.Fatal(err)
			}
			if err := d.draw(uint32(tt.slot), tt.generation, tt.plain); !fault.Is(err, fault.Invalid) {
				t.Errorf("draw = %v", err)
			}
		})
	}
}

func TestReadForgets(t *testing.T) {
	p := newPicture()
	d := newDrawer(p, &counters{})
	must := func(err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	must(d.draw(uint32(frame.LayoutSlot), 5, layout(5, one)))
	read := func() (all []image.Rectangle) {
		p.Read(1, func(_ pixel.Image, dirty []image.Rectangle) { all = append(all, dirty...) })
		return all
	}
	if p.Read(1, nil) || p.Peek(1, nil) {
		t.Error("a picture that is not shown can be read")
	}
	p.show(true)
	if got := read(); len(got) != 1 || got[0] != image.Rect(0, 0, 100, 70) {
		t.Errorf("first read: %v", got)
	}
	if got := read(); len(got) != 0 {
		t.Errorf("nothing is new, but %v is dirty", got)
	}
	r := image.Rect(64, 64, 100, 70)
	must(d.draw(uint32(frame.StepSlot), 5, step(1, patch(r, orange))))
	p.Peek(1, func(m pixel.Image) {
		if m.RGBA().RGBAAt(99, 69) != orange {
			t.Error("the patch is not there")
		}
	})
	if got := read(); len(got) != 1 || got[0] != r {
		t.Errorf("dirty %v", got)
	}
	must(d.draw(uint32(frame.LayoutSlot), 6, layout(6, one))) // a refresh
	if got := read(); len(got) != 0 {
		t.Errorf("the same displays, but %v is dirty", got)
	}
	p.show(false)
	p.show(true)
	if got := read(); len(got) != 1 {
		t.Errorf("shown again: %v", got)
	}
	if p.Read(0, nil) {
		t.Error("a display that is not there was read")
	}
}

func TestDrawingAllocatesNothing(t *testing.T) {
	p := newPicture()
	p.show(true)
	d := newDrawer(p, &counters{})
	if err := d.draw(uint32(frame.LayoutSlot), 5, layout(5, one)); err != nil {
		t.Fatal(err)
	}
	body := append(patch(image.Rect(3, 3, 60, 60), orange), frame.AppendCopy(nil, 1, image.Rect(0, 0, 50, 50), image.Pt(9, 8))...)
	var plain []byte
	draw := func() {
		plain = append(frame.AppendStep(plain[:0], frame.Step{Number: d.last + 1}), body...)
		if err := d.draw(uint32(frame.StepSlot), 5, plain); err != nil {
			t.Fatal(err)
		}
		p.Read(1, func(pixel.Image, []image.Rectangle) {})
	}
	for range 3 {
		draw()
	}
	if n := testing.AllocsPerRun(100, draw); n > 0 {
		t.Errorf("%v allocations a step", n)
	}
}

// TestKeysTakeTheirStep: who has missed steps goes on behind the keys, and not before them.
func TestKeysTakeTheirStep(t *testing.T) {
	p := newPicture()
	p.show(true)
	d := newDrawer(p, &counters{})
	draw := func(slot frame.Slot, plain []byte) error { return d.draw(uint32(slot), 5, plain) }
	if err := draw(frame.LayoutSlot, layout(5, one)); err != nil {
		t.Fatal(err)
	}
	if err := draw(frame.StepSlot, step(8, patch(image.Rect(0, 0, 9, 9), orange))); !fault.Is(err, fault.Invalid) {
		t.Errorf("a step whose base is missing: %v", err)
	}
	for _, at := range []image.Point{{0, 0}, {1, 0}, {0, 1}, {1, 1}} {
		slot := frame.SlotOf(1, at.X, at.Y)
		if err := draw(slot, key(5, slot, min(64, 100-64*at.X), min(64, 70-64*at.Y), 7)); err != nil {
			t.Fatal(err)
		}
	}
	if err := draw(frame.StepSlot, step(8, patch(image.Rect(0, 0, 9, 9), orange))); err != nil {
		t.Errorf("the step after the keys: %v", err)
	}
	if n, _ := p.Newest(); n != 8 {
		t.Errorf("step %d is the newest, want 8", n)
	}
}

// FuzzDraw is what an attendee with the key may send: nothing of it may panic or write outside of the picture.
func FuzzDraw(f *testing.F) {
	slot := frame.SlotOf(1, 0, 0)
	f.Add(uint32(slot), uint32(5), key(5, slot, 64, 64, 0))
	f.Add(uint32(frame.StepSlot), uint32(5), step(1, patch(image.Rect(1, 2, 30, 40), orange)))
	f.Add(uint32(frame.StepSlot), uint32(5), step(1, frame.AppendCopy(nil, 1, image.Rect(0, 0, 11, 5), image.Pt(9, 0))))
	f.Add(uint32(frame.StepSlot), uint32(5), step(1, frame.AppendStore(nil, 2, 1, image.Rect(0, 0, 11, 5))))
	f.Add(uint32(frame.LayoutSlot), uint32(6), layout(6, one))
	f.Add(uint32(frame.CursorSlot), uint32(5), frame.AppendCursor(nil, frame.Cursor{Generation: 5, X: 3}))
	for _, plain := range lossySteps(f) {
		f.Add(uint32(frame.StepSlot), uint32(5), plain)
	}
	f.Fuzz(func(t *testing.T, slot, generation uint32, plain []byte) {
		p := newPicture()
		d := newDrawer(p, &counters{})
		defer d.close()
		if err := d.draw(uint32(frame.LayoutSlot), 5, layout(5, one)); err != nil {
			t.Fatal(err)
		}
		if l, err := frame.ParseLayout(plain); err == nil {
			pixels := 0
			for _, d := range l.Displays {
				pixels += d.W * d.H
			}
			if pixels > 1<<20 {
				return // costs the machine that fuzzes too much memory
			}
		}
		if err := d.draw(slot, generation, plain); err != nil && !fault.Is(err, fault.Invalid) {
			t.Errorf("draw = %v", err)
		}
	})
}

// lossySteps makes a step with a photo, what is remembered of it, and one with two frames of a film if this build has any.
func lossySteps(t testing.TB) (all [][]byte) {
	m := pixel.New(32, 24)
	for i := range m.Pix {
		m.Pix[i] = byte(i * i >> 5)
	}
	r := m.Bounds().Add(image.Pt(3, 4))
	photos := photo.NewEncoder()
	defer photos.Close()
	body, err := photos.Append(nil, m, 60, photo.Half420)
	if err != nil {
		t.Fatal(err)
	}
	plain := step(1, frame.AppendPatch(nil, 1, r, frame.Photo, body))
	plain = frame.AppendStore(plain, 9, 1, r)
	plain = frame.AppendRecall(plain, 9, 1, image.Pt(60, 40))
	all = append(all, frame.AppendForget(plain))
	films, err := video.NewEncoder(video.Config{W: m.W, H: m.H})
	if err != nil {
		return all
	}
	defer films.Close()
	plain = step(1, nil)
	for range 2 {
		if body, _, err = films.Encode(nil, m, video.Settings{}); err != nil {
			t.Fatal(err)
		}
		plain = frame.AppendVideo(plain, 1, r, 2, body)
		m.Sub(image.Rect(4, 4, 9, 9)).Fill(9, 200, 3)
	}
	return append(all, frame.AppendVideoEnd(plain, 2))
}

func TestLossySteps(t *testing.T) {
	for i, plain := range lossySteps(t) {
		d := newDrawer(newPicture(), &counters{})
		err := d.draw(uint32(frame.LayoutSlot), 5, layout(5, one))
		if err == nil {
			err = d.draw(uint32(frame.StepSlot), 5, plain)
		}
		if err != nil {
			t.Errorf("step %d: %v", i, err)
		}
		d.close()
	}
}
