package control

import (
	"testing"

	"deskhand/apps/internal/roomtest"
	"deskhand/protocol/frame"
	"deskhand/protocol/pb"
)

// nowhere takes frames.
type nowhere struct{ upLane }

func (nowhere) Send(*pb.InputUp) error { return nil }

func TestSendingAllocatesNothing(t *testing.T) {
	room := roomtest.NewRelay(t).Join(t, 2)
	_, rep := roomtest.Admit(t, 1, 2, 1)
	room.SetEpoch(rep)
	room.Set(true, true)
	s, out := NewSender(), &writer{in: room, lane: nowhere{}}
	s.queue.open(true)
	step := func() {
		s.Send(frame.Event{Kind: frame.Text, Rune: 'é'}, frame.Event{Kind: frame.PointerMove, X: 1})
		if err := s.flush(t.Context(), room, out); err != nil {
			t.Fatal(err)
		}
	}
	step()
	if n := testing.AllocsPerRun(100, step); n > 0 {
		t.Errorf("%v allocations for two events", n)
	}
}

func TestQueueThins(t *testing.T) {
	q := newQueue()
	q.open(true)
	move := func(x int) frame.Event { return frame.Event{Kind: frame.PointerMove, X: x} }
	key := frame.Event{Kind: frame.Text, Rune: 'k'}
	q.push([]frame.Event{move(1), key, move(2), key})
	for range maxQueue - 3 {
		q.push([]frame.Event{key})
	}
	if len(q.events) != maxQueue || q.merged != 1 || q.dropped != 0 || q.events[0] != key || q.events[1] != move(2) {
		t.Errorf("%d events, %d merged, %d dropped, first %+v", len(q.events), q.merged, q.dropped, q.events[:2])
	}
	q.push([]frame.Event{key})
	if len(q.events) != maxQueue || q.merged != 2 || q.overflow {
		t.Errorf("%d events, %d merged, overflow %v", len(q.events), q.merged, q.overflow)
	}
	q.push([]frame.Event{key})
	if !q.overflow || len(q.events) != 1 || q.events[0].Kind != frame.ReleaseAll || q.dropped != maxQueue+1 {
		t.Errorf("overflow %v, events %+v, %d dropped", q.overflow, q.events, q.dropped)
	}
}
