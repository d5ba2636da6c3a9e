package main

import (
	"context"
	"errors"
	"fmt"
	"strconv"

	"deskhand/relay/internal/store"
)

// noTeam is what -parent says for a team that shall be part of none.
const noTeam = "none"

// limited words a number of logins.
func limited(n int) string {
	if n == 0 {
		return "no limit"
	}
	return strconv.Itoa(n)
}

// policy reads how many days a password lives: never, inherit (of teams) or a number.
func policy(text string, never int) (int, error) {
	switch text {
	case "never":
		return never, nil
	case "inherit", "":
		return 0, nil
	}
	days, err := strconv.Atoi(text)
	if err != nil || days < 1 || days > 3650 {
		return 0, usageError{errors.New("-password-days is never, inherit or 1 to 3650")}
	}
	return days, nil
}

func (p *program) addCompany(ctx context.Context, args []string) error {
	o := p.options("company add")
	var c store.Company
	o.StringVar(&c.Name, "name", "", "its name")
	o.IntVar(&c.Seats, "seats", 0, "reps who may be logged in at once; 0 is without limit")
	days := o.String("password-days", "never", "after how many days passwords must be changed")
	if err := o.parse(args, "name"); err != nil {
		return err
	}
	var err error
	if c.PasswordDays, err = policy(*days, 0); err != nil {
		return err
	}
	return p.change(ctx, o, func(ch *store.Change) error {
		_, err := ch.AddCompany(ctx, c)
		return err
	})
}

func (p *program) setCompany(ctx context.Context, args []string) error {
	o := p.options("company set")
	name := o.String("name", "", "which company")
	rename := o.String("rename", "", "its new name")
	seats := o.Int("seats", 0, "reps who may be logged in at once; 0 is without limit")
	days := o.String("password-days", "", "after how many days passwords must be changed, or never")
	if err := o.parse(args, "name"); err != nil {
		return err
	}
	if err := o.anyGiven("rename", "seats", "password-days"); err != nil {
		return err
	}
	after, err := policy(*days, 0)
	if err != nil {
		return err
	}
	return p.change(ctx, o, func(ch *store.Change) error {
		c, err := findCompany(ctx, ch, *name)
		if err != nil {
			return err
		}
		if o.given("rename") {
			c.Name = *rename
		}
		if o.given("seats") {
			c.Seats = *seats
		}
		if o.given("password-days") {
			c.PasswordDays = after
		}
		return ch.SetCompany(ctx, c)
	})
}

func (p *program) listCompanies(ctx context.Context, args []string) error {
	o := p.options("company list")
	if err := o.parse(args); err != nil {
		return err
	}
	return p.read(ctx, o, func(s *store.Store, line func(...any)) error {
		all, err := s.Companies(ctx)
		line("NAME", "SEATS", "IN USE", "PASSWORD DAYS")
		for _, c := range all {
			used, err := s.Seats(ctx, c.ID)
			if err != nil {
				return err
			}
			line(c.Name, limited(c.Seats), len(used), orNever(c.PasswordDays))
		}
		return err
	})
}

func orNever(days int) string {
	if days <= 0 {
		return "never"
	}
	return strconv.Itoa(days)
}

// teamOptions are those of a team.
type teamOptions struct {
	*options
	company, name, parent, days *string
	logins                      *int
}

func (p *program) teamOptions(command string) teamOptions {
	o := p.options(command)
	return teamOptions{
		options: o, company: o.String("company", "", "the company"), name: o.String("name", "", "the team"),
		parent: o.String("parent", "", "the team that it is part of, or "+noTeam),
		days:   o.String("password-days", "inherit", "after how many days passwords must be changed: a number, never or inherit"),
		logins: o.Int("logins", 0, "reps of it who may be logged in at once; 0 is without limit"),
	}
}

// fill writes what was named into a team.
func (o teamOptions) fill(ctx context.Context, l lookup, t *store.Team) error {
	if o.given("parent") {
		t.ParentID = 0
		if *o.parent != noTeam {
			parent, err := teamOf(ctx, l, t.CompanyID, *o.parent)
			if err != nil {
				return err
			}
			t.ParentID = parent.ID
		}
	}
	if o.given("logins") {
		t.Logins = *o.logins
	}
	if o.given("password-days") {
		days, err := policy(*o.days, store.PasswordForever)
		if err != nil {
			return err
		}
		t.PasswordDays = days
	}
	return nil
}

func (p *program) addTeam(ctx context.Context, args []string) error {
	o := p.teamOptions("team add")
	if err := o.parse(args, "company", "name"); err != nil {
		return err
	}
	return p.change(ctx, o.options, func(ch *store.Change) error {
		c, err := findCompany(ctx, ch, *o.company)
		if err != nil {
			return err
		}
		t := store.Team{CompanyID: c.ID, Name: *o.name}
		if err := o.fill(ctx, ch, &t); err != nil {
			return err
		}
		_, err = ch.AddTeam(ctx, t)
		return err
	})
}

func (p *program) setTeam(ctx context.Context, args []string) error {
	o := p.teamOptions("team set")
	rename := o.String("rename", "", "its new name")
	if err := o.parse(args, "company", "name"); err != nil {
		return err
	}
	if err := o.anyGiven("rename", "parent", "logins", "password-days"); err != nil {
		return err
	}
	return p.change(ctx, o.options, func(ch *store.Change) error {
		t, err := findTeam(ctx, ch, *o.company, *o.name)
		if err != nil {
			return err
		}
		if o.given("rename") {
			t.Name = *rename
		}
		if err := o.fill(ctx, ch, &t); err != nil {
			return err
		}
		return ch.SetTeam(ctx, t)
	})
}

func (p *program) removeTeam(ctx context.Context, args []string) error {
	o := p.options("team remove")
	company, name := o.String("company", "", "the company"), o.String("name", "", "the team, without reps and subteams")
	if err := o.parse(args, "company", "name"); err != nil {
		return err
	}
	return p.change(ctx, o, func(ch *store.Change) error {
		t, err := findTeam(ctx, ch, *company, *name)
		if err != nil {
			return err
		}
		return ch.RemoveTeam(ctx, t.ID)
	})
}

func (p *program) listTeams(ctx context.Context, args []string) error {
	return p.listOf(ctx, "team list", args, func(s *store.Store, c store.Company, line func(...any)) error {
		all, err := s.Teams(ctx, c.ID)
		line("NAME", "PART OF", "LOGINS", "IN USE", "PASSWORD DAYS")
		for _, t := range all {
			used, err := s.TeamSeats(ctx, t.ID)
			if err != nil {
				return err
			}
			days := orNever(t.PasswordDays)
			if t.PasswordDays == 0 {
				days = "inherit"
			}
			line(t.Name, t.Parent, limited(t.Logins), len(used), days)
		}
		return err
	})
}

// clearSeat ends the login of a rep who holds a seat; running sessions go on.
func (p *program) clearSeat(ctx context.Context, args []string) error {
	o := p.options("seat clear")
	login := o.String("login", "", "the rep")
	if err := o.parse(args, "login"); err != nil {
		return err
	}
	return p.change(ctx, o, func(ch *store.Change) error {
		r, err := findRep(ctx, ch, *login)
		if err != nil {
			return err
		}
		if err := ch.ClearSeat(ctx, r.ID); errors.Is(err, store.ErrNotFound) {
			return fmt.Errorf("%s holds no seat", r.Login)
		} else if err != nil {
			return err
		}
		return nil
	})
}

func (p *program) listSeats(ctx context.Context, args []string) error {
	return p.listOf(ctx, "seat list", args, func(s *store.Store, c store.Company, line func(...any)) error {
		all, err := s.Seats(ctx, c.ID)
		line("LOGIN", "NAME", "SINCE", "SESSIONS")
		for _, h := range all {
			line(h.Login, h.Name, h.Since.Format("2006-01-02 15:04:05Z"), h.Sessions)
		}
		return err
	})
}

func (p *program) listAudit(ctx context.Context, args []string) error {
	o := p.options("audit list")
	n := o.Int("n", 50, "how many entries, the newest first")
	if err := o.parse(args); err != nil {
		return err
	}
	return p.read(ctx, o, func(s *store.Store, line func(...any)) error {
		all, err := s.AuditTrail(ctx, *n)
		line("TIME", "WHO", "WHAT", "ABOUT", "DETAIL")
		for _, e := range all {
			line(e.At.Format("2006-01-02 15:04:05Z"), e.Actor, e.Action, e.Subject, e.Detail)
		}
		return err
	})
}
