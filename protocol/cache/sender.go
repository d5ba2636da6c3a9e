package cache

import (
	"math/bits"

	"deskhand/protocol/pixel"
)

// Sender decides what is kept and knows what the receivers hold.
//
// Entries are on one of two lists, the most recently used first. New ones come on the list of those on trial; looked up
// successfully, an entry goes over to the proven ones, which may be up to three quarters of all. What is replaced is the
// oldest on trial. So a film passing by, of which each picture is kept and none comes back, pushes out no menu.
type Sender struct {
	digests *digests
	entries []entry
	glances []uint16 // by glance: how many entries have it, so that most of what is unknown is found to be at a glance
	free    int      // entries from here on have not been used since Forget
	heads   []uint16 // by slot: the first entry of a chain
	trial   list
	proven  list
}

type entry struct {
	digest     digest
	glance     uint16
	chain      uint16 // the next entry in the slot
	prev, next uint16 // in its list
	proven     bool
}

// none ends chains and lists. Entries is far below it.
const none = 1<<16 - 1

type list struct {
	first, last uint16
	n           int
}

// NewSender makes a Sender for a number of entries, at most Entries, which 0 stands for. The seed must be random and
// nobody may know it.
func NewSender(entries int, seed [32]byte) *Sender {
	n := count(entries)
	s := &Sender{
		digests: newDigests(seed),
		entries: make([]entry, n),
		heads:   make([]uint16, 2<<bits.Len(uint(n-1))),
		glances: make([]uint16, 1<<16),
	}
	s.Forget()
	return s
}

func count(entries int) int {
	if entries <= 0 || entries > Entries {
		return Entries
	}
	return entries
}

// Forget begins anew. The receivers must be told.
func (s *Sender) Forget() {
	s.free = 0
	clear(s.glances)
	for i := range s.heads {
		s.heads[i] = none
	}
	s.trial, s.proven = list{none, none, 0}, list{none, none, 0}
}

// Look finds the entry that shows what p shows. If it is known, the receivers must be told to draw it, or Look has been
// in vain but did no harm.
func (s *Sender) Look(p pixel.Image) (entry uint16, known bool) {
	if s.free == 0 || !fits(p) || simple(p) || s.glances[s.digests.glance(p)] == 0 {
		return 0, false
	}
	d := s.digests.of(p)
	i := s.find(&d)
	if i == none {
		return 0, false
	}
	s.prove(i)
	return i, true
}

// Keep decides whether p, which the pictures of both sides show exactly, is to be stored. If so, the receivers must be
// told to store it as the entry, before they are told anything else that depends on it.
func (s *Sender) Keep(p pixel.Image) (entry uint16, store bool) {
	if !fits(p) || simple(p) {
		return 0, false
	}
	d := s.digests.of(p)
	if i := s.find(&d); i != none {
		l := s.listOf(i)
		s.remove(l, i)
		s.push(l, i)
		return i, false
	}
	i := s.vacate()
	e := &s.entries[i]
	head := &s.heads[d.slot(len(s.heads))]
	e.digest, e.glance, e.chain, e.proven = d, s.digests.glance(p), *head, false
	s.glances[e.glance]++
	*head = i
	s.push(&s.trial, i)
	return i, true
}

// find is the entry with a digest, or none.
func (s *Sender) find(d *digest) uint16 {
	i := s.heads[d.slot(len(s.heads))]
	for i != none && s.entries[i].digest != *d {
		i = s.entries[i].chain
	}
	return i
}

// vacate gives an entry that is on no list.
func (s *Sender) vacate() uint16 {
	if s.free < len(s.entries) {
		s.free++
		return uint16(s.free - 1)
	}
	l := &s.trial
	if l.n == 0 {
		l = &s.proven // with fewer than four entries
	}
	i := l.last
	s.remove(l, i)
	s.glances[s.entries[i].glance]--
	at := &s.heads[s.entries[i].digest.slot(len(s.heads))]
	for *at != i {
		at = &s.entries[*at].chain
	}
	*at = s.entries[i].chain
	return i
}

// prove brings an entry to the front of the proven ones. If there are too many, the oldest is on trial again.
func (s *Sender) prove(i uint16) {
	s.remove(s.listOf(i), i)
	s.entries[i].proven = true
	s.push(&s.proven, i)
	if s.proven.n > len(s.entries)/4*3 {
		old := s.proven.last
		s.remove(&s.proven, old)
		s.entries[old].proven = false
		s.push(&s.trial, old)
	}
}

func (s *Sender) listOf(i uint16) *list {
	if s.entries[i].proven {
		return &s.proven
	}
	return &s.trial
}

func (s *Sender) push(l *list, i uint16) {
	e := &s.entries[i]
	e.prev, e.next = none, l.first
	if l.first == none {
		l.last = i
	} else {
		s.entries[l.first].prev = i
	}
	l.first = i
	l.n++
}

func (s *Sender) remove(l *list, i uint16) {
	e := &s.entries[i]
	if e.prev == none {
		l.first = e.next
	} else {
		s.entries[e.prev].next = e.next
	}
	if e.next == none {
		l.last = e.prev
	} else {
		s.entries[e.next].prev = e.prev
	}
	l.n--
}
