package desk

import (
	"context"
	"fmt"
	"time"

	"deskhand/relay/internal/right"
	"deskhand/relay/internal/store"
)

// How long things wait, beside the lifetimes that portals set.
const (
	// ReturnAfter is how long a winner's console may be gone before a query that its customer has not joined waits again.
	ReturnAfter = 10 * time.Second
	// JoinWithin is how long a customer has to start the app after a rep took the query.
	JoinWithin = 10 * time.Minute
	// AlertFor is how long a queue portal's query rests with one rep before the next one is alerted.
	AlertFor = 30 * time.Second
	// restAfter is the pause before something that should have worked is tried again.
	restAfter = 50 * time.Millisecond
)

// loop owns what can be rebuilt. Its methods are called by Run's goroutine only.
type loop struct {
	d       *Desk
	ctx     context.Context // Run's; bounds what the loop asks of the store
	reps    map[int64]*presence
	queries map[string]*posted // those that wait, and those taken whose customer has not joined
	codes   map[string]time.Time
	places  map[string]*place // customers who look at their place, by session id

	revision       int64                  // of the accounts that have been read
	renewAt        time.Time              // when to look for another one
	portalSettings map[int64]right.Values // by portal id
}

// posted is a query that is the desk's business.
type posted struct {
	query    store.Query
	portal   store.Portal
	alerts   map[int64]time.Time // reps whose alert stands open, and since when
	returnAt time.Time           // taken, and the winner's console is gone
	joinBy   time.Time           // taken: the customer has until then
}

func (p *posted) waiting() bool { return p.query.State == store.QueryWaiting }

// load reads what was going on when the relay stopped.
func (l *loop) load() error {
	waiting, err := l.d.cfg.Store.Waiting(l.ctx, 0)
	if err != nil {
		return fmt.Errorf("desk: load queries: %w", err)
	}
	for _, q := range waiting {
		l.refreshQuery(q.SessionID)
	}
	open, err := l.d.cfg.Store.OpenSessions(l.ctx)
	if err != nil {
		return fmt.Errorf("desk: load sessions: %w", err)
	}
	for _, s := range open {
		if s.JoinedAt.IsZero() {
			l.refreshQuery(s.ID)
		}
	}
	codes, err := l.d.cfg.Store.ActiveCodes(l.ctx, 0)
	if err != nil {
		return fmt.Errorf("desk: load codes: %w", err)
	}
	for _, c := range codes {
		l.codes[c.Code] = c.ExpiresAt
	}
	return nil
}

func (l *loop) run() {
	timer := time.NewTimer(0)
	defer timer.Stop()
	for {
		select {
		case f := <-l.d.commands:
			f(l)
		case <-l.d.changed.signal:
			l.catchUp(l.d.changed.take())
		case <-timer.C:
			l.tick(l.d.now())
		case <-l.ctx.Done():
			return
		}
		l.wind(timer)
	}
}

// catchUp reads again what has changed. Sessions go last, so that a rep's row leaves the incoming list before it appears
// among the sessions.
func (l *loop) catchUp(h heard) {
	for id := range h.queries {
		l.refreshQuery(id)
	}
	for c := range h.codes {
		l.refreshCode(c)
	}
	for id := range h.sessions {
		l.refreshSession(id)
	}
}

// wind sets the timer to the next thing that time alone changes; nothing due, no timer.
func (l *loop) wind(timer *time.Timer) {
	timer.Stop()
	if due, ok := l.due(); ok {
		timer.Reset(max(due.Sub(l.d.now()), restAfter))
	}
}

func (l *loop) due() (due time.Time, ok bool) {
	consider := func(t time.Time) {
		if !t.IsZero() && (!ok || t.Before(due)) {
			due, ok = t, true
		}
	}
	for _, p := range l.queries {
		if !p.waiting() {
			consider(p.returnAt)
			consider(p.joinBy)
			continue
		}
		consider(p.query.ExpiresAt)
		for _, since := range p.handOver() {
			consider(since.Add(AlertFor))
		}
	}
	for _, expires := range l.codes {
		consider(expires)
	}
	if len(l.reps) > 0 {
		consider(l.renewAt)
	}
	return due, ok
}

// handOver gives the alerts that go to somebody else after a while: those of queue portals.
func (p *posted) handOver() map[int64]time.Time {
	if p.portal.Mode != store.ModeQueue {
		return nil
	}
	return p.alerts
}

// tick does what is due. The store decides what has expired; what it says comes back as notices.
func (l *loop) tick(now time.Time) {
	l.expire(now)
	if len(l.reps) > 0 && !l.renewAt.After(now) {
		l.renew()
	}
	for id, p := range l.queries {
		switch {
		case p.waiting():
			l.pass(p, now)
		case due(p.returnAt, now):
			l.giveBack(id, p, now)
		case due(p.joinBy, now):
			l.giveUp(id, p, now)
		}
	}
}

func due(t, now time.Time) bool { return !t.IsZero() && !t.After(now) }

func (l *loop) expire(now time.Time) {
	queries, err := l.d.cfg.Store.ExpireQueries(l.ctx, now)
	if err != nil {
		l.failed("expire queries", err)
	}
	for _, q := range queries {
		if portal, err := l.d.cfg.Store.PortalByID(l.ctx, q.PortalID); err == nil {
			l.d.tellQuery(portal.CompanyID, q.SessionID)
		}
	}
	codes, err := l.d.cfg.Store.ExpireCodes(l.ctx, now)
	if err != nil {
		l.failed("expire codes", err)
	}
	for _, c := range codes {
		delete(l.codes, c.Code)
		if portal, err := l.d.cfg.Store.PortalByID(l.ctx, c.PortalID); err == nil {
			l.d.tellCode(portal.CompanyID, c.Code)
		}
	}
}

// stop lets go of everybody who waits.
func (l *loop) stop() {
	for _, p := range l.reps {
		for w := range p.watchers {
			w.end(errStopping)
		}
	}
	for _, p := range l.places {
		close(p.changed)
	}
}

func (l *loop) failed(what string, err error) {
	if l.ctx.Err() == nil {
		l.d.cfg.Logger.Error("the desk could not "+what, "err", err)
	}
}
