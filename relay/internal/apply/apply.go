package apply

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"deskhand/relay/internal/store"
)

// Options say how a file is applied.
type Options struct {
	// Prune takes away what a list does not mention that stands in the file: teams, portals, subportals, reps and managers
	// of a company, who serves a subportal, and settings. A list that does not stand there is left alone.
	Prune bool
	// Password reads a password from a file and gives its hash, for new accounts.
	Password func(login, name, file string) (hash string, err error)
}

// Apply makes the accounts what the file says. Errors name what they are about.
func (f File) Apply(ctx context.Context, c *store.Change, o Options) error {
	for _, company := range f.Companies {
		a := &applier{Change: c, ctx: ctx, o: o}
		if err := a.apply(company); err != nil {
			return fmt.Errorf("company %q: %w", company.Name, err)
		}
	}
	return nil
}

// applier applies one company.
type applier struct {
	*store.Change
	ctx     context.Context // of Apply
	o       Options
	company store.Company
}

func (a *applier) apply(f Company) error {
	if strings.TrimSpace(f.Name) == "" {
		return errors.New("it needs a name")
	}
	steps := []func(Company) error{
		a.applyCompany, a.applyTeams, a.applyPortals, a.applyReps, a.applyManagers, a.applyServing,
	}
	if a.o.Prune {
		steps = append(steps, a.prunePeople, a.prunePortals, a.pruneTeams)
	}
	for _, step := range steps {
		if err := step(f); err != nil {
			return err
		}
	}
	return nil
}

// set copies what the file mentions.
func set[T any](to *T, from *T) {
	if from != nil {
		*to = *from
	}
}

func (a *applier) applyCompany(f Company) error {
	found, err := a.CompanyByName(a.ctx, f.Name)
	missing := errors.Is(err, store.ErrNotFound)
	if err != nil && !missing {
		return err
	}
	if missing {
		found = store.Company{Name: f.Name}
	}
	set(&found.Seats, f.Seats)
	if f.PasswordDays != nil {
		found.PasswordDays = max(0, int(*f.PasswordDays))
	}
	if missing {
		a.company, err = a.AddCompany(a.ctx, found)
		return err
	}
	a.company = found
	return a.SetCompany(a.ctx, found)
}

func (a *applier) applyTeams(f Company) error { return a.teamsBelow(0, f.Teams) }

func (a *applier) teamsBelow(parentID int64, teams []Team) error {
	for _, f := range teams {
		id, err := a.applyTeam(parentID, f)
		if err == nil {
			err = a.settings(store.SettingOf{TeamID: id}, f.Settings)
		}
		if err != nil {
			return fmt.Errorf("team %q: %w", f.Name, err)
		}
		if err := a.teamsBelow(id, f.Teams); err != nil {
			return err
		}
	}
	return nil
}

func (a *applier) applyTeam(parentID int64, f Team) (int64, error) {
	found, err := a.TeamByName(a.ctx, a.company.ID, f.Name)
	missing := errors.Is(err, store.ErrNotFound)
	if err != nil && !missing {
		return 0, err
	}
	if missing {
		found = store.Team{CompanyID: a.company.ID, Name: f.Name}
	}
	found.ParentID = parentID
	set(&found.Logins, f.Logins)
	set(&found.PasswordDays, (*int)(f.PasswordDays))
	if missing {
		found, err = a.AddTeam(a.ctx, found)
		return found.ID, err
	}
	return found.ID, a.SetTeam(a.ctx, found)
}

// settings sets what is named, and with Prune unsets the rest of a list that stands in the file.
func (a *applier) settings(of store.SettingOf, wanted Settings) error {
	if wanted == nil {
		return nil
	}
	for _, name := range slices.Sorted(maps.Keys(wanted)) {
		if err := a.Set(a.ctx, of, name, wanted[name]); err != nil {
			return err
		}
	}
	if !a.o.Prune {
		return nil
	}
	there, err := a.Settings(a.ctx, of)
	if err != nil {
		return err
	}
	for _, name := range slices.Sorted(maps.Keys(there)) {
		if _, named := wanted[name]; !named {
			err = errors.Join(err, a.Unset(a.ctx, of, name))
		}
	}
	return err
}

func (a *applier) applyPortals(f Company) error {
	for _, p := range f.Portals {
		if err := a.applyPortal(p); err != nil {
			return fmt.Errorf("portal %q: %w", p.Slug, err)
		}
	}
	return nil
}

func (a *applier) applyPortal(f Portal) error {
	found, err := a.portal(f.Slug)
	missing := errors.Is(err, store.ErrNotFound)
	if err != nil && !missing {
		return err
	}
	if missing {
		found = store.Portal{CompanyID: a.company.ID, Slug: f.Slug, Name: f.Slug, See: true, Control: true}
	}
	f.fill(&found)
	if missing {
		found, err = a.AddPortal(a.ctx, found)
	} else {
		err = a.SetPortal(a.ctx, found)
	}
	if err != nil {
		return err
	}
	if err := a.settings(store.SettingOf{PortalID: found.ID}, f.Settings); err != nil {
		return err
	}
	return a.applySubportals(found.ID, f.Subportals)
}

// fill writes what the file mentions into a portal.
func (f Portal) fill(p *store.Portal) {
	set(&p.Name, f.Name)
	if f.Kind != nil {
		p.Kind = store.Kind(*f.Kind)
	}
	switch {
	case f.Mode != nil:
		p.Mode = store.Mode(*f.Mode)
	case p.Mode == "" && p.Kind == store.KindCode:
		p.Mode = store.ModePhone
	case p.Mode == "":
		p.Mode = store.ModeWeb
	}
	if f.QueryLifetime != nil {
		p.QueryLifetime = time.Duration(*f.QueryLifetime)
	}
	if f.Fields != nil {
		set(&p.Fields.Name, (*store.Use)(f.Fields.Name))
		set(&p.Fields.Email, (*store.Use)(f.Fields.Email))
		set(&p.Fields.Question, (*store.Use)(f.Fields.Question))
	}
}

// portal finds a portal of the company; store.ErrNotFound. Another company's slug is in use.
func (a *applier) portal(slug string) (store.Portal, error) {
	p, err := a.PortalBySlug(a.ctx, slug)
	if err == nil && p.CompanyID != a.company.ID {
		err = store.ErrExists
	}
	return p, err
}

func (a *applier) applySubportals(portalID int64, subportals []Subportal) error {
	for _, f := range subportals {
		found, err := a.SubportalBySlug(a.ctx, portalID, f.Slug)
		missing := errors.Is(err, store.ErrNotFound)
		if err != nil && !missing || f.Slug == "" {
			return fmt.Errorf("subportal %q: %w", f.Slug, errors.Join(err, errNoSlug(f.Slug)))
		}
		if missing {
			found = store.Subportal{PortalID: portalID, Slug: f.Slug, Name: f.Slug}
		}
		set(&found.Name, f.Name)
		if missing {
			_, err = a.AddSubportal(a.ctx, found)
		} else {
			err = a.SetSubportal(a.ctx, found)
		}
		if err != nil {
			return fmt.Errorf("subportal %q: %w", f.Slug, err)
		}
	}
	return nil
}

func errNoSlug(slug string) error {
	if slug == "" {
		return errors.New("it needs a slug")
	}
	return nil
}

// mandate gives what the file mentions of teams and rights, beside what is there unless Prune.
func (a *applier) mandate(repID int64, teams, rights []string) error {
	if teams == nil && rights == nil {
		return nil
	}
	m, err := a.Mandate(a.ctx, repID)
	if err != nil {
		return err
	}
	wanted, err := duties(rights)
	if err != nil {
		return err
	}
	var ids []int64
	for _, name := range teams {
		t, err := a.TeamByName(a.ctx, a.company.ID, name)
		if err != nil {
			return fmt.Errorf("team %q: %w", name, err)
		}
		ids = append(ids, t.ID)
	}
	m.Duties = merge(m.Duties, wanted, a.o.Prune && rights != nil)
	m.Teams = merge(m.Teams, ids, a.o.Prune && teams != nil)
	return a.SetMandate(a.ctx, repID, m)
}

func merge[T any](there, wanted []T, only bool) []T {
	if only {
		return wanted
	}
	return append(there, wanted...)
}
