package share

import (
	"encoding/binary"

	"deskhand/apps/internal/capture"
	"deskhand/apps/internal/session"
	"deskhand/apps/internal/share/pace"
	"deskhand/protocol/frame"
	"deskhand/protocol/pb"
	"deskhand/protocol/seal"
)

// packetBytes is about how large a packet becomes: larger ones would make a viewer wait for their end.
const packetBytes = 48 << 10

// sender makes packets. It owns their memory and uses it again for the next one: gRPC has copied a packet when Send
// returns. For one goroutine.
type sender struct {
	share *Share
	in    session.Room
	lane  lane
	pace  *pace.Pace

	epoch      seal.Epoch
	sealer     *seal.Sealer
	generation uint32
	step       uint64 // number of the last step of the generation
	at         int64  // when what is being sent was captured, µs since 1970

	writing bool   // a step is being written
	ops     int    // operations in it
	plain   []byte // the step
	other   []byte // a unit that is no step
	sealed  []byte // of the whole packet
	used    int    // of units
	units   []*pb.ScreenUnit
	up      pb.ScreenUp
	inner   pb.ScreenUp_Packet
	packed  pb.ScreenPacket
}

// rekey notices a new epoch; true when it has to begin a new generation.
func (s *sender) rekey() (anew bool, err error) {
	epoch, ok := s.in.Epoch()
	if !ok {
		return false, errStopped
	}
	if s.sealer != nil && epoch == s.epoch {
		return false, nil
	}
	s.epoch = epoch
	s.sealer = seal.NewSealer(epoch, s.in.Session(), s.in.You(), seal.LaneScreen)
	return true, nil
}

// begin begins a generation with its layout.
func (s *sender) begin(displays []frame.Display) error {
	s.share.generation++
	s.generation = s.share.generation
	s.step, s.writing, s.used, s.sealed = 0, false, 0, s.sealed[:0]
	s.other = frame.AppendLayout(s.other[:0], frame.Layout{Generation: s.generation, TileSize: keySide, Displays: displays})
	return s.add(frame.LayoutSlot, s.other)
}

// fit is op for an operation with a large body: what was written before goes first if both are too much for a unit.
func (s *sender) fit(body int) error {
	if s.writing && len(s.plain)+body > mostBody+packetBytes {
		if err := s.flush(); err != nil {
			return err
		}
	}
	s.op()
	return nil
}

// op makes sure that a step is being written: operations are appended to s.plain afterwards.
func (s *sender) op() {
	s.ops++
	if s.writing {
		return
	}
	s.ops = 1
	s.writing = true
	s.plain = frame.AppendStep(s.plain[:0], frame.Step{Number: s.step + 1, CapturedAt: s.at})
}

// written is how many bytes wait to be flushed, about.
func (s *sender) written() int {
	if s.writing {
		return len(s.plain) + len(s.sealed)
	}
	return len(s.sealed)
}

func (s *sender) pointer(p capture.Pointer) error {
	cursor := frame.Cursor{Generation: s.generation, Display: p.Display, X: p.X, Y: p.Y, Visible: p.Visible}
	s.other = frame.AppendCursor(s.other[:0], cursor)
	return s.add(frame.CursorSlot, s.other)
}

// add seals a unit into the packet.
func (s *sender) add(slot frame.Slot, plain []byte) error {
	var aad [8]byte
	binary.BigEndian.PutUint32(aad[:], uint32(slot))
	binary.BigEndian.PutUint32(aad[4:], s.generation)
	start := len(s.sealed)
	sealed, err := s.sealer.Seal(s.sealed, plain, aad[:])
	if err != nil {
		return err
	}
	s.sealed = sealed
	if s.used == len(s.units) {
		s.units = append(s.units, &pb.ScreenUnit{})
	}
	u := s.units[s.used]
	s.used++
	u.Slot, u.Sealed = uint32(slot), sealed[start:len(sealed):len(sealed)]
	return nil
}

// flush sends what has been written, if anything.
func (s *sender) flush() error {
	if s.writing {
		s.writing = false
		s.step++
		if err := s.add(frame.StepSlot, s.plain); err != nil {
			return err
		}
		s.share.counters.steps.Add(1)
	}
	return s.dispatch(false, false)
}

// complete sends what is left of a set of keys and says that it is complete.
func (s *sender) complete() error {
	if s.used > 0 {
		return s.dispatch(true, true)
	}
	return s.send(nil, 0, true, true)
}

// dispatch sends the packet, unless sharing has stopped. A new epoch makes it worthless; it is dropped then, and a new
// generation follows.
func (s *sender) dispatch(keys, complete bool) error {
	if s.used == 0 {
		return nil
	}
	units := s.units[:s.used]
	size := len(s.sealed)
	s.used, s.sealed = 0, s.sealed[:0]
	return s.send(units, size, keys, complete)
}

func (s *sender) send(units []*pb.ScreenUnit, size int, keys, complete bool) error {
	if epoch, _ := s.in.Epoch(); epoch != s.epoch {
		return nil
	}
	if !allowed(s.in) {
		return errStopped
	}
	s.packed.Later = !keys && s.pace.Later(size)
	switch {
	case keys:
		s.packed.Number = s.pace.SentAside(size)
	case s.packed.Later:
		s.packed.Number = s.pace.SentLater(size)
	default:
		s.packed.Number = s.pace.Sent(size)
	}
	s.packed.Generation = s.generation
	s.packed.Units = units
	s.packed.Keys, s.packed.Complete = keys, complete
	s.inner.Packet = &s.packed
	s.up.Message = &s.inner
	if err := s.lane.Send(&s.up); err != nil {
		return err
	}
	c := &s.share.counters
	c.packets.Add(1)
	c.bytes.Add(uint64(size))
	return nil
}
