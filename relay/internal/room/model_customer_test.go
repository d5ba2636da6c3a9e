package room

import (
	"encoding/binary"
	"slices"

	"deskhand/protocol/frame"
	"deskhand/protocol/pb"
)

// connect opens the customer's lane, anew after the first time.
func (m *model) connect() {
	m.lane = newScreenLane()
	m.room.openScreen(m.room.attendees[customerID], m.lane)
	m.room.ready(m.lane)
	m.sent, m.told, m.later = 0, 0, nil
	m.renew()
}

func (m *model) unit(u toyUnit) *pb.ScreenUnit {
	m.counter++
	u.generation = m.generation
	m.opened[m.counter] = u
	size := 8
	if m.random.IntN(4) == 0 {
		size += m.random.IntN(maxStepBytes / 64)
	}
	sealed := make([]byte, size)
	binary.BigEndian.PutUint64(sealed, m.counter)
	return &pb.ScreenUnit{Slot: uint32(u.slot), Sealed: sealed}
}

func (m *model) send(p *pb.ScreenPacket) {
	m.sent++
	p.Number, p.Generation = m.sent, m.generation
	m.hear(m.room.attendees[customerID], m.lane, &pb.ScreenUp{Message: &pb.ScreenUp_Packet{Packet: p}})
}

func (m *model) hear(a *attendee, l *screenLane, up *pb.ScreenUp) {
	m.room.hearScreen(a, l, up)
	select {
	case <-l.over:
		m.t.Fatalf("a lane ended: %v", l.err)
	default:
	}
}

// renew begins a generation with all cells in its first step.
func (m *model) renew() {
	m.generation++
	m.number, m.setDue, m.setSaid = 0, false, 0
	for i := range m.stale {
		m.stale[i] = true
	}
	var all []toyOp
	for i, v := range m.picture {
		all = append(all, toyOp{to: i, from: -1, value: v})
	}
	m.picture = toy{}
	m.send(&pb.ScreenPacket{Units: []*pb.ScreenUnit{
		m.unit(toyUnit{slot: frame.LayoutSlot}), m.unit(toyUnit{slot: frame.CursorSlot, value: m.pointer}), m.step(all),
	}})
}

func (m *model) step(ops []toyOp) *pb.ScreenUnit {
	m.number++
	u := toyUnit{slot: frame.StepSlot, number: m.number, ops: ops, before: m.picture.hash()}
	m.picture.apply(ops)
	for _, o := range ops {
		m.stale[o.to] = true
	}
	return m.unit(u)
}

// open reports whether the customer may send.
func (m *model) open() bool { return m.sent-m.told-uint64(len(m.later)) < uint64(m.window) }

// change sends steps and the pointer's place.
func (m *model) change() {
	if !m.open() {
		return
	}
	p := &pb.ScreenPacket{}
	for range 1 + m.random.IntN(3) {
		if m.random.IntN(4) == 0 {
			m.pointer = m.random.IntN(1000)
			p.Units = append(p.Units, m.unit(toyUnit{slot: frame.CursorSlot, value: m.pointer}))
			continue
		}
		var ops []toyOp
		for range 1 + m.random.IntN(3) {
			ops = append(ops, toyOp{to: m.random.IntN(modelCells), from: m.random.IntN(2*modelCells) - modelCells, value: m.random.IntN(1000)})
		}
		p.Units = append(p.Units, m.step(ops))
	}
	if p.Later = m.random.IntN(2) == 0; p.Later {
		m.later = append(m.later, m.sent+1)
	}
	m.send(p)
}

// key sends a few keys of the set that is wanted, and steps in between.
func (m *model) key() {
	if !m.setDue || !m.open() {
		return
	}
	p := &pb.ScreenPacket{Keys: true}
	left := 0
	most := 1 + m.random.IntN(modelCells)
	for i := range m.stale {
		if m.stale[i] && len(p.Units) < most {
			p.Units = append(p.Units, m.keyOf(i))
		}
		if m.stale[i] {
			left++
		}
	}
	if left == 0 && m.setSaid < m.number {
		p.Units = append(p.Units, m.keyOf(m.random.IntN(modelCells))) // a set says which step it is current with
	}
	if left == 0 && (len(p.Units) == 0 || m.random.IntN(2) == 0) {
		p.Complete, m.setDue, m.setSaid = true, false, 0
	}
	m.send(p)
}

func (m *model) keyOf(cell int) *pb.ScreenUnit {
	m.stale[cell], m.setSaid = false, m.number
	slot := frame.SlotOf(0, cell, 0)
	return m.unit(toyUnit{slot: slot, number: m.number, cell: cell, value: m.picture[cell]})
}

// listen takes what the room tells the customer.
func (m *model) listen() bool {
	select {
	case down := <-m.lane.out:
		switch d := down.GetMessage().(type) {
		case *pb.ScreenDown_Ack:
			m.told = d.Ack.GetNumber()
			m.later = slices.DeleteFunc(m.later, func(n uint64) bool { return n <= m.told })
		case *pb.ScreenDown_Refresh:
			if d.Refresh.GetKeys() {
				m.setDue = true
			} else {
				m.renew()
			}
		}
		m.room.ready(m.lane)
		return true
	default:
		return false
	}
}
