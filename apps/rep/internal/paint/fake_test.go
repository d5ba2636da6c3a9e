package paint

import (
	"image"
	"sync"

	"deskhand/apps/internal/watch"
	"deskhand/protocol/frame"
	"deskhand/protocol/pixel"
)

// fakeSource is a picture that a test paints.
type fakeSource struct {
	mu      sync.Mutex
	layout  frame.Layout
	pointer frame.Cursor
	shape   watch.Shape
	images  map[int]pixel.Image
	dirty   map[int][]image.Rectangle
}

func newFake(displays ...frame.Display) *fakeSource {
	f := &fakeSource{images: map[int]pixel.Image{}, dirty: map[int][]image.Rectangle{}}
	f.lay(displays...)
	return f
}

func (f *fakeSource) lay(displays ...frame.Display) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.layout.Displays = displays
	clear(f.images)
	for _, d := range displays {
		f.images[d.ID] = pixel.New(d.W, d.H)
		f.dirty[d.ID] = []image.Rectangle{{Max: image.Pt(d.W, d.H)}}
	}
}

// change lets paint draw into a display.
func (f *fakeSource) change(display int, r image.Rectangle, paint func(pixel.Image)) {
	f.mu.Lock()
	defer f.mu.Unlock()
	paint(f.images[display].Sub(r))
	f.dirty[display] = append(f.dirty[display], r)
}

func (f *fakeSource) Layout() frame.Layout {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.layout
}

func (f *fakeSource) Pointer() frame.Cursor {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.pointer
}

func (f *fakeSource) Shape() watch.Shape {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.shape
}

func (f *fakeSource) Read(display int, read func(pixel.Image, []image.Rectangle)) bool {
	f.mu.Lock()
	defer f.mu.Unlock()
	m, ok := f.images[display]
	if ok {
		read(m, f.dirty[display])
		f.dirty[display] = f.dirty[display][:0]
	}
	return ok
}

func (f *fakeSource) Peek(display int, read func(pixel.Image)) bool {
	f.mu.Lock()
	defer f.mu.Unlock()
	m, ok := f.images[display]
	if ok {
		read(m)
	}
	return ok
}
