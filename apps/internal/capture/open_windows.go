package capture

import (
	"context"
	"errors"
	"sync"
	"time"

	"deskhand/protocol/fault"
	"deskhand/protocol/frame"
)

const (
	// retryEvery is how often duplication is tried again after it was lost.
	retryEvery = 3 * time.Second
	// troubleFor is how long the screen may stay unreadable, as while Windows asks for a password, before it is an error.
	troubleFor   = 5 * time.Minute
	troublePause = 300 * time.Millisecond
)

// switching is a Source that goes over to another way of capturing when one is lost. Its new first frame is a Relayout.
type switching struct {
	cfg     Config
	gdi     *gdi
	closed  chan struct{}
	once    sync.Once
	running sync.Mutex // held by Next, so that Close frees nothing under it

	mu      sync.Mutex
	current Source

	lost    bool // duplication worked before
	retried time.Time
	trouble time.Time // since when nothing works, zero while something does
}

func open(cfg Config) (Source, error) {
	s := &switching{cfg: cfg, gdi: newGDI(), closed: make(chan struct{})}
	if _, err := s.gdi.displays(); err != nil {
		return nil, fault.New(fault.ScreenUnavailable, err)
	}
	s.choose()
	return s, nil
}

// choose begins anew with the best way that works now.
func (s *switching) choose() {
	s.retried = s.cfg.Clock()
	d, err := newDuplicator(s.cfg, s.gdi)
	if err == nil {
		s.lost = true // once it is
		s.cfg.Logger.Info("capture: by desktop duplication")
		s.use(d)
		return
	}
	if _, ok := s.source().(*polled); ok && s.trouble.IsZero() {
		return // it goes on
	}
	s.cfg.Logger.Info("capture: by GDI, as desktop duplication was refused", "cause", err)
	s.use(newPolled(s.cfg, s.gdi))
}

func (s *switching) source() Source {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.current
}

func (s *switching) use(next Source) {
	s.mu.Lock()
	before := s.current
	s.current = next
	s.mu.Unlock()
	if d, ok := before.(*duplicator); ok {
		d.free()
	}
	select {
	case <-s.closed:
		_ = next.Close()
	default:
	}
}

// Displays implements Source.
func (s *switching) Displays() ([]frame.Display, error) {
	d, err := s.gdi.displays()
	if err != nil {
		return nil, fault.New(fault.ScreenUnavailable, err)
	}
	return d, nil
}

// Next implements Source.
func (s *switching) Next(ctx context.Context, f *Frame) error {
	s.running.Lock()
	defer s.running.Unlock()
	for {
		if _, poor := s.source().(*polled); poor && s.lost && s.cfg.Clock().Sub(s.retried) >= retryEvery {
			s.choose()
		}
		err := s.source().Next(ctx, f)
		if err == nil || ctx.Err() != nil || s.ended() {
			s.trouble = time.Time{}
			return err
		}
		s.cfg.Logger.Warn("capture: lost the screen", "cause", err)
		if err := s.pause(ctx, err); err != nil {
			return err
		}
		if d, ok := s.source().(*duplicator); ok {
			d.free() // a display can be duplicated once at a time
		}
		s.choose()
	}
}

func (s *switching) ended() bool {
	select {
	case <-s.closed:
		return true
	default:
		return false
	}
}

// pause waits until it makes sense to try again; nothing for the first time.
func (s *switching) pause(ctx context.Context, cause error) error {
	now := s.cfg.Clock()
	if s.trouble.IsZero() {
		s.trouble = now
		return nil
	}
	if now.Sub(s.trouble) > troubleFor {
		return fault.New(fault.ScreenUnavailable, cause)
	}
	timer := time.NewTimer(troublePause)
	defer timer.Stop()
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-s.closed:
		return fault.New(fault.ScreenUnavailable, errors.New("capture: closed"))
	case <-timer.C:
		return nil
	}
}

// Close implements Source.
func (s *switching) Close() error {
	s.once.Do(func() {
		close(s.closed)
		_ = s.source().Close() // a waiting Next returns
		s.running.Lock()
		defer s.running.Unlock()
		if d, ok := s.source().(*duplicator); ok {
			d.free()
		}
	})
	return nil
}
