package store

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"strings"

	"deskhand/relay/internal/role"
)

func (t Team) facts() facts {
	policy := ""
	switch {
	case t.PasswordDays == PasswordForever:
		policy = "never"
	case t.PasswordDays > 0:
		policy = strconv.Itoa(t.PasswordDays)
	}
	return facts{{"name", t.Name}, {"part of", t.Parent}, limit("logins", t.Logins), {"password_days", policy}}
}

// days is the policy as it is stored.
func (t Team) days() any {
	switch t.PasswordDays {
	case 0:
		return nil
	case PasswordForever:
		return 0
	default:
		return t.PasswordDays
	}
}

// AddTeam adds a team, as part of another one when ParentID says so (MC-06); ErrExists, ErrNotFound.
func (c *Change) AddTeam(ctx context.Context, t Team) (Team, error) {
	if err := c.may(role.Teams, t.CompanyID, t.ParentID); err != nil {
		return Team{}, err
	}
	t.Name = strings.TrimSpace(t.Name)
	if err := c.checkParent(ctx, &t); err != nil {
		return Team{}, err
	}
	id, err := c.insert(ctx, `INSERT INTO teams (company_id, parent_id, name, name_key, logins, password_days)
		VALUES (?, ?, ?, ?, ?, ?)`, t.CompanyID, some(t.ParentID), t.Name, key(t.Name), some(t.Logins), t.days())
	if err != nil {
		return Team{}, err
	}
	t.ID = id
	if err := c.growTree(ctx, t.CompanyID); err != nil {
		return Team{}, err
	}
	return t, c.note(ctx, "team_added", t.Name, t.facts().since(nil))
}

// checkParent refuses another company's team and one below the team itself, and fills in the parent's name.
func (c *Change) checkParent(ctx context.Context, t *Team) error {
	t.Parent = ""
	if t.ParentID == 0 {
		return nil
	}
	parent, err := c.TeamByID(ctx, t.ParentID)
	if err != nil {
		return err
	}
	if parent.CompanyID != t.CompanyID {
		return fmt.Errorf("store: team: %w", ErrNotFound)
	}
	t.Parent = parent.Name
	if t.ID == 0 {
		return nil
	}
	_, err = one(ctx, c.tx, scanOne[int64], `SELECT team_id FROM team_tree WHERE team_id = ? AND above_id = ?`, parent.ID, t.ID)
	switch {
	case errors.Is(err, ErrNotFound):
		return nil
	case err != nil:
		return err
	default:
		return ErrCycle
	}
}

// SetTeam changes a team and moves it with its subteams (MC-06); ErrNotFound, ErrExists, ErrCycle.
func (c *Change) SetTeam(ctx context.Context, t Team) error {
	was, err := c.TeamByID(ctx, t.ID)
	if err != nil {
		return err
	}
	t.CompanyID, t.Name = was.CompanyID, strings.TrimSpace(t.Name)
	if err := c.checkParent(ctx, &t); err != nil {
		return err
	}
	detail := t.facts().since(was.facts())
	if detail == "" {
		return nil
	}
	for _, concerned := range []int64{t.ID, was.ParentID, t.ParentID} {
		if t.ParentID == was.ParentID && concerned != t.ID {
			continue
		}
		if err := c.may(role.Teams, t.CompanyID, concerned); err != nil {
			return err
		}
	}
	err = c.update(ctx, `UPDATE teams SET parent_id = ?, name = ?, name_key = ?, logins = ?, password_days = ? WHERE id = ?`,
		some(t.ParentID), t.Name, key(t.Name), some(t.Logins), t.days(), t.ID)
	if err != nil {
		return err
	}
	if err := c.growTree(ctx, t.CompanyID); err != nil {
		return err
	}
	return c.note(ctx, "team_changed", was.Name, detail)
}

// RemoveTeam removes a team without reps and subteams; ErrNotFound, ErrTeamInUse, ErrLastTeam.
func (c *Change) RemoveTeam(ctx context.Context, id int64) error {
	t, err := c.TeamByID(ctx, id)
	if err != nil {
		return err
	}
	if err := c.may(role.Teams, t.CompanyID, t.ParentID); err != nil {
		return err
	}
	used, err := one(ctx, c.tx, scanOne[bool], `SELECT EXISTS (SELECT 1 FROM teams WHERE parent_id = ?1)
		OR EXISTS (SELECT 1 FROM reps WHERE team_id = ?1 AND removed_at IS NULL)`, id)
	if err == nil && used {
		err = ErrTeamInUse
	}
	if err != nil {
		return err
	}
	if teams, err := c.Teams(ctx, t.CompanyID); err != nil || len(teams) == 1 {
		return errors.Join(err, ErrLastTeam)
	}
	if err := c.exec(ctx, `UPDATE reps SET team_id = NULL WHERE team_id = ?`, id); err != nil { // removed ones
		return err
	}
	if err := c.exec(ctx, `DELETE FROM teams WHERE id = ?`, id); err != nil {
		return err
	}
	return c.note(ctx, "team_removed", t.Name, "")
}

// growTree makes a company's part of team_tree anew.
func (c *Change) growTree(ctx context.Context, companyID int64) error {
	err := c.exec(ctx, `DELETE FROM team_tree WHERE team_id IN (SELECT id FROM teams WHERE company_id = ?)`, companyID)
	if err != nil {
		return err
	}
	return c.exec(ctx, `INSERT INTO team_tree (team_id, above_id, steps)
		WITH RECURSIVE up (team_id, above_id, steps) AS (
			SELECT id, id, 0 FROM teams WHERE company_id = ?
			UNION ALL
			SELECT up.team_id, t.parent_id, up.steps + 1 FROM up JOIN teams t ON t.id = up.above_id WHERE t.parent_id IS NOT NULL
		) SELECT team_id, above_id, steps FROM up`, companyID)
}

// TeamsBelow gives the IDs of teams and of all that are below them, in order and each once.
func (l Lookup) TeamsBelow(ctx context.Context, teams []int64) ([]int64, error) {
	if len(teams) == 0 {
		return nil, nil
	}
	ids, err := all(ctx, l.db, scanOne[int64], `SELECT DISTINCT team_id FROM team_tree WHERE above_id IN (`+marks(len(teams))+`)
		ORDER BY team_id`, anys(teams)...)
	return ids, read("teams below", "", err)
}

// marks are n placeholders.
func marks(n int) string { return strings.TrimSuffix(strings.Repeat("?, ", n), ", ") }

func anys[T any](values []T) []any {
	all := make([]any, 0, len(values))
	for _, v := range values {
		all = append(all, v)
	}
	return all
}
