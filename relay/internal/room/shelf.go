package room

import "deskhand/protocol/pb"

// shelf keeps the newest sealed unit of every slot in the order of arrival, which is the order of the counters inside the
// units. A slot that is updated moves to the end, so what a viewer lacks is always one piece at the end of the list.
// The zero value is empty. Owned by the room's loop; no I/O, no locks.
type shelf struct {
	units map[uint32]*unit // by slot
	first *unit            // the oldest
	last  *unit            // the newest
	bytes int              // of all sealed units
}

// unit is the newest content of one slot.
type unit struct {
	message    *pb.ScreenUnit // never changed: packets to several viewers share it
	arrival    uint64
	prev, next *unit
}

func (u *unit) size() int {
	if u == nil {
		return 0
	}
	return len(u.message.GetSealed())
}

// newest is the arrival of the last unit, 0 when there is none.
func (s *shelf) newest() uint64 {
	if s.last == nil {
		return 0
	}
	return s.last.arrival
}

// after gives the oldest unit that arrived later than has; nil when there is none. The others follow by next.
func (s *shelf) after(has uint64) *unit {
	if s.newest() <= has {
		return nil
	}
	from := s.last
	for from.prev != nil && from.prev.arrival > has {
		from = from.prev
	}
	return from
}

// put puts a unit at the end, in place of the slot's older one; it reports whether there was one.
func (s *shelf) put(message *pb.ScreenUnit, arrival uint64) (replaced bool) {
	u := s.units[message.GetSlot()]
	s.bytes += len(message.GetSealed()) - u.size()
	if u == nil {
		u = &unit{}
		if s.units == nil {
			s.units = make(map[uint32]*unit)
		}
		s.units[message.GetSlot()] = u
	} else {
		replaced = true
		s.unlink(u)
	}
	u.message, u.arrival = message, arrival
	u.prev, u.next = s.last, nil
	if s.last != nil {
		s.last.next = u
	} else {
		s.first = u
	}
	s.last = u
	return replaced
}

// drop forgets the units that arrived until then.
func (s *shelf) drop(until uint64) {
	for s.first != nil && s.first.arrival <= until {
		s.bytes -= s.first.size()
		delete(s.units, s.first.message.GetSlot())
		s.unlink(s.first)
	}
}

func (s *shelf) unlink(u *unit) {
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
