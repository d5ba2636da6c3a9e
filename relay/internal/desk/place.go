package desk

import (
	"context"
	"fmt"

	"deskhand/protocol/fault"
	"deskhand/protocol/pb"
	"deskhand/relay/internal/account"
	"deskhand/relay/internal/store"
)

// place is what customers who look at one query wait for.
type place struct {
	portalID int64
	changed  chan struct{}
}

// wake lets everybody in a portal's line look again: each one's position may have changed.
func (l *loop) wake(portalID int64) {
	for id, p := range l.places {
		if p.portalID == portalID {
			l.wakeOne(id)
		}
	}
}

func (l *loop) wakeOne(sessionID string) {
	if p := l.places[sessionID]; p != nil {
		delete(l.places, sessionID)
		close(p.changed)
	}
}

// place reads where a query stands, and lets the caller know when that may have changed. Reading in the loop leaves no
// gap in which a change could be missed. Nothing ever changes for a query that is over.
func (d *Desk) place(ctx context.Context, sessionID string) (Place, <-chan struct{}, error) {
	var found Place
	var changed <-chan struct{}
	var failed error
	err := d.do(ctx, func(l *loop) {
		if found, failed = l.look(sessionID); failed != nil || found.State >= PlaceExpired {
			return
		}
		p := l.places[sessionID]
		if p == nil {
			p = &place{portalID: found.Portal.ID, changed: make(chan struct{})}
			l.places[sessionID] = p
		}
		changed = p.changed
	})
	if err != nil {
		return Place{}, nil, err
	}
	return found, changed, failed
}

func (l *loop) look(sessionID string) (Place, error) {
	q, err := l.d.cfg.Store.Query(l.ctx, sessionID)
	if err != nil {
		return Place{}, fmt.Errorf("desk: place: %w", err)
	}
	portal, err := l.d.cfg.Store.PortalByID(l.ctx, q.PortalID)
	if err != nil {
		return Place{}, fmt.Errorf("desk: place: %w", err)
	}
	at := Place{SessionID: sessionID, Portal: portal}
	switch q.State {
	case store.QueryWaiting:
		at.State, at.Position, at.ExpiresAt = PlaceWaiting, l.position(q), q.ExpiresAt
		return at, nil
	case store.QueryTaken:
		return l.lookAtSession(at)
	case store.QueryExpired:
		at.State = PlaceExpired
	default:
		at.State = PlaceWithdrawn
	}
	return at, nil
}

func (l *loop) lookAtSession(at Place) (Place, error) {
	s, err := l.d.cfg.Store.Session(l.ctx, at.SessionID)
	if err != nil {
		return Place{}, fmt.Errorf("desk: place: %w", err)
	}
	at.Rep = s.RepScreenName
	switch {
	case !s.EndedAt.IsZero() && s.JoinedAt.IsZero() && s.EndCause == int(pb.Ended_CUSTOMER_ENDED):
		at.State = PlaceWithdrawn
	case !s.EndedAt.IsZero():
		at.State = PlaceOver
	case !s.JoinedAt.IsZero():
		at.State = PlaceJoined
	default:
		at.State, at.Code = PlaceTaken, at.SessionID
	}
	return at, nil
}

// position counts those before a query in its portal's line, and the query itself.
func (l *loop) position(q store.Query) int {
	n := 1
	for _, other := range l.queries {
		o := other.query
		if o.PortalID != q.PortalID || !other.waiting() || o.SessionID == q.SessionID {
			continue
		}
		if c := o.PostedAt.Compare(q.PostedAt); c < 0 || (c == 0 && o.SessionID < q.SessionID) {
			n++
		}
	}
	return n
}

func (d *Desk) withdraw(ctx context.Context, q store.Query) error {
	portal, err := d.cfg.Store.PortalByID(ctx, q.PortalID)
	if err != nil {
		return fmt.Errorf("desk: withdraw: %w", err)
	}
	_, err = d.cfg.Store.WithdrawQuery(ctx, q.SessionID)
	if fault.Is(err, fault.QueryOver) {
		return nil
	}
	if fault.Is(err, fault.QueryTaken) {
		return d.leave(ctx, portal.CompanyID, q.SessionID)
	}
	if err != nil {
		return fmt.Errorf("desk: withdraw: %w", err)
	}
	d.tellQuery(portal.CompanyID, q.SessionID)
	return nil
}

// leave ends a taken query's session unless its customer has joined: then the session ends where it lives.
func (d *Desk) leave(ctx context.Context, companyID int64, sessionID string) error {
	s, err := d.cfg.Store.Session(ctx, sessionID)
	if err != nil {
		return fmt.Errorf("desk: withdraw: %w", err)
	}
	if !s.JoinedAt.IsZero() {
		return nil
	}
	end := store.End{By: s.Customer, Cause: int(pb.Ended_CUSTOMER_ENDED), At: d.now(), Unless: store.Joined}
	if _, err := d.cfg.Store.EndSession(ctx, sessionID, end); err != nil {
		return fmt.Errorf("desk: withdraw: %w", err)
	}
	d.tellQuery(companyID, sessionID)
	d.tellSession(companyID, sessionID)
	return nil
}

func (d *Desk) byTicket(ctx context.Context, ticket string) (store.Query, error) {
	if ticket == "" {
		return store.Query{}, fault.New(fault.QueryOver, nil)
	}
	q, err := d.cfg.Store.QueryByTicket(ctx, account.HashToken(ticket))
	if err != nil {
		return store.Query{}, fmt.Errorf("desk: ticket: %w", err)
	}
	return q, nil
}

// checkCode looks at a code, or at the number of a query that a rep has taken and its customer not joined yet.
func (d *Desk) checkCode(ctx context.Context, number string) (store.Portal, error) {
	c, err := d.cfg.Store.Code(ctx, number)
	if fault.Is(err, fault.CodeUnknown) {
		at, err := d.takenQuery(ctx, number)
		return at.Portal, err
	}
	if err != nil {
		return store.Portal{}, fmt.Errorf("desk: code: %w", err)
	}
	switch {
	case c.State == store.CodeRedeemed:
		return store.Portal{}, fault.New(fault.CodeUsed, nil)
	case c.State != store.CodeActive, !c.ExpiresAt.After(d.now()):
		return store.Portal{}, fault.New(fault.CodeExpired, nil)
	}
	return d.cfg.Store.PortalByID(ctx, c.PortalID)
}

// takenQuery finds the query that nine typed digits stand for. They count only while a rep waits for the customer:
// before that they could be guessed while nobody looks.
func (d *Desk) takenQuery(ctx context.Context, number string) (Place, error) {
	at, _, err := d.place(ctx, number)
	if fault.Is(err, fault.QueryOver) {
		return Place{}, fault.New(fault.CodeUnknown, nil)
	}
	if err != nil {
		return Place{}, err
	}
	switch at.State {
	case PlaceTaken:
		return at, nil
	case PlaceJoined, PlaceOver:
		return Place{}, fault.New(fault.CodeUsed, nil)
	default:
		return Place{}, fault.New(fault.CodeUnknown, nil)
	}
}
