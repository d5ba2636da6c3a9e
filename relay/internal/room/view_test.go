package room

import (
	"fmt"
	"slices"
	"testing"

	"deskhand/protocol/fault"
	"deskhand/protocol/pb"
)

func pack(number uint64, generation uint32, units ...*pb.ScreenUnit) *pb.ScreenUp {
	return &pb.ScreenUp{Message: &pb.ScreenUp_Packet{Packet: &pb.ScreenPacket{Number: number, Generation: generation, Units: units}}}
}

func ack(number uint64) *pb.ScreenUp {
	return &pb.ScreenUp{Message: &pb.ScreenUp_Ack{Ack: &pb.ScreenAck{Number: number}}}
}

// seen puts what arrived on a Screen lane into words.
func seen(w *screenWire) []string {
	var all []string
	for _, m := range w.read() {
		switch m := m.GetMessage().(type) {
		case *pb.ScreenDown_Packet:
			text := fmt.Sprintf("#%d g%d %v", m.Packet.GetNumber(), m.Packet.GetGeneration(), texts(m.Packet.GetUnits()))
			if m.Packet.GetKeys() {
				text += " keys"
			}
			if m.Packet.GetComplete() {
				text += " complete"
			}
			all = append(all, text)
		case *pb.ScreenDown_Ack:
			all = append(all, fmt.Sprintf("ack %d", m.Ack.GetNumber()))
		case *pb.ScreenDown_Refresh:
			if m.Refresh.GetKeys() {
				all = append(all, "keys wanted")
			} else {
				all = append(all, "refresh")
			}
		case *pb.ScreenDown_Decodes:
			all = append(all, fmt.Sprint("decodes ", m.Decodes.GetCodecs()))
		}
	}
	return all
}

func TestPicturesPassOnlyWhileShared(t *testing.T) {
	play(t, true, true, func(s *stage) {
		ana, jo := s.enter(s.whoAna()), s.enter(customer)
		from, to := jo.screen(100), ana.screen(100)
		from.send(pack(1, 1, update(1, "before consent")))
		s.wants("without consent", seen(to), nil)
		s.wants("the sharer", seen(from), []string{"ack 1"})
		jo.send(consent(true, true))
		s.wants("consent makes the sharer begin", seen(from), []string{"refresh"})
		from.send(pack(2, 2, update(0, "layout"), update(1, "a")))
		s.wants("with consent", seen(to), []string{"#1 g2 [0=layout 1=a]"})
		jo.send(sharing(false))
		jo.read()
		from.send(pack(3, 2, update(1, "after stop")))
		to.send(ack(1))
		s.wants("after a stop", seen(to), nil)
		ana.send(askSharing(false))
		ana.read()
		from.send(pack(4, 2, update(1, "while asking")))
		s.wants("while asking", seen(to), nil)
		jo.send(answerSharing(true))
		jo.read()
		s.wants("the sharer", seen(from), []string{"ack 2", "ack 3", "ack 4", "refresh"})
		from.send(pack(5, 3, update(1, "after yes")))
		s.wants("after a yes", seen(to), []string{"#2 g3 [1=after yes]"})
		if got := s.metrics.ScreenRefused.Load(); got != 3 {
			t.Errorf("%d packets were refused, want 3", got)
		}
	})
}

func TestNoRightNoPicture(t *testing.T) {
	play(t, false, false, func(s *stage) {
		ana, jo := s.enter(s.whoAna()), s.enter(customer)
		from, to := jo.screen(100), ana.screen(100)
		jo.send(consent(true, true))
		from.send(pack(1, 1, update(1, "a")))
		s.wants("the rep sees", seen(to), nil)
	})
}

func TestLateViewerGetsTheNewest(t *testing.T) {
	play(t, true, true, func(s *stage) {
		ana, jo := s.enter(s.whoAna()), s.enter(customer)
		jo.send(consent(true, true))
		jo.read()
		from, early := jo.screen(100), ana.screen(100)
		seen(from)
		from.send(pack(1, 1, update(0, "layout"), update(1, "a"), update(2, "b")), pack(2, 1, update(1, "a2")))
		seen(early)
		late := s.enter(rep(77, "Bo")).screen(100)
		s.wants("the late viewer", seen(late), []string{"#1 g1 [0=layout 2=b 1=a2]"})
		if got := seen(from); !slices.Contains(got, "refresh") {
			t.Errorf("the sharer hears %q: nothing makes it seal for the newcomer", got)
		}
		from.send(pack(3, 2, update(0, "layout"), update(1, "a3")))
		s.wants("the late viewer", seen(late), []string{"#2 g2 [0=layout 1=a3]"})
	})
}

func TestSlowViewerHoldsNobodyUp(t *testing.T) {
	play(t, true, true, func(s *stage) {
		ana, jo := s.enter(s.whoAna()), s.enter(customer)
		bo := s.enter(rep(77, "Bo"))
		jo.send(consent(true, true))
		jo.read()
		from, quick, slow := jo.screen(10000), ana.screen(10000), bo.screen(0)
		deaf := s.enter(rep(78, "Cy")).screen(10000) // reads and never acknowledges
		seen(from)
		for i := range uint64(1100) {
			from.send(pack(i+1, 1, update(0, "layout"), update(uint32(i%3+1), fmt.Sprint(i))))
			got := seen(quick)
			if len(got) != 1 {
				t.Fatalf("after packet %d the quick viewer has %q", i+1, got)
			}
			quick.send(ack(i + 1))
		}
		if n := len(seen(deaf)); n != maxUnacked {
			t.Errorf("a viewer who acknowledges nothing got %d packets, want %d", n, maxUnacked)
		}
		packets, last := 0, ""
		for {
			got := seen(slow)
			if len(got) == 0 {
				break
			}
			packets += len(got)
			last = got[len(got)-1]
			slow.send(ack(uint64(packets)))
		}
		if packets > 4 {
			t.Errorf("the slow viewer had to read %d packets", packets)
		}
		if want := fmt.Sprintf("#%d g1 [3=1097 1=1098 2=1099 0=layout]", packets); !sameUnits(last, "2=1099") {
			t.Errorf("the slow viewer ends with %q, want something like %q", last, want)
		}
		if s.metrics.ScreenOverwrote.Load() == 0 {
			t.Error("what was overwritten is not counted")
		}
	})
}

func sameUnits(packet, unit string) bool {
	for i := range packet {
		if len(packet) >= i+len(unit) && packet[i:i+len(unit)] == unit {
			return true
		}
	}
	return false
}

func TestScreenRules(t *testing.T) {
	for _, tt := range []struct {
		name  string
		rep   bool
		sends []*pb.ScreenUp
		want  fault.Reason
	}{
		{"a rep sends a picture", true, []*pb.ScreenUp{pack(1, 1, update(1, "a"))}, fault.Forbidden},
		{"the customer acknowledges", false, []*pb.ScreenUp{ack(0)}, fault.Forbidden},
		{"a packet is left out", false, []*pb.ScreenUp{pack(2, 1)}, fault.Invalid},
		{"a packet comes twice", false, []*pb.ScreenUp{pack(1, 1), pack(1, 1)}, fault.Invalid},
		{"an acknowledgement from the future", true, []*pb.ScreenUp{ack(1)}, fault.Invalid},
		{"the customer says what it decodes", false, []*pb.ScreenUp{decodes8}, fault.Forbidden},
		{"a viewer says twice what it decodes", true, []*pb.ScreenUp{decodes8, decodes8}, fault.Invalid},
		{"a viewer says late what it decodes", true, []*pb.ScreenUp{ack(0), decodes8}, fault.Invalid},
		{"a viewer decodes too much", true, []*pb.ScreenUp{decoding(make([]pb.VideoCodec, maxCodecs+1)...)}, fault.Invalid},
		{"a step among keys", false, []*pb.ScreenUp{keySet(1, 1, true, stepUnit("a"))}, fault.Invalid},
		{"the end of a set that is none", false, []*pb.ScreenUp{complete(pack(1, 1, update(1, "a")))}, fault.Invalid},
		{"a unit that is too large", false, []*pb.ScreenUp{pack(1, 1, &pb.ScreenUnit{Sealed: make([]byte, maxUnit+1)})}, fault.Invalid},
	} {
		t.Run(tt.name, func(t *testing.T) {
			play(t, true, true, func(s *stage) {
				ana, jo := s.enter(s.whoAna()), s.enter(customer)
				jo.send(consent(true, true))
				jo.read()
				who := jo
				if tt.rep {
					who = ana
				}
				w := who.screen(100)
				w.send(tt.sends...)
				w.closedWith(tt.want)
				who.isOpen() // the Control lane is no worse for it
			})
		})
	}
	t.Run("a second lane takes the first one's place", func(t *testing.T) {
		play(t, true, true, func(s *stage) {
			jo := s.enter(customer)
			first := jo.screen(10)
			first.isOpen()
			second := jo.screen(10)
			first.closedWith(fault.CannotConnect)
			second.isOpen()
		})
	})
	t.Run("nothing unknown breaks a lane", func(t *testing.T) {
		play(t, true, true, func(s *stage) {
			jo := s.enter(customer)
			w := jo.screen(10)
			w.send(&pb.ScreenUp{})
			w.isOpen()
		})
	})
}

// TestPictureIsForgotten: nothing of the picture stays in the room once it may not be seen or its sharer is gone.
func TestPictureIsForgotten(t *testing.T) {
	for _, tt := range []struct {
		name string
		do   func(jo *person, picture *screenWire)
	}{
		{"sharing stops", func(jo *person, _ *screenWire) { jo.send(sharing(false)) }},
		{"the customer is gone", func(jo *person, _ *screenWire) { jo.lose() }},
		{"the Screen lane is gone", func(_ *person, picture *screenWire) { picture.lose() }},
		{"the session is over", func(jo *person, _ *screenWire) { jo.send(end(0, "")) }},
	} {
		t.Run(tt.name, func(t *testing.T) {
			play(t, true, true, func(s *stage) {
				ana, jo := s.enter(s.whoAna()), s.enter(customer)
				jo.send(consent(true, true))
				jo.read()
				picture := jo.screen(10)
				picture.send(pack(1, 1, update(1, "secret")))
				picture.read()
				room := s.room()
				if got := held(room); got == 0 {
					t.Fatal("nothing is held while the screen is shared")
				}
				tt.do(jo, picture)
				ana.read()
				if got := held(room); got != 0 {
					t.Errorf("%d bytes of the picture are still held", got)
				}
			})
		})
	}
}

func (s *stage) room() *Room {
	s.rooms.mu.Lock()
	defer s.rooms.mu.Unlock()
	return s.rooms.rooms[sessionID]
}

// held asks a room how much of a picture it holds; one that is over holds what it held at its end.
func held(r *Room) (n int) {
	if r.ask(func() { n = r.screen.bytes() }) != nil {
		return r.screen.bytes()
	}
	return n
}
