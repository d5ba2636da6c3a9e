package store

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"strings"

	"deskhand/protocol/fault"
)

// Sizes of a page of history.
const (
	defaultPage = 100
	maxPage     = 500
)

// History lists a rep's ended sessions, newest first, a page at a time: limit of them (0 is 100, at most 500) that ended
// before the page that gave `before` as its next; next is empty at the end. search finds part of a session ID (separators
// do not matter), name, e-mail, portal or question, without regard to case. fault.Invalid for a malformed before.
func (s *Store) History(ctx context.Context, repID int64, before, search string, limit int) (page []Session, next string, err error) {
	if limit <= 0 {
		limit = defaultPage
	}
	limit = min(limit, maxPage)
	query := selectSession + `WHERE s.rep_id = ? AND s.ended_at IS NOT NULL`
	args := []any{repID}
	if before != "" {
		at, id, err := parseCursor(before)
		if err != nil {
			return nil, "", fault.New(fault.Invalid, err)
		}
		query += ` AND (s.ended_at < ? OR (s.ended_at = ? AND s.id < ?))`
		args = append(args, at, at, id)
	}
	if search = key(search); search != "" {
		query += ` AND (s.haystack LIKE ? ESCAPE '\' OR s.id LIKE ? ESCAPE '\')`
		args = append(args, like(search), like(digits(search)))
	}
	query += ` ORDER BY s.ended_at DESC, s.id DESC LIMIT ?`
	page, err = all(ctx, s.reader, scanSession, query, append(args, limit+1)...)
	if err != nil {
		return nil, "", read("history", "", err)
	}
	if len(page) > limit {
		page = page[:limit]
		next = cursor(page[limit-1])
	}
	return page, next, nil
}

// like is the pattern for everything that contains s.
func like(s string) string {
	return "%" + strings.NewReplacer(`\`, `\\`, `%`, `\%`, `_`, `\_`).Replace(s) + "%"
}

// digits takes the separators out of what may be part of a session ID; anything else stays as it is and matches no ID.
func digits(s string) string {
	bare := strings.NewReplacer(" ", "", "-", "", ".", "", "/", "", "\u00a0", "").Replace(s)
	if bare == "" || strings.Trim(bare, "0123456789") != "" {
		return s
	}
	return bare
}

// cursor names the place after a session in the history: the milliseconds of its end, a full stop, its ID.
func cursor(s Session) string { return fmt.Sprintf("%d.%s", s.EndedAt.UnixMilli(), s.ID) }

func parseCursor(text string) (at int64, id string, err error) {
	left, id, found := strings.Cut(text, ".")
	if !found || !isNumber(id) {
		return 0, "", errors.New("store: malformed place in the history")
	}
	at, err = strconv.ParseInt(left, 10, 64)
	return at, id, err
}
