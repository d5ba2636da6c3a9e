package session

import (
	"cmp"

	"deskhand/protocol/seal"
)

// published is what others see, replaced as a whole.
type published struct {
	snapshot Snapshot
	state    State
	epoch    seal.Epoch
	permit   uint64 // Session.revoked when it was made; Sharing and Control count only while they are equal
}

// Snapshot gives the state now.
func (s *Session) Snapshot() Snapshot {
	now := s.now.Load()
	snapshot := now.snapshot
	if now.permit != s.revoked.Load() {
		snapshot.Sharing, snapshot.Control = false, false
	}
	snapshot.Dropped += int(s.dropped.Load())
	return snapshot
}

// Changed receives a signal after the Snapshot has changed. Signals merge; there is one receiver.
func (s *Session) Changed() <-chan struct{} { return s.changed }

// signal wakes a receiver that is not awake yet.
func signal(c chan<- struct{}) {
	select {
	case c <- struct{}{}:
	default:
	}
}

// publish makes the state known, when it has changed.
func (a *actor) publish() {
	if !a.dirty {
		return
	}
	a.dirty = false
	before := a.s.now.Load()
	see, control := a.effective()
	next := &published{
		snapshot: a.snapshot(see, control),
		state:    State{Sharing: see, ControlAllowed: control, Rights: a.grant.rights, Epoch: a.keys.epoch.Number},
		epoch:    a.keys.epoch,
		permit:   a.grant.permit,
	}
	a.s.now.Store(next)
	signal(a.s.changed)
	if a.lane.visit != nil && (next.state != before.state || next.epoch != before.epoch || next.permit != before.permit) {
		for _, r := range a.lane.visit.rooms {
			signal(r.changed)
		}
	}
}

// snapshot puts the state together.
func (a *actor) snapshot(see, control bool) Snapshot {
	p, g := &a.place, &a.grant
	customer, _ := p.customer()
	s := Snapshot{
		ID: a.cfg.SessionID, Role: a.cfg.Role, Phase: a.shownPhase(), You: p.you,
		Attendees: p.list(&a.keys), Chat: a.chat.all(p.you, p.name(p.you)), Typing: a.typists(),
		Words: a.shownWords(), Sealed: a.keys.epoch != seal.Epoch{},
		Rights: g.rights, Consent: p.consent, Sharing: see, Control: control, Asked: p.asked,
		CustomerName: cmp.Or(customer.Name, p.row.GetCustomer(), a.cfg.Name), RepName: p.row.GetRep(),
		Company: p.company, Portal: p.row.GetPortal(), Question: p.row.GetQuestion(), Facts: p.facts,
		StartedAt: timeOf(p.row.GetStartedAt()), Ending: a.end.wanted != nil && a.phase == running,
		Fault: a.fault, FeatureFaults: a.faults, Delay: a.lane.pings.told, Dropped: a.chat.dropped,
	}
	if a.cfg.Role == Customer {
		s.Consent, s.Asked, s.AskedControl, s.Facts = g.consent, g.asked, g.asked && g.control, a.cfg.Facts
	}
	if a.phase != running {
		s.EndedAt, s.EndedBy, s.EndCause = a.end.at, a.end.by, a.end.cause
	}
	return s
}

// shownPhase is the phase for people.
func (a *actor) shownPhase() Phase {
	consent := a.place.consent
	if a.cfg.Role == Customer {
		consent = a.grant.consent
	}
	switch {
	case a.phase != running:
		return Over
	case !a.lane.before:
		return Entering
	case !a.lane.entered:
		return Lost
	case consent == nil:
		return Consenting
	default:
		return Active
	}
}
