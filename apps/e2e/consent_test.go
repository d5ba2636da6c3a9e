package e2e

import (
	"context"
	"sync"
	"testing"

	"deskhand/apps/internal/session"
	"deskhand/protocol/fault"
	"deskhand/protocol/frame"
	"deskhand/protocol/pb"
	"deskhand/protocol/seal"
	"deskhand/protocol/transport"
)

// force is a rep's feature that sends input whether it may or not, well sealed, as a rep's program that somebody has
// changed could.
type force struct{ frames chan []frame.Event }

func newForce() *force { return &force{frames: make(chan []frame.Event, 64)} }

func (f *force) Name() string { return "force" }

func (f *force) Run(ctx context.Context, in session.Room) error {
	client, laneCtx, err := in.Lane(transport.LaneInput)
	if err != nil {
		return err
	}
	laneCtx, cancel := context.WithCancel(laneCtx)
	defer cancel()
	stream, err := client.Input(laneCtx)
	if err != nil {
		return err
	}
	var all sync.WaitGroup
	defer all.Wait()
	all.Go(func() { _, _ = stream.Recv() })
	defer cancel()
	for {
		select {
		case <-ctx.Done():
			return ctx.Err()
		case events := <-f.frames:
			epoch, ok := in.Epoch()
			if !ok {
				return fault.New(fault.Internal, nil)
			}
			sealed, err := seal.NewSealer(epoch, in.Session(), in.You(), seal.LaneInput).Seal(nil, frame.AppendEvents(nil, events), nil)
			if err != nil {
				return err
			}
			if err := stream.Send(&pb.InputUp{Sealed: sealed}); err != nil {
				return err
			}
		}
	}
}

// TestConsentWithoutControl lets a rep send input that the customer has not permitted. The room refuses it; and when a
// relay that has been taken over passes it on and lies about the consent, so does the customer's machine.
func TestConsentWithoutControl(t *testing.T) {
	t.Run("by the room", refusedByRoom)
	t.Run("by the customer's machine", refusedByMachine)
}

func refusedByRoom(t *testing.T) {
	w, rude := newWorld(t, ways()[0]), newForce()
	c, r := w.help(visitors{extra: []session.Feature{rude}}, session.Consent{See: true})
	w.seen(c, r)
	refused := func(frames int64) bool {
		w.roundTrip(&c.side, &r.side)
		return w.metric("input_refused") == frames
	}
	const frames = 5
	for range frames {
		rude.frames <- text("x")
	}
	w.await("frames that the room has refused", func() bool { return refused(frames) })
	if n := len(w.tape.messages("input", 0)); n != frames {
		t.Errorf("%d messages passed the input lanes where %d frames were sent: some went on to the customer", n, frames)
	}

	c.Allow(session.Consent{See: true, Control: true})
	w.await("control", func() bool { return c.Snapshot().Control && r.Snapshot().Control })
	rude.frames <- text("permitted")
	w.await("what was typed with the customer's consent", func() bool { return c.hand.typed() == "permitted" })

	c.Allow(session.Consent{See: true})
	w.await("no control", func() bool { return !c.Snapshot().Control && !r.Snapshot().Control })
	rude.frames <- text("again")
	w.await("one more frame that the room has refused", func() bool { return refused(frames + 1) })
	if typed := c.hand.typed(); typed != "permitted" {
		t.Errorf("the customer's machine typed %q", typed)
	}
	w.await("a keyboard that nobody holds", c.hand.empty)
}

// smuggler is a relay that carries input past the room's check and tells everybody that everything is permitted.
type smuggler struct {
	w *world

	mu       sync.Mutex
	customer *wire[pb.InputUp, pb.InputDown] // the customer's lane; nil before it is there
}

// toCustomer stands at the customer's end, fromRep at the rep's.
func (s *smuggler) toCustomer() *middle {
	m := s.w.newMiddle()
	m.control.down = permitAll
	m.input.down = func(*wire[pb.InputUp, pb.InputDown], *pb.InputDown) {} // nothing honest arrives
	m.input.open = func(wire *wire[pb.InputUp, pb.InputDown]) {
		s.mu.Lock()
		defer s.mu.Unlock()
		s.customer = wire
		s.w.news.tell()
	}
	return m
}

func (s *smuggler) fromRep() *middle {
	m := s.w.newMiddle()
	m.control.down = permitAll
	m.input.up = func(_ *wire[pb.InputUp, pb.InputDown], up *pb.InputUp) {
		s.pass(&pb.InputDown{From: 2, Sealed: up.GetSealed()})
	}
	return m
}

func (s *smuggler) pass(m *pb.InputDown) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.customer.toSide(m)
}

func (s *smuggler) ready() bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.customer != nil
}

// permitAll makes the room's state say that the customer has permitted everything.
func permitAll(w *controlWire, m *pb.ControlDown) {
	for _, state := range []*pb.RoomState{m.GetState(), m.GetWelcome().GetState()} {
		if state != nil {
			state.Consent, state.Sharing = &pb.Consent{See: true, Control: true}, true
		}
	}
	w.toSide(m)
}

func refusedByMachine(t *testing.T) {
	w, rude := newWorld(t, ways()[0]), newForce()
	s := &smuggler{w: w}
	c, r := w.help(visitors{
		customer: s.toCustomer().stand, rep: s.fromRep().stand, extra: []session.Feature{rude},
	}, session.Consent{See: true})
	w.await("a rep who is told that control is permitted", func() bool { return r.Snapshot().Control && s.ready() })
	const frames = 5
	for range frames {
		rude.frames <- text("rm")
	}
	w.await("input that the customer's machine has refused", func() bool {
		w.roundTrip(&c.side, &r.side)
		return c.receiver.Refused() == 2*frames
	})

	// StopSharing takes the screen away, whatever the relay says; then input is refused too.
	c.Allow(session.Consent{See: true, Control: true})
	w.await("control", func() bool { return c.Snapshot().Control })
	rude.frames <- text("permitted")
	w.await("what was typed with the customer's consent", func() bool { return c.hand.typed() == "permitted" })
	c.StopSharing()
	rude.frames <- text("rf")
	w.await("more input that the customer's machine has refused", func() bool {
		w.roundTrip(&c.side, &r.side)
		return c.receiver.Refused() == 2*frames+2
	})
	if typed := c.hand.typed(); typed != "permitted" {
		t.Errorf("the customer's machine typed %q", typed)
	}
	w.await("a keyboard that nobody holds", c.hand.empty)
}
