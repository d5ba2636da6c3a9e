package capture

import (
	"context"
	"errors"
	"image"
	"image/draw"
	"slices"
	"sync"
	"time"

	"deskhand/protocol/fault"
	"deskhand/protocol/frame"
	"deskhand/protocol/pixel"
)

// Fake is a Source without a screen, for tests and demonstrations: what is drawn on it comes out of Next. Drawing may
// be done from any goroutine; changes between two calls of Next merge.
type Fake struct {
	clock  func() time.Time
	wake   chan struct{} // capacity 1
	closed chan struct{}
	once   sync.Once

	mu       sync.Mutex
	displays []frame.Display
	screen   []*image.RGBA // what is drawn on
	seen     []pixel.Image // what Next gave
	dirty    [][]image.Rectangle
	pointer  Pointer
	cursor   Cursor
	shapes   uint64 // given so far
	relayout bool
	moved    bool
	reshaped bool
}

// NewFake makes a source with black displays. A nil clock is time.Now.
func NewFake(clock func() time.Time, displays ...frame.Display) *Fake {
	if clock == nil {
		clock = time.Now
	}
	f := &Fake{clock: clock, wake: make(chan struct{}, 1), closed: make(chan struct{})}
	f.Arrange(displays...)
	return f
}

// Arrange replaces the displays by black ones.
func (f *Fake) Arrange(displays ...frame.Display) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.displays = slices.Clone(displays)
	f.screen, f.dirty = nil, nil
	for _, d := range displays {
		img := image.NewRGBA(image.Rect(0, 0, d.W, d.H))
		draw.Draw(img, img.Bounds(), image.Black, image.Point{}, draw.Src)
		f.screen = append(f.screen, img)
		f.dirty = append(f.dirty, nil)
	}
	f.relayout = true
	f.signal()
}

// Draw calls paint with the image of the display at that place in the list and marks a rectangle of it as changed.
func (f *Fake) Draw(index int, r image.Rectangle, paint func(*image.RGBA)) {
	f.mu.Lock()
	defer f.mu.Unlock()
	paint(f.screen[index])
	if r = r.Intersect(f.screen[index].Rect); !r.Empty() {
		f.dirty[index] = append(f.dirty[index], r)
	}
	f.signal()
}

// Point moves the pointer.
func (f *Fake) Point(p Pointer) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.moved = f.moved || p != f.pointer
	f.pointer = p
	f.signal()
}

// Shape gives the pointer another shape, which must not change afterwards. An empty one is the unknown shape.
func (f *Fake) Shape(shape pixel.Image, hot image.Point) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.shapes++
	f.cursor = newCursor(shape, hot, f.shapes)
	f.reshaped = true
	f.signal()
}

func (f *Fake) signal() {
	select {
	case f.wake <- struct{}{}:
	default:
	}
}

// Displays implements Source.
func (f *Fake) Displays() ([]frame.Display, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	return slices.Clone(f.displays), nil
}

// Next implements Source.
func (f *Fake) Next(ctx context.Context, out *Frame) error {
	for {
		if err := ctx.Err(); err != nil {
			return err
		}
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-f.closed:
			return fault.New(fault.ScreenUnavailable, errors.New("capture: closed"))
		case <-f.wake:
		}
		if f.take(out) {
			return nil
		}
	}
}

func (f *Fake) take(out *Frame) bool {
	f.mu.Lock()
	defer f.mu.Unlock()
	dirty := make([][]image.Rectangle, len(f.screen))
	changed := f.relayout || f.moved || f.reshaped
	if f.relayout {
		f.seen = nil
		for _, img := range f.screen {
			f.seen = append(f.seen, pixel.New(img.Rect.Dx(), img.Rect.Dy()))
		}
	}
	for i, img := range f.screen {
		if f.relayout {
			f.dirty[i] = []image.Rectangle{img.Rect}
		}
		for _, r := range f.dirty[i] {
			for y := r.Min.Y; y < r.Max.Y; y++ {
				pixel.Swap(f.seen[i].Sub(r).Row(y-r.Min.Y), img.Pix[img.PixOffset(r.Min.X, y):])
			}
			changed = true
		}
		dirty[i], f.dirty[i] = f.dirty[i], nil
	}
	*out = Frame{
		Displays: f.displays, Images: f.seen, Dirty: dirty, Relayout: f.relayout,
		Pointer: f.pointer, PointerMoved: f.moved,
		Cursor: f.cursor, CursorChanged: f.reshaped, CapturedAt: f.clock(),
	}
	f.relayout, f.moved, f.reshaped = false, false, false
	return changed
}

// Close implements Source.
func (f *Fake) Close() error {
	f.once.Do(func() { close(f.closed) })
	return nil
}
