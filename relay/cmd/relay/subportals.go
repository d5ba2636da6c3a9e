package main

import (
	"context"
	"fmt"
	"strings"

	"deskhand/protocol/fault"
	"deskhand/relay/internal/store"
)

// subportalOptions say which subportal it is.
type subportalOptions struct {
	*options
	portal, slug *string
}

func (p *program) subportalOptions(command string) subportalOptions {
	o := p.options(command)
	return subportalOptions{
		options: o, portal: o.String("portal", "", "slug of the portal"),
		slug: o.String("slug", "", "the subportal; every portal begins with one that is called "+store.FirstSubportal),
	}
}

// find finds the subportal.
func (o subportalOptions) find(ctx context.Context, c *store.Change) (store.Subportal, error) {
	portal, err := c.PortalBySlug(ctx, *o.portal)
	if err != nil {
		return store.Subportal{}, noPortal(err, *o.portal)
	}
	s, err := c.SubportalBySlug(ctx, portal.ID, *o.slug)
	if fault.Is(err, fault.PortalUnknown) {
		err = fmt.Errorf("the portal %s has no subportal %q", portal.Slug, *o.slug)
	}
	return s, err
}

func (p *program) addSubportal(ctx context.Context, args []string) error {
	o := p.subportalOptions("subportal add")
	name := o.String("name", "", "the name that reps see")
	if err := o.parse(args, "portal", "slug", "name"); err != nil {
		return err
	}
	return p.change(ctx, o.options, func(c *store.Change) error {
		portal, err := c.PortalBySlug(ctx, *o.portal)
		if err != nil {
			return noPortal(err, *o.portal)
		}
		_, err = c.AddSubportal(ctx, store.Subportal{PortalID: portal.ID, Slug: *o.slug, Name: *name})
		return err
	})
}

func (p *program) setSubportal(ctx context.Context, args []string) error {
	o := p.subportalOptions("subportal set")
	name, slug := o.String("name", "", "its new name"), o.String("new-slug", "", "its new slug")
	if err := o.parse(args, "portal", "slug"); err != nil {
		return err
	}
	if err := o.anyGiven("name", "new-slug"); err != nil {
		return err
	}
	return p.change(ctx, o.options, func(c *store.Change) error {
		s, err := o.find(ctx, c)
		if err != nil {
			return err
		}
		if *name != "" {
			s.Name = *name
		}
		if *slug != "" {
			s.Slug = *slug
		}
		return c.SetSubportal(ctx, s)
	})
}

// serveSubportal lets reps and teams serve a subportal, or not any more.
func (p *program) serveSubportal(ctx context.Context, args []string) error {
	o := p.subportalOptions("subportal serve")
	reps := o.String("reps", "", "logins of reps, separated by commas")
	teams := o.String("teams", "", "names of teams, with their subteams, separated by commas")
	end := o.Bool("end", false, "they serve it no longer")
	if err := o.parse(args, "portal", "slug"); err != nil {
		return err
	}
	if err := o.anyGiven("reps", "teams"); err != nil {
		return err
	}
	return p.change(ctx, o.options, func(c *store.Change) error {
		s, err := o.find(ctx, c)
		if err != nil {
			return err
		}
		var who []store.Server
		for _, login := range list(*reps) {
			r, err := findRep(ctx, c, login)
			if err != nil {
				return err
			}
			who = append(who, store.Server{RepID: r.ID})
		}
		for _, name := range strings.FieldsFunc(*teams, func(r rune) bool { return r == ',' }) {
			t, err := teamOf(ctx, c, s.CompanyID, strings.TrimSpace(name))
			if err != nil {
				return err
			}
			who = append(who, store.Server{TeamID: t.ID})
		}
		for _, one := range who {
			if err := c.Serve(ctx, s.ID, one, !*end); err != nil {
				return err
			}
		}
		return nil
	})
}

func (p *program) removeSubportal(ctx context.Context, args []string) error {
	o := p.subportalOptions("subportal remove")
	if err := o.parse(args, "portal", "slug"); err != nil {
		return err
	}
	return p.change(ctx, o.options, func(c *store.Change) error {
		s, err := o.find(ctx, c)
		if err != nil {
			return err
		}
		return c.RemoveSubportal(ctx, s.ID)
	})
}

func (p *program) listSubportals(ctx context.Context, args []string) error {
	o := p.options("subportal list")
	portal := o.String("portal", "", "slug of the portal")
	if err := o.parse(args, "portal"); err != nil {
		return err
	}
	return p.read(ctx, o, func(s *store.Store, line func(...any)) error {
		t, err := s.PortalBySlug(ctx, *portal)
		if err != nil {
			return noPortal(err, *portal)
		}
		all, err := s.Subportals(ctx, t.ID)
		line("SLUG", "NAME", "SERVED BY")
		for _, sub := range all {
			names, err := servedBy(ctx, s, sub.ID)
			if err != nil {
				return err
			}
			line(sub.Slug, sub.Name, strings.Join(names, ", "))
		}
		return err
	})
}

// servedBy names the teams and reps that a subportal has been given to.
func servedBy(ctx context.Context, s *store.Store, subportalID int64) (names []string, err error) {
	reps, teams, err := s.Assigned(ctx, subportalID)
	if err != nil {
		return nil, err
	}
	for _, id := range teams {
		t, err := s.TeamByID(ctx, id)
		if err != nil {
			return nil, err
		}
		names = append(names, "team "+t.Name)
	}
	for _, id := range reps {
		r, err := s.RepByID(ctx, id)
		if err != nil {
			return nil, err
		}
		names = append(names, r.Login)
	}
	return names, nil
}
