package store

import (
	"context"
	"database/sql"
	"errors"
	"strings"
	"time"

	"deskhand/protocol/fault"
	"deskhand/relay/internal/right"
)

const selectCode = `SELECT k.code, k.rep_id, k.portal_id, p.name, k.name, k.state, k.created_at, k.expires_at
	FROM codes k JOIN portals p ON p.id = k.portal_id `

func scanCode(r row) (c Code, err error) {
	return c, r.Scan(&c.Code, &c.RepID, &c.PortalID, &c.Portal, &c.Name, &c.State, instant{&c.CreatedAt}, instant{&c.ExpiresAt})
}

// CreateCode adds an active code of a rep for one of the rep's phone portals; limit is how many of them may be active, 0
// is what portal and rep are set to (CM-05). Codes count until they expire, whether ExpireCodes has seen them or not.
// fault.Invalid without a name, fault.AccountInactive, fault.Displaced, fault.PortalUnknown, fault.NameInUse,
// fault.TooManyCodes; ErrNumberInUse: draw another number.
func (s *Store) CreateCode(ctx context.Context, c Code, limit int) error {
	c.Name = strings.TrimSpace(c.Name)
	if c.Name == "" {
		return fault.New(fault.Invalid, errors.New("store: a code needs a name"))
	}
	return s.write(ctx, "create code", func(tx *sql.Tx) error {
		// Writing to the rep's row makes a rep's codes take turns, on any database.
		if on, err := claim(ctx, tx, `UPDATE reps SET id = id WHERE id = ? AND active`, c.RepID); err != nil {
			return err
		} else if !on {
			return fault.New(fault.AccountInactive, nil)
		}
		if err := mayStart(ctx, tx, c.RepID); err != nil {
			return err
		}
		if err := mayCreate(ctx, tx, c, limit); err != nil {
			return err
		}
		if err := reserve(ctx, tx, c.Code); err != nil {
			return err
		}
		_, err := tx.ExecContext(ctx, `INSERT INTO codes (code, rep_id, portal_id, name, name_key, state, created_at, expires_at)
			VALUES (?, ?, ?, ?, ?, 'active', ?, ?)`,
			c.Code, c.RepID, c.PortalID, c.Name, key(c.Name), millis(c.CreatedAt), millis(c.ExpiresAt))
		return err
	})
}

func mayCreate(ctx context.Context, tx *sql.Tx, c Code, limit int) error {
	_, err := one(ctx, tx, scanOne[int64], `SELECT p.id FROM portals p JOIN subportals s ON s.portal_id = p.id
		JOIN serving v ON v.subportal_id = s.id WHERE p.id = ? AND v.rep_id = ? AND p.mode = 'phone'`, c.PortalID, c.RepID)
	if errors.Is(err, ErrNotFound) {
		return fault.New(fault.PortalUnknown, err)
	} else if err != nil {
		return err
	}
	names, err := all(ctx, tx, scanOne[string], `SELECT name_key FROM codes
		WHERE rep_id = ? AND state = 'active' AND expires_at > ?`, c.RepID, c.CreatedAt.UnixMilli())
	if err != nil {
		return err
	}
	for _, name := range names {
		if name == key(c.Name) {
			return fault.New(fault.NameInUse, nil)
		}
	}
	if limit <= 0 {
		rights, err := Lookup{tx}.Rights(ctx, c.RepID, c.PortalID)
		if err != nil {
			return err
		}
		limit = int(rights.Number(right.MaxCodes))
	}
	if len(names) >= limit {
		return fault.New(fault.TooManyCodes, nil)
	}
	return nil
}

// Code finds a code in any state; fault.CodeUnknown.
func (s *Store) Code(ctx context.Context, code string) (Code, error) {
	c, err := one(ctx, s.reader, scanCode, selectCode+`WHERE k.code = ?`, code)
	return c, read("code", fault.CodeUnknown, err)
}

// RedeemCode turns an active code into a session with the code's number, portal and rep. Customer, Email, Question,
// Language, System and Host come from the session given; an empty Customer becomes the code's name. Exactly one call for a
// code succeeds. fault.CodeUnknown, fault.CodeUsed, fault.CodeExpired (cancelled ones as well), fault.NoRep when the
// rep's account is not active or its login was ended elsewhere (L-03).
func (s *Store) RedeemCode(ctx context.Context, code string, session Session, at time.Time) (started Session, err error) {
	err = s.write(ctx, "redeem code", func(tx *sql.Tx) error {
		won, err := claim(ctx, tx, `UPDATE codes SET state = 'redeemed' WHERE code = ? AND state = 'active' AND expires_at > ?
			AND EXISTS (SELECT 1 FROM reps r WHERE r.id = codes.rep_id AND r.active)
			AND codes.rep_id NOT IN (SELECT rep_id FROM displaced)`, code, at.UnixMilli())
		if err != nil {
			return err
		}
		c, err := one(ctx, tx, scanCode, selectCode+`WHERE k.code = ?`, code)
		if !won {
			return whyNotRedeemed(c, at, err)
		}
		if err != nil {
			return err
		}
		if session.Customer == "" {
			session.Customer = c.Name
		}
		session.ID, session.PortalID, session.RepID = c.Code, c.PortalID, c.RepID
		session.PostedAt, session.StartedAt = c.CreatedAt, at
		started, err = startSession(ctx, tx, session)
		return err
	})
	return started, err
}

func whyNotRedeemed(c Code, at time.Time, err error) error {
	switch {
	case errors.Is(err, ErrNotFound):
		return fault.New(fault.CodeUnknown, err)
	case err != nil:
		return err
	case c.State == CodeRedeemed:
		return fault.New(fault.CodeUsed, nil)
	case c.State == CodeActive && at.UnixMilli() < c.ExpiresAt.UnixMilli():
		return fault.New(fault.NoRep, errors.New("the rep's account is not active or its login was ended"))
	default:
		return fault.New(fault.CodeExpired, nil)
	}
}

// CancelCode makes one of the rep's active codes useless at once; fault.CodeUnknown, fault.CodeUsed, fault.CodeExpired.
func (s *Store) CancelCode(ctx context.Context, repID int64, code string) (cancelled Code, err error) {
	err = s.write(ctx, "cancel code", func(tx *sql.Tx) error {
		won, err := claim(ctx, tx, `UPDATE codes SET state = 'cancelled' WHERE code = ? AND rep_id = ? AND state = 'active'`,
			code, repID)
		if err != nil {
			return err
		}
		cancelled, err = one(ctx, tx, scanCode, selectCode+`WHERE k.code = ? AND k.rep_id = ?`, code, repID)
		switch {
		case errors.Is(err, ErrNotFound):
			return fault.New(fault.CodeUnknown, err)
		case err != nil || won:
			return err
		case cancelled.State == CodeRedeemed:
			return fault.New(fault.CodeUsed, nil)
		default:
			return fault.New(fault.CodeExpired, nil)
		}
	})
	return cancelled, err
}

// ExpireCodes ends the codes that nobody redeemed in time and gives them, oldest first. A code lives until just before
// its ExpiresAt.
func (s *Store) ExpireCodes(ctx context.Context, now time.Time) (expired []Code, err error) {
	err = s.write(ctx, "expire codes", func(tx *sql.Tx) error {
		expired, err = all(ctx, tx, scanCode, selectCode+`WHERE k.state = 'active' AND k.expires_at <= ?
			ORDER BY k.created_at, k.code`, now.UnixMilli())
		if err != nil || len(expired) == 0 {
			return err
		}
		for i := range expired {
			expired[i].State = CodeExpired
		}
		_, err = tx.ExecContext(ctx, `UPDATE codes SET state = 'expired' WHERE state = 'active' AND expires_at <= ?`, now.UnixMilli())
		return err
	})
	return expired, err
}

// ActiveCodes lists a rep's active codes, or all reps' for 0, oldest first, those included that have expired and that
// ExpireCodes has not seen.
func (s *Store) ActiveCodes(ctx context.Context, repID int64) ([]Code, error) {
	c, err := all(ctx, s.reader, scanCode, selectCode+`WHERE k.state = 'active' AND (? = 0 OR k.rep_id = ?)
		ORDER BY k.created_at, k.code`, repID, repID)
	return c, read("active codes", "", err)
}
