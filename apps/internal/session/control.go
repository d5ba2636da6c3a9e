package session

import (
	"cmp"
	"maps"
	"slices"
	"strings"
	"time"

	"google.golang.org/protobuf/types/known/timestamppb"

	"deskhand/protocol/fault"
	"deskhand/protocol/pb"
)

// place is the room as the relay tells it.
type place struct {
	you       uint32
	attendees map[uint32]attendee
	row       *pb.SessionRow
	company   string
	facts     Facts
	consent   *Consent // what the relay says that the customer permits
	sharing   bool
	asked     bool
}

// attendee is an Attendee with its visit, to which handshakes belong.
type attendee struct {
	Attendee
	visit uint32
}

// name is what an attendee is called; empty when it is not there.
func (p *place) name(id uint32) string { return p.attendees[id].Name }

// customer is the customer's entry.
func (p *place) customer() (attendee, bool) {
	for _, at := range p.attendees {
		if at.Role == Customer {
			return at, true
		}
	}
	return attendee{}, false
}

// enterMessage is the first message of a visit.
func (a *actor) enterMessage() *pb.Enter {
	return &pb.Enter{Hello: Hello(a.cfg.Facts), After: a.chat.last, Name: strings.ToValidUTF8(a.cfg.Name, "\uFFFD")}
}

// deliver handles one message of the room.
func (a *actor) deliver(down *pb.ControlDown) {
	if a.phase != running {
		return
	}
	if w := down.GetWelcome(); w != nil {
		a.onWelcome(w)
		return
	}
	if !a.lane.entered {
		a.log.Warn("message before welcome")
		return
	}
	switch m := down.GetMessage().(type) {
	case *pb.ControlDown_Pong:
		a.onPong(m.Pong)
		return
	case *pb.ControlDown_Attendee:
		a.onAttendee(m.Attendee)
	case *pb.ControlDown_Line:
		a.onLine(m.Line)
	case *pb.ControlDown_Typing:
		a.chat.onTyping(m.Typing.GetFrom(), m.Typing.GetOn())
	case *pb.ControlDown_Seal:
		a.onSeal(m.Seal)
	case *pb.ControlDown_State:
		a.onState(m.State)
	case *pb.ControlDown_AskSharing:
		a.onAsked(m.AskSharing.GetControl())
	case *pb.ControlDown_Facts:
		a.place.facts = factsOf(m.Facts)
	case *pb.ControlDown_Ended:
		a.onEnded(m.Ended)
	}
	a.dirty = true
}

// onWelcome takes the whole room anew, and sends again what the relay may have missed.
func (a *actor) onWelcome(w *pb.Welcome) {
	if a.lane.entered {
		a.log.Warn("welcomed twice")
		return
	}
	a.lane.entered, a.lane.before, a.lane.pause, a.fault, a.dirty = true, true, 0, "", true
	p := &a.place
	p.you, p.row, p.company = w.GetYou(), w.GetSession(), w.GetCompany()
	if w.GetFacts() != nil {
		p.facts = factsOf(w.GetFacts())
	}
	a.grant.rights = rightsOf(w.GetRights())
	clear(p.attendees)
	a.keys.entering, a.keys.stale = true, true // the customer's last epoch may have been lost on its way
	for _, m := range w.GetAttendees() {
		a.onAttendee(m)
	}
	a.keys.entering = false
	a.keys.forgetAbsent(p.attendees)
	for _, l := range w.GetLines() {
		a.onLine(l)
	}
	a.grant.enter()
	a.onState(w.GetState())
	if a.end.wanted != nil {
		a.end.wanted()
	}
	a.resumeChat()
	if a.cfg.Role == Customer {
		a.send(&pb.ControlUp{Message: &pb.ControlUp_Facts{Facts: factsMessage(a.cfg.Facts)}})
	}
	a.sendPing()
}

// away is called when the connection is lost: what the others do is not known any more.
func (a *actor) away() {
	a.place.sharing = false
	a.chat.typing = nil
}

func (a *actor) onAttendee(m *pb.Attendee) {
	id := m.GetId()
	if m.GetGone() || m.GetAway() {
		a.chat.onTyping(id, false)
	}
	if m.GetGone() {
		delete(a.place.attendees, id)
		a.keys.forget(id)
		return
	}
	at := attendee{
		Attendee: Attendee{ID: id, Name: m.GetName(), Role: roleOf(m.GetRole()), Away: m.GetAway()}, visit: m.GetVisit(),
	}
	a.place.attendees[id] = at
	a.meet(at)
}

func (a *actor) onState(m *pb.RoomState) {
	p := &a.place
	p.consent, p.sharing, p.asked = nil, m.GetSharing(), m.GetAsked()
	if c := m.GetConsent(); c != nil {
		p.consent = &Consent{See: c.GetSee(), Control: c.GetControl()}
	}
	a.grant.onState(p.asked)
}

func (a *actor) onEnded(m *pb.Ended) {
	a.over(causeOf(m.GetCause()), m.GetBy(), "")
}

// setFault tells why there is no connection yet.
func (a *actor) setFault(reason fault.Reason) {
	if reason != "" && reason != a.fault && a.phase == running {
		a.fault, a.dirty = reason, true
	}
}

// list gives the attendees by number.
func (p *place) list(k *keys) []Attendee {
	all := make([]Attendee, 0, len(p.attendees))
	for _, at := range p.attendees {
		if o := k.offers[at.ID]; o != nil {
			at.Words = o.words
		}
		all = append(all, at.Attendee)
	}
	slices.SortFunc(all, func(x, y Attendee) int { return cmp.Compare(x.ID, y.ID) })
	return all
}

// ids gives the attendees' numbers, rising.
func (p *place) ids() []uint32 { return slices.Sorted(maps.Keys(p.attendees)) }

func roleOf(r pb.Attendee_Role) Role {
	switch r {
	case pb.Attendee_CUSTOMER:
		return Customer
	case pb.Attendee_REP:
		return Rep
	default:
		return 0
	}
}

func rightsOf(all []pb.Right) Rights {
	return Rights{See: slices.Contains(all, pb.Right_RIGHT_SEE), Control: slices.Contains(all, pb.Right_RIGHT_CONTROL)}
}

func causeOf(c pb.Ended_Cause) Cause {
	switch c {
	case pb.Ended_CUSTOMER_ENDED:
		return CustomerEnded
	case pb.Ended_REP_ENDED:
		return RepEnded
	case pb.Ended_DECLINED:
		return NotConsented
	case pb.Ended_LOST:
		return CustomerLost
	case pb.Ended_RELAY_STOPPED:
		return RelayStopped
	default:
		return CauseNone
	}
}

func factsOf(m *pb.Facts) Facts {
	return Facts{
		System: m.GetSystem(), Host: m.GetHost(), Language: m.GetLanguage(), Memory: m.GetMemory(), Processor: m.GetProcessor(),
	}
}

func factsMessage(f Facts) *pb.Facts {
	f = f.text()
	return &pb.Facts{System: f.System, Host: f.Host, Language: f.Language, Memory: f.Memory, Processor: f.Processor}
}

// timeOf gives the zero time for an unset one.
func timeOf(t *timestamppb.Timestamp) time.Time {
	if t == nil {
		return time.Time{}
	}
	return t.AsTime()
}
