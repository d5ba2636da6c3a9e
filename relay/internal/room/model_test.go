package room

import (
	"encoding/binary"
	"fmt"
	"hash/fnv"
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"deskhand/protocol/frame"
	"deskhand/protocol/pb"
	"deskhand/relay/internal/ops"
	"deskhand/relay/internal/store"
)

const (
	modelCells = 12
	modelSteps = 1500 // actions of one run
)

// toy is a picture of a few cells.
type toy [modelCells]int

func (p *toy) hash() uint64 {
	h := fnv.New64a()
	fmt.Fprint(h, *p)
	return h.Sum64()
}

// toyOp paints a cell, or copies another one to it.
type toyOp struct{ to, from, value int } // from is -1 for painting

func (p *toy) apply(ops []toyOp) {
	for _, o := range ops {
		if o.from >= 0 {
			p[o.to] = p[o.from]
		} else {
			p[o.to] = o.value
		}
	}
}

// toyUnit is what a unit of the model would say if it were opened.
type toyUnit struct {
	slot       frame.Slot
	generation uint32
	number     uint64 // of a step, or of the step that a key is current with
	ops        []toyOp
	before     uint64 // the picture's hash
	cell       int
	value      int // of a key, or the pointer's place
}

// model is a room with a customer and viewers that obey the protocol, driven without goroutines.
type model struct {
	t       *testing.T
	seed    uint64
	random  *rand.Rand
	now     time.Time
	room    *Room
	opened  map[uint64]toyUnit // by the counter in the unit
	counter uint64

	picture    toy
	pointer    int
	generation uint32
	number     uint64
	stale      [modelCells]bool
	setDue     bool   // keys are wanted
	setSaid    uint64 // the highest number that a key of the set said
	window     int
	lane       *screenLane
	sent, told uint64
	later      []uint64 // packets after told whose acknowledgement is not waited for
	quiet      int      // packets that viewers need not acknowledge

	viewers []*toyViewer
	seats   uint32
	keys    int // packets of keys that viewers got
}

type toyViewer struct {
	id         uint32
	lane       *screenLane
	inbox      []*pb.ScreenPacket
	toAck      uint64
	deaf       bool
	counter    uint64
	generation uint32
	number     uint64
	base       uint64 // highest number that a key said since the last step
	returned   bool
	picture    toy
	pointer    int
}

func newModel(t *testing.T, seed uint64) *model {
	m := &model{t: t, seed: seed, random: rand.New(rand.NewPCG(seed, 7)), now: begin, opened: map[uint64]toyUnit{}}
	cfg := Config{Metrics: ops.New(), Clock: func() time.Time { return m.now }}
	m.room = newRoom(&Rooms{cfg: cfg}, sessionID)
	m.room.session = store.Session{See: true}
	m.room.state = state{consent: &pb.Consent{See: true}, sharing: true}
	m.room.wanted.patience = time.NewTimer(time.Hour)
	m.room.attendees[customerID] = &attendee{id: customerID}
	m.seats = customerID
	m.window = 1 + m.random.IntN(8)
	m.connect()
	return m
}

func (m *model) join() {
	if len(m.viewers) >= 4 {
		return
	}
	m.seats++
	v := &toyViewer{id: m.seats, lane: newScreenLane(), deaf: m.random.IntN(5) == 0}
	a := &attendee{id: v.id}
	m.room.attendees[v.id] = a
	m.room.openScreen(a, v.lane)
	m.room.ready(v.lane)
	m.viewers = append(m.viewers, v)
}

func (m *model) leave(i int) {
	v := m.viewers[i]
	m.viewers = slices.Delete(m.viewers, i, i+1)
	m.room.closeScreen(m.room.attendees[v.id], v.lane, nil)
	delete(m.room.attendees, v.id)
}

// receive takes a packet off the room's hands.
func (m *model) receive(v *toyViewer) bool {
	select {
	case down := <-v.lane.out:
		v.inbox = append(v.inbox, down.GetPacket())
		m.room.ready(v.lane)
		return true
	default:
		return false
	}
}

// show applies a packet and acknowledges it, or later ones with it.
func (m *model) show(v *toyViewer) bool {
	if len(v.inbox) == 0 {
		return false
	}
	p := v.inbox[0]
	v.inbox = v.inbox[1:]
	for _, u := range p.GetUnits() {
		m.draw(v, p, u)
	}
	if p.GetKeys() {
		m.keys++
	}
	if p.GetComplete() {
		v.number, v.returned = max(v.number, v.base), true
	}
	if p.GetLater() {
		m.quiet++
	}
	if !p.GetLater() || m.random.IntN(4) == 0 { // a viewer may do more than it must
		v.toAck = p.GetNumber()
	}
	return true
}

func (m *model) ack(v *toyViewer) {
	if v.toAck > 0 {
		m.hear(m.room.attendees[v.id], v.lane, ack(v.toAck))
	}
}

func (m *model) draw(v *toyViewer, p *pb.ScreenPacket, u *pb.ScreenUnit) {
	m.t.Helper()
	counter := binary.BigEndian.Uint64(u.GetSealed())
	if counter <= v.counter {
		m.t.Fatalf("viewer %d: unit %d after %d", v.id, counter, v.counter)
	}
	v.counter = counter
	what := m.opened[counter]
	if what.generation != p.GetGeneration() || uint32(what.slot) != u.GetSlot() || what.generation < v.generation {
		m.t.Fatalf("viewer %d: %+v in generation %d after %d", v.id, what, p.GetGeneration(), v.generation)
	}
	if what.generation > v.generation {
		v.generation, v.number, v.base, v.picture = what.generation, 0, 0, toy{}
	}
	switch {
	case what.slot == frame.CursorSlot:
		v.pointer = what.value
	case what.slot == frame.StepSlot:
		if p.GetKeys() || what.number != v.number+1 || what.before != v.picture.hash() {
			m.t.Fatalf("viewer %d: step %d on %d, among keys %v, on the right picture %v (returned %v)",
				v.id, what.number, v.number, p.GetKeys(), what.before == v.picture.hash(), v.returned)
		}
		v.number = what.number
		v.picture.apply(what.ops)
	case what.slot.IsTile():
		if !p.GetKeys() {
			m.t.Fatalf("viewer %d: a key in step", v.id)
		}
		v.base = max(v.base, what.number)
		v.picture[what.cell] = what.value
	}
}

func (m *model) act() {
	m.now = m.now.Add(time.Duration(m.random.IntN(200)) * time.Millisecond)
	switch m.random.IntN(40) {
	case 0:
		if len(m.viewers) < 2 || m.random.IntN(10) == 0 {
			m.join()
		}
	case 1:
		if len(m.viewers) > 0 && m.random.IntN(10) == 0 {
			m.leave(m.random.IntN(len(m.viewers)))
		}
	case 2:
		if m.random.IntN(20) == 0 {
			m.room.share(!m.room.state.sharing)
		}
	case 3:
		if m.random.IntN(20) == 0 {
			m.connect()
		}
	case 4, 5, 6, 7, 8, 9:
		m.key()
	case 10, 11, 12, 13, 14, 15:
		m.listen()
	case 16:
		m.room.unstall()
	case 17, 18, 19, 20, 21, 22, 23, 24, 25, 26, 27:
		m.change()
	default:
		if len(m.viewers) > 0 {
			m.view(m.viewers[m.random.IntN(len(m.viewers))])
		}
	}
}

func (m *model) view(v *toyViewer) {
	switch m.random.IntN(4) {
	case 0, 1:
		m.receive(v)
	case 2:
		m.show(v)
	case 3:
		if !v.deaf {
			m.ack(v)
		}
	}
}

// settle lets everything arrive.
func (m *model) settle() {
	if !m.room.state.sharing {
		m.room.share(true)
	}
	for still := 0; still < 2; still++ {
		m.now = m.now.Add(time.Millisecond)
		moved := m.listen()
		if m.setDue && m.open() {
			m.key()
			moved = true
		}
		for _, v := range m.viewers {
			moved = m.receive(v) || moved
			moved = m.show(v) || moved
			m.ack(v)
		}
		if moved {
			still = 0
		}
	}
}

func (m *model) check() {
	m.t.Helper()
	for _, v := range m.viewers {
		if v.picture != m.picture || v.pointer != m.pointer {
			m.t.Fatalf("seed %d: viewer %d ends with %v at step %d of %d, want %v at %d of %d", m.seed, v.id, v.picture, v.number, v.generation, m.picture, m.number, m.generation)
		}
	}
	if m.told+uint64(len(m.later)) != m.sent {
		m.t.Fatalf("seed %d: %d packets were acknowledged of %d, %d of which may wait", m.seed, m.told, m.sent, len(m.later))
	}
	s := &m.room.screen
	if s.steps.bytes != 0 || s.steps.first != s.steps.next || len(m.viewers) > 0 && s.keys.bytes != 0 {
		m.t.Fatalf("at rest %d bytes of steps and %d of keys are kept", s.steps.bytes, s.keys.bytes)
	}
}

// TestModel: whatever the order of things, no viewer applies a step to a wrong picture, and at rest everybody sees what
// the customer has.
func TestModel(t *testing.T) {
	var keys, lost, quiet int64
	for seed := range uint64(150) {
		m := newModel(t, seed)
		for range modelSteps {
			m.act()
		}
		m.settle()
		m.check()
		m.change()
		m.settle()
		m.check()
		keys, quiet = keys+int64(m.keys), quiet+int64(m.quiet)
		lost += m.room.cfg.Metrics.ScreenOutOfStep.Load()
	}
	if keys < 100 || lost < 100 || quiet < 100 {
		t.Errorf("viewers were %d times out of step, got %d packets of keys and %d to acknowledge later: this proves little",
			lost, keys, quiet)
	}
	t.Logf("%d times out of step, %d packets of keys, %d to acknowledge later", lost, keys, quiet)
}
