// Package share sends this machine's screen to the room: it captures, finds the tiles that differ from what was sent,
// encodes, seals and sends them. It decides nothing about consent: it asks State().Sharing before every packet, and
// captures nothing while that is false.
//
// While the screen is shared there are four goroutines, and Run waits for all of them:
//
//	look     source.Next ─► pump      captures, when it is asked to
//	pump     views ─► lane            finds what has changed, encodes, seals and sends it, as far as the path lets it
//	receive  lane ─► inbox            acknowledgements, and what viewers lack
//	Run      the room's changes       ends the other three at once when sharing stops
//
// A view holds the newest content of a display, and which parts of it viewers do not show yet (due) or only nearly
// (rough). There is no queue: a part that changes again before it was sent is sent once, with its newest content, and
// while the path is full nothing is captured. The path is measured from end to end, by the acknowledgements of the
// viewer that is furthest ahead (package pace). When sharing stops the lane is cancelled, which drops what gRPC has not
// written yet.
//
// What is sent are steps: lists of operations that build on the picture that the steps before have made. Scrolled and
// moved parts are moved, text and the like is sent exactly, photos nearly until they rest, films as a stream of video.
//
// A generation begins with a layout; everything is due then. A new one begins with each lane, each epoch, each change of
// displays and each refresh that the relay asks for. A viewer that has missed steps gets keys instead: tiles alone.
package share

import (
	"context"
	"errors"
	"io"
	"log/slog"
	"sync/atomic"
	"time"

	"deskhand/apps/internal/capture"
	"deskhand/apps/internal/session"
	"deskhand/protocol/fault"
)

// Share is the feature that sends this machine's screen. Run is called by one goroutine at a time.
type Share struct {
	open       func() (capture.Source, error)
	clock      func() time.Time
	logger     *slog.Logger
	generation uint32 // the last one begun; higher than those of an earlier run of the program
	counters   counters
}

type counters struct{ packets, steps, bytes atomic.Uint64 }

// Stats counts since the feature was made.
type Stats struct{ Packets, Steps, Bytes uint64 }

// New makes the feature. A source is opened when sharing begins and closed when it ends. The clock, time.Now when nil,
// measures how long acknowledgements take. A nil logger is silent.
func New(open func() (capture.Source, error), clock func() time.Time, logger *slog.Logger) *Share {
	if clock == nil {
		clock = time.Now
	}
	if logger == nil {
		logger = slog.New(slog.DiscardHandler)
	}
	return &Share{open: open, clock: clock, logger: logger, generation: uint32(clock().Unix())}
}

// Name is the feature's word for logs and faults.
func (s *Share) Name() string { return "share" }

// Stats may be called from any goroutine.
func (s *Share) Stats() Stats {
	c := &s.counters
	return Stats{c.packets.Load(), c.steps.Load(), c.bytes.Load()}
}

// Run sends the screen whenever it is shared, until ctx ends or the lane breaks. fault.ScreenUnavailable says that there
// is nothing to capture.
func (s *Share) Run(ctx context.Context, in session.Room) error {
	for {
		if err := s.await(ctx, in); err != nil {
			return err
		}
		began := s.Stats()
		err := s.stream(ctx, in)
		now := s.Stats()
		s.logger.Info("sharing ended", "packets", now.Packets-began.Packets, "bytes", now.Bytes-began.Bytes)
		if err != nil {
			return err
		}
	}
}

// await returns when the screen may be sent.
func (s *Share) await(ctx context.Context, in session.Room) error {
	for !allowed(in) {
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-in.Changed():
		}
	}
	return ctx.Err()
}

func allowed(in session.Room) bool {
	_, sealed := in.Epoch()
	return sealed && in.State().Sharing
}

// errStopped ends the goroutines of one stretch of sharing because sharing has stopped. It is no failure.
var errStopped = errors.New("share: sharing has stopped")

// stream shares until sharing stops (nil), ctx ends, or something fails.
func (s *Share) stream(ctx context.Context, in session.Room) error {
	source, err := s.open()
	if err != nil {
		return err
	}
	err = s.stretch(ctx, in, source)
	if closeErr := source.Close(); closeErr != nil {
		s.logger.Warn("capture did not close cleanly", "err", closeErr)
	}
	switch {
	case ctx.Err() != nil:
		return ctx.Err()
	case errors.Is(err, errStopped):
		return nil
	case errors.Is(err, io.EOF):
		return fault.New(fault.CannotConnect, err)
	default:
		return fault.FromStatus(err)
	}
}
