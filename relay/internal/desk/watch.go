package desk

import (
	"context"
	"sync"

	"deskhand/protocol/fault"
	"deskhand/protocol/pb"
	"deskhand/relay/internal/store"
)

// watchQueue is how many changes a rep's console may be behind. When there are more they are all dropped, counted, and
// the console gets `reset` and the whole list anew.
const watchQueue = 256

// Watcher is one live Watch of a rep. Next and Close are for one goroutine.
type Watcher struct {
	d         *Desk
	rep       store.Rep
	token     string        // of the login it belongs to
	displaced bool          // the login was ended for another rep's sake; the loop's own
	signal    chan struct{} // has a token when there is something to read

	mu     sync.Mutex // guards all below; never held while anything is waited for
	events []*pb.DeskEvent
	limit  int  // how many events may stand in the queue now
	behind bool // the queue overflowed
	err    error
}

// Watch makes the rep present until Close. The events begin with everything that the rep may see, then `ready`.
func (d *Desk) Watch(ctx context.Context, rep store.Rep, token string, available bool) (*Watcher, error) {
	w := &Watcher{d: d, rep: rep, token: token, displaced: rep.Displaced, signal: make(chan struct{}, 1), limit: watchQueue}
	var failed error
	if err := d.do(ctx, func(l *loop) { failed = l.watch(w, available) }); err != nil {
		return nil, err
	}
	return w, failed
}

// Next waits for the next event. Faults: relay_stopping, logged_out.
func (w *Watcher) Next(ctx context.Context) (*pb.DeskEvent, error) {
	for {
		e, behind, err := w.pop()
		if e != nil || err != nil {
			return e, err
		}
		if behind {
			if err := w.restart(ctx); err != nil {
				return nil, err
			}
			continue
		}
		select {
		case <-w.signal:
		case <-ctx.Done():
			return nil, ctx.Err()
		}
	}
}

func (w *Watcher) pop() (e *pb.DeskEvent, behind bool, err error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if len(w.events) == 0 {
		return nil, w.behind, w.err
	}
	e = w.events[0]
	w.events[0] = nil
	w.events = w.events[1:]
	if len(w.events) == 0 {
		w.events, w.limit = nil, watchQueue
	}
	return e, false, nil
}

func (w *Watcher) restart(ctx context.Context) error {
	var failed error
	err := w.d.do(ctx, func(l *loop) {
		if p := l.reps[w.rep.ID]; p != nil {
			failed = l.begin(p, w)
		}
	})
	if err != nil {
		return err
	}
	return failed
}

// Close ends the presence that this watcher is.
func (w *Watcher) Close() {
	select {
	case w.d.commands <- func(l *loop) { l.unwatch(w) }:
	case <-w.d.done:
	}
}

// begin replaces the queue by a whole list, after `reset` if the reader has seen a part of an older one.
func (w *Watcher) begin(all []*pb.DeskEvent) {
	w.mu.Lock()
	if w.behind {
		all = append([]*pb.DeskEvent{{Event: &pb.DeskEvent_Reset_{Reset_: &pb.DeskEvent_Reset{}}}}, all...)
	}
	w.events, w.behind, w.limit = all, false, len(all)+watchQueue
	w.mu.Unlock()
	w.wake()
}

func (w *Watcher) push(e *pb.DeskEvent) {
	w.mu.Lock()
	switch {
	case w.behind: // the whole list follows anyway
	case len(w.events) >= w.limit:
		w.d.cfg.Metrics.WatchersBehind.Add(1)
		w.events, w.behind = nil, true
	default:
		w.events = append(w.events, e)
	}
	w.mu.Unlock()
	w.wake()
}

// spoil lets the reader begin anew with the whole list.
func (w *Watcher) spoil() {
	w.mu.Lock()
	w.events, w.behind = nil, true
	w.mu.Unlock()
	w.wake()
}

// end makes Next fail once it has given what is in the queue.
func (w *Watcher) end(err error) {
	w.mu.Lock()
	if w.err == nil {
		w.err = err
	}
	w.behind = false
	w.mu.Unlock()
	w.wake()
}

func (w *Watcher) wake() {
	select {
	case w.signal <- struct{}{}:
	default:
	}
}

// SetAvailability pauses or resumes postings to a rep, in all of the rep's consoles. Fault: displaced for who wants to be
// available again without a seat (L-03).
func (d *Desk) SetAvailability(ctx context.Context, rep store.Rep, available bool) error {
	if rep.Displaced && available {
		return fault.New(fault.Displaced, nil)
	}
	found := false
	err := d.do(ctx, func(l *loop) {
		if p := l.reps[rep.ID]; p != nil {
			found = true
			l.setAvailable(p, available)
		}
	})
	if err == nil && !found {
		return fault.New(fault.LoggedOut, nil)
	}
	return err
}

// Logout ends a login and every Watch that belongs to it.
func (d *Desk) Logout(ctx context.Context, token string) error {
	if err := d.cfg.Accounts.Logout(ctx, token); err != nil {
		return err
	}
	return d.do(ctx, func(l *loop) {
		for _, p := range l.reps {
			for w := range p.watchers {
				if w.token == token {
					w.end(fault.New(fault.LoggedOut, nil))
				}
			}
		}
	})
}
