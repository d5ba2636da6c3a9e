package main

import (
	"context"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"log/slog"
	"os"
	"path/filepath"

	"deskhand/relay"
	"deskhand/relay/internal/account"
	"deskhand/relay/internal/store"
)

// demoFile tells other programs how to reach a demo relay. It appears when the relay listens.
const demoFile = "demo.json"

const demoCompany = "Contoso"

// demoLogin is an account of the demo with its password.
type demoLogin struct {
	Login    string `json:"login"`
	Password string `json:"password"`
	Name     string `json:"name"`
}

// demoInfo is what demoFile holds.
type demoInfo struct {
	Relay          string      `json:"relay"` // host:port
	Key            string      `json:"key"`   // fingerprint
	QuestionPortal string      `json:"question_portal"`
	CodePortal     string      `json:"code_portal"`
	Logins         []demoLogin `json:"logins"`
	Data           string      `json:"data"` // the relay's folder
}

func demoReps() []demoLogin {
	return []demoLogin{{Login: "ana@contoso.example", Name: "Ana Ruiz"}, {Login: "ben@contoso.example", Name: "Ben Okafor"}}
}

func demoPortals() []store.Portal {
	return []store.Portal{
		{Slug: "help", Name: "Help", Kind: store.KindQuestion, Mode: store.ModeWeb, See: true, Control: true},
		{Slug: "join", Name: "Join", Kind: store.KindCode, Mode: store.ModePhone, See: true, Control: true},
	}
}

// demo runs a relay with a company, reps and portals to try. Run again on the same folder it keeps them all.
func (p *program) demo(ctx context.Context, args []string) error {
	o := p.options("demo")
	listen := o.String("listen", "127.0.0.1:0", "address to listen on, UDP and TCP alike; port 0 is any free one")
	level := slog.LevelWarn
	o.TextVar(&level, "log", level, "log level: debug, info, warn or error")
	if err := o.parse(args, "listen"); err != nil {
		return err
	}
	dir, err := filepath.Abs(*o.dir)
	if err != nil {
		return fmt.Errorf("cannot use the folder: %w", err)
	}
	if err := os.MkdirAll(filepath.Join(dir, "downloads"), 0o700); err != nil {
		return fmt.Errorf("cannot use the folder: %w", err)
	}
	logins, err := p.seed(ctx, dir)
	if err != nil {
		return err
	}
	r, err := relay.New(ctx, relay.Config{
		Dir: dir, QUIC: []string{*listen}, TCP: []string{*listen}, Clock: p.clock, Rand: p.rand, Logger: p.logger(level),
	})
	if err != nil {
		return err
	}
	info := demoInfo{
		Relay: r.Addr(), Key: r.Fingerprint(), QuestionPortal: r.PublicURL() + "/p/help", CodePortal: r.PublicURL() + "/p/join",
		Logins: logins, Data: dir,
	}
	if err := info.write(dir); err != nil {
		return errors.Join(err, r.Close())
	}
	p.describe(info)
	return r.Serve(ctx)
}

func (p *program) describe(info demoInfo) {
	fmt.Fprintln(p.out, "The demo is ready. Press Ctrl-C to stop it.")
	fmt.Fprintf(p.out, "Relay:            %s\nKey:              %s\n", info.Relay, info.Key)
	fmt.Fprintf(p.out, "Question portal:  %s\nCode portal:      %s\n", info.QuestionPortal, info.CodePortal)
	for _, l := range info.Logins {
		fmt.Fprintf(p.out, "Login:            %s (%s), password in %s\n", l.Login, l.Name, filepath.Join(info.Data, demoFile))
	}
}

// seed makes what is missing of the demo's company and gives its logins. Passwords are kept from the last time.
func (p *program) seed(ctx context.Context, dir string) (logins []demoLogin, err error) {
	known, err := takeDemoFile(dir)
	if err != nil {
		return nil, err
	}
	s, err := open(ctx, dir)
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, s.Close()) }()
	c, err := company(ctx, s, demoCompany)
	if err != nil {
		return nil, err
	}
	var reps []store.Rep
	for _, l := range demoReps() {
		l.Password = known[l.Login]
		r, err := p.seedRep(ctx, s, c, &l)
		if err != nil {
			return nil, err
		}
		reps, logins = append(reps, r), append(logins, l)
	}
	return logins, seedPortals(ctx, s, c, reps)
}

func seedPortals(ctx context.Context, s *store.Store, c store.Company, reps []store.Rep) error {
	for _, portal := range demoPortals() {
		portal.CompanyID = c.ID
		added, err := s.AddPortal(ctx, portal)
		if errors.Is(err, store.ErrExists) {
			continue
		}
		if err != nil {
			return err
		}
		for _, r := range reps {
			if err := s.AssignPortal(ctx, r.ID, added.ID); err != nil {
				return err
			}
		}
	}
	return nil
}

// seedRep finds or adds a rep; one whose password is not known any more gets a new one.
func (p *program) seedRep(ctx context.Context, s *store.Store, c store.Company, l *demoLogin) (store.Rep, error) {
	r, err := s.RepByLogin(ctx, l.Login)
	found := err == nil
	if err != nil && !errors.Is(err, store.ErrNotFound) {
		return store.Rep{}, err
	}
	if found && l.Password != "" {
		return r, nil
	}
	if l.Password, err = p.drawPassword(l); err != nil {
		return store.Rep{}, err
	}
	hash, err := account.HashPassword(l.Password, p.rand)
	if err != nil {
		return store.Rep{}, err
	}
	if found {
		return r, s.SetPassword(ctx, r.ID, hash)
	}
	return s.AddRep(ctx, store.Rep{CompanyID: c.ID, Login: l.Login, Name: l.Name, PasswordHash: hash, Active: true})
}

// drawPassword draws 20 characters that keep the rule for passwords.
func (p *program) drawPassword(l *demoLogin) (string, error) {
	for {
		var b [15]byte
		if _, err := io.ReadFull(p.rand, b[:]); err != nil {
			return "", fmt.Errorf("cannot draw a password: %w", err)
		}
		drawn := base64.RawURLEncoding.EncodeToString(b[:])
		if account.CheckPasswordRule(l.Login, l.Name, drawn) == nil {
			return drawn, nil
		}
	}
}

// takeDemoFile reads the passwords that the last run wrote down and marks the file as old, so that nobody takes its
// address for that of the relay that is about to start.
func takeDemoFile(dir string) (map[string]string, error) {
	name := filepath.Join(dir, demoFile)
	last := name + ".last"
	if err := os.Rename(name, last); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return nil, fmt.Errorf("cannot use the folder: %w", err)
	}
	known := map[string]string{}
	raw, err := os.ReadFile(last)
	if errors.Is(err, fs.ErrNotExist) {
		return known, nil
	}
	if err != nil {
		return nil, fmt.Errorf("cannot read what the last demo wrote: %w", err)
	}
	var info demoInfo
	if err := json.Unmarshal(raw, &info); err != nil {
		return known, nil //nolint:nilerr // new passwords are drawn
	}
	for _, l := range info.Logins {
		known[l.Login] = l.Password
	}
	return known, nil
}

// write puts the file in place whole, readable by its owner only.
func (d demoInfo) write(dir string) error {
	raw, err := json.MarshalIndent(d, "", "  ")
	if err != nil {
		return err
	}
	f, err := os.CreateTemp(dir, "."+demoFile+".*") // mode 0600
	if err != nil {
		return fmt.Errorf("cannot write %s: %w", demoFile, err)
	}
	_, err = f.Write(append(raw, '\n'))
	err = errors.Join(err, f.Close())
	if err == nil {
		err = os.Rename(f.Name(), filepath.Join(dir, demoFile))
	}
	if err != nil {
		return errors.Join(fmt.Errorf("cannot write %s: %w", demoFile, err), os.Remove(f.Name()))
	}
	if err := os.Remove(filepath.Join(dir, demoFile+".last")); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("cannot tidy up: %w", err)
	}
	return nil
}
