package room

import (
	"fmt"
	"slices"
	"testing"
	"testing/synctest"
	"time"

	"deskhand/protocol/fault"
	"deskhand/protocol/pb"
)

func TestWhatAllViewersDecode(t *testing.T) {
	show(t, 2, func(s *shared) {
		s.watch[0].send(decoding(pb.VideoCodec_VIDEO_VP8, pb.VideoCodec_VIDEO_VP9, 31, 32, -1))
		s.wants("one has not said anything", seen(s.from), nil)
		s.watch[1].send(decoding(pb.VideoCodec_VIDEO_VP9, 31))
		s.wants("both", seen(s.from), []string{"decodes [VIDEO_VP9 31]"})
		s.watch[1].lose()
		s.wants("the first alone", seen(s.from), []string{"decodes [VIDEO_VP8 VIDEO_VP9 31]"})
		again := s.jo.screen(100)
		s.wants("a new lane of the customer", seen(again), []string{"decodes [VIDEO_VP8 VIDEO_VP9 31]"})
		silent := s.enter(rep(90, "Silent")).screen(100)
		s.wants("one who has not said anything yet", seen(again), []string{"decodes []", "refresh"})
		silent.isOpen()
	})
}

func TestPacketsAheadOfTheirAcknowledgements(t *testing.T) {
	show(t, 1, func(s *shared) {
		for range maxComing {
			s.sends(update(5, "a"))
		}
		s.from.isOpen()
		s.sends(update(5, "a"))
		s.from.closedWith(fault.Invalid)
	})
}

// TestABehindViewerHasNoQueue: one whose acknowledgements take long gets less at a time, the quick one all.
func TestABehindViewerHasNoQueue(t *testing.T) {
	show(t, 2, func(s *shared) {
		for range 200 {
			s.sends(heavy(8 << 10))
			synctest.Wait()
			s.watch[0].read()
			s.watch[0].send(ack(s.sent))
			time.Sleep(30 * time.Millisecond)
			if s.sent%20 == 0 {
				s.watch[1].read()
				s.watch[1].send(ack(packets(s, 3)))
			}
		}
		var budget, quick int
		_ = s.room().ask(func() {
			budget, quick = s.room().attendees[3].screen.budget, s.room().attendees[2].screen.budget
		})
		if budget >= firstBudget || quick < firstBudget {
			t.Errorf("the slow one may have %d bytes on the way, the quick one %d", budget, quick)
		}
		if got := seen(s.from); !slices.Contains(got, fmt.Sprint("ack ", s.sent)) {
			t.Errorf("the customer waits for the slow one")
		}
	})
}

func TestFeedingAllocatesLittle(t *testing.T) {
	m := newModel(t, 1)
	m.join()
	v := m.viewers[0]
	for m.listen() || m.receive(v) || m.show(v) {
		m.ack(v)
	}
	unit := stepUnit("steps")
	p := &pb.ScreenPacket{Generation: m.generation, Units: []*pb.ScreenUnit{unit}}
	up := &pb.ScreenUp{Message: &pb.ScreenUp_Packet{Packet: p}}
	back := ack(0)
	customer, rep := m.room.attendees[customerID], m.room.attendees[v.id]
	once := func() {
		p.Number = m.lane.taken + 1
		m.room.hearScreen(customer, m.lane, up)
		number := (<-v.lane.out).GetPacket().GetNumber()
		m.room.ready(v.lane)
		back.GetAck().Number = number
		m.room.hearScreen(rep, v.lane, back)
		<-m.lane.out
		m.room.ready(m.lane)
	}
	once()
	if n := testing.AllocsPerRun(200, once); n > 4 {
		t.Errorf("a step takes %v allocations, want one for the packet and three for the acknowledgement", n)
	}
}

func BenchmarkFeed(b *testing.B) {
	m := newModel(&testing.T{}, 1)
	m.join()
	v := m.viewers[0]
	for m.listen() || m.receive(v) || m.show(v) {
		m.ack(v)
	}
	p := &pb.ScreenPacket{Generation: m.generation, Units: []*pb.ScreenUnit{heavy(7000)}}
	up := &pb.ScreenUp{Message: &pb.ScreenUp_Packet{Packet: p}}
	back := ack(0)
	b.ReportAllocs()
	for b.Loop() {
		p.Number = m.lane.taken + 1
		m.room.hearScreen(m.room.attendees[customerID], m.lane, up)
		back.GetAck().Number = (<-v.lane.out).GetPacket().GetNumber()
		m.room.ready(v.lane)
		m.room.hearScreen(m.room.attendees[v.id], v.lane, back)
		<-m.lane.out
		m.room.ready(m.lane)
	}
}
