package room

import (
	"deskhand/protocol/fault"
	"deskhand/protocol/pb"
)

// Input is an attendee's Input lane: a rep's carries sealed frames up, the customer's carries those of all reps down.
func (r *Rooms) Input(who Who, s Stream[pb.InputUp, pb.InputDown]) error {
	s = tap(&r.cfg, "input", s)
	room, err := r.open(who.SessionID)
	if err != nil {
		return err
	}
	l := newLane[pb.InputDown](inputQueue)
	a, err := room.attach(who, func(a *attendee) {
		if a.input != nil {
			a.input.end(errReplaced)
		}
		a.input = l
	})
	if err != nil {
		return err
	}
	if err := r.read(func() { room.readInput(a, l, s) }); err != nil {
		return err
	}
	return l.write(s)
}

func (r *Room) readInput(a *attendee, l *lane[pb.InputDown], s Stream[pb.InputUp, pb.InputDown]) {
	for {
		up, err := s.Recv()
		if err != nil {
			_ = r.post(func() { r.closeInput(a, l, err) }) // a room that is over has closed it already
			return
		}
		if r.post(func() { r.hearInput(a, l, up) }) != nil {
			return
		}
	}
}

func (r *Room) closeInput(a *attendee, l *lane[pb.InputDown], why error) {
	l.end(lost(why))
	if a.input == l {
		a.input = nil
	}
}

// hearInput forwards a frame to the customer, in order and unread. Frames that nobody may send, or nobody takes, are
// refused and counted; a customer who is too slow for them costs the rep the lane, because a lost key press is worse.
func (r *Room) hearInput(a *attendee, l *lane[pb.InputDown], up *pb.InputUp) {
	if a.input != l || l.ended() || r.ending {
		return
	}
	if a.customer() {
		l.end(forbidden("room: the customer sent input"))
		return
	}
	if n := len(up.GetSealed()); n == 0 || n > maxInput {
		l.end(invalid("room: an input frame is empty or too long"))
		return
	}
	customer := r.attendees[customerID]
	if !r.controlled() || customer == nil || customer.input == nil {
		r.cfg.Metrics.InputRefused.Add(1)
		return
	}
	if !customer.input.push(&pb.InputDown{From: a.id, Sealed: up.GetSealed()}) {
		r.cfg.Metrics.InputTooSlow.Add(1)
		l.end(fault.New(fault.TooSlow, nil))
	}
}

// stopInput drops what has been forwarded and not sent yet.
func (r *Room) stopInput() {
	if customer := r.attendees[customerID]; customer != nil && customer.input != nil {
		r.cfg.Metrics.InputRefused.Add(int64(customer.input.drop()))
	}
}
