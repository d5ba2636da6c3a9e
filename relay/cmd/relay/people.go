package main

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"deskhand/relay/internal/store"
)

// personOptions are those of an account, a rep's or a manager's.
type personOptions struct {
	*options
	login, name, screenName, email, tags, notes *string
	active, mustChange                          *bool
}

func (p *program) personOptions(command string) personOptions {
	o := p.options(command)
	return personOptions{
		options: o, login: o.String("login", "", "what the account logs in with, in the form of an e-mail address"),
		name:       o.String("name", "", "the name that colleagues see"),
		screenName: o.String("screen-name", "", "the name that customers see; empty is the same"),
		email:      o.String("email", "", "where links for a forgotten password go; empty is the login"),
		tags:       o.String("tags", "", "words for sorting, separated by spaces"),
		notes:      o.String("notes", "", "a note of the managers"),
		active:     o.Bool("active", true, "the account may log in"),
		mustChange: o.Bool("must-change", false, "the password has to be changed before the next login"),
	}
}

// fillable are the options that fill writes.
func fillable() []string {
	return []string{"name", "screen-name", "email", "tags", "notes", "active", "must-change"}
}

// fill writes what was named into an account.
func (o personOptions) fill(r *store.Rep) {
	for _, text := range []struct {
		name     string
		to, from *string
	}{
		{"name", &r.Name, o.name},
		{"screen-name", &r.ScreenName, o.screenName},
		{"email", &r.Email, o.email},
		{"tags", &r.Tags, o.tags},
		{"notes", &r.Notes, o.notes},
	} {
		if o.given(text.name) {
			*text.to = *text.from
		}
	}
	if o.given("active") {
		r.Active = *o.active
	}
	if o.given("must-change") {
		r.MustChange = *o.mustChange
	}
}

// addRep adds a rep, who serves all portals of the company, or those that are named.
func (p *program) addRep(ctx context.Context, args []string) error {
	o := p.personOptions("rep add")
	companyName := o.String("company", "", "the company, which is made when it is not there")
	team := o.String("team", "", "the team; empty is the company's first one")
	maxCodes := o.Int("max-codes", 0, "active codes at a time, 1 to 8; 0 is what the team has")
	passwordFile := o.String("password-file", "", "file with the password; empty asks for it")
	portals := o.String("portals", "", "slugs of the portals that the rep serves, separated by commas; empty is all")
	if err := o.parse(args, "company", "login", "name"); err != nil {
		return err
	}
	if *maxCodes < 0 || *maxCodes > 8 {
		return usageError{errors.New("rep add: -max-codes must be 1 to 8")}
	}
	r := store.Rep{Login: *o.login, Active: true, MaxCodes: *maxCodes}
	o.fill(&r)
	var err error
	if r.PasswordHash, err = p.newPassword(r.Login, r.Name, *passwordFile); err != nil {
		return err
	}
	return p.change(ctx, o.options, func(c *store.Change) error {
		company, err := makeCompany(ctx, c, *companyName)
		if err != nil {
			return err
		}
		r.CompanyID = company.ID
		if *team != "" {
			t, err := teamOf(ctx, c, company.ID, *team)
			if err != nil {
				return err
			}
			r.TeamID = t.ID
		}
		added, err := c.AddRep(ctx, r)
		if errors.Is(err, store.ErrExists) {
			return fmt.Errorf("there is a rep with the login %q already", r.Login)
		}
		if err != nil {
			return err
		}
		return servePortals(ctx, c, added, list(*portals))
	})
}

// servePortals lets a rep serve the portals named, or all of the company.
func servePortals(ctx context.Context, c *store.Change, r store.Rep, slugs []string) error {
	all, err := c.Portals(ctx, r.CompanyID)
	if err != nil {
		return err
	}
	for _, slug := range slugs {
		if !slices.ContainsFunc(all, func(p store.Portal) bool { return p.Slug == slug }) {
			return fmt.Errorf("the company has no portal %q", slug)
		}
	}
	for _, portal := range all {
		if len(slugs) > 0 && !slices.Contains(slugs, portal.Slug) {
			continue
		}
		if err := c.ServePortal(ctx, portal.ID, store.Server{RepID: r.ID}); err != nil {
			return err
		}
	}
	return nil
}

func (p *program) setRep(ctx context.Context, args []string) error {
	o := p.personOptions("rep set")
	team := o.String("team", "", "move the rep to this team")
	newLogin := o.String("new-login", "", "what the account logs in with from now on")
	if err := o.parse(args, "login"); err != nil {
		return err
	}
	if err := o.anyGiven(append(fillable(), "team", "new-login")...); err != nil {
		return err
	}
	return p.change(ctx, o.options, func(c *store.Change) error {
		r, err := findRep(ctx, c, *o.login)
		if err != nil {
			return err
		}
		o.fill(&r)
		if *newLogin != "" {
			r.Login = *newLogin
		}
		if *team != "" {
			t, err := teamOf(ctx, c, r.CompanyID, *team)
			if err != nil {
				return err
			}
			r.TeamID = t.ID
		}
		return c.SetRep(ctx, r)
	})
}

// setPassword gives any account a password; all its logins end.
func (p *program) setPassword(ctx context.Context, args []string) error {
	o := p.options("rep password")
	login := o.String("login", "", "the account, a rep's or a manager's")
	file := o.String("password-file", "", "file with the password; empty asks for it")
	must := o.Bool("must-change", true, "it has to be changed before the next login")
	if err := o.parse(args, "login"); err != nil {
		return err
	}
	var r store.Rep
	err := p.read(ctx, o, func(s *store.Store, _ func(...any)) (err error) {
		r, err = findRep(ctx, s, *login)
		return err
	})
	if err != nil {
		return err
	}
	hash, err := p.newPassword(r.Login, r.Name, *file) // before the change, which holds everybody up
	if err != nil {
		return err
	}
	return p.change(ctx, o, func(c *store.Change) error {
		return c.SetPassword(ctx, r.ID, store.Password{Hash: hash, Must: *must})
	})
}

// account finds any account and does one thing to it.
func (p *program) account(ctx context.Context, command string, args []string, do func(*store.Change, store.Rep) error) error {
	o := p.options(command)
	login := o.String("login", "", "the account")
	if err := o.parse(args, "login"); err != nil {
		return err
	}
	return p.change(ctx, o, func(c *store.Change) error {
		r, err := findRep(ctx, c, *login)
		if err != nil {
			return err
		}
		return do(c, r)
	})
}

// clearTOTP does away with the second factor of somebody who has lost the phone.
func (p *program) clearTOTP(ctx context.Context, args []string) error {
	return p.account(ctx, "rep totp", args, func(c *store.Change, r store.Rep) error { return c.ClearTOTP(ctx, r.ID) })
}

func (p *program) removeRep(ctx context.Context, args []string) error {
	return p.account(ctx, "rep remove", args, func(c *store.Change, r store.Rep) error {
		if r.Role.Manages() {
			return fmt.Errorf("%s is a manager: manager remove", r.Login)
		}
		return c.RemoveRep(ctx, r.ID)
	})
}

func (p *program) listReps(ctx context.Context, args []string) error {
	return p.people(ctx, "rep list", args, func(line func(...any)) func(*store.Store, store.Rep) error {
		line("LOGIN", "NAME", "SCREEN NAME", "TEAM", "ACTIVE", "2ND FACTOR", "TAGS")
		return func(_ *store.Store, r store.Rep) error {
			if !r.Role.Manages() {
				line(r.Login, r.Name, r.ScreenName, r.Team, r.Active, r.TOTP, r.Tags)
			}
			return nil
		}
	})
}

// people lists a company's accounts.
func (p *program) people(ctx context.Context, command string, args []string, head func(line func(...any)) func(*store.Store, store.Rep) error) error {
	return p.listOf(ctx, command, args, func(s *store.Store, c store.Company, line func(...any)) error {
		all, err := s.Reps(ctx, c.ID)
		one := head(line)
		for _, r := range all {
			err = errors.Join(err, one(s, r))
		}
		return err
	})
}
