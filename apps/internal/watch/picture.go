package watch

import (
	"image"
	"image/draw"
	"slices"
	"sync"

	"deskhand/protocol/frame"
	"deskhand/protocol/tile"
)

// Picture is the newest content of the shared displays. Any goroutine may use it.
type Picture struct {
	changed chan struct{} // capacity 1: signals merge

	mu      sync.Mutex
	shown   bool // else readers see nothing
	layout  frame.Layout
	screens []screen // in the layout's order
	cursor  frame.Cursor
	frame   uint64 // the newest that a tile came from
	at      int64  // when that was captured, µs since 1970, by the sharer's clock
}

// screen is one display.
type screen struct {
	img     *image.RGBA
	side    int // of a tile, in pixels
	columns int
	rows    int
	fresh   []bool            // by tile, row by row: changed since the last Read
	rects   []image.Rectangle // scratch of Read
}

func newPicture() *Picture { return &Picture{changed: make(chan struct{}, 1)} }

// Changed receives a signal after something to read has come, and after sharing has begun or stopped. Signals merge;
// there is one receiver.
func (p *Picture) Changed() <-chan struct{} { return p.changed }

func (p *Picture) signal() {
	select {
	case p.changed <- struct{}{}:
	default:
	}
}

// Layout gives the displays, in pixels of the customer's desktop. There are none while nothing is shared.
func (p *Picture) Layout() frame.Layout {
	p.mu.Lock()
	defer p.mu.Unlock()
	if !p.shown {
		return frame.Layout{}
	}
	l := p.layout
	l.Displays = slices.Clone(l.Displays)
	return l
}

// Pointer gives where the sharing machine's pointer stands. It is not part of the images.
func (p *Picture) Pointer() frame.Cursor {
	p.mu.Lock()
	defer p.mu.Unlock()
	if !p.shown {
		return frame.Cursor{}
	}
	return p.cursor
}

// Newest gives the number of the newest frame that a tile came from, and when it was captured in µs since 1970 by the
// sharing machine's clock.
func (p *Picture) Newest() (number uint64, at int64) {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.frame, p.at
}

// Read calls f with the picture of a display and with what has changed on it since the call before, and forgets that.
// The image is opaque, begins at (0,0) and must not be changed or kept: image and rectangles are valid during f only,
// which holds new tiles up and so should be short. The image is another one after the layout has changed; then all of it is
// new. It is false, and f is not called, when there is no such display.
func (p *Picture) Read(display int, f func(img *image.RGBA, dirty []image.Rectangle)) bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	s := p.screen(display)
	if s == nil || !p.shown {
		return false
	}
	s.rects = s.dirty(s.rects[:0])
	clear(s.fresh)
	f(s.img, s.rects)
	return true
}

// Peek is Read for a second onlooker, such as a thumbnail: it says nothing of changes and forgets none.
func (p *Picture) Peek(display int, f func(img *image.RGBA)) bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	s := p.screen(display)
	if s == nil || !p.shown {
		return false
	}
	f(s.img)
	return true
}

func (p *Picture) screen(display int) *screen {
	for i, d := range p.layout.Displays {
		if d.ID == display {
			return &p.screens[i]
		}
	}
	return nil
}

// dirty joins fresh tiles from left to right.
func (s *screen) dirty(rects []image.Rectangle) []image.Rectangle {
	for row := range s.rows {
		for column := range s.columns {
			if !s.fresh[row*s.columns+column] {
				continue
			}
			r := s.area(column, row)
			if n := len(rects) - 1; n >= 0 && rects[n].Min.Y == r.Min.Y && rects[n].Max.X == r.Min.X {
				rects[n].Max.X = r.Max.X
			} else {
				rects = append(rects, r)
			}
		}
	}
	return rects
}

func (s *screen) area(column, row int) image.Rectangle {
	x, y := column*s.side, row*s.side
	return image.Rect(x, y, x+s.side, y+s.side).Intersect(s.img.Rect)
}

// show lets readers see the picture or not. A picture that appears is new as a whole.
func (p *Picture) show(shown bool) {
	p.mu.Lock()
	before := p.shown
	p.shown = shown
	if shown && !before {
		for i := range p.screens {
			p.screens[i].renew()
		}
	}
	p.mu.Unlock()
	if shown != before {
		p.signal()
	}
}

func (s *screen) renew() {
	for i := range s.fresh {
		s.fresh[i] = true
	}
}

// arrange takes a layout. With the same displays as before, the old content stands until the new one has come.
func (p *Picture) arrange(l frame.Layout) {
	p.mu.Lock()
	defer p.mu.Unlock()
	same := l.TileSize == p.layout.TileSize && slices.Equal(l.Displays, p.layout.Displays)
	p.layout, p.frame = l, 0
	if same {
		return
	}
	p.screens = nil
	for _, d := range l.Displays {
		s := screen{img: image.NewRGBA(image.Rect(0, 0, d.W, d.H)), side: l.TileSize}
		s.columns, s.rows = (d.W+s.side-1)/s.side, (d.H+s.side-1)/s.side
		s.fresh = make([]bool, s.columns*s.rows)
		s.renew()
		draw.Draw(s.img, s.img.Rect, image.Black, image.Point{}, draw.Src)
		p.screens = append(p.screens, s)
	}
}

func (p *Picture) point(c frame.Cursor) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.cursor = c
}

// paint decodes a tile into its place.
func (p *Picture) paint(t frame.Tile, decoder *tile.Decoder) error {
	p.mu.Lock()
	defer p.mu.Unlock()
	if t.Generation != p.layout.Generation {
		return contradiction("a tile of generation %d, the layout is of %d", t.Generation, p.layout.Generation)
	}
	display, column, row := t.Slot.Position()
	s := p.screen(display)
	if s == nil || column >= s.columns || row >= s.rows {
		return contradiction("a tile outside of display %d", display)
	}
	r := s.area(column, row)
	if r.Dx() != int(t.W) || r.Dy() != int(t.H) {
		return contradiction("a tile of %dx%d pixels where there are %dx%d", t.W, t.H, r.Dx(), r.Dy())
	}
	if err := decoder.Decode(tile.Of(s.img, r), t.Body); err != nil {
		return contradiction("tile: %w", err)
	}
	s.fresh[row*s.columns+column] = true
	if t.Frame > p.frame {
		p.frame, p.at = t.Frame, t.CapturedAt
	}
	return nil
}
