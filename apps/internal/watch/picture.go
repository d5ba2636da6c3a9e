package watch

import (
	"image"
	"slices"
	"sync"

	"deskhand/protocol/frame"
	"deskhand/protocol/pixel"
)

// Picture is the newest content of the shared displays. Any goroutine may use it.
type Picture struct {
	changed chan struct{} // capacity 1: signals merge

	mu      sync.Mutex
	shown   bool // else readers see nothing
	layout  frame.Layout
	screens []screen // in the layout's order
	cursor  frame.Cursor
	shape   Shape
	step    uint64 // the newest that has been drawn
	at      int64  // when that was captured, µs since 1970, by the sharer's clock
}

// Shape is what the sharing machine's pointer looks like.
type Shape struct {
	// Image is B, G, R and alpha, colours multiplied by alpha; empty while nothing is known: show an arrow then. Its pixels
	// never change.
	Image  pixel.Image
	Hot    image.Point // the pixel that points
	Serial uint64      // another one for each shape
}

// screen is one display.
type screen struct {
	img   pixel.Image
	fresh []image.Rectangle // changed since the last Read; they may overlap
	given []image.Rectangle // those of the last Read
}

// maxFresh is how many changed rectangles are kept apart; of more, the one around all is told.
const maxFresh = 64

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

// Shape gives what the sharing machine's pointer looks like.
func (p *Picture) Shape() Shape {
	p.mu.Lock()
	defer p.mu.Unlock()
	if !p.shown {
		return Shape{}
	}
	return p.shape
}

// Newest gives the number of the newest step that has been drawn, and when its content was captured in µs since 1970 by
// the sharing machine's clock.
func (p *Picture) Newest() (step uint64, at int64) {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.step, p.at
}

// Read calls f with the picture of a display and with what has changed on it since the call before, and forgets that.
// The image must not be changed or kept: image and rectangles are valid during f only, which holds new content up and so
// should be short. Rectangles may overlap. The image is another one after the layout has changed; then all of it is new.
// It is false, and f is not called, when there is no such display.
func (p *Picture) Read(display int, f func(img pixel.Image, dirty []image.Rectangle)) bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	s := p.screen(display)
	if s == nil || !p.shown {
		return false
	}
	s.given, s.fresh = s.fresh, s.given[:0]
	f(s.img, s.given)
	return true
}

// Peek is Read for a second onlooker, such as a thumbnail: it says nothing of changes and forgets none.
func (p *Picture) Peek(display int, f func(img pixel.Image)) bool {
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

// mark notes that a part has changed.
func (s *screen) mark(r image.Rectangle) {
	for i := len(s.fresh) - 1; i >= 0; i-- {
		if r.In(s.fresh[i]) {
			return
		}
	}
	if len(s.fresh) < maxFresh {
		s.fresh = append(s.fresh, r)
		return
	}
	for _, x := range s.fresh {
		r = r.Union(x)
	}
	s.fresh = append(s.fresh[:0], r)
}

func (s *screen) renew() { s.fresh = append(s.fresh[:0], s.img.Bounds()) }

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

// arrange takes a layout. With the same displays as before, the old content stands until the new one has come.
// Only the goroutine that draws calls it.
func (p *Picture) arrange(l frame.Layout) {
	same := slices.Equal(l.Displays, p.layout.Displays) // nobody else changes the layout
	var screens []screen
	if !same { // before locking: large pictures take a while
		screens = newScreens(l.Displays)
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	p.layout, p.step = l, 0
	if !same {
		p.screens = screens
	}
}

func newScreens(displays []frame.Display) []screen {
	screens := make([]screen, len(displays))
	for i, d := range displays {
		screens[i].img = pixel.New(d.W, d.H)
		screens[i].renew()
	}
	return screens
}

func (p *Picture) point(c frame.Cursor) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.cursor = c
}

func (p *Picture) become(s Shape) {
	p.mu.Lock()
	defer p.mu.Unlock()
	s.Serial = p.shape.Serial + 1
	p.shape = s
}
