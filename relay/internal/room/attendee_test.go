package room

import (
	"fmt"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"deskhand/protocol/fault"
	"deskhand/protocol/pb"
	"deskhand/protocol/version"
	"deskhand/relay/internal/row"
	"deskhand/relay/internal/store"
)

func TestNumbersAndVisits(t *testing.T) {
	play(t, true, true, func(s *stage) {
		ana := s.enter(s.whoAna())
		bo := s.enter(rep(77, "Bo"))
		jo := s.enter(customer)
		if ana.welcome.GetYou() != 2 || bo.welcome.GetYou() != 3 || jo.welcome.GetYou() != 1 {
			t.Errorf("numbers %d, %d, %d", ana.welcome.GetYou(), bo.welcome.GetYou(), jo.welcome.GetYou())
		}
		var names []string
		for _, a := range jo.welcome.GetAttendees() {
			names = append(names, fmt.Sprintf("%d %v %s", a.GetId(), a.GetRole(), a.GetName()))
		}
		s.wants("who is in", names, []string{"1 CUSTOMER ", "2 REP Ana Ruiz", "3 REP Bo"})
		if jo.welcome.GetSession().GetRep() != "Ana Ruiz" || ana.welcome.GetSession().GetRep() != "Ana Maria Ruiz" {
			t.Error("the customer sees another name than the screen name")
		}
		bo.read()
		ana.hangUp()
		s.wants("Ana left", bo.heard(), []string{"attendee 2 gone=true away=false visit=1", "line LEFT Ana Ruiz"})
		if again := s.enter(s.whoAna()); again.welcome.GetYou() != 2 {
			t.Errorf("Ana came back as %d", again.welcome.GetYou())
		}
		s.wants("Ana is back", bo.heard(), []string{"attendee 2 gone=false away=false visit=2", "line JOINED Ana Ruiz"})
	})
}

func TestCustomerLosesAndFindsTheRoom(t *testing.T) {
	play(t, true, true, func(s *stage) {
		ana, jo := s.enter(s.whoAna()), s.enter(customer)
		pictures := jo.screen(10)
		ana.read()
		jo.lose()
		s.wants("lost", ana.heard(), []string{"attendee 1 gone=false away=true visit=1", "line LOST "})
		pictures.closedWith(fault.CannotConnect)
		s.enter(customer)
		s.wants("found", ana.heard(), []string{"attendee 1 gone=false away=false visit=2", "line RETURNED "})
	})
}

func TestNewConnectionTakesTheOldOnesPlace(t *testing.T) {
	play(t, true, true, func(s *stage) {
		ana, jo := s.enter(s.whoAna()), s.enter(customer)
		input := ana.input(10)
		jo.read()
		s.enter(s.whoAna())
		ana.closedWith(fault.LoggedOut)
		input.closedWith(fault.LoggedOut)
		s.wants("what the customer hears", jo.heard(), []string{"attendee 2 gone=false away=false visit=2"})
	})
}

func TestAwayFor10Minutes(t *testing.T) {
	for _, tt := range []struct {
		name string
		away time.Duration
		over bool
	}{
		{"9:59", AwayFor - time.Second, false},
		{"10:01", AwayFor + time.Second, true},
	} {
		t.Run(tt.name, func(t *testing.T) {
			play(t, true, true, func(s *stage) {
				ana, jo := s.enter(s.whoAna()), s.enter(customer)
				time.Sleep(time.Hour) // an idle session lasts (RC-14)
				jo.isOpen()
				jo.lose()
				ana.read()
				time.Sleep(tt.away)
				if !tt.over {
					s.wants("nothing yet", ana.heard(), nil)
					s.enter(customer)
					time.Sleep(AwayFor)
					ana.isOpen()
					return
				}
				s.wants("lost", ana.heard(), []string{"line ENDED ", `ended LOST by ""`})
				ana.closedWith(fault.SessionOver)
				if got := s.session(); got.EndCause != int(pb.Ended_LOST) || got.EndedAt.IsZero() {
					t.Errorf("stored %+v", got)
				}
				late := s.control(customer, 10)
				late.send(enterMessage(&pb.Enter{Hello: &pb.Hello{Wire: version.Wire}}))
				late.closedWith(fault.SessionOver)
			})
		})
	}
}

func TestRestoredRoomWaitsForItsCustomer(t *testing.T) {
	play(t, true, true, func(s *stage) {
		s.check(s.rooms.Restore(s.t.Context()))
		time.Sleep(AwayFor + time.Second)
		synctest.Wait()
		if s.session().EndedAt.IsZero() {
			t.Error("a customer who never came back after a restart keeps the session open")
		}
	})
}

func TestWhoMayEnter(t *testing.T) {
	hello := &pb.Hello{Wire: version.Wire}
	for _, tt := range []struct {
		name  string
		first *pb.ControlUp
		want  fault.Reason
	}{
		{"says something first", &pb.ControlUp{Message: &pb.ControlUp_Say{Say: &pb.Say{Text: "x"}}}, fault.Invalid},
		{"says nothing known", &pb.ControlUp{}, fault.Invalid},
		{"without a version", enterMessage(&pb.Enter{}), fault.VersionsDiffer},
		{"from the future", enterMessage(&pb.Enter{Hello: &pb.Hello{Wire: version.Wire + 1}}), fault.VersionsDiffer},
	} {
		t.Run(tt.name, func(t *testing.T) {
			play(t, true, true, func(s *stage) {
				w := s.control(customer, 10)
				w.send(tt.first)
				w.closedWith(tt.want)
			})
		})
	}
	t.Run("nothing", func(t *testing.T) {
		play(t, true, true, func(s *stage) {
			w := s.control(customer, 10)
			time.Sleep(enterWithin + time.Second)
			w.closedWith(fault.Invalid)
		})
	})
	t.Run("an unknown session", func(t *testing.T) {
		play(t, true, true, func(s *stage) {
			w := s.control(Who{SessionID: "111111111"}, 10)
			w.send(enterMessage(&pb.Enter{Hello: hello}))
			w.closedWith(fault.SessionUnknown)
		})
	})
	t.Run("twice on one lane", func(t *testing.T) {
		play(t, true, true, func(s *stage) {
			jo := s.enter(customer)
			jo.enter(&pb.Enter{Hello: hello})
			jo.closedWith(fault.Invalid)
		})
	})
	t.Run("other lanes first", func(t *testing.T) {
		play(t, true, true, func(s *stage) {
			open(s, s.rooms.Screen, customer, 1).closedWith(fault.Forbidden)
			open(s, s.rooms.Input, s.whoAna(), 1).closedWith(fault.Forbidden)
		})
	})
	t.Run("after the rooms have closed", func(t *testing.T) {
		play(t, true, true, func(s *stage) {
			jo := s.enter(customer)
			s.rooms.Close()
			jo.closedWith(fault.RelayStopping)
			s.control(customer, 1).closedWith(fault.RelayStopping)
			if !s.session().EndedAt.IsZero() {
				t.Error("a relay that stops ends the session")
			}
		})
	})
}

func TestCustomersName(t *testing.T) {
	play(t, true, true, func(s *stage) {
		ana := s.enter(s.whoAna())
		ana.read()
		jo := s.control(customer, 100)
		jo.send(enterMessage(&pb.Enter{Hello: &pb.Hello{Wire: version.Wire}, Name: "  Jo\n\tBrandt\x00" + strings.Repeat("x", 100)}))
		synctest.Wait()
		want := "Jo Brandt " + strings.Repeat("x", maxName-10)
		if got := s.session().Customer; got != want {
			t.Errorf("stored %q, want %q", got, want)
		}
		s.wants("Ana hears", ana.heard(), []string{"attendee 1 gone=false away=false visit=1", "line JOINED " + want})
		select {
		case <-s.changed:
		default:
			t.Error("the desk does not hear of the name")
		}
		jo.lose()
		again := s.control(customer, 100)
		again.send(enterMessage(&pb.Enter{Hello: &pb.Hello{Wire: version.Wire}, Name: "Somebody else"}))
		synctest.Wait()
		if got := s.session().Customer; got != want {
			t.Errorf("the name became %q", got)
		}
	})
}

func TestDeskChangesTheSession(t *testing.T) {
	play(t, true, true, func(s *stage) {
		ana, jo := s.enter(s.whoAna()), s.enter(customer)
		ana.read()
		if _, err := s.store.EndSession(s.t.Context(), sessionID, store.End{Cause: int(pb.Ended_LOST), At: time.Now()}); err != nil {
			t.Fatal(err)
		}
		s.rooms.Refresh("999999999")
		ana.isOpen()
		s.rooms.Refresh(sessionID)
		s.wants("Ana hears", ana.heard(), []string{`ended LOST by ""`})
		ana.closedWith(fault.SessionOver)
		jo.closedWith(fault.SessionOver)
	})
}

// TestQueryWaitsAgain: when a query goes back into the line its session, and so its room, is no more.
func TestQueryWaitsAgain(t *testing.T) {
	play(t, true, true, func(s *stage) {
		const other = "771020356"
		now := time.Now()
		s.check(s.store.PostQuery(s.t.Context(), store.Query{
			SessionID: other, PortalID: 1, Question: "x", TicketHash: secret("other"), PostedAt: now, ExpiresAt: now.Add(time.Hour),
		}))
		_, err := s.store.TakeQuery(s.t.Context(), other, s.ana.ID, now)
		s.check(err)
		ana := s.enter(Who{SessionID: other, Rep: s.ana})
		time.Sleep(2 * AwayFor) // a customer who has not joined is the desk's business
		ana.isOpen()
		s.check(s.store.ReturnQuery(s.t.Context(), other, time.Now()))
		s.rooms.Refresh(other)
		ana.closedWith(fault.SessionUnknown)
	})
}

// TestLogoutEndsItsLanes: what a login has opened ends with it; another login of the same rep, and the others, stay.
func TestLogoutEndsItsLanes(t *testing.T) {
	play(t, true, true, func(s *stage) {
		first, second := s.whoAna(), s.whoAna()
		first.Login, second.Login = "first", "second"
		jo, ana := s.enter(customer), s.enter(first)
		screen, input := ana.screen(10), ana.input(10)
		s.rooms.EndLogin("second")
		s.rooms.EndLogin("")
		for _, open := range []func(){jo.isOpen, ana.isOpen, screen.isOpen, input.isOpen} {
			open()
		}
		s.rooms.EndLogin("first")
		ana.closedWith(fault.LoggedOut)
		screen.closedWith(fault.LoggedOut)
		input.closedWith(fault.LoggedOut)
		jo.isOpen()
		again := s.enter(second)
		ana.who = first // a lane beside the Control lane of another login
		ana.screen(10).closedWith(fault.Forbidden)
		s.rooms.EndLogin("first")
		again.isOpen()
	})
}

// TestQueryTakenAnew: a query that waited again and was taken once more, before its room had heard of the first, has a
// session of its own, in which nobody stays who was in the one before.
func TestQueryTakenAnew(t *testing.T) {
	play(t, true, true, func(s *stage) {
		const other = "771020356"
		ctx, now := s.t.Context(), time.Now()
		ben, err := s.store.AddRep(ctx, store.Rep{CompanyID: s.ana.CompanyID, Login: "ben@contoso.example", Name: "Ben", Active: true})
		s.check(err)
		s.check(s.store.AssignPortal(ctx, ben.ID, 1))
		s.check(s.store.PostQuery(ctx, store.Query{
			SessionID: other, PortalID: 1, Question: "x", TicketHash: secret("other"), PostedAt: now, ExpiresAt: now.Add(time.Hour),
		}))
		for _, next := range []store.Rep{ben, s.ana} { // another one, and the same one again
			_, err = s.store.TakeQuery(ctx, other, s.ana.ID, time.Now())
			s.check(err)
			ana := s.enter(Who{SessionID: other, Rep: s.ana})
			ana.say("hello?")
			ana.read()
			time.Sleep(time.Second)
			s.check(s.store.ReturnQuery(ctx, other, time.Now()))
			_, err = s.store.TakeQuery(ctx, other, next.ID, time.Now())
			s.check(err)
			s.rooms.Refresh(other)
			ana.closedWith(fault.CannotConnect) // whoever may comes again
			again := s.enter(Who{SessionID: other, Rep: next})
			again.say("good morning")
			s.wants("the next rep", again.heard(), []string{
				"line JOINED " + row.ScreenName(next), "2 says good morning",
			})
			again.lose()
			s.check(s.store.ReturnQuery(ctx, other, time.Now()))
			s.rooms.Refresh(other)
			synctest.Wait()
		}
	})
}

// TestCustomerJoinsLate: from the moment the customer has joined the room waits for it.
func TestCustomerJoinsLate(t *testing.T) {
	play(t, true, true, func(s *stage) {
		const other = "771020356"
		now := time.Now()
		s.check(s.store.PostQuery(s.t.Context(), store.Query{
			SessionID: other, PortalID: 1, Question: "x", TicketHash: secret("other"), PostedAt: now, ExpiresAt: now.Add(time.Hour),
		}))
		_, err := s.store.TakeQuery(s.t.Context(), other, s.ana.ID, now)
		s.check(err)
		ana := s.enter(Who{SessionID: other, Rep: s.ana})
		s.check(s.store.JoinSession(s.t.Context(), other, store.Arrival{TokenHash: secret("t"), At: time.Now()}))
		s.rooms.Refresh(other)
		ana.isOpen()
		time.Sleep(AwayFor + time.Second)
		ana.closedWith(fault.SessionOver)
	})
}
