package store

import (
	"context"
	"database/sql"
	"errors"
	"time"

	"deskhand/protocol/fault"
)

// Password is one that replaces another. Of several changes from the same old one exactly one takes effect.
type Password struct {
	Hash string // PHC string
	Was  string // what is replaced; empty: whatever it is
	Must bool   // its owner has to change it before the next login (P-03)
	Keep []byte // SHA-256 of the token of a login that goes on; all others end (L-08)
	From []byte // a place that is familiar from now on; nil: none
}

// SetPassword replaces a rep's password and ends its logins, because the reps themselves may not have done it; the rep's
// other secrets stay. ErrNotFound, and for a password that is not Was any more fault.InvalidPassword. An owner may always
// change its own.
func (c *Change) SetPassword(ctx context.Context, repID int64, p Password) error {
	r, err := c.RepByID(ctx, repID)
	if err != nil {
		return err
	}
	if c.by.Name != r.Login {
		if err := c.mayTouch(r); err != nil {
			return err
		}
	}
	return c.setPassword(ctx, r, p, "password_changed")
}

func (c *Change) setPassword(ctx context.Context, r Rep, p Password, action string) error {
	set, err := claim(ctx, c.tx, `UPDATE reps SET password_hash = ?, password_set_at = ?, must_change = ?
		WHERE id = ? AND removed_at IS NULL AND (? = '' OR password_hash = ?)`,
		p.Hash, millis(c.by.At), p.Must, r.ID, p.Was, p.Was)
	if err == nil && !set {
		err = fault.New(fault.InvalidPassword, errors.New("store: the password has been changed meanwhile"))
	}
	if err != nil {
		return err
	}
	if err := c.exec(ctx, `DELETE FROM logins WHERE rep_id = ? AND token_hash IS NOT ?`, r.ID, p.Keep); err != nil {
		return err
	}
	if err := c.exec(ctx, `UPDATE resets SET used_at = COALESCE(used_at, expires_at) WHERE rep_id = ?`, r.ID); err != nil {
		return err
	}
	return c.note(ctx, action, r.Login, "")
}

// ConfirmEmail writes down which address the owner of an account says is right (P-03).
func (c *Change) ConfirmEmail(ctx context.Context, repID int64, email string) error {
	r, err := c.RepByID(ctx, repID)
	if err != nil {
		return err
	}
	if c.by.Name != r.Login {
		return fault.New(fault.Forbidden, nil)
	}
	was := r.facts()
	r.Email, r.EmailConfirmed = email, true
	if err := c.exec(ctx, `UPDATE reps SET email = ?, email_confirmed = 1 WHERE id = ?`, email, repID); err != nil {
		return err
	}
	return c.note(ctx, "email_confirmed", r.Login, r.facts().since(was))
}

// Reset is a link by which a forgotten password can be replaced once (L-07).
type Reset struct {
	TokenHash       []byte // SHA-256 of what the link holds
	RepID           int64
	MadeAt, Expires time.Time
}

// AddReset remembers a link, unless the rep was sent as many as most since the time given; it reports whether it did.
func (s *Store) AddReset(ctx context.Context, n Reset, since time.Time, most int) (added bool, err error) {
	err = s.write(ctx, "add reset", func(tx *sql.Tx) error {
		if _, err := tx.ExecContext(ctx, `DELETE FROM resets WHERE expires_at <= ? AND made_at <= ?`, millis(n.MadeAt), millis(since)); err != nil {
			return err
		}
		added, err = claim(ctx, tx, `INSERT INTO resets (token_hash, rep_id, made_at, expires_at)
			SELECT ?, ?, ?, ? WHERE (SELECT COUNT(*) FROM resets WHERE rep_id = ? AND made_at > ?) < ?`,
			n.TokenHash, n.RepID, millis(n.MadeAt), millis(n.Expires), n.RepID, millis(since), most)
		if err != nil || !added {
			return err
		}
		r, err := Lookup{tx}.RepByID(ctx, n.RepID)
		if err != nil {
			return err
		}
		return note(ctx, tx, Entry{At: n.MadeAt, Actor: r.Login, Action: "reset_sent", Subject: r.Login})
	})
	return added && err == nil, err
}

// ResetRep tells whose link it is; fault.LinkExpired when it is unknown, too old or used.
func (s *Store) ResetRep(ctx context.Context, tokenHash []byte, at time.Time) (Rep, error) {
	r, err := one(ctx, s.reader, scanRep, selectRep+`JOIN resets x ON x.rep_id = r.id WHERE x.token_hash = ?
		AND x.used_at IS NULL AND x.expires_at > ? AND r.removed_at IS NULL`, tokenHash, millis(at))
	return r, read("reset", fault.LinkExpired, err)
}

// UseReset replaces the password of the link's rep; a link works once, and all of the rep's logins end.
// fault.LinkExpired.
func (s *Store) UseReset(ctx context.Context, tokenHash []byte, p Password, at time.Time) error {
	return s.Change(ctx, By{At: at}, func(c *Change) error {
		id, err := one(ctx, c.tx, scanOne[int64], `UPDATE resets SET used_at = ? WHERE token_hash = ? AND used_at IS NULL
			AND expires_at > ? RETURNING rep_id`, millis(at), tokenHash, millis(at))
		if errors.Is(err, ErrNotFound) {
			return fault.New(fault.LinkExpired, err)
		} else if err != nil {
			return err
		}
		r, err := c.RepByID(ctx, id)
		if err != nil {
			return err
		}
		c.by.Name = r.Login
		if p.From != nil {
			if err := remember(ctx, c.tx, Login{RepID: id, At: at, Places: [][]byte{p.From}}); err != nil {
				return err
			}
		}
		return c.setPassword(ctx, r, p, "password_reset")
	})
}
