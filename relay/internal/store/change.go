package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"time"

	"deskhand/protocol/fault"
	"deskhand/relay/internal/role"
)

// By is who changes something. A person whose powers do not cover a change gets fault.Forbidden.
type By struct {
	Name   string    // for the audit trail: a login, or what else it was
	At     time.Time // zero: the database's own clock
	Powers role.Person
}

// Change is a transaction that changes accounts, portals and settings. What it reads is what it has made. Each of its
// methods checks that the person may do that, and writes what was and what is to the audit trail, secrets excepted; when
// everything is as it should be already it does nothing and writes nothing. For one goroutine, until Store.Change returns.
type Change struct {
	Lookup
	tx      *sql.Tx
	by      By
	entries []Entry
}

// Change runs f in one transaction: all of it happens, or nothing when f fails.
func (s *Store) Change(ctx context.Context, by By, f func(*Change) error) error {
	_, err := s.change(ctx, by, f, nil)
	return err
}

// errRehearsed takes a transaction back that was never meant to last.
var errRehearsed = errors.New("store: rehearsed")

// Rehearse runs f like Change, takes everything back, and tells what would have been written to the audit trail.
func (s *Store) Rehearse(ctx context.Context, by By, f func(*Change) error) ([]Entry, error) {
	entries, err := s.change(ctx, by, f, errRehearsed)
	if errors.Is(err, errRehearsed) {
		err = nil
	}
	return entries, err
}

func (s *Store) change(ctx context.Context, by By, f func(*Change) error, end error) ([]Entry, error) {
	c := &Change{by: by}
	err := s.write(ctx, "change", func(tx *sql.Tx) error {
		c.tx, c.Lookup = tx, Lookup{tx}
		if err := f(c); err != nil {
			return err
		}
		if len(c.entries) > 0 {
			if err := revise(ctx, tx); err != nil {
				return err
			}
		}
		return end
	})
	return c.entries, err
}

// revise says that whoever keeps a copy of accounts has to read again.
func revise(ctx context.Context, tx *sql.Tx) error {
	_, err := tx.ExecContext(ctx, `UPDATE revision SET n = n + 1`)
	return err
}

// Entries are what has been written to the audit trail so far, oldest first.
func (c *Change) Entries() []Entry { return c.entries }

// may is the one place where powers are checked.
func (c *Change) may(d role.Duty, companyID, teamID int64) error {
	if c.by.Powers.May(d, companyID, teamID) {
		return nil
	}
	return fault.New(fault.Forbidden, fmt.Errorf("%s may not change %s there", c.by.Name, d))
}

// fact is one property of something, as the audit trail words it.
type fact struct{ name, value string }

func count(name string, n int) fact { return fact{name, strconv.Itoa(n)} }

func limit(name string, n int) fact {
	if n == 0 {
		return fact{name, "no limit"}
	}
	return count(name, n)
}

func yes(name string, b bool) fact {
	if b {
		return fact{name, "yes"}
	}
	return fact{name, "no"}
}

// facts are all that is known of something, in the same order every time.
type facts []fact

// since words what has changed; empty when nothing has. Without a before it is what is there.
func (f facts) since(before facts) string {
	var said []string
	for i, now := range f {
		switch {
		case before == nil && now.value != "":
			said = append(said, now.name+": "+now.value)
		case before != nil && before[i].value != now.value:
			said = append(said, fmt.Sprintf("%s: %s -> %s", now.name, orNone(before[i].value), orNone(now.value)))
		}
	}
	return strings.Join(said, "; ")
}

func orNone(s string) string {
	if s == "" {
		return "(none)"
	}
	return s
}

// note writes to the audit trail.
func (c *Change) note(ctx context.Context, action, subject, detail string) error {
	e := Entry{At: c.by.At, Actor: c.by.Name, Action: action, Subject: subject, Detail: detail}
	c.entries = append(c.entries, e)
	return note(ctx, c.tx, e)
}

// exec runs a statement of which only the error matters.
func (c *Change) exec(ctx context.Context, query string, args ...any) error {
	_, err := c.tx.ExecContext(ctx, query, args...)
	return err
}

// insert adds a row and gives its ID; ErrExists when its name is taken.
func (c *Change) insert(ctx context.Context, query string, args ...any) (int64, error) {
	id, err := one(ctx, c.tx, scanOne[int64], query+` ON CONFLICT DO NOTHING RETURNING id`, args...)
	return id, taken(err)
}

// taken says of an insert without a result that the row was there already.
func taken(err error) error {
	if errors.Is(err, ErrNotFound) {
		return ErrExists
	}
	return err
}

// rename runs an update that may collide with a name; ErrExists.
func (c *Change) update(ctx context.Context, query string, args ...any) error {
	err := changeOne(ctx, c.tx, query, args...)
	if isCollision(err) {
		return fmt.Errorf("%w: %w", ErrExists, err)
	}
	return err
}

// some is a number that is NULL when it is 0.
func some[T ~int | ~int64](n T) any {
	if n == 0 {
		return nil
	}
	return int64(n)
}
