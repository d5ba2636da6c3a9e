package room

import (
	"errors"
	"time"

	"deskhand/protocol/fault"
	"deskhand/protocol/frame"
	"deskhand/protocol/pb"
)

// screen is the picture as far as somebody who cannot read it can keep it. Everything that arrives is counted: the
// arrival of a unit is its place in the one order in which each viewer gets what it gets, which is the order of the
// counters inside the units. Owned by the room's loop; no I/O, no locks.
//
//	slots   the newest unit of each slot: the layout, the pointer
//	steps   what changes the picture, each building on all before it, for viewers in step
//	keys    the newest unit of each tile alone, for viewers out of step
type screen struct {
	generation uint32
	floor      uint32 // generations up to this one are over, whatever still comes of them
	slots      shelf
	keys       shelf
	steps      steps

	arrivals uint64 // counted over all pictures
	awaited  uint64 // the arrivals with the last packet whose acknowledgement the customer waits for
	began    uint64 // the arrivals before this picture
	first    uint64 // number of this picture's first step
	lastKey  uint64 // arrival of the newest key
	complete uint64 // arrival of the end of the newest whole set of keys; not above began when there is none
	resume   uint64 // number of the first step after it
	gone     uint64 // arrival of the newest key of this picture that was dropped
}

// clear forgets the picture. Arrivals go on, so that no viewer takes a later unit for one it has.
func (s *screen) clear() {
	s.slots, s.keys, s.generation = shelf{}, shelf{}, 0
	s.steps.drop(s.steps.next)
	s.arrivals++
	s.began, s.first, s.gone = s.arrivals, s.steps.next, 0
}

// stop forgets the picture for good: packets of its generation may still be on their way, and would build on what is gone.
func (s *screen) stop() {
	s.floor = max(s.floor, s.generation)
	s.clear()
}

// refuse notes that a packet was dropped: what comes after it in its generation would build on it.
func (s *screen) refuse(generation uint32) { s.floor = max(s.floor, generation) }

// reset forgets the picture and everything about who sent it.
func (s *screen) reset() {
	s.clear()
	s.floor = 0
}

func (s *screen) bytes() int { return s.slots.bytes + s.keys.bytes + s.steps.bytes }

// put takes a packet in. It reports how many units were replaced; a packet of an older generation is ignored, and one
// beyond the limits is a fault that leaves the room unharmed.
func (s *screen) put(p *pb.ScreenPacket, now time.Time) (replaced int, err error) {
	if g := p.GetGeneration(); g < s.generation || (g <= s.floor && s.floor > 0) {
		return len(p.GetUnits()), nil
	}
	switch {
	case len(p.GetUnits()) > maxUnits:
		return 0, invalid("room: too many units in one packet")
	case p.GetComplete() && !p.GetKeys():
		return 0, invalid("room: the end of a set of keys in a packet of none")
	}
	if p.GetGeneration() > s.generation {
		s.clear()
		s.generation = p.GetGeneration()
	}
	for _, u := range p.GetUnits() {
		anew, err := s.store(u, p.GetKeys(), now)
		if err != nil {
			return replaced, err
		}
		if !anew {
			replaced++
		}
	}
	if p.GetComplete() {
		s.arrivals++ // it may come alone
		s.complete, s.resume = s.arrivals, s.steps.next
	}
	return replaced, nil
}

// store takes a unit in and reports whether it replaced none.
func (s *screen) store(u *pb.ScreenUnit, key bool, now time.Time) (anew bool, err error) {
	size := len(u.GetSealed())
	if size > maxUnit {
		return false, invalid("room: unit too large")
	}
	// Fields that this version does not know are no part of bytes, so that they may not be kept either.
	if m := u.ProtoReflect(); len(m.GetUnknown()) > 0 {
		m.SetUnknown(nil)
	}
	if frame.Slot(u.GetSlot()) == frame.StepSlot {
		if key {
			return false, invalid("room: a step among keys")
		}
		s.arrivals++
		s.steps.put(u, s.arrivals, now)
		return true, nil
	}
	shelf := &s.slots
	if key {
		shelf = &s.keys
	}
	old := shelf.units[u.GetSlot()]
	if old == nil && len(shelf.units) >= maxSlots {
		return false, invalid("room: too many slots")
	}
	if s.slots.bytes+s.keys.bytes+size-old.size() > maxScreen {
		return false, invalid("room: picture too large")
	}
	s.arrivals++
	if key {
		s.lastKey = s.arrivals
	}
	return !shelf.put(u, s.arrivals), nil
}

// whole reports whether a set of keys is there and no other one has begun: only then do the keys fit together.
func (s *screen) whole() bool { return s.complete > s.began && s.lastKey <= s.complete }

// underWay reports whether a set of keys has begun and not ended.
func (s *screen) underWay() bool { return s.lastKey > max(s.complete, s.began) }

// inStep reports whether a viewer gets steps.
func (s *screen) inStep(v *viewer) bool { return v.lost <= s.began }

// place is the number of the step that a viewer in step gets next.
func (s *screen) place(v *viewer) uint64 { return max(v.step, s.first) }

// returns reports whether a viewer out of step can get back into step with the keys that are there.
func (s *screen) returns(v *viewer) bool {
	return s.whole() && s.complete > v.has && s.gone <= v.has && s.resume >= s.steps.first
}

// follows reports whether a viewer is in step, or gets keys that bring it there, and is heard.
func (s *screen) follows(v *viewer) bool { return !v.mute && (s.inStep(v) || s.returns(v)) }

// behind reports whether there is something that a viewer should be given.
func (s *screen) behind(v *viewer) bool {
	if !s.inStep(v) {
		return s.returns(v)
	}
	return s.place(v) < s.steps.next || s.slots.newest() > v.has
}

// lose puts a viewer out of step and tells how many steps that are there it will not get.
func (s *screen) lose(v *viewer) (steps uint64) {
	steps = s.steps.next - s.place(v)
	v.lost = s.arrivals
	return steps
}

// missed reports whether steps have gone that a viewer in step has not been given.
func (s *screen) missed(v *viewer) bool { return s.place(v) < s.steps.first }

// lags reports whether a viewer in step is so far behind that keys serve it better than the steps it lacks.
func (s *screen) lags(v *viewer, now time.Time) bool {
	from := s.place(v)
	return from < s.steps.next && s.steps.waiting(from) > lagBytes && now.Sub(s.steps.at(from).at) > lagFor
}

// give fills a packet with what a viewer lacks, in the order of arrival: as much as fits, but at least one unit. It must be
// behind.
func (s *screen) give(v *viewer, p *pb.ScreenPacket) {
	p.Generation = s.generation
	in := s.inStep(v)
	slot, key, number := s.slots.after(v.has), (*unit)(nil), s.place(v)
	until := s.arrivals
	if !in {
		key, number, until = s.keys.after(v.has), s.steps.next, s.complete
		p.Keys = true
	}
	for size := 0; ; {
		message, arrival := s.earliest(slot, key, number)
		if message == nil || arrival > until {
			break
		}
		if size += len(message.GetSealed()); size > packetBytes && len(p.Units) > 0 {
			return
		}
		p.Units = append(p.Units, message)
		v.has = arrival
		switch {
		case slot != nil && slot.arrival == arrival:
			slot = slot.next
		case key != nil && key.arrival == arrival:
			key = key.next
		default:
			number++
			v.step = number
		}
	}
	v.has = until
	if !in {
		p.Complete = true
		v.lost, v.step = 0, s.resume
	}
}

// earliest gives the one of three that arrived first: a slot's unit, a key, a step. Either of them may not be there.
func (s *screen) earliest(slot, key *unit, number uint64) (message *pb.ScreenUnit, arrival uint64) {
	if number < s.steps.next {
		message, arrival = s.steps.at(number).message, s.steps.at(number).arrival
	}
	for _, u := range [...]*unit{slot, key} {
		if u != nil && (message == nil || u.arrival < arrival) {
			message, arrival = u.message, u.arrival
		}
	}
	return message, arrival
}

func invalid(why string) error { return fault.New(fault.Invalid, errors.New(why)) }
