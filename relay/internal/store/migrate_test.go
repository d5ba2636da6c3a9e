package store

import (
	"io/fs"
	"path/filepath"
	"testing"

	"github.com/pressly/goose/v3"

	"deskhand/relay/internal/right"
	"deskhand/relay/internal/role"
)

// before is a database of the version without teams: two companies, of which one has reps, portals of both shapes, a
// login, a query, a code and a running session.
const before = `
INSERT INTO companies VALUES (1, 'Acme', 'acme'), (2, 'Other', 'other');
INSERT INTO reps VALUES (1, 1, 'Ann@acme.test', 'ann@acme.test', 'Ann Lee', 'Ann', '', 1, 8),
	(2, 1, 'ben@acme.test', 'ben@acme.test', 'Ben Ray', 'Ben', '', 0, 3);
INSERT INTO portals VALUES (5, 1, 'help', 'Help', 'question', 'web', 1, 0, 300000, 3600000),
	(6, 1, 'join', 'Join', 'code', 'phone', 1, 1, 300000, 600000), (7, 2, 'blind', 'Blind', 'question', 'queue', 0, 0, 1, 3600000);
INSERT INTO portal_reps VALUES (5, 1), (6, 1), (5, 2);
INSERT INTO logins VALUES (zeroblob(32), 1, 1, 1000);
INSERT INTO numbers VALUES ('500000001'), ('500000002'), ('500000003');
INSERT INTO queries VALUES ('500000001', 5, 'waiting', 'Zoë', '', 'Fire', '', '', zeroblob(32), NULL, 1000, 9000);
INSERT INTO declines VALUES ('500000001', 2);
INSERT INTO codes VALUES ('500000002', 1, 6, 'Max', 'max', 'active', 1000, 9000);
INSERT INTO sessions (id, portal_id, rep_id, customer, email, question, language, system, host, posted_at, started_at, see,
	control, haystack) VALUES ('500000003', 5, 1, 'Jo', '', '', '', '', '', 1, 2, 1, 0, 'jo');
INSERT INTO lines VALUES ('500000003', 1, 1, 1, 'Jo', 'hi', 0, '');
`

// old makes such a database.
func old(t *testing.T) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "relay.db")
	s := must(connect(path))(t)
	dir := must(fs.Sub(migrations, "migrations/sqlite"))(t)
	provider := must(goose.NewProvider(goose.DialectSQLite3, s.writer, dir, goose.WithDisableGlobalRegistry(true)))(t)
	must(provider.UpTo(t.Context(), 1))(t)
	_, err := s.writer.ExecContext(t.Context(), before)
	check(t, err)
	check(t, s.Close())
	return path
}

func TestAccountsAreBroughtForward(t *testing.T) {
	ctx := t.Context()
	s := open(t, old(t))
	acme := must(s.CompanyByName(ctx, "acme"))(t)
	if teams := must(s.Teams(ctx, acme.ID))(t); len(teams) != 1 || teams[0].Name != "Acme" {
		t.Errorf("teams %+v", teams)
	}
	if other := must(s.CompanyByName(ctx, "other"))(t); len(must(s.Teams(ctx, other.ID))(t)) != 1 {
		t.Error("a company without a team")
	}
	ann := must(s.RepByLogin(ctx, "ann@acme.test"))(t)
	if ann.ID != 1 || ann.Team != "Acme" || ann.Role != role.Rep || ann.MaxCodes != 0 || !ann.Active || ann.Login != "Ann@acme.test" {
		t.Errorf("rep %+v", ann)
	}
	if ben := must(s.RepByLogin(ctx, "ben@acme.test"))(t); ben.MaxCodes != 3 || ben.Active {
		t.Errorf("rep %+v", ben)
	}
	help, blind := must(s.PortalBySlug(ctx, "help"))(t), must(s.PortalBySlug(ctx, "blind"))(t)
	if !help.See || help.Control || blind.See || blind.Control || help.Fields.Question != FieldRequired || blind.Mode != ModeQueue {
		t.Errorf("portals %+v %+v", help, blind)
	}
	if join := must(s.PortalBySlug(ctx, "join"))(t); join.CodeLifetime.Minutes() != 10 || join.Kind != KindCode {
		t.Errorf("portal %+v", join)
	}
	subportals := must(s.Subportals(ctx, help.ID))(t)
	if len(subportals) != 1 || subportals[0].Slug != FirstSubportal || subportals[0].Name != "Help" {
		t.Errorf("subportals %+v", subportals)
	}
	if served := must(s.RepPortals(ctx, ann.ID))(t); len(served) != 2 {
		t.Errorf("Ann serves %+v", served)
	}
	if q := must(s.Query(ctx, "500000001"))(t); q.SubportalID != subportals[0].ID || q.State != QueryWaiting {
		t.Errorf("query %+v", q)
	}
	session := must(s.Session(ctx, "500000003"))(t)
	if !session.See || session.Control || session.Functions != (right.Functions{}).With(right.See) {
		t.Errorf("session %+v", session)
	}
	if lines := must(s.Lines(ctx, session.ID, 0))(t); len(lines) != 1 {
		t.Errorf("%d lines", len(lines))
	}
	if seats := must(s.Seats(ctx, acme.ID))(t); len(seats) != 1 || seats[0].RepID != ann.ID || seats[0].Sessions != 1 {
		t.Errorf("seats %+v", seats)
	}
	must(s.TakeQuery(ctx, "500000001", ann.ID, start.AddDate(-60, 0, 0)))(t)
}

// TestReferencesHoldAfterMigration: the tables that were made anew are still what the others refer to.
func TestReferencesHoldAfterMigration(t *testing.T) {
	s := open(t, old(t))
	broken := must(all(t.Context(), s.writer, func(r row) (string, error) {
		var table, parent string
		var id, key any
		err := r.Scan(&table, &id, &parent, &key)
		return table + " -> " + parent, err
	}, `PRAGMA foreign_key_check`))(t)
	if len(broken) > 0 {
		t.Errorf("broken references: %v", broken)
	}
	for _, query := range []string{
		`DELETE FROM reps WHERE id = 1`, `DELETE FROM portals WHERE id = 5`, `DELETE FROM teams WHERE id = 1`,
		`INSERT INTO declines VALUES ('500000001', 99)`, `UPDATE reps SET team_id = NULL`, `UPDATE portals SET kind = 'fly'`,
	} {
		if _, err := s.writer.ExecContext(t.Context(), query); err == nil {
			t.Errorf("%s was carried out", query)
		}
	}
}
