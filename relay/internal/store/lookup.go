package store

import (
	"context"
	"fmt"

	"deskhand/protocol/fault"
)

// Lookup reads accounts and portals: a Store's what is committed, a Change's what the change has made of it so far.
type Lookup struct{ db querier }

const selectCompany = `SELECT id, name, seats, password_days FROM companies `

func scanCompany(r row) (c Company, err error) {
	return c, r.Scan(&c.ID, &c.Name, &c.Seats, &c.PasswordDays)
}

// Companies lists all companies by name.
func (l Lookup) Companies(ctx context.Context) ([]Company, error) {
	c, err := all(ctx, l.db, scanCompany, selectCompany+`ORDER BY name_key`)
	return c, read("companies", "", err)
}

// CompanyByName finds a company without regard to case; ErrNotFound.
func (l Lookup) CompanyByName(ctx context.Context, name string) (Company, error) {
	c, err := one(ctx, l.db, scanCompany, selectCompany+`WHERE name_key = ?`, key(name))
	return c, read("company", "", err)
}

// CompanyByID finds a company; ErrNotFound.
func (l Lookup) CompanyByID(ctx context.Context, id int64) (Company, error) {
	c, err := one(ctx, l.db, scanCompany, selectCompany+`WHERE id = ?`, id)
	return c, read("company", "", err)
}

const selectTeam = `SELECT t.id, t.company_id, COALESCE(t.parent_id, 0), COALESCE(p.name, ''), t.name, COALESCE(t.logins, 0),
	t.password_days FROM teams t LEFT JOIN teams p ON p.id = t.parent_id `

func scanTeam(r row) (t Team, err error) {
	var days *int
	err = r.Scan(&t.ID, &t.CompanyID, &t.ParentID, &t.Parent, &t.Name, &t.Logins, &days)
	switch {
	case days != nil && *days == 0:
		t.PasswordDays = PasswordForever
	case days != nil:
		t.PasswordDays = *days
	}
	return t, err
}

// Teams lists a company's teams by name.
func (l Lookup) Teams(ctx context.Context, companyID int64) ([]Team, error) {
	t, err := all(ctx, l.db, scanTeam, selectTeam+`WHERE t.company_id = ? ORDER BY t.name_key`, companyID)
	return t, read("teams", "", err)
}

// TeamByName finds a company's team without regard to case; ErrNotFound.
func (l Lookup) TeamByName(ctx context.Context, companyID int64, name string) (Team, error) {
	t, err := one(ctx, l.db, scanTeam, selectTeam+`WHERE t.company_id = ? AND t.name_key = ?`, companyID, key(name))
	return t, read("team", "", err)
}

// TeamByID finds a team; ErrNotFound.
func (l Lookup) TeamByID(ctx context.Context, id int64) (Team, error) {
	t, err := one(ctx, l.db, scanTeam, selectTeam+`WHERE t.id = ?`, id)
	return t, read("team", "", err)
}

// teamsAbove gives a team and those above it, the nearest first.
func (l Lookup) teamsAbove(ctx context.Context, teamID int64) ([]Team, error) {
	return all(ctx, l.db, scanTeam, selectTeam+`JOIN team_tree u ON u.above_id = t.id WHERE u.team_id = ? ORDER BY u.steps`, teamID)
}

// PasswordDays is after how many days a rep's password must be changed: what the nearest team up the tree says, else
// the company; 0 is never (P-02).
func (l Lookup) PasswordDays(ctx context.Context, r Rep) (int, error) {
	teams, err := l.teamsAbove(ctx, r.TeamID)
	if err != nil {
		return 0, read("password policy", "", err)
	}
	for _, t := range teams {
		if t.PasswordDays != 0 {
			return max(0, t.PasswordDays), nil
		}
	}
	c, err := l.CompanyByID(ctx, r.CompanyID)
	return c.PasswordDays, err
}

const repColumns = `r.id, r.company_id, c.name, COALESCE(r.team_id, 0), COALESCE(t.name, ''), r.role, r.login, r.name,
	r.screen_name, r.email, r.email_confirmed, r.notes, r.tags, r.password_hash, r.password_set_at, r.must_change,
	r.totp_confirmed, r.active,
	COALESCE((SELECT value FROM rep_settings x WHERE x.rep_id = r.id AND x.name = 'max_codes'), 0)`

const selectRep = `SELECT ` + repColumns + `
	FROM reps r JOIN companies c ON c.id = r.company_id LEFT JOIN teams t ON t.id = r.team_id `

// columns are what repColumns scan into.
func (p *Rep) columns() []any {
	return []any{
		&p.ID, &p.CompanyID, &p.Company, &p.TeamID, &p.Team, &p.Role, &p.Login, &p.Name, &p.ScreenName, &p.Email,
		&p.EmailConfirmed, &p.Notes, &p.Tags, &p.PasswordHash,
		instant{&p.PasswordSetAt},
		&p.MustChange, &p.TOTP, &p.Active,
		&p.MaxCodes,
	}
}

func scanRep(r row) (p Rep, err error) { return p, r.Scan(p.columns()...) }

// RepByLogin finds an account without regard to case (L-01); ErrNotFound.
func (l Lookup) RepByLogin(ctx context.Context, login string) (Rep, error) {
	r, err := one(ctx, l.db, scanRep, selectRep+`WHERE r.login_key = ? AND r.removed_at IS NULL`, key(login))
	return r, read("rep", "", err)
}

// RepByID finds an account, a removed one too; ErrNotFound.
func (l Lookup) RepByID(ctx context.Context, id int64) (Rep, error) {
	r, err := one(ctx, l.db, scanRep, selectRep+`WHERE r.id = ?`, id)
	return r, read("rep", "", err)
}

// Reps lists a company's accounts by login, managers too.
func (l Lookup) Reps(ctx context.Context, companyID int64) ([]Rep, error) {
	r, err := all(ctx, l.db, scanRep, selectRep+`WHERE r.company_id = ? AND r.removed_at IS NULL ORDER BY r.login_key`, companyID)
	return r, read("reps", "", err)
}

// OwnRep finds an account of a company by its login; ErrNotFound for those of others too.
func (l Lookup) OwnRep(ctx context.Context, companyID int64, login string) (Rep, error) {
	r, err := l.RepByLogin(ctx, login)
	if err == nil && r.CompanyID != companyID {
		err = fmt.Errorf("store: rep: %w", ErrNotFound)
	}
	if err != nil {
		return Rep{}, err
	}
	return r, nil
}

// PortalByID finds a portal, a removed one too; fault.PortalUnknown.
func (l Lookup) PortalByID(ctx context.Context, id int64) (Portal, error) {
	p, err := one(ctx, l.db, scanPortal, selectPortal+`WHERE p.id = ?`, id)
	return p, read("portal", fault.PortalUnknown, err)
}

// Revision changes with every change of accounts, portals, settings and who holds a seat, in whatever process it is made.
func (l Lookup) Revision(ctx context.Context) (int64, error) {
	n, err := one(ctx, l.db, scanOne[int64], `SELECT n FROM revision`)
	return n, read("revision", "", err)
}
