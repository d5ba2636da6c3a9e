package store

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"deskhand/protocol/fault"
	"deskhand/relay/internal/role"
)

// Mandate is what an account has been given.
func (l Lookup) Mandate(ctx context.Context, repID int64) (Mandate, error) {
	var m Mandate
	duties, err := all(ctx, l.db, scanOne[string], `SELECT duty FROM manager_duties WHERE rep_id = ? ORDER BY duty`, repID)
	if err != nil {
		return m, read("duties", "", err)
	}
	for _, d := range duties {
		m.Duties = append(m.Duties, role.Duty(d))
	}
	m.Teams, err = all(ctx, l.db, scanOne[int64], `SELECT team_id FROM manager_teams WHERE rep_id = ? ORDER BY team_id`, repID)
	return m, read("teams of a manager", "", err)
}

// Powers are what an account may do: its role, its duties, and its teams with all below them. An account that is
// switched off has none.
func (l Lookup) Powers(ctx context.Context, r Rep) (role.Person, error) {
	if !r.Active {
		return role.Person{}, nil
	}
	m, err := l.Mandate(ctx, r.ID)
	if err != nil {
		return role.Person{}, err
	}
	below, err := l.TeamsBelow(ctx, m.Teams)
	return role.Person{Role: r.Role, CompanyID: r.CompanyID, Duties: m.Duties, Teams: below}, err
}

// SetMandate gives a team manager its teams and duties, or a rep the duty to see its own reports and past sessions; what
// is not in m is taken away (MC-07, C-08). fault.Invalid for a duty that does not fit the role, ErrRole for teams of
// anybody but a team manager, ErrNotFound for other companies' teams.
func (c *Change) SetMandate(ctx context.Context, repID int64, m Mandate) error {
	r, err := c.RepByID(ctx, repID)
	if err != nil {
		return err
	}
	was, err := c.Mandate(ctx, repID)
	if err != nil {
		return err
	}
	slices.Sort(m.Duties)
	slices.Sort(m.Teams)
	m.Duties, m.Teams = slices.Compact(m.Duties), slices.Compact(m.Teams)
	if err := checkMandate(r, m); err != nil {
		return err
	}
	before, err := c.mandateFacts(ctx, r, was)
	if err != nil {
		return err
	}
	after, err := c.mandateFacts(ctx, r, m)
	if err != nil {
		return err
	}
	detail := after.since(before)
	if detail == "" {
		return nil
	}
	if err := c.mayMandate(r); err != nil {
		return err
	}
	if err := c.putMandate(ctx, repID, m); err != nil {
		return err
	}
	return c.note(ctx, "mandate_changed", r.Login, detail)
}

func checkMandate(r Rep, m Mandate) error {
	for _, d := range m.Duties {
		if !d.Fits(r.Role) {
			return fault.New(fault.Invalid, fmt.Errorf("store: a %s cannot be given %q", r.Role, d))
		}
	}
	if len(m.Teams) > 0 && r.Role != role.TeamManager {
		return ErrRole
	}
	return nil
}

// mayMandate: rights are given by company managers only, to reps as well, so that nobody passes on more than it has.
func (c *Change) mayMandate(r Rep) error {
	if r.Role == role.Rep {
		r.Role = role.TeamManager
	}
	return c.mayTouch(r)
}

func (c *Change) mandateFacts(ctx context.Context, r Rep, m Mandate) (facts, error) {
	var duties, teams []string
	for _, d := range m.Duties {
		duties = append(duties, string(d))
	}
	for _, id := range m.Teams {
		t, err := c.TeamByID(ctx, id)
		if err == nil && t.CompanyID != r.CompanyID {
			err = fmt.Errorf("store: team: %w", ErrNotFound)
		}
		if err != nil {
			return nil, err
		}
		teams = append(teams, t.Name)
	}
	slices.Sort(teams)
	return facts{{"rights", strings.Join(duties, " ")}, {"teams", strings.Join(teams, ", ")}}, nil
}

func (c *Change) putMandate(ctx context.Context, repID int64, m Mandate) error {
	if err := c.exec(ctx, `DELETE FROM manager_duties WHERE rep_id = ?`, repID); err != nil {
		return err
	}
	for _, d := range m.Duties {
		if err := c.exec(ctx, `INSERT INTO manager_duties (rep_id, duty) VALUES (?, ?)`, repID, string(d)); err != nil {
			return err
		}
	}
	if err := c.exec(ctx, `DELETE FROM manager_teams WHERE rep_id = ?`, repID); err != nil {
		return err
	}
	for _, id := range m.Teams {
		if err := c.exec(ctx, `INSERT INTO manager_teams (rep_id, team_id) VALUES (?, ?)`, repID, id); err != nil {
			return err
		}
	}
	return nil
}
