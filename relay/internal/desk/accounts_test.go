package desk

import (
	"slices"
	"testing"
	"testing/synctest"
	"time"

	"deskhand/protocol/fault"
	"deskhand/relay/internal/account"
	"deskhand/relay/internal/right"
	"deskhand/relay/internal/role"
	"deskhand/relay/internal/store"
)

// change changes accounts as somebody at the command line does: nobody is told.
func (s *stage) change(do func(*store.Change) error) {
	s.t.Helper()
	by := store.By{Name: "operator", At: time.Now(), Powers: role.Person{Role: role.Operator}}
	s.check(s.store.Change(s.ctx, by, do))
}

// portal adds a portal that ana and ben serve.
func (s *stage) portal(p store.Portal) store.Portal {
	s.t.Helper()
	p.CompanyID, p.Name, p.See = s.company.ID, p.Slug, true
	added, err := s.store.AddPortal(s.ctx, p)
	s.check(err)
	for _, r := range []store.Rep{s.ana, s.ben} {
		s.check(s.store.AssignPortal(s.ctx, r.ID, added.ID))
	}
	return added
}

func TestM05_TheChosenRepIsAlerted(t *testing.T) {
	play(t, func(s *stage) {
		match := s.portal(store.Portal{Slug: "match", Kind: store.KindMatch, Mode: store.ModeWeb})
		ana, ben, cy := s.watch(s.ana, true), s.watch(s.ben, true), s.watch(s.cy, true)
		defer ana.close()
		defer ben.close()
		defer cy.close()
		choices, err := s.Choices(s.ctx, match)
		s.check(err)
		if want := []Choice{{s.ana.ID, "Ana"}, {s.ben.ID, "Ben"}}; !slices.Equal(choices, want) {
			t.Fatalf("choices %+v, want %+v", choices, want)
		}
		for _, c := range []*console{ana, ben, cy} {
			c.heard()
		}
		posted, err := s.Post(s.ctx, match, Ask{Question: "Printer", RepID: s.ben.ID})
		s.check(err)
		ben.wants("QUERY_WAITING Printer", "alert Printer")
		ana.wants("QUERY_WAITING Printer")
		cy.wants()
		_, err = s.Accept(s.ctx, s.ana, posted.SessionID)
		s.wantFault(err, fault.Forbidden)
		_, err = s.Accept(s.ctx, s.ben, posted.SessionID)
		s.check(err)

		s.check(s.SetAvailability(s.ctx, s.ben, false))
		if choices, err = s.Choices(s.ctx, match); err != nil || len(choices) != 1 || choices[0].RepID != s.ana.ID {
			t.Errorf("choices %+v, %v", choices, err)
		}
		for name, ask := range map[string]Ask{"nobody chosen": {Question: "x"}, "who is away": {RepID: s.ben.ID}, "who does not serve": {RepID: s.cy.ID}} {
			want := fault.NoRep
			if ask.RepID == 0 {
				want = fault.Invalid
			}
			if _, err := s.Post(s.ctx, match, ask); !fault.Is(err, want) {
				t.Errorf("%s: %v", name, err)
			}
		}
	})
}

func TestM07_AClickIsEnough(t *testing.T) {
	play(t, func(s *stage) {
		button := s.portal(store.Portal{Slug: "click", Kind: store.KindButton, Mode: store.ModeWeb})
		ana := s.watch(s.ana, true)
		defer ana.close()
		ana.heard()
		_, err := s.Post(s.ctx, button, Ask{})
		s.check(err)
		ana.wants("QUERY_WAITING ", "alert ")
	})
}

func TestM10_RequiredFields(t *testing.T) {
	play(t, func(s *stage) {
		strict := s.portal(store.Portal{Slug: "strict", Mode: store.ModeWeb, Fields: store.Fields{Name: store.FieldRequired, Email: store.FieldRequired}})
		ana := s.watch(s.ana, true)
		defer ana.close()
		for _, a := range []Ask{{Question: "x"}, {Question: "x", Name: "Jo"}, {Question: "x", Email: "jo@x.test"}, {Name: "Jo", Email: "jo@x.test"}} {
			_, err := s.Post(s.ctx, strict, a)
			s.wantFault(err, fault.Invalid)
		}
		_, err := s.Post(s.ctx, strict, Ask{Question: "x", Name: "Jo", Email: "jo@x.test"})
		s.check(err)
	})
}

// TestM12_Subportals: a query is for those who serve its subportal, by themselves or by their team.
func TestM12_Subportals(t *testing.T) {
	play(t, func(s *stage) {
		var night store.Team
		var door store.Subportal
		s.change(func(c *store.Change) (err error) {
			if night, err = c.AddTeam(s.ctx, store.Team{CompanyID: s.company.ID, Name: "Night"}); err != nil {
				return err
			}
			late, err := c.AddTeam(s.ctx, store.Team{CompanyID: s.company.ID, Name: "Late", ParentID: night.ID})
			if err != nil {
				return err
			}
			s.ben.TeamID = late.ID
			if err := c.SetRep(s.ctx, s.ben); err != nil {
				return err
			}
			if door, err = c.AddSubportal(s.ctx, store.Subportal{PortalID: s.web.ID, Slug: "night", Name: "Night"}); err != nil {
				return err
			}
			return c.Serve(s.ctx, door.ID, store.Server{TeamID: night.ID}, true)
		})
		ana, ben := s.watch(s.ana, true), s.watch(s.ben, true)
		defer ana.close()
		defer ben.close()
		ana.heard()
		ben.heard()
		posted, err := s.Post(s.ctx, s.web, Ask{Question: "Printer", Subportal: "night"})
		s.check(err)
		ben.wants("QUERY_WAITING Printer", "alert Printer")
		ana.wants()
		_, err = s.Accept(s.ctx, s.ana, posted.SessionID)
		s.wantFault(err, fault.Forbidden)
		_, err = s.Post(s.ctx, s.web, Ask{Question: "x", Subportal: "none"})
		s.wantFault(err, fault.PortalUnknown)
		ben.close()
		_, err = s.Post(s.ctx, s.web, Ask{Question: "x", Subportal: "night"})
		s.wantFault(err, fault.NoRep)
	})
}

// TestMC08_AssignmentsReachRunningConsoles: what somebody changes at the command line is seen without logging in again.
func TestMC08_AssignmentsReachRunningConsoles(t *testing.T) {
	play(t, func(s *stage) {
		portal, err := s.store.AddPortal(s.ctx, store.Portal{CompanyID: s.company.ID, Slug: "new", Name: "New", Mode: store.ModeWeb})
		s.check(err)
		s.check(s.store.AssignPortal(s.ctx, s.ana.ID, portal.ID))
		ana, ben := s.watch(s.ana, true), s.watch(s.ben, true)
		defer ana.close()
		defer ben.close()
		s.ask(portal, "Printer")
		ana.heard()
		ben.heard()
		s.check(s.store.AssignPortal(s.ctx, s.ben.ID, portal.ID))
		time.Sleep(RenewEvery)
		ben.wants("reset", "QUERY_WAITING Printer", "alert Printer", "available=true", "ready")
	})
}

func TestRC13_AFullRepIsNotAlerted(t *testing.T) {
	play(t, func(s *stage) {
		s.change(func(c *store.Change) error { return c.Set(s.ctx, store.SettingOf{RepID: s.ana.ID}, right.MaxChats, 1) })
		ana := s.watch(s.ana, true)
		defer ana.close()
		one, two := s.ask(s.web, "One"), s.ask(s.web, "Two")
		ana.heard()
		_, err := s.Accept(s.ctx, s.ana, one.SessionID)
		s.check(err)
		ana.wants("QUERY_TAKEN One", "alert closed ANSWERED", "session One joined=false ended=false", "alert closed EXPIRED")
		s.ask(s.web, "Three")
		ana.wants("QUERY_WAITING Three")
		_, err = s.Accept(s.ctx, s.ana, two.SessionID)
		s.wantFault(err, fault.TooManyChats)
		s.check(s.Withdraw(s.ctx, one.Ticket))
		if got := ana.heard(); !slices.Contains(got, "alert Two") || !slices.Contains(got, "alert Three") {
			t.Errorf("free again, the console hears %q", got)
		}
	})
}

func TestL03_ADisplacedConsole(t *testing.T) {
	play(t, func(s *stage) {
		ana, ben := s.watch(s.ana, true), s.watch(s.ben, true)
		defer ana.close()
		defer ben.close()
		running := s.ask(s.web, "Running")
		_, err := s.Accept(s.ctx, s.ana, running.SessionID)
		s.check(err)
		s.ask(s.web, "Open")
		ana.heard()
		s.change(func(c *store.Change) error { return c.ClearSeat(s.ctx, s.ana.ID) })
		time.Sleep(RenewEvery)
		ana.wants("displaced", "alert closed EXPIRED")
		next := s.ask(s.web, "Next")
		ana.wants("QUERY_WAITING Next")
		_, err = s.Accept(s.ctx, s.ana, next.SessionID)
		s.wantFault(err, fault.Displaced)
		displaced := s.ana
		displaced.Displaced = true
		s.wantFault(s.SetAvailability(s.ctx, displaced, true), fault.Displaced)
		_, err = s.CreateCode(s.ctx, displaced, "Max", s.join.Slug)
		s.wantFault(err, fault.Displaced)
		if open, err := s.store.OpenSessions(s.ctx); err != nil || len(open) != 1 || open[0].RepID != s.ana.ID {
			t.Errorf("running sessions %+v, %v", open, err)
		}
		again := s.watch(s.ana, false)
		defer again.close()
		if got := again.heard(); !slices.Contains(got, "displaced") {
			t.Errorf("a console that comes back hears %q", got)
		}
	})
}

// TestP05_LoggingInAnewEndsIt: the displaced rep gets queries again after logging in anew.
func TestP05_LoggingInAnewEndsIt(t *testing.T) {
	play(t, func(s *stage) {
		ana := s.watch(s.ana, true)
		defer ana.close()
		s.change(func(c *store.Change) error { return c.ClearSeat(s.ctx, s.ana.ID) })
		time.Sleep(RenewEvery)
		if n, err := s.RepsOnline(s.ctx, s.web.ID); err != nil || n != 0 {
			t.Errorf("%d reps online, %v", n, err)
		}
		s.check(s.store.AddLogin(s.ctx, store.Login{TokenHash: account.HashToken("new"), RepID: s.ana.ID, At: time.Now()}))
		w, err := s.Watch(s.ctx, s.ana, "new", true)
		s.check(err)
		defer w.Close()
		if n, err := s.RepsOnline(s.ctx, s.web.ID); err != nil || n != 1 {
			t.Errorf("%d reps online, %v", n, err)
		}
	})
}

func TestSwitchedOffAccountsLoseTheirConsoles(t *testing.T) {
	play(t, func(s *stage) {
		ana := s.watch(s.ana, true)
		defer ana.close()
		s.check(s.store.SetActive(s.ctx, s.ana.ID, false))
		time.Sleep(RenewEvery)
		synctest.Wait()
		s.wantFault(ana.err, fault.LoggedOut)
	})
}
