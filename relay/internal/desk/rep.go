package desk

import (
	"context"
	"errors"
	"fmt"

	"deskhand/protocol/code"
	"deskhand/protocol/fault"
	"deskhand/relay/internal/store"
)

// maxDraws bounds the search for nine digits that are not in use; with a million in use one draw in a thousand fails.
const maxDraws = 50

// Accept takes a query for a rep. Exactly one rep wins. Faults: query_taken, query_over, forbidden, too_many_chats (RC-13),
// displaced (L-03).
func (d *Desk) Accept(ctx context.Context, rep store.Rep, sessionID string) (store.Session, error) {
	if rep.Displaced {
		return store.Session{}, fault.New(fault.Displaced, nil)
	}
	s, err := d.cfg.Store.TakeQuery(ctx, sessionID, rep.ID, d.now())
	if err != nil {
		return store.Session{}, fmt.Errorf("desk: accept: %w", err)
	}
	d.tellQuery(rep.CompanyID, sessionID)
	d.tellSession(rep.CompanyID, sessionID)
	return s, nil
}

// Decline takes a query off this rep's list for good.
func (d *Desk) Decline(ctx context.Context, rep store.Rep, sessionID string) error {
	if err := d.cfg.Store.Decline(ctx, sessionID, rep.ID); err != nil {
		return fmt.Errorf("desk: decline: %w", err)
	}
	return d.do(ctx, func(l *loop) { l.decline(rep.ID, sessionID) })
}

// CreateCode makes a code for one of the rep's phone portals. Faults: invalid without a name, name_in_use,
// too_many_codes, portal_unknown, displaced (L-03).
func (d *Desk) CreateCode(ctx context.Context, rep store.Rep, name, slug string) (store.Code, error) {
	if rep.Displaced {
		return store.Code{}, fault.New(fault.Displaced, nil)
	}
	name = oneLine(name, MaxName)
	if name == "" {
		return store.Code{}, fault.New(fault.Invalid, errors.New("desk: a code needs a name"))
	}
	portal, err := d.cfg.Store.PortalBySlug(ctx, slug)
	if err != nil {
		return store.Code{}, err
	}
	if portal.CompanyID != rep.CompanyID || portal.Kind != store.KindCode {
		return store.Code{}, fault.New(fault.PortalUnknown, nil)
	}
	rights, err := d.cfg.Store.Rights(ctx, rep.ID, portal.ID)
	if err != nil {
		return store.Code{}, fmt.Errorf("desk: create code: %w", err)
	}
	now := d.now()
	c := store.Code{
		RepID: rep.ID, PortalID: portal.ID, Portal: portal.Name, Name: name, State: store.CodeActive, CreatedAt: now,
		ExpiresAt: now.Add(codeLifetime(rights)),
	}
	_, err = d.draw(func(drawn code.Code) error {
		c.Code = drawn.String()
		return d.cfg.Store.CreateCode(ctx, c, 0)
	})
	if err != nil {
		return store.Code{}, fmt.Errorf("desk: create code: %w", err)
	}
	d.tellCode(rep.CompanyID, c.Code)
	return c, nil
}

// CancelCode makes one of the rep's codes useless at once.
func (d *Desk) CancelCode(ctx context.Context, rep store.Rep, code string) error {
	if _, err := d.cfg.Store.CancelCode(ctx, rep.ID, code); err != nil {
		return fmt.Errorf("desk: cancel code: %w", err)
	}
	d.tellCode(rep.CompanyID, code)
	return nil
}

// History lists the rep's ended sessions, newest first.
func (d *Desk) History(ctx context.Context, rep store.Rep, before, search string, limit int) ([]store.Session, string, error) {
	return d.cfg.Store.History(ctx, rep.ID, before, oneLine(search, MaxName), limit)
}

// Transcript gives the chat of one of the rep's own sessions. Fault: session_unknown.
func (d *Desk) Transcript(ctx context.Context, rep store.Rep, sessionID string) ([]store.Line, error) {
	s, err := d.cfg.Store.Session(ctx, sessionID)
	if err != nil {
		return nil, fmt.Errorf("desk: transcript: %w", err)
	}
	if s.RepID != rep.ID {
		return nil, fault.New(fault.SessionUnknown, nil)
	}
	return d.cfg.Store.Lines(ctx, sessionID, 0)
}

// SessionChanged tells every desk that a room has changed a session in the store: its customer's name, or its end.
func (d *Desk) SessionChanged(ctx context.Context, sessionID string) error {
	s, err := d.cfg.Store.Session(ctx, sessionID)
	if err != nil {
		return fmt.Errorf("desk: %w", err)
	}
	portal, err := d.cfg.Store.PortalByID(ctx, s.PortalID)
	if err != nil {
		return fmt.Errorf("desk: %w", err)
	}
	d.tellSession(portal.CompanyID, sessionID)
	return nil
}

// draw finds nine digits that are not in use.
func (d *Desk) draw(try func(code.Code) error) (string, error) {
	for range maxDraws {
		c, err := code.New(d.cfg.Rand)
		if err != nil {
			return "", err
		}
		if err := try(c); !errors.Is(err, store.ErrNumberInUse) {
			return c.String(), err
		}
	}
	return "", fmt.Errorf("desk: %d numbers in a row were in use", maxDraws)
}
