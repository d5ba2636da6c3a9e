package store

import (
	"errors"
	"slices"
	"testing"

	"deskhand/protocol/fault"
	"deskhand/relay/internal/right"
	"deskhand/relay/internal/role"
)

func TestM01_WhichKindGoesWithWhichMode(t *testing.T) {
	f := newFirm(t)
	fits := map[Kind][]Mode{
		KindQuestion: {ModeWeb, ModeQueue}, KindButton: {ModeWeb}, KindMatch: {ModeWeb}, KindCode: {ModePhone},
		"fly": {}, // there is no such kind
	}
	n := 0
	for kind, modes := range fits {
		for _, mode := range append(Modes(), "fly") {
			n++
			p, err := f.AddPortal(t.Context(), Portal{CompanyID: f.company.ID, Slug: "p" + number(n), Name: "P", Kind: kind, Mode: mode})
			switch want := slices.Contains(modes, mode); {
			case want != (err == nil):
				t.Errorf("%s, %s: %v", kind, mode, err)
			case !want && !errors.Is(err, ErrMode):
				t.Errorf("%s, %s: refused for another reason: %v", kind, mode, err)
			case want && p.Kind.Fits(mode) != want:
				t.Errorf("%s, %s: Fits disagrees", kind, mode)
			}
		}
	}
	f.web.Kind = KindCode
	err := f.Change(t.Context(), operator(), func(c *Change) error { return c.SetPortal(t.Context(), f.web) })
	wantFault(t, "changing to a kind that does not fit", err, fault.Invalid)
	if _, err := f.writer.ExecContext(t.Context(), `UPDATE portals SET kind = 'button' WHERE mode = 'queue'`); err == nil {
		t.Error("the database takes a button in queue mode")
	}
}

func TestM10_FieldsOfAPortal(t *testing.T) {
	f := newFirm(t)
	add := func(slug string, k Kind, fields Fields) Portal {
		return must(f.AddPortal(t.Context(), Portal{CompanyID: f.company.ID, Slug: slug, Name: slug, Kind: k, Mode: ModeWeb, Fields: fields}))(t)
	}
	for _, tt := range []struct {
		kind        Kind
		given, want Fields
	}{
		{KindQuestion, Fields{}, Fields{FieldOptional, FieldOptional, FieldRequired}},
		{KindQuestion, Fields{Name: FieldRequired, Question: FieldOff}, Fields{FieldRequired, FieldOptional, FieldRequired}},
		{KindButton, Fields{}, Fields{FieldOff, FieldOff, FieldOff}},
		{KindMatch, Fields{Email: FieldRequired}, Fields{FieldOptional, FieldRequired, FieldOptional}},
	} {
		slug := string(tt.kind) + string(tt.given.Name)
		if got := add(slug, tt.kind, tt.given); got.Fields != tt.want {
			t.Errorf("%s %+v: %+v", tt.kind, tt.given, got.Fields)
		}
	}
	_, err := f.AddPortal(t.Context(), Portal{CompanyID: f.company.ID, Slug: "x", Name: "x", Mode: ModeWeb, Fields: Fields{Name: "maybe"}})
	wantFault(t, "no such use", err, fault.Invalid)
}

func TestM12_Subportals(t *testing.T) {
	f := newFirm(t)
	ctx := t.Context()
	main := must(f.SubportalBySlug(ctx, f.web.ID, ""))(t)
	if main.Slug != FirstSubportal || main.Portal != "web" || main.CompanyID != f.company.ID {
		t.Errorf("subportal %+v", main)
	}
	remove := func(id int64) error {
		return f.Change(ctx, operator(), func(c *Change) error { return c.RemoveSubportal(ctx, id) })
	}
	if err := remove(main.ID); !errors.Is(err, ErrLastSubportal) {
		t.Errorf("removing the last one: %v", err)
	}
	var night Subportal
	f.change(t, func(c *Change) (err error) {
		night, err = c.AddSubportal(ctx, Subportal{PortalID: f.web.ID, Slug: "Night", Name: "Night"})
		return err
	})
	f.change(t, func(c *Change) error { return c.Serve(ctx, night.ID, Server{RepID: f.cy.ID}, true) })
	q := Query{SessionID: number(1), PortalID: f.web.ID, SubportalID: night.ID, TicketHash: hash("t"), PostedAt: start, ExpiresAt: start.AddDate(0, 0, 1)}
	check(t, f.PostQuery(ctx, q))
	wantFault(t, "who serves the portal's other one", second(f.TakeQuery(ctx, number(1), f.ann.ID, start)), fault.Forbidden)
	wantFault(t, "declining it", f.Decline(ctx, number(1), f.ann.ID), fault.QueryOver)
	q.SessionID, q.TicketHash, q.PortalID = number(2), hash("u"), f.queue.ID
	wantFault(t, "another portal's subportal", f.PostQuery(ctx, q), fault.PortalUnknown)

	check(t, remove(night.ID)) // its query goes on in the other one
	wantFault(t, "who served the removed one", second(f.TakeQuery(ctx, number(1), f.cy.ID, start)), fault.Forbidden)
	must(f.TakeQuery(ctx, number(1), f.ann.ID, start))(t)
	if err := remove(main.ID); !errors.Is(err, ErrLastSubportal) {
		t.Errorf("removing the last one: %v", err)
	}
}

func TestMC03_TeamsServeSubportals(t *testing.T) {
	f := newFirm(t)
	ctx := t.Context()
	top := f.team(t, Team{Name: "Support"})
	sub := f.team(t, Team{Name: "Night", ParentID: top.ID})
	main := must(f.SubportalBySlug(ctx, f.web.ID, ""))(t)
	serves := func(r Rep) bool { return slices.Contains(must(f.RepSubportals(ctx, r.ID))(t), main.ID) }
	if serves(f.cy) {
		t.Fatal("Cy serves from the beginning")
	}
	f.change(t, func(c *Change) error { return c.Serve(ctx, main.ID, Server{TeamID: top.ID}, true) })
	f.cy.TeamID = sub.ID
	f.change(t, func(c *Change) error { return c.SetRep(ctx, f.cy) })
	if !serves(f.cy) {
		t.Error("a subteam's rep does not serve what the team above does")
	}
	sub.ParentID = 0
	f.change(t, func(c *Change) error { return c.SetTeam(ctx, sub) })
	if serves(f.cy) {
		t.Error("the subteam has moved, and Cy still serves")
	}
	boss := must(f.AddRep(ctx, Rep{CompanyID: f.company.ID, Login: "boss", Role: role.CompanyManager, Active: true}))(t)
	err := f.Change(ctx, operator(), func(c *Change) error { return c.Serve(ctx, main.ID, Server{RepID: boss.ID}, true) })
	if !errors.Is(err, ErrRole) {
		t.Errorf("a manager serves: %v", err)
	}
}

func TestM05_OnlyTheChosenRepTakes(t *testing.T) {
	f := newFirm(t)
	ctx := t.Context()
	p := must(f.AddPortal(ctx, Portal{CompanyID: f.company.ID, Slug: "match", Name: "M", Kind: KindMatch, Mode: ModeWeb}))(t)
	check(t, errors.Join(f.AssignPortal(ctx, f.ann.ID, p.ID), f.AssignPortal(ctx, f.ben.ID, p.ID)))
	q := Query{SessionID: number(1), PortalID: p.ID, WantedID: f.ben.ID, TicketHash: hash("t"), PostedAt: start, ExpiresAt: start.AddDate(0, 0, 1)}
	check(t, f.PostQuery(ctx, q))
	wantFault(t, "another rep", second(f.TakeQuery(ctx, number(1), f.ann.ID, start)), fault.Forbidden)
	must(f.TakeQuery(ctx, number(1), f.ben.ID, start))(t)
}

func TestM13_M14_SettingsDecideASessionsRights(t *testing.T) {
	f := newFirm(t)
	ctx := t.Context()
	set := func(of SettingOf, name right.Name, value int64) {
		t.Helper()
		f.change(t, func(c *Change) error { return c.Set(ctx, of, name, value) })
	}
	set(SettingOf{PortalID: f.web.ID}, right.Files, 0)
	set(SettingOf{TeamID: f.ann.TeamID}, right.Reboot, 0)
	set(SettingOf{TeamID: f.ann.TeamID}, right.Record, 1)
	set(SettingOf{RepID: f.ann.ID}, right.Record, 0)
	s := f.taken(t, 1)
	for name, want := range map[right.Name]bool{
		right.Files: false, right.Reboot: false, right.Record: false, right.See: true, right.Clipboard: true,
	} {
		if s.Functions.May(name) != want {
			t.Errorf("%s: %t, want %t", name, !want, want)
		}
	}
	set(SettingOf{PortalID: f.web.ID}, right.See, 0)
	if again := must(f.Session(ctx, s.ID))(t); again.Functions != s.Functions {
		t.Error("the rights of a running session have changed")
	}
	if got := f.trail(t, 1)[0]; got != "operator setting_changed portal web see: (none) -> off" {
		t.Errorf("audit trail %q", got)
	}
	f.change(t, func(c *Change) error { return c.Unset(ctx, SettingOf{TeamID: f.ann.TeamID}, right.Record) })
	if got := must(f.Settings(ctx, SettingOf{TeamID: f.ann.TeamID}))(t); len(got) != 1 {
		t.Errorf("settings of the team: %v", got)
	}
	for name, value := range map[right.Name]int64{"fly": 1, right.Files: 2, right.MaxCodes: 9, right.CodeLifetime: 1} {
		err := f.Change(ctx, operator(), func(c *Change) error { return c.Set(ctx, SettingOf{RepID: f.ann.ID}, name, value) })
		wantFault(t, string(name), err, fault.Invalid)
	}
}

func TestCM05_TheLimitIsASetting(t *testing.T) {
	f := newFirm(t)
	ctx := t.Context()
	f.change(t, func(c *Change) error { return c.Set(ctx, SettingOf{TeamID: f.ann.TeamID}, right.MaxCodes, 2) })
	check(t, errors.Join(f.CreateCode(ctx, f.code(1, "a"), 0), f.CreateCode(ctx, f.code(2, "b"), 0)))
	wantFault(t, "the third", f.CreateCode(ctx, f.code(3, "c"), 0), fault.TooManyCodes)
	f.change(t, func(c *Change) error { return c.Set(ctx, SettingOf{RepID: f.ann.ID}, right.MaxCodes, 3) })
	check(t, f.CreateCode(ctx, f.code(3, "c"), 0))
}

func TestRemovedPortalsAndReps(t *testing.T) {
	f := newFirm(t)
	ctx := t.Context()
	f.taken(t, 1)
	check(t, f.CreateCode(ctx, f.code(2, "Max"), 0))
	check(t, f.login(t, "ann", f.ann.ID, 0, start))
	f.change(t, func(c *Change) error { return c.RemovePortal(ctx, f.phone.ID) })
	f.change(t, func(c *Change) error { return c.RemoveRep(ctx, f.ann.ID) })
	wantFault(t, "the portal", second(f.PortalBySlug(ctx, "phone")), fault.PortalUnknown)
	wantFault(t, "its code", second(f.RedeemCode(ctx, number(2), Session{}, start)), fault.CodeExpired)
	wantFault(t, "the login", second(f.LoginRep(ctx, hash("ann"), start)), fault.LoggedOut)
	if _, err := f.RepByLogin(ctx, "ann@acme.test"); !errors.Is(err, ErrNotFound) {
		t.Errorf("the account: %v", err)
	}
	if s := must(f.Session(ctx, number(1)))(t); s.Rep != "Ann Lee" || s.Portal != "Portal web" {
		t.Errorf("history has lost the names: %+v", s)
	}
	// Both names may be used again.
	must(f.AddPortal(ctx, Portal{CompanyID: f.company.ID, Slug: "phone", Name: "New", Mode: ModePhone}))(t)
	again := must(f.AddRep(ctx, Rep{CompanyID: f.company.ID, Login: "Ann@acme.test", Name: "Ann", Active: true}))(t)
	if must(f.RepByLogin(ctx, "ann@acme.test"))(t).ID != again.ID {
		t.Error("the login leads to the old account")
	}
	for _, do := range []func(*Change) error{
		func(c *Change) error { return c.RemovePortal(ctx, f.phone.ID) },
		func(c *Change) error { return c.RemoveRep(ctx, f.ann.ID) },
	} {
		if err := f.Change(ctx, operator(), do); !errors.Is(err, ErrNotFound) {
			t.Errorf("removing it again: %v", err)
		}
	}
}
