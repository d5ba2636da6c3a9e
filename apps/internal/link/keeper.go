package link

import (
	"context"
	"errors"
	"log/slog"
	"sync"
	"time"

	"deskhand/protocol/fault"
)

const (
	firstPause = 200 * time.Millisecond
	longest    = 10 * time.Second
	stable     = time.Minute // a connection that lasted so long was a good one: pauses begin small again
)

// conn is what a keeper needs of a connection.
type conn interface {
	comparable
	Done() <-chan struct{}
	Err() error
	Close() error
	Path() string
	RTT() time.Duration
	Silent() time.Duration
}

// keeper dials and dials again. Its mutex guards the state; run alone changes it.
type keeper[C conn] struct {
	dial    func(context.Context) (C, error)
	clock   func() time.Time
	logger  *slog.Logger
	random  func() float64
	changed chan struct{} // capacity 1: a signal that nobody has taken yet stands for the next one too

	mu    sync.Mutex
	live  C             // zero when not connected
	fault fault.Reason  // why it is not
	over  error         // why run has ended; nil while it has not
	news  chan struct{} // closed and replaced whenever anything of these has changed
}

func (k *keeper[C]) run(ctx context.Context) (err error) {
	defer func() { k.finish(err) }()
	pauses := pauses{random: k.random}
	for {
		c, err := k.dial(ctx)
		switch {
		case ctx.Err() != nil:
			if err == nil {
				_ = c.Close()
			}
			return ctx.Err()
		case fault.Is(err, fault.WrongKey):
			k.logger.Error("the relay's key is not the trusted one", "error", err)
			return err
		case err != nil:
			k.logger.Info("cannot connect", "error", err)
			k.lost(fault.ReasonOf(err))
		default:
			began := k.clock()
			silent, err := k.hold(ctx, c)
			if err != nil {
				return err
			}
			if now := k.clock(); now.Sub(began) >= stable {
				pauses.reset()
				pauses.hurry = k.hurry(now.Add(-silent))
			}
		}
		if !sleep(ctx, pauses.next()) {
			return ctx.Err()
		}
	}
}

// hold shows a connection until it ends, and those that take its place when it falls silent. It fails when no other should
// be made. It tells for how long the last one had been silent.
func (k *keeper[C]) hold(ctx context.Context, c C) (silent time.Duration, err error) {
	k.connected(c)
	k.logger.Info("connected", "path", c.Path())
	for next, ok := k.succeed(ctx, c); ok; next, ok = k.succeed(ctx, c) {
		k.connected(next)
		k.logger.Info("connected anew", "path", next.Path(), "silent", c.Silent())
		_ = c.Close()
		c = next
	}
	silent, err = c.Silent(), c.Err()
	k.lost(fault.ReasonOf(err))
	_ = c.Close()
	switch {
	case ctx.Err() != nil:
		return 0, ctx.Err()
	case fault.Is(err, fault.WrongKey):
		return 0, err
	default:
		k.logger.Info("the connection has ended", "error", err)
		return silent, nil
	}
}

func (k *keeper[C]) connected(c C) { k.set(c, "") }

func (k *keeper[C]) lost(why fault.Reason) {
	var none C
	k.set(none, why)
}

func (k *keeper[C]) set(live C, why fault.Reason) {
	k.mu.Lock()
	defer k.mu.Unlock()
	if k.live == live && k.fault == why {
		return
	}
	k.live, k.fault = live, why
	k.tell()
}

// finish notes why run has ended, for those who still ask.
func (k *keeper[C]) finish(err error) {
	k.mu.Lock()
	defer k.mu.Unlock()
	var none C
	k.live, k.over = none, err
	if fault.Is(err, fault.WrongKey) {
		k.fault = fault.WrongKey
	}
	k.tell()
}

// tell wakes everybody; the caller holds the mutex.
func (k *keeper[C]) tell() {
	close(k.news)
	k.news = make(chan struct{})
	select {
	case k.changed <- struct{}{}:
	default:
	}
}

var errEnded = errors.New("the link has ended")

func (k *keeper[C]) get(ctx context.Context) (C, error) {
	var none C
	for {
		k.mu.Lock()
		live, over, news := k.live, k.over, k.news
		k.mu.Unlock()
		switch {
		case fault.Is(over, fault.WrongKey):
			return none, over
		case over != nil:
			return none, fault.New(fault.CannotConnect, errors.Join(errEnded, over))
		case live != none && live.Err() == nil: // else run is about to notice
			return live, nil
		}
		select {
		case <-ctx.Done():
			return none, ctx.Err()
		case <-news:
		}
	}
}

func (k *keeper[C]) status() Status {
	k.mu.Lock()
	live, why := k.live, k.fault
	k.mu.Unlock()
	var none C
	if live == none {
		return Status{Fault: why}
	}
	if err := live.Err(); err != nil {
		return Status{Fault: fault.ReasonOf(err)}
	}
	return Status{Connected: true, Path: live.Path(), Delay: live.RTT()}
}

// sleep reports false when ctx has ended.
func sleep(ctx context.Context, d time.Duration) bool {
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-ctx.Done():
		return false
	case <-t.C:
		return true
	}
}

// pauses doubles from firstPause to longest, each spread over its upper half.
type pauses struct {
	random func() float64 // 0 ≤ x < 1
	last   time.Duration  // before spreading; 0: none yet
	hurry  func() bool    // whether longestInHurry is enough; nil: no
}

func (p *pauses) reset() { p.last = 0 }

func (p *pauses) next() time.Duration {
	p.last = min(max(2*p.last, firstPause), longest)
	if p.hurry != nil && p.hurry() {
		p.last = min(p.last, longestInHurry)
	}
	return p.last/2 + time.Duration(p.random()*float64(p.last/2))
}
