package room

import (
	"time"

	"deskhand/protocol/pb"
)

// viewer is how far a rep's screen lane is. Owned by the room's loop; no I/O, no locks.
type viewer struct {
	has  uint64 // everything for it that arrived until then was given to it
	step uint64 // number of the step that it gets next; one of an earlier picture means the first of this one
	lost uint64 // the arrivals when it fell out of step; not above screen.began when it is in step

	sent   uint64 // number of the last packet
	flight flight
	loose  loose
	acked  uint64    // everything for it that arrived until then was acknowledged
	heard  time.Time // when it last acknowledged something that it had not before
	mute   bool      // it stalled while another viewer waited for keys; paces nobody until it is heard
	budget int       // bytes that may be in flight while another viewer is further ahead
	quick  time.Duration

	decodes uint32 // codecs, a bit each by their number
	spoke   bool   // something has come from it
}

// flight is the packets that were sent and not acknowledged, oldest first.
type flight struct {
	packets []flying
	bytes   int
}

type flying struct {
	number uint64
	until  uint64 // viewer.has with this packet
	bytes  int
	at     time.Time
}

// loose is the packets since the last one in flight that need no acknowledgement of their own.
type loose struct{ packets, bytes int }

func newViewer() viewer { return viewer{budget: firstBudget, quick: time.Hour} }

// mayGet reports whether another packet may be sent now. The viewer that is furthest ahead is paced by the customer, who
// waits for its acknowledgements; one that is behind would else have a queue of its own on the way.
func (v *viewer) mayGet(furthest bool) bool {
	f := &v.flight
	limit := maxFlight
	if !furthest {
		limit = v.budget
	}
	return len(f.packets) == 0 || (len(f.packets) < maxUnacked && f.bytes < limit)
}

// leaves numbers a packet that is about to be sent. A small one with nothing before it on its way, whose acknowledgement
// the customer does not wait for either, needs none of its own and is taken to have arrived, up to a bound.
func (v *viewer) leaves(p *pb.ScreenPacket, now time.Time, unawaited bool) {
	v.sent++
	p.Number = v.sent
	bytes := 0
	for _, u := range p.GetUnits() {
		bytes += len(u.GetSealed())
	}
	p.Later = unawaited && !p.GetKeys() && len(v.flight.packets) == 0 &&
		v.loose.packets < maxLoose && v.loose.bytes+bytes <= maxLooseBytes
	if p.Later {
		v.acked = v.has
		v.loose = loose{v.loose.packets + 1, v.loose.bytes + bytes}
		return
	}
	v.loose = loose{}
	v.flight.packets = append(v.flight.packets, flying{v.sent, v.has, bytes, now})
	v.flight.bytes += bytes
}

// ack takes an acknowledgement of every packet up to number.
func (v *viewer) ack(number uint64, now time.Time) {
	f := &v.flight
	gone := 0
	for _, p := range f.packets {
		if p.number > number {
			break
		}
		gone++
		f.bytes -= p.bytes
		v.acked = p.until
		v.learn(now.Sub(p.at), p.bytes)
	}
	f.packets = f.packets[:copy(f.packets, f.packets[gone:])]
	if gone > 0 {
		v.heard, v.mute = now, false
	}
}

// learn adapts the budget to how long one packet took: more than the quickest one means that a queue stands somewhere.
func (v *viewer) learn(took time.Duration, bytes int) {
	v.quick = min(v.quick, took)
	switch over := took - v.quick; {
	case over > slowBy:
		v.budget = max(v.budget*2/3, minBudget)
	case 2*(v.flight.bytes+bytes) > v.budget: // only a large one shows that there is room
		v.budget = min(v.budget*3/2, maxFlight)
	}
}

// stalled reports whether something was given to the viewer and nothing came back for long.
func (v *viewer) stalled(now time.Time) bool {
	return len(v.flight.packets) > 0 && now.Sub(v.flight.packets[0].at) >= stallFor && now.Sub(v.heard) >= stallFor
}

// reached is the arrival until which a viewer has taken everything that is for it.
func (s *screen) reached(v *viewer) uint64 {
	if len(v.flight.packets) == 0 && !s.behind(v) {
		return s.arrivals
	}
	return v.acked
}
