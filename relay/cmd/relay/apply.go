package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"deskhand/relay/internal/apply"
	"deskhand/relay/internal/store"
)

// maxFile is how large a file that is applied may be, in bytes.
const maxFile = 16 << 20

// apply makes the accounts what a file says, or shows what that would change.
func (p *program) apply(ctx context.Context, args []string) (err error) {
	o := p.options("apply FILE.yaml")
	dry := o.Bool("dry-run", false, "change nothing; print what would change")
	prune := o.Bool("prune", false, "remove what a list in the file does not mention")
	if len(args) == 0 || strings.HasPrefix(args[0], "-") && !isHelp(args[0]) {
		return usageError{errors.New("apply: the file comes first: deskhand-relay apply FILE.yaml -dir DIR")}
	}
	name := args[0]
	if !isHelp(name) {
		args = args[1:]
	}
	if err := o.parse(args); err != nil {
		return err
	}
	file, err := readFile(name)
	if err != nil {
		return err
	}
	s, err := open(ctx, *o.dir)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, s.Close()) }()
	hashes, err := p.passwords(ctx, s, file, filepath.Dir(name))
	if err != nil {
		return fmt.Errorf("%s: %w", name, err)
	}
	wanted := apply.Options{Prune: *prune, Password: func(login, _, _ string) (string, error) { return hashes[login], nil }}
	var entries []store.Entry
	do := func(c *store.Change) error {
		err := file.Apply(ctx, c, wanted)
		entries = c.Entries()
		return err
	}
	if *dry {
		_, err = s.Rehearse(ctx, p.operator(), do)
	} else {
		err = s.Change(ctx, p.operator(), do)
	}
	if err != nil {
		return fmt.Errorf("%s: %w", name, inWords(err))
	}
	p.tell(entries)
	if *dry && len(entries) > 0 {
		fmt.Fprintln(p.out, "Nothing was changed: this was a dry run.")
	}
	return nil
}

// passwords hashes those of accounts that are not there yet: before the change, which holds everybody up.
func (p *program) passwords(ctx context.Context, s *store.Store, file apply.File, dir string) (map[string]string, error) {
	hashes := map[string]string{}
	for _, person := range file.People() {
		_, err := s.RepByLogin(ctx, person.Login)
		if person.PasswordFile == "" || err == nil {
			continue
		}
		if !errors.Is(err, store.ErrNotFound) {
			return nil, err
		}
		from, name := person.PasswordFile, person.Login
		if !filepath.IsAbs(from) {
			from = filepath.Join(dir, from)
		}
		if person.Name != nil {
			name = *person.Name
		}
		if hashes[person.Login], err = p.newPassword(person.Login, name, from); err != nil {
			return nil, fmt.Errorf("account %q: %w", person.Login, err)
		}
	}
	return hashes, nil
}

func isHelp(arg string) bool { return arg == "-h" || arg == "-help" || arg == "--help" }

func readFile(name string) (apply.File, error) {
	info, err := os.Stat(name)
	if err == nil && info.Size() > maxFile {
		err = errors.New("it is too large")
	}
	var raw []byte
	if err == nil {
		raw, err = os.ReadFile(name)
	}
	if err != nil {
		return apply.File{}, fmt.Errorf("cannot read %s: %w", name, err)
	}
	f, err := apply.Parse(raw)
	if err != nil {
		return apply.File{}, fmt.Errorf("%s: %w", name, err)
	}
	return f, nil
}
