package store

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"strings"

	"deskhand/protocol/fault"
	"deskhand/relay/internal/right"
	"deskhand/relay/internal/role"
)

const selectPortal = `SELECT p.id, p.company_id, c.name, p.slug, p.name, p.kind, p.mode,
	COALESCE((SELECT value FROM portal_settings x WHERE x.portal_id = p.id AND x.name = 'see'), 1),
	COALESCE((SELECT value FROM portal_settings x WHERE x.portal_id = p.id AND x.name = 'control'), 1),
	p.query_lifetime,
	COALESCE((SELECT value FROM portal_settings x WHERE x.portal_id = p.id AND x.name = 'code_lifetime'), 3600000),
	p.ask_name, p.ask_email, p.ask_question
	FROM portals p JOIN companies c ON c.id = p.company_id `

func scanPortal(r row) (p Portal, err error) {
	err = r.Scan(&p.ID, &p.CompanyID, &p.Company, &p.Slug, &p.Name, &p.Kind, &p.Mode, &p.See, &p.Control,
		period{&p.QueryLifetime}, period{&p.CodeLifetime}, &p.Fields.Name, &p.Fields.Email, &p.Fields.Question)
	p.Control = p.Control && p.See
	return p, err
}

func (p Portal) facts() facts {
	return facts{
		{"slug", p.Slug},
		{"name", p.Name},
		{"kind", string(p.Kind)},
		{"mode", string(p.Mode)},
		{"query_lifetime", p.QueryLifetime.String()},
		{"ask_name", string(p.Fields.Name)},
		{"ask_email", string(p.Fields.Email)},
		{"ask_question", string(p.Fields.Question)},
	}
}

// AddPortal adds a portal with one subportal, "main", and those of its settings that See, Control and CodeLifetime stand
// for. ErrExists when the slug is taken, fault.Invalid when something is malformed, ErrMode (which is one) when kind and
// mode do not belong together (M-01). An empty kind follows from the mode. ID and Company are ignored.
func (c *Change) AddPortal(ctx context.Context, p Portal) (Portal, error) {
	p, err := p.complete()
	if err != nil {
		return Portal{}, err
	}
	if err := c.may(role.Portals, p.CompanyID, role.Whole); err != nil {
		return Portal{}, err
	}
	id, err := c.insert(ctx, `INSERT INTO portals
		(company_id, slug, name, kind, mode, query_lifetime, ask_name, ask_email, ask_question)
		VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)`, p.CompanyID, p.Slug, p.Name, string(p.Kind), string(p.Mode),
		p.QueryLifetime.Milliseconds(), string(p.Fields.Name), string(p.Fields.Email), string(p.Fields.Question))
	if err != nil {
		return Portal{}, err
	}
	if err := c.note(ctx, "portal_added", p.Slug, p.facts().since(nil)); err != nil {
		return Portal{}, err
	}
	if err := c.openPortal(ctx, id, p); err != nil {
		return Portal{}, err
	}
	return c.PortalByID(ctx, id)
}

// openPortal gives a new portal its subportal and settings.
func (c *Change) openPortal(ctx context.Context, id int64, p Portal) error {
	if _, err := c.AddSubportal(ctx, Subportal{PortalID: id, Slug: FirstSubportal, Name: p.Name}); err != nil {
		return err
	}
	of := SettingOf{PortalID: id}
	if !p.See {
		if err := c.put(ctx, of, right.See, 0); err != nil {
			return err
		}
	}
	if !p.Control {
		if err := c.put(ctx, of, right.Control, 0); err != nil {
			return err
		}
	}
	if p.CodeLifetime != 0 && p.CodeLifetime != DefaultCodeLifetime {
		return c.put(ctx, of, right.CodeLifetime, p.CodeLifetime.Milliseconds())
	}
	return nil
}

// complete fills in what a portal leaves open and checks the rest.
func (p Portal) complete() (Portal, error) {
	p.QueryLifetime = cmp.Or(p.QueryLifetime, DefaultQueryLifetime)
	if p.Kind == "" {
		p.Kind = KindQuestion
		if p.Mode == ModePhone {
			p.Kind = KindCode
		}
	}
	p.Fields = p.Fields.complete(p.Kind)
	p.Slug, p.Name = strings.ToLower(strings.TrimSpace(p.Slug)), strings.TrimSpace(p.Name)
	switch {
	case !isSlug(p.Slug):
		return p, fault.New(fault.Invalid, errors.New("store: a slug is 1 to 64 of a-z, 0-9 and -"))
	case !p.Kind.Fits(p.Mode):
		return p, fault.New(fault.Invalid, fmt.Errorf("%w: %s, %s", ErrMode, p.Kind, p.Mode))
	case p.Name == "":
		return p, fault.New(fault.Invalid, errors.New("store: a portal needs a name"))
	case !p.Fields.Name.Known() || !p.Fields.Email.Known() || !p.Fields.Question.Known():
		return p, fault.New(fault.Invalid, errors.New("store: a field is off, optional or required"))
	case p.QueryLifetime < 0:
		return p, fault.New(fault.Invalid, errors.New("store: a query needs time"))
	}
	return p, nil
}

// complete chooses what is left open: a click needs nothing (M-07), a question portal the question.
func (f Fields) complete(k Kind) Fields {
	contact, question := FieldOptional, FieldOptional
	switch k {
	case KindButton, KindCode:
		contact, question = FieldOff, FieldOff
	case KindQuestion:
		f.Question = FieldRequired
	}
	return Fields{Name: cmp.Or(f.Name, contact), Email: cmp.Or(f.Email, contact), Question: cmp.Or(f.Question, question)}
}

func isSlug(s string) bool {
	return len(s) >= 1 && len(s) <= 64 && strings.Trim(s, "abcdefghijklmnopqrstuvwxyz0123456789-") == ""
}

// SetPortal changes a portal: slug, name, kind, mode, fields, how long queries wait. Its settings stay; see Set. Errors
// as of AddPortal, and fault.PortalUnknown.
func (c *Change) SetPortal(ctx context.Context, p Portal) error {
	was, err := c.PortalByID(ctx, p.ID)
	if err != nil {
		return err
	}
	if p, err = p.complete(); err != nil {
		return err
	}
	detail := p.facts().since(was.facts())
	if detail == "" {
		return nil
	}
	if err := c.may(role.Portals, was.CompanyID, role.Whole); err != nil {
		return err
	}
	err = c.update(ctx, `UPDATE portals SET slug = ?, name = ?, kind = ?, mode = ?, query_lifetime = ?, ask_name = ?,
		ask_email = ?, ask_question = ? WHERE id = ? AND removed_at IS NULL`,
		p.Slug, p.Name, string(p.Kind), string(p.Mode), p.QueryLifetime.Milliseconds(), string(p.Fields.Name),
		string(p.Fields.Email), string(p.Fields.Question), p.ID)
	if err != nil {
		return err
	}
	return c.note(ctx, "portal_changed", was.Slug, detail)
}

// RemovePortal closes a portal; its past sessions keep its name. Nobody serves it any more, so its waiting queries
// expire, and its codes end. fault.PortalUnknown.
func (c *Change) RemovePortal(ctx context.Context, id int64) error {
	p, err := c.PortalByID(ctx, id)
	if err != nil {
		return err
	}
	if err := c.may(role.Portals, p.CompanyID, role.Whole); err != nil {
		return err
	}
	err = c.update(ctx, `UPDATE portals SET removed_at = COALESCE(?, CAST(unixepoch('subsec') * 1000 AS INTEGER))
		WHERE id = ? AND removed_at IS NULL`, millis(c.by.At), id)
	if err != nil {
		return err
	}
	for _, query := range []string{
		`DELETE FROM subportal_reps WHERE subportal_id IN (SELECT id FROM subportals WHERE portal_id = ?)`,
		`DELETE FROM subportal_teams WHERE subportal_id IN (SELECT id FROM subportals WHERE portal_id = ?)`,
		`UPDATE codes SET state = 'cancelled' WHERE portal_id = ? AND state = 'active'`,
	} {
		if err := c.exec(ctx, query, id); err != nil {
			return err
		}
	}
	return c.note(ctx, "portal_removed", p.Slug, "")
}

// Portals lists a company's portals by name.
func (l Lookup) Portals(ctx context.Context, companyID int64) ([]Portal, error) {
	p, err := all(ctx, l.db, scanPortal, selectPortal+`WHERE p.company_id = ? AND p.removed_at IS NULL ORDER BY p.name, p.id`, companyID)
	return p, read("portals", "", err)
}

// PortalBySlug finds a portal; fault.PortalUnknown.
func (l Lookup) PortalBySlug(ctx context.Context, slug string) (Portal, error) {
	p, err := one(ctx, l.db, scanPortal, selectPortal+`WHERE p.slug = ? AND p.removed_at IS NULL`, key(slug))
	return p, read("portal", fault.PortalUnknown, err)
}

// RepPortals lists the portals of which a rep serves a subportal, by name.
func (l Lookup) RepPortals(ctx context.Context, repID int64) ([]Portal, error) {
	p, err := all(ctx, l.db, scanPortal, selectPortal+`WHERE p.id IN (SELECT s.portal_id FROM serving v
		JOIN subportals s ON s.id = v.subportal_id WHERE v.rep_id = ?) ORDER BY p.name, p.id`, repID)
	return p, read("portals of rep", "", err)
}

// PortalReps lists the active reps that serve a subportal of a portal, by ID.
func (l Lookup) PortalReps(ctx context.Context, portalID int64) ([]Rep, error) {
	r, err := all(ctx, l.db, scanRep, selectRep+`WHERE r.id IN (SELECT v.rep_id FROM serving v
		JOIN subportals s ON s.id = v.subportal_id WHERE s.portal_id = ?) ORDER BY r.id`, portalID)
	return r, read("reps of portal", "", err)
}
