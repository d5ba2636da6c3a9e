package desk

import (
	"errors"
	"time"

	"deskhand/protocol/fault"
	"deskhand/protocol/pb"
	"deskhand/relay/internal/routing"
	"deskhand/relay/internal/row"
	"deskhand/relay/internal/store"
)

// refreshQuery reads a query again and tells everybody whom it concerns.
func (l *loop) refreshQuery(id string) {
	l.renew()
	q, err := l.d.cfg.Store.Query(l.ctx, id)
	if fault.Is(err, fault.QueryOver) { // there is no such query: a session from a code
		l.abandoned(id)
		return
	}
	if err != nil {
		l.failed("read a query", err)
		return
	}
	portal, err := l.d.cfg.Store.PortalByID(l.ctx, q.PortalID)
	if err != nil {
		l.failed("read a portal", err)
		return
	}
	old := l.queries[id]
	if old == nil {
		old = &posted{}
	}
	returned := !old.waiting() && q.State == store.QueryWaiting
	old.query, old.portal = q, portal
	if returned {
		old.alerts, old.returnAt, old.joinBy = map[int64]time.Time{}, time.Time{}, time.Time{}
	}
	l.show(old)
	switch q.State {
	case store.QueryWaiting:
		l.queries[id] = old
		l.route(old)
	case store.QueryTaken:
		l.closeAlerts(old, pb.PostingClosed_TAKEN)
		l.taken(old)
	case store.QueryExpired:
		l.closeAlerts(old, pb.PostingClosed_EXPIRED)
		delete(l.queries, id)
	default:
		l.closeAlerts(old, pb.PostingClosed_WITHDRAWN)
		delete(l.queries, id)
	}
	l.wake(portal.ID)
}

// show sends a query's row to the reps of its subportal, except those who have declined it.
func (l *loop) show(q *posted) {
	e := queryEvent(q)
	for _, p := range l.reps {
		if p.subportals[q.query.SubportalID] && !p.declined[q.query.SessionID] {
			p.send(e)
		}
	}
}

// route alerts the reps who should be and are not yet. A queue portal's query rests with one rep at a time.
func (l *loop) route(q *posted) {
	if !q.waiting() || (q.portal.Mode == store.ModeQueue && len(q.alerts) > 0) {
		return
	}
	for _, id := range routing.Postings(q.query, q.portal, l.presences(q.query.SessionID, q.portal.ID)) {
		p := l.reps[id]
		if _, open := q.alerts[id]; open || p == nil {
			continue
		}
		if q.alerts == nil {
			q.alerts = map[int64]time.Time{}
		}
		q.alerts[id] = l.d.now()
		p.send(postingEvent(q))
	}
}

// pass hands a queue portal's query to the next rep when the alerted one has let it rest.
func (l *loop) pass(q *posted, now time.Time) {
	for id, since := range q.handOver() {
		if since.Add(AlertFor).After(now) {
			continue
		}
		l.closeAlert(q, id, pb.PostingClosed_EXPIRED)
		if p := l.reps[id]; p != nil {
			p.passes[q.query.SessionID]++
		}
	}
	l.route(q)
}

// closeAlerts takes down a query's alerts everywhere; at the rep who answered it says so.
func (l *loop) closeAlerts(q *posted, reason pb.PostingClosed_Reason) {
	for id := range q.alerts {
		r := reason
		if q.query.State == store.QueryTaken && id == q.query.RepID {
			r = pb.PostingClosed_ANSWERED
		}
		l.closeAlert(q, id, r)
	}
	for _, p := range l.reps {
		delete(p.passes, q.query.SessionID)
		delete(p.declined, q.query.SessionID)
	}
}

func (l *loop) closeAlert(q *posted, repID int64, reason pb.PostingClosed_Reason) {
	delete(q.alerts, repID)
	if p := l.reps[repID]; p != nil {
		p.send(&pb.DeskEvent{Event: &pb.DeskEvent_PostingClosed{PostingClosed: &pb.PostingClosed{
			SessionId: q.query.SessionID, Reason: reason,
		}}})
	}
}

// taken keeps an eye on a query until its customer has joined.
func (l *loop) taken(q *posted) {
	id := q.query.SessionID
	s, err := l.d.cfg.Store.Session(l.ctx, id)
	if err != nil || !s.JoinedAt.IsZero() || !s.EndedAt.IsZero() {
		delete(l.queries, id)
		return
	}
	l.queries[id] = q
	q.joinBy = s.StartedAt.Add(JoinWithin)
	if p := l.reps[q.query.RepID]; p != nil {
		p.idleSince = l.d.now()
		return
	}
	if q.returnAt.IsZero() {
		q.returnAt = l.d.now().Add(ReturnAfter)
	}
}

// giveBack lets a query wait again whose winner's console has gone before the customer joined.
func (l *loop) giveBack(id string, q *posted, now time.Time) {
	err := l.d.cfg.Store.ReturnQuery(l.ctx, id, now)
	if err != nil && !fault.Is(err, fault.QueryTaken) && !fault.Is(err, fault.QueryOver) {
		l.failed("return a query", err)
		q.returnAt = now.Add(time.Second)
		return
	}
	q.returnAt = time.Time{}
	l.d.tellQuery(q.portal.CompanyID, id)
	l.d.tellSession(q.portal.CompanyID, id)
}

// giveUp ends a session whose customer never came.
func (l *loop) giveUp(id string, q *posted, now time.Time) {
	q.joinBy = time.Time{}
	end := store.End{Cause: int(pb.Ended_LOST), At: now, Unless: store.Joined} // of which the desk may not have heard yet
	if _, err := l.d.cfg.Store.EndSession(l.ctx, id, end); err != nil && !errors.Is(err, l.ctx.Err()) {
		l.failed("end a session", err)
		q.joinBy = now.Add(time.Second)
		return
	}
	l.d.tellSession(q.portal.CompanyID, id)
}

// abandoned ends a session whose code was redeemed while the relay went down, so that its customer never got in.
func (l *loop) abandoned(id string) {
	s, err := l.d.cfg.Store.Session(l.ctx, id)
	if err != nil || !s.JoinedAt.IsZero() || !s.EndedAt.IsZero() {
		return
	}
	end := store.End{Cause: int(pb.Ended_LOST), At: l.d.now(), Unless: store.Joined}
	if _, err := l.d.cfg.Store.EndSession(l.ctx, id, end); err != nil {
		l.failed("end an abandoned session", err)
	}
}

// refreshSession reads a session again; its rep sees the new row.
func (l *loop) refreshSession(id string) {
	defer l.heardOf(id)
	s, err := l.d.cfg.Store.Session(l.ctx, id)
	if fault.Is(err, fault.SessionUnknown) { // the query waits again
		for _, p := range l.reps {
			if p.open[id] {
				delete(p.open, id)
				l.sessionsChanged(p)
			}
		}
		return
	}
	if err != nil {
		l.failed("read a session", err)
		return
	}
	if !s.JoinedAt.IsZero() || !s.EndedAt.IsZero() {
		delete(l.queries, id)
	}
	if p := l.reps[s.RepID]; p != nil {
		had := len(p.open)
		p.open[id] = true
		if !s.EndedAt.IsZero() {
			delete(p.open, id)
			p.idleSince = l.d.now()
		}
		p.send(sessionEvent(s))
		if len(p.open) != had {
			l.sessionsChanged(p)
		}
	}
	l.wakeOne(id)
}

func (l *loop) heardOf(sessionID string) {
	if l.d.cfg.OnSession != nil {
		l.d.cfg.OnSession(sessionID)
	}
}

// refreshCode reads a code again; its rep sees the new state.
func (l *loop) refreshCode(c string) {
	found, err := l.d.cfg.Store.Code(l.ctx, c)
	if err != nil {
		l.failed("read a code", err)
		return
	}
	delete(l.codes, c)
	if found.State == store.CodeActive {
		l.codes[c] = found.ExpiresAt
	}
	if p := l.reps[found.RepID]; p != nil {
		p.send(l.codeEvent(found))
	}
}

// decline takes a query off one rep's list.
func (l *loop) decline(repID int64, id string) {
	q, p := l.queries[id], l.reps[repID]
	if p == nil || q == nil {
		return
	}
	p.declined[id] = true
	gone := row.Query(q.query, q.portal.Name)
	gone.State = pb.QueryState_QUERY_DECLINED
	p.send(&pb.DeskEvent{Event: &pb.DeskEvent_Query{Query: gone}})
	if _, open := q.alerts[repID]; open {
		l.closeAlert(q, repID, pb.PostingClosed_ANSWERED)
	}
	l.route(q)
}
