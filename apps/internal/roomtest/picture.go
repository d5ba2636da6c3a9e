package roomtest

import (
	"time"

	"deskhand/protocol/frame"
	"deskhand/protocol/pb"
)

const (
	maxStepBytes = 4 << 20
	packetBytes  = 256 << 10 // of one packet to a viewer, but at least one unit
	behindBytes  = 128 << 10 // on the way to a viewer that is not the furthest
	flightBytes  = 4 << 20   // on the way to the furthest
	lagBytes     = 64 << 10
	lagFor       = 1500 * time.Millisecond
)

// picture is what the relay keeps of the customer's screen: as in the real room, the newest unit of each slot, the newest
// key of each tile, and the steps that some viewer may need. Guarded by Relay.mu.
type picture struct {
	generation uint32
	arrivals   uint64 // units and ends of sets so far, over all generations: one order for all
	began      uint64 // arrivals before this generation
	slots      map[uint32]unit
	keys       map[uint32]unit
	steps      []unit // oldest first
	next       uint64 // number of the step after them
	first      uint64 // number of this generation's first step
	lastKey    uint64 // arrival of the newest key
	complete   uint64 // arrival of the end of the newest set of keys
	resume     uint64 // number of the first step after it
}

type unit struct {
	*pb.ScreenUnit
	arrival uint64
	at      time.Time
}

func (p *picture) clear() {
	p.arrivals++
	p.generation, p.slots, p.keys, p.steps = 0, map[uint32]unit{}, map[uint32]unit{}, nil
	p.began, p.first = p.arrivals, p.next
}

// put takes a packet in, unless it is of an older generation.
func (p *picture) put(packet *pb.ScreenPacket, maxSteps int) {
	if packet.GetGeneration() < p.generation {
		return
	}
	if packet.GetGeneration() > p.generation {
		p.clear()
		p.generation = packet.GetGeneration()
	}
	for _, u := range packet.GetUnits() {
		p.arrivals++
		one := unit{u, p.arrivals, time.Now()}
		switch {
		case packet.GetKeys():
			p.keys[u.GetSlot()], p.lastKey = one, p.arrivals
		case frame.Slot(u.GetSlot()) == frame.StepSlot:
			p.steps = append(p.steps, one)
			p.next++
		default:
			p.slots[u.GetSlot()] = one
		}
	}
	for len(p.steps) > maxSteps || (len(p.steps) > 1 && p.waiting(p.oldest()) > maxStepBytes) {
		p.steps = p.steps[1:]
	}
	if packet.GetComplete() {
		p.arrivals++
		p.complete, p.resume = p.arrivals, p.next
	}
}

// oldest is the number of the oldest step that is kept.
func (p *picture) oldest() uint64 { return p.next - uint64(len(p.steps)) }

// step gives a step that is kept.
func (p *picture) step(number uint64) unit { return p.steps[number-p.oldest()] }

// waiting is how many bytes of steps there are from a number on.
func (p *picture) waiting(from uint64) (bytes int) {
	for ; from < p.next; from++ {
		bytes += len(p.step(from).GetSealed())
	}
	return bytes
}

// keysUnderWay says that a set of keys has begun and not ended.
func (p *picture) keysUnderWay() bool { return p.lastKey > max(p.complete, p.began) }

// watcher is how far a viewer is. Guarded by Relay.mu.
type watcher struct {
	id      uint32
	has     uint64 // everything for it that arrived until then was given to it
	step    uint64 // number of the step it gets next
	lost    uint64 // arrivals when it fell out of step; not above picture.began when it is in step
	sent    uint64 // number of the last packet
	flight  []flying
	acked   uint64 // everything for it that arrived until then was acknowledged
	decodes map[pb.VideoCodec]bool
}

type flying struct {
	number, until uint64
	bytes         int
}

func (w *watcher) inFlight() (bytes int) {
	for _, f := range w.flight {
		bytes += f.bytes
	}
	return bytes
}

// ack takes an acknowledgement; false when it is of a packet that was never sent.
func (w *watcher) ack(number uint64) bool {
	for len(w.flight) > 0 && w.flight[0].number <= number {
		w.acked, w.flight = w.flight[0].until, w.flight[1:]
	}
	return number <= w.sent
}

func (p *picture) inStep(w *watcher) bool  { return w.lost <= p.began }
func (p *picture) place(w *watcher) uint64 { return max(w.step, p.first) }

// returns says that a viewer out of step gets back by the keys that are there.
func (p *picture) returns(w *watcher) bool {
	return p.complete > max(p.began, w.has) && p.lastKey <= p.complete && p.resume >= p.oldest()
}

func (p *picture) follows(w *watcher) bool { return p.inStep(w) || p.returns(w) }

// behind says that there is something for a viewer.
func (p *picture) behind(w *watcher) bool {
	if !p.inStep(w) {
		return p.returns(w)
	}
	return p.place(w) < p.next || newest(p.slots) > w.has
}

func newest(units map[uint32]unit) (arrival uint64) {
	for _, u := range units {
		arrival = max(arrival, u.arrival)
	}
	return arrival
}

// reached is the arrival until which a viewer has everything.
func (p *picture) reached(w *watcher) uint64 {
	if len(w.flight) == 0 && !p.behind(w) {
		return p.arrivals
	}
	return w.acked
}

// lags says that keys serve a viewer in step better than the steps it lacks, or that those are gone.
func (p *picture) lags(w *watcher, somebodyHasThem bool) bool {
	from := p.place(w)
	switch {
	case from < p.oldest():
		return true
	case from >= p.next || !somebodyHasThem:
		return false
	}
	return p.waiting(from) > lagBytes && time.Since(p.step(from).at) > lagFor
}

// give makes the next packet for a viewer that is behind.
func (p *picture) give(w *watcher) *pb.ScreenPacket {
	out := &pb.ScreenPacket{Generation: p.generation, Keys: !p.inStep(w)}
	until, size := p.arrivals, 0
	if out.GetKeys() {
		until = p.complete
	}
	for {
		u := p.earliest(w, out.GetKeys())
		if u.ScreenUnit == nil || u.arrival > until {
			break
		}
		if size += len(u.GetSealed()); size > packetBytes && len(out.GetUnits()) > 0 {
			return w.leave(out, size-len(u.GetSealed()))
		}
		out.Units = append(out.Units, &pb.ScreenUnit{Slot: u.GetSlot(), Sealed: append([]byte(nil), u.GetSealed()...)})
		w.has = u.arrival
		if frame.Slot(u.GetSlot()) == frame.StepSlot {
			w.step = p.place(w) + 1
		}
	}
	w.has = until
	if out.GetKeys() {
		out.Complete, w.lost, w.step = true, 0, p.resume
	}
	return w.leave(out, size)
}

func (w *watcher) leave(packet *pb.ScreenPacket, bytes int) *pb.ScreenPacket {
	w.sent++
	packet.Number = w.sent
	w.flight = append(w.flight, flying{w.sent, w.has, bytes})
	return packet
}

// earliest is what a viewer gets next: a slot, and a step when it is in step or a key when not.
func (p *picture) earliest(w *watcher, keys bool) (first unit) {
	better := func(u unit) {
		if first.ScreenUnit == nil || u.arrival < first.arrival {
			first = u
		}
	}
	lists := []map[uint32]unit{p.slots}
	if keys {
		lists = append(lists, p.keys)
	} else if from := p.place(w); from < p.next {
		better(p.step(from))
	}
	for _, units := range lists {
		for _, u := range units {
			if u.arrival > w.has {
				better(u)
			}
		}
	}
	return first
}
