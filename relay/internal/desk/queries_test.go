package desk

import (
	"crypto/rand"
	"testing"
	"testing/synctest"
	"time"

	"deskhand/protocol/fault"
	"deskhand/protocol/pb"
	"deskhand/relay/internal/account"
	"deskhand/relay/internal/store"
)

func TestAlertsCloseEverywhereAtOnce(t *testing.T) {
	play(t, func(s *stage) {
		ana, ben, cy := s.watch(s.ana, true), s.watch(s.ben, true), s.watch(s.cy, false)
		defer ana.close()
		defer ben.close()
		defer cy.close()
		ana.wants("available=false", "ready", "available=true")
		ben.wants("available=false", "ready", "available=true")
		cy.wants("available=false", "ready")
		posted := s.ask(s.web, "Printer")
		ana.wants("QUERY_WAITING Printer", "alert Printer")
		ben.wants("QUERY_WAITING Printer", "alert Printer")
		cy.wants("QUERY_WAITING Printer") // LV-05
		began := time.Now()
		taken, err := s.Accept(s.ctx, s.ben, posted.SessionID)
		s.check(err)
		if taken.ID != posted.SessionID || taken.Customer != "Jo Brandt" {
			t.Errorf("taken %+v", taken)
		}
		ana.wants("QUERY_TAKEN Printer", "alert closed TAKEN")
		ben.wants("QUERY_TAKEN Printer", "alert closed ANSWERED", "session Printer joined=false ended=false")
		cy.wants("QUERY_TAKEN Printer")
		if took := time.Since(began); took != 0 {
			t.Errorf("it took %v", took)
		}
		_, err = s.Accept(s.ctx, s.ana, posted.SessionID)
		s.wantFault(err, fault.QueryTaken)
	})
}

func TestAvailability(t *testing.T) { // LV-05
	play(t, func(s *stage) {
		ana := s.watch(s.ana, false)
		defer ana.close()
		ana.heard()
		s.ask(s.web, "one")
		ana.wants("QUERY_WAITING one")
		s.check(s.SetAvailability(s.ctx, s.ana, true))
		ana.wants("available=true", "alert one")
		s.check(s.SetAvailability(s.ctx, s.ana, false))
		s.check(s.SetAvailability(s.ctx, s.ana, false))
		s.ask(s.web, "two")
		ana.wants("available=false", "QUERY_WAITING two")
		s.wantFault(s.SetAvailability(s.ctx, s.ben, true), fault.LoggedOut)
	})
}

func TestNobodyLoggedIn(t *testing.T) { // M-02
	play(t, func(s *stage) {
		_, err := s.Post(s.ctx, s.web, Ask{Question: "anybody?"})
		s.wantFault(err, fault.NoRep)
		ana := s.watch(s.ana, false)
		if n, err := s.RepsOnline(s.ctx, s.web.ID); n != 1 || err != nil {
			t.Errorf("%d online, %v", n, err)
		}
		s.ask(s.web, "anybody?")
		ana.close()
		_, err = s.Post(s.ctx, s.web, Ask{Question: "anybody?"})
		s.wantFault(err, fault.NoRep)
		for name, a := range map[string]Ask{"empty": {Name: "Jo"}, "blank": {Question: " \n\t "}} {
			_, err := s.Post(s.ctx, s.web, a)
			if !fault.Is(err, fault.Invalid) {
				t.Errorf("%s: %v", name, err)
			}
		}
		_, err = s.Post(s.ctx, s.join, Ask{Question: "x"})
		s.wantFault(err, fault.Invalid)
	})
}

func TestDecline(t *testing.T) { // LV-08
	play(t, func(s *stage) {
		ana, ben := s.watch(s.ana, true), s.watch(s.ben, true)
		defer ben.close()
		posted := s.ask(s.web, "Printer")
		ana.heard()
		ben.heard()
		s.check(s.Decline(s.ctx, s.ana, posted.SessionID))
		ana.wants("QUERY_DECLINED Printer", "alert closed ANSWERED")
		ben.wants()
		ana.close()
		again := s.watch(s.ana, true)
		defer again.close()
		again.wants("available=false", "ready", "available=true")
		_, err := s.Accept(s.ctx, s.ben, posted.SessionID)
		s.check(err)
		again.wants()
	})
}

// TestDeclineIsForThePortalsReps: a rep who does not serve a portal learns nothing of its queries by declining them.
func TestDeclineIsForThePortalsReps(t *testing.T) {
	play(t, func(s *stage) {
		stranger, err := s.store.AddRep(s.ctx, store.Rep{
			CompanyID: s.company.ID, Login: "dee@contoso.example", Name: "Dee", Active: true, MaxCodes: 3,
		})
		s.check(err)
		ana, dee := s.watch(s.ana, true), s.watch(stranger, true)
		defer ana.close()
		defer dee.close()
		dee.heard()
		posted := s.ask(s.web, "Printer")
		s.wantFault(s.Decline(s.ctx, stranger, posted.SessionID), fault.QueryOver)
		dee.wants()
	})
}

func TestQueueHandsOver(t *testing.T) { // M-04
	play(t, func(s *stage) {
		ana, ben := s.watch(s.ana, true), s.watch(s.ben, true)
		defer ben.close()
		ana.heard()
		ben.heard()
		posted := s.ask(s.queue, "Printer")
		ana.wants("QUERY_WAITING Printer", "alert Printer")
		ben.wants("QUERY_WAITING Printer")
		time.Sleep(AlertFor)
		ana.wants("alert closed EXPIRED")
		ben.wants("alert Printer")
		s.check(s.Decline(s.ctx, s.ben, posted.SessionID))
		ben.wants("QUERY_DECLINED Printer", "alert closed ANSWERED")
		ana.wants("alert Printer")
		ana.close()
		cy := s.watch(s.cy, true)
		defer cy.close()
		cy.wants("QUERY_WAITING Printer", "available=false", "ready", "available=true", "alert Printer")
	})
}

func TestQueryExpires(t *testing.T) {
	play(t, func(s *stage) {
		ana := s.watch(s.ana, true)
		defer ana.close()
		posted := s.ask(s.web, "Printer")
		ana.heard()
		time.Sleep(store.DefaultQueryLifetime - time.Second)
		ana.wants()
		time.Sleep(time.Second)
		ana.wants("QUERY_EXPIRED Printer", "alert closed EXPIRED")
		if at := s.place(posted.Ticket); at.State != PlaceExpired {
			t.Errorf("its customer is at %+v", at)
		}
		_, err := s.Accept(s.ctx, s.ana, posted.SessionID)
		s.wantFault(err, fault.QueryOver)
		_, err = s.Join(s.ctx, Joining{Ticket: posted.Ticket}, noWait)
		s.wantFault(err, fault.NoRep)
	})
}

func TestQueryReturnsWhenItsWinnerIsGone(t *testing.T) {
	for _, tt := range []struct {
		name    string
		away    time.Duration
		back    bool // the winner comes back
		joined  bool // the customer is in
		returns bool
	}{
		{"gone for 9 s", ReturnAfter - time.Second, true, false, false},
		{"gone for 11 s", ReturnAfter + time.Second, false, false, true},
		{"the customer had joined", ReturnAfter + time.Second, false, true, false},
	} {
		t.Run(tt.name, func(t *testing.T) {
			play(t, func(s *stage) {
				ana, ben := s.watch(s.ana, true), s.watch(s.ben, true)
				defer ben.close()
				posted := s.ask(s.web, "Printer")
				_, err := s.Accept(s.ctx, s.ana, posted.SessionID)
				s.check(err)
				if tt.joined {
					_, err := s.Join(s.ctx, Joining{Ticket: posted.Ticket}, noWait)
					s.check(err)
				}
				ben.heard()
				ana.close()
				time.Sleep(tt.away)
				if tt.back {
					again := s.watch(s.ana, true)
					defer again.close()
					again.wants("session Printer joined=false ended=false", "available=false", "ready", "available=true")
					time.Sleep(time.Minute)
				}
				if !tt.returns {
					ben.wants()
					return
				}
				ben.wants("QUERY_WAITING Printer", "alert Printer")
				if at := s.place(posted.Ticket); at.State != PlaceWaiting || at.Rep != "" || at.Code != "" {
					t.Errorf("its customer is at %+v", at)
				}
				_, err = s.Accept(s.ctx, s.ben, posted.SessionID)
				s.check(err)
			})
		})
	}
}

func TestCustomerNeverComes(t *testing.T) {
	play(t, func(s *stage) {
		ana := s.watch(s.ana, true)
		defer ana.close()
		posted := s.ask(s.web, "Printer")
		_, err := s.Accept(s.ctx, s.ana, posted.SessionID)
		s.check(err)
		ana.heard()
		time.Sleep(JoinWithin - time.Second)
		ana.wants()
		time.Sleep(2 * time.Second)
		ana.wants("session Printer joined=false ended=true")
		got, err := s.store.Session(s.ctx, posted.SessionID)
		s.check(err)
		if got.EndCause != int(pb.Ended_LOST) {
			t.Errorf("stored %+v", got)
		}
		if at := s.place(posted.Ticket); at.State != PlaceOver {
			t.Errorf("its customer is at %+v", at)
		}
	})
}

// TestCustomerComesInTheLastMoment: the store has let the customer in, and the desk has not heard of it yet.
func TestCustomerComesInTheLastMoment(t *testing.T) {
	play(t, func(s *stage) {
		ana := s.watch(s.ana, true)
		defer ana.close()
		posted := s.ask(s.web, "Printer")
		_, err := s.Accept(s.ctx, s.ana, posted.SessionID)
		s.check(err)
		time.Sleep(JoinWithin - time.Second)
		_, hash, err := account.NewToken(rand.Reader)
		s.check(err)
		s.check(s.store.JoinSession(s.ctx, posted.SessionID, store.Arrival{TokenHash: hash, At: time.Now()}))
		time.Sleep(2 * time.Second)
		synctest.Wait()
		got, err := s.store.Session(s.ctx, posted.SessionID)
		s.check(err)
		if !got.EndedAt.IsZero() {
			t.Errorf("the session of a customer who is there was ended: %+v", got)
		}
	})
}

func TestWithdraw(t *testing.T) {
	for _, tt := range []struct {
		name   string
		taken  bool
		joined bool
		heard  []string
		state  State
	}{
		{"while waiting", false, false, []string{"QUERY_WITHDRAWN Printer", "alert closed WITHDRAWN"}, PlaceWithdrawn},
		{"when taken", true, false, []string{"QUERY_TAKEN Printer", "session Printer joined=false ended=true"}, PlaceWithdrawn},
		{"when joined", true, true, nil, PlaceJoined},
	} {
		t.Run(tt.name, func(t *testing.T) {
			play(t, func(s *stage) {
				ana := s.watch(s.ana, true)
				defer ana.close()
				posted := s.ask(s.web, "Printer")
				if tt.taken {
					_, err := s.Accept(s.ctx, s.ana, posted.SessionID)
					s.check(err)
				}
				if tt.joined {
					_, err := s.Join(s.ctx, Joining{Ticket: posted.Ticket}, noWait)
					s.check(err)
				}
				ana.heard()
				s.check(s.Withdraw(s.ctx, posted.Ticket))
				ana.wants(tt.heard...)
				s.check(s.Withdraw(s.ctx, posted.Ticket))
				if at := s.place(posted.Ticket); at.State != tt.state {
					t.Errorf("its customer is at %+v", at)
				}
			})
		})
	}
}

func TestRestart(t *testing.T) {
	play(t, func(s *stage) {
		ana := s.watch(s.ana, true)
		waiting := s.ask(s.web, "waiting")
		taken := s.ask(s.web, "taken")
		_, err := s.Accept(s.ctx, s.ana, taken.SessionID)
		s.check(err)
		c, err := s.CreateCode(s.ctx, s.ana, "Jo", "join")
		s.check(err)
		half, err := s.CreateCode(s.ctx, s.ana, "half", "join")
		s.check(err)
		_, err = s.store.RedeemCode(s.ctx, half.Code, store.Session{}, time.Now()) // and then the relay went down
		s.check(err)
		s.stop()
		synctest.Wait()
		if !fault.Is(ana.err, fault.RelayStopping) {
			t.Errorf("the Watch ended with %v", ana.err)
		}
		_, err = s.Watch(s.ctx, s.ana, "", true)
		s.wantFault(err, fault.RelayStopping)
		ana.close()

		s.start()
		ben := s.watch(s.ben, true)
		defer ben.close()
		ben.wants("QUERY_WAITING waiting", "available=false", "ready", "available=true", "alert waiting")
		time.Sleep(ReturnAfter + time.Second)
		ben.wants("QUERY_WAITING taken", "alert taken")
		over, err := s.store.Session(s.ctx, half.Code)
		s.check(err)
		if over.EndedAt.IsZero() {
			t.Error("a session that nobody can join stays open")
		}
		time.Sleep(store.DefaultCodeLifetime)
		_, err = s.CheckCode(s.ctx, c.Code)
		s.wantFault(err, fault.CodeExpired)
		if at := s.place(waiting.Ticket); at.State != PlaceExpired {
			t.Errorf("the waiting customer is at %+v", at)
		}
	})
}
