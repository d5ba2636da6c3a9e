package room

import (
	"context"
	"time"
)

// pace slows a reader down to controlRate once it has used up controlBurst. For one goroutine.
type pace struct {
	clock func() time.Time
	next  time.Time // when the burst would be whole again
}

func newPace(clock func() time.Time) *pace { return &pace{clock: clock} }

// wait returns when the next message may be read, or when ctx ends.
func (p *pace) wait(ctx context.Context) {
	const each = time.Second / controlRate
	now := p.clock()
	if p.next.Before(now) {
		p.next = now
	}
	p.next = p.next.Add(each)
	ahead := p.next.Sub(now) - controlBurst*each
	if ahead <= 0 {
		return
	}
	timer := time.NewTimer(ahead)
	defer timer.Stop()
	select {
	case <-timer.C:
	case <-ctx.Done():
	}
}
