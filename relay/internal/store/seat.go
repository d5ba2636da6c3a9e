package store

import (
	"context"

	"deskhand/protocol/fault"
	"deskhand/relay/internal/role"
)

// full finds the limit that keeps a rep out: that of the nearest team which is full, since who leaves there leaves all
// above it too, else the company's; nil when there is a seat.
func (l Lookup) full(ctx context.Context, r Rep) (*Full, error) {
	teams, err := l.teamsAbove(ctx, r.TeamID)
	if err != nil {
		return nil, err
	}
	for _, t := range teams {
		if t.Logins == 0 {
			continue
		}
		holders, err := l.TeamSeats(ctx, t.ID)
		if err != nil {
			return nil, err
		}
		if len(holders) >= t.Logins {
			return &Full{Of: t.Name, Limit: t.Logins, Holders: holders}, nil
		}
	}
	c, err := l.CompanyByID(ctx, r.CompanyID)
	if err != nil || c.Seats == 0 {
		return nil, err
	}
	holders, err := l.Seats(ctx, c.ID)
	if err != nil || len(holders) < c.Seats {
		return nil, err
	}
	return &Full{Of: c.Name, Limit: c.Seats, Holders: holders}, nil
}

const selectHolder = `SELECT r.id, r.login, r.name, MIN(l.made_at),
	(SELECT COUNT(*) FROM sessions s WHERE s.rep_id = r.id AND s.ended_at IS NULL)
	FROM logins l JOIN reps r ON r.id = l.rep_id WHERE l.displaced_at IS NULL AND r.role = 'rep' `

const holderOrder = ` GROUP BY r.id, r.login, r.name ORDER BY r.login_key`

func scanHolder(r row) (h Holder, err error) {
	return h, r.Scan(&h.RepID, &h.Login, &h.Name, instant{&h.Since}, &h.Sessions)
}

// Seats lists the reps who hold a company's seats, by login (P-05).
func (l Lookup) Seats(ctx context.Context, companyID int64) ([]Holder, error) {
	h, err := all(ctx, l.db, scanHolder, selectHolder+`AND r.company_id = ?`+holderOrder, companyID)
	return h, read("seats", "", err)
}

// TeamSeats lists the reps of a team and its subteams who are logged in, by login (MC-06).
func (l Lookup) TeamSeats(ctx context.Context, teamID int64) ([]Holder, error) {
	h, err := all(ctx, l.db, scanHolder, selectHolder+
		`AND r.team_id IN (SELECT team_id FROM team_tree WHERE above_id = ?)`+holderOrder, teamID)
	return h, read("seats of team", "", err)
}

// ClearSeat frees a rep's seat at once (P-05); the rep is displaced, as by another rep (L-03). ErrNotFound when it holds
// none.
func (c *Change) ClearSeat(ctx context.Context, repID int64) error {
	r, err := c.RepByID(ctx, repID)
	if err != nil {
		return err
	}
	if r.Role != role.Rep {
		return fault.New(fault.Invalid, ErrRole)
	}
	if err := c.may(role.Seats, r.CompanyID, r.TeamID); err != nil {
		return err
	}
	e := Entry{At: c.by.At, Actor: c.by.Name, Action: "seat_cleared", Subject: r.Login}
	if err := displace(ctx, c.tx, repID, e); err != nil {
		return err
	}
	c.entries = append(c.entries, e)
	return nil
}
