package room

import (
	"errors"

	"deskhand/protocol/fault"
	"deskhand/protocol/pb"
)

// screenLane is one attendee's Screen lane. Its writer takes one message at a time, which the loop gives it when it has
// sent the one before: so what is sent is the newest there is, nothing is queued, and a stop takes effect at once.
// Fields below the channels are the loop's.
type screenLane struct {
	out  chan *pb.ScreenDown // capacity 1; filled only while the writer is idle
	over chan struct{}       // closed by end
	err  error               // why; readable once over is closed

	idle bool // the writer has nothing to send
	viewer
	sharer
}

func newScreenLane() *screenLane {
	return &screenLane{out: make(chan *pb.ScreenDown, 1), over: make(chan struct{}), viewer: newViewer()}
}

func (l *screenLane) end(err error) {
	select {
	case <-l.over:
	default:
		l.err = err
		close(l.over)
	}
}

// Screen is an attendee's Screen lane.
func (r *Rooms) Screen(who Who, s Stream[pb.ScreenUp, pb.ScreenDown]) error {
	s = tap(&r.cfg, "screen", s)
	room, err := r.open(who.SessionID)
	if err != nil {
		return err
	}
	l := newScreenLane()
	a, err := room.attach(who, func(a *attendee) { room.openScreen(a, l) })
	if err != nil {
		return err
	}
	if err := r.read(func() { room.readScreen(a, l, s) }); err != nil {
		return err
	}
	return room.writeScreen(l, s)
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
// because what is stored may be sealed so that the newcomer cannot open it. Until then a viewer that has not seen the
// first step gets nothing.
func (r *Room) openScreen(a *attendee, l *screenLane) {
	if a.screen != nil {
		a.screen.end(errReplaced)
	}
	a.screen = l
	if a.customer() {
		r.screen.reset()
	} else {
		if r.screen.steps.next > r.screen.first {
			l.lost = r.screen.arrivals
		}
		r.refresh()
	}
	r.feedAll()
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
		r.screen.reset()
	}
	r.feedAll()
}

// writeScreen sends what the loop gives it.
func (r *Room) writeScreen(l *screenLane, s Stream[pb.ScreenUp, pb.ScreenDown]) error {
	ready := func() { r.ready(l) }
	for {
		if err := r.post(ready); err != nil {
			return err
		}
		select {
		case next := <-l.out:
			if err := s.Send(next); err != nil {
				return err
			}
		case <-l.over:
			return l.err
		case <-s.Context().Done():
			return s.Context().Err()
		}
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
	case *pb.ScreenUp_Decodes:
		err = r.takeDecodes(a, l, m.Decodes.GetCodecs())
	}
	if err != nil {
		l.end(err)
	}
	r.feedAll()
}
