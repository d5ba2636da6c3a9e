package desk

import (
	"context"
	"errors"
	"io"
	"sync"
	"time"

	"deskhand/apps/internal/session"
	"deskhand/protocol/fault"
	"deskhand/protocol/pb"
	"deskhand/protocol/transport"
)

// Run keeps the rep present at the relay until ctx ends or the login is over: nil after Logout, else the fault logged_out,
// or account_inactive, versions_differ, wrong_key.
func (d *Desk) Run(ctx context.Context) error {
	ctx, cancel := context.WithCancel(ctx)
	var wg sync.WaitGroup
	defer wg.Wait()
	defer cancel()
	wg.Go(func() { d.jobs.run(ctx) })
	wg.Go(func() {
		select {
		case <-d.left:
			cancel()
		case <-ctx.Done():
		}
	})
	select {
	case <-d.login:
	case <-ctx.Done():
		return ctx.Err()
	}
	wg.Go(func() { d.keepAvailability(ctx) })
	return d.stay(ctx)
}

// stay watches, again and again.
func (d *Desk) stay(ctx context.Context) error {
	pause := firstPause
	for {
		err := d.watch(ctx)
		reason, connected := fault.ReasonOf(err), d.Snapshot().Connected
		left := isClosed(d.left) || d.leaving.Load() && reason == fault.LoggedOut
		over := left || ctx.Err() == nil && final(reason)
		d.update(func(st *state) {
			st.lost(reason)
			st.loggedOut = over
		})
		switch {
		case left:
			return nil
		case ctx.Err() != nil:
			return ctx.Err()
		case over:
			return err
		case connected:
			pause = firstPause
		}
		select {
		case <-ctx.Done():
		case <-time.After(pause):
		}
		pause = min(2*pause, longestPause)
	}
}

func isClosed(c <-chan struct{}) bool {
	select {
	case <-c:
		return true
	default:
		return false
	}
}

// final reports whether watching again would be in vain.
func final(r fault.Reason) bool {
	switch r {
	case fault.LoggedOut, fault.AccountInactive, fault.Forbidden, fault.VersionsDiffer, fault.WrongKey, fault.Invalid:
		return true
	default:
		return false
	}
}

// watch is one presence at the relay, from a connection to its loss. Its error is never nil.
func (d *Desk) watch(ctx context.Context) error {
	ctx, cancel := context.WithCancel(ctx)
	var wg sync.WaitGroup
	defer wg.Wait()
	defer cancel()
	conn, err := session.Await(ctx, d.cfg.Link, func(reason fault.Reason) {
		if d.Snapshot().Fault != reason {
			d.update(func(st *state) { st.fault = reason })
		}
	})
	if err != nil {
		return err
	}
	var available bool
	d.update(func(st *state) {
		available, st.asked = st.available, false
		st.watching()
	})
	stream, err := pb.NewDeskClient(conn.Lane(transport.LaneControl)).Watch(
		d.callContext(ctx), &pb.WatchRequest{Available: available})
	if err != nil {
		return fault.FromStatus(err)
	}
	wg.Go(func() { d.follow(ctx, conn, cancel) })
	for {
		e, err := stream.Recv()
		if err != nil {
			return why(err)
		}
		d.update(func(st *state) { st.event(e) })
		switch {
		case e.GetReady() != nil:
			signal(d.chosen) // a choice that was made meanwhile
			wg.Go(func() { d.loadHistory(ctx) })
		case e.GetDisplaced() != nil:
			return fault.New(fault.LoggedOut, errors.New("desk: displaced"))
		}
	}
}

// why is the reason of a Watch's end.
func why(err error) error {
	if errors.Is(err, io.EOF) {
		return fault.New(fault.CannotConnect, err)
	}
	return fault.FromStatus(err)
}

// follow shows how the connection is, and ends the Watch with it.
func (d *Desk) follow(ctx context.Context, conn session.Conn, end context.CancelFunc) {
	tick := time.NewTicker(delayEvery)
	defer tick.Stop()
	for {
		path, delay := conn.Path(), conn.RTT().Round(time.Millisecond/10)
		if now := d.Snapshot(); now.Path != path || (now.Delay-delay).Abs() >= time.Millisecond {
			d.update(func(st *state) { st.path, st.delay = path, delay })
		}
		select {
		case <-ctx.Done():
			return
		case <-conn.Done():
			end()
			return
		case <-tick.C:
		}
	}
}

// loadHistory fetches the first page; a failure leaves what is there, the next connection brings it.
func (d *Desk) loadHistory(ctx context.Context) {
	reply, err := d.history(ctx, &pb.HistoryRequest{})
	if err != nil {
		d.cfg.Logger.Warn("history", "reason", fault.ReasonOf(err))
		return
	}
	d.update(func(st *state) { st.page(sessionsOf(reply.GetSessions()), reply.GetNext()) })
}

// SetAvailable begins or pauses postings to this rep. It never blocks; the choice outlasts lost connections.
func (d *Desk) SetAvailable(on bool) {
	d.update(func(st *state) { st.available, st.asked = on, true })
	signal(d.chosen)
}

// keepAvailability tells the relay the newest choice, until it has heard it. Each Watch tells it as well.
func (d *Desk) keepAvailability(ctx context.Context) {
	for {
		select {
		case <-ctx.Done():
			return
		case <-d.chosen:
		}
		d.mu.Lock()
		want, due := d.st.available, d.st.asked && d.st.connected
		d.st.heard = nil
		d.mu.Unlock()
		if !due {
			continue
		}
		_, err := call(ctx, d, func(ctx context.Context, c pb.DeskClient) (*pb.SetAvailabilityReply, error) {
			return c.SetAvailability(ctx, &pb.SetAvailabilityRequest{Available: want})
		})
		if err == nil {
			d.update(func(st *state) { st.agreed(want) })
			continue
		}
		d.cfg.Logger.Warn("availability", "reason", fault.ReasonOf(err))
		select {
		case <-ctx.Done():
		case <-time.After(longestPause):
			signal(d.chosen)
		}
	}
}
