package e2e

import (
	"context"
	"errors"
	"image"
	"image/color"
	"io"
	"slices"
	"testing"

	"deskhand/apps/internal/session"
	"deskhand/protocol/fault"
	"deskhand/protocol/pb"
	"deskhand/protocol/transport"
)

// TestSessionOverRefusesEverything is G-11: after the end, whoever ended it, every lane and every command of the session
// fails with session_over, for both tokens, and nothing comes of what either side still does.
func TestSessionOverRefusesEverything(t *testing.T) {
	for _, one := range []struct {
		name  string
		cause session.Cause
		end   func(*customer, *rep)
	}{
		{"the customer ends it", session.CustomerEnded, func(c *customer, _ *rep) { c.End(session.OutcomeNone, "") }},
		{"the rep ends it", session.RepEnded, func(_ *customer, r *rep) { r.End(session.Resolved, "done") }},
	} {
		t.Run(one.name, func(t *testing.T) { sessionOver(t, one.cause, one.end) })
	}
}

func sessionOver(t *testing.T, cause session.Cause, end func(*customer, *rep)) {
	w := newWorld(t, ways()[0])
	c, r := w.help(visitors{}, session.Consent{See: true, Control: true})
	w.seen(c, r)
	w.typist(c, r)
	id := c.Snapshot().ID

	end(c, r)
	for _, s := range []*side{&c.side, &r.side} {
		if err := s.finished(); err != nil {
			t.Errorf("%s leaves with %v", s.who, err)
		}
		if now := s.Snapshot(); now.Phase != session.Over || now.EndCause != cause || now.Fault != "" {
			t.Errorf("%s is %v, ended by cause %d with fault %q", s.who, now.Phase, now.EndCause, now.Fault)
		}
	}
	carried := w.tape.all()
	c.Allow(session.Consent{See: true, Control: true})
	c.AnswerSharing(true)
	c.Say("are you still there?")
	r.AskSharing(true)
	r.sender.Send(text("rm -rf")...)
	c.desktop.fill(0, image.Rect(0, 0, 99, 99), color.RGBA{1, 2, 3, 255})
	for _, s := range []*side{&c.side, &r.side} {
		w.refusesAll(s, id)
	}
	for lane, b := range w.tape.all() {
		if n := len(b) - len(carried[lane]); n != 0 {
			t.Errorf("the relay carried %d bytes on the %s lane after the end", n, lane)
		}
	}
	if typed := c.hand.typed(); typed != "" || !c.hand.empty() {
		t.Errorf("the customer's machine typed %q, or somebody still holds its keyboard", typed)
	}
	if len(r.watch.Picture().Layout().Displays) != 0 {
		t.Error("the rep still sees a picture")
	}
	w.storedAs(account{link: r.link, token: r.token}, id, r.said())
	if _, err := w.join(w.dial(), c.code); !fault.Is(fault.FromStatus(err), fault.CodeUsed) {
		t.Errorf("the session's code lets somebody in again: %v", err)
	}
}

// storedAs compares what the relay has stored of a chat.
func (w *world) storedAs(a account, id string, said []string) {
	w.t.Helper()
	client, ctx := w.desk(a)
	reply, err := client.Transcript(ctx, &pb.TranscriptRequest{SessionId: id})
	if err != nil {
		w.t.Fatalf("no transcript: %v", err)
	}
	var lines []string
	for _, l := range reply.GetLines() {
		if l.GetStatus() == pb.Line_SAID {
			lines = append(lines, l.GetText())
		}
	}
	if !slices.Equal(lines, said) {
		w.t.Errorf("stored is %q, said was %q", lines, said)
	}
}

// refusesAll tries every lane with every command on it.
func (w *world) refusesAll(s *side, id string) {
	w.t.Helper()
	lane := func(l transport.Lane) (pb.RoomClient, context.Context) {
		return pb.NewRoomClient(w.conn(s.link).Lane(l)), calling(w.t.Context(), s.token, id)
	}
	for what, m := range commands() {
		client, ctx := lane(transport.LaneControl)
		w.overAfter(s.who+", "+what, func() (func() error, error) {
			stream, err := client.Control(ctx)
			return func() error { _, err := stream.Recv(); return err }, sent(err, func() error { return stream.Send(m) })
		})
	}
	for what, m := range map[string]*pb.ScreenUp{
		"a screen packet":     {Message: &pb.ScreenUp_Packet{Packet: &pb.ScreenPacket{Number: 1, Generation: 1}}},
		"a screen packet ack": {Message: &pb.ScreenUp_Ack{Ack: &pb.ScreenAck{Number: 1}}},
	} {
		client, ctx := lane(transport.LaneScreen)
		w.overAfter(s.who+", "+what, func() (func() error, error) {
			stream, err := client.Screen(ctx)
			return func() error { _, err := stream.Recv(); return err }, sent(err, func() error { return stream.Send(m) })
		})
	}
	client, ctx := lane(transport.LaneInput)
	w.overAfter(s.who+", input", func() (func() error, error) {
		stream, err := client.Input(ctx)
		return func() error { _, err := stream.Recv(); return err }, sent(err, func() error { return stream.Send(&pb.InputUp{Sealed: []byte{1}}) })
	})
}

// sent sends unless a lane could not be opened. A lane that has ended already says why when it is read.
func sent(err error, send func() error) error {
	if err != nil {
		return err
	}
	if err := send(); err != nil && !errors.Is(err, io.EOF) {
		return err
	}
	return nil
}

func (w *world) overAfter(what string, try func() (recv func() error, err error)) {
	w.t.Helper()
	recv, err := try()
	if err == nil {
		err = recv()
	}
	if reason := fault.ReasonOf(fault.FromStatus(err)); reason != fault.SessionOver {
		w.t.Errorf("%s: the relay says %q (%v)", what, reason, err)
	}
}

// commands are all messages that can go up the control lane.
func commands() map[string]*pb.ControlUp {
	return map[string]*pb.ControlUp{
		"enter":          {Message: &pb.ControlUp_Enter{Enter: &pb.Enter{Hello: hello()}}},
		"say":            {Message: &pb.ControlUp_Say{Say: &pb.Say{Text: "still there?", ClientId: "1"}}},
		"typing":         {Message: &pb.ControlUp_Typing{Typing: &pb.Typing{On: true}}},
		"seal":           {Message: &pb.ControlUp_Seal{Seal: &pb.Seal{To: 1, Step: pb.Seal_KEY, Body: make([]byte, 68)}}},
		"consent":        {Message: &pb.ControlUp_Consent{Consent: &pb.Consent{See: true, Control: true}}},
		"sharing":        {Message: &pb.ControlUp_Sharing{Sharing: &pb.Sharing{On: true}}},
		"ask sharing":    {Message: &pb.ControlUp_AskSharing{AskSharing: &pb.AskSharing{Control: true}}},
		"answer sharing": {Message: &pb.ControlUp_AnswerSharing{AnswerSharing: &pb.AnswerSharing{Yes: true}}},
		"end":            {Message: &pb.ControlUp_End{End: &pb.End{}}},
		"ping":           {Message: &pb.ControlUp_Ping{Ping: &pb.Ping{Mark: 1}}},
		"facts":          {Message: &pb.ControlUp_Facts{Facts: &pb.Facts{Host: "h"}}},
	}
}
