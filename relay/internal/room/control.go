package room

import (
	"errors"
	"time"

	"deskhand/protocol/fault"
	"deskhand/protocol/pb"
	"deskhand/protocol/version"
	"deskhand/relay/internal/store"
)

// Control is an attendee's Control lane, from its first message, Enter, to its end.
func (r *Rooms) Control(who Who, s Stream[pb.ControlUp, pb.ControlDown]) error {
	s = tap(&r.cfg, "control", s)
	entered := make(chan entry, 1)
	if err := r.read(func() { r.readControl(who, s, entered) }); err != nil {
		return err
	}
	late := time.NewTimer(enterWithin)
	defer late.Stop()
	select {
	case in := <-entered:
		if in.err != nil {
			return in.err
		}
		return in.lane.write(s)
	case <-late.C:
		return invalid("room: nobody entered in time")
	case <-s.Context().Done():
		return s.Context().Err()
	}
}

func (r *Rooms) readControl(who Who, s Stream[pb.ControlUp, pb.ControlDown], entered chan<- entry) {
	in, room := r.firstControl(who, s)
	entered <- in
	if in.err != nil {
		return
	}
	p := newPace(r.cfg.Clock)
	for {
		p.wait(s.Context())
		up, err := s.Recv()
		if err != nil {
			// When the room is over nobody is left to hear of it.
			_ = room.post(func() { room.leave(in.attendee, in.lane, err) })
			return
		}
		if room.post(func() { room.hear(in.attendee, in.lane, up) }) != nil {
			return
		}
	}
}

func (r *Rooms) firstControl(who Who, s Stream[pb.ControlUp, pb.ControlDown]) (entry, *Room) {
	up, err := s.Recv()
	if err != nil {
		return entry{err: err}, nil
	}
	e := up.GetEnter()
	if e == nil {
		return entry{err: invalid("room: the first message was not Enter")}, nil
	}
	if !version.Speaks(e.GetHello().GetWire()) {
		return entry{err: fault.New(fault.VersionsDiffer, nil)}, nil
	}
	room, err := r.open(who.SessionID)
	if err != nil {
		return entry{err: err}, nil
	}
	return room.enter(who, e), room
}

// hear does what an attendee says; what is against the rules costs it the lane.
func (r *Room) hear(a *attendee, l *lane[pb.ControlDown], up *pb.ControlUp) {
	if a.control != l || l.ended() || r.ending {
		return
	}
	if err := r.obey(a, up); err != nil {
		l.end(err)
	}
}

// obey sorts messages; those that this version does not know are not for it.
func (r *Room) obey(a *attendee, up *pb.ControlUp) error {
	switch m := up.GetMessage().(type) {
	case *pb.ControlUp_Enter:
		return invalid("room: entered twice")
	case *pb.ControlUp_Say:
		return r.say(a, m.Say)
	case *pb.ControlUp_Typing:
		r.typing(a, m.Typing.GetOn())
	case *pb.ControlUp_Seal:
		return r.forwardSeal(a, m.Seal)
	case *pb.ControlUp_Ping:
		r.tell(a, &pb.ControlDown{Message: &pb.ControlDown_Pong{Pong: &pb.Pong{Mark: m.Ping.GetMark()}}})
	case *pb.ControlUp_End:
		return r.endBy(a, m.End)
	case *pb.ControlUp_AskSharing:
		if a.customer() {
			return forbidden("room: a customer asked for sharing")
		}
		r.askSharing(a, m.AskSharing.GetControl())
	default:
		return r.obeyCustomer(a, up)
	}
	return nil
}

func (r *Room) obeyCustomer(a *attendee, up *pb.ControlUp) error {
	if up.GetMessage() == nil {
		return nil
	}
	if !a.customer() {
		return forbidden("room: a rep sent what only the customer may")
	}
	switch m := up.GetMessage().(type) {
	case *pb.ControlUp_Consent:
		r.permit(a, m.Consent)
	case *pb.ControlUp_Sharing:
		r.setSharing(m.Sharing.GetOn())
	case *pb.ControlUp_AnswerSharing:
		r.answerSharing(m.AnswerSharing.GetYes())
	case *pb.ControlUp_Facts:
		r.tellFacts(m.Facts)
	}
	return nil
}

// endBy ends the session for everybody. Outcome and notes are the rep's.
func (r *Room) endBy(a *attendee, m *pb.End) error {
	if a.customer() {
		r.end(store.End{By: a.name, Cause: int(pb.Ended_CUSTOMER_ENDED)})
		return nil
	}
	if _, known := pb.Outcome_name[int32(m.GetOutcome())]; !known {
		return invalid("room: unknown outcome")
	}
	r.end(store.End{
		By: a.name, Cause: int(pb.Ended_REP_ENDED), Outcome: int(m.GetOutcome()), Notes: cut(m.GetNotes(), maxNotes),
	})
	return nil
}

func forbidden(why string) error { return fault.New(fault.Forbidden, errors.New(why)) }
