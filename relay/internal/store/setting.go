package store

import (
	"context"
	"errors"
	"fmt"

	"deskhand/protocol/fault"
	"deskhand/relay/internal/right"
	"deskhand/relay/internal/role"
)

// SettingOf is whose setting it is: exactly one of the three is set.
type SettingOf struct{ PortalID, TeamID, RepID int64 }

// table gives the table, its column and the ID.
func (o SettingOf) table() (table, column string, id int64) {
	switch {
	case o.PortalID != 0:
		return "portal_settings", "portal_id", o.PortalID
	case o.TeamID != 0:
		return "team_settings", "team_id", o.TeamID
	default:
		return "rep_settings", "rep_id", o.RepID
	}
}

// Settings are what a portal, a team or a rep sets by itself. Names of other versions are left out.
func (l Lookup) Settings(ctx context.Context, of SettingOf) (right.Values, error) {
	table, column, id := of.table()
	values := right.Values{}
	_, err := all(ctx, l.db, func(r row) (struct{}, error) {
		var name string
		var value int64
		err := r.Scan(&name, &value)
		if s, known := right.Lookup(name); known && s.Check(value) == nil {
			values[s.Name] = value
		}
		return struct{}{}, err
	}, `SELECT name, value FROM `+table+` WHERE `+column+` = ?`, id)
	return values, read("settings", "", err)
}

// Levels are all settings that bear on a rep at a portal (M-14, MC-05); portal 0 leaves the portal out.
func (l Lookup) Levels(ctx context.Context, repID, portalID int64) (levels right.Levels, err error) {
	if portalID != 0 {
		if levels.Portal, err = l.Settings(ctx, SettingOf{PortalID: portalID}); err != nil {
			return right.Levels{}, err
		}
	}
	if levels.Rep, err = l.Settings(ctx, SettingOf{RepID: repID}); err != nil {
		return right.Levels{}, err
	}
	teams, err := all(ctx, l.db, scanOne[int64], `SELECT u.above_id FROM team_tree u JOIN reps r ON r.team_id = u.team_id
		WHERE r.id = ? ORDER BY u.steps`, repID)
	if err != nil {
		return right.Levels{}, read("teams of rep", "", err)
	}
	for _, id := range teams {
		values, err := l.Settings(ctx, SettingOf{TeamID: id})
		if err != nil {
			return right.Levels{}, err
		}
		levels.Teams = append(levels.Teams, values)
	}
	return levels, nil
}

// Rights are what a rep may do in a portal's sessions; portal 0 leaves the portal out.
func (l Lookup) Rights(ctx context.Context, repID, portalID int64) (right.Set, error) {
	levels, err := l.Levels(ctx, repID, portalID)
	return levels.Effective(), err
}

// Set sets one setting of a portal, a team or a rep (M-13, MC-05); fault.Invalid for a value that it cannot have,
// ErrNotFound, fault.PortalUnknown.
func (c *Change) Set(ctx context.Context, of SettingOf, name right.Name, value int64) error {
	return c.set(ctx, of, name, &value)
}

// Unset lets others decide again.
func (c *Change) Unset(ctx context.Context, of SettingOf, name right.Name) error {
	return c.set(ctx, of, name, nil)
}

func (c *Change) set(ctx context.Context, of SettingOf, name right.Name, value *int64) error {
	setting, known := right.Lookup(string(name))
	if !known {
		return fault.New(fault.Invalid, fmt.Errorf("store: no setting %q", name))
	}
	if value != nil {
		if err := setting.Check(*value); err != nil {
			return fault.New(fault.Invalid, err)
		}
	}
	subject, err := c.settingOwner(ctx, of)
	if err != nil {
		return err
	}
	was, err := c.Settings(ctx, of)
	if err != nil {
		return err
	}
	before, after := facts{{string(name), ""}}, facts{{string(name), ""}}
	if old, set := was[name]; set {
		before[0].value = setting.Format(old)
	}
	if value != nil {
		after[0].value = setting.Format(*value)
	}
	detail := after.since(before)
	if detail == "" {
		return nil
	}
	if err := c.maySet(ctx, of); err != nil {
		return err
	}
	table, column, id := of.table()
	if value == nil {
		err = c.exec(ctx, `DELETE FROM `+table+` WHERE `+column+` = ? AND name = ?`, id, string(name))
	} else {
		err = c.put(ctx, of, name, *value)
	}
	if err != nil {
		return err
	}
	return c.note(ctx, "setting_changed", subject, detail)
}

// put writes a setting.
func (c *Change) put(ctx context.Context, of SettingOf, name right.Name, value int64) error {
	if s, known := right.Lookup(string(name)); !known || s.Check(value) != nil {
		return fault.New(fault.Invalid, fmt.Errorf("store: %s cannot be %d", name, value))
	}
	table, column, id := of.table()
	return c.exec(ctx, `INSERT INTO `+table+` (`+column+`, name, value) VALUES (?, ?, ?)
		ON CONFLICT (`+column+`, name) DO UPDATE SET value = excluded.value`, id, string(name), value)
}

// settingOwner names the owner for the audit trail.
func (c *Change) settingOwner(ctx context.Context, of SettingOf) (string, error) {
	switch {
	case of.PortalID != 0:
		p, err := c.PortalByID(ctx, of.PortalID)
		return "portal " + p.Slug, err
	case of.TeamID != 0:
		t, err := c.TeamByID(ctx, of.TeamID)
		return "team " + t.Name, err
	default:
		r, err := c.RepByID(ctx, of.RepID)
		if err == nil && r.Role != role.Rep {
			err = ErrRole
		}
		return r.Login, err
	}
}

func (c *Change) maySet(ctx context.Context, of SettingOf) error {
	switch {
	case of.PortalID != 0:
		p, err := c.PortalByID(ctx, of.PortalID)
		return errors.Join(err, c.may(role.Settings, p.CompanyID, role.Whole))
	case of.TeamID != 0:
		t, err := c.TeamByID(ctx, of.TeamID)
		return errors.Join(err, c.may(role.Settings, t.CompanyID, t.ID))
	default:
		r, err := c.RepByID(ctx, of.RepID)
		return errors.Join(err, c.may(role.Settings, r.CompanyID, r.TeamID))
	}
}
