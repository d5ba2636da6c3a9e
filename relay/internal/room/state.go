package room

import (
	"deskhand/protocol/pb"
	"deskhand/relay/internal/store"
)

// state is what the customer permits now. Rights bound consent; sharing and control need both.
type state struct {
	consent      *pb.Consent // within the session's rights; nil until the customer has answered
	sharing      bool
	asked        bool // a rep waits for the customer's answer
	askedControl bool // and wants mouse and keyboard too
}

func (s *state) message() *pb.RoomState {
	m := &pb.RoomState{Sharing: s.sharing, Asked: s.asked}
	if s.consent != nil {
		m.Consent = &pb.Consent{See: s.consent.GetSee(), Control: s.consent.GetControl()}
	}
	return m
}

func (s *state) question() *pb.ControlDown {
	return &pb.ControlDown{Message: &pb.ControlDown_AskSharing{AskSharing: &pb.AskSharing{Control: s.askedControl}}}
}

// seen reports whether pictures may pass now, controlled whether input may.
func (r *Room) seen() bool {
	return !r.ending && r.session.See && r.state.sharing && r.state.consent.GetSee()
}

func (r *Room) controlled() bool {
	return r.seen() && r.session.Control && r.state.consent.GetControl()
}

func (r *Room) showState() {
	r.broadcast(&pb.ControlDown{Message: &pb.ControlDown_State{State: r.state.message()}})
}

// permit takes the customer's answer. The first one with see begins sharing (G-04); later ones may only take sharing
// away, because to begin again a rep has to ask (G-05). Permitting nothing ends the session.
func (r *Room) permit(a *attendee, c *pb.Consent) {
	if !c.GetSee() && !c.GetControl() {
		r.note(pb.Line_DECLINED, a.name)
		r.end(store.End{By: a.name, Cause: int(pb.Ended_DECLINED)})
		return
	}
	first := r.state.consent == nil
	if first {
		r.note(pb.Line_CONSENTED, a.name)
	}
	r.consent(&pb.Consent{See: c.GetSee(), Control: c.GetControl()})
	if see := r.state.consent.GetSee(); first || !see {
		r.share(see)
	}
	r.showState()
}

// consent keeps what the customer permits, within the session's rights.
func (r *Room) consent(c *pb.Consent) {
	c.See = c.GetSee() && r.session.See
	c.Control = c.GetControl() && r.session.See && r.session.Control
	before := r.state.consent.GetControl()
	r.state.consent = c
	name := r.session.Customer
	switch {
	case c.GetControl() && !before:
		r.note(pb.Line_CONTROL_ALLOWED, name)
	case before && !c.GetControl():
		r.note(pb.Line_CONTROL_ENDED, name)
		r.stopInput()
	}
}

// share turns the sending of the screen on or off. Off, nothing of the picture stays in the room.
func (r *Room) share(on bool) {
	if r.state.sharing == on {
		return
	}
	r.state.sharing = on
	if !on {
		r.screen.stop()
		r.feedAll()
		r.stopInput()
		r.note(pb.Line_SHARING_STOPPED, r.session.Customer)
		return
	}
	r.note(pb.Line_SHARING_STARTED, r.session.Customer)
	r.refresh()
	r.feedAll()
}

// setSharing lets the customer stop at any time, and start never (CC-02).
func (r *Room) setSharing(on bool) {
	if on || !r.state.sharing {
		return
	}
	r.share(false)
	r.showState()
}

// askSharing puts a rep's question to the customer, unless it is out already or there is nothing to ask for.
func (r *Room) askSharing(a *attendee, control bool) {
	control = control && r.session.Control
	more := !r.state.sharing || (control && !r.state.consent.GetControl())
	if r.state.consent == nil || !r.session.See || !more {
		return
	}
	if r.state.asked && (r.state.askedControl || !control) {
		return
	}
	r.state.asked, r.state.askedControl = true, control
	r.note(pb.Line_SHARING_ASKED, a.name)
	if customer := r.attendees[customerID]; customer != nil {
		r.tell(customer, r.state.question())
	}
	r.showState()
}

func (r *Room) answerSharing(yes bool) {
	if !r.state.asked {
		return
	}
	control := r.state.askedControl
	r.state.asked, r.state.askedControl = false, false
	if yes {
		r.consent(&pb.Consent{See: true, Control: control || r.state.consent.GetControl()})
		r.share(r.state.consent.GetSee())
	} else {
		r.note(pb.Line_SHARING_REFUSED, r.session.Customer)
	}
	r.showState()
}

// forgetQuestion takes a question back when no rep is left to hear the answer.
func (r *Room) forgetQuestion() {
	if !r.state.asked {
		return
	}
	for _, a := range r.attendees {
		if !a.customer() && a.control != nil {
			return
		}
	}
	r.state.asked, r.state.askedControl = false, false
	r.showState()
}
