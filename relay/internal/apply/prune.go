package apply

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"deskhand/relay/internal/store"
)

// applyServing says who serves which subportal, once reps and teams are there.
func (a *applier) applyServing(f Company) error {
	for _, p := range f.Portals {
		portal, err := a.portal(p.Slug)
		if err != nil {
			return err
		}
		for _, s := range p.Subportals {
			if err := a.serving(portal.ID, s); err != nil {
				return fmt.Errorf("portal %q: subportal %q: %w", p.Slug, s.Slug, err)
			}
		}
	}
	return nil
}

func (a *applier) serving(portalID int64, f Subportal) error {
	s, err := a.SubportalBySlug(a.ctx, portalID, f.Slug)
	if err != nil {
		return err
	}
	var wanted []store.Server
	for _, name := range f.Teams {
		t, err := a.TeamByName(a.ctx, a.company.ID, name)
		if err != nil {
			return fmt.Errorf("team %q: %w", name, err)
		}
		wanted = append(wanted, store.Server{TeamID: t.ID})
	}
	for _, login := range f.Reps {
		r, err := a.OwnRep(a.ctx, a.company.ID, login)
		if err != nil {
			return fmt.Errorf("rep %q: %w", login, err)
		}
		wanted = append(wanted, store.Server{RepID: r.ID})
	}
	for _, who := range wanted {
		if err := a.Serve(a.ctx, s.ID, who, true); err != nil {
			return err
		}
	}
	if !a.o.Prune {
		return nil
	}
	return a.pruneServing(s.ID, f, wanted)
}

func (a *applier) pruneServing(subportalID int64, f Subportal, wanted []store.Server) error {
	reps, teams, err := a.Assigned(a.ctx, subportalID)
	if err != nil {
		return err
	}
	var there []store.Server
	if f.Reps != nil {
		for _, id := range reps {
			there = append(there, store.Server{RepID: id})
		}
	}
	if f.Teams != nil {
		for _, id := range teams {
			there = append(there, store.Server{TeamID: id})
		}
	}
	for _, who := range there {
		if !slices.Contains(wanted, who) {
			err = errors.Join(err, a.Serve(a.ctx, subportalID, who, false))
		}
	}
	return err
}

// same compares names as the store does.
func same(a, b string) bool { return strings.EqualFold(strings.TrimSpace(a), strings.TrimSpace(b)) }

// prunePeople removes the accounts that a list does not mention.
func (a *applier) prunePeople(f Company) error {
	all, err := a.Reps(a.ctx, a.company.ID)
	if err != nil {
		return err
	}
	for _, r := range all {
		named := slices.ContainsFunc(f.Reps, func(x Rep) bool { return same(x.Login, r.Login) })
		listed := f.Reps != nil
		if r.Role.Manages() {
			named = slices.ContainsFunc(f.Managers, func(x Account) bool { return same(x.Login, r.Login) })
			listed = f.Managers != nil
		}
		if !listed || named {
			continue
		}
		if err := a.RemoveRep(a.ctx, r.ID); err != nil {
			return fmt.Errorf("account %q: %w", r.Login, err)
		}
	}
	return nil
}

func (a *applier) prunePortals(f Company) error {
	if f.Portals == nil {
		return nil
	}
	all, err := a.Portals(a.ctx, a.company.ID)
	if err != nil {
		return err
	}
	for _, p := range all {
		i := slices.IndexFunc(f.Portals, func(x Portal) bool { return same(x.Slug, p.Slug) })
		if i < 0 {
			err = a.RemovePortal(a.ctx, p.ID)
		} else {
			err = a.pruneSubportals(p.ID, f.Portals[i].Subportals)
		}
		if err != nil {
			return fmt.Errorf("portal %q: %w", p.Slug, err)
		}
	}
	return nil
}

func (a *applier) pruneSubportals(portalID int64, wanted []Subportal) error {
	if wanted == nil {
		return nil
	}
	all, err := a.Subportals(a.ctx, portalID)
	if err != nil {
		return err
	}
	for _, s := range all {
		if slices.ContainsFunc(wanted, func(x Subportal) bool { return same(x.Slug, s.Slug) }) {
			continue
		}
		if err := a.RemoveSubportal(a.ctx, s.ID); err != nil {
			return fmt.Errorf("subportal %q: %w", s.Slug, err)
		}
	}
	return nil
}

// pruneTeams removes the teams that the tree does not mention, those below others first.
func (a *applier) pruneTeams(f Company) error {
	if f.Teams == nil {
		return nil
	}
	named := names(f.Teams)
	for {
		all, err := a.Teams(a.ctx, a.company.ID)
		if err != nil {
			return err
		}
		removed, held := 0, error(nil)
		for _, t := range all {
			if slices.ContainsFunc(named, func(n string) bool { return same(n, t.Name) }) {
				continue
			}
			switch err := a.RemoveTeam(a.ctx, t.ID); {
			case err == nil:
				removed++
			case errors.Is(err, store.ErrTeamInUse):
				held = fmt.Errorf("team %q: %w", t.Name, err)
			default:
				return fmt.Errorf("team %q: %w", t.Name, err)
			}
		}
		if removed == 0 {
			return held
		}
	}
}

// names are those of teams and of all below them.
func names(teams []Team) []string {
	var all []string
	for _, t := range teams {
		all = append(append(all, t.Name), names(t.Teams)...)
	}
	return all
}
