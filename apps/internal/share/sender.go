package share

import (
	"encoding/binary"

	"deskhand/apps/internal/session"
	"deskhand/protocol/frame"
	"deskhand/protocol/pb"
	"deskhand/protocol/seal"
	"deskhand/protocol/tile"
)

// sender makes packets. It owns their memory and uses it again for the next one: gRPC has copied a packet when Send
// returns.
type sender struct {
	share  *Share
	in     session.Room
	lane   lane
	canvas *canvas
	window *window

	epoch      seal.Epoch
	sealer     *seal.Sealer
	encoder    *tile.Encoder
	generation uint32

	scratch [tile.Size * tile.Size * 4]byte
	plain   []byte
	sealed  []byte // of the whole packet
	used    int    // of units
	units   []*pb.ScreenUnit
	up      pb.ScreenUp
	inner   pb.ScreenUp_Packet
	packed  pb.ScreenPacket
}

// packet sends one packet of up to about budget bytes, if there is anything to send.
func (s *sender) packet(budget int) error {
	s.used, s.sealed = 0, s.sealed[:0]
	if err := s.refreshKey(); err != nil {
		return err
	}
	if displays, anew := s.canvas.begin(); anew {
		s.share.generation++
		s.generation = s.share.generation
		layout := frame.Layout{Generation: s.generation, TileSize: tile.Size, Displays: displays}
		s.plain = frame.AppendLayout(s.plain[:0], layout)
		if err := s.add(frame.LayoutSlot); err != nil {
			return err
		}
	}
	if err := s.addPointer(); err != nil {
		return err
	}
	tiles := 0
	for len(s.sealed) < budget-tile.MaxBody(tile.Size, tile.Size) || tiles == 0 {
		p, ok := s.canvas.next(s.scratch[:])
		if !ok {
			break
		}
		if err := s.addTile(p); err != nil {
			return err
		}
		tiles++
	}
	if s.used == 0 {
		return nil
	}
	return s.dispatch(tiles)
}

// refreshKey notices a new epoch, which needs a new generation: what was sent before cannot be opened by everybody.
func (s *sender) refreshKey() error {
	epoch, ok := s.in.Epoch()
	if !ok {
		return errStopped
	}
	if s.sealer == nil || epoch != s.epoch {
		s.epoch = epoch
		s.sealer = seal.NewSealer(epoch, s.in.Session(), s.in.You(), seal.LaneScreen)
		s.canvas.rekey(epoch.Number)
	}
	if s.encoder == nil {
		s.encoder = tile.NewEncoder()
	}
	return nil
}

func (s *sender) addPointer() error {
	p, moved := s.canvas.takePointer()
	if !moved {
		return nil
	}
	cursor := frame.Cursor{Generation: s.generation, Display: p.Display, X: p.X, Y: p.Y, Visible: p.Visible}
	s.plain = frame.AppendCursor(s.plain[:0], cursor)
	return s.add(frame.CursorSlot)
}

func (s *sender) addTile(p piece) error {
	s.plain = frame.AppendTile(s.plain[:0], frame.Tile{
		Generation: s.generation, Slot: p.slot, Frame: p.frame, CapturedAt: p.at,
		W: uint16(p.pixels.W), H: uint16(p.pixels.H),
	})
	s.plain = s.encoder.Append(s.plain, p.pixels)
	return s.add(p.slot)
}

// add seals s.plain as the next unit of the packet.
func (s *sender) add(slot frame.Slot) error {
	var aad [8]byte
	binary.BigEndian.PutUint32(aad[:], uint32(slot))
	binary.BigEndian.PutUint32(aad[4:], s.generation)
	start := len(s.sealed)
	sealed, err := s.sealer.Seal(s.sealed, s.plain, aad[:])
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

// dispatch sends the packet, unless sharing has stopped or the epoch has changed while it was made.
func (s *sender) dispatch(tiles int) error {
	if epoch, _ := s.in.Epoch(); epoch != s.epoch {
		s.canvas.refresh() // what was taken out of the canvas comes again in the new generation
		return nil
	}
	if !allowed(s.in) {
		return errStopped
	}
	s.packed.Number = s.window.leaving(len(s.sealed))
	s.packed.Generation = s.generation
	s.packed.Units = s.units[:s.used]
	s.inner.Packet = &s.packed
	s.up.Message = &s.inner
	if err := s.lane.Send(&s.up); err != nil {
		return err
	}
	c := &s.share.counters
	c.packets.Add(1)
	c.tiles.Add(uint64(tiles))
	c.bytes.Add(uint64(len(s.sealed)))
	return nil
}
