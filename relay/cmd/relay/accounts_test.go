package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"deskhand/relay/internal/store"
)

// cli runs commands on one folder.
type cli struct {
	t   *testing.T
	dir string
}

// run gives what a command says; its last words follow -dir.
func (c cli) run(in string, args ...string) string {
	c.t.Helper()
	code, out, errs := command(c.t.Context(), in, c.on(args)...)
	if code != 0 {
		c.t.Fatalf("%v: exit %d: %s", args, code, errs)
	}
	return out
}

// on puts the folder behind the command's words.
func (c cli) on(args []string) []string {
	words := 0
	for words < len(args) && !strings.HasPrefix(args[words], "-") {
		words++
	}
	return append(append(append([]string{}, args[:words]...), "-dir", c.dir), args[words:]...)
}

// wants runs a command that must say something.
func (c cli) wants(says string, args ...string) {
	c.t.Helper()
	if out := c.run("", args...); !strings.Contains(out, says) {
		c.t.Errorf("%v says\n%s\nwant %q in it", args, out, says)
	}
}

// fails runs a command that must fail.
func (c cli) fails(says string, args ...string) {
	c.t.Helper()
	code, out, errs := command(c.t.Context(), "Passw0rd!\n", c.on(args)...)
	if code == 0 || !strings.Contains(errs, says) {
		c.t.Errorf("%v: exit %d, says %q %q, want %q in it", args, code, out, errs, says)
	}
}

// TestAccountsByCommand sets a whole company up, changes it and takes it down again.
func TestAccountsByCommand(t *testing.T) {
	c := cli{t, t.TempDir()}
	c.wants("company added: Contoso", "company", "add", "-name", "Contoso", "-seats", "3")
	c.wants("seats: 3 -> 5; password_days: never -> 60", "company", "set", "-name", "contoso", "-seats", "5", "-password-days", "60")
	c.wants("Nothing to change.", "company", "set", "-name", "contoso", "-seats", "5")
	c.wants("60", "company", "list")
	c.run("", "team", "add", "-company", "Contoso", "-name", "Support", "-logins", "2")
	c.run("", "team", "add", "-company", "Contoso", "-name", "Night", "-parent", "Support", "-password-days", "never")
	c.wants("part of: Support -> (none)", "team", "set", "-company", "Contoso", "-name", "Night", "-parent", "none")
	c.run("", "team", "set", "-company", "Contoso", "-name", "Night", "-parent", "Support", "-rename", "Late Night")
	c.wants("Late Night", "team", "list", "-company", "Contoso")

	c.run("", "portal", "add", "-company", "Contoso", "-slug", "click", "-name", "Click", "-kind", "button", "-ask-email", "required")
	c.run("Passw0rd!\n", "rep", "add", "-company", "Contoso", "-login", "ana@c.example", "-name", "Ana", "-team", "Support", "-tags", "a  b")
	c.wants("team: Support -> Late Night", "rep", "set", "-login", "ANA@c.example", "-team", "Late Night")
	c.wants("active: yes -> no", "rep", "set", "-login", "ana@c.example", "-active=false")
	c.wants("a b", "rep", "list", "-company", "Contoso")
	if out := c.run("Other-Pass-1\n", "rep", "password", "-login", "ana@c.example"); strings.Contains(out, "argon2id") {
		t.Errorf("it says the hash: %s", out)
	}
	c.run("", "rep", "totp", "-login", "ana@c.example")

	c.run("Passw0rd!\n", "manager", "add", "-company", "Contoso", "-login", "m@c.example", "-name", "M", "-teams", "Support, Late Night", "-rights", "monitor,reps")
	c.wants("rights: monitor reps -> reports", "manager", "set", "-login", "m@c.example", "-rights", "reports")
	c.wants("Support, Late Night", "manager", "list", "-company", "Contoso")

	c.run("", "subportal", "add", "-portal", "click", "-slug", "night", "-name", "Night")
	c.wants("team Support", "subportal", "serve", "-portal", "click", "-slug", "night", "-teams", "Support", "-reps", "ana@c.example")
	c.wants("team Support, ana@c.example", "subportal", "list", "-portal", "click")
	c.run("", "subportal", "set", "-portal", "click", "-slug", "night", "-new-slug", "late")
	c.wants("subportal removed: click/late", "subportal", "remove", "-portal", "click", "-slug", "late")

	c.wants("files: (none) -> off", "setting", "set", "-team", "Support", "-company", "Contoso", "-name", "files", "-value", "off")
	c.wants("max_codes: (none) -> 4", "setting", "set", "-login", "ana@c.example", "-name", "max_codes", "-value", "4")
	c.wants("code_lifetime: (none) -> 30m", "portal", "set", "-slug", "click", "-code-lifetime", "30m")
	c.wants("30m", "setting", "list", "-portal", "click")
	c.wants("files: off -> (none)", "setting", "clear", "-team", "Support", "-company", "Contoso", "-name", "files")
	c.wants("LOGIN", "seat", "list", "-company", "Contoso")
	c.wants("setting_changed", "audit", "list", "-n", "3")

	c.wants("rep removed: ana@c.example", "rep", "remove", "-login", "ana@c.example")
	c.wants("rep removed: m@c.example", "manager", "remove", "-login", "m@c.example")
	c.run("", "team", "remove", "-company", "Contoso", "-name", "Late Night")
	c.wants("portal removed: click", "portal", "remove", "-slug", "click")
}

func TestMistakesWithAccounts(t *testing.T) {
	c := cli{t, t.TempDir()}
	c.run("", "company", "add", "-name", "C")
	c.run("", "team", "add", "-company", "C", "-name", "A")
	c.run("", "team", "add", "-company", "C", "-name", "B", "-parent", "A")
	c.run("", "portal", "add", "-company", "C", "-slug", "p", "-name", "P", "-kind", "question")
	c.run("Passw0rd!\n", "rep", "add", "-company", "C", "-login", "r@c.example", "-name", "R")
	for _, tt := range []struct {
		says string
		args []string
	}{
		{"team knows these commands: team add", []string{"team", "fly"}},
		{"there is one of that name", []string{"company", "add", "-name", "c"}},
		{"no company \"X\"", []string{"team", "list", "-company", "X"}},
		{"say what shall change", []string{"team", "set", "-company", "C", "-name", "A"}},
		{"cannot be below itself", []string{"team", "set", "-company", "C", "-name", "A", "-parent", "B"}},
		{"still has reps or subteams", []string{"team", "remove", "-company", "C", "-name", "A"}},
		{"no team \"X\"", []string{"rep", "set", "-login", "r@c.example", "-team", "X"}},
		{"no account", []string{"rep", "remove", "-login", "none"}},
		{"is a rep", []string{"manager", "remove", "-login", "r@c.example"}},
		{"no manager's role", []string{"manager", "add", "-company", "C", "-login", "m", "-name", "M", "-role", "rep"}},
		{"no right \"fly\"", []string{"manager", "set", "-login", "r@c.example", "-rights", "fly"}},
		{"cannot be in queue mode", []string{"portal", "set", "-slug", "p", "-kind", "match", "-mode", "queue"}},
		{"no portal \"x\"", []string{"portal", "remove", "-slug", "x"}},
		{"at least one subportal", []string{"subportal", "remove", "-portal", "p", "-slug", "main"}},
		{"no subportal \"x\"", []string{"subportal", "serve", "-portal", "p", "-slug", "x", "-reps", "r@c.example"}},
		{"no setting \"fly\"", []string{"setting", "set", "-portal", "p", "-name", "fly", "-value", "on"}},
		{"1 to 8", []string{"setting", "set", "-portal", "p", "-name", "max_codes", "-value", "9"}},
		{"one of -portal", []string{"setting", "set", "-portal", "p", "-login", "r@c.example", "-name", "see", "-value", "on"}},
		{"holds no seat", []string{"seat", "clear", "-login", "r@c.example"}},
		{"inherit or 1 to", []string{"team", "set", "-company", "C", "-name", "A", "-password-days", "0"}},
		{"the file comes first", []string{"apply"}},
		{"cannot read", []string{"apply", filepath.Join(c.dir, "none.yaml")}},
	} {
		c.fails(tt.says, tt.args...)
	}
}

func TestApply(t *testing.T) {
	c := cli{t, t.TempDir()}
	files := t.TempDir()
	raw, err := os.ReadFile("../../internal/apply/testdata/contoso.yaml")
	if err != nil {
		t.Fatal(err)
	}
	file := filepath.Join(files, "contoso.yaml")
	write := func(name, text string) {
		t.Helper()
		if err := os.WriteFile(filepath.Join(files, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	write("contoso.yaml", string(raw))
	c.fails("cannot read the password", "apply", file)
	write("ana.password", "Quiet-Harbour-7\n")
	write("chief.password", "password\n")
	c.fails("8 to 32", "apply", file)
	write("chief.password", "Quiet-Harbour-8\n")

	dry := c.run("", "apply", file, "-dry-run")
	if !strings.Contains(dry, "company added: Contoso") || !strings.Contains(dry, "dry run") {
		t.Errorf("the dry run says %s", dry)
	}
	s, err := store.Open(t.Context(), filepath.Join(c.dir, "relay.db"))
	if err != nil {
		t.Fatal(err)
	}
	if all, err := s.Companies(t.Context()); err != nil || len(all) > 0 {
		t.Errorf("the dry run made %+v, %v", all, err)
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	if wet := c.run("", "apply", file); wet+"Nothing was changed: this was a dry run.\n" != dry {
		t.Errorf("applying says\n%s\nand the dry run said\n%s", wet, dry)
	}
	if err := os.Remove(filepath.Join(files, "ana.password")); err != nil { // is not needed any more
		t.Fatal(err)
	}
	c.wants("Nothing to change.", "apply", file)
	write("bad.yaml", "companies:\n  - name: Contoso\n    color: red\n")
	c.fails("[3:5]", "apply", filepath.Join(files, "bad.yaml"))
	write("less.yaml", "companies:\n  - name: Contoso\n    managers: []\n")
	c.wants("Nothing to change.", "apply", filepath.Join(files, "less.yaml"))
	c.wants("rep removed: chief@contoso.example", "apply", filepath.Join(files, "less.yaml"), "-prune")
}
