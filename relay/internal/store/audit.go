package store

import (
	"context"
	"database/sql"
)

// Audit adds an entry to the audit trail. It must hold no code, token, password or file name.
func (s *Store) Audit(ctx context.Context, e Entry) error {
	return s.write(ctx, "audit", func(tx *sql.Tx) error { return note(ctx, tx, e) })
}

func note(ctx context.Context, tx *sql.Tx, e Entry) error {
	_, err := tx.ExecContext(ctx, `INSERT INTO audit (at, actor, action, subject, detail)
		VALUES (COALESCE(?, CAST(unixepoch('subsec') * 1000 AS INTEGER)), ?, ?, ?, ?)`,
		millis(e.At), e.Actor, e.Action, e.Subject, e.Detail)
	return err
}

// AuditTrail gives the newest entries, newest first.
func (s *Store) AuditTrail(ctx context.Context, limit int) ([]Entry, error) {
	entries, err := all(ctx, s.reader, func(r row) (e Entry, err error) {
		return e, r.Scan(instant{&e.At}, &e.Actor, &e.Action, &e.Subject, &e.Detail)
	}, `SELECT at, actor, action, subject, detail FROM audit ORDER BY id DESC LIMIT ?`, limit)
	return entries, read("audit trail", "", err)
}
