package desk

import (
	"context"
	"crypto/rand"
	"fmt"
	"testing"
	"testing/synctest"
	"time"

	"deskhand/protocol/fault"
	"deskhand/relay/internal/account"
	"deskhand/relay/internal/store"
)

// TestSlowConsole: a console that does not read gets the whole list anew, and nobody waits for it.
func TestSlowConsole(t *testing.T) {
	play(t, func(s *stage) {
		slow := s.deaf(s.ana, false)
		quick := s.watch(s.ben, false)
		defer quick.close()
		for i := range watchQueue/2 + 20 {
			s.check(s.SetAvailability(s.ctx, s.ana, true))
			s.check(s.SetAvailability(s.ctx, s.ana, false))
			if i%50 == 0 {
				s.ask(s.web, fmt.Sprint(i))
				time.Sleep(time.Second)
			}
		}
		if got := s.metrics.WatchersBehind.Load(); got != 1 {
			t.Errorf("%d consoles were counted as behind, want 1", got)
		}
		var got []string
		for len(got) == 0 || got[len(got)-1] != "ready" {
			e, err := slow.w.Next(s.ctx)
			s.check(err)
			got = append(got, inWords(e))
		}
		if want := "[reset QUERY_WAITING 0 alert 0 QUERY_WAITING 50 alert 50 QUERY_WAITING 100 alert 100 available=false ready]"; fmt.Sprint(got) != want {
			t.Errorf("the slow console hears %v, want %v", got, want)
		}
		slow.close()
		quick.heard()
	})
}

func TestTwoConsolesOfOneRep(t *testing.T) {
	play(t, func(s *stage) {
		one, two := s.watch(s.ana, true), s.watch(s.ana, true)
		one.wants("available=false", "ready", "available=true")
		two.wants("available=true", "ready")
		posted := s.ask(s.web, "Printer")
		one.wants("QUERY_WAITING Printer", "alert Printer")
		two.wants("QUERY_WAITING Printer", "alert Printer")
		_, err := s.Accept(s.ctx, s.ana, posted.SessionID)
		s.check(err)
		two.wants("QUERY_TAKEN Printer", "alert closed ANSWERED", "session Printer joined=false ended=false")
		one.close()
		time.Sleep(time.Minute)
		if at := s.place(posted.Ticket); at.State != PlaceTaken {
			t.Errorf("with one console left the customer is at %+v", at)
		}
		two.close()
	})
}

// TestOpenAlertsComeAgain: who watches anew gets the alerts that stand open at this rep.
func TestOpenAlertsComeAgain(t *testing.T) {
	play(t, func(s *stage) {
		one := s.watch(s.ana, true)
		defer one.close()
		s.ask(s.web, "Printer")
		two := s.watch(s.ana, true)
		defer two.close()
		two.wants("QUERY_WAITING Printer", "alert Printer", "available=true", "ready")
	})
}

func TestLogoutEndsItsConsoles(t *testing.T) {
	play(t, func(s *stage) {
		token, hash, err := account.NewToken(rand.Reader)
		s.check(err)
		s.check(s.store.AddLogin(s.ctx, store.Login{TokenHash: hash, RepID: s.ana.ID, At: time.Now()}))
		w, err := s.Watch(s.ctx, s.ana, token, true)
		s.check(err)
		defer w.Close()
		other := s.watch(s.ana, true)
		defer other.close()
		s.check(s.Logout(s.ctx, token))
		for {
			if _, err = w.Next(s.ctx); err != nil {
				break
			}
		}
		s.wantFault(err, fault.LoggedOut)
		synctest.Wait()
		if other.err != nil {
			t.Errorf("the other login's console ended with %v", other.err)
		}
	})
}

func TestNextEndsWithItsContext(t *testing.T) {
	play(t, func(s *stage) {
		c := s.deaf(s.ana, false)
		defer c.close()
		ctx, cancel := context.WithCancel(s.ctx)
		cancel()
		for {
			if _, err := c.w.Next(ctx); err != nil {
				if err != context.Canceled {
					t.Error(err)
				}
				return
			}
		}
	})
}

// TestBrokenBus: a relay whose bus fails still hears itself.
func TestBrokenBus(t *testing.T) {
	play(t, func(s *stage) {
		ana := s.watch(s.ana, true)
		defer ana.close()
		ana.heard()
		s.bus.broken = true
		s.ask(s.web, "Printer")
		ana.wants("QUERY_WAITING Printer", "alert Printer")
		if s.metrics.NoticesLost.Load() == 0 {
			t.Error("lost notices are not counted")
		}
	})
}
