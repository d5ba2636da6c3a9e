package room

import (
	"time"

	"deskhand/protocol/pb"
)

// steps keeps the steps that some viewer may still need, in one ring that each viewer reads at a place of its own. Steps
// are numbered by the room, over all pictures, so that a place is one number. When the ring is full the oldest steps
// go: who has not got them is out of step. The zero value is empty. Owned by the room's loop; no I/O, no locks.
type steps struct {
	ring   []step // at number % maxSteps
	first  uint64 // number of the oldest that is kept
	next   uint64 // number of the one that comes next
	bytes  int    // of all sealed steps that are kept
	before uint64 // bytes of all steps there have been
}

type step struct {
	message *pb.ScreenUnit // never changed: packets to several viewers share it
	arrival uint64
	at      time.Time // when it arrived
	before  uint64    // bytes of all steps before it
}

func (s *steps) at(number uint64) *step { return &s.ring[number%maxSteps] }

// put takes the next step in and lets go of old ones for which there is no room.
func (s *steps) put(message *pb.ScreenUnit, arrival uint64, at time.Time) {
	if s.ring == nil {
		s.ring = make([]step, maxSteps)
	}
	size := len(message.GetSealed())
	for s.next-s.first >= maxSteps || (s.first < s.next && s.bytes+size > maxStepBytes) {
		s.drop(s.first + 1)
	}
	*s.at(s.next) = step{message: message, arrival: arrival, at: at, before: s.before}
	s.next++
	s.bytes += size
	s.before += uint64(size)
}

// drop forgets the steps before a number.
func (s *steps) drop(until uint64) {
	for ; s.first < min(until, s.next); s.first++ {
		s.bytes -= len(s.at(s.first).message.GetSealed())
		*s.at(s.first) = step{}
	}
}

// waiting is how many bytes of steps there are from a number on, which must be kept or next.
func (s *steps) waiting(from uint64) uint64 {
	if from >= s.next {
		return 0
	}
	return s.before - s.at(from).before
}
