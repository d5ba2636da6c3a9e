package desk

import (
	"context"
	"errors"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"deskhand/protocol/fault"
	"deskhand/protocol/pb"
	"deskhand/relay/internal/account"
	"deskhand/relay/internal/store"
)

func TestCodes(t *testing.T) { // CM-01, CM-03, CM-05, CM-06, CM-10, CM-12
	play(t, func(s *stage) {
		ana := s.watch(s.ana, true)
		defer ana.close()
		ana.heard()
		c, err := s.CreateCode(s.ctx, s.ana, "  Jo \n Brandt ", "join")
		s.check(err)
		if len(c.Code) != 9 || c.Name != "Jo Brandt" || c.Portal != "join portal" || c.ExpiresAt.Sub(c.CreatedAt) != store.DefaultCodeLifetime {
			t.Errorf("made %+v", c)
		}
		ana.wants("CODE_ACTIVE Jo Brandt")
		for _, tt := range []struct {
			name, code, portal string
			want               fault.Reason
		}{
			{"name in use", "jo brandt", "join", fault.NameInUse},
			{"no name", " ", "join", fault.Invalid},
			{"not a phone portal", "x", "help", fault.PortalUnknown},
			{"no portal", "x", "nowhere", fault.PortalUnknown},
		} {
			_, err := s.CreateCode(s.ctx, s.ana, tt.code, tt.portal)
			if !fault.Is(err, tt.want) {
				t.Errorf("%s: %v", tt.name, err)
			}
		}
		two, err := s.CreateCode(s.ctx, s.ana, "two", "join")
		s.check(err)
		_, err = s.CreateCode(s.ctx, s.ana, "three", "join")
		s.check(err)
		_, err = s.CreateCode(s.ctx, s.ana, "four", "join")
		s.wantFault(err, fault.TooManyCodes)
		ana.heard()

		s.wantFault(s.CancelCode(s.ctx, s.ben, two.Code), fault.CodeUnknown)
		s.check(s.CancelCode(s.ctx, s.ana, two.Code))
		ana.wants("CODE_CANCELLED two")
		_, err = s.Join(s.ctx, Joining{Code: two.Code}, noWait)
		s.wantFault(err, fault.CodeExpired)

		p, err := s.CheckCode(s.ctx, c.Code[:3]+"-"+c.Code[3:6]+" "+c.Code[6:])
		if err != nil || p.ID != s.join.ID {
			t.Errorf("checked: %v, %v", p, err)
		}
		in, err := s.Join(s.ctx, Joining{Code: c.Code, Host: "pc-7", System: "Debian 12", Language: "de"}, noWait)
		s.check(err)
		if in.Session.RepID != s.ana.ID || in.Session.Customer != "Jo Brandt" || in.Session.Host != "pc-7" || in.Session.ID != c.Code {
			t.Errorf("admitted %+v", in.Session)
		}
		if _, err := s.store.SessionByToken(s.ctx, in.Session.ID, account.HashToken(in.Token)); err != nil {
			t.Errorf("the token is not good: %v", err)
		}
		ana.wants("CODE_REDEEMED Jo Brandt", "session  joined=true ended=false")
		_, err = s.Join(s.ctx, Joining{Code: c.Code}, noWait)
		s.wantFault(err, fault.CodeUsed)
		_, err = s.CheckCode(s.ctx, c.Code)
		s.wantFault(err, fault.CodeUsed)

		time.Sleep(store.DefaultCodeLifetime)
		ana.wants("CODE_EXPIRED three")
	})
}

func TestCodeNeedsItsRep(t *testing.T) { // M-03
	play(t, func(s *stage) {
		ana := s.watch(s.ana, true)
		c, err := s.CreateCode(s.ctx, s.ana, "Jo", "join")
		s.check(err)
		ana.close()
		ben := s.watch(s.ben, true)
		defer ben.close()
		_, err = s.Join(s.ctx, Joining{Code: c.Code}, noWait)
		s.wantFault(err, fault.NoRep)
		again := s.watch(s.ana, true)
		defer again.close()
		_, err = s.Join(s.ctx, Joining{Code: c.Code}, noWait)
		s.check(err)
		ben.wants("available=false", "ready", "available=true")
	})
}

func TestJoinRefuses(t *testing.T) {
	play(t, func(s *stage) {
		for _, tt := range []struct {
			name string
			j    Joining
			want fault.Reason
		}{
			{"nothing", Joining{}, fault.Invalid},
			{"both", Joining{Code: "563773096", Ticket: "x"}, fault.Invalid},
			{"not a code", Joining{Code: "12345678x"}, fault.Invalid},
			{"an unknown code", Joining{Code: "563773096"}, fault.CodeUnknown},
			{"an unknown ticket", Joining{Ticket: "x"}, fault.QueryOver},
		} {
			if _, err := s.Join(s.ctx, tt.j, noWait); !fault.Is(err, tt.want) {
				t.Errorf("%s: %v, want %q", tt.name, err, tt.want)
			}
		}
	})
}

// TestLine: customers move up, hear of it at once, and keep their place when they hang up.
func TestLine(t *testing.T) {
	play(t, func(s *stage) {
		ana := s.watch(s.ana, true)
		defer ana.close()
		first := s.ask(s.web, "first")
		time.Sleep(time.Second)
		second := s.ask(s.web, "second")
		other := s.ask(s.queue, "another line")
		if a, b, c := s.place(first.Ticket), s.place(second.Ticket), s.place(other.Ticket); a.Position != 1 || b.Position != 2 || c.Position != 1 {
			t.Errorf("places %d, %d and %d", a.Position, b.Position, c.Position)
		}
		type joined struct {
			in  Admitted
			err error
		}
		places, done := make(chan int, 10), make(chan joined, 1)
		ctx, hangUp := context.WithCancel(s.ctx)
		wait := func(ctx context.Context) {
			in, err := s.Join(ctx, Joining{Ticket: second.Ticket}, func(w Wait) error { places <- w.Position; return nil })
			done <- joined{in, err}
		}
		go wait(ctx)
		synctest.Wait()
		hangUp()
		if got := <-done; !errors.Is(got.err, context.Canceled) || <-places != 2 {
			t.Errorf("hung up with %v", got.err)
		}
		go wait(s.ctx)
		synctest.Wait() // it has seen that it is the second
		_, err := s.Accept(s.ctx, s.ana, first.SessionID)
		s.check(err)
		synctest.Wait()
		if p := []int{<-places, <-places}; p[0] != 2 || p[1] != 1 {
			t.Errorf("places %v", p)
		}
		_, err = s.Accept(s.ctx, s.ana, second.SessionID)
		s.check(err)
		got := <-done
		s.check(got.err)
		if at := s.place(second.Ticket); at.State != PlaceJoined || at.Rep != "Ana" {
			t.Errorf("the second customer is at %+v", at)
		}
		again, err := s.Join(s.ctx, Joining{Ticket: second.Ticket}, noWait)
		if err != nil || again.Token != got.in.Token {
			t.Errorf("the ticket leads back in: %v, same token %t", err, again.Token == got.in.Token)
		}
		_, err = s.store.EndSession(s.ctx, second.SessionID, store.End{Cause: int(pb.Ended_REP_ENDED), At: time.Now()})
		s.check(err)
		s.check(s.SessionChanged(s.ctx, second.SessionID))
		_, err = s.Join(s.ctx, Joining{Ticket: second.Ticket}, noWait)
		s.wantFault(err, fault.SessionOver)
		if at := s.place(second.Ticket); at.State != PlaceOver {
			t.Errorf("the second customer is at %+v", at)
		}
	})
}

// TestTypedNumber: a query's nine digits count as its ticket once a rep waits, and only once.
func TestTypedNumber(t *testing.T) {
	play(t, func(s *stage) {
		ana := s.watch(s.ana, true)
		defer ana.close()
		posted := s.ask(s.web, "Printer")
		if at := s.place(posted.Ticket); at.Code != "" {
			t.Errorf("a number is shown before a rep is there: %+v", at)
		}
		_, err := s.Join(s.ctx, Joining{Code: posted.SessionID}, noWait)
		s.wantFault(err, fault.CodeUnknown)
		_, err = s.Accept(s.ctx, s.ana, posted.SessionID)
		s.check(err)
		if at := s.place(posted.Ticket); at.Code != posted.SessionID || at.Rep != "Ana" {
			t.Errorf("the customer is at %+v", at)
		}
		if _, err := s.CheckCode(s.ctx, posted.SessionID); err != nil {
			t.Errorf("check: %v", err)
		}
		_, err = s.Join(s.ctx, Joining{Code: posted.SessionID}, noWait)
		s.check(err)
		_, err = s.Join(s.ctx, Joining{Code: posted.SessionID}, noWait)
		s.wantFault(err, fault.CodeUsed)
		_, err = s.Join(s.ctx, Joining{Ticket: posted.Ticket}, noWait)
		s.wantFault(err, fault.CodeUsed)
	})
}

// TestPlaceChanges: the channel closes with every change of the place.
func TestPlaceChanges(t *testing.T) {
	play(t, func(s *stage) {
		ana := s.watch(s.ana, true)
		defer ana.close()
		posted := s.ask(s.web, "Printer")
		for _, step := range []struct {
			name string
			do   func() error
			want State
		}{
			{"taken", func() error { _, err := s.Accept(s.ctx, s.ana, posted.SessionID); return err }, PlaceTaken},
			{"joined", func() error { _, err := s.Join(s.ctx, Joining{Ticket: posted.Ticket}, noWait); return err }, PlaceJoined},
			{"over", func() error {
				_, err := s.store.EndSession(s.ctx, posted.SessionID, store.End{At: time.Now()})
				return errors.Join(err, s.SessionChanged(s.ctx, posted.SessionID))
			}, PlaceOver},
		} {
			_, changed, err := s.Place(s.ctx, posted.Ticket)
			s.check(err)
			s.check(step.do())
			synctest.Wait()
			select {
			case <-changed:
			default:
				t.Errorf("%s: nobody is told", step.name)
			}
			if at := s.place(posted.Ticket); at.State != step.want {
				t.Errorf("%s: at %+v", step.name, at)
			}
		}
		if _, changed, err := s.Place(s.ctx, posted.Ticket); changed != nil || err != nil {
			t.Errorf("what is over may change: %v", err)
		}
		if n := len(s.sessions); n == 0 {
			t.Error("rooms do not hear of changed sessions")
		}
	})
}

func TestHistoryAndTranscript(t *testing.T) {
	play(t, func(s *stage) {
		ana := s.watch(s.ana, true)
		defer ana.close()
		posted := s.ask(s.web, "Printer")
		_, err := s.Accept(s.ctx, s.ana, posted.SessionID)
		s.check(err)
		_, err = s.store.AddLine(s.ctx, store.Line{SessionID: posted.SessionID, At: time.Now(), From: 2, Text: "Hello"})
		s.check(err)
		_, err = s.store.EndSession(s.ctx, posted.SessionID, store.End{At: time.Now(), Notes: "done"})
		s.check(err)
		all, _, err := s.History(s.ctx, s.ana, "", "print", 10)
		if err != nil || len(all) != 1 || all[0].Notes != "done" {
			t.Errorf("history %+v, %v", all, err)
		}
		if none, _, err := s.History(s.ctx, s.ben, "", "", 10); err != nil || len(none) != 0 {
			t.Errorf("another rep's history %+v, %v", none, err)
		}
		lines, err := s.Transcript(s.ctx, s.ana, posted.SessionID)
		if err != nil || len(lines) != 1 || lines[0].Text != "Hello" {
			t.Errorf("transcript %+v, %v", lines, err)
		}
		_, err = s.Transcript(s.ctx, s.ben, posted.SessionID)
		s.wantFault(err, fault.SessionUnknown)
	})
}

func TestWhatCustomersWriteIsCutAndCleaned(t *testing.T) {
	a := Ask{
		Name: "\tJo\x00 \n Brandt ", Email: "jo@example.com\n", Question: " one\r\ntwo\x07 " + strings.Repeat("ß", MaxQuestion),
		System: strings.Repeat("x", 500),
	}.clean()
	if a.Name != "Jo Brandt" || a.Email != "jo@example.com" || len(a.System) != maxFact {
		t.Errorf("cleaned %q %q %d", a.Name, a.Email, len(a.System))
	}
	if !strings.HasPrefix(a.Question, "one\ntwo ß") || len([]rune(a.Question)) != MaxQuestion {
		t.Errorf("question of %d characters: %.20q", len([]rune(a.Question)), a.Question)
	}
}

func FuzzNotice(f *testing.F) {
	f.Add([]byte{})
	f.Add([]byte{0x0a, 3, '1', '2', '3'})
	f.Fuzz(func(_ *testing.T, data []byte) {
		c := newChanges()
		c.hear(data)
		c.take()
	})
}
