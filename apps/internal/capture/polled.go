package capture

import (
	"context"
	"errors"
	"fmt"
	"image"
	"slices"
	"sync"
	"time"

	"deskhand/protocol/fault"
	"deskhand/protocol/frame"
	"deskhand/protocol/pixel"
)

// How often a system that reports no changes is looked at, while somebody waits for one.
const (
	restInterval = time.Second / 15 // while nothing changes
	busyInterval = time.Second / 60 // at most, for busyFor after a change
	busyFor      = time.Second
	busyShare    = 2 // busy or not, looking takes no more than one part in so many of the time
)

// camera takes pictures of a system that reports no changes.
type camera interface {
	displays() ([]frame.Display, error)
	picture(d frame.Display) (pixel.Image, error) // valid until the next call; only this display's size is looked at
	pointer() (at image.Point, ok bool)           // in desktop pixels
	shape(known uint64) (c Cursor, changed bool)  // of the pointer; known is the serial of the newest one given
}

// polled is a Source that compares pictures. It looks only while somebody waits in Next.
type polled struct {
	cfg    Config
	camera camera
	closed chan struct{}
	once   sync.Once

	begun   bool
	last    time.Time     // when it was looked
	changed time.Time     // when that showed a change
	cost    time.Duration // of looking
	shown   []frame.Display
	images  []pixel.Image
	dirty   [][]image.Rectangle
	at      Pointer
	cursor  Cursor
}

func newPolled(cfg Config, c camera) *polled {
	return &polled{cfg: cfg, camera: c, closed: make(chan struct{})}
}

// Displays implements Source.
func (p *polled) Displays() ([]frame.Display, error) {
	d, err := p.camera.displays()
	if err != nil {
		return nil, fault.New(fault.ScreenUnavailable, err)
	}
	return d, nil
}

// Next implements Source.
func (p *polled) Next(ctx context.Context, f *Frame) error {
	for {
		if err := p.pause(ctx); err != nil {
			return err
		}
		changed, err := p.look(f)
		if err != nil {
			return fault.New(fault.ScreenUnavailable, err)
		}
		p.cost = p.cfg.Clock().Sub(p.last)
		if changed {
			p.changed = p.last
			return nil
		}
	}
}

func (p *polled) pause(ctx context.Context) error {
	rest := time.Duration(0)
	if p.begun {
		every := restInterval
		if p.last.Sub(p.changed) < busyFor {
			every = min(max(busyInterval, busyShare*p.cost), restInterval)
		}
		rest = min(every, every-p.cfg.Clock().Sub(p.last))
	}
	timer := time.NewTimer(rest)
	defer timer.Stop()
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-p.closed:
		return fault.New(fault.ScreenUnavailable, errors.New("capture: closed"))
	case <-timer.C:
		return nil
	}
}

func (p *polled) look(f *Frame) (bool, error) {
	displays, err := p.camera.displays()
	if err != nil {
		return false, err
	}
	p.last = p.cfg.Clock()
	relayout := !p.begun || !slices.Equal(displays, p.shown)
	if relayout {
		p.arrange(displays)
	}
	changed := relayout
	for i, d := range displays {
		taken, err := p.camera.picture(d)
		if err != nil {
			return false, err
		}
		if taken.W != d.W || taken.H != d.H {
			return false, fmt.Errorf("capture: a picture of %dx%d of a display of %dx%d", taken.W, taken.H, d.W, d.H)
		}
		p.dirty[i] = p.dirty[i][:0]
		if relayout {
			pixel.Copy(p.images[i], 0, 0, taken)
			p.dirty[i] = append(p.dirty[i], taken.Bounds())
		} else {
			p.dirty[i] = update(p.dirty[i], p.images[i], taken)
		}
		changed = changed || len(p.dirty[i]) > 0
	}
	place, ok := p.camera.pointer()
	at := placeOf(place, ok, displays)
	moved := at != p.at
	cursor, reshaped := p.camera.shape(p.cursor.Serial)
	if reshaped {
		p.cursor = cursor
	}
	p.begun, p.at = true, at
	*f = Frame{
		Displays: p.shown, Images: p.images, Dirty: p.dirty, Relayout: relayout,
		Pointer: at, PointerMoved: moved, Cursor: p.cursor, CursorChanged: reshaped,
		CapturedAt: p.last,
	}
	return changed || moved || reshaped, nil
}

// arrange begins with new displays.
func (p *polled) arrange(displays []frame.Display) {
	p.shown, p.images, p.dirty = displays, nil, make([][]image.Rectangle, len(displays))
	for _, d := range displays {
		p.images = append(p.images, pixel.New(d.W, d.H))
	}
}

// placeOf finds the display that shows a place of the desktop.
func placeOf(at image.Point, ok bool, displays []frame.Display) Pointer {
	for _, d := range displays {
		if ok && at.In(area(d)) {
			return Pointer{Display: d.ID, X: at.X - d.X, Y: at.Y - d.Y, Visible: true}
		}
	}
	return Pointer{}
}

// Close implements Source.
func (p *polled) Close() error {
	p.once.Do(func() { close(p.closed) })
	return nil
}

func area(d frame.Display) image.Rectangle { return image.Rect(d.X, d.Y, d.X+d.W, d.Y+d.H) }
