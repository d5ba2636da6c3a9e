package room

import (
	"fmt"
	"testing"

	"deskhand/protocol/fault"
	"deskhand/protocol/pb"
)

func keys(text string) *pb.InputUp { return &pb.InputUp{Sealed: []byte(text)} }

// typed puts what arrived at the customer's Input lane into words.
func typed(w *inputWire) []string {
	var all []string
	for _, m := range w.read() {
		all = append(all, fmt.Sprintf("%d: %s", m.GetFrom(), m.GetSealed()))
	}
	return all
}

func TestInputNeedsRightConsentAndSharing(t *testing.T) {
	for _, tt := range []struct {
		name         string
		see, control bool
		customer     []*pb.ControlUp
		passes       bool
	}{
		{"all three", true, true, []*pb.ControlUp{consent(true, true)}, true},
		{"no consent yet", true, true, nil, false},
		{"consent to see only", true, true, []*pb.ControlUp{consent(true, false)}, false},
		{"control taken back", true, true, []*pb.ControlUp{consent(true, true), consent(true, false)}, false},
		{"consent without the right", true, false, []*pb.ControlUp{consent(true, true)}, false},
		{"control without sight", false, true, []*pb.ControlUp{consent(true, true)}, false},
		{"sharing stopped", true, true, []*pb.ControlUp{consent(true, true), sharing(false)}, false},
	} {
		t.Run(tt.name, func(t *testing.T) {
			play(t, tt.see, tt.control, func(s *stage) {
				ana, jo := s.enter(s.whoAna()), s.enter(customer)
				from, to := ana.input(10), jo.input(10)
				jo.send(tt.customer...)
				jo.read()
				from.send(keys("h"), keys("i"))
				want := []string{"2: h", "2: i"}
				refused := int64(0)
				if !tt.passes {
					want, refused = nil, 2
				}
				s.wants("the customer's machine gets", typed(to), want)
				if got := s.metrics.InputRefused.Load(); got != refused {
					t.Errorf("%d frames were refused, want %d", got, refused)
				}
				from.isOpen()
			})
		})
	}
}

func TestInputWithoutTaker(t *testing.T) {
	play(t, true, true, func(s *stage) {
		ana, jo := s.enter(s.whoAna()), s.enter(customer)
		jo.send(consent(true, true))
		jo.read()
		from := ana.input(10)
		from.send(keys("a"))
		from.read()
		to := jo.input(10)
		to.read()
		from.send(keys("b"))
		s.wants("later frames only", typed(to), []string{"2: b"})
	})
}

func TestInputOverflowClosesTheSendersLane(t *testing.T) {
	play(t, true, true, func(s *stage) {
		ana, jo := s.enter(s.whoAna()), s.enter(customer)
		bo := s.enter(rep(77, "Bo"))
		jo.send(consent(true, true))
		jo.read()
		from, other, to := ana.input(10), bo.input(10), jo.input(0) // the customer's machine takes nothing
		to.read()
		for i := range inputQueue + 2 { // one is with the writer
			from.send(keys(fmt.Sprint(i)))
		}
		from.closedWith(fault.TooSlow)
		ana.isOpen()
		other.isOpen()
		if got := s.metrics.InputTooSlow.Load(); got != 1 {
			t.Errorf("%d lanes were counted as too slow, want 1", got)
		}
		got := typed(to)
		if len(got) != inputQueue+1 || got[0] != "2: 0" || got[inputQueue] != fmt.Sprintf("2: %d", inputQueue) {
			t.Errorf("%d frames passed, the first %q, the last %q", len(got), got[0], got[len(got)-1])
		}
		other.send(keys("bo"))
		s.wants("another rep", typed(to), []string{"3: bo"})
	})
}

func TestStopDropsQueuedInput(t *testing.T) {
	play(t, true, true, func(s *stage) {
		ana, jo := s.enter(s.whoAna()), s.enter(customer)
		jo.send(consent(true, true))
		jo.read()
		from, to := ana.input(10), jo.input(0)
		from.isOpen()
		to.isOpen()
		for _, c := range "abcdef" {
			from.send(keys(string(c)))
		}
		from.read()
		jo.send(sharing(false))
		jo.read()
		s.wants("what the customer's machine gets is what was on its way", typed(to), []string{"2: a"})
	})
}

func TestInputRules(t *testing.T) {
	for _, tt := range []struct {
		name string
		rep  bool
		send *pb.InputUp
		want fault.Reason
	}{
		{"the customer sends input", false, keys("a"), fault.Forbidden},
		{"nothing", true, keys(""), fault.Invalid},
		{"too much", true, &pb.InputUp{Sealed: make([]byte, maxInput+1)}, fault.Invalid},
	} {
		t.Run(tt.name, func(t *testing.T) {
			play(t, true, true, func(s *stage) {
				who := s.enter(customer)
				if tt.rep {
					who = s.enter(s.whoAna())
				}
				w := who.input(10)
				w.send(tt.send)
				w.closedWith(tt.want)
				who.isOpen()
			})
		})
	}
}
