package session

import (
	"deskhand/protocol/pb"
	"deskhand/protocol/seal"
)

// grant is what is permitted. On the customer's side it is decided here, by the person; what the relay says can only take
// away. On a rep's side it is what the relay says.
type grant struct {
	rights Rights

	// The customer's side.
	consent *Consent // nil until the person, or AutoConsent, has answered
	share   bool     // the screen may be shown: set by the consent and by a yes, taken back by StopSharing
	permit  uint64   // Session.revoked when share was set; share counts only while they are equal
	asked   bool     // a rep asks and the person has not answered
	control bool     // and for mouse and keyboard too
	told    *Consent // what the relay was told in this visit
	stopped bool     // the relay has been told to stop since it last said that the screen is shared
}

// enter begins a visit: nothing has been told yet.
func (g *grant) enter() { g.told, g.stopped = nil, false }

// onState takes back a question that is no longer open.
func (g *grant) onState(asked bool) {
	if !asked {
		g.asked, g.control = false, false
	}
	g.stopped = false
}

// effective is what may be seen and used now.
func (a *actor) effective() (see, control bool) {
	g, p := &a.grant, &a.place
	consent := p.consent
	see = g.rights.See && p.sharing && a.lane.entered && a.phase == running
	if a.cfg.Role == Customer {
		consent = g.consent
		see = see && g.share && p.consent != nil && p.consent.See
	}
	see = see && consent != nil && consent.See
	customer, _ := p.customer() // while away it takes no input, and what was typed is not done later
	return see, see && consent.Control && g.rights.Control && !customer.Away
}

// allow takes the person's first answer, or a change of it. permit is Session.revoked at the moment of the answer.
func (a *actor) allow(c Consent, permit uint64) {
	g := &a.grant
	if a.cfg.Role != Customer || a.phase != running || a.end.wanted != nil {
		return
	}
	if g.consent == nil {
		g.consent, g.share, g.permit = &c, true, permit
		return
	}
	g.consent = &Consent{See: g.consent.See, Control: c.Control}
}

// autoConsent answers for the person who has answered on the command line, once the words are known.
func (a *actor) autoConsent() {
	given, g := a.cfg.AutoConsent, &a.grant
	if given == nil || g.consent != nil || a.cfg.Role != Customer || a.shownWords() == (seal.Words{}) {
		return
	}
	if a.cfg.ByLink && Rights(*given) != g.rights {
		return
	}
	a.allow(*given, 0)
}

// answer takes the person's answer to a rep's question; asked says whether that was for mouse and keyboard too.
func (a *actor) answer(yes, asked bool, permit uint64) {
	g := &a.grant
	if a.cfg.Role != Customer || a.phase != running || !g.asked || g.consent == nil {
		return
	}
	if yes {
		see, control := a.effective()
		g.consent = &Consent{See: true, Control: g.control && asked || see && control}
		g.share, g.permit = true, permit
		a.tellConsent()
	}
	if yes && g.control && !g.consent.Control {
		g.told = nil // the relay takes the yes for all of the question: it is told once more, after it
	}
	g.asked, g.control = false, false
	a.place.asked = false
	a.send(&pb.ControlUp{Message: &pb.ControlUp_AnswerSharing{AnswerSharing: &pb.AnswerSharing{Yes: yes}}})
}

// onAsked is a rep's question.
func (a *actor) onAsked(control bool) {
	if a.cfg.Role == Customer {
		a.grant.asked, a.grant.control = true, control
	}
}

// tellConsent tells the relay what is permitted, when it does not know.
func (a *actor) tellConsent() {
	g := &a.grant
	if g.told != nil && *g.told == *g.consent {
		return
	}
	g.told = g.consent
	a.send(&pb.ControlUp{Message: &pb.ControlUp_Consent{Consent: &pb.Consent{See: g.consent.See, Control: g.consent.Control}}})
}

// reconcile tells the relay, on the customer's side, what is permitted. The relay begins sharing with the first consent
// and with a yes, never because it is told to; it stops whenever it is told to.
func (a *actor) reconcile() {
	g := &a.grant
	if a.cfg.Role != Customer {
		return
	}
	if a.s.revoked.Load() != g.permit {
		g.share = false
	}
	if a.end.wanted != nil || g.consent == nil {
		return
	}
	a.tellConsent()
	if a.place.sharing && !g.share && !g.stopped {
		g.stopped = true
		a.send(&pb.ControlUp{Message: &pb.ControlUp_Sharing{Sharing: &pb.Sharing{}}})
	}
}
