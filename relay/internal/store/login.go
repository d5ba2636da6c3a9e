package store

import (
	"context"
	"database/sql"
	"fmt"
	"time"

	"deskhand/protocol/fault"
	"deskhand/relay/internal/role"
)

const (
	// LoginLifetime is how long a login lives that nobody uses.
	LoginLifetime = 30 * 24 * time.Hour
	// A login that is used is written down at most this often.
	loginTouch = time.Hour
	// familiarPlaces is how many networks and devices of a rep are remembered, the newest ones.
	familiarPlaces = 20
)

// Login is one that begins.
type Login struct {
	TokenHash []byte // SHA-256 of its token
	RepID     int64
	At        time.Time
	From      string   // the network, for the audit trail
	Places    [][]byte // SHA-256 of the network and of the device: familiar ones from now on
	End       int64    // a rep who holds a seat and shall make room (L-02); 0 nobody
}

// AddLogin remembers a login, if there is a seat for it (P-05, MC-06). A seat is a rep, not a window: whoever is logged in
// already needs no other one, and managers need none. When company or team are full the error is a *Full, which is
// fault.SeatsTaken, with the holders; naming one of them as End displaces that one's logins in the same moment (L-03).
// Of two who want the last seat exactly one gets it.
func (s *Store) AddLogin(ctx context.Context, n Login) error {
	return s.write(ctx, "add login", func(tx *sql.Tx) error {
		l := Lookup{tx}
		_, err := tx.ExecContext(ctx, `DELETE FROM logins WHERE seen_at <= ?`, n.At.Add(-LoginLifetime).UnixMilli())
		if err != nil {
			return err
		}
		r, err := l.RepByID(ctx, n.RepID)
		if err != nil {
			return err
		}
		// Writing to the company's row makes its logins take turns, on any database.
		if err := changeOne(ctx, tx, `UPDATE companies SET id = id WHERE id = ?`, r.CompanyID); err != nil {
			return err
		}
		if err := sit(ctx, tx, r, n); err != nil {
			return err
		}
		if displaced, err := l.Displaced(ctx, r.ID); err != nil {
			return err
		} else if displaced { // not any more
			if err := revise(ctx, tx); err != nil {
				return err
			}
		}
		_, err = tx.ExecContext(ctx, `INSERT INTO logins (token_hash, rep_id, made_at, seen_at) VALUES (?, ?, ?, ?)`,
			n.TokenHash, n.RepID, millis(n.At), millis(n.At))
		if err != nil {
			return err
		}
		if err := remember(ctx, tx, n); err != nil {
			return err
		}
		return note(ctx, tx, Entry{At: n.At, Actor: r.Login, Action: "login", Detail: n.From})
	})
}

// sit finds a seat for a rep, or makes one by displacing who was named.
func sit(ctx context.Context, tx *sql.Tx, r Rep, n Login) error {
	l := Lookup{tx}
	if r.Role != role.Rep {
		return nil
	}
	seated, err := one(ctx, tx, scanOne[bool], `SELECT EXISTS (SELECT 1 FROM logins WHERE rep_id = ? AND displaced_at IS NULL)`, r.ID)
	if err != nil || seated {
		return err
	}
	full, err := l.full(ctx, r)
	if err != nil || full == nil {
		return err
	}
	if !full.holds(n.End) {
		return full
	}
	ended, err := l.RepByID(ctx, n.End)
	if err != nil {
		return err
	}
	e := Entry{At: n.At, Actor: r.Login, Action: "login_displaced", Subject: ended.Login, Detail: full.Of}
	if err := displace(ctx, tx, n.End, e); err != nil {
		return err
	}
	if full, err = l.full(ctx, r); err == nil && full != nil {
		return full // a limit further up has been lowered since; somebody else has to go as well
	}
	return err
}

// displace ends a rep's seat. Its logins stay, for the sessions that run.
func displace(ctx context.Context, tx *sql.Tx, repID int64, e Entry) error {
	done, err := claim(ctx, tx, `UPDATE logins SET displaced_at = COALESCE(?, seen_at) WHERE rep_id = ? AND displaced_at IS NULL`,
		millis(e.At), repID)
	if err != nil {
		return err
	}
	if !done {
		return ErrNotFound
	}
	if err := note(ctx, tx, e); err != nil {
		return err
	}
	return revise(ctx, tx)
}

func remember(ctx context.Context, tx *sql.Tx, n Login) error {
	for _, place := range n.Places {
		_, err := tx.ExecContext(ctx, `INSERT INTO familiar (rep_id, place, seen_at) VALUES (?, ?, ?)
			ON CONFLICT (rep_id, place) DO UPDATE SET seen_at = excluded.seen_at`, n.RepID, place, millis(n.At))
		if err != nil {
			return err
		}
	}
	_, err := tx.ExecContext(ctx, `DELETE FROM familiar WHERE rep_id = ?1 AND place NOT IN (
		SELECT place FROM familiar WHERE rep_id = ?1 ORDER BY seen_at DESC, place LIMIT ?2)`, n.RepID, familiarPlaces)
	return err
}

// Familiar reports which of the places the owner of a login has logged in from before. An unknown login has none.
func (s *Store) Familiar(ctx context.Context, login string, places [][]byte) ([]bool, error) {
	known := make([]bool, len(places))
	for i, place := range places {
		found, err := one(ctx, s.reader, scanOne[bool], `SELECT EXISTS (SELECT 1 FROM familiar f JOIN reps r ON r.id = f.rep_id
			WHERE r.login_key = ? AND r.removed_at IS NULL AND f.place = ?)`, key(login), place)
		if err != nil {
			return nil, read("familiar places", "", err)
		}
		known[i] = found
	}
	return known, nil
}

// LoginRep gives the rep whose login it is, and marks the login as used. fault.LoggedOut when it was ended or not used for
// LoginLifetime, fault.AccountInactive. A displaced login is none of these: Rep.Displaced says so.
func (s *Store) LoginRep(ctx context.Context, tokenHash []byte, at time.Time) (Rep, error) {
	var seen time.Time
	r, err := one(ctx, s.reader, func(r row) (p Rep, err error) {
		return p, r.Scan(append(p.columns(), instant{&seen}, &p.Displaced)...)
	}, `SELECT `+repColumns+`, l.seen_at, l.displaced_at IS NOT NULL FROM logins l JOIN reps r ON r.id = l.rep_id
		JOIN companies c ON c.id = r.company_id LEFT JOIN teams t ON t.id = r.team_id WHERE l.token_hash = ?`, tokenHash)
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

// LoginState tells, by the SHA-256 of its token as a string, whether each login there is has been displaced.
func (s *Store) LoginState(ctx context.Context) (map[string]bool, error) {
	state := map[string]bool{}
	_, err := all(ctx, s.reader, func(r row) (struct{}, error) {
		var hash []byte
		var displaced bool
		err := r.Scan(&hash, &displaced)
		state[string(hash)] = displaced
		return struct{}{}, err
	}, `SELECT token_hash, displaced_at IS NOT NULL FROM logins`)
	return state, read("logins", "", err)
}

// Displaced reports whether a rep has logins and each of them has been displaced.
func (l Lookup) Displaced(ctx context.Context, repID int64) (bool, error) {
	d, err := one(ctx, l.db, scanOne[bool], `SELECT EXISTS (SELECT 1 FROM displaced WHERE rep_id = ?)`, repID)
	return d, read("displaced", "", err)
}

// mayStart refuses a rep whose login was ended elsewhere: it keeps what runs and begins nothing new (L-03).
func mayStart(ctx context.Context, tx *sql.Tx, repID int64) error {
	displaced, err := Lookup{tx}.Displaced(ctx, repID)
	if err == nil && displaced {
		err = fault.New(fault.Displaced, nil)
	}
	return err
}

// Full says that nobody else can log in: to a company, or to a team of it. It is fault.SeatsTaken.
type Full struct {
	Of      string // whose limit it is: a company or a team
	Limit   int
	Holders []Holder // by login
}

func (f *Full) Error() string {
	return fmt.Sprintf("store: %s has %d of %d logins in use", f.Of, len(f.Holders), f.Limit)
}

// Unwrap makes it a fault.
func (f *Full) Unwrap() error { return fault.New(fault.SeatsTaken, nil) }

func (f *Full) holds(repID int64) bool {
	for _, h := range f.Holders {
		if h.RepID == repID {
			return true
		}
	}
	return false
}
