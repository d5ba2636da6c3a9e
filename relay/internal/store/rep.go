package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"strings"

	"deskhand/protocol/fault"
	"deskhand/relay/internal/right"
	"deskhand/relay/internal/role"
)

func (r Rep) facts() facts {
	return facts{
		{"login", r.Login},
		{"role", string(r.Role)},
		{"team", r.Team},
		{"name", r.Name},
		{"screen_name", r.ScreenName},
		{"email", r.Email},
		yes("email_confirmed", r.EmailConfirmed),
		{"notes", r.Notes},
		{"tags", r.Tags},
		yes("must_change", r.MustChange), yes("active", r.Active),
	}
}

// complete tidies what people write and fills in what they leave open.
func (c *Change) complete(ctx context.Context, r Rep) (Rep, error) {
	r.Login, r.Name, r.ScreenName = strings.TrimSpace(r.Login), strings.TrimSpace(r.Name), strings.TrimSpace(r.ScreenName)
	r.Email, r.Tags = strings.TrimSpace(r.Email), strings.Join(strings.Fields(r.Tags), " ")
	if r.ScreenName == "" {
		r.ScreenName = r.Name
	}
	if r.Role == "" {
		r.Role = role.Rep
	}
	if !r.Role.Known() {
		return r, fault.New(fault.Invalid, fmt.Errorf("store: no role %q", r.Role))
	}
	if r.Role != role.Rep {
		if r.TeamID != 0 {
			return r, ErrRole // a manager has teams to look after, and is in none
		}
		r.Team = ""
		return r, nil
	}
	if r.TeamID == 0 {
		var err error
		r.TeamID, err = one(ctx, c.tx, scanOne[int64], `SELECT id FROM teams WHERE company_id = ? ORDER BY id LIMIT 1`, r.CompanyID)
		if err != nil {
			return r, err
		}
	}
	team, err := c.TeamByID(ctx, r.TeamID)
	if err == nil && team.CompanyID != r.CompanyID {
		err = fmt.Errorf("store: team: %w", ErrNotFound)
	}
	r.Team = team.Name
	return r, err
}

// mayTouch checks the powers that an account of that role and team needs.
func (c *Change) mayTouch(r Rep) error {
	if r.Role == role.Rep {
		return c.may(role.Reps, r.CompanyID, r.TeamID)
	}
	if c.by.Powers.MayAppoint(r.Role, r.CompanyID) {
		return nil
	}
	return fault.New(fault.Forbidden, fmt.Errorf("%s may not make or change a %s", c.by.Name, r.Role))
}

// AddRep adds an account (MC-04); a rep without a team is put into the company's first one. ErrExists when the login is
// taken, without regard to case, ErrNotFound for another company's team. ID, Company and Team are ignored.
func (c *Change) AddRep(ctx context.Context, r Rep) (Rep, error) {
	r, err := c.complete(ctx, r)
	if err != nil {
		return Rep{}, err
	}
	if err := c.mayTouch(r); err != nil {
		return Rep{}, err
	}
	if r.PasswordSetAt.IsZero() && r.PasswordHash != "" {
		r.PasswordSetAt = c.by.At
	}
	id, err := c.insert(ctx, `INSERT INTO reps (company_id, team_id, role, login, login_key, name, screen_name, email,
		email_confirmed, notes, tags, password_hash, password_set_at, must_change, active)
		VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
		r.CompanyID, some(r.TeamID), string(r.Role), r.Login, key(r.Login), r.Name, r.ScreenName, r.Email, r.EmailConfirmed,
		r.Notes, r.Tags, r.PasswordHash, millis(r.PasswordSetAt), r.MustChange, r.Active)
	if err != nil {
		return Rep{}, err
	}
	if err := c.note(ctx, "rep_added", r.Login, r.facts().since(nil)); err != nil {
		return Rep{}, err
	}
	if r.MaxCodes != 0 {
		if err := c.put(ctx, SettingOf{RepID: id}, right.MaxCodes, int64(r.MaxCodes)); err != nil {
			return Rep{}, err
		}
	}
	return c.RepByID(ctx, id)
}

// SetRep changes an account: names, team, e-mail address, notes, whether it may log in. Its role, password and settings
// stay. One that is switched off loses its logins at once. ErrNotFound, ErrExists.
func (c *Change) SetRep(ctx context.Context, r Rep) error {
	was, err := c.RepByID(ctx, r.ID)
	if err != nil {
		return err
	}
	r.CompanyID, r.Role = was.CompanyID, was.Role
	if r, err = c.complete(ctx, r); err != nil {
		return err
	}
	detail := r.facts().since(was.facts())
	if detail == "" {
		return nil
	}
	if err := errors.Join(c.mayTouch(was), c.mayTouch(r)); err != nil {
		return err
	}
	err = c.update(ctx, `UPDATE reps SET team_id = ?, login = ?, login_key = ?, name = ?, screen_name = ?, email = ?,
		email_confirmed = ?, notes = ?, tags = ?, must_change = ?, active = ? WHERE id = ? AND removed_at IS NULL`,
		some(r.TeamID), r.Login, key(r.Login), r.Name, r.ScreenName, r.Email, r.EmailConfirmed, r.Notes, r.Tags, r.MustChange,
		r.Active, r.ID)
	if err != nil {
		return err
	}
	if !r.Active {
		if err := c.exec(ctx, `DELETE FROM logins WHERE rep_id = ?`, r.ID); err != nil {
			return err
		}
	}
	return c.note(ctx, "rep_changed", was.Login, detail)
}

// RemoveRep removes an account; its past sessions keep its name. Its codes and logins end. ErrNotFound.
func (c *Change) RemoveRep(ctx context.Context, id int64) error {
	r, err := c.RepByID(ctx, id)
	if err != nil {
		return err
	}
	if err := c.mayTouch(r); err != nil {
		return err
	}
	err = c.update(ctx, `UPDATE reps SET removed_at = COALESCE(?, CAST(unixepoch('subsec') * 1000 AS INTEGER)), active = 0,
		password_hash = '', totp_secret = NULL, totp_confirmed = 0 WHERE id = ? AND removed_at IS NULL`, millis(c.by.At), id)
	if err != nil {
		return err
	}
	for _, query := range []string{
		`DELETE FROM logins WHERE rep_id = ?`, `DELETE FROM subportal_reps WHERE rep_id = ?`,
		`DELETE FROM rep_settings WHERE rep_id = ?`, `DELETE FROM manager_teams WHERE rep_id = ?`,
		`DELETE FROM manager_duties WHERE rep_id = ?`, `DELETE FROM familiar WHERE rep_id = ?`,
		`DELETE FROM resets WHERE rep_id = ?`, `UPDATE codes SET state = 'cancelled' WHERE rep_id = ? AND state = 'active'`,
	} {
		if err := c.exec(ctx, query, id); err != nil {
			return err
		}
	}
	return c.note(ctx, "rep_removed", r.Login, "")
}

// isCollision reports whether err says that a name is taken.
func isCollision(err error) bool {
	return err != nil && strings.Contains(err.Error(), "UNIQUE constraint failed")
}

// changeOne is an update that must find its row.
func changeOne(ctx context.Context, tx *sql.Tx, query string, args ...any) error {
	found, err := claim(ctx, tx, query, args...)
	if err == nil && !found {
		err = ErrNotFound
	}
	return err
}
