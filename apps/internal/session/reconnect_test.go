package session

import (
	"slices"
	"testing"
	"time"

	"deskhand/protocol/fault"
	"deskhand/protocol/pb"
)

func TestReconnectKeepsTheChat(t *testing.T) {
	for _, who := range []Role{Customer, Rep} {
		t.Run(who.String(), func(t *testing.T) {
			r := newRelay(t)
			customer, rep := both(t, r)
			mine, other, number := customer, rep, uint32(1)
			if who == Rep {
				mine, other, number = rep, customer, 2
			}
			mine.Say("before")
			other.until("hears", heard("before"))

			refusing(r, true)
			r.kick(number)
			s := mine.until("is lost", phase(Lost))
			if s.Sharing || s.Fault != fault.RelayStopping || len(s.Chat) == 0 {
				t.Errorf("lost: %+v", s)
			}
			mine.Say("while away")
			other.Say("are you there?")
			other.until("has said it", heard("are you there?"))
			s = mine.until("keeps the line", func(s Snapshot) bool { return slices.Equal(texts(s, true), []string{"while away"}) })
			if last := s.Chat[len(s.Chat)-1]; !last.Pending || !last.Mine || last.Name == "" {
				t.Errorf("pending line: %+v", last)
			}
			refusing(r, false)

			mine.until("is back", func(s Snapshot) bool { return s.Phase == Active && s.Sharing && s.Sealed && s.Fault == "" })
			want := []string{"before", "are you there?", "while away"}
			for _, p := range []*party{mine, other} {
				s := p.until("has all lines", func(s Snapshot) bool { return len(spoken(s)) >= 3 && len(texts(s, true)) == 0 })
				if got := spoken(s); !slices.Equal(got, want) {
					t.Errorf("%v: chat %q, want %q", p.cfg.Role, got, want)
				}
			}
			other.until("sees it back", func(s Snapshot) bool { return s.Sharing && s.Sealed && !s.Attendees[number-1].Away })
			if !slices.ContainsFunc(other.Snapshot().Chat, func(l Line) bool { return l.Status == LineReturned }) {
				t.Error("no line says that somebody is back")
			}
		})
	}
}

// refusing makes the relay refuse everybody who enters, or no longer.
func refusing(r *relay, on bool) {
	r.with(func() {
		r.refuse = nil
		if on {
			r.refuse = fault.New(fault.RelayStopping, nil)
		}
	})
}

// A line that was stored, but whose confirmation was lost, is not said twice; one that was lost is said again.
func TestUnconfirmedLines(t *testing.T) {
	for _, stored := range []bool{true, false} {
		t.Run(map[bool]string{true: "stored", false: "lost"}[stored], func(t *testing.T) {
			r := newRelay(t)
			customer, rep := both(t, r)
			dead := false
			r.with(func() {
				r.swallow = func(from uint32, m *pb.ControlUp) bool { return dead && !stored && from == 1 && m.GetSay() != nil }
				r.deaf = func(to uint32, m *pb.ControlDown) bool { return dead && stored && to == 1 && m.GetLine() != nil }
				dead = true
			})
			customer.Say("once")
			customer.until("has said it", func(s Snapshot) bool { return len(texts(s, true)) == 1 })
			if stored {
				rep.until("hears", heard("once"))
			}
			r.with(func() { dead = false })
			r.kick(1)
			s := customer.until("is sure", func(s Snapshot) bool { return len(texts(s, true)) == 0 && heard("once")(s) })
			if n := len(spoken(s)); n != 1 {
				t.Errorf("said %d times", n)
			}
			rep.Say("done")
			if s := rep.until("is done", heard("done")); !slices.Equal(spoken(s), []string{"once", "done"}) {
				t.Errorf("the rep reads %q", spoken(s))
			}
		})
	}
}

// The customer's reconnection keeps the words, wherever the handshake was; a rep's is a new visit with new words.
func TestHandshakeResumes(t *testing.T) {
	for _, step := range []pb.Seal_Step{pb.Seal_COMMIT, pb.Seal_KEY, pb.Seal_REVEAL, pb.Seal_EPOCH} {
		t.Run(step.String(), func(t *testing.T) {
			r := newRelay(t)
			broke, dead := make(chan struct{}), false
			r.tamper = func(m *pb.Seal) []*pb.Seal { // nothing passes between this step and the reconnection
				if m.GetStep() == step && !dead && broke != nil {
					dead = true
					close(broke)
				}
				if dead {
					return nil
				}
				return []*pb.Seal{m}
			}
			customer := start(t, r, Customer, func(c *Config) { c.AutoConsent = &Consent{See: true} })
			rep := start(t, r, Rep, nil)
			<-broke
			before := rep.Snapshot().Words
			r.with(func() {
				r.kicked(1)
				dead, broke = false, nil
			})
			s := rep.until("sees", func(s Snapshot) bool { return s.Sharing && s.Sealed })
			if c := customer.until("shares", sharing); c.Words != s.Words || worded(Snapshot{Words: before}) && before != s.Words {
				t.Errorf("words: %q, then %q and %q", before, s.Words, c.Words)
			}
			if !opens(t, epochOf(customer.Session), epochOf(rep.Session)) {
				t.Error("the epochs differ")
			}
		})
	}
}

func TestRepComesBackWithNewWords(t *testing.T) {
	r := newRelay(t)
	customer, rep := both(t, r)
	before, epoch := rep.Snapshot().Words, epochOf(customer.Session)
	r.kick(2)
	s := rep.until("is back", func(s Snapshot) bool { return s.Phase == Active && s.Sealed && s.Words != before })
	customer.until("agrees", func(c Snapshot) bool { return c.Words == s.Words && epochOf(customer.Session).Number > epoch.Number })
}

// What was stopped or answered while the connection was lost is told when it is back.
func TestStopWhileLost(t *testing.T) {
	r := newRelay(t)
	customer, rep := both(t, r)
	refusing(r, true)
	r.kick(1)
	customer.until("is lost", phase(Lost))
	customer.StopSharing()
	r.with(func() { r.state.Sharing = true }) // a relay that has not noticed anything
	refusing(r, false)
	customer.until("is back", phase(Active))
	rep.until("sees nothing", unshared)
	rep.Say("ping")
	if s := customer.until("hears", heard("ping")); s.Sharing {
		t.Error("shared again by reconnecting")
	}
}

func TestEndWhileLost(t *testing.T) {
	r := newRelay(t)
	customer, rep := both(t, r)
	refusing(r, true)
	r.kick(1)
	customer.until("is lost", phase(Lost))
	customer.End(OutcomeNone, "")
	customer.until("is ending", func(s Snapshot) bool { return s.Ending })
	refusing(r, false)
	for _, p := range []*party{customer, rep} {
		if err := p.over(); err != nil {
			t.Errorf("%v: %v", p.cfg.Role, err)
		}
		if s := p.Snapshot(); s.EndCause != CustomerEnded || s.EndedBy != "Jo Brandt" {
			t.Errorf("%v: %+v", p.cfg.Role, s)
		}
	}
}

func TestLeaveWhileLost(t *testing.T) {
	r := newRelay(t)
	_, rep := both(t, r)
	refusing(r, true)
	r.kick(2)
	rep.until("is lost", phase(Lost))
	rep.Leave()
	if err := rep.over(); err != nil || rep.Snapshot().EndCause != YouLeft {
		t.Errorf("%v %+v", err, rep.Snapshot())
	}
}

// The session ended while this attendee was away.
func TestEndedMeanwhile(t *testing.T) {
	r := newRelay(t)
	customer, rep := both(t, r)
	refusing(r, true)
	r.kick(1)
	customer.until("is lost", phase(Lost))
	rep.End(Resolved, "")
	if err := rep.over(); err != nil {
		t.Fatal(err)
	}
	refusing(r, false)
	if err := customer.over(); !fault.Is(err, fault.SessionOver) {
		t.Errorf("Run: %v", err)
	}
	if s := customer.Snapshot(); s.Phase != Over || s.Fault != fault.SessionOver {
		t.Errorf("afterwards: %+v", s)
	}
}

// agree waits until both have the same words and gives what the rep shows then. Either of the two may be the last to change.
func agree(customer, rep *party) Snapshot {
	customer.t.Helper()
	for limit := time.After(patience); ; {
		s := rep.Snapshot()
		if worded(s) && s.Words == customer.Snapshot().Words {
			return s
		}
		select {
		case <-customer.Changed():
		case <-rep.Changed():
		case <-limit:
			customer.t.Fatalf("never the same words:\n%+v\n%+v", customer.Snapshot(), rep.Snapshot())
		}
	}
}

// A relay that was started anew has forgotten visits and consent. Whoever comes back first, both find together again.
func TestRelayRestarts(t *testing.T) {
	for _, tt := range []struct {
		name  string
		first Role
	}{
		{"the customer first", Customer},
		{"the rep first", Rep},
	} {
		t.Run(tt.name, func(t *testing.T) {
			r := newRelay(t)
			customer, rep := both(t, r)
			first, second := customer, rep
			if tt.first == Rep {
				first, second = rep, customer
			}
			r.with(func() { r.refuse = fault.New(fault.RelayStopping, nil) })
			r.restart()
			customer.until("is lost", phase(Lost))
			rep.until("is lost", phase(Lost))
			r.with(func() { r.only, r.refuse = first.Snapshot().You, nil })
			first.until("is back", func(s Snapshot) bool { return s.Phase != Lost })
			r.with(func() { r.only = 0 })
			second.until("is back", func(s Snapshot) bool { return s.Phase != Lost })
			c := customer.until("shares", func(s Snapshot) bool { return s.Sharing && s.Sealed })
			rep.until("sees", func(s Snapshot) bool { return s.Sharing && s.Sealed })
			s := agree(customer, rep)
			if c.Phase != Active || s.Phase != Active {
				t.Errorf("%+v %+v", c, s)
			}
			if !opens(t, epochOf(customer.Session), epochOf(rep.Session)) {
				t.Error("the epochs differ")
			}
		})
	}
}
