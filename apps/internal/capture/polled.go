package capture

import (
	"bytes"
	"context"
	"errors"
	"image"
	"slices"
	"sync"
	"time"

	"deskhand/protocol/fault"
	"deskhand/protocol/frame"
)

// pollInterval is how often a system that reports no changes is looked at, while somebody waits for one.
const pollInterval = time.Second / 15

// camera takes pictures of a system that reports no changes.
type camera interface {
	displays() ([]frame.Display, error)
	picture(d frame.Display) (*image.RGBA, error) // a new image that begins at (0,0)
	pointer() (at image.Point, ok bool)           // in desktop pixels
}

// polled is a Source that compares pictures. It looks only while somebody waits in Next.
type polled struct {
	cfg    Config
	camera camera
	closed chan struct{}
	once   sync.Once

	begun  bool
	last   time.Time
	shown  []frame.Display
	images []*image.RGBA
	dirty  [][]image.Rectangle
	at     Pointer
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
		if changed {
			return nil
		}
	}
}

func (p *polled) pause(ctx context.Context) error {
	rest := time.Duration(0)
	if p.begun {
		rest = min(pollInterval, pollInterval-p.cfg.Clock().Sub(p.last))
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
	images := make([]*image.RGBA, len(displays))
	dirty := make([][]image.Rectangle, len(displays))
	changed := relayout
	for i, d := range displays {
		if images[i], err = p.camera.picture(d); err != nil {
			return false, err
		}
		if relayout || images[i].Rect != p.images[i].Rect {
			dirty[i] = []image.Rectangle{images[i].Rect}
		} else {
			dirty[i] = differences(p.images[i], images[i])
		}
		changed = changed || len(dirty[i]) > 0
	}
	at := p.place(displays)
	moved := at != p.at
	p.begun, p.shown, p.images, p.dirty, p.at = true, displays, images, dirty, at
	*f = Frame{
		Displays: displays, Images: images, Dirty: dirty, Relayout: relayout,
		Pointer: at, PointerMoved: moved, CapturedAt: p.last,
	}
	return changed || moved, nil
}

func (p *polled) place(displays []frame.Display) Pointer {
	at, ok := p.camera.pointer()
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

// cell is the side of the squares by which pictures are compared.
const cell = 64

// differences gives squares, joined from left to right, that cover all pixels in which two pictures of one size differ.
func differences(a, b *image.RGBA) []image.Rectangle {
	var all []image.Rectangle
	for y := 0; y < b.Rect.Max.Y; y += cell {
		for x := 0; x < b.Rect.Max.X; x += cell {
			r := image.Rect(x, y, x+cell, y+cell).Intersect(b.Rect)
			if same(a, b, r) {
				continue
			}
			if n := len(all) - 1; n >= 0 && all[n].Min.Y == y && all[n].Max.X == x {
				all[n].Max.X = r.Max.X
			} else {
				all = append(all, r)
			}
		}
	}
	return all
}

func same(a, b *image.RGBA, r image.Rectangle) bool {
	n := r.Dx() * bytesPerPixel
	for y := r.Min.Y; y < r.Max.Y; y++ {
		i, j := a.PixOffset(r.Min.X, y), b.PixOffset(r.Min.X, y)
		if !bytes.Equal(a.Pix[i:i+n], b.Pix[j:j+n]) {
			return false
		}
	}
	return true
}
