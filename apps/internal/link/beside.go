package link

import (
	"context"
	"sync"
	"time"

	"deskhand/protocol/fault"
)

const (
	// lookEvery is how often it is looked whether a connection is silent.
	lookEvery = 500 * time.Millisecond
	// besideAfter so much silence another connection is dialled beside it. QUIC finds back by itself, unless the network is
	// another one now, where UDP does not pass.
	besideAfter     = 3 * time.Second
	besideAfterQUIC = 5 * time.Second
	// besideFor is how long one such attempt may take. It tries again and again by itself.
	besideFor = 5 * time.Second
	// grace is how long QUIC may still speak up when the other connection is there.
	grace = time.Second
	// hurryFor after a silence began pauses stay short; then a relay that is down gets its rest.
	hurryFor       = time.Minute
	longestInHurry = time.Second
)

// hurry tells whether it is less than hurryFor after a moment.
func (k *keeper[C]) hurry(since time.Time) func() bool {
	return func() bool { return k.clock().Sub(since) < hurryFor }
}

// succeed waits until a connection has ended or another one is to take its place, because it is silent and the other one
// is not.
func (k *keeper[C]) succeed(ctx context.Context, c C) (next C, ok bool) {
	after := besideAfter
	if c.Path() == "quic" {
		after = besideAfterQUIC
	}
	look := time.NewTicker(lookEvery)
	defer look.Stop()
	for {
		select {
		case <-ctx.Done():
			return next, false
		case <-c.Done():
			return next, false
		case <-look.C:
		}
		if c.Silent() < after {
			continue
		}
		if next, ok = k.beside(ctx, c); ok {
			return next, true
		}
	}
}

// beside dials until a connection stands while c is still silent. It gives up when c is heard or has ended.
func (k *keeper[C]) beside(ctx context.Context, c C) (next C, ok bool) {
	ctx, cancel := context.WithCancel(ctx)
	var watching sync.WaitGroup
	defer watching.Wait()
	defer cancel()
	watching.Go(func() {
		defer cancel()
		for c.Silent() > 0 && c.Err() == nil && sleep(ctx, lookEvery/5) {
		}
	})
	pauses := pauses{random: k.random, last: longestInHurry, hurry: k.hurry(k.clock())}
	for {
		attempt, done := context.WithTimeout(ctx, besideFor)
		another, err := k.dial(attempt)
		done()
		if err == nil {
			return k.choose(ctx, c, another)
		}
		if fault.Is(err, fault.WrongKey) {
			k.logger.Warn("beside a silent connection somebody else answers", "error", err)
		}
		if !sleep(ctx, pauses.next()) {
			return next, false
		}
	}
}

// choose gives the other connection unless c is heard in time; ctx ends when it is.
func (k *keeper[C]) choose(ctx context.Context, c, another C) (next C, ok bool) {
	if ctx.Err() == nil && c.Path() == "quic" {
		_ = sleep(ctx, grace)
	}
	if ctx.Err() != nil || c.Silent() == 0 {
		_ = another.Close()
		return next, false
	}
	return another, true
}
