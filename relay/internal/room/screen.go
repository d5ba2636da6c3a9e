package room

import (
	"errors"

	"deskhand/protocol/fault"
	"deskhand/protocol/pb"
)

// screen keeps the newest sealed update of every slot in the order of arrival, which is the order of the counters inside
// the updates. A slot that is updated moves to the end, so what a viewer lacks is always one piece at the end of the
// list, and a viewer's whole state is one number: the arrival of the last update it has been given. Owned by the room's
// loop; no I/O, no locks.
type screen struct {
	generation uint32
	units      map[uint32]*unit // by slot
	first      *unit            // the oldest
	last       *unit            // the newest
	bytes      int              // of all sealed updates
	arrivals   uint64           // updates taken so far, over all generations
}

// unit is the newest update of one slot.
type unit struct {
	message    *pb.ScreenUnit // never changed: packets to several viewers share it
	arrival    uint64
	prev, next *unit
}

// clear forgets the picture. Arrivals go on, so that no viewer takes a later update for one it has.
func (s *screen) clear() {
	s.units, s.first, s.last, s.bytes, s.generation = nil, nil, nil, 0, 0
}

// put takes a packet in. It reports how many updates were replaced; a packet of an older generation is ignored, and one
// beyond the limits is a fault that leaves the room unharmed.
func (s *screen) put(p *pb.ScreenPacket) (replaced int, err error) {
	if p.GetGeneration() < s.generation {
		return len(p.GetUnits()), nil
	}
	if len(p.GetUnits()) > maxUnits {
		return 0, invalid("room: too many tile updates in one packet")
	}
	if p.GetGeneration() > s.generation {
		s.clear()
		s.generation = p.GetGeneration()
	}
	for _, u := range p.GetUnits() {
		if len(u.GetSealed()) > maxUnit {
			return replaced, invalid("room: tile update too large")
		}
		old := s.units[u.GetSlot()]
		if old == nil && len(s.units) >= maxSlots {
			return replaced, invalid("room: too many slots")
		}
		if s.bytes+len(u.GetSealed())-old.size() > maxScreen {
			return replaced, invalid("room: picture too large")
		}
		if old != nil {
			replaced++
		}
		s.store(old, u)
	}
	return replaced, nil
}

func (u *unit) size() int {
	if u == nil {
		return 0
	}
	return len(u.message.GetSealed())
}

// store puts an update at the end of the list, in place of the slot's older one, if there is one.
func (s *screen) store(old *unit, message *pb.ScreenUnit) {
	// Fields that this version does not know are no part of bytes, so that they may not be kept either.
	if m := message.ProtoReflect(); len(m.GetUnknown()) > 0 {
		m.SetUnknown(nil)
	}
	s.arrivals++
	s.bytes += len(message.GetSealed()) - old.size()
	if old == nil {
		old = &unit{}
		if s.units == nil {
			s.units = make(map[uint32]*unit)
		}
		s.units[message.GetSlot()] = old
	} else {
		s.unlink(old)
	}
	old.message, old.arrival = message, s.arrivals
	old.prev, old.next = s.last, nil
	if s.last != nil {
		s.last.next = old
	} else {
		s.first = old
	}
	s.last = old
}

func (s *screen) unlink(u *unit) {
	if u.prev != nil {
		u.prev.next = u.next
	} else {
		s.first = u.next
	}
	if u.next != nil {
		u.next.prev = u.prev
	} else {
		s.last = u.prev
	}
}

// behind reports whether a viewer lacks something.
func (s *screen) behind(has uint64) bool { return s.last != nil && s.last.arrival > has }

// after gives what a viewer lacks, oldest first: as much as fits into one packet, but at least one update, and the
// arrival of the last one given.
func (s *screen) after(has uint64) (units []*pb.ScreenUnit, until uint64) {
	if !s.behind(has) {
		return nil, has
	}
	from := s.last
	for from.prev != nil && from.prev.arrival > has {
		from = from.prev
	}
	size := 0
	for u := from; u != nil; u = u.next {
		size += u.size()
		if size > packetBytes && len(units) > 0 {
			break
		}
		units, has = append(units, u.message), u.arrival
	}
	return units, has
}

func invalid(why string) error { return fault.New(fault.Invalid, errors.New(why)) }
