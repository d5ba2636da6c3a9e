package desk

import (
	"context"
	"sync"

	"deskhand/protocol/fault"
)

const (
	maxJobs = 64 // that wait; more fail at once with too_slow
	workers = 16 // that run at a time
)

// jobs are calls that windows made and do not wait for.
type jobs struct {
	queue chan job

	mu   sync.Mutex // guards over, and adding to the queue against its end
	over bool
}

type job struct {
	work func(ctx context.Context) error
	done func(error)
}

func (j job) finish(err error) {
	if j.done != nil {
		j.done(err)
	}
}

func newJobs() jobs { return jobs{queue: make(chan job, maxJobs)} }

// Do runs work on a goroutine of the desk's and then calls done with what it returned, on that goroutine; done may be
// nil. It never blocks. At most 16 run at a time, 64 more wait for Run or for their turn. What is too much fails at once
// with too_slow, and after Run with logged_out; done is called before Do returns then.
func (d *Desk) Do(work func(ctx context.Context) error, done func(error)) {
	j := job{work, done}
	if err := d.jobs.add(j); err != nil {
		j.finish(err)
	}
}

func (q *jobs) add(j job) error {
	q.mu.Lock()
	defer q.mu.Unlock()
	if q.over {
		return fault.New(fault.LoggedOut, nil)
	}
	select {
	case q.queue <- j:
		return nil
	default:
		return fault.New(fault.TooSlow, nil)
	}
}

// run works until ctx ends, then fails what waits and what comes.
func (q *jobs) run(ctx context.Context) {
	var wg sync.WaitGroup
	for range workers {
		wg.Go(func() { q.worker(ctx) })
	}
	wg.Wait()
	q.mu.Lock()
	q.over = true
	q.mu.Unlock()
	for {
		select {
		case j := <-q.queue:
			j.finish(fault.New(fault.LoggedOut, nil))
		default:
			return
		}
	}
}

func (q *jobs) worker(ctx context.Context) {
	for {
		select {
		case <-ctx.Done():
			return
		case j := <-q.queue:
			j.finish(j.work(ctx))
		}
	}
}
