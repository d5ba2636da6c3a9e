package store

import (
	"cmp"
	"context"
	"database/sql"
	"errors"
	"slices"
	"time"

	"deskhand/protocol/fault"
)

const queryColumns = `session_id, portal_id, state, customer, email, question, language, system, ticket_hash,
	COALESCE(rep_id, 0), posted_at, expires_at, COALESCE(subportal_id, 0), COALESCE(wanted_id, 0)`

func scanQuery(r row) (q Query, err error) {
	return q, r.Scan(&q.SessionID, &q.PortalID, &q.State, &q.Customer, &q.Email, &q.Question, &q.Language, &q.System,
		&q.TicketHash, &q.RepID, instant{&q.PostedAt}, instant{&q.ExpiresAt}, &q.SubportalID,
		&q.WantedID)
}

// PostQuery adds a waiting query; ErrNumberInUse when its number has been given out before, fault.PortalUnknown when its
// subportal is not the portal's.
func (s *Store) PostQuery(ctx context.Context, q Query) error {
	return s.write(ctx, "post query", func(tx *sql.Tx) error {
		if err := reserve(ctx, tx, q.SessionID); err != nil {
			return err
		}
		door, err := claim(ctx, tx, `INSERT INTO queries (session_id, portal_id, state, customer, email, question, language,
			system, ticket_hash, posted_at, expires_at, wanted_id, subportal_id)
			SELECT ?, ?, 'waiting', ?, ?, ?, ?, ?, ?, ?, ?, ?, id FROM subportals
			WHERE portal_id = ? AND (? = 0 OR id = ?) ORDER BY id LIMIT 1`,
			q.SessionID, q.PortalID, q.Customer, q.Email, q.Question, q.Language, q.System, q.TicketHash,
			millis(q.PostedAt), millis(q.ExpiresAt), some(q.WantedID), q.PortalID, q.SubportalID, q.SubportalID)
		if err == nil && !door {
			err = fault.New(fault.PortalUnknown, nil)
		}
		return err
	})
}

// Query finds a query in any state; fault.QueryOver.
func (s *Store) Query(ctx context.Context, sessionID string) (Query, error) {
	q, err := one(ctx, s.reader, scanQuery, `SELECT `+queryColumns+` FROM queries WHERE session_id = ?`, sessionID)
	return q, read("query", fault.QueryOver, err)
}

// QueryByTicket finds a query in any state by the SHA-256 of its ticket; fault.QueryOver.
func (s *Store) QueryByTicket(ctx context.Context, hash []byte) (Query, error) {
	q, err := one(ctx, s.reader, scanQuery, `SELECT `+queryColumns+` FROM queries WHERE ticket_hash = ?`, hash)
	return q, read("query by ticket", fault.QueryOver, err)
}

// TakeQuery gives a waiting query to a rep and makes its session. Exactly one call for a query succeeds; the others get
// fault.QueryTaken. fault.QueryOver when it has expired by `at` or was withdrawn, fault.Forbidden when the rep is not
// active, does not serve the subportal or is not the one who was chosen (M-05), fault.Displaced (L-03), fault.TooManyChats
// when the rep has as many customers as allowed (RC-13).
func (s *Store) TakeQuery(ctx context.Context, sessionID string, repID int64, at time.Time) (taken Session, err error) {
	err = s.write(ctx, "take query", func(tx *sql.Tx) error {
		won, err := claim(ctx, tx, `UPDATE queries SET state = 'taken', rep_id = ?
			WHERE session_id = ? AND state = 'waiting' AND expires_at > ? AND COALESCE(wanted_id, ?) = ? AND EXISTS (
				SELECT 1 FROM serving v WHERE v.subportal_id = queries.subportal_id AND v.rep_id = ?)`,
			repID, sessionID, at.UnixMilli(), repID, repID, repID)
		if err != nil {
			return err
		}
		q, err := one(ctx, tx, scanQuery, `SELECT `+queryColumns+` FROM queries WHERE session_id = ?`, sessionID)
		if !won {
			return whyNotTaken(q, at, err)
		}
		if err != nil {
			return err
		}
		if err := mayTake(ctx, tx, repID, q.PortalID); err != nil {
			return err
		}
		taken, err = startSession(ctx, tx, Session{
			ID: q.SessionID, PortalID: q.PortalID, RepID: repID, Customer: q.Customer, Email: q.Email, Question: q.Question,
			Language: q.Language, System: q.System, PostedAt: q.PostedAt, StartedAt: at,
		})
		return err
	})
	return taken, err
}

// mayTake refuses a rep who is displaced or has as many customers as allowed; the claim is taken back with the transaction.
func mayTake(ctx context.Context, tx *sql.Tx, repID, portalID int64) error {
	if err := mayStart(ctx, tx, repID); err != nil {
		return err
	}
	rights, err := Lookup{tx}.Rights(ctx, repID, portalID)
	if err != nil || rights.Chats() == 0 {
		return err
	}
	chats, err := one(ctx, tx, scanOne[int], `SELECT COUNT(*) FROM sessions WHERE rep_id = ? AND ended_at IS NULL`, repID)
	if err == nil && chats >= rights.Chats() {
		err = fault.New(fault.TooManyChats, nil)
	}
	return err
}

func whyNotTaken(q Query, at time.Time, err error) error {
	switch {
	case errors.Is(err, ErrNotFound):
		return fault.New(fault.QueryOver, err)
	case err != nil:
		return err
	case q.State == QueryTaken:
		return fault.New(fault.QueryTaken, nil)
	case q.State == QueryWaiting && at.UnixMilli() < q.ExpiresAt.UnixMilli():
		return fault.New(fault.Forbidden, errors.New("the rep does not serve the subportal, or another one was chosen"))
	default:
		return fault.New(fault.QueryOver, nil)
	}
}

// ReturnQuery makes a taken query wait again and deletes its session with its lines. The time that it was taken for does
// not count against its lifetime. fault.QueryTaken when the customer has joined, fault.QueryOver in any other state.
func (s *Store) ReturnQuery(ctx context.Context, sessionID string, at time.Time) error {
	return s.write(ctx, "return query", func(tx *sql.Tx) error {
		session, err := one(ctx, tx, scanSession, selectSession+`WHERE s.id = ?`, sessionID)
		switch {
		case errors.Is(err, ErrNotFound):
			return fault.New(fault.QueryOver, err)
		case err != nil:
			return err
		case !session.JoinedAt.IsZero():
			return fault.New(fault.QueryTaken, errors.New("the customer has joined"))
		}
		pause := max(0, at.UnixMilli()-session.StartedAt.UnixMilli())
		returned, err := claim(ctx, tx, `UPDATE queries SET state = 'waiting', rep_id = NULL, expires_at = expires_at + ?
			WHERE session_id = ? AND state = 'taken'`, pause, sessionID)
		if err != nil {
			return err
		}
		gone, err := claim(ctx, tx, `DELETE FROM sessions WHERE id = ? AND joined_at IS NULL AND ended_at IS NULL`, sessionID)
		if err == nil && !(returned && gone) {
			err = fault.New(fault.QueryOver, nil)
		}
		return err
	})
}

// ExpireQueries ends the queries that nobody took in time and gives them, oldest first. A query lives until just before
// its ExpiresAt.
func (s *Store) ExpireQueries(ctx context.Context, now time.Time) (expired []Query, err error) {
	err = s.write(ctx, "expire queries", func(tx *sql.Tx) error {
		expired, err = all(ctx, tx, scanQuery, `UPDATE queries SET state = 'expired'
			WHERE state = 'waiting' AND expires_at <= ? RETURNING `+queryColumns, now.UnixMilli())
		return err
	})
	slices.SortFunc(expired, func(a, b Query) int {
		return cmp.Or(a.PostedAt.Compare(b.PostedAt), cmp.Compare(a.SessionID, b.SessionID))
	})
	return expired, err
}

// WithdrawQuery ends a waiting query because the customer left. fault.QueryTaken, fault.QueryOver.
func (s *Store) WithdrawQuery(ctx context.Context, sessionID string) (withdrawn Query, err error) {
	err = s.write(ctx, "withdraw query", func(tx *sql.Tx) error {
		won, err := claim(ctx, tx, `UPDATE queries SET state = 'withdrawn' WHERE session_id = ? AND state = 'waiting'`, sessionID)
		if err != nil {
			return err
		}
		withdrawn, err = one(ctx, tx, scanQuery, `SELECT `+queryColumns+` FROM queries WHERE session_id = ?`, sessionID)
		switch {
		case errors.Is(err, ErrNotFound):
			return fault.New(fault.QueryOver, err)
		case err != nil || won:
			return err
		case withdrawn.State == QueryTaken:
			return fault.New(fault.QueryTaken, nil)
		default:
			return fault.New(fault.QueryOver, nil)
		}
	})
	return withdrawn, err
}

// Waiting lists a company's waiting queries, or all companies' for 0, oldest first.
func (s *Store) Waiting(ctx context.Context, companyID int64) ([]Query, error) {
	q, err := all(ctx, s.reader, scanQuery, `SELECT `+queryColumns+` FROM queries WHERE state = 'waiting'
		AND (? = 0 OR portal_id IN (SELECT id FROM portals WHERE company_id = ?)) ORDER BY posted_at, session_id`,
		companyID, companyID)
	return q, read("waiting queries", "", err)
}

// Decline remembers that a rep does not want a query; a second time changes nothing. fault.QueryOver when there is none,
// and for a rep who does not serve its subportal, whose business it is not that there is one.
func (s *Store) Decline(ctx context.Context, sessionID string, repID int64) error {
	return s.write(ctx, "decline query", func(tx *sql.Tx) error {
		_, err := one(ctx, tx, scanOne[string], `SELECT q.session_id FROM queries q
			JOIN serving v ON v.subportal_id = q.subportal_id WHERE q.session_id = ? AND v.rep_id = ?`, sessionID, repID)
		if err != nil {
			return fault.New(fault.QueryOver, err)
		}
		_, err = tx.ExecContext(ctx, `INSERT INTO declines (session_id, rep_id) VALUES (?, ?) ON CONFLICT DO NOTHING`,
			sessionID, repID)
		return err
	})
}

// Declined lists the waiting queries that a rep has declined.
func (s *Store) Declined(ctx context.Context, repID int64) ([]string, error) {
	ids, err := all(ctx, s.reader, scanOne[string], `SELECT d.session_id FROM declines d
		JOIN queries q ON q.session_id = d.session_id WHERE d.rep_id = ? AND q.state = 'waiting' ORDER BY d.session_id`, repID)
	return ids, read("declined queries", "", err)
}

// Declines lists the reps that have declined a query.
func (s *Store) Declines(ctx context.Context, sessionID string) ([]int64, error) {
	ids, err := all(ctx, s.reader, scanOne[int64], `SELECT rep_id FROM declines WHERE session_id = ? ORDER BY rep_id`, sessionID)
	return ids, read("declines", "", err)
}
