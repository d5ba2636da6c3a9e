package transport

import (
	"context"
	"errors"
	"slices"
	"time"

	"deskhand/protocol/fault"
)

// attempt is one way to connect.
type attempt[T any] struct {
	after     time.Duration // since the race began; attempts are listed in this order
	preferred bool          // may still win for a while after another one has arrived
	run       func(context.Context) (T, error)
}

// race runs attempts with head starts and gives what arrives first. A preferred attempt may arrive up to grace later
// than another and still win. When one fails the next starts at once. A wrong key ends the race: an impostor on one path
// must not look like a network that lets nothing through.
//
// It returns when all attempts have ended; those that arrived and did not win are given to discard.
func race[T any](ctx context.Context, grace time.Duration, attempts []attempt[T], discard func(T)) (T, error) {
	ctx, cancel := context.WithCancel(ctx)
	r := &racing[T]{grace: grace, waiting: attempts, finished: make(chan finish[T], len(attempts))}
	err := r.run(ctx)
	cancel()
	for ; r.running > 0; r.running-- {
		if f := <-r.finished; f.err == nil {
			r.arrived = append(r.arrived, f.value)
		}
	}
	var winner T
	if err == nil {
		winner, r.arrived = r.arrived[0], r.arrived[1:]
	}
	for _, late := range r.arrived {
		discard(late)
	}
	return winner, err
}

// finish is how an attempt ended.
type finish[T any] struct {
	value     T
	err       error
	preferred bool
}

// racing is the state of one race; the goroutine that called race owns it.
type racing[T any] struct {
	grace     time.Duration
	waiting   []attempt[T]
	finished  chan finish[T] // has room for all attempts
	running   int
	preferred int // how many of the running ones are
	arrived   []T // the best first
	errs      []error
}

// run returns nil when the first of those that arrived has won.
func (r *racing[T]) run(ctx context.Context) error {
	began := time.Now()
	timer := time.NewTimer(0) // until the next one starts or, when something has arrived, until it wins
	defer timer.Stop()
	for {
		select {
		case <-ctx.Done():
			return fault.New(fault.CannotConnect, errors.Join(append(r.errs, context.Cause(ctx))...))
		case <-timer.C:
			if len(r.arrived) > 0 {
				return nil
			}
			r.startNext(ctx)
			if len(r.waiting) > 0 {
				timer.Reset(time.Until(began.Add(r.waiting[0].after)))
			}
		case f := <-r.finished:
			over, err := r.note(f)
			switch {
			case over:
				return err
			case f.err == nil && len(r.arrived) == 1:
				timer.Reset(r.grace)
			case len(r.arrived) == 0 && len(r.waiting) > 0:
				timer.Reset(0)
			}
		}
	}
}

func (r *racing[T]) startNext(ctx context.Context) {
	next := r.waiting[0]
	r.waiting = r.waiting[1:]
	r.running++
	if next.preferred {
		r.preferred++
	}
	go func() { // race waits for it
		value, err := next.run(ctx)
		r.finished <- finish[T]{value, err, next.preferred}
	}()
}

// note takes in how an attempt ended and tells whether that decides the race.
func (r *racing[T]) note(f finish[T]) (over bool, err error) {
	r.running--
	if f.preferred {
		r.preferred--
	}
	switch {
	case f.err != nil:
		r.errs = append(r.errs, f.err)
	case f.preferred:
		r.arrived = slices.Insert(r.arrived, 0, f.value)
		return true, nil
	default:
		r.arrived = append(r.arrived, f.value)
	}
	switch {
	case fault.Is(f.err, fault.WrongKey):
		return true, f.err
	case len(r.arrived) > 0:
		return r.preferred == 0, nil
	case r.running == 0 && len(r.waiting) == 0:
		return true, fault.New(fault.CannotConnect, errors.Join(r.errs...))
	default:
		return false, nil
	}
}
