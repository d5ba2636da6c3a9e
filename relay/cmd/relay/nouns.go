package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"maps"
	"slices"
	"strings"
	"text/tabwriter"

	"deskhand/relay/internal/role"
	"deskhand/relay/internal/store"
)

// verb is one command on accounts.
type verb func(p *program, ctx context.Context, args []string) error

// nouns are what the commands are about, with what can be done to each.
func nouns() map[string]map[string]verb {
	return map[string]map[string]verb{
		"company": {"add": (*program).addCompany, "set": (*program).setCompany, "list": (*program).listCompanies},
		"team": {
			"add": (*program).addTeam, "set": (*program).setTeam, "remove": (*program).removeTeam, "list": (*program).listTeams,
		},
		"rep": {
			"add": (*program).addRep, "set": (*program).setRep, "password": (*program).setPassword, "totp": (*program).clearTOTP,
			"remove": (*program).removeRep, "list": (*program).listReps,
		},
		"manager": {
			"add": (*program).addManager, "set": (*program).setManager, "remove": (*program).removeManager,
			"list": (*program).listManagers,
		},
		"portal": {
			"add": (*program).addPortal, "set": (*program).setPortal, "remove": (*program).removePortal, "list": (*program).listPortals,
		},
		"subportal": {
			"add": (*program).addSubportal, "set": (*program).setSubportal, "serve": (*program).serveSubportal,
			"remove": (*program).removeSubportal, "list": (*program).listSubportals,
		},
		"setting": {"set": (*program).setSetting, "clear": (*program).clearSetting, "list": (*program).listSettings},
		"seat":    {"clear": (*program).clearSeat, "list": (*program).listSeats},
		"audit":   {"list": (*program).listAudit},
	}
}

// verb runs what is to be done to a noun.
func (p *program) verb(ctx context.Context, noun string, verbs map[string]verb, args []string) error {
	if len(args) > 0 && verbs[args[0]] != nil {
		return verbs[args[0]](p, ctx, args[1:])
	}
	var known []string
	for _, name := range slices.Sorted(maps.Keys(verbs)) {
		known = append(known, noun+" "+name)
	}
	if len(args) == 1 && slices.Contains([]string{"help", "-h", "-help", "--help"}, args[0]) {
		fmt.Fprintln(p.out, strings.Join(known, "\n"))
		return nil
	}
	return usageError{fmt.Errorf("%s knows these commands: %s", noun, strings.Join(known, ", "))}
}

// given reports whether an option was named, so that what is not named can stay as it is.
func (o *options) given(name string) bool {
	found := false
	o.Visit(func(f *flag.Flag) { found = found || f.Name == name })
	return found
}

// anyGiven refuses a command that would change nothing because nothing was named.
func (o *options) anyGiven(names ...string) error {
	if slices.ContainsFunc(names, o.given) {
		return nil
	}
	return usageError{fmt.Errorf("%s: say what shall change: -%s", o.Name(), strings.Join(names, ", -"))}
}

// change makes one change of the accounts, whole or not at all, and says what it was.
func (p *program) change(ctx context.Context, o *options, f func(*store.Change) error) (err error) {
	s, err := open(ctx, *o.dir)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, s.Close()) }()
	var entries []store.Entry
	err = s.Change(ctx, p.operator(), func(c *store.Change) error {
		err := f(c)
		entries = c.Entries()
		return err
	})
	if err != nil {
		return inWords(err)
	}
	p.tell(entries)
	return nil
}

// operator is whoever may use this program.
func (p *program) operator() store.By {
	return store.By{Name: "command line", At: p.clock().UTC(), Powers: role.Person{Role: role.Operator}}
}

// tell prints what was changed, a line each.
func (p *program) tell(entries []store.Entry) {
	if len(entries) == 0 {
		fmt.Fprintln(p.out, "Nothing to change.")
	}
	for _, e := range entries {
		line := strings.ReplaceAll(e.Action, "_", " ") + ": " + e.Subject
		if e.Detail != "" {
			line += " (" + e.Detail + ")"
		}
		fmt.Fprintln(p.out, line)
	}
}

// inWords says what the store's own errors mean to whoever typed the command.
func inWords(err error) error {
	for _, known := range []struct {
		is   error
		says string
	}{
		{store.ErrExists, "there is one of that name already"},
		{store.ErrCycle, "a team cannot be below itself"},
		{store.ErrTeamInUse, "the team still has reps or subteams: move or remove them first"},
		{store.ErrLastTeam, "a company keeps at least one team"},
		{store.ErrLastSubportal, "a portal keeps at least one subportal"},
		{store.ErrMode, "that kind of portal does not go with that mode: question runs in web and queue, button and match in web, code in phone"},
		{store.ErrRole, "the account's role does not go with that"},
	} {
		if errors.Is(err, known.is) {
			return fmt.Errorf("%s: %w", known.says, err)
		}
	}
	return err
}

// read opens the store to look something up, and prints a table of it.
func (p *program) read(ctx context.Context, o *options, f func(s *store.Store, line func(cells ...any)) error) (err error) {
	s, err := open(ctx, *o.dir)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, s.Close()) }()
	w := tabwriter.NewWriter(p.out, 0, 4, 2, ' ', 0)
	if err := f(s, func(cells ...any) {
		for i, c := range cells {
			if i > 0 {
				fmt.Fprint(w, "\t")
			}
			fmt.Fprint(w, c)
		}
		fmt.Fprintln(w)
	}); err != nil {
		return err
	}
	return w.Flush()
}

// listOf is read for the lists of one company.
func (p *program) listOf(ctx context.Context, command string, args []string, f func(*store.Store, store.Company, func(cells ...any)) error) error {
	o := p.options(command)
	company := o.String("company", "", "the company")
	if err := o.parse(args, "company"); err != nil {
		return err
	}
	return p.read(ctx, o, func(s *store.Store, line func(...any)) error {
		c, err := findCompany(ctx, s, *company)
		if err != nil {
			return err
		}
		return f(s, c, line)
	})
}

// lookup is what is needed to find something by its name: a store, or a change of it.
type lookup interface {
	CompanyByName(ctx context.Context, name string) (store.Company, error)
	TeamByName(ctx context.Context, companyID int64, name string) (store.Team, error)
	RepByLogin(ctx context.Context, login string) (store.Rep, error)
}

// findCompany finds a company by its name.
func findCompany(ctx context.Context, l lookup, name string) (store.Company, error) {
	c, err := l.CompanyByName(ctx, name)
	if errors.Is(err, store.ErrNotFound) {
		err = fmt.Errorf("there is no company %q", name)
	}
	return c, err
}

func findTeam(ctx context.Context, l lookup, company, name string) (store.Team, error) {
	c, err := findCompany(ctx, l, company)
	if err != nil {
		return store.Team{}, err
	}
	return teamOf(ctx, l, c.ID, name)
}

func teamOf(ctx context.Context, l lookup, companyID int64, name string) (store.Team, error) {
	t, err := l.TeamByName(ctx, companyID, name)
	if errors.Is(err, store.ErrNotFound) {
		err = fmt.Errorf("the company has no team %q", name)
	}
	return t, err
}

func findRep(ctx context.Context, l lookup, login string) (store.Rep, error) {
	r, err := l.RepByLogin(ctx, login)
	if errors.Is(err, store.ErrNotFound) {
		err = fmt.Errorf("there is no account with the login %q", login)
	}
	return r, err
}
