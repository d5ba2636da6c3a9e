package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"strings"
	"time"

	"deskhand/protocol/fault"
)

// querier is a pool or a transaction.
type querier interface {
	ExecContext(ctx context.Context, query string, args ...any) (sql.Result, error)
	QueryContext(ctx context.Context, query string, args ...any) (*sql.Rows, error)
}

// row is one result, or the current one of several.
type row interface{ Scan(dest ...any) error }

// claim runs a conditional update or insert and reports whether it took effect.
func claim(ctx context.Context, db querier, query string, args ...any) (bool, error) {
	result, err := db.ExecContext(ctx, query, args...)
	if err != nil {
		return false, err
	}
	n, err := result.RowsAffected()
	return n > 0, err
}

// all gives every result of a query.
func all[T any](ctx context.Context, db querier, scan func(row) (T, error), query string, args ...any) ([]T, error) {
	rows, err := db.QueryContext(ctx, query, args...)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	var found []T
	for rows.Next() {
		one, err := scan(rows)
		if err != nil {
			return nil, err
		}
		found = append(found, one)
	}
	return found, rows.Err()
}

// one gives the first result of a query, or ErrNotFound.
func one[T any](ctx context.Context, db querier, scan func(row) (T, error), query string, args ...any) (T, error) {
	found, err := all(ctx, db, scan, query, args...)
	if err == nil && len(found) == 0 {
		err = ErrNotFound
	}
	if err != nil {
		var none T
		return none, err
	}
	return found[0], nil
}

// scanOne takes a row of a single column.
func scanOne[T any](r row) (v T, err error) { return v, r.Scan(&v) }

// read wraps the error of a reading method; what was not found becomes the given fault, if there is one.
func read(what string, missing fault.Reason, err error) error {
	switch {
	case err == nil:
		return nil
	case missing != "" && errors.Is(err, ErrNotFound):
		return fmt.Errorf("store: %s: %w", what, fault.New(missing, err))
	default:
		return fmt.Errorf("store: %s: %w", what, explain(err))
	}
}

// millis is a time as it is stored; the zero time is NULL.
func millis(t time.Time) any {
	if t.IsZero() {
		return nil
	}
	return t.UnixMilli()
}

// instant scans a stored time into t; NULL is the zero time.
type instant struct{ t *time.Time }

func (i instant) Scan(v any) error {
	switch ms := v.(type) {
	case nil:
		*i.t = time.Time{}
	case int64:
		*i.t = time.UnixMilli(ms).UTC()
	default:
		return fmt.Errorf("a time is a %T", v)
	}
	return nil
}

// period scans stored milliseconds into d.
type period struct{ d *time.Duration }

func (p period) Scan(v any) error {
	ms, ok := v.(int64)
	if !ok {
		return fmt.Errorf("a period is a %T", v)
	}
	*p.d = time.Duration(ms) * time.Millisecond
	return nil
}

// key is the form in which names are compared.
func key(name string) string { return strings.ToLower(strings.TrimSpace(name)) }

// isNumber reports whether s has the shape of a session ID.
func isNumber(s string) bool {
	return len(s) == 9 && strings.Trim(s, "0123456789") == ""
}

// reserve gives the number out, for ever.
func reserve(ctx context.Context, tx *sql.Tx, number string) error {
	if !isNumber(number) {
		return fault.New(fault.Invalid, errors.New("not nine digits"))
	}
	fresh, err := claim(ctx, tx, `INSERT INTO numbers (number) VALUES (?) ON CONFLICT DO NOTHING`, number)
	if err == nil && !fresh {
		err = ErrNumberInUse
	}
	return err
}
