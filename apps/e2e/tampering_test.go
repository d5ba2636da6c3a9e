package e2e

import (
	"image"
	"image/color"
	"strings"
	"testing"

	"deskhand/apps/internal/session"
	"deskhand/protocol/fault"
	"deskhand/protocol/frame"
	"deskhand/protocol/pb"
	"deskhand/protocol/pixel"
)

// TestTamperingRelay changes what is sealed. It is noticed, the lane ends, and nothing of it is shown or done.
func TestTamperingRelay(t *testing.T) {
	for _, one := range []struct {
		name   string
		tamper func(*pb.ScreenPacket)
	}{
		{"a bit of a tile", func(p *pb.ScreenPacket) {
			u := p.GetUnits()[len(p.GetUnits())-1]
			u.Sealed = flipped(u.GetSealed(), len(u.GetSealed())-20)
		}},
		{"a tile in another place", func(p *pb.ScreenPacket) {
			u := p.GetUnits()[len(p.GetUnits())-1]
			u.Slot = uint32(frame.SlotOf(0, 5, 3))
		}},
		{"a tile of another generation", func(p *pb.ScreenPacket) { p.Generation++ }},
		{"a tile that has not been sealed", func(p *pb.ScreenPacket) {
			u := p.GetUnits()[len(p.GetUnits())-1]
			plain := frame.AppendForget(frame.AppendStep(nil, frame.Step{Number: 1}))
			u.Sealed = append(plain, 1, 255, 0, 255)
		}},
	} {
		t.Run(one.name, func(t *testing.T) { tamperedScreen(t, one.tamper) })
	}
	for _, one := range []struct {
		name   string
		tamper func(*pb.InputDown) []*pb.InputDown
	}{
		{"a bit of the input", func(m *pb.InputDown) []*pb.InputDown {
			m.Sealed = flipped(m.GetSealed(), len(m.GetSealed())-1)
			return []*pb.InputDown{m}
		}},
		{"input of somebody else", func(m *pb.InputDown) []*pb.InputDown {
			m.From = 3
			return []*pb.InputDown{m}
		}},
		{"input twice", func(m *pb.InputDown) []*pb.InputDown { return []*pb.InputDown{m, copyOf(m)} }},
		{"input that has not been sealed", func(m *pb.InputDown) []*pb.InputDown {
			m.Sealed = frame.AppendEvents(nil, text("rm -rf"))
			return []*pb.InputDown{m}
		}},
	} {
		t.Run(one.name, func(t *testing.T) { tamperedInput(t, one.tamper) })
	}
}

func tamperedScreen(t *testing.T, tamper func(*pb.ScreenPacket)) {
	w := newWorld(t, ways()[0])
	mitm, armed := w.newMiddle(), make(chan struct{})
	mitm.screen.down = func(wire *wire[pb.ScreenUp, pb.ScreenDown], m *pb.ScreenDown) {
		select {
		case <-armed:
			tamper(m.GetPacket())
		default:
		}
		wire.toSide(m)
	}
	c, r := w.help(visitors{rep: mitm.stand}, session.Consent{See: true})
	w.seen(c, r)
	before := pixels(t, r)
	close(armed)
	c.desktop.fill(0, image.Rect(0, 0, 64, 64), color.RGBA{1, 2, 3, 255})
	w.await("a rep's side that says its seal is broken", func() bool {
		return r.Snapshot().FeatureFaults[r.watch.Name()] == fault.SealBroken
	})
	if pixels(t, r) != before {
		t.Error("the rep's picture has changed")
	}
}

// pixels are what the rep sees of the first display.
func pixels(t *testing.T, r *rep) (all string) {
	t.Helper()
	if !r.watch.Picture().Peek(0, func(m pixel.Image) { all = string(m.Pix) }) {
		t.Fatal("the rep sees nothing")
	}
	return all
}

func tamperedInput(t *testing.T, tamper func(*pb.InputDown) []*pb.InputDown) {
	w := newWorld(t, ways()[0])
	mitm, armed := w.newMiddle(), make(chan struct{})
	mitm.input.down = func(wire *wire[pb.InputUp, pb.InputDown], m *pb.InputDown) {
		frames := []*pb.InputDown{m}
		select {
		case <-armed:
			frames = tamper(m)
		default:
		}
		for _, one := range frames {
			wire.toSide(one)
		}
	}
	c, r := w.help(visitors{customer: mitm.stand}, session.Consent{See: true, Control: true})
	w.typist(c, r)
	close(armed)
	r.sender.Send(text("abc")...)
	w.await("a customer's side that says its seal is broken", func() bool {
		return c.Snapshot().FeatureFaults[c.receiver.Name()] == fault.SealBroken
	})
	if typed := c.hand.typed(); typed != "" && typed != "abc" || strings.Count(typed, "abc") > 1 {
		t.Errorf("the customer's machine typed %q", typed)
	}
	w.await("a customer's keyboard that nobody holds", c.hand.empty)
}
