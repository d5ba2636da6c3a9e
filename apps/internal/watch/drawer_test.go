package watch

import (
	"image"
	"image/color"
	"testing"

	"deskhand/protocol/fault"
	"deskhand/protocol/frame"
	"deskhand/protocol/tile"
)

func layout(generation uint32, displays ...frame.Display) []byte {
	return frame.AppendLayout(nil, frame.Layout{Generation: generation, TileSize: 64, Displays: displays})
}

// piece makes a tile of one colour.
func piece(generation uint32, slot frame.Slot, w, h int, c color.RGBA) []byte {
	img := image.NewRGBA(image.Rect(0, 0, w, h))
	for i := 0; i < len(img.Pix); i += 4 {
		img.Pix[i], img.Pix[i+1], img.Pix[i+2], img.Pix[i+3] = c.R, c.G, c.B, 255
	}
	body := tile.NewEncoder().Append(nil, tile.Of(img, img.Rect))
	return frame.AppendTile(nil, frame.Tile{
		Generation: generation, Slot: slot, Frame: 9, CapturedAt: 5, W: uint16(w), H: uint16(h), Body: body,
	})
}

var (
	one    = frame.Display{ID: 1, W: 100, H: 70}
	orange = color.RGBA{240, 120, 3, 255}
)

func TestContradictions(t *testing.T) {
	first := frame.SlotOf(1, 0, 0)
	for _, tt := range []struct {
		name       string
		slot       frame.Slot
		generation uint32
		plain      []byte
	}{
		{"another generation", first, 5, piece(4, first, 64, 64, orange)},
		{"generation without a layout", first, 6, piece(6, first, 64, 64, orange)},
		{"another slot", first, 5, piece(5, frame.SlotOf(1, 1, 0), 36, 64, orange)},
		{"no such display", frame.SlotOf(2, 0, 0), 5, piece(5, frame.SlotOf(2, 0, 0), 64, 64, orange)},
		{"no such column", frame.SlotOf(1, 2, 0), 5, piece(5, frame.SlotOf(1, 2, 0), 64, 64, orange)},
		{"no such row", frame.SlotOf(1, 0, 2), 5, piece(5, frame.SlotOf(1, 0, 2), 64, 64, orange)},
		{"too wide", frame.SlotOf(1, 1, 0), 5, piece(5, frame.SlotOf(1, 1, 0), 64, 64, orange)},
		{"broken body", first, 5, piece(5, first, 64, 64, orange)[:30]},
		{"layout in a tile's place", first, 5, layout(5, one)},
		{"tile in the layout's place", frame.LayoutSlot, 5, piece(5, first, 64, 64, orange)},
		{"layout of another generation", frame.LayoutSlot, 6, layout(5, one)},
		{"pointer of another generation", frame.CursorSlot, 6, frame.AppendCursor(nil, frame.Cursor{Generation: 5})},
		{"no slot at all", 1 << 29, 5, piece(5, first, 64, 64, orange)},
		{"nothing", first, 5, nil},
	} {
		t.Run(tt.name, func(t *testing.T) {
			p := newPicture()
			p.show(true)
			d := newDrawer(p)
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
	d := newDrawer(p)
	must := func(err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	must(d.draw(uint32(frame.LayoutSlot), 5, layout(5, one)))
	read := func() (all []image.Rectangle) {
		p.Read(1, func(_ *image.RGBA, dirty []image.Rectangle) { all = append(all, dirty...) })
		return all
	}
	if p.Read(1, nil) || p.Peek(1, nil) {
		t.Error("a picture that is not shown can be read")
	}
	p.show(true)
	if got := read(); len(got) != 2 || got[0] != image.Rect(0, 0, 100, 64) || got[1] != image.Rect(0, 64, 100, 70) {
		t.Errorf("first read: %v", got)
	}
	if got := read(); len(got) != 0 {
		t.Errorf("nothing is new, but %v is dirty", got)
	}
	slot := frame.SlotOf(1, 1, 1)
	must(d.draw(uint32(slot), 5, piece(5, slot, 36, 6, orange)))
	p.Peek(1, func(img *image.RGBA) {
		if img.RGBAAt(99, 69) != orange {
			t.Error("the tile is not there")
		}
	})
	if got := read(); len(got) != 1 || got[0] != image.Rect(64, 64, 100, 70) {
		t.Errorf("dirty %v", got)
	}
	must(d.draw(uint32(frame.LayoutSlot), 6, layout(6, one))) // a refresh
	if got := read(); len(got) != 0 {
		t.Errorf("the same displays, but %v is dirty", got)
	}
	p.show(false)
	p.show(true)
	if got := read(); len(got) != 2 {
		t.Errorf("shown again: %v", got)
	}
	if p.Read(0, nil) {
		t.Error("a display that is not there was read")
	}
}

func TestDrawingAllocatesNothing(t *testing.T) {
	p := newPicture()
	p.show(true)
	d := newDrawer(p)
	slot := frame.SlotOf(1, 0, 0)
	if err := d.draw(uint32(frame.LayoutSlot), 5, layout(5, one)); err != nil {
		t.Fatal(err)
	}
	plain := piece(5, slot, 64, 64, orange)
	step := func() {
		if err := d.draw(uint32(slot), 5, plain); err != nil {
			t.Fatal(err)
		}
		p.Read(1, func(*image.RGBA, []image.Rectangle) {})
	}
	step()
	if n := testing.AllocsPerRun(100, step); n > 0 {
		t.Errorf("%v allocations a tile", n)
	}
}

// FuzzDraw is what an attendee with the key may send: nothing of it may panic or write outside of the picture.
func FuzzDraw(f *testing.F) {
	slot := frame.SlotOf(1, 0, 0)
	f.Add(uint32(slot), uint32(5), piece(5, slot, 64, 64, orange))
	f.Add(uint32(frame.LayoutSlot), uint32(6), layout(6, one))
	f.Add(uint32(frame.CursorSlot), uint32(5), frame.AppendCursor(nil, frame.Cursor{Generation: 5, X: 3}))
	f.Fuzz(func(t *testing.T, slot, generation uint32, plain []byte) {
		p := newPicture()
		d := newDrawer(p)
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
