package store

import (
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"deskhand/protocol/fault"
)

// start is when every test begins.
var start = time.Date(2026, 3, 1, 9, 0, 0, 0, time.UTC)

func open(t *testing.T, path string) *Store {
	t.Helper()
	s, err := Open(t.Context(), path)
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

// must gives the value of a call that may not fail.
func must[T any](v T, err error) func(*testing.T) T {
	return func(t *testing.T) T {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
		return v
	}
}

func check(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func wantFault(t *testing.T, what string, err error, want fault.Reason) {
	t.Helper()
	if got := fault.ReasonOf(err); got != want {
		t.Errorf("%s: %v, want %q", what, err, want)
	}
}

func hash(secret string) []byte {
	sum := sha256.Sum256([]byte(secret))
	return sum[:]
}

// firm is a store with a company, the reps ann, ben and cy, of whom cy serves no portal, and one portal of each mode.
type firm struct {
	*Store
	path              string
	company           Company
	ann, ben, cy      Rep
	web, queue, phone Portal
}

func newFirm(t *testing.T) *firm {
	t.Helper()
	f := &firm{path: filepath.Join(t.TempDir(), "relay.db")}
	f.Store = open(t, f.path)
	ctx := t.Context()
	f.company = must(f.AddCompany(ctx, "Acme"))(t)
	rep := func(login, name, screen string) Rep {
		return must(f.AddRep(ctx, Rep{CompanyID: f.company.ID, Login: login, Name: name, ScreenName: screen, Active: true}))(t)
	}
	f.ann, f.ben, f.cy = rep("ann@acme.test", "Ann Lee", "Ann"), rep("ben@acme.test", "Ben Ray", ""), rep("cy@acme.test", "Cy Fox", "")
	portal := func(slug string, mode Mode) Portal {
		p := Portal{CompanyID: f.company.ID, Slug: slug, Name: "Portal " + slug, Mode: mode, See: true, Control: mode != ModeQueue}
		return must(f.AddPortal(ctx, p))(t)
	}
	f.web, f.queue, f.phone = portal("web", ModeWeb), portal("queue", ModeQueue), portal("phone", ModePhone)
	for _, r := range []Rep{f.ann, f.ben} {
		for _, p := range []Portal{f.web, f.queue, f.phone} {
			check(t, f.AssignPortal(ctx, r.ID, p.ID))
		}
	}
	return f
}

// number is the n-th session ID of a test.
func number(n int) string { return fmt.Sprintf("5%08d", n) }

func (f *firm) post(t *testing.T, n int) Query {
	t.Helper()
	q := Query{
		SessionID: number(n), PortalID: f.web.ID, Customer: "Zoë", Email: "zoe@home.test", Question: "My printer is on fire",
		Language: "fr", System: "Windows 11", TicketHash: hash(number(n)), PostedAt: start, ExpiresAt: start.Add(5 * time.Minute),
	}
	check(t, f.PostQuery(t.Context(), q))
	return q
}

func (f *firm) taken(t *testing.T, n int) Session {
	t.Helper()
	f.post(t, n)
	return must(f.TakeQuery(t.Context(), number(n), f.ann.ID, start.Add(time.Second)))(t)
}

func (f *firm) joined(t *testing.T, n int) Session {
	t.Helper()
	f.taken(t, n)
	check(t, f.JoinSession(t.Context(), number(n), Arrival{TokenHash: hash("token" + number(n)), At: start.Add(2 * time.Second)}))
	return must(f.Session(t.Context(), number(n)))(t)
}

func (f *firm) code(n int, name string) Code {
	return Code{
		Code: number(n), RepID: f.ann.ID, PortalID: f.phone.ID, Name: name,
		CreatedAt: start, ExpiresAt: start.Add(time.Hour),
	}
}

func TestOpenFaults(t *testing.T) {
	dir := t.TempDir()
	text := filepath.Join(dir, "text.db")
	check(t, os.WriteFile(text, []byte(strings.Repeat("this is no database ", 100)), 0o600))
	for _, tt := range []struct {
		name, path string
		want       error
	}{
		{"no folder", filepath.Join(dir, "none", "relay.db"), os.ErrNotExist},
		{"a folder", dir, nil},
		{"no database", text, ErrDamaged},
	} {
		t.Run(tt.name, func(t *testing.T) {
			_, err := Open(t.Context(), tt.path)
			if err == nil || tt.want != nil && !errors.Is(err, tt.want) {
				t.Fatalf("Open: %v, want %v", err, tt.want)
			}
			if !strings.Contains(err.Error(), tt.path) {
				t.Errorf("%q does not name the file", err)
			}
		})
	}
}

func TestOpenEndsWithItsContext(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := Open(ctx, filepath.Join(t.TempDir(), "relay.db")); !errors.Is(err, context.Canceled) {
		t.Errorf("Open: %v", err)
	}
}

func TestOddFileNames(t *testing.T) {
	for _, name := range []string{"a b.db", "what?.db", "50%20.db", "a#b.db", "file:x.db", "é.db"} {
		path := filepath.Join(t.TempDir(), name)
		must(open(t, path).AddCompany(t.Context(), "Acme"))(t)
		if info, err := os.Stat(path); err != nil || info.Size() == 0 && !exists(path+"-wal") {
			t.Errorf("%q was not used: %v", name, err)
		}
	}
}

func exists(path string) bool {
	_, err := os.Stat(path)
	return err == nil
}

func TestFileIsPrivate(t *testing.T) {
	f := newFirm(t)
	for _, path := range []string{f.path, f.path + "-wal"} {
		info := must(os.Stat(path))(t)
		if info.Mode().Perm() != 0o600 {
			t.Errorf("%s has mode %v", filepath.Base(path), info.Mode())
		}
	}
}

func TestSettings(t *testing.T) {
	s := open(t, filepath.Join(t.TempDir(), "relay.db"))
	for _, tt := range []struct {
		pool   string
		db     querier
		pragma string
		want   string
	}{
		{"writer", s.writer, "journal_mode", "wal"},
		{"writer", s.writer, "synchronous", "1"},
		{"writer", s.writer, "foreign_keys", "1"},
		{"writer", s.writer, "busy_timeout", "10000"},
		{"reader", s.reader, "journal_mode", "wal"},
		{"reader", s.reader, "query_only", "1"},
		{"reader", s.reader, "busy_timeout", "10000"},
	} {
		got := must(one(t.Context(), tt.db, scanOne[string], "PRAGMA "+tt.pragma))(t)
		if got != tt.want {
			t.Errorf("%s: %s is %s, want %s", tt.pool, tt.pragma, got, tt.want)
		}
	}
}

func TestNewerSchemaIsRefused(t *testing.T) {
	path := filepath.Join(t.TempDir(), "relay.db")
	s, err := Open(t.Context(), path)
	check(t, err)
	_, err = s.writer.ExecContext(t.Context(), `INSERT INTO goose_db_version (version_id, is_applied) VALUES (999, 1)`)
	check(t, errors.Join(err, s.Close()))
	if _, err := Open(t.Context(), path); !errors.Is(err, ErrNewerSchema) {
		t.Errorf("Open: %v", err)
	}
}

func TestManyOpenAFreshFile(t *testing.T) {
	path := filepath.Join(t.TempDir(), "relay.db")
	var all sync.WaitGroup
	for range 6 {
		all.Go(func() {
			s, err := Open(t.Context(), path)
			if err != nil {
				t.Error(err)
				return
			}
			if _, err := s.Portals(t.Context(), 1); err != nil {
				t.Error(err)
			}
			if err := s.Close(); err != nil {
				t.Error(err)
			}
		})
	}
	all.Wait()
}

func TestDiskFull(t *testing.T) {
	f := newFirm(t)
	f.taken(t, 1)
	_, err := f.writer.ExecContext(t.Context(), `PRAGMA max_page_count = 1`) // clamped to the pages there are
	check(t, err)
	big := Line{SessionID: number(1), At: start, Text: strings.Repeat("x", 1<<20)}
	if _, err := f.AddLine(t.Context(), big); !errors.Is(err, ErrDiskFull) {
		t.Errorf("AddLine: %v", err)
	}
	_, err = f.writer.ExecContext(t.Context(), `PRAGMA max_page_count = 100000`)
	check(t, err)
	if seq, err := f.AddLine(t.Context(), big); err != nil || seq != 1 {
		t.Errorf("with room again: line %d, %v; want 1", seq, err)
	}
}

func TestEverythingSurvivesARestart(t *testing.T) {
	path := filepath.Join(t.TempDir(), "relay.db")
	ctx := t.Context()
	s, err := Open(ctx, path)
	check(t, err)
	c := must(s.AddCompany(ctx, "Acme"))(t)
	r := must(s.AddRep(ctx, Rep{CompanyID: c.ID, Login: "ann", Name: "Ann", Active: true}))(t)
	p := must(s.AddPortal(ctx, Portal{CompanyID: c.ID, Slug: "web", Name: "Web", Mode: ModeWeb}))(t)
	check(t, s.AssignPortal(ctx, r.ID, p.ID))
	check(t, s.AddLogin(ctx, Login{TokenHash: hash("login"), RepID: r.ID, At: start}))
	q := Query{SessionID: number(1), PortalID: p.ID, Customer: "Zoë", TicketHash: hash("t"), PostedAt: start, ExpiresAt: start.Add(time.Hour)}
	check(t, s.PostQuery(ctx, q))
	must(s.TakeQuery(ctx, number(1), r.ID, start))(t)
	must(s.AddLine(ctx, Line{SessionID: number(1), At: start, From: 1, Text: "Grüße €"}))(t)
	check(t, s.Close())

	s = open(t, path)
	if got := must(s.LoginRep(ctx, hash("login"), start))(t); got != r {
		t.Errorf("rep is %+v, want %+v", got, r)
	}
	if got := must(s.PortalBySlug(ctx, "web"))(t); got != p {
		t.Errorf("portal is %+v, want %+v", got, p)
	}
	if got := must(s.OpenSessions(ctx))(t); len(got) != 1 || got[0].Customer != "Zoë" || !got[0].PostedAt.Equal(start) {
		t.Errorf("open sessions are %+v", got)
	}
	if got := must(s.Lines(ctx, number(1), 0))(t); len(got) != 1 || got[0].Text != "Grüße €" || got[0].At != start {
		t.Errorf("lines are %+v", got)
	}
	if err := s.PostQuery(ctx, q); !errors.Is(err, ErrNumberInUse) {
		t.Errorf("posting the number again: %v", err)
	}
}

func TestReadersAreNotHeldUp(t *testing.T) {
	f := newFirm(t)
	tx := must(f.writer.BeginTx(t.Context(), nil))(t) // holds the write lock
	defer func() { check(t, tx.Rollback()) }()
	if _, err := f.PortalBySlug(t.Context(), "web"); err != nil {
		t.Errorf("reading while another writes: %v", err)
	}
}

func TestSchemaRefusesWhatIsNotHashed(t *testing.T) {
	f := newFirm(t)
	ctx := t.Context()
	if err := f.SetPassword(ctx, f.ann.ID, "Correct horse 9"); err == nil {
		t.Error("stored a plain password")
	}
	if _, err := f.AddRep(ctx, Rep{CompanyID: f.company.ID, Login: "dee", Name: "Dee", PasswordHash: "plain"}); err == nil {
		t.Error("stored a plain password with a rep")
	}
	if err := f.AddLogin(ctx, Login{TokenHash: []byte("a token"), RepID: f.ann.ID, At: start}); err == nil {
		t.Error("stored a plain token")
	}
	q := Query{SessionID: number(1), PortalID: f.web.ID, TicketHash: []byte("a ticket"), PostedAt: start, ExpiresAt: start}
	if err := f.PostQuery(ctx, q); err == nil {
		t.Error("stored a plain ticket")
	}
	f.taken(t, 1) // the refused query has not used the number up
	if err := f.JoinSession(ctx, number(1), Arrival{TokenHash: []byte("a token"), At: start}); err == nil {
		t.Error("stored a plain customer's token")
	}
}

func TestAudit(t *testing.T) {
	f := newFirm(t)
	entry := Entry{At: start, Actor: "ann", Action: "login", Subject: "s", Detail: "d"}
	check(t, f.Audit(t.Context(), Entry{At: start, Action: "first"}))
	check(t, f.Audit(t.Context(), entry))
	trail := must(f.AuditTrail(t.Context(), 1))(t)
	if len(trail) != 1 || trail[0] != entry {
		t.Errorf("trail is %+v", trail)
	}
}
