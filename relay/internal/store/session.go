package store

import (
	"context"
	"database/sql"
	"errors"
	"strings"

	"deskhand/protocol/fault"
	"deskhand/relay/internal/right"
)

const selectSession = `SELECT s.id, s.portal_id, s.rep_id, p.name, r.name, r.screen_name, c.name, s.customer, s.email, s.question,
	s.language, s.system, s.host, s.token_hash, s.posted_at, s.started_at, s.joined_at, s.ended_at, s.ended_by, s.end_cause,
	s.outcome, s.notes, s.functions
	FROM sessions s JOIN portals p ON p.id = s.portal_id JOIN companies c ON c.id = p.company_id JOIN reps r ON r.id = s.rep_id `

func scanSession(r row) (s Session, err error) {
	var functions string
	err = r.Scan(&s.ID, &s.PortalID, &s.RepID, &s.Portal, &s.Rep, &s.RepScreenName, &s.Company, &s.Customer, &s.Email,
		&s.Question, &s.Language, &s.System, &s.Host, &s.TokenHash, instant{&s.PostedAt}, instant{&s.StartedAt},
		instant{&s.JoinedAt}, instant{&s.EndedAt}, &s.EndedBy, &s.EndCause, &s.Outcome, &s.Notes, &functions)
	s.Functions = right.ParseFunctions(functions)
	s.See, s.Control = s.Functions.May(right.See), s.Functions.May(right.Control)
	return s, err
}

// startSession inserts a session whose number is reserved already, with the rights that portal and rep have at this
// moment (M-14).
func startSession(ctx context.Context, tx *sql.Tx, s Session) (Session, error) {
	portal, err := one(ctx, tx, scanPortal, selectPortal+`WHERE p.id = ?`, s.PortalID)
	if err != nil {
		return Session{}, err
	}
	rights, err := Lookup{tx}.Rights(ctx, s.RepID, s.PortalID)
	if err != nil {
		return Session{}, err
	}
	_, err = tx.ExecContext(ctx, `INSERT INTO sessions (id, portal_id, rep_id, customer, email, question, language, system, host,
		posted_at, started_at, functions, haystack) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
		s.ID, s.PortalID, s.RepID, s.Customer, s.Email, s.Question, s.Language, s.System, s.Host,
		millis(s.PostedAt), millis(s.StartedAt), rights.Functions().String(), haystack(s, portal.Name))
	if err != nil {
		return Session{}, err
	}
	return one(ctx, tx, scanSession, selectSession+`WHERE s.id = ?`, s.ID)
}

// haystack is what a search looks through. Lower case is made here because SQLite knows it for a-z only.
func haystack(s Session, portal string) string {
	return strings.ToLower(strings.Join([]string{s.ID, s.Customer, s.Email, portal, s.Question}, "\n"))
}

// JoinSession lets the customer's app in under its token: once, or again with the same token. fault.SessionUnknown,
// fault.SessionOver, fault.CodeUsed when another one is in already.
func (s *Store) JoinSession(ctx context.Context, id string, a Arrival) error {
	return s.write(ctx, "join session", func(tx *sql.Tx) error {
		in, err := claim(ctx, tx, `UPDATE sessions SET token_hash = ?, joined_at = COALESCE(joined_at, ?),
			host = COALESCE(NULLIF(?, ''), host), system = COALESCE(NULLIF(?, ''), system),
			language = COALESCE(NULLIF(?, ''), language)
			WHERE id = ? AND ended_at IS NULL AND (token_hash IS NULL OR token_hash = ?)`,
			a.TokenHash, millis(a.At), a.Host, a.System, a.Language, id, a.TokenHash)
		if err != nil || in {
			return err
		}
		return whyClosed(ctx, tx, id, fault.CodeUsed)
	})
}

// whyClosed explains why a conditional update found no session: there is none, it is over, or else the given reason.
func whyClosed(ctx context.Context, tx *sql.Tx, id string, open fault.Reason) error {
	session, err := one(ctx, tx, scanSession, selectSession+`WHERE s.id = ?`, id)
	switch {
	case errors.Is(err, ErrNotFound):
		return fault.New(fault.SessionUnknown, err)
	case err != nil:
		return err
	case !session.EndedAt.IsZero():
		return fault.New(fault.SessionOver, nil)
	default:
		return fault.New(open, nil)
	}
}

// SessionByToken finds the running session that the SHA-256 of a customer's token belongs to. fault.SessionUnknown when the
// two do not belong together, fault.SessionOver after the end.
func (s *Store) SessionByToken(ctx context.Context, id string, hash []byte) (Session, error) {
	session, err := one(ctx, s.reader, scanSession, selectSession+`WHERE s.id = ? AND s.token_hash = ?`, id, hash)
	if err != nil {
		return Session{}, read("session by token", fault.SessionUnknown, err)
	}
	if !session.EndedAt.IsZero() {
		return Session{}, fault.New(fault.SessionOver, nil)
	}
	return session, nil
}

// Session finds a session, ended ones too; fault.SessionUnknown.
func (s *Store) Session(ctx context.Context, id string) (Session, error) {
	session, err := one(ctx, s.reader, scanSession, selectSession+`WHERE s.id = ?`, id)
	return session, read("session", fault.SessionUnknown, err)
}

// EndSession ends a session and reports whether this call did, which it does not when e.Unless holds; fault.SessionUnknown.
func (s *Store) EndSession(ctx context.Context, id string, e End) (ended bool, err error) {
	err = s.write(ctx, "end session", func(tx *sql.Tx) error {
		ended, err = claim(ctx, tx, `UPDATE sessions SET ended_at = ?, ended_by = ?, end_cause = ?, outcome = ?, notes = ?
			WHERE id = ? AND ended_at IS NULL AND (joined_at IS NULL OR ? = ?)`,
			millis(e.At), e.By, e.Cause, e.Outcome, e.Notes, id, e.Unless, Never)
		if err != nil || ended {
			return err
		}
		switch why := whyClosed(ctx, tx, id, fault.CodeUsed); {
		case fault.Is(why, fault.SessionOver), fault.Is(why, fault.CodeUsed) && e.Unless == Joined:
			return nil
		default:
			return why
		}
	})
	return ended && err == nil, err
}

// SetCustomer names the customer of a running session; fault.SessionUnknown, fault.SessionOver.
func (s *Store) SetCustomer(ctx context.Context, id, name string) error {
	return s.write(ctx, "set customer", func(tx *sql.Tx) error {
		session, err := one(ctx, tx, scanSession, selectSession+`WHERE s.id = ?`, id)
		if err != nil {
			return read("session", fault.SessionUnknown, err)
		}
		session.Customer = name
		set, err := claim(ctx, tx, `UPDATE sessions SET customer = ?, haystack = ? WHERE id = ? AND ended_at IS NULL`,
			name, haystack(session, session.Portal), id)
		if err == nil && !set {
			err = fault.New(fault.SessionOver, nil)
		}
		return err
	})
}

// OpenSessions lists the sessions that have not ended, oldest first.
func (s *Store) OpenSessions(ctx context.Context) ([]Session, error) {
	open, err := all(ctx, s.reader, scanSession, selectSession+`WHERE s.ended_at IS NULL ORDER BY s.started_at, s.id`)
	return open, read("open sessions", "", err)
}
