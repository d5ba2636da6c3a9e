package main

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"

	"deskhand/relay"
	"deskhand/relay/internal/account"
	"deskhand/relay/internal/store"
)

// maxPassword bounds what is read as a password, in bytes.
const maxPassword = 4096

// open opens a relay's store, which is made when it is not there.
func open(ctx context.Context, dir string) (*store.Store, error) {
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return nil, fmt.Errorf("cannot use the folder: %w", err)
	}
	return store.Open(ctx, filepath.Join(dir, relay.StoreFile))
}

// company finds a company or makes it.
func company(ctx context.Context, s *store.Store, name string) (store.Company, error) {
	c, err := s.CompanyByName(ctx, name)
	if errors.Is(err, store.ErrNotFound) {
		return s.AddCompany(ctx, name)
	}
	return c, err
}

// addRep adds an account; its rep serves all portals of the company, or those that are named.
func (p *program) addRep(ctx context.Context, args []string) (err error) {
	o := p.options("rep add")
	r := store.Rep{Active: true}
	o.StringVar(&r.Company, "company", "", "the company, which is made when it is not there")
	o.StringVar(&r.Login, "login", "", "what the rep logs in with, in the form of an e-mail address")
	o.StringVar(&r.Name, "name", "", "the name that colleagues see")
	o.StringVar(&r.ScreenName, "screen-name", "", "the name that customers see; empty is the same")
	o.IntVar(&r.MaxCodes, "max-codes", 8, "active codes at a time, 1 to 8")
	passwordFile := o.String("password-file", "", "file with the password; empty asks for it")
	portals := o.String("portals", "", "slugs of the portals that the rep serves, separated by commas; empty is all")
	if err := o.parse(args, "company", "login", "name"); err != nil {
		return err
	}
	if r.MaxCodes < 1 || r.MaxCodes > 8 {
		return usageError{errors.New("rep add: -max-codes must be 1 to 8")}
	}
	password, err := p.password(*passwordFile)
	if err != nil {
		return err
	}
	if err := account.CheckPasswordRule(r.Login, r.Name, password); err != nil {
		return errors.New("the password must have 8 to 32 characters, three of these: capital letters, small letters, digits, symbols; and must not be the login or a name")
	}
	if r.PasswordHash, err = account.HashPassword(password, p.rand); err != nil {
		return err
	}
	s, err := open(ctx, *o.dir)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, s.Close()) }()
	c, err := company(ctx, s, r.Company)
	if err != nil {
		return err
	}
	r.CompanyID = c.ID
	added, err := s.AddRep(ctx, r)
	if errors.Is(err, store.ErrExists) {
		return fmt.Errorf("there is a rep with the login %q already", r.Login)
	}
	if err != nil {
		return err
	}
	if err := assignPortals(ctx, s, added, list(*portals)); err != nil {
		return err
	}
	fmt.Fprintf(p.out, "Added %s (%s) to %s.\n", added.Name, added.Login, c.Name)
	return nil
}

// assignPortals lets a rep serve the portals named, or all of the company.
func assignPortals(ctx context.Context, s *store.Store, r store.Rep, slugs []string) error {
	all, err := s.Portals(ctx, r.CompanyID)
	if err != nil {
		return err
	}
	named := map[string]bool{}
	for _, slug := range slugs {
		named[slug] = true
	}
	for _, portal := range all {
		if len(slugs) > 0 && !named[portal.Slug] {
			continue
		}
		delete(named, portal.Slug)
		if err := s.AssignPortal(ctx, r.ID, portal.ID); err != nil {
			return err
		}
	}
	for slug := range named {
		return fmt.Errorf("the company has no portal %q", slug)
	}
	return nil
}

// addPortal adds a portal. Who serves it: those who are named, else those who serve the company's other portals.
func (p *program) addPortal(ctx context.Context, args []string) (err error) {
	o := p.options("portal add")
	t := store.Portal{}
	var kind, mode string
	o.StringVar(&t.Company, "company", "", "the company, which is made when it is not there")
	o.StringVar(&t.Slug, "slug", "", "last part of its address: a-z, 0-9 and -")
	o.StringVar(&t.Name, "name", "", "the name that reps see")
	o.StringVar(&kind, "kind", "", "question or code")
	o.StringVar(&mode, "mode", "", "web, queue or phone; empty is web for questions and phone for codes")
	o.BoolVar(&t.See, "see", true, "reps may see the customer's screen")
	o.BoolVar(&t.Control, "control", true, "reps may use the customer's mouse and keyboard")
	reps := o.String("reps", "", "logins of the reps who serve it, separated by commas; empty is those of the company's other portals")
	o.DurationVar(&t.QueryLifetime, "query-lifetime", store.DefaultQueryLifetime, "how long a question waits for a rep")
	o.DurationVar(&t.CodeLifetime, "code-lifetime", store.DefaultCodeLifetime, "how long a code can be used")
	if err := o.parse(args, "company", "slug", "name", "kind"); err != nil {
		return err
	}
	if t.Kind, t.Mode, err = kindAndMode(kind, mode); err != nil {
		return err
	}
	s, err := open(ctx, *o.dir)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, s.Close()) }()
	added, serving, err := makePortal(ctx, s, t, list(*reps))
	if err != nil {
		return err
	}
	fmt.Fprintf(p.out, "Added the portal %s, served by %d: its address ends in /p/%s.\n", added.Name, serving, added.Slug)
	return nil
}

func kindAndMode(kind, mode string) (store.Kind, store.Mode, error) {
	k, m := store.Kind(kind), store.Mode(mode)
	switch {
	case k == store.KindCode && m == "":
		return k, store.ModePhone, nil
	case k == store.KindQuestion && m == "":
		return k, store.ModeWeb, nil
	case k == store.KindCode && m == store.ModePhone:
		return k, m, nil
	case k == store.KindQuestion && (m == store.ModeWeb || m == store.ModeQueue):
		return k, m, nil
	case k != store.KindCode && k != store.KindQuestion:
		return "", "", usageError{fmt.Errorf("portal add: -kind %q is neither question nor code", kind)}
	default:
		return "", "", usageError{fmt.Errorf("portal add: a %s portal cannot be in %s mode", kind, mode)}
	}
}

// makePortal adds a portal and tells how many reps serve it.
func makePortal(ctx context.Context, s *store.Store, t store.Portal, logins []string) (store.Portal, int, error) {
	c, err := company(ctx, s, t.Company)
	if err != nil {
		return store.Portal{}, 0, err
	}
	t.CompanyID = c.ID
	reps, err := servers(ctx, s, c, logins)
	if err != nil {
		return store.Portal{}, 0, err
	}
	added, err := s.AddPortal(ctx, t)
	if errors.Is(err, store.ErrExists) {
		return store.Portal{}, 0, fmt.Errorf("there is a portal with the slug %q already", t.Slug)
	}
	if err != nil {
		return store.Portal{}, 0, fmt.Errorf("cannot add the portal: %w", err)
	}
	for id := range reps {
		if err := s.AssignPortal(ctx, id, added.ID); err != nil {
			return store.Portal{}, 0, err
		}
	}
	return added, len(reps), nil
}

// servers gives the IDs of the reps who are named, else of those who serve the company's portals already.
func servers(ctx context.Context, s *store.Store, c store.Company, logins []string) (map[int64]bool, error) {
	ids := map[int64]bool{}
	for _, login := range logins {
		r, err := s.RepByLogin(ctx, login)
		if errors.Is(err, store.ErrNotFound) || (err == nil && r.CompanyID != c.ID) {
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
	portals, err := s.Portals(ctx, c.ID)
	if err != nil {
		return nil, err
	}
	for _, portal := range portals {
		reps, err := s.PortalReps(ctx, portal.ID)
		if err != nil {
			return nil, err
		}
		for _, r := range reps {
			ids[r.ID] = true
		}
	}
	return ids, nil
}

// password reads a password from a file, or asks for it. It is one line and never an argument, which others could see.
func (p *program) password(file string) (string, error) {
	from := p.in
	if file != "" {
		f, err := os.Open(file)
		if err != nil {
			return "", fmt.Errorf("cannot read the password: %w", err)
		}
		defer f.Close()
		from = f
	} else {
		fmt.Fprint(p.err, "Password: ")
		defer fmt.Fprintln(p.err)
		defer hide(p.in)()
	}
	line, err := bufio.NewReader(io.LimitReader(from, maxPassword)).ReadString('\n')
	if err != nil && !errors.Is(err, io.EOF) {
		return "", fmt.Errorf("cannot read the password: %w", err)
	}
	line = strings.TrimRight(line, "\r\n")
	if line == "" {
		return "", errors.New("the password is empty")
	}
	return line, nil
}
