package store

import (
	"context"
	"database/sql"
	"errors"
	"strings"

	"deskhand/protocol/fault"
)

const selectPortal = `SELECT p.id, p.company_id, c.name, p.slug, p.name, p.kind, p.mode, p.see, p.control,
	p.query_lifetime, p.code_lifetime FROM portals p JOIN companies c ON c.id = p.company_id `

func scanPortal(r row) (p Portal, err error) {
	return p, r.Scan(&p.ID, &p.CompanyID, &p.Company, &p.Slug, &p.Name, &p.Kind, &p.Mode, &p.See, &p.Control,
		period{&p.QueryLifetime}, period{&p.CodeLifetime})
}

// AddPortal adds a portal; ErrExists when the slug is taken, fault.Invalid when the slug is malformed or kind and mode do
// not belong together (M-01). An empty kind follows from the mode. ID and Company are ignored.
func (s *Store) AddPortal(ctx context.Context, p Portal) (added Portal, err error) {
	if p, err = p.complete(); err != nil {
		return Portal{}, err
	}
	err = s.write(ctx, "add portal", func(tx *sql.Tx) error {
		id, err := one(ctx, tx, scanOne[int64], `INSERT INTO portals
			(company_id, slug, name, kind, mode, see, control, query_lifetime, code_lifetime) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)
			ON CONFLICT DO NOTHING RETURNING id`,
			p.CompanyID, p.Slug, p.Name, string(p.Kind), string(p.Mode), p.See, p.Control,
			p.QueryLifetime.Milliseconds(), p.CodeLifetime.Milliseconds())
		if err != nil {
			return taken(err)
		}
		added, err = one(ctx, tx, scanPortal, selectPortal+`WHERE p.id = ?`, id)
		return err
	})
	return added, err
}

// complete fills in what a portal leaves open and checks the rest.
func (p Portal) complete() (Portal, error) {
	if p.QueryLifetime == 0 {
		p.QueryLifetime = DefaultQueryLifetime
	}
	if p.CodeLifetime == 0 {
		p.CodeLifetime = DefaultCodeLifetime
	}
	fits := KindQuestion
	if p.Mode == ModePhone {
		fits = KindCode
	}
	if p.Kind == "" {
		p.Kind = fits
	}
	p.Control = p.Control && p.See
	p.Slug, p.Name = strings.ToLower(strings.TrimSpace(p.Slug)), strings.TrimSpace(p.Name)
	switch {
	case !isSlug(p.Slug):
		return p, fault.New(fault.Invalid, errors.New("store: a slug is 1 to 64 of a-z, 0-9 and -"))
	case p.Mode != ModeWeb && p.Mode != ModeQueue && p.Mode != ModePhone:
		return p, fault.New(fault.Invalid, errors.New("store: unknown mode"))
	case p.Kind != fits:
		return p, fault.New(fault.Invalid, errors.New("store: phone portals take codes, the others questions"))
	case p.Name == "":
		return p, fault.New(fault.Invalid, errors.New("store: a portal needs a name"))
	}
	return p, nil
}

func isSlug(s string) bool {
	return len(s) >= 1 && len(s) <= 64 && strings.Trim(s, "abcdefghijklmnopqrstuvwxyz0123456789-") == ""
}

// Portals lists a company's portals by name.
func (s *Store) Portals(ctx context.Context, companyID int64) ([]Portal, error) {
	p, err := all(ctx, s.reader, scanPortal, selectPortal+`WHERE p.company_id = ? ORDER BY p.name, p.id`, companyID)
	return p, read("portals", "", err)
}

// PortalBySlug finds a portal; fault.PortalUnknown.
func (s *Store) PortalBySlug(ctx context.Context, slug string) (Portal, error) {
	p, err := one(ctx, s.reader, scanPortal, selectPortal+`WHERE p.slug = ?`, key(slug))
	return p, read("portal", fault.PortalUnknown, err)
}

// PortalByID finds a portal; fault.PortalUnknown.
func (s *Store) PortalByID(ctx context.Context, id int64) (Portal, error) {
	p, err := one(ctx, s.reader, scanPortal, selectPortal+`WHERE p.id = ?`, id)
	return p, read("portal", fault.PortalUnknown, err)
}

// AssignPortal lets a rep serve a portal of the same company; ErrNotFound when there are no such two.
func (s *Store) AssignPortal(ctx context.Context, repID, portalID int64) error {
	return s.write(ctx, "assign portal", func(tx *sql.Tx) error {
		_, err := one(ctx, tx, scanOne[int64], `SELECT p.id FROM portals p JOIN reps r ON r.company_id = p.company_id
			WHERE p.id = ? AND r.id = ?`, portalID, repID)
		if err != nil {
			return err
		}
		_, err = tx.ExecContext(ctx, `INSERT INTO portal_reps (portal_id, rep_id) VALUES (?, ?) ON CONFLICT DO NOTHING`,
			portalID, repID)
		return err
	})
}

// RepPortals lists the portals that a rep serves, by name.
func (s *Store) RepPortals(ctx context.Context, repID int64) ([]Portal, error) {
	p, err := all(ctx, s.reader, scanPortal, selectPortal+`JOIN portal_reps a ON a.portal_id = p.id
		WHERE a.rep_id = ? ORDER BY p.name, p.id`, repID)
	return p, read("portals of rep", "", err)
}

// PortalReps lists the active reps that serve a portal, by ID.
func (s *Store) PortalReps(ctx context.Context, portalID int64) ([]Rep, error) {
	r, err := all(ctx, s.reader, scanRep, selectRep+`JOIN portal_reps a ON a.rep_id = r.id
		WHERE a.portal_id = ? AND r.active ORDER BY r.id`, portalID)
	return r, read("reps of portal", "", err)
}
