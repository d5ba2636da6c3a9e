package share

import (
	"bytes"
	"image"
	"sync"

	"deskhand/apps/internal/capture"
	"deskhand/protocol/frame"
	"deskhand/protocol/pixel"
	"deskhand/protocol/tile"
)

// canvas is the newest content of the displays, cut into tiles, and which of them are due to be sent. Capturing writes,
// sending reads; each tile is due at most once, so nothing in it grows with time.
type canvas struct {
	wake chan struct{} // capacity 1: there may be something due

	mu       sync.Mutex
	displays []frame.Display
	screens  []screen
	frame    uint64 // captured so far
	pointer  capture.Pointer

	epoch        uint32
	anew         bool // a new generation: the layout and everything else are due
	pointerMoved bool
	queue        []place // tiles that are due, oldest first, from head on
	head         int
	replaced     uint64 // tiles that changed while they were due
}

// screen is one display's content.
type screen struct {
	img     *image.RGBA
	columns int
	cells   []cell // row by row
}

type cell struct {
	due   bool
	frame uint64 // of its newest content
	at    int64  // when that was captured, µs since 1970
}

// place names a tile.
type place struct{ display, cell int32 }

// piece is one tile's content, copied, and what is to be said about it.
type piece struct {
	slot   frame.Slot
	pixels tile.Pixels
	frame  uint64
	at     int64
}

func newCanvas() *canvas { return &canvas{wake: make(chan struct{}, 1)} }

func (c *canvas) signal() {
	select {
	case c.wake <- struct{}{}:
	default:
	}
}

// refresh makes everything due in a new generation.
func (c *canvas) refresh() {
	c.mu.Lock()
	c.anew = true
	c.mu.Unlock()
	c.signal()
}

// rekey is refresh for an epoch, once.
func (c *canvas) rekey(epoch uint32) {
	c.mu.Lock()
	if c.epoch != epoch {
		c.epoch, c.anew = epoch, true
	}
	c.mu.Unlock()
	c.signal()
}

// due reports whether there is anything to send.
func (c *canvas) due() bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	return len(c.screens) > 0 && (c.anew || c.pointerMoved || c.head < len(c.queue))
}

// put takes a captured frame in.
func (c *canvas) put(f *capture.Frame) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.frame++
	at := f.CapturedAt.UnixMicro()
	if f.Relayout {
		c.arrange(f.Displays, at)
	}
	for i := range c.screens {
		for _, r := range f.Dirty[i] {
			c.paint(i, f.Images[i], r, at)
		}
	}
	if f.PointerMoved || f.Relayout {
		c.pointer, c.pointerMoved = f.Pointer, true
	}
	c.signal()
}

// arrange begins with new displays, which are black.
func (c *canvas) arrange(displays []frame.Display, at int64) {
	c.displays = append(c.displays[:0], displays...)
	c.screens = nil
	for _, d := range displays {
		s := screen{img: image.NewRGBA(image.Rect(0, 0, d.W, d.H)), columns: tiles(d.W)}
		s.cells = make([]cell, s.columns*tiles(d.H))
		for i := range s.cells {
			s.cells[i] = cell{frame: c.frame, at: at}
		}
		c.screens = append(c.screens, s)
	}
	c.queue, c.head = c.queue[:0], 0
	c.anew = true
}

// tiles is how many tiles cover a side.
func tiles(pixels int) int { return (pixels + tile.Size - 1) / tile.Size }

// paint copies those tiles of a rectangle that differ.
func (c *canvas) paint(display int, img pixel.Image, r image.Rectangle, at int64) {
	s := &c.screens[display]
	r = r.Intersect(s.img.Rect)
	if r.Empty() {
		return
	}
	for row := r.Min.Y / tile.Size; row <= (r.Max.Y-1)/tile.Size; row++ {
		for column := r.Min.X / tile.Size; column <= (r.Max.X-1)/tile.Size; column++ {
			index := row*s.columns + column
			// Only the part within r may be looked at, the rest of the image is the same by contract and not newer.
			part := s.area(index).Intersect(r)
			if !blit(s.img, img, part) {
				continue
			}
			s.cells[index].frame, s.cells[index].at = c.frame, at
			c.enqueue(display, index)
		}
	}
}

func (c *canvas) enqueue(display, index int) {
	here := &c.screens[display].cells[index]
	if here.due {
		c.replaced++
		return
	}
	here.due = true
	if c.head > 0 && len(c.queue) == cap(c.queue) {
		c.queue = c.queue[:copy(c.queue, c.queue[c.head:])]
		c.head = 0
	}
	c.queue = append(c.queue, place{int32(display), int32(index)})
}

// area is the rectangle of a tile in its image.
func (s *screen) area(index int) image.Rectangle {
	x, y := index%s.columns*tile.Size, index/s.columns*tile.Size
	return image.Rect(x, y, x+tile.Size, y+tile.Size).Intersect(s.img.Rect)
}

// blit copies a part and reports whether it differed.
func blit(dst *image.RGBA, src pixel.Image, r image.Rectangle) (differed bool) {
	var row [pixel.Bytes * tile.Size]byte
	n := pixel.Bytes * r.Dx()
	for y := r.Min.Y; y < r.Max.Y; y++ {
		pixel.Swap(row[:n], src.Row(y)[pixel.Bytes*r.Min.X:])
		to := dst.Pix[dst.PixOffset(r.Min.X, y):][:n]
		differed = differed || !bytes.Equal(row[:n], to)
		copy(to, row[:n])
	}
	return differed
}

// begin makes everything due if a new generation is wanted, and gives its displays.
func (c *canvas) begin() (displays []frame.Display, anew bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if !c.anew || len(c.screens) == 0 {
		return nil, false
	}
	c.anew, c.pointerMoved = false, true
	for display := range c.screens {
		for index := range c.screens[display].cells {
			if !c.screens[display].cells[index].due {
				c.enqueue(display, index)
			}
		}
	}
	return append([]frame.Display(nil), c.displays...), true
}

// takePointer gives the pointer's place if it is due.
func (c *canvas) takePointer() (capture.Pointer, bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	moved := c.pointerMoved && !c.anew
	if moved {
		c.pointerMoved = false
	}
	return c.pointer, moved
}

// next copies the tile that has been due for longest into scratch, which holds a whole tile. It gives none once a new
// generation is wanted.
func (c *canvas) next(scratch []byte) (p piece, ok bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.anew || c.head == len(c.queue) {
		return piece{}, false
	}
	at := c.queue[c.head]
	c.head++
	if c.head == len(c.queue) {
		c.queue, c.head = c.queue[:0], 0
	}
	s := &c.screens[at.display]
	r := s.area(int(at.cell))
	here := &s.cells[at.cell]
	here.due = false
	stride := 4 * r.Dx()
	for y := range r.Dy() {
		copy(scratch[y*stride:][:stride], s.img.Pix[s.img.PixOffset(r.Min.X, r.Min.Y+y):])
	}
	return piece{
		slot:   frame.SlotOf(c.displays[at.display].ID, int(at.cell)%s.columns, int(at.cell)/s.columns),
		pixels: tile.Pixels{Pix: scratch[:stride*r.Dy()], Stride: stride, W: r.Dx(), H: r.Dy()},
		frame:  here.frame, at: here.at,
	}, true
}
