package store

import (
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"deskhand/protocol/fault"
	"deskhand/relay/internal/right"
	"deskhand/relay/internal/role"
)

// chief makes a team manager of the given teams and duties, and gives what acts in its name.
func (f *firm) chief(t *testing.T, login string, m Mandate) (Rep, By) {
	t.Helper()
	ctx := t.Context()
	r := must(f.AddRep(ctx, Rep{CompanyID: f.company.ID, Login: login, Name: login, Role: role.TeamManager, Active: true}))(t)
	f.change(t, func(c *Change) error { return c.SetMandate(ctx, r.ID, m) })
	powers := must(f.Powers(ctx, r))(t)
	return r, By{Name: r.Login, At: start, Powers: powers}
}

func TestMC07_WhatATeamManagerMay(t *testing.T) {
	f := newFirm(t)
	ctx := t.Context()
	top := f.team(t, Team{Name: "Support"})
	sub := f.team(t, Team{Name: "Night", ParentID: top.ID})
	f.ann.TeamID = sub.ID
	f.change(t, func(c *Change) error { return c.SetRep(ctx, f.ann) })
	_, by := f.chief(t, "chief", Mandate{Duties: []role.Duty{role.Reps, role.Settings, role.Teams}, Teams: []int64{top.ID}})
	if !slices.Equal(by.Powers.Teams, []int64{top.ID, sub.ID}) {
		t.Fatalf("powers %+v", by.Powers)
	}
	allowed := map[string]func(*Change) error{
		"a rep of the subteam":  func(c *Change) error { r := f.ann; r.Notes = "quick"; return c.SetRep(ctx, r) },
		"a setting of the rep":  func(c *Change) error { return c.Set(ctx, SettingOf{RepID: f.ann.ID}, right.Files, 0) },
		"a setting of the team": func(c *Change) error { return c.Set(ctx, SettingOf{TeamID: sub.ID}, right.Files, 0) },
		"a team below": func(c *Change) error {
			_, err := c.AddTeam(ctx, Team{CompanyID: f.company.ID, Name: "Late", ParentID: sub.ID})
			return err
		},
		"a rep more": func(c *Change) error {
			_, err := c.AddRep(ctx, Rep{CompanyID: f.company.ID, TeamID: sub.ID, Login: "new", Active: true})
			return err
		},
		"nothing new, where it may": func(c *Change) error { return c.SetRep(ctx, f.ben) },
	}
	forbidden := map[string]func(*Change) error{
		"another team's rep": func(c *Change) error { r := f.ben; r.Notes = "x"; return c.SetRep(ctx, r) },
		"moving a rep out":   func(c *Change) error { r := f.ann; r.TeamID = f.ben.TeamID; return c.SetRep(ctx, r) },
		"taking a rep in":    func(c *Change) error { r := f.ben; r.TeamID = sub.ID; return c.SetRep(ctx, r) },
		"a team at the top": func(c *Change) error {
			_, err := c.AddTeam(ctx, Team{CompanyID: f.company.ID, Name: "Mine"})
			return err
		},
		"another team's setting":     func(c *Change) error { return c.Set(ctx, SettingOf{TeamID: f.ben.TeamID}, right.Files, 0) },
		"a portal's setting":         func(c *Change) error { return c.Set(ctx, SettingOf{PortalID: f.web.ID}, right.Files, 0) },
		"a portal":                   func(c *Change) error { return c.RemovePortal(ctx, f.web.ID) },
		"a seat, without that right": func(c *Change) error { return c.ClearSeat(ctx, f.ann.ID) },
		"a password elsewhere":       func(c *Change) error { return c.SetPassword(ctx, f.ben.ID, Password{}) },
		"MC-07: another manager": func(c *Change) error {
			_, err := c.AddRep(ctx, Rep{CompanyID: f.company.ID, Login: "m", Role: role.TeamManager})
			return err
		},
		"more rights for a rep": func(c *Change) error { return c.SetMandate(ctx, f.ann.ID, Mandate{Duties: []role.Duty{role.Reports}}) },
	}
	for name, do := range allowed {
		if err := f.Change(ctx, by, do); err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
	for name, do := range forbidden {
		if err := f.Change(ctx, by, do); !fault.Is(err, fault.Forbidden) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestMC01_WhoMakesWhichManager(t *testing.T) {
	f := newFirm(t)
	ctx := t.Context()
	boss := By{Name: "boss", At: start, Powers: role.Person{Role: role.CompanyManager, CompanyID: f.company.ID}}
	add := func(by By, r role.Role) error {
		return f.Change(ctx, by, func(c *Change) error {
			_, err := c.AddRep(ctx, Rep{CompanyID: f.company.ID, Login: by.Name + "'s " + string(r), Role: r})
			return err
		})
	}
	check(t, errors.Join(add(boss, role.TeamManager), add(boss, role.APIManager), add(operator(), role.CompanyManager)))
	wantFault(t, "another company manager", add(boss, role.CompanyManager), fault.Forbidden)
	wantFault(t, "no such role", add(operator(), "king"), fault.Invalid)
	err := f.Change(ctx, operator(), func(c *Change) error {
		_, err := c.AddRep(ctx, Rep{CompanyID: f.company.ID, TeamID: f.ann.TeamID, Login: "x", Role: role.TeamManager})
		return err
	})
	if !errors.Is(err, ErrRole) {
		t.Errorf("a manager in a team: %v", err)
	}
}

func TestMC07_MandatesFitTheRole(t *testing.T) {
	f := newFirm(t)
	ctx := t.Context()
	chief, _ := f.chief(t, "chief", Mandate{Duties: []role.Duty{role.Monitor}, Teams: []int64{f.ann.TeamID}})
	set := func(id int64, m Mandate) error {
		return f.Change(ctx, operator(), func(c *Change) error { return c.SetMandate(ctx, id, m) })
	}
	check(t, set(f.ann.ID, Mandate{Duties: []role.Duty{role.Review, role.Reports}}))
	if p := must(f.Powers(ctx, f.ann))(t); !p.MayOwn(role.Reports) || p.May(role.Reports, f.company.ID, f.ann.TeamID) {
		t.Errorf("C-08: powers %+v", p)
	}
	wantFault(t, "a rep who manages reps", set(f.ann.ID, Mandate{Duties: []role.Duty{role.Reps}}), fault.Invalid)
	wantFault(t, "no such right", set(chief.ID, Mandate{Duties: []role.Duty{"fly"}}), fault.Invalid)
	if err := set(f.ann.ID, Mandate{Teams: []int64{f.ann.TeamID}}); !errors.Is(err, ErrRole) {
		t.Errorf("a rep with teams: %v", err)
	}
	other := must(f.AddCompany(ctx, "Other"))(t)
	if err := set(chief.ID, Mandate{Teams: []int64{must(f.Teams(ctx, other.ID))(t)[0].ID}}); !errors.Is(err, ErrNotFound) {
		t.Errorf("another company's team: %v", err)
	}
	check(t, set(chief.ID, Mandate{}))
	if m := must(f.Mandate(ctx, chief.ID))(t); len(m.Duties)+len(m.Teams) > 0 {
		t.Errorf("mandate %+v", m)
	}
	if got := f.trail(t, 1)[0]; got != "operator mandate_changed chief rights: monitor -> (none); teams: Acme -> (none)" {
		t.Errorf("audit trail %q", got)
	}
}

func TestP04_LoginsDifferAndAddressesNeedNot(t *testing.T) {
	f := newFirm(t)
	ctx := t.Context()
	for login, r := range map[string]role.Role{"eva": role.Rep, "eva.boss": role.CompanyManager} {
		must(f.AddRep(ctx, Rep{CompanyID: f.company.ID, Login: login, Role: r, Email: "eva@acme.test", Active: true}))(t)
	}
	_, err := f.AddRep(ctx, Rep{CompanyID: f.company.ID, Login: "EVA", Role: role.CompanyManager})
	if !errors.Is(err, ErrExists) {
		t.Errorf("the same login: %v", err)
	}
	f.ann.Login = "Eva"
	if err := f.Change(ctx, operator(), func(c *Change) error { return c.SetRep(ctx, f.ann) }); !errors.Is(err, ErrExists) {
		t.Errorf("renamed to a login in use: %v", err)
	}
}

func TestRehearsalsLeaveNothing(t *testing.T) {
	f := newFirm(t)
	ctx := t.Context()
	revision, trail := must(f.Revision(ctx))(t), f.trail(t, 100)
	entries, err := f.Rehearse(ctx, operator(), func(c *Change) error {
		_, err := c.AddTeam(ctx, Team{CompanyID: f.company.ID, Name: "Night"})
		return err
	})
	if err != nil || len(entries) != 1 || entries[0].Action != "team_added" {
		t.Fatalf("%+v, %v", entries, err)
	}
	if _, err := f.TeamByName(ctx, f.company.ID, "Night"); !errors.Is(err, ErrNotFound) {
		t.Errorf("the team: %v", err)
	}
	if !slices.Equal(f.trail(t, 100), trail) || must(f.Revision(ctx))(t) != revision {
		t.Error("something was written")
	}
	f.team(t, Team{Name: "Night"})
	if must(f.Revision(ctx))(t) == revision {
		t.Error("the revision stays when something changes")
	}
	failed := errors.New("no")
	err = f.Change(ctx, operator(), func(c *Change) error {
		_, err := c.AddTeam(ctx, Team{CompanyID: f.company.ID, Name: "Late"})
		return errors.Join(err, failed)
	})
	if _, gone := f.TeamByName(ctx, f.company.ID, "Late"); !errors.Is(err, failed) || !errors.Is(gone, ErrNotFound) {
		t.Errorf("half a change: %v, %v", err, gone)
	}
}

// TestTheAuditTrailHoldsNoSecrets: whatever is secret of an account, no entry has it.
func TestTheAuditTrailHoldsNoSecrets(t *testing.T) {
	f := newFirm(t)
	ctx := t.Context()
	const phc = "$argon2id$v=19$m=64,t=1,p=1$c29tZXNhbHQ$CTFhFdXPJO1aFaMaO6Mm5c8y7cJHAph8ArZWb2GRPPc"
	own := By{Name: f.ann.Login, At: start}
	f.change(t, func(c *Change) error { return c.SetPassword(ctx, f.ann.ID, Password{Hash: phc, Must: true}) })
	check(t, f.Change(ctx, own, func(c *Change) error { return c.SetTOTP(ctx, f.ann.ID, []byte("sealed secret")) }))
	must(f.UseTOTP(ctx, f.ann.ID, 5, &own))(t)
	must(f.AddReset(ctx, Reset{TokenHash: hash("link"), RepID: f.ann.ID, MadeAt: start, Expires: start.Add(time.Hour)}, start, 3))(t)
	check(t, f.UseReset(ctx, hash("link"), Password{Hash: phc}, start))
	f.change(t, func(c *Change) error { return c.ClearTOTP(ctx, f.ann.ID) })
	all := strings.Join(f.trail(t, 100), "\n")
	for _, secret := range []string{"argon2id", "CTFh", "sealed secret", string(hash("link"))} {
		if strings.Contains(all, secret) {
			t.Errorf("the audit trail holds %q", secret)
		}
	}
	for _, action := range []string{"password_changed", "totp_begun", "totp_confirmed", "totp_cleared", "reset_sent", "password_reset"} {
		if !strings.Contains(all, action) {
			t.Errorf("the audit trail says nothing of %s", action)
		}
	}
}

func TestL07_OneWinnerUsesALink(t *testing.T) {
	f := newFirm(t)
	ctx := t.Context()
	stores := []*Store{f.Store, open(t, f.path)}
	for n := range 20 {
		token := hash(number(n))
		must(f.AddReset(ctx, Reset{TokenHash: token, RepID: f.ann.ID, MadeAt: start, Expires: start.Add(time.Hour)}, start, 99))(t)
		won := contend(t, stores, 6, fault.LinkExpired, func(s *Store, _ int) error {
			return s.UseReset(ctx, token, Password{}, start)
		})
		if won != 1 {
			t.Fatalf("round %d: the link worked %d times", n, won)
		}
	}
}

func TestP06_OneWinnerUsesACode(t *testing.T) {
	f := newFirm(t)
	ctx := t.Context()
	check(t, f.Change(ctx, By{Name: f.ann.Login}, func(c *Change) error { return c.SetTOTP(ctx, f.ann.ID, []byte("x")) }))
	stores := []*Store{f.Store, open(t, f.path)}
	for step := range 20 {
		won := contend(t, stores, 6, fault.SecondFactorWrong, func(s *Store, _ int) error {
			fresh, err := s.UseTOTP(ctx, f.ann.ID, int64(step+1), nil)
			if err == nil && !fresh {
				err = fault.New(fault.SecondFactorWrong, nil)
			}
			return err
		})
		if won != 1 {
			t.Fatalf("step %d worked %d times", step, won)
		}
	}
}
