package main

import (
	"context"
	"errors"
	"fmt"
	"time"

	"deskhand/protocol/fault"
	"deskhand/relay/internal/right"
	"deskhand/relay/internal/store"
)

// noPortal says which portal is not there.
func noPortal(err error, slug string) error {
	if fault.Is(err, fault.PortalUnknown) {
		return fmt.Errorf("there is no portal %q", slug)
	}
	return err
}

// portalOptions are those of a portal.
type portalOptions struct {
	*options
	slug, name, kind, mode         *string
	askName, askEmail, askQuestion *string
	queryLifetime, codeLifetime    *time.Duration
	see, control                   *bool
}

func (p *program) portalOptions(command string) portalOptions {
	o := p.options(command)
	return portalOptions{
		options: o, slug: o.String("slug", "", "last part of its address: a-z, 0-9 and -"),
		name:          o.String("name", "", "the name that reps see"),
		kind:          o.String("kind", "", "question, button, match or code"),
		mode:          o.String("mode", "", "web, queue (questions only) or phone (codes only); empty is phone for codes, else web"),
		askName:       o.String("ask-name", "", "whether its page asks for a name: off, optional or required"),
		askEmail:      o.String("ask-email", "", "likewise for an e-mail address"),
		askQuestion:   o.String("ask-question", "", "likewise for a question"),
		queryLifetime: o.Duration("query-lifetime", store.DefaultQueryLifetime, "how long a query waits for a rep"),
		codeLifetime:  o.Duration("code-lifetime", store.DefaultCodeLifetime, "how long a code can be used"),
		see:           o.Bool("see", true, "reps may see the customer's screen"),
		control:       o.Bool("control", true, "reps may use the customer's mouse and keyboard"),
	}
}

// fill writes what was named into a portal.
func (o portalOptions) fill(p *store.Portal) error {
	for _, text := range []struct {
		name string
		to   *string
		from *string
	}{
		{"name", &p.Name, o.name},
		{"kind", (*string)(&p.Kind), o.kind},
		{"mode", (*string)(&p.Mode), o.mode},
		{"ask-name", (*string)(&p.Fields.Name), o.askName},
		{"ask-email", (*string)(&p.Fields.Email), o.askEmail},
		{"ask-question", (*string)(&p.Fields.Question), o.askQuestion},
	} {
		if o.given(text.name) {
			*text.to = *text.from
		}
	}
	if o.given("query-lifetime") {
		p.QueryLifetime = *o.queryLifetime
	}
	if p.Mode == "" {
		p.Mode = store.ModeWeb
		if p.Kind == store.KindCode {
			p.Mode = store.ModePhone
		}
	}
	switch {
	case !p.Kind.Fits(store.ModeWeb) && !p.Kind.Fits(store.ModePhone):
		return usageError{fmt.Errorf("%s: -kind %q is none of question, button, match and code", o.Name(), p.Kind)}
	case !p.Kind.Fits(p.Mode):
		return usageError{fmt.Errorf("%s: a %s portal cannot be in %s mode", o.Name(), p.Kind, p.Mode)}
	}
	return nil
}

// addPortal adds a portal. Who serves it: those who are named, else those who serve the company's other portals.
func (p *program) addPortal(ctx context.Context, args []string) error {
	o := p.portalOptions("portal add")
	company := o.String("company", "", "the company, which is made when it is not there")
	reps := o.String("reps", "", "logins of the reps who serve it, separated by commas; empty is those of the company's other portals")
	if err := o.parse(args, "company", "slug", "name", "kind"); err != nil {
		return err
	}
	t := store.Portal{Slug: *o.slug, See: *o.see, Control: *o.control, CodeLifetime: *o.codeLifetime}
	if err := o.fill(&t); err != nil {
		return err
	}
	return p.change(ctx, o.options, func(c *store.Change) error {
		owner, err := makeCompany(ctx, c, *company)
		if err != nil {
			return err
		}
		t.CompanyID = owner.ID
		serving, err := servers(ctx, c, owner, list(*reps))
		if err != nil {
			return err
		}
		added, err := c.AddPortal(ctx, t)
		if errors.Is(err, store.ErrExists) {
			return fmt.Errorf("there is a portal with the slug %q already", t.Slug)
		}
		if err != nil {
			return fmt.Errorf("cannot add the portal: %w", err)
		}
		for id := range serving {
			if err := c.ServePortal(ctx, added.ID, store.Server{RepID: id}); err != nil {
				return err
			}
		}
		return nil
	})
}

// servers gives the IDs of the reps who are named, else of those who serve the company's portals already.
func servers(ctx context.Context, ch *store.Change, c store.Company, logins []string) (map[int64]bool, error) {
	ids := map[int64]bool{}
	for _, login := range logins {
		r, err := ch.OwnRep(ctx, c.ID, login)
		if errors.Is(err, store.ErrNotFound) {
			return nil, fmt.Errorf("%s has no rep with the login %q", c.Name, login)
		}
		if err != nil {
			return nil, err
		}
		ids[r.ID] = true
	}
	if len(logins) > 0 {
		return ids, nil
	}
	portals, err := ch.Portals(ctx, c.ID)
	if err != nil {
		return nil, err
	}
	for _, portal := range portals {
		reps, err := ch.PortalReps(ctx, portal.ID)
		if err != nil {
			return nil, err
		}
		for _, r := range reps {
			ids[r.ID] = true
		}
	}
	return ids, nil
}

func (p *program) setPortal(ctx context.Context, args []string) error {
	o := p.portalOptions("portal set")
	newSlug := o.String("new-slug", "", "last part of its address from now on")
	if err := o.parse(args, "slug"); err != nil {
		return err
	}
	if err := o.anyGiven("new-slug", "name", "kind", "mode", "ask-name", "ask-email", "ask-question", "query-lifetime",
		"code-lifetime", "see", "control"); err != nil {
		return err
	}
	return p.change(ctx, o.options, func(c *store.Change) error {
		t, err := c.PortalBySlug(ctx, *o.slug)
		if err != nil {
			return noPortal(err, *o.slug)
		}
		if *newSlug != "" {
			t.Slug = *newSlug
		}
		if err := o.fill(&t); err != nil {
			return err
		}
		if err := c.SetPortal(ctx, t); err != nil {
			return err
		}
		return o.settings(ctx, c, store.SettingOf{PortalID: t.ID})
	})
}

// settings sets those of a portal that have options of their own.
func (o portalOptions) settings(ctx context.Context, c *store.Change, of store.SettingOf) error {
	number := map[bool]int64{true: 1}
	for _, s := range []struct {
		option string
		name   right.Name
		value  int64
	}{
		{"see", right.See, number[*o.see]},
		{"control", right.Control, number[*o.control]},
		{"code-lifetime", right.CodeLifetime, o.codeLifetime.Milliseconds()},
	} {
		if !o.given(s.option) {
			continue
		}
		if err := c.Set(ctx, of, s.name, s.value); err != nil {
			return err
		}
	}
	return nil
}

func (p *program) removePortal(ctx context.Context, args []string) error {
	o := p.options("portal remove")
	slug := o.String("slug", "", "the portal")
	if err := o.parse(args, "slug"); err != nil {
		return err
	}
	return p.change(ctx, o, func(c *store.Change) error {
		t, err := c.PortalBySlug(ctx, *slug)
		if err != nil {
			return noPortal(err, *slug)
		}
		return c.RemovePortal(ctx, t.ID)
	})
}

func (p *program) listPortals(ctx context.Context, args []string) error {
	return p.listOf(ctx, "portal list", args, func(s *store.Store, c store.Company, line func(...any)) error {
		all, err := s.Portals(ctx, c.ID)
		line("SLUG", "NAME", "KIND", "MODE", "QUERY LIFETIME", "ASKS FOR")
		for _, t := range all {
			asks := fmt.Sprintf("name %s, e-mail %s, question %s", t.Fields.Name, t.Fields.Email, t.Fields.Question)
			line(t.Slug, t.Name, t.Kind, t.Mode, t.QueryLifetime, asks)
		}
		return err
	})
}
