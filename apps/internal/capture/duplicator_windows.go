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

// errLost says that this way of capturing has come to an end and another one may work: the displays have changed, or
// Windows shows a desktop that is not ours, as when it asks for a password.
var errLost = errors.New("capture: lost the desktop")

// layoutEvery is how often it is looked whether displays have come, which duplications do not tell.
const layoutEvery = time.Second

// duplicator is a Source that Windows tells of changes.
type duplicator struct {
	cfg    Config
	gdi    *gdi // for the first picture and the pointer
	all    []*duplication
	wake   chan struct{} // capacity 1: signals merge
	closed chan struct{}
	once   sync.Once

	begun    bool
	last     time.Time // of the last frame
	listed   time.Time // when displays was found to be true
	displays []frame.Display
	images   []pixel.Image
	dirty    [][]image.Rectangle
	at       Pointer
	cursor   Cursor
}

func newDuplicator(cfg Config, g *gdi) (*duplicator, error) {
	displays, err := g.displays()
	if err != nil {
		return nil, err
	}
	all, err := openDuplications(displays)
	if err != nil {
		return nil, err
	}
	s := &duplicator{
		cfg: cfg, gdi: g, all: all, displays: displays, dirty: make([][]image.Rectangle, len(all)),
		wake: make(chan struct{}, 1), closed: make(chan struct{}),
	}
	for _, d := range all {
		s.images = append(s.images, d.image)
		d.watch(s.closed, s.signal)
	}
	return s, nil
}

func (s *duplicator) signal() {
	select {
	case s.wake <- struct{}{}:
	default:
	}
}

// Displays implements Source.
func (s *duplicator) Displays() ([]frame.Display, error) { return slices.Clone(s.displays), nil }

// Next implements Source.
func (s *duplicator) Next(ctx context.Context, f *Frame) error {
	for {
		if err := s.wait(ctx); err != nil {
			return err
		}
		changed, err := s.look(f)
		if err != nil {
			return fmt.Errorf("%w: %w", errLost, err)
		}
		if changed {
			return nil
		}
	}
}

// wait returns when something has happened and the last frame is long enough ago.
func (s *duplicator) wait(ctx context.Context) error {
	if !s.begun {
		return ctx.Err()
	}
	if err := s.sleep(ctx, s.wake, nil); err != nil {
		return err
	}
	rest := s.cfg.Interval - s.cfg.Clock().Sub(s.last)
	if rest <= 0 {
		return ctx.Err()
	}
	timer := time.NewTimer(min(rest, s.cfg.Interval))
	defer timer.Stop()
	return s.sleep(ctx, nil, timer.C)
}

func (s *duplicator) sleep(ctx context.Context, wake <-chan struct{}, timer <-chan time.Time) error {
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-s.closed:
		return fault.New(fault.ScreenUnavailable, errors.New("capture: closed"))
	case <-wake:
	case <-timer:
	}
	return nil
}

func (s *duplicator) look(f *Frame) (bool, error) {
	now := s.cfg.Clock()
	if now.Sub(s.listed) >= layoutEvery {
		displays, err := s.gdi.displays()
		if err != nil {
			return false, err
		}
		if !slices.Equal(displays, s.displays) {
			return false, errors.New("the displays have changed")
		}
		s.listed = now
	}
	relayout := !s.begun
	changed := relayout
	for i, d := range s.all {
		var err error
		if s.dirty[i], err = d.read(s.dirty[i][:0]); err != nil {
			return false, err
		}
		if relayout {
			if err := s.first(d); err != nil {
				return false, err
			}
			s.dirty[i] = append(s.dirty[i][:0], d.image.Bounds())
		}
		changed = changed || len(s.dirty[i]) > 0
	}
	moved, reshaped := s.point()
	s.begun, s.last = true, now
	*f = Frame{
		Displays: s.displays, Images: s.images, Dirty: s.dirty, Relayout: relayout,
		Pointer: s.at, PointerMoved: moved, Cursor: s.cursor, CursorChanged: reshaped, CapturedAt: now,
	}
	return changed || moved || reshaped, nil
}

// first takes the first picture by GDI: that of a duplication may be black until something changes.
func (s *duplicator) first(d *duplication) error {
	taken, err := s.gdi.picture(d.display)
	if err != nil {
		return err
	}
	pixel.Copy(d.image, 0, 0, taken)
	return nil
}

func (s *duplicator) point() (moved, reshaped bool) {
	at, ok := s.gdi.pointer()
	place := placeOf(at, ok, s.displays)
	moved = place != s.at
	s.at = place
	cursor, reshaped := s.gdi.shape(s.cursor.Serial)
	if reshaped {
		s.cursor = cursor
	}
	return moved, reshaped
}

// Close implements Source.
func (s *duplicator) Close() error {
	s.once.Do(func() { close(s.closed) })
	return nil
}

// free gives the duplications back. Next must not be called any more.
func (s *duplicator) free() {
	_ = s.Close()
	for _, d := range s.all {
		d.free()
	}
	s.all = nil
}
