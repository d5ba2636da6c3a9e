package session

import "testing"

// TestNoControlWithoutTheCustomer: while the customer's connection is lost nobody takes what a rep types, so a rep's side
// does not say that it may type.
func TestNoControlWithoutTheCustomer(t *testing.T) {
	r := newRelay(t)
	customer, rep := both(t, r)
	rep.until("may type", func(s Snapshot) bool { return s.Control })
	refusing(r, true)
	r.kick(1)
	customer.until("is lost", phase(Lost))
	away := rep.until("knows it", func(s Snapshot) bool { return len(s.Attendees) == 2 && s.Attendees[0].Away })
	if away.Control {
		t.Error("the customer is away and the rep's side says that mouse and keyboard may be used")
	}
	if rep.state().ControlAllowed {
		t.Error("the customer is away and input would be sent")
	}
	refusing(r, false)
	customer.until("is back", phase(Active))
	rep.until("may type again", func(s Snapshot) bool { return s.Control })
}
