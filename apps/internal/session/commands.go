package session

import (
	"strings"
	"time"

	"deskhand/protocol/pb"
)

// MaxText is the length of one chat line in bytes; longer texts are said in several lines.
const MaxText = 4096

// do queues a command for run. A full queue drops it, which is counted in Snapshot.Dropped.
func (s *Session) do(command func(*actor)) {
	select {
	case s.commands <- command:
	default:
		s.dropped.Add(1)
	}
}

// revoke takes back at once, for Snapshot and features alike, what was permitted until now.
func (s *Session) revoke() {
	s.revoked.Add(1)
	signal(s.woken)
	signal(s.changed)
}

// Say adds a line to the chat. Texts without a visible character are ignored. The line stands in the Snapshot, Pending
// until the relay has stored it; while the connection is lost it waits.
func (s *Session) Say(text string) { s.do(func(a *actor) { a.say(text) }) }

// SetTyping tells the others that this attendee is typing, or no longer. Saying something ends it.
func (s *Session) SetTyping(on bool) { s.do(func(a *actor) { a.setTyping(on) }) }

// Allow is the customer's answer to the question of consent; sharing starts by itself when the rights allow it. Rights
// do not narrow what is told to the relay, they limit what comes of it. Without See it is NotNow. Later calls give or take
// mouse and keyboard; without See they are StopSharing.
func (s *Session) Allow(c Consent) {
	if s.cfg.Role != Customer {
		return
	}
	permit := s.revoked.Load()
	if c.See {
		s.do(func(a *actor) { a.allow(c, permit) })
		return
	}
	s.revoke()
	s.do(func(a *actor) {
		if a.grant.consent == nil {
			a.refuse()
		}
	})
}

// NotNow is the customer's refusal; it ends the session.
func (s *Session) NotNow() {
	if s.cfg.Role == Customer {
		s.revoke()
		s.do((*actor).refuse)
	}
}

// StopSharing is the customer's, and counts at once. Sharing starts again only when a rep asks and the customer says yes.
func (s *Session) StopSharing() {
	if s.cfg.Role == Customer {
		s.revoke()
	}
}

// AskSharing is a rep's wish to see the screen, with control also to use mouse and keyboard. The customer is asked.
func (s *Session) AskSharing(control bool) {
	s.do(func(a *actor) {
		if a.cfg.Role == Rep && a.phase == running {
			a.send(&pb.ControlUp{Message: &pb.ControlUp_AskSharing{AskSharing: &pb.AskSharing{Control: control}}})
		}
	})
}

// AnswerSharing is the customer's answer to AskSharing. Yes permits what the Snapshot says is asked for at the time of the
// call, never more: a question that grows on its way here is not what the person has read.
func (s *Session) AnswerSharing(yes bool) {
	permit, control := s.revoked.Load(), s.Snapshot().AskedControl
	s.do(func(a *actor) { a.answer(yes, control, permit) })
}

// End ends the session for everybody. Outcome and notes are the rep's; customers give OutcomeNone and "". Nothing is shared
// any more when it has returned.
func (s *Session) End(outcome Outcome, notes string) {
	s.revoke()
	s.do(func(a *actor) {
		cause := CustomerEnded
		if a.cfg.Role == Rep {
			cause = RepEnded
		} else {
			outcome, notes = OutcomeNone, ""
		}
		a.finish(cause, endMessage(outcome, notes))
	})
}

// Leave leaves the session; it goes on for the others. It ends Run. It is meant for reps: a customer's session cannot go on
// without the customer, so the others see a lost connection until the relay gives up; a customer who goes calls End.
func (s *Session) Leave() {
	s.revoke()
	s.do(func(a *actor) {
		if a.phase == running {
			a.bye(YouLeft, "")
		}
	})
}

// refuse is the customer's "Not now".
func (a *actor) refuse() {
	a.grant.consent = &Consent{}
	a.finish(NotConsented, &pb.ControlUp{Message: &pb.ControlUp_Consent{Consent: &pb.Consent{}}})
}

// finish asks the relay to end the session, at each entry until it has confirmed, or for as long as there is patience.
func (a *actor) finish(cause Cause, m *pb.ControlUp) {
	if a.phase != running || a.end.wanted != nil {
		return
	}
	a.end.cause = cause
	a.end.wanted = func() { a.send(m) }
	a.end.giveUp = time.After(endPatience)
	a.end.wanted()
}

func endMessage(outcome Outcome, notes string) *pb.ControlUp {
	notes = strings.ToValidUTF8(notes, "\uFFFD")
	return &pb.ControlUp{Message: &pb.ControlUp_End{End: &pb.End{Outcome: pb.Outcome(outcome), Notes: notes}}}
}
