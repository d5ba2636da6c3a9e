// Package apply makes a relay's accounts what a file says: companies with their teams, portals, reps, managers and
// settings. Applying a file a second time changes nothing. What the file does not mention stays as it is, and nothing is
// taken away unless that is asked for (Options.Prune).
//
// It works within one store.Change, so a file is applied whole or not at all, and a rehearsal of that change shows what
// applying would do. Passwords are never in the file, but for their argon2id hashes.
package apply

import (
	"errors"
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/goccy/go-yaml"
	"github.com/goccy/go-yaml/ast"
	"github.com/goccy/go-yaml/parser"

	"deskhand/relay/internal/right"
	"deskhand/relay/internal/role"
	"deskhand/relay/internal/store"
)

// File is what such a file holds. A nil pointer, map or slice is something that it does not mention.
type File struct {
	Companies []Company `yaml:"companies"`
}

// Company is found by its name.
type Company struct {
	Name         string    `yaml:"name"`
	Seats        *int      `yaml:"seats"`         // 0 is without limit
	PasswordDays *Days     `yaml:"password_days"` // never, or a number
	Teams        []Team    `yaml:"teams"`
	Portals      []Portal  `yaml:"portals"`
	Reps         []Rep     `yaml:"reps"`
	Managers     []Account `yaml:"managers"`
}

// Team is found by its name. Its subteams stand within it.
type Team struct {
	Name         string   `yaml:"name"`
	Logins       *int     `yaml:"logins"`        // 0 is without limit
	PasswordDays *Days    `yaml:"password_days"` // inherit, never, or a number
	Settings     Settings `yaml:"settings"`
	Teams        []Team   `yaml:"teams"`
}

// Portal is found by its slug. A new one has a subportal, "main".
type Portal struct {
	Slug          string      `yaml:"slug"`
	Name          *string     `yaml:"name"`
	Kind          *string     `yaml:"kind"`
	Mode          *string     `yaml:"mode"`
	QueryLifetime *Period     `yaml:"query_lifetime"`
	Fields        *Fields     `yaml:"fields"`
	Settings      Settings    `yaml:"settings"`
	Subportals    []Subportal `yaml:"subportals"`
}

// Fields are off, optional or required.
type Fields struct {
	Name     *string `yaml:"name"`
	Email    *string `yaml:"email"`
	Question *string `yaml:"question"`
}

// Subportal is found by its slug. Reps and teams are those who serve it.
type Subportal struct {
	Slug  string   `yaml:"slug"`
	Name  *string  `yaml:"name"`
	Teams []string `yaml:"teams"`
	Reps  []string `yaml:"reps"`
}

// Rep is found by its login.
type Rep struct {
	Person   `yaml:",inline"`
	Team     *string  `yaml:"team"`
	Rights   []string `yaml:"rights"` // reports, review: of its own sessions
	Settings Settings `yaml:"settings"`
}

// Account is a manager's, and is found by its login.
type Account struct {
	Person `yaml:",inline"`
	Role   *string  `yaml:"role"`   // of a new one; team_manager if it says nothing
	Teams  []string `yaml:"teams"`  // of a team manager
	Rights []string `yaml:"rights"` // likewise
}

// Person is what all accounts have. The two passwords and must_change are for new accounts only: afterwards a password
// is its owner's business.
type Person struct {
	Login        string  `yaml:"login"`
	Name         *string `yaml:"name"`
	ScreenName   *string `yaml:"screen_name"`
	Email        *string `yaml:"email"`
	Notes        *string `yaml:"notes"`
	Tags         *string `yaml:"tags"`
	Active       *bool   `yaml:"active"`        // true if it says nothing
	MustChange   *bool   `yaml:"must_change"`   // likewise
	PasswordHash string  `yaml:"password_hash"` // argon2id, as a PHC string
	PasswordFile string  `yaml:"password_file"` // one line
}

// Days is a password policy: 0 to inherit, store.PasswordForever, or a number of days.
type Days int

// UnmarshalYAML reads never, inherit or a number.
func (d *Days) UnmarshalYAML(n ast.Node) error {
	switch text := n.GetToken().Value; text {
	case "never":
		*d = store.PasswordForever
	case "inherit":
		*d = 0
	default:
		days, err := strconv.Atoi(text)
		if err != nil || days < 1 || days > 3650 {
			return at(n, errors.New("password_days is never, inherit or 1 to 3650"))
		}
		*d = Days(days)
	}
	return nil
}

// Period is a length of time.
type Period time.Duration

// UnmarshalYAML reads 90s, 5m, 1h30m.
func (p *Period) UnmarshalYAML(n ast.Node) error {
	d, err := time.ParseDuration(n.GetToken().Value)
	if err != nil || d <= 0 || d > 24*time.Hour {
		return at(n, errors.New("a time is written like 90s, 5m or 1h30m"))
	}
	*p = Period(d)
	return nil
}

// Settings are those that are named; they are checked where they stand.
type Settings map[right.Name]int64

// UnmarshalYAML reads names of package right with their values.
func (s *Settings) UnmarshalYAML(n ast.Node) error {
	*s = Settings{}
	pairs, ok := n.(ast.MapNode)
	if !ok {
		return at(n, errors.New("settings are names with values"))
	}
	for i := pairs.MapRange(); i.Next(); {
		setting, known := right.Lookup(i.Key().GetToken().Value)
		if !known {
			return at(i.Key(), fmt.Errorf("unknown setting %q", i.Key().GetToken().Value))
		}
		if _, twice := (*s)[setting.Name]; twice {
			return at(i.Key(), fmt.Errorf("setting %q stands there twice", setting.Name))
		}
		value, err := setting.Parse(i.Value().GetToken().Value)
		if err != nil {
			return at(i.Value(), err)
		}
		(*s)[setting.Name] = value
	}
	return nil
}

// at says where in the file something is wrong.
func at(n ast.Node, err error) error {
	p := n.GetToken().Position
	return fmt.Errorf("[%d:%d] %w", p.Line, p.Column, err)
}

// Parse reads a file. Errors begin with the line and column in brackets; a key that is not known is one.
func Parse(raw []byte) (File, error) {
	var f File
	if err := plain(raw); err != nil {
		return File{}, err
	}
	if err := yaml.UnmarshalWithOptions(raw, &f, yaml.Strict()); err != nil {
		return File{}, errors.New(strings.TrimSpace(yaml.FormatError(err, false, false)))
	}
	if len(f.Companies) == 0 {
		return File{}, errors.New("the file names no company")
	}
	return f, nil
}

// plain refuses what such a file does not need and what could make a small file a huge one: tags, anchors and aliases.
func plain(raw []byte) error {
	parsed, err := parser.ParseBytes(raw, 0)
	if err != nil {
		return errors.New(strings.TrimSpace(yaml.FormatError(err, false, false)))
	}
	if len(parsed.Docs) > 1 {
		return errors.New("the file is more than one document")
	}
	var found refuser
	for _, doc := range parsed.Docs {
		if doc.Body != nil {
			ast.Walk(&found, doc.Body)
		}
	}
	return found.err
}

// refuser remembers the first thing that is not plain.
type refuser struct{ err error }

// Visit looks at one node.
func (r *refuser) Visit(n ast.Node) ast.Visitor {
	if r.err != nil {
		return nil
	}
	switch n.Type() {
	case ast.TagType, ast.AnchorType, ast.AliasType, ast.MergeKeyType:
		r.err = at(n, errors.New("tags, anchors, aliases and merged keys are not for this file"))
		return nil
	}
	return r
}

// duties reads rights.
func duties(names []string) ([]role.Duty, error) {
	var all []role.Duty
	for _, name := range names {
		d := role.Duty(name)
		if !d.Known() {
			return nil, fmt.Errorf("unknown right %q", name)
		}
		all = append(all, d)
	}
	return all, nil
}
