package apply

import (
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"deskhand/relay/internal/right"
	"deskhand/relay/internal/role"
	"deskhand/relay/internal/store"
)

// example is the file of the README.
func example(t testing.TB) string {
	t.Helper()
	raw, err := os.ReadFile("testdata/contoso.yaml")
	if err != nil {
		t.Fatal(err)
	}
	return string(raw)
}

func open(t *testing.T) *store.Store {
	t.Helper()
	s, err := store.Open(t.Context(), filepath.Join(t.TempDir(), "relay.db"))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	})
	return s
}

const phc = "$argon2id$v=19$m=64,t=1,p=1$c29tZXNhbHQ$CTFhFdXPJO1aFaMaO6Mm5c8y7cJHAph8ArZWb2GRPPc"

func options(prune bool) Options {
	return Options{Prune: prune, Password: func(_, _, file string) (string, error) {
		if file == "missing" {
			return "", errors.New("no such file")
		}
		return phc, nil
	}}
}

// try applies a text and gives what it changed.
func try(t *testing.T, s *store.Store, text string, prune bool) ([]string, error) {
	t.Helper()
	f, err := Parse([]byte(text))
	if err != nil {
		return nil, err
	}
	var entries []store.Entry
	by := store.By{Name: "file", At: time.UnixMilli(1).UTC(), Powers: role.Person{Role: role.Operator}}
	err = s.Change(t.Context(), by, func(c *store.Change) error {
		err := f.Apply(t.Context(), c, options(prune))
		entries = c.Entries()
		return err
	})
	var said []string
	for _, e := range entries {
		said = append(said, strings.TrimSpace(e.Action+" "+e.Subject+" "+e.Detail))
	}
	return said, err
}

func apply(t *testing.T, s *store.Store, text string, prune bool) []string {
	t.Helper()
	said, err := try(t, s, text, prune)
	if err != nil {
		t.Fatal(err)
	}
	return said
}

func TestTheExampleIsApplied(t *testing.T) {
	s := open(t)
	ctx := t.Context()
	if said := apply(t, s, example(t), false); len(said) < 15 {
		t.Errorf("it changed %q", said)
	}
	c, err := s.CompanyByName(ctx, "Contoso")
	if err != nil || c.Seats != 10 || c.PasswordDays != 90 {
		t.Errorf("company %+v, %v", c, err)
	}
	night, err := s.TeamByName(ctx, c.ID, "Night")
	if err != nil || night.Parent != "Support" || night.Logins != 2 || night.PasswordDays != store.PasswordForever {
		t.Errorf("team %+v, %v", night, err)
	}
	ana, err := s.RepByLogin(ctx, "ana@contoso.example")
	if err != nil || ana.Team != "Night" || ana.ScreenName != "Ana" || !ana.MustChange || ana.PasswordHash != phc {
		t.Errorf("rep %+v, %v", ana, err)
	}
	help, err := s.PortalBySlug(ctx, "help")
	if err != nil || help.QueryLifetime != 3*time.Minute || help.Fields.Email != store.FieldRequired || help.Control {
		t.Errorf("portal %+v, %v", help, err)
	}
	if served, err := s.RepPortals(ctx, ana.ID); err != nil || len(served) != 2 {
		t.Errorf("Ana serves %+v, %v", served, err)
	}
	rights, err := s.Rights(ctx, ana.ID, help.ID)
	if err != nil || rights.May(right.Files) || rights.Number(right.MaxChats) != 3 || rights.May(right.Control) {
		t.Errorf("rights %+v, %v", rights, err)
	}
	chief, err := s.RepByLogin(ctx, "chief@contoso.example")
	if err != nil || chief.Role != role.TeamManager {
		t.Fatalf("manager %+v, %v", chief, err)
	}
	if p, err := s.Powers(ctx, chief); err != nil || !p.May(role.Monitor, c.ID, night.ID) || p.May(role.Seats, c.ID, night.ID) {
		t.Errorf("powers %+v, %v", p, err)
	}
}

func TestApplyingAgainChangesNothing(t *testing.T) {
	s := open(t)
	apply(t, s, example(t), false)
	apply(t, s, example(t), true)
	for _, prune := range []bool{false, true} {
		if said := apply(t, s, example(t), prune); len(said) > 0 {
			t.Errorf("prune %t: it changed %q", prune, said)
		}
	}
}

// TestAPasswordIsItsOwnersBusiness: a file that was applied once does not undo what people have changed since.
func TestAPasswordIsItsOwnersBusiness(t *testing.T) {
	s := open(t)
	ctx := t.Context()
	apply(t, s, example(t), false)
	ana, err := s.RepByLogin(ctx, "ana@contoso.example")
	if err != nil {
		t.Fatal(err)
	}
	other := strings.Replace(phc, "c29t", "d29t", 1)
	if err := s.SetPassword(ctx, ana.ID, other); err != nil {
		t.Fatal(err)
	}
	apply(t, s, example(t), false)
	if now, err := s.RepByID(ctx, ana.ID); err != nil || now.PasswordHash != other || now.MustChange {
		t.Errorf("account %+v, %v", now, err)
	}
}

const small = `
companies:
  - name: Contoso
    teams:
      - name: Contoso
        settings: {files: on}
    portals:
      - slug: help
        subportals:
          - slug: main
            teams: [Contoso]
            reps: []
    reps:
      - login: bo@contoso.example
    managers: []
`

func TestNothingIsTakenAwayUnasked(t *testing.T) {
	s := open(t)
	ctx := t.Context()
	apply(t, s, example(t), false)
	for _, line := range apply(t, s, small, false) {
		if strings.Contains(line, "removed") || strings.Contains(line, "ended") {
			t.Errorf("without prune: %s", line)
		}
	}
	said := apply(t, s, small, true)
	for _, want := range []string{
		"rep_removed ana@contoso.example", "rep_removed chief@contoso.example", "portal_removed join",
		"team_removed Night", "team_removed Support", "serving_ended help/main team Support",
	} {
		if !slices.Contains(said, want) {
			t.Errorf("with prune it does not say %q but %q", want, said)
		}
	}
	c, err := s.CompanyByName(ctx, "Contoso")
	if err != nil || c.Seats != 10 {
		t.Errorf("what the file does not mention: %+v, %v", c, err)
	}
	if teams, err := s.Teams(ctx, c.ID); err != nil || len(teams) != 1 {
		t.Errorf("teams %+v, %v", teams, err)
	}
}

func TestTeamsMove(t *testing.T) {
	s := open(t)
	apply(t, s, "companies: [{name: C, teams: [{name: A, teams: [{name: B}]}]}]", false)
	said := apply(t, s, "companies: [{name: C, teams: [{name: B, teams: [{name: A}]}]}]", false)
	want := []string{"team_changed B part of: A -> (none)", "team_changed A part of: (none) -> B"}
	if !slices.Equal(said, want) {
		t.Errorf("it changed %q", said)
	}
}

func TestMistakesInAFile(t *testing.T) {
	s := open(t)
	apply(t, s, "companies: [{name: Other, portals: [{slug: taken}], reps: [{login: theirs}]}]", false)
	for _, tt := range []struct{ name, text, says string }{
		{"an unknown key", "companies:\n  - name: C\n    colour: red\n", "[3:5]"},
		{"an unknown key further in", "companies:\n  - name: C\n    reps:\n      - login: a\n        password: x\n", "[5:9]"},
		{"a key twice", "companies:\n  - name: C\n    name: D\n", "[3:5]"},
		{"an unknown setting", "companies:\n  - name: C\n    teams:\n      - name: T\n        settings:\n          fly: on\n", "[6:11] unknown setting"},
		{"a setting twice", "companies:\n  - name: C\n    teams:\n      - name: T\n        settings: {see: on, see: off}\n", "[5:"},
		{"a setting out of bounds", "companies:\n  - name: C\n    teams:\n      - name: T\n        settings:\n          max_codes: 9\n", "[6:22]"},
		{"no time", "companies:\n  - name: C\n    portals:\n      - slug: p\n        query_lifetime: soon\n", "[5:25]"},
		{"no policy", "companies:\n  - name: C\n    password_days: -1\n", "[3:"},
		{"no number", "companies:\n  - name: C\n    seats: many\n", "[3:12]"},
		{"an alias", "companies:\n  - &a\n    name: C\n  - *a\n", "[2:5] tags"},
		{"a tag", "companies:\n  - name: !!str C\n", "[2:11] tags"},
		{"two documents", "companies: [{name: C}]\n---\ncompanies: [{name: D}]\n", "more than one"},
		{"no YAML", "companies: [", "["},
		{"nothing", "", "no company"},
		{"no name", "companies: [{seats: 1}]", "needs a name"},
		{"no login", "companies: [{name: C, reps: [{name: A}]}]", "needs a login"},
		{"M-01", "companies: [{name: C, portals: [{slug: p, kind: button, mode: queue}]}]", "does not go with"},
		{"no such field use", "companies: [{name: C, portals: [{slug: p, fields: {name: maybe}}]}]", "off, optional or required"},
		{"another company's slug", "companies: [{name: C, portals: [{slug: taken}]}]", "exists already"},
		{"another company's login", "companies: [{name: C, reps: [{login: Theirs}]}]", "exists already"},
		{"an unknown team", "companies: [{name: C, reps: [{login: a, team: none}]}]", `team "none"`},
		{"an unknown rep", "companies: [{name: C, portals: [{slug: p, subportals: [{slug: main, reps: [none]}]}]}]", `rep "none"`},
		{"an unknown right", "companies: [{name: C, managers: [{login: m, rights: [fly]}]}]", `unknown right "fly"`},
		{"no manager's role", "companies: [{name: C, managers: [{login: m, role: rep}]}]", "no manager's role"},
		{"a plain password", "companies: [{name: C, reps: [{login: a, password_hash: secret}]}]", "no argon2id hash"},
		{"two passwords", "companies: [{name: C, reps: [{login: a, password_hash: x, password_file: y}]}]", "both"},
		{"no password file", "companies: [{name: C, reps: [{login: a, password_file: missing}]}]", "no such file"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			_, err := try(t, s, tt.text, false)
			if err == nil || !strings.Contains(err.Error(), tt.says) {
				t.Errorf("it says %v, want %q", err, tt.says)
			}
		})
	}
	if _, err := s.CompanyByName(t.Context(), "C"); !errors.Is(err, store.ErrNotFound) {
		t.Errorf("half a file was applied: %v", err)
	}
}

func FuzzParse(f *testing.F) {
	f.Add(example(f))
	f.Add(small)
	f.Add("companies: [{name: C, teams: [{name: T, settings: {see: on, code_lifetime: 5m}}]}]")
	f.Fuzz(func(_ *testing.T, text string) {
		_, _ = Parse([]byte(text))
	})
}
