package store

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"deskhand/protocol/fault"
	"deskhand/relay/internal/role"
)

// FirstSubportal is the slug of the subportal that every portal begins with.
const FirstSubportal = "main"

const selectSubportal = `SELECT s.id, s.portal_id, p.company_id, p.slug, s.slug, s.name
	FROM subportals s JOIN portals p ON p.id = s.portal_id `

func scanSubportal(r row) (s Subportal, err error) {
	return s, r.Scan(&s.ID, &s.PortalID, &s.CompanyID, &s.Portal, &s.Slug, &s.Name)
}

func (s Subportal) facts() facts { return facts{{"slug", s.Slug}, {"name", s.Name}} }

// path names it for people.
func (s Subportal) path() string { return s.Portal + "/" + s.Slug }

// Subportals lists a portal's subportals, the oldest first, which is the one that its plain address leads to.
func (l Lookup) Subportals(ctx context.Context, portalID int64) ([]Subportal, error) {
	s, err := all(ctx, l.db, scanSubportal, selectSubportal+`WHERE s.portal_id = ? ORDER BY s.id`, portalID)
	return s, read("subportals", "", err)
}

// SubportalBySlug finds a portal's subportal; an empty slug is the oldest one. fault.PortalUnknown.
func (l Lookup) SubportalBySlug(ctx context.Context, portalID int64, slug string) (Subportal, error) {
	s, err := one(ctx, l.db, scanSubportal, selectSubportal+`WHERE s.portal_id = ? AND (? = '' OR s.slug = ?) ORDER BY s.id`,
		portalID, slug, key(slug))
	return s, read("subportal", fault.PortalUnknown, err)
}

// SubportalByID finds a subportal; fault.PortalUnknown.
func (l Lookup) SubportalByID(ctx context.Context, id int64) (Subportal, error) {
	s, err := one(ctx, l.db, scanSubportal, selectSubportal+`WHERE s.id = ?`, id)
	return s, read("subportal", fault.PortalUnknown, err)
}

// RepSubportals gives the IDs of the subportals that a rep serves, by itself or because its team does.
func (l Lookup) RepSubportals(ctx context.Context, repID int64) ([]int64, error) {
	ids, err := all(ctx, l.db, scanOne[int64], `SELECT subportal_id FROM serving WHERE rep_id = ? ORDER BY subportal_id`, repID)
	return ids, read("subportals of rep", "", err)
}

// Assigned gives the IDs of the reps and teams that a subportal has been given to.
func (l Lookup) Assigned(ctx context.Context, subportalID int64) (reps, teams []int64, err error) {
	reps, err = all(ctx, l.db, scanOne[int64], `SELECT rep_id FROM subportal_reps WHERE subportal_id = ? ORDER BY rep_id`, subportalID)
	if err != nil {
		return nil, nil, read("reps of subportal", "", err)
	}
	teams, err = all(ctx, l.db, scanOne[int64], `SELECT team_id FROM subportal_teams WHERE subportal_id = ? ORDER BY team_id`, subportalID)
	return reps, teams, read("teams of subportal", "", err)
}

func (s Subportal) check() (Subportal, error) {
	s.Slug, s.Name = strings.ToLower(strings.TrimSpace(s.Slug)), strings.TrimSpace(s.Name)
	switch {
	case !isSlug(s.Slug):
		return s, fault.New(fault.Invalid, errors.New("store: a slug is 1 to 64 of a-z, 0-9 and -"))
	case s.Name == "":
		return s, fault.New(fault.Invalid, errors.New("store: a subportal needs a name"))
	}
	return s, nil
}

// AddSubportal adds a subportal that nobody serves yet; ErrExists, fault.Invalid, fault.PortalUnknown.
func (c *Change) AddSubportal(ctx context.Context, s Subportal) (Subportal, error) {
	s, err := s.check()
	if err != nil {
		return Subportal{}, err
	}
	p, err := c.PortalByID(ctx, s.PortalID)
	if err != nil {
		return Subportal{}, err
	}
	s.CompanyID, s.Portal = p.CompanyID, p.Slug
	if err := c.may(role.Portals, s.CompanyID, role.Whole); err != nil {
		return Subportal{}, err
	}
	s.ID, err = c.insert(ctx, `INSERT INTO subportals (portal_id, slug, name) VALUES (?, ?, ?)`, s.PortalID, s.Slug, s.Name)
	if err != nil {
		return Subportal{}, err
	}
	return s, c.note(ctx, "subportal_added", s.path(), s.facts().since(nil))
}

// SetSubportal changes slug and name; ErrExists, fault.Invalid, fault.PortalUnknown.
func (c *Change) SetSubportal(ctx context.Context, s Subportal) error {
	was, err := c.SubportalByID(ctx, s.ID)
	if err != nil {
		return err
	}
	if s, err = s.check(); err != nil {
		return err
	}
	detail := s.facts().since(was.facts())
	if detail == "" {
		return nil
	}
	if err := c.may(role.Portals, was.CompanyID, role.Whole); err != nil {
		return err
	}
	if err := c.update(ctx, `UPDATE subportals SET slug = ?, name = ? WHERE id = ?`, s.Slug, s.Name, s.ID); err != nil {
		return err
	}
	return c.note(ctx, "subportal_changed", was.path(), detail)
}

// RemoveSubportal removes a subportal unless it is its portal's last one: ErrLastSubportal (M-12). Queries that wait in it
// go on in the oldest of the others; those that are over lose the mention of it. fault.PortalUnknown.
func (c *Change) RemoveSubportal(ctx context.Context, id int64) error {
	s, err := c.SubportalByID(ctx, id)
	if err != nil {
		return err
	}
	if err := c.may(role.Portals, s.CompanyID, role.Whole); err != nil {
		return err
	}
	heir, err := one(ctx, c.tx, scanOne[int64], `SELECT id FROM subportals WHERE portal_id = ? AND id <> ? ORDER BY id`, s.PortalID, id)
	if err != nil {
		return fmt.Errorf("%w: %w", ErrLastSubportal, err)
	}
	err = c.exec(ctx, `UPDATE queries SET subportal_id = CASE WHEN state IN ('waiting', 'taken') THEN ? END
		WHERE subportal_id = ?`, heir, id)
	if err != nil {
		return err
	}
	if err := c.exec(ctx, `DELETE FROM subportals WHERE id = ?`, id); err != nil {
		return err
	}
	return c.note(ctx, "subportal_removed", s.path(), "")
}

// Server is who serves a subportal: a rep or a team, exactly one of them.
type Server struct{ RepID, TeamID int64 }

// Serve lets a rep or a team serve a subportal of the same company, or not any more (M-12, MC-03, MC-08). A team's
// subteams serve what it serves. ErrNotFound, fault.PortalUnknown, ErrRole for a manager.
func (c *Change) Serve(ctx context.Context, subportalID int64, who Server, serves bool) error {
	s, err := c.SubportalByID(ctx, subportalID)
	if err != nil {
		return err
	}
	name, companyID, teamID, err := c.server(ctx, who)
	if err == nil && companyID != s.CompanyID {
		err = fmt.Errorf("store: serve: %w", ErrNotFound)
	}
	if err != nil {
		return err
	}
	if err := c.may(role.Portals, companyID, teamID); err != nil {
		return err
	}
	table, column, id := "subportal_reps", "rep_id", who.RepID
	if who.TeamID != 0 {
		table, column, id = "subportal_teams", "team_id", who.TeamID
	}
	query, action := `DELETE FROM `+table+` WHERE subportal_id = ? AND `+column+` = ?`, "serving_ended"
	if serves {
		query, action = `INSERT INTO `+table+` (subportal_id, `+column+`) VALUES (?, ?) ON CONFLICT DO NOTHING`, "serving_began"
	}
	done, err := claim(ctx, c.tx, query, subportalID, id)
	if err != nil || !done {
		return err
	}
	return c.note(ctx, action, s.path(), name)
}

func (c *Change) server(ctx context.Context, who Server) (name string, companyID, teamID int64, err error) {
	if who.TeamID != 0 {
		t, err := c.TeamByID(ctx, who.TeamID)
		return "team " + t.Name, t.CompanyID, t.ID, err
	}
	r, err := c.RepByID(ctx, who.RepID)
	if err == nil && r.Role != role.Rep {
		err = ErrRole
	}
	return r.Login, r.CompanyID, r.TeamID, err
}

// ServePortal lets a rep or a team serve all subportals that a portal has; ErrNotFound when there are none.
func (c *Change) ServePortal(ctx context.Context, portalID int64, who Server) error {
	subportals, err := c.Subportals(ctx, portalID)
	if err == nil && len(subportals) == 0 {
		err = ErrNotFound
	}
	for _, s := range subportals {
		err = errors.Join(err, c.Serve(ctx, s.ID, who, true))
	}
	return err
}
