package share

import (
	"context"

	"deskhand/apps/internal/capture"
)

// look captures when it is asked to. A frame's pictures stay as they are until the next request, so nothing is captured
// that cannot be sent.
type look struct {
	ask    chan struct{} // capacity 1
	frames chan *capture.Frame
}

func newLook() *look {
	return &look{ask: make(chan struct{}, 1), frames: make(chan *capture.Frame)}
}

// run waits for a request, then for a change, and hands the frame over.
func (l *look) run(ctx context.Context, source capture.Source) error {
	var f capture.Frame
	for {
		select {
		case <-l.ask:
		case <-ctx.Done():
			return ctx.Err()
		}
		if err := source.Next(ctx, &f); err != nil {
			return err
		}
		select {
		case l.frames <- &f:
		case <-ctx.Done():
			return ctx.Err()
		}
	}
}
