package store

import (
	"context"
	"database/sql"

	"deskhand/protocol/fault"
)

// TOTP is a rep's second factor (P-06).
type TOTP struct {
	Sealed    []byte // the secret, which only the account package can read; empty: none
	Confirmed bool   // asked for at each login
}

// SetTOTP begins with a new second factor, which counts once ConfirmTOTP has seen a code of it. The one before, if there
// was one, is gone; so it takes the owner, who has just shown who it is.
func (c *Change) SetTOTP(ctx context.Context, repID int64, sealed []byte) error {
	r, err := c.RepByID(ctx, repID)
	if err != nil {
		return err
	}
	if c.by.Name != r.Login {
		return fault.New(fault.Forbidden, nil)
	}
	if err := c.update(ctx, `UPDATE reps SET totp_secret = ?, totp_confirmed = 0, totp_step = 0 WHERE id = ?`, sealed, repID); err != nil {
		return err
	}
	return c.note(ctx, "totp_begun", r.Login, "")
}

// ClearTOTP does away with a second factor: its owner's wish, or that of somebody who manages the account when the phone
// is lost.
func (c *Change) ClearTOTP(ctx context.Context, repID int64) error {
	r, err := c.RepByID(ctx, repID)
	if err != nil {
		return err
	}
	if c.by.Name != r.Login {
		if err := c.mayTouch(r); err != nil {
			return err
		}
	}
	had, err := claim(ctx, c.tx, `UPDATE reps SET totp_secret = NULL, totp_confirmed = 0, totp_step = 0
		WHERE id = ? AND totp_secret IS NOT NULL`, repID)
	if err != nil || !had {
		return err
	}
	return c.note(ctx, "totp_cleared", r.Login, "")
}

// TOTP gives a rep's second factor; ErrNotFound.
func (s *Store) TOTP(ctx context.Context, repID int64) (TOTP, error) {
	t, err := one(ctx, s.reader, func(r row) (t TOTP, err error) {
		return t, r.Scan(&t.Sealed, &t.Confirmed)
	}, `SELECT totp_secret, totp_confirmed FROM reps WHERE id = ?`, repID)
	return t, read("second factor", "", err)
}

// UseTOTP uses up a time step and all before it, so that no code works twice, and reports whether this one was still
// unused. With confirm the second factor is asked for from now on.
func (s *Store) UseTOTP(ctx context.Context, repID, step int64, confirm *By) (fresh bool, err error) {
	err = s.write(ctx, "use second factor", func(tx *sql.Tx) error {
		fresh, err = claim(ctx, tx, `UPDATE reps SET totp_step = ?, totp_confirmed = MAX(totp_confirmed, ?)
			WHERE id = ? AND totp_step < ? AND totp_secret IS NOT NULL`, step, confirm != nil, repID, step)
		if err != nil || !fresh || confirm == nil {
			return err
		}
		return note(ctx, tx, Entry{At: confirm.At, Actor: confirm.Name, Action: "totp_confirmed", Subject: confirm.Name})
	})
	return fresh && err == nil, err
}
