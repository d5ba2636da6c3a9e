package share

import (
	"image"
	"testing"

	"google.golang.org/protobuf/proto"

	"deskhand/protocol/frame"
	"deskhand/protocol/pb"
)

// kept takes packets and keeps them.
type kept struct {
	lane
	packets []*pb.ScreenPacket
}

func (k *kept) Send(up *pb.ScreenUp) error {
	k.packets = append(k.packets, proto.CloneOf(up.GetPacket()))
	return nil
}

// TestKeysSayTheStep asks for keys of a picture of which the relay has them all. A viewer out of step learns from keys
// alone which step comes next.
func TestKeysSayTheStep(t *testing.T) {
	p, step := busy(t, 640, 480, scrawl)
	step()
	if err := p.key(); err != nil {
		t.Fatal(err)
	}
	if err := p.out.flush(); err != nil { // what the keys have made necessary
		t.Fatal(err)
	}
	lane := &kept{}
	p.out.lane = lane
	if err := p.key(); err != nil {
		t.Fatal(err)
	}
	n := len(lane.packets)
	if n == 0 || !lane.packets[n-1].GetComplete() {
		t.Fatalf("%d packets, and no end of the set", n)
	}
	units := 0
	for _, packet := range lane.packets {
		units += len(packet.GetUnits())
	}
	k, err := frame.ParseKey(p.out.other)
	if err != nil || units != 1 || k.Step != p.out.step {
		t.Errorf("%d keys, the last one %+v (%v), want one that is current with step %d", units, k, err, p.out.step)
	}
	display, column, row := k.Slot.Position()
	if at := image.Pt(column*keySide, row*keySide); display != 0 || !at.In(p.views[0].now.Bounds()) {
		t.Errorf("a key of display %d at %v", display, at)
	}
}

// TestEarlyAcknowledgements acknowledges what no viewer was given.
func TestEarlyAcknowledgements(t *testing.T) {
	p, step := busy(t, 640, 480, scrawl)
	step()
	if p.pace.RTT() == 0 {
		t.Fatal("nothing was learned from a step")
	}
	p.inbox.want(false)
	if err := p.collect(); err != nil {
		t.Fatal(err)
	}
	if p.pace.RTT() != 0 {
		t.Error("what was learned while somebody else watched, or nobody, outlived a refresh")
	}
	p.mail = mail{}
	if err := p.key(); err != nil {
		t.Fatal(err)
	}
	p.inbox.acked(p.out.packed.GetNumber())
	p.asked = true
	if err := p.collect(); err != nil || p.pace.RTT() != 0 || !p.pace.Idle() {
		t.Errorf("a round trip of %v was learned from keys (%v)", p.pace.RTT(), err)
	}
}
