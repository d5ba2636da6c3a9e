package room

import (
	"errors"

	"deskhand/protocol/fault"
	"deskhand/protocol/pb"
)

// screenLane is one attendee's Screen lane. Its writer pulls: it asks the loop for the next message whenever it has sent
// one or is woken, so that what is sent is the newest there is, nothing is queued, and a stop takes effect at once.
// Fields are the loop's.
type screenLane struct {
	wake chan struct{} // has a token when there may be something to send
	over chan struct{} // closed by end
	err  error         // why; readable once over is closed

	// A viewer's.
	has   uint64 // arrival of the newest update that it was given
	sent  uint64 // number of the last packet
	acked uint64 // number of the last packet that it has taken

	// The sharer's.
	taken   uint64 // number of the last packet that came in
	told    uint64 // number of the last packet that was acknowledged
	refresh bool   // everything is wanted anew
}

func (l *screenLane) end(err error) {
	select {
	case <-l.over:
	default:
		l.err = err
		close(l.over)
	}
}

func (l *screenLane) rouse() {
	select {
	case l.wake <- struct{}{}:
	default:
	}
}

// Screen is an attendee's Screen lane.
func (r *Rooms) Screen(who Who, s Stream[pb.ScreenUp, pb.ScreenDown]) error {
	s = tap(&r.cfg, "screen", s)
	room, err := r.open(who.SessionID)
	if err != nil {
		return err
	}
	l := &screenLane{wake: make(chan struct{}, 1), over: make(chan struct{})}
	a, err := room.attach(who, func(a *attendee) { room.openScreen(a, l) })
	if err != nil {
		return err
	}
	if err := r.read(func() { room.readScreen(a, l, s) }); err != nil {
		return err
	}
	return room.writeScreen(a, l, s)
}

// attach lets somebody who is in the room open a further lane.
func (r *Room) attach(who Who, open func(*attendee)) (a *attendee, err error) {
	gone := r.ask(func() {
		id := uint32(customerID)
		if !who.customer() {
			id = r.reps[who.Rep.ID]
		}
		a = r.attendees[id]
		switch {
		case r.ending:
			err = fault.New(fault.SessionOver, nil)
		case a == nil || a.control == nil || a.login != who.Login:
			err = forbidden("room: a lane without a Control lane")
		default:
			open(a)
		}
	})
	if gone != nil {
		return nil, gone
	}
	return a, err
}

var errReplaced = fault.New(fault.CannotConnect, errors.New("room: a newer lane took its place"))

// openScreen takes a lane in. A sharer begins with an empty picture; for a viewer the sharer begins a new generation,
// because what is stored may be sealed so that the newcomer cannot open it.
func (r *Room) openScreen(a *attendee, l *screenLane) {
	if a.screen != nil {
		a.screen.end(errReplaced)
	}
	a.screen = l
	if a.customer() {
		r.screen.clear()
		return
	}
	r.refresh()
}

// refresh asks the sharer for everything in a new generation.
func (r *Room) refresh() {
	customer := r.attendees[customerID]
	if customer == nil || customer.screen == nil || !r.seen() {
		return
	}
	customer.screen.refresh = true
	customer.screen.rouse()
}

func (r *Room) readScreen(a *attendee, l *screenLane, s Stream[pb.ScreenUp, pb.ScreenDown]) {
	for {
		up, err := s.Recv()
		if err != nil {
			_ = r.post(func() { r.closeScreen(a, l, err) }) // a room that is over has closed it already
			return
		}
		if r.post(func() { r.hearScreen(a, l, up) }) != nil {
			return
		}
	}
}

func (r *Room) closeScreen(a *attendee, l *screenLane, why error) {
	l.end(lost(why))
	if a.screen != l {
		return
	}
	a.screen = nil
	if a.customer() {
		r.screen.clear()
	}
}

func (r *Room) hearScreen(a *attendee, l *screenLane, up *pb.ScreenUp) {
	if a.screen != l || r.ending {
		return
	}
	var err error
	switch m := up.GetMessage().(type) {
	case *pb.ScreenUp_Packet:
		err = r.takePacket(a, l, m.Packet)
	case *pb.ScreenUp_Ack:
		err = r.takeAck(a, l, m.Ack.GetNumber())
	}
	if err != nil {
		l.end(err)
	}
}

// takePacket takes what the customer sends into the picture, or drops it, counted, while nothing may be seen. Either way
// it is acknowledged: viewers never hold the sharer up.
func (r *Room) takePacket(a *attendee, l *screenLane, p *pb.ScreenPacket) error {
	if !a.customer() {
		return forbidden("room: a rep sent a picture")
	}
	if p.GetNumber() != l.taken+1 {
		return invalid("room: a screen packet out of order")
	}
	l.taken = p.GetNumber()
	l.rouse()
	if !r.seen() {
		r.cfg.Metrics.ScreenRefused.Add(1)
		return nil
	}
	replaced, err := r.screen.put(p)
	r.cfg.Metrics.ScreenOverwrote.Add(int64(replaced))
	for _, other := range r.attendees {
		if other.screen != nil && !other.customer() {
			other.screen.rouse()
		}
	}
	return err
}

func (r *Room) takeAck(a *attendee, l *screenLane, number uint64) error {
	if a.customer() {
		return forbidden("room: the customer acknowledged a picture")
	}
	if number > l.sent {
		return invalid("room: a packet was acknowledged that was never sent")
	}
	l.acked = max(l.acked, number)
	l.rouse()
	return nil
}

func (r *Room) writeScreen(a *attendee, l *screenLane, s Stream[pb.ScreenUp, pb.ScreenDown]) error {
	for {
		var next *pb.ScreenDown
		if err := r.ask(func() { next = r.nextScreen(a, l) }); err != nil {
			return err
		}
		if next != nil {
			if err := s.Send(next); err != nil {
				return err
			}
			continue
		}
		select {
		case <-l.wake:
		case <-l.over:
			return l.err
		case <-s.Context().Done():
			return s.Context().Err()
		}
	}
}

// nextScreen makes the message that this lane should carry now, or none.
func (r *Room) nextScreen(a *attendee, l *screenLane) *pb.ScreenDown {
	switch {
	case a.screen != l:
		return nil
	case a.customer() && l.refresh:
		l.refresh = false
		return &pb.ScreenDown{Message: &pb.ScreenDown_Refresh{Refresh: &pb.ScreenRefresh{}}}
	case a.customer() && l.taken > l.told:
		l.told = l.taken
		return &pb.ScreenDown{Message: &pb.ScreenDown_Ack{Ack: &pb.ScreenAck{Number: l.told}}}
	case a.customer() || !r.seen() || l.sent-l.acked >= maxUnacked || !r.screen.behind(l.has):
		return nil
	}
	l.sent++
	p := &pb.ScreenPacket{Number: l.sent, Generation: r.screen.generation}
	p.Units, l.has = r.screen.after(l.has)
	return &pb.ScreenDown{Message: &pb.ScreenDown_Packet{Packet: p}}
}
