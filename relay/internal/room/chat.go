package room

import (
	"context"
	"errors"
	"unicode/utf8"

	"deskhand/protocol/fault"
	"deskhand/protocol/pb"
	"deskhand/relay/internal/store"
)

// say stores a line and then shows it to everybody, its speaker included.
func (r *Room) say(a *attendee, m *pb.Say) error {
	if m.GetText() == "" || len(m.GetText()) > maxText || len(m.GetClientId()) > maxMark {
		return invalid("room: a line is empty or too long")
	}
	if r.said[a.id] >= maxChat {
		r.cfg.Metrics.LinesLost.Add(1)
		return fault.New(fault.TooManyAttempts, errors.New("room: too much was said"))
	}
	line := store.Line{At: r.now(), From: a.id, Name: a.name, Text: m.GetText(), ClientID: m.GetClientId()}
	speaker := a.control
	queued := r.queue(func(ctx context.Context) func() {
		stored := r.addLine(ctx, line)
		return func() {
			if stored == nil {
				speaker.end(fault.New(fault.Internal, nil))
				return
			}
			r.showLine(a, stored)
		}
	})
	if !queued {
		r.cfg.Metrics.ControlTooSlow.Add(1)
		return fault.New(fault.TooSlow, nil)
	}
	return nil
}

func (r *Room) typing(a *attendee, on bool) {
	m := &pb.ControlDown{Message: &pb.ControlDown_Typing{Typing: &pb.Typing{From: a.id, On: on}}}
	for _, other := range r.attendees {
		if other != a {
			r.tell(other, m)
		}
	}
}

// tellFacts keeps what the customer's machine says of itself, for reps only.
func (r *Room) tellFacts(f *pb.Facts) {
	r.facts = &pb.Facts{
		System: cut(f.GetSystem(), maxFact), Host: cut(f.GetHost(), maxFact), Language: cut(f.GetLanguage(), maxFact),
		Processor: cut(f.GetProcessor(), maxFact), Memory: max(f.GetMemory(), 0),
	}
	m := &pb.ControlDown{Message: &pb.ControlDown_Facts{Facts: r.facts}}
	for _, a := range r.attendees {
		if !a.customer() {
			r.tell(a, m)
		}
	}
}

// forwardSeal passes a step of the end-to-end handshake on, unread. There is one between the customer and each other
// attendee, never between those; what is for somebody who has just gone is dropped and counted.
func (r *Room) forwardSeal(a *attendee, m *pb.Seal) error {
	mine := m.GetStep() != pb.Seal_KEY // the steps that the customer makes
	if m.GetStep() == pb.Seal_STEP_UNSPECIFIED || mine != a.customer() || len(m.GetBody()) > maxSeal {
		return forbidden("room: a handshake step that is not this attendee's")
	}
	if (m.GetTo() == customerID) == a.customer() {
		return forbidden("room: a handshake without the customer")
	}
	to := r.attendees[m.GetTo()]
	if to == nil || to.control == nil {
		r.cfg.Metrics.SealsDropped.Add(1)
		return nil
	}
	r.tell(to, &pb.ControlDown{Message: &pb.ControlDown_Seal{Seal: &pb.Seal{
		From: a.id, To: m.GetTo(), Step: m.GetStep(), Body: m.GetBody(),
	}}})
	return nil
}

// cut shortens s to at most so many bytes, at the border of a character.
func cut(s string, limit int) string {
	if len(s) <= limit {
		return s
	}
	for limit > 0 && !utf8.RuneStart(s[limit]) {
		limit--
	}
	return s[:limit]
}
