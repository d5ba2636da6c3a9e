package watch

import (
	"fmt"

	"deskhand/protocol/fault"
	"deskhand/protocol/frame"
	"deskhand/protocol/tile"
)

// drawer puts opened units into a picture. It allocates nothing but new images. For one goroutine.
type drawer struct {
	picture *Picture
	decoder *tile.Decoder
}

func newDrawer(p *Picture) *drawer { return &drawer{picture: p, decoder: tile.NewDecoder()} }

// draw takes the content of one unit. The slot and generation were authenticated with it; what the content says of
// itself must agree.
func (d *drawer) draw(slot, generation uint32, plain []byte) error {
	switch s := frame.Slot(slot); {
	case s == frame.LayoutSlot:
		return d.layout(generation, plain)
	case s == frame.CursorSlot:
		return d.cursor(generation, plain)
	default:
		return d.tile(s, generation, plain)
	}
}

func (d *drawer) layout(generation uint32, plain []byte) error {
	l, err := frame.ParseLayout(plain)
	if err != nil {
		return err
	}
	if l.Generation != generation {
		return contradiction("a layout of generation %d in a packet of %d", l.Generation, generation)
	}
	d.picture.arrange(l)
	return nil
}

func (d *drawer) cursor(generation uint32, plain []byte) error {
	c, err := frame.ParseCursor(plain)
	if err != nil {
		return err
	}
	if c.Generation != generation {
		return contradiction("a pointer of generation %d in a packet of %d", c.Generation, generation)
	}
	d.picture.point(c)
	return nil
}

func (d *drawer) tile(slot frame.Slot, generation uint32, plain []byte) error {
	t, err := frame.ParseTile(plain)
	if err != nil {
		return err
	}
	if t.Slot != slot || t.Generation != generation {
		return contradiction("a tile of slot %#x, generation %d in place of %#x, %d", uint32(t.Slot), t.Generation, uint32(slot), generation)
	}
	return d.picture.paint(t, d.decoder)
}

func contradiction(format string, args ...any) error {
	return fault.New(fault.Invalid, fmt.Errorf("watch: "+format, args...))
}
