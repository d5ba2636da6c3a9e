package watch

import (
	"errors"
	"image"
	"sync"
	"testing"

	"deskhand/protocol/frame"
	"deskhand/protocol/pixel"
)

// A step may touch 2^27 pixels. Readers must get their turn while it is drawn.
func TestLargeStepLetsReadersIn(t *testing.T) {
	const side = 2048
	p := newPicture()
	d := newDrawer(p, &counters{})
	defer d.close()
	if err := d.draw(uint32(frame.LayoutSlot), 5, layout(5, frame.Display{ID: 1, W: side, H: side})); err != nil {
		t.Fatal(err)
	}
	p.show(true)
	all := image.Rect(0, 0, side, side)
	plain := step(1, patch(all, orange))
	for range frame.MaxStepPixels/(side*side) - 1 {
		plain = frame.AppendCopy(plain, 1, image.Rect(0, 0, side, side-1), image.Pt(0, 1))
	}
	over := make(chan struct{})
	var drawing sync.WaitGroup
	drawing.Go(func() {
		defer close(over)
		if err := d.draw(uint32(frame.StepSlot), 5, plain); err != nil {
			t.Error(err)
		}
	})
	between := 0
	for done := false; !done; {
		p.Read(1, func(img pixel.Image, _ []image.Rectangle) {
			if img.Pix[2] == orange.R && p.step == 0 {
				between++
			}
		})
		select {
		case <-over:
			done = true
		default:
		}
	}
	drawing.Wait()
	if between == 0 {
		t.Errorf("nobody could look while %d bytes were drawn", len(plain))
	}
}

// Whoever closes a session must not wait for what a customer wants drawn: a packet may hold minutes of it.
func TestDrawingEndsWithItsLane(t *testing.T) {
	const side = 2048
	over := make(chan struct{})
	c := &counters{}
	d := newDrawer(newPicture(), c)
	defer d.close()
	if err := d.draw(uint32(frame.LayoutSlot), 5, layout(5, frame.Display{ID: 1, W: side, H: side})); err != nil {
		t.Fatal(err)
	}
	d.over = over
	all := image.Rect(0, 0, side, side)
	plain := step(1, nil)
	for range 8 {
		plain = frame.AppendCopy(plain, 1, all, image.Point{})
	}
	close(over)
	err := d.step(5, plain)
	if !errors.Is(err, errOver) || c.ops[frame.OpCopy].times.Load() != 1 {
		t.Errorf("after %d operations: %v", c.ops[frame.OpCopy].times.Load(), err)
	}
	if err := d.draw(uint32(frame.StepSlot), 5, plain); !errors.Is(err, errOver) {
		t.Errorf("the next unit: %v", err)
	}
}
