package desk

import (
	"context"
	"crypto/sha256"
	"encoding/base64"
	"errors"
	"fmt"
	"time"

	"deskhand/protocol/code"
	"deskhand/protocol/fault"
	"deskhand/relay/internal/account"
	"deskhand/relay/internal/store"
)

// Joining is what a customer app brings along. Exactly one of Code and Ticket is set.
type Joining struct {
	Code                   string // nine digits: a code, or the number of a query that a rep has taken
	Ticket                 string // of a query
	Host, System, Language string
}

// Wait is where a customer app stands in line.
type Wait struct {
	Position int           // 1 is next
	Expected time.Duration // 0 when unknown
}

// Admitted lets a customer app into the room.
type Admitted struct {
	Session store.Session
	Token   string // bearer token for the session's lanes
}

// Join lets a customer app in. Codes and numbers work once; a ticket, which only the browser that asked has, also leads
// back into a session that its app has lost. With a ticket it waits for a rep and calls waiting at once and on each
// change; a caller that hangs up keeps its place. Faults: invalid, code_unknown, code_used, code_expired, no_rep,
// query_over, relay_stopping.
func (d *Desk) Join(ctx context.Context, j Joining, waiting func(Wait) error) (Admitted, error) {
	j.Host, j.System, j.Language = oneLine(j.Host, maxFact), oneLine(j.System, maxFact), oneLine(j.Language, maxFact)
	switch {
	case (j.Code == "") == (j.Ticket == ""):
		return Admitted{}, fault.New(fault.Invalid, errors.New("desk: join needs a code or a ticket"))
	case j.Ticket != "":
		return d.joinByTicket(ctx, j, waiting)
	}
	c, err := code.Parse(j.Code)
	if err != nil {
		return Admitted{}, err
	}
	found, err := d.cfg.Store.Code(ctx, c.String())
	if fault.Is(err, fault.CodeUnknown) {
		return d.joinByNumber(ctx, c.String(), j)
	}
	if err != nil {
		return Admitted{}, fmt.Errorf("desk: join: %w", err)
	}
	return d.redeem(ctx, found, j)
}

// redeem turns a code into a session with the rep who made it; while that rep is logged out the code is left alone.
func (d *Desk) redeem(ctx context.Context, c store.Code, j Joining) (Admitted, error) {
	here := false
	if err := d.do(ctx, func(l *loop) { here = l.reps[c.RepID] != nil }); err != nil {
		return Admitted{}, err
	}
	if !here && c.State == store.CodeActive && c.ExpiresAt.After(d.now()) {
		return Admitted{}, fault.New(fault.NoRep, nil)
	}
	token, hash, err := account.NewToken(d.cfg.Rand)
	if err != nil {
		return Admitted{}, err
	}
	// A caller who hangs up in between must not leave a code that is used and a session that nobody can join.
	ctx = context.WithoutCancel(ctx)
	facts := store.Session{Language: j.Language, System: j.System, Host: j.Host}
	s, err := d.cfg.Store.RedeemCode(ctx, c.Code, facts, d.now())
	if err != nil {
		return Admitted{}, fmt.Errorf("desk: join: %w", err)
	}
	if rep, err := d.cfg.Store.RepByID(ctx, c.RepID); err == nil {
		d.tellCode(rep.CompanyID, c.Code)
	}
	return d.admit(ctx, s.ID, j, token, hash)
}

func (d *Desk) joinByNumber(ctx context.Context, number string, j Joining) (Admitted, error) {
	if _, err := d.takenQuery(ctx, number); err != nil {
		return Admitted{}, err
	}
	token, hash, err := account.NewToken(d.cfg.Rand)
	if err != nil {
		return Admitted{}, err
	}
	return d.admit(ctx, number, j, token, hash)
}

func (d *Desk) joinByTicket(ctx context.Context, j Joining, waiting func(Wait) error) (Admitted, error) {
	last := Wait{}
	for {
		at, changed, err := d.Place(ctx, j.Ticket)
		if err != nil {
			return Admitted{}, err
		}
		switch at.State {
		case PlaceTaken, PlaceJoined:
			token := tokenOf(j.Ticket)
			return d.admit(ctx, at.SessionID, j, token, account.HashToken(token))
		case PlaceExpired:
			return Admitted{}, fault.New(fault.NoRep, nil)
		case PlaceWithdrawn:
			return Admitted{}, fault.New(fault.QueryOver, nil)
		case PlaceOver:
			return Admitted{}, fault.New(fault.SessionOver, nil)
		}
		if now := (Wait{at.Position, at.Expected}); now != last {
			if err := waiting(now); err != nil {
				return Admitted{}, err
			}
			last = now
		}
		select {
		case <-changed:
		case <-ctx.Done():
			return Admitted{}, ctx.Err()
		}
	}
}

// tokenOf makes a customer's token from the ticket. Asking again with the same ticket gives the same token, so that an
// answer that got lost on its way, or an app that crashed, does not lock its customer out.
func tokenOf(ticket string) string {
	sum := sha256.Sum256([]byte("deskhand customer token\x00" + ticket))
	return base64.RawURLEncoding.EncodeToString(sum[:])
}

func (d *Desk) admit(ctx context.Context, id string, j Joining, token string, hash []byte) (Admitted, error) {
	arrival := store.Arrival{TokenHash: hash, Host: j.Host, System: j.System, Language: j.Language, At: d.now()}
	if err := d.cfg.Store.JoinSession(ctx, id, arrival); err != nil {
		return Admitted{}, fmt.Errorf("desk: join: %w", err)
	}
	s, err := d.cfg.Store.Session(ctx, id)
	if err != nil {
		return Admitted{}, fmt.Errorf("desk: join: %w", err)
	}
	if err := d.SessionChanged(ctx, id); err != nil { // the customer is in all the same
		d.cfg.Logger.Error("nobody could be told that a customer has joined", "err", err)
	}
	return Admitted{Session: s, Token: token}, nil
}
