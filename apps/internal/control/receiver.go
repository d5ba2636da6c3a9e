package control

import (
	"context"
	"log/slog"

	"deskhand/apps/internal/inject"
	"deskhand/apps/internal/session"
)

// Receiver is the customer's feature: it does what a rep sends, while the customer permits it.
type Receiver struct {
	open   func() (inject.Target, error)
	logger *slog.Logger
}

// NewReceiver makes the feature. A target is opened when control is first used and closed when it ends, which gives
// back what it borrowed from the keyboard. A nil logger is silent.
func NewReceiver(open func() (inject.Target, error), logger *slog.Logger) *Receiver {
	return &Receiver{open: open, logger: logger}
}

// Name is the feature's word for logs and faults.
func (r *Receiver) Name() string { return "control" }

// Run injects what arrives.
func (r *Receiver) Run(ctx context.Context, in session.Room) error {
	<-ctx.Done()
	return ctx.Err()
}
