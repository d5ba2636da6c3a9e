package main

import (
	"context"
	"fmt"
	"strings"

	"deskhand/relay/internal/role"
	"deskhand/relay/internal/store"
)

// mandateOptions are those of what a manager is given.
func (o personOptions) mandateOptions() (teams, rights *string) {
	var known []string
	for _, d := range role.Duties() {
		known = append(known, string(d))
	}
	teams = o.String("teams", "", "a team manager's teams, with all below them, separated by commas")
	return teams, o.String("rights", "", "a team manager's rights, separated by commas: "+strings.Join(known, ", "))
}

// mandate reads teams and rights; names with spaces are separated by commas.
func mandate(ctx context.Context, l lookup, companyID int64, teams, rights string) (store.Mandate, error) {
	var m store.Mandate
	for _, name := range strings.FieldsFunc(teams, func(r rune) bool { return r == ',' }) {
		t, err := teamOf(ctx, l, companyID, strings.TrimSpace(name))
		if err != nil {
			return m, err
		}
		m.Teams = append(m.Teams, t.ID)
	}
	for _, name := range list(rights) {
		d := role.Duty(name)
		if !d.Known() {
			return m, usageError{fmt.Errorf("there is no right %q", name)}
		}
		m.Duties = append(m.Duties, d)
	}
	return m, nil
}

func (p *program) addManager(ctx context.Context, args []string) error {
	o := p.personOptions("manager add")
	companyName := o.String("company", "", "the company, which is made when it is not there")
	kind := o.String("role", string(role.TeamManager), "team_manager, company_manager or api_manager")
	passwordFile := o.String("password-file", "", "file with the password; empty asks for it. It has to be changed at the first login")
	teams, rights := o.mandateOptions()
	if err := o.parse(args, "company", "login", "name"); err != nil {
		return err
	}
	r := store.Rep{Login: *o.login, Role: role.Role(*kind), Active: true, MustChange: true}
	if !r.Role.Manages() {
		return usageError{fmt.Errorf("manager add: -role %q is no manager's role", *kind)}
	}
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
		added, err := c.AddRep(ctx, r)
		if err != nil {
			return err
		}
		m, err := mandate(ctx, c, company.ID, *teams, *rights)
		if err != nil {
			return err
		}
		return c.SetMandate(ctx, added.ID, m)
	})
}

// setManager changes a manager, or what a rep may see of its own reports.
func (p *program) setManager(ctx context.Context, args []string) error {
	o := p.personOptions("manager set")
	teams, rights := o.mandateOptions()
	if err := o.parse(args, "login"); err != nil {
		return err
	}
	if err := o.anyGiven(append(fillable(), "teams", "rights")...); err != nil {
		return err
	}
	return p.change(ctx, o.options, func(c *store.Change) error {
		r, err := findRep(ctx, c, *o.login)
		if err != nil {
			return err
		}
		o.fill(&r)
		if err := c.SetRep(ctx, r); err != nil {
			return err
		}
		m, err := c.Mandate(ctx, r.ID)
		if err != nil {
			return err
		}
		wanted, err := mandate(ctx, c, r.CompanyID, *teams, *rights)
		if err != nil {
			return err
		}
		if o.given("teams") {
			m.Teams = wanted.Teams
		}
		if o.given("rights") {
			m.Duties = wanted.Duties
		}
		return c.SetMandate(ctx, r.ID, m)
	})
}

func (p *program) removeManager(ctx context.Context, args []string) error {
	return p.account(ctx, "manager remove", args, func(c *store.Change, r store.Rep) error {
		if !r.Role.Manages() {
			return fmt.Errorf("%s is a rep: rep remove", r.Login)
		}
		return c.RemoveRep(ctx, r.ID)
	})
}

func (p *program) listManagers(ctx context.Context, args []string) error {
	return p.people(ctx, "manager list", args, func(line func(...any)) func(*store.Store, store.Rep) error {
		line("LOGIN", "NAME", "ROLE", "ACTIVE", "TEAMS", "RIGHTS")
		return func(s *store.Store, r store.Rep) error {
			m, err := s.Mandate(ctx, r.ID)
			if err != nil || !r.Role.Manages() && len(m.Duties) == 0 {
				return err
			}
			var teams []string
			for _, id := range m.Teams {
				t, err := s.TeamByID(ctx, id)
				if err != nil {
					return err
				}
				teams = append(teams, t.Name)
			}
			line(r.Login, r.Name, r.Role, r.Active, strings.Join(teams, ", "), strings.Trim(fmt.Sprint(m.Duties), "[]"))
			return nil
		}
	})
}
