package store

import (
	"context"
	"database/sql"
	"errors"
	"strings"
	"time"

	"deskhand/protocol/fault"
)

const (
	defaultMaxCodes = 8 // CM-05

	// LoginLifetime is how long a login lives that nobody uses.
	LoginLifetime = 30 * 24 * time.Hour
	// A login that is used is written down at most this often.
	loginTouch = time.Hour
)

func scanCompany(r row) (c Company, err error) { return c, r.Scan(&c.ID, &c.Name) }

// AddCompany adds a company; ErrExists when there is one of that name.
func (s *Store) AddCompany(ctx context.Context, name string) (c Company, err error) {
	name = strings.TrimSpace(name)
	err = s.write(ctx, "add company", func(tx *sql.Tx) error {
		c, err = one(ctx, tx, scanCompany, `INSERT INTO companies (name, name_key) VALUES (?, ?)
			ON CONFLICT DO NOTHING RETURNING id, name`, name, key(name))
		return taken(err)
	})
	return c, err
}

// taken says of an insert without a result that the row was there already.
func taken(err error) error {
	if errors.Is(err, ErrNotFound) {
		return ErrExists
	}
	return err
}

// CompanyByName finds a company without regard to case; ErrNotFound.
func (s *Store) CompanyByName(ctx context.Context, name string) (Company, error) {
	c, err := one(ctx, s.reader, scanCompany, `SELECT id, name FROM companies WHERE name_key = ?`, key(name))
	return c, read("company", "", err)
}

const selectRep = `SELECT r.id, r.company_id, c.name, r.login, r.name, r.screen_name, r.password_hash, r.active, r.max_codes
	FROM reps r JOIN companies c ON c.id = r.company_id `

func scanRep(r row) (p Rep, err error) {
	return p, r.Scan(&p.ID, &p.CompanyID, &p.Company, &p.Login, &p.Name, &p.ScreenName, &p.PasswordHash, &p.Active, &p.MaxCodes)
}

// AddRep adds an account; ErrExists when the login is taken, without regard to case. ID and Company are ignored.
func (s *Store) AddRep(ctx context.Context, r Rep) (added Rep, err error) {
	r.Login, r.Name = strings.TrimSpace(r.Login), strings.TrimSpace(r.Name)
	if r.ScreenName = strings.TrimSpace(r.ScreenName); r.ScreenName == "" {
		r.ScreenName = r.Name
	}
	if r.MaxCodes == 0 {
		r.MaxCodes = defaultMaxCodes
	}
	err = s.write(ctx, "add rep", func(tx *sql.Tx) error {
		id, err := one(ctx, tx, scanOne[int64], `INSERT INTO reps
			(company_id, login, login_key, name, screen_name, password_hash, active, max_codes) VALUES (?, ?, ?, ?, ?, ?, ?, ?)
			ON CONFLICT DO NOTHING RETURNING id`,
			r.CompanyID, r.Login, key(r.Login), r.Name, r.ScreenName, r.PasswordHash, r.Active, r.MaxCodes)
		if err != nil {
			return taken(err)
		}
		added, err = one(ctx, tx, scanRep, selectRep+`WHERE r.id = ?`, id)
		return err
	})
	return added, err
}

// RepByLogin finds an account without regard to case (L-01); ErrNotFound.
func (s *Store) RepByLogin(ctx context.Context, login string) (Rep, error) {
	r, err := one(ctx, s.reader, scanRep, selectRep+`WHERE r.login_key = ?`, key(login))
	return r, read("rep", "", err)
}

// RepByID finds an account; ErrNotFound.
func (s *Store) RepByID(ctx context.Context, id int64) (Rep, error) {
	r, err := one(ctx, s.reader, scanRep, selectRep+`WHERE r.id = ?`, id)
	return r, read("rep", "", err)
}

// SetPassword replaces a rep's password hash (a PHC string); ErrNotFound.
func (s *Store) SetPassword(ctx context.Context, repID int64, hash string) error {
	return s.write(ctx, "set password", func(tx *sql.Tx) error {
		return changeOne(ctx, tx, `UPDATE reps SET password_hash = ? WHERE id = ?`, hash, repID)
	})
}

// SetActive lets a rep log in or not; an account that is switched off loses its logins at once. ErrNotFound.
func (s *Store) SetActive(ctx context.Context, repID int64, active bool) error {
	return s.write(ctx, "set active", func(tx *sql.Tx) error {
		if err := changeOne(ctx, tx, `UPDATE reps SET active = ? WHERE id = ?`, active, repID); err != nil || active {
			return err
		}
		_, err := tx.ExecContext(ctx, `DELETE FROM logins WHERE rep_id = ?`, repID)
		return err
	})
}

// changeOne is an update that must find its row.
func changeOne(ctx context.Context, tx *sql.Tx, query string, args ...any) error {
	found, err := claim(ctx, tx, query, args...)
	if err == nil && !found {
		err = ErrNotFound
	}
	return err
}

// AddLogin remembers a login under the SHA-256 of its token.
func (s *Store) AddLogin(ctx context.Context, tokenHash []byte, repID int64, at time.Time) error {
	return s.write(ctx, "add login", func(tx *sql.Tx) error {
		_, err := tx.ExecContext(ctx, `DELETE FROM logins WHERE seen_at <= ?`, at.Add(-LoginLifetime).UnixMilli())
		if err != nil {
			return err
		}
		_, err = tx.ExecContext(ctx, `INSERT INTO logins (token_hash, rep_id, made_at, seen_at) VALUES (?, ?, ?, ?)`,
			tokenHash, repID, millis(at), millis(at))
		return err
	})
}

// LoginRep gives the rep whose login it is, and marks the login as used. fault.LoggedOut when it was ended or not used for
// LoginLifetime, fault.AccountInactive.
func (s *Store) LoginRep(ctx context.Context, tokenHash []byte, at time.Time) (Rep, error) {
	var seen time.Time
	r, err := one(ctx, s.reader, func(r row) (p Rep, err error) {
		return p, r.Scan(&p.ID, &p.CompanyID, &p.Company, &p.Login, &p.Name, &p.ScreenName, &p.PasswordHash, &p.Active,
			&p.MaxCodes, instant{&seen})
	}, `SELECT r.id, r.company_id, c.name, r.login, r.name, r.screen_name, r.password_hash, r.active, r.max_codes, l.seen_at
		FROM logins l JOIN reps r ON r.id = l.rep_id JOIN companies c ON c.id = r.company_id WHERE l.token_hash = ?`, tokenHash)
	switch {
	case err != nil:
		return Rep{}, read("login", fault.LoggedOut, err)
	case !r.Active:
		return Rep{}, fault.New(fault.AccountInactive, nil)
	case at.Sub(seen) >= LoginLifetime:
		return Rep{}, fault.New(fault.LoggedOut, nil)
	case at.Sub(seen) < loginTouch:
		return r, nil
	}
	return r, s.write(ctx, "touch login", func(tx *sql.Tx) error {
		_, err := tx.ExecContext(ctx, `UPDATE logins SET seen_at = ? WHERE token_hash = ? AND seen_at < ?`,
			millis(at), tokenHash, millis(at))
		return err
	})
}

// EndLogin forgets a login; an unknown one is none too many.
func (s *Store) EndLogin(ctx context.Context, tokenHash []byte) error {
	return s.write(ctx, "end login", func(tx *sql.Tx) error {
		_, err := tx.ExecContext(ctx, `DELETE FROM logins WHERE token_hash = ?`, tokenHash)
		return err
	})
}
