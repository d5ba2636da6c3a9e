package session

import (
	"strings"
	"testing"

	"google.golang.org/protobuf/proto"

	"deskhand/protocol/pb"
)

func TestSay(t *testing.T) {
	for _, tt := range []struct {
		name, text string
		want       []int // bytes of each line
	}{
		{"plain", "hello", []int{5}},
		{"blank", " \n\t ", nil},
		{"empty", "", nil},
		{"trailing line end", "hello\n", []int{5}},
		{"just fits", strings.Repeat("x", MaxText), []int{MaxText}},
		{"too long", strings.Repeat("x", MaxText+1), []int{MaxText, 1}},
		{"cut between characters", strings.Repeat("x", MaxText-1) + "é!", []int{MaxText - 1, 3}},
		{"not UTF-8", "a\xffb", []int{5}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			a := welcomed(Customer)
			a.say(tt.text)
			if len(a.chat.pending) != len(tt.want) {
				t.Fatalf("%d lines, want %d", len(a.chat.pending), len(tt.want))
			}
			for i, p := range a.chat.pending {
				if len(p.text) != tt.want[i] {
					t.Errorf("line %d has %d bytes, want %d", i, len(p.text), tt.want[i])
				}
			}
		})
	}
}

func TestPendingIsBounded(t *testing.T) {
	a := welcomed(Customer)
	for range maxPending + 5 {
		a.say("x")
	}
	a.dirty = true
	a.publish()
	if s := a.s.Snapshot(); len(s.Chat) != maxPending || s.Dropped != 5 {
		t.Errorf("%d lines, %d dropped", len(s.Chat), s.Dropped)
	}
}

// A snapshot stays as it was, whatever comes later.
func TestSnapshotsDoNotChange(t *testing.T) {
	a := welcomed(Rep)
	for i := range uint64(maxLines + maxLines/4) {
		if i == 3 {
			a.publish()
		}
		a.deliver(&pb.ControlDown{Message: &pb.ControlDown_Line{Line: &pb.Line{Seq: i + 1, From: 1, Text: "x"}}})
	}
	early := a.s.Snapshot()
	a.say("mine")
	a.dirty = true
	a.publish()
	late := a.s.Snapshot()
	if len(early.Chat) != 3 || early.Chat[2].Seq != 3 {
		t.Errorf("the early snapshot has %d lines", len(early.Chat))
	}
	if n := len(late.Chat); n > maxLines+maxLines/8+1 || !late.Chat[n-1].Pending || late.Chat[n-2].Seq != maxLines+maxLines/4 {
		t.Errorf("the late snapshot has %d lines, the last %+v", n, late.Chat[n-1])
	}
	if len(late.Attendees) != 2 || len(early.Attendees) != 2 {
		t.Error("attendees")
	}
}

// The wire's numbers are the model's.
func TestNumbersAgree(t *testing.T) {
	for _, tt := range []struct {
		name      string
		got, wire int32
	}{
		{"said", int32(Said), int32(pb.Line_SAID)},
		{"joined", int32(LineJoined), int32(pb.Line_JOINED)},
		{"lost", int32(LineLost), int32(pb.Line_LOST)},
		{"asked", int32(LineSharingAsked), int32(pb.Line_SHARING_ASKED)},
		{"control ended", int32(LineControlEnded), int32(pb.Line_CONTROL_ENDED)},
		{"declined", int32(LineDeclined), int32(pb.Line_DECLINED)},
		{"resolved", int32(Resolved), int32(pb.Outcome_OUTCOME_RESOLVED)},
		{"unresolved", int32(Unresolved), int32(pb.Outcome_OUTCOME_UNRESOLVED)},
		{"unknown", int32(OutcomeUnknown), int32(pb.Outcome_OUTCOME_UNKNOWN)},
	} {
		if tt.got != tt.wire {
			t.Errorf("%s is %d here and %d on the wire", tt.name, tt.got, tt.wire)
		}
	}
}

// The wire carries UTF-8 only: a machine's odd name must not cost the connection.
func TestOnlyTextIsSent(t *testing.T) {
	odd := Facts{System: "a\xff", Host: "b\xff", Language: "c\xff", Processor: "d\xff", Memory: 1}
	a := newActor(New(Config{SessionID: testSession, Role: Customer, Name: "e\xff", Facts: odd}), "mark")
	for name, m := range map[string]proto.Message{
		"enter": a.enterMessage(), "facts": factsMessage(odd), "end": endMessage(Resolved, "f\xff"), "hello": Hello(odd),
	} {
		if _, err := proto.Marshal(m); err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
}
