package room

import (
	"context"
	"errors"
	"io"
	"strings"
	"unicode"

	"deskhand/protocol/fault"
	"deskhand/protocol/pb"
	"deskhand/relay/internal/row"
	"deskhand/relay/internal/store"
)

// customerID is the customer's number in every session; reps follow.
const customerID = 1

// attendee is somebody who is, or was, in the room. Owned by the loop.
type attendee struct {
	id      uint32
	name    string // what everybody may see
	visit   uint32 // rises with each Enter
	login   string // that entered; empty for the customer
	away    bool   // the connection broke
	gone    bool   // left
	control *lane[pb.ControlDown]
	screen  *screenLane
	input   *lane[pb.InputDown]
}

func (a *attendee) customer() bool { return a.id == customerID }

// endLanes closes the lanes that only those in the room may have.
func (a *attendee) endLanes(err error) {
	if a.screen != nil {
		a.screen.end(err)
	}
	if a.input != nil {
		a.input.end(err)
	}
	a.screen, a.input = nil, nil
}

func (a *attendee) message() *pb.Attendee {
	role := pb.Attendee_REP
	if a.customer() {
		role = pb.Attendee_CUSTOMER
	}
	return &pb.Attendee{Id: a.id, Name: a.name, Role: role, Gone: a.gone, Away: a.away, Visit: a.visit}
}

// entry is what a Control lane's reader gets for its Enter.
type entry struct {
	attendee *attendee
	lane     *lane[pb.ControlDown]
	err      error
}

// enter brings somebody into the room and waits for it.
func (r *Room) enter(who Who, e *pb.Enter) entry {
	reply := make(chan entry, 1)
	if err := r.post(func() { r.entering(who, e, reply) }); err != nil {
		return entry{err: err}
	}
	select {
	case in := <-reply:
		return in
	case <-r.quit:
		return entry{err: r.err}
	}
}

// entering reads the chat so far. It goes the way that new lines go, so that none is missed and none comes twice.
func (r *Room) entering(who Who, e *pb.Enter, reply chan<- entry) {
	if r.ending {
		return // the reader hears of the end
	}
	name := ""
	if who.customer() && r.session.Customer == "" {
		name = cleanName(e.GetName())
	}
	queued := r.queue(func(ctx context.Context) func() {
		if name != "" {
			r.nameCustomer(ctx, name)
		}
		lines, err := r.cfg.Store.Lines(ctx, r.id, e.GetAfter())
		return func() { r.entered(who, name, lines, err, reply) }
	})
	if !queued {
		reply <- entry{err: fault.New(fault.TooSlow, nil)}
	}
}

func (r *Room) nameCustomer(ctx context.Context, name string) {
	if err := r.cfg.Store.SetCustomer(ctx, r.id, name); err != nil {
		r.cfg.Logger.Error("a customer's name could not be stored", "err", err)
		return
	}
	r.cfg.OnChanged(ctx, r.id)
}

func (r *Room) entered(who Who, name string, lines []store.Line, err error, reply chan<- entry) {
	if r.ending {
		return
	}
	if err != nil {
		reply <- entry{err: err}
		return
	}
	if name != "" {
		r.session.Customer = name
	}
	a, err := r.seat(who)
	if err != nil {
		reply <- entry{err: err}
		return
	}
	status := a.arrive()
	a.login = who.Login
	a.control = newLane[pb.ControlDown](controlQueue)
	a.control.first = r.welcome(a, lines)
	reply <- entry{attendee: a, lane: a.control}
	if a.customer() {
		r.away.Stop()
	}
	r.announce(a)
	if status != pb.Line_SAID {
		r.note(status, a.name)
	}
}

// arrive puts an attendee in the room and tells which status line that is worth: none when a new connection takes the
// place of one whose loss had not been noticed.
func (a *attendee) arrive() pb.Line_Status {
	status := pb.Line_JOINED
	switch {
	case a.control != nil:
		status = pb.Line_SAID
		displaced := fault.New(fault.LoggedOut, errors.New("room: entered anew elsewhere"))
		a.endLanes(displaced)
		a.control.end(displaced)
	case a.away:
		status = pb.Line_RETURNED
	}
	a.visit++
	a.away, a.gone = false, false
	return status
}

// seat finds or makes the attendee; numbers are never given twice.
func (r *Room) seat(who Who) (*attendee, error) {
	id := uint32(customerID)
	name := r.session.Customer
	if !who.customer() {
		id, name = r.reps[who.Rep.ID], row.ScreenName(who.Rep)
	}
	if id == 0 {
		if len(r.reps) >= maxAttendee-customerID {
			return nil, fault.New(fault.TooManyAttempts, errors.New("room: full"))
		}
		id = uint32(len(r.reps)) + customerID + 1
		r.reps[who.Rep.ID] = id
	}
	a := r.attendees[id]
	if a == nil {
		a = &attendee{id: id}
		r.attendees[id] = a
	}
	a.name = name
	return a, nil
}

// welcome is what an attendee needs to begin: one Welcome with the older lines, then the lines that it could not hold.
func (r *Room) welcome(a *attendee, lines []store.Line) []*pb.ControlDown {
	w := &pb.Welcome{
		You: a.id, Session: r.row(a), Company: r.session.Company, State: r.state.message(), Rights: row.Rights(r.session),
	}
	for id := uint32(customerID); id <= uint32(len(r.reps))+customerID; id++ {
		if other := r.attendees[id]; other != nil && !other.gone {
			w.Attendees = append(w.Attendees, other.message())
		}
	}
	if !a.customer() {
		w.Facts = r.facts
	}
	all := []*pb.ControlDown{{Message: &pb.ControlDown_Welcome{Welcome: w}}}
	size := 0
	for _, l := range lines {
		size += len(l.Text) + len(l.Name)
		if size <= catchUpBytes {
			w.Lines = append(w.Lines, row.Line(l))
			continue
		}
		all = append(all, &pb.ControlDown{Message: &pb.ControlDown_Line{Line: row.Line(l)}})
	}
	if a.customer() && r.state.asked {
		all = append(all, r.state.question())
	}
	return all
}

// announce shows an attendee's new state to the others.
func (r *Room) announce(a *attendee) {
	m := &pb.ControlDown{Message: &pb.ControlDown_Attendee{Attendee: a.message()}}
	for _, other := range r.attendees {
		if other != a {
			r.tell(other, m)
		}
	}
}

// leave is the end of a Control lane: at io.EOF a rep has left, after any other error the connection is lost. A customer
// never leaves: the session ends, or waits for the customer to come back. While the end is being stored the lane stays,
// so that whoever ended the session hears of it too.
func (r *Room) leave(a *attendee, l *lane[pb.ControlDown], why error) {
	if r.ending {
		return
	}
	goodbye := errors.Is(why, io.EOF)
	l.end(lost(why))
	if a.control != l {
		return
	}
	a.control = nil
	a.endLanes(fault.New(fault.CannotConnect, errors.New("room: the Control lane is gone")))
	a.gone = goodbye && !a.customer()
	a.away = !a.gone
	status := pb.Line_LOST
	if a.gone {
		status = pb.Line_LEFT
	}
	if a.customer() {
		r.away.Reset(AwayFor)
		r.screen.reset()
	}
	r.feedAll()
	r.announce(a)
	r.note(status, a.name)
	r.forgetQuestion()
}

// endLogin ends the lanes of a rep whose login is over; the end of the Control lane is then heard as its loss.
func (r *Room) endLogin(login string) {
	for _, a := range r.attendees {
		if a.customer() || a.login != login || a.control == nil || r.ending {
			continue
		}
		over := fault.New(fault.LoggedOut, errors.New("room: the login was ended"))
		a.endLanes(over)
		a.control.end(over)
	}
}

// lost is what a lane ends with whose reader failed: nothing, when the other side has just hung up.
func lost(why error) error {
	if errors.Is(why, io.EOF) {
		return nil
	}
	return why
}

// cleanName makes one line of what a customer chose to be called.
func cleanName(s string) string {
	s = strings.Join(strings.FieldsFunc(strings.ToValidUTF8(s, ""), func(c rune) bool {
		return unicode.IsSpace(c) || unicode.IsControl(c)
	}), " ")
	if r := []rune(s); len(r) > maxName {
		s = strings.TrimSpace(string(r[:maxName]))
	}
	return s
}
