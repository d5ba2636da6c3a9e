package store

import (
	"errors"
	"slices"
	"testing"

	"deskhand/protocol/fault"
	"deskhand/relay/internal/role"
)

func TestMC06_Teams(t *testing.T) {
	f := newFirm(t)
	ctx := t.Context()
	support := f.team(t, Team{Name: "Support", Logins: 3, PasswordDays: 90})
	night := f.team(t, Team{Name: "Night", ParentID: support.ID})
	if got := must(f.TeamByName(ctx, f.company.ID, " NIGHT "))(t); got.Parent != "Support" || got.ID != night.ID || got.Logins != 0 {
		t.Errorf("team %+v", got)
	}
	if got := must(f.TeamByID(ctx, support.ID))(t); got != support {
		t.Errorf("team %+v, want %+v", got, support)
	}
	night.Name, night.Logins, night.PasswordDays = "Late", 1, PasswordForever
	f.change(t, func(c *Change) error { return c.SetTeam(ctx, night) })
	if got := must(f.TeamByID(ctx, night.ID))(t); got.Name != "Late" || got.PasswordDays != PasswordForever || got.Logins != 1 {
		t.Errorf("team %+v", got)
	}
	f.change(t, func(c *Change) error { return c.SetTeam(ctx, night) }) // nothing new, nothing written
	want := []string{
		"operator team_added Support name: Support; logins: 3; password_days: 90",
		"operator team_added Night name: Night; part of: Support; logins: no limit",
		"operator team_changed Night name: Night -> Late; logins: no limit -> 1; password_days: (none) -> never",
	}
	if got := f.trail(t, 3); !slices.Equal(got, want) {
		t.Errorf("audit trail %q\nwant %q", got, want)
	}
	for name, do := range map[string]func(*Change) error{
		"a name in use": func(c *Change) error {
			_, err := c.AddTeam(ctx, Team{CompanyID: f.company.ID, Name: "SUPPORT"})
			return err
		},
		"renamed to one in use": func(c *Change) error { return c.SetTeam(ctx, Team{ID: night.ID, Name: "acme"}) },
		"another company's team": func(c *Change) error {
			_, err := c.AddTeam(ctx, Team{CompanyID: 99, Name: "x", ParentID: night.ID})
			return err
		},
	} {
		if err := f.Change(ctx, operator(), do); !errors.Is(err, ErrExists) && !errors.Is(err, ErrNotFound) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestMC03_TeamsHaveNoCycles(t *testing.T) {
	f := newFirm(t)
	ctx := t.Context()
	a := f.team(t, Team{Name: "A"})
	b := f.team(t, Team{Name: "B", ParentID: a.ID})
	c := f.team(t, Team{Name: "C", ParentID: b.ID})
	d := f.team(t, Team{Name: "D"})
	for _, parent := range []Team{a, b, c} {
		moved := a
		moved.ParentID = parent.ID
		if err := f.Change(ctx, operator(), func(ch *Change) error { return ch.SetTeam(ctx, moved) }); !errors.Is(err, ErrCycle) {
			t.Errorf("A below %s: %v", parent.Name, err)
		}
	}
	moved := b
	moved.ParentID = d.ID
	f.change(t, func(ch *Change) error { return ch.SetTeam(ctx, moved) })
	if got := must(f.TeamsBelow(ctx, []int64{d.ID}))(t); !slices.Equal(got, []int64{b.ID, c.ID, d.ID}) {
		t.Errorf("below D: %v", got)
	}
	if got := must(f.TeamsBelow(ctx, []int64{a.ID}))(t); !slices.Equal(got, []int64{a.ID}) {
		t.Errorf("below A: %v", got)
	}
	if _, err := f.writer.ExecContext(ctx, `UPDATE teams SET parent_id = id`); err == nil {
		t.Error("the database lets a team be its own parent")
	}
}

func TestMC03_ARepHasExactlyOneTeam(t *testing.T) {
	f := newFirm(t)
	ctx := t.Context()
	if f.ann.TeamID == 0 || f.ann.Team != "Acme" {
		t.Fatalf("rep %+v", f.ann)
	}
	night := f.team(t, Team{Name: "Night"})
	moved := f.ann
	moved.TeamID = night.ID
	f.change(t, func(c *Change) error { return c.SetRep(ctx, moved) })
	if got := must(f.RepByID(ctx, f.ann.ID))(t); got.Team != "Night" {
		t.Errorf("rep %+v", got)
	}
	if got := f.trail(t, 1)[0]; got != "operator rep_changed ann@acme.test team: Acme -> Night" {
		t.Errorf("audit trail %q", got)
	}
	if _, err := f.writer.ExecContext(ctx, `UPDATE reps SET team_id = NULL WHERE id = ?`, f.ann.ID); err == nil {
		t.Error("the database lets a rep be without a team")
	}
	moved.TeamID = 999
	if err := f.Change(ctx, operator(), func(c *Change) error { return c.SetRep(ctx, moved) }); !errors.Is(err, ErrNotFound) {
		t.Errorf("an unknown team: %v", err)
	}
	other := must(f.AddCompany(ctx, "Other"))(t)
	moved.TeamID = must(f.Teams(ctx, other.ID))(t)[0].ID
	if err := f.Change(ctx, operator(), func(c *Change) error { return c.SetRep(ctx, moved) }); !errors.Is(err, ErrNotFound) {
		t.Errorf("another company's team: %v", err)
	}
}

func TestRemovingTeams(t *testing.T) {
	f := newFirm(t)
	ctx := t.Context()
	remove := func(id int64) error {
		return f.Change(ctx, operator(), func(c *Change) error { return c.RemoveTeam(ctx, id) })
	}
	night := f.team(t, Team{Name: "Night"})
	late := f.team(t, Team{Name: "Late", ParentID: night.ID})
	if err := remove(night.ID); !errors.Is(err, ErrTeamInUse) {
		t.Errorf("with a subteam: %v", err)
	}
	if err := remove(f.ann.TeamID); !errors.Is(err, ErrTeamInUse) {
		t.Errorf("with reps: %v", err)
	}
	check(t, errors.Join(remove(late.ID), remove(night.ID)))
	if err := remove(night.ID); !errors.Is(err, ErrNotFound) {
		t.Errorf("again: %v", err)
	}
	other := must(f.AddCompany(ctx, "Other"))(t)
	if err := remove(must(f.Teams(ctx, other.ID))(t)[0].ID); !errors.Is(err, ErrLastTeam) {
		t.Errorf("the last one: %v", err)
	}
}

func TestP02_PasswordPolicy(t *testing.T) {
	f := newFirm(t)
	ctx := t.Context()
	for _, tt := range []struct {
		name                string
		company, top, below int
		want                int
	}{
		{"nothing", 0, 0, 0, 0},
		{"the company's", 60, 0, 0, 60},
		{"the team above's", 60, 30, 0, 30},
		{"the own team's", 60, 30, 10, 10},
		{"the own team's is for ever", 60, 30, PasswordForever, 0},
		{"the team above's is for ever", 60, PasswordForever, 0, 0},
	} {
		top := f.team(t, Team{Name: tt.name + " above", PasswordDays: tt.top})
		own := f.team(t, Team{Name: tt.name, PasswordDays: tt.below, ParentID: top.ID})
		f.change(t, func(c *Change) error {
			return c.SetCompany(ctx, Company{ID: f.company.ID, Name: "Acme", PasswordDays: tt.company})
		})
		if got := must(f.PasswordDays(ctx, Rep{CompanyID: f.company.ID, TeamID: own.ID}))(t); got != tt.want {
			t.Errorf("%s: %d days, want %d", tt.name, got, tt.want)
		}
	}
}

func TestCompaniesAreChangedByWhoMay(t *testing.T) {
	f := newFirm(t)
	ctx := t.Context()
	boss := By{Name: "boss", At: start, Powers: role.Person{Role: role.CompanyManager, CompanyID: f.company.ID}}
	set := func(by By, c Company) error {
		c.ID = f.company.ID
		return f.Change(ctx, by, func(ch *Change) error { return ch.SetCompany(ctx, c) })
	}
	check(t, set(boss, Company{Name: "Acme", PasswordDays: 30}))
	wantFault(t, "seats", set(boss, Company{Name: "Acme", PasswordDays: 30, Seats: 99}), fault.Forbidden)
	check(t, set(operator(), Company{Name: "Acme Ltd", Seats: 2}))
	if got := f.trail(t, 1)[0]; got != "operator company_changed Acme name: Acme -> Acme Ltd; seats: no limit -> 2; password_days: 30 -> never" {
		t.Errorf("audit trail %q", got)
	}
	err := f.Change(ctx, boss, func(c *Change) error { _, err := c.AddCompany(ctx, Company{Name: "New"}); return err })
	wantFault(t, "a company manager makes a company", err, fault.Forbidden)
}
