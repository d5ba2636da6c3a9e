package desk

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"deskhand/protocol/code"
	"deskhand/protocol/fault"
	"deskhand/relay/internal/account"
	"deskhand/relay/internal/routing"
	"deskhand/relay/internal/store"
)

// Limits on what a customer may write, in characters; the rest is cut off.
const (
	MaxName     = 80
	MaxEmail    = 254
	MaxQuestion = 2000
	maxFact     = 120
)

// Ask is what a customer tells on a portal's page. What may be empty is for the portal to say (M-10).
type Ask struct {
	Name, Email, Question string
	Subportal             string // the slug of the one that the customer came through; empty is the first one (M-12)
	RepID                 int64  // on match portals: who was chosen (M-05)
	Language              string // BCP 47
	System                string // for people: "Windows 11"
}

// Posted is a query that has entered the queue.
type Posted struct {
	SessionID string
	Ticket    string // secret of the customer who asked; base64url, 43 characters
}

// State is how far a posted query has come, as its customer sees it.
type State int

// The states, in the order in which a query goes through them.
const (
	PlaceWaiting   State = iota + 1 // for a rep
	PlaceTaken                      // a rep is there: start the customer app now
	PlaceJoined                     // the customer app is in the session
	PlaceExpired                    // nobody took it in time
	PlaceWithdrawn                  // the customer left
	PlaceOver                       // the session has ended
)

// Place is where a customer stands.
type Place struct {
	State     State
	SessionID string
	Portal    store.Portal
	Position  int           // while waiting: 1 is next
	Expected  time.Duration // while waiting; 0 when unknown
	Rep       string        // from PlaceTaken on: the screen name
	Code      string        // in PlaceTaken: nine digits that may be typed into the customer app instead of the link
	ExpiresAt time.Time     // while waiting
}

// Portal finds a portal by the last part of its address. Fault: portal_unknown.
func (d *Desk) Portal(ctx context.Context, slug string) (store.Portal, error) {
	return d.cfg.Store.PortalBySlug(ctx, slug)
}

// RepsOnline counts the reps who are logged in and serve a subportal of the portal, available or not.
func (d *Desk) RepsOnline(ctx context.Context, portalID int64) (int, error) {
	subportals, err := d.subportals(ctx, portalID)
	if err != nil {
		return 0, err
	}
	n := 0
	err = d.do(ctx, func(l *loop) {
		l.renew()
		n = l.online(subportals)
	})
	return n, err
}

// Post puts a query into a portal's queue. Faults: invalid when something is missing that the portal asks for,
// portal_unknown for a subportal that is not there, no_rep when no rep of the subportal is logged in, or the chosen one
// cannot be reached (M-05).
func (d *Desk) Post(ctx context.Context, portal store.Portal, a Ask) (Posted, error) {
	a = a.clean()
	if err := a.check(portal); err != nil {
		return Posted{}, err
	}
	subportal, err := d.cfg.Store.SubportalBySlug(ctx, portal.ID, a.Subportal)
	if err != nil {
		return Posted{}, fmt.Errorf("desk: post: %w", err)
	}
	if err := d.reachable(ctx, subportal, portal, a.RepID); err != nil {
		return Posted{}, err
	}
	ticket, hash, err := account.NewToken(d.cfg.Rand)
	if err != nil {
		return Posted{}, err
	}
	now := d.now()
	lifetime := cmp.Or(portal.QueryLifetime, store.DefaultQueryLifetime)
	q := store.Query{
		PortalID: portal.ID, SubportalID: subportal.ID, WantedID: a.RepID, State: store.QueryWaiting, Customer: a.Name, Email: a.Email, Question: a.Question,
		Language: a.Language, System: a.System, TicketHash: hash, PostedAt: now, ExpiresAt: now.Add(lifetime),
	}
	q.SessionID, err = d.draw(func(c code.Code) error {
		q.SessionID = c.String()
		return d.cfg.Store.PostQuery(ctx, q)
	})
	if err != nil {
		return Posted{}, fmt.Errorf("desk: post: %w", err)
	}
	d.tellQuery(portal.CompanyID, q.SessionID)
	return Posted{SessionID: q.SessionID, Ticket: ticket}, nil
}

// reachable refuses a query that nobody could take: the page then says so instead of letting the customer wait.
func (d *Desk) reachable(ctx context.Context, s store.Subportal, portal store.Portal, chosen int64) error {
	here := false
	err := d.do(ctx, func(l *loop) {
		l.renew()
		here = l.online([]int64{s.ID}) > 0
		if portal.Kind == store.KindMatch {
			here = slices.Contains(routing.Online([]int64{s.ID}, l.presences("", portal.ID)), chosen)
		}
	})
	if err == nil && !here {
		err = fault.New(fault.NoRep, nil)
	}
	return err
}

// check compares what was told with what the portal asks for (M-10).
func (a Ask) check(portal store.Portal) error {
	missing := func(use store.Use, value string) bool { return use == store.FieldRequired && value == "" }
	switch {
	case portal.Kind == store.KindCode:
		return fault.New(fault.Invalid, errors.New("desk: a code portal takes codes"))
	case portal.Kind == store.KindQuestion && a.Question == "":
		return fault.New(fault.Invalid, errors.New("desk: a question portal needs a question"))
	case (portal.Kind == store.KindMatch) != (a.RepID != 0):
		return fault.New(fault.Invalid, errors.New("desk: a match portal, and no other, needs a rep"))
	case missing(portal.Fields.Name, a.Name), missing(portal.Fields.Email, a.Email), missing(portal.Fields.Question, a.Question):
		return fault.New(fault.Invalid, errors.New("desk: something is missing that the portal asks for"))
	}
	return nil
}

func (a Ask) clean() Ask {
	return Ask{
		Subportal: oneLine(a.Subportal, maxFact), RepID: a.RepID,
		Name: oneLine(a.Name, MaxName), Email: oneLine(a.Email, MaxEmail), Question: text(a.Question, MaxQuestion),
		Language: oneLine(a.Language, maxFact), System: oneLine(a.System, maxFact),
	}
}

// Place tells where the holder of a ticket stands. The channel is closed as soon as that may have changed, never later;
// then ask again. Fault: query_over when nobody has such a ticket.
func (d *Desk) Place(ctx context.Context, ticket string) (Place, <-chan struct{}, error) {
	q, err := d.byTicket(ctx, ticket)
	if err != nil {
		return Place{}, nil, err
	}
	return d.place(ctx, q.SessionID)
}

// Withdraw takes a query back, or leaves a session that the customer has not joined yet. Doing it again, or too late, is
// no fault.
func (d *Desk) Withdraw(ctx context.Context, ticket string) error {
	q, err := d.byTicket(ctx, ticket)
	if err != nil {
		return err
	}
	return d.withdraw(ctx, q)
}

// CheckCode tells which portal an active code belongs to, without redeeming it. Faults: invalid when it is not nine
// digits, code_unknown, code_used, code_expired.
func (d *Desk) CheckCode(ctx context.Context, typed string) (store.Portal, error) {
	c, err := code.Parse(typed)
	if err != nil {
		return store.Portal{}, err
	}
	return d.checkCode(ctx, c.String())
}
