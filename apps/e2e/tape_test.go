package e2e

import (
	"bytes"
	"encoding/binary"
	"image/color"
	"sync"
	"testing"

	"google.golang.org/protobuf/proto"

	"deskhand/protocol/frame"
	"deskhand/protocol/pb"
	"deskhand/protocol/pixel"
	"deskhand/protocol/seal"
	"deskhand/protocol/tile"
)

// tape is everything that the relay has carried.
type tape struct {
	news *news

	mu    sync.Mutex
	lanes map[string][][]byte // messages in the order in which they came by
	marks int
}

// hear is the relay's Tap.
func (p *tape) hear(lane string, b []byte) {
	p.mu.Lock()
	if p.lanes == nil {
		p.lanes = map[string][][]byte{}
	}
	p.lanes[lane] = append(p.lanes[lane], b)
	p.mu.Unlock()
	p.news.tell()
}

// messages lists what came by on a lane, from one on.
func (p *tape) messages(lane string, from int) [][]byte {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.lanes[lane][from:len(p.lanes[lane]):len(p.lanes[lane])]
}

// mark counts up.
func (p *tape) mark() int {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.marks++
	return p.marks
}

// all gives the bytes of each lane.
func (p *tape) all() map[string][]byte {
	p.mu.Lock()
	defer p.mu.Unlock()
	all := map[string][]byte{}
	for lane, messages := range p.lanes {
		all[lane] = bytes.Join(messages, nil)
	}
	return all
}

// packets are the screen packets that came by, from the customer and to reps alike, in that order each.
func (p *tape) packets(t *testing.T) (all []*pb.ScreenPacket) {
	t.Helper()
	for _, b := range p.messages("screen", 0) {
		m := &pb.ScreenUp{}
		if err := proto.Unmarshal(b, m); err != nil {
			t.Fatalf("the tape holds what is no message of the screen lane: %v", err)
		}
		if packet := m.GetPacket(); packet != nil {
			all = append(all, packet)
		}
	}
	return all
}

// colours opens every tile that came by with the key of somebody who may, and names each single colour that a pixel of
// it had. What nobody may open is an error.
func (p *tape) colours(t *testing.T, sessionID string, epoch seal.Epoch) map[color.RGBA]bool {
	t.Helper()
	found, known := map[color.RGBA]bool{}, map[string]bool{}
	opener := seal.NewOpener(sessionID, seal.LaneScreen)
	opener.Add(epoch)
	for _, packet := range p.packets(t) {
		for _, u := range packet.GetUnits() {
			if known[string(u.GetSealed())] {
				continue // on its way from the relay to the rep
			}
			known[string(u.GetSealed())] = true
			plain, _, err := opener.Open(nil, u.GetSealed(), unitData(u.GetSlot(), packet.GetGeneration()))
			if err != nil {
				t.Fatalf("a unit does not open: %v", err)
			}
			if frame.Slot(u.GetSlot()) == frame.StepSlot {
				collect(t, plain, found)
			}
		}
	}
	return found
}

// collect notes the colours of a step's exact patches.
func collect(t *testing.T, plain []byte, found map[color.RGBA]bool) {
	t.Helper()
	_, ops, err := frame.ParseStep(plain)
	if err != nil {
		t.Fatal(err)
	}
	decoder := tile.NewDecoder()
	for {
		op, more, err := ops.Next()
		if err != nil {
			t.Fatal(err)
		}
		if !more {
			return
		}
		if op.Kind != frame.OpExact {
			continue
		}
		m := pixel.New(op.Rect.Dx(), op.Rect.Dy())
		if err := decoder.Decode(m, op.Body); err != nil {
			t.Fatal(err)
		}
		for i := 0; i < len(m.Pix); i += pixel.Bytes {
			found[color.RGBA{m.Pix[i+2], m.Pix[i+1], m.Pix[i], 255}] = true
		}
	}
}

// unitData is what is authenticated with a unit of the screen.
func unitData(slot, generation uint32) []byte {
	return binary.BigEndian.AppendUint32(binary.BigEndian.AppendUint32(nil, slot), generation)
}
