package store

import (
	"context"
	"database/sql"
	"errors"
	"math"

	"deskhand/protocol/fault"
)

// AddLine adds a line to a session's chat log and gives its number: 1, 2, 3 … without gaps. A line with a ClientID that
// its sender has used before in this session is not added again; the number is that of the first. fault.SessionUnknown;
// fault.SessionOver for something said after the end, while status lines are still taken then.
func (s *Store) AddLine(ctx context.Context, l Line) (seq uint64, err error) {
	err = s.write(ctx, "add line", func(tx *sql.Tx) error {
		if l.ClientID != "" {
			seq, err = one(ctx, tx, scanOne[uint64], `SELECT seq FROM lines WHERE session_id = ? AND from_id = ? AND client_id = ?`,
				l.SessionID, l.From, l.ClientID)
			if !errors.Is(err, ErrNotFound) {
				return err
			}
		}
		seq, err = one(ctx, tx, scanOne[uint64], `UPDATE sessions SET last_seq = last_seq + 1
			WHERE id = ? AND (ended_at IS NULL OR ? <> 0) RETURNING last_seq`, l.SessionID, l.Status)
		if errors.Is(err, ErrNotFound) {
			return whyClosed(ctx, tx, l.SessionID, fault.Internal)
		} else if err != nil {
			return err
		}
		_, err = tx.ExecContext(ctx, `INSERT INTO lines (session_id, seq, at, from_id, name, text, status, client_id)
			VALUES (?, ?, ?, ?, ?, ?, ?, ?)`, l.SessionID, seq, millis(l.At), l.From, l.Name, l.Text, l.Status, l.ClientID)
		return err
	})
	return seq, err
}

// Lines gives a session's chat log after the line with the given number; 0 is all of it.
func (s *Store) Lines(ctx context.Context, sessionID string, after uint64) ([]Line, error) {
	after = min(after, math.MaxInt64) // the largest number that SQL knows
	lines, err := all(ctx, s.reader, func(r row) (l Line, err error) {
		return l, r.Scan(&l.SessionID, &l.Seq, instant{&l.At}, &l.From, &l.Name, &l.Text, &l.Status, &l.ClientID)
	}, `SELECT session_id, seq, at, from_id, name, text, status, client_id FROM lines
		WHERE session_id = ? AND seq > ? ORDER BY seq`, sessionID, after)
	return lines, read("lines", "", err)
}
