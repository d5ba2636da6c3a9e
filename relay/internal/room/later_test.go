package room

import (
	"fmt"
	"slices"
	"testing"
	"testing/synctest"

	"deskhand/protocol/pb"
)

// later sends small steps whose acknowledgement nobody waits for.
func (s *shared) later(n int) {
	for range n {
		s.sent++
		p := pack(s.sent, 1, stepUnit("x"))
		p.GetPacket().Later = true
		s.from.send(p)
		synctest.Wait() // each is passed on alone
	}
}

// marks tells which of the packets that a viewer got are marked.
func marks(w *screenWire) (marked, plain []uint64) {
	for _, m := range w.read() {
		if p := m.GetPacket(); p.GetLater() {
			marked = append(marked, p.GetNumber())
		} else if p != nil {
			plain = append(plain, p.GetNumber())
		}
	}
	return marked, plain
}

// TestNobodyWaits: small packets that nobody waits for bring no acknowledgement back, on either hop, until one comes that
// somebody waits for.
func TestNobodyWaits(t *testing.T) {
	show(t, 2, func(s *shared) {
		s.sends(stepUnit("first"))
		for _, w := range s.watch {
			seen(w)
			w.send(ack(1))
		}
		s.wants("the first packet", seen(s.from), []string{"ack 1"})
		s.later(3)
		for _, w := range s.watch {
			if marked, plain := marks(w); !slices.Equal(marked, []uint64{2, 3, 4}) || plain != nil {
				t.Errorf("of three small packets %v are marked and %v not", marked, plain)
			}
		}
		s.wants("nobody waits", seen(s.from), nil)
		s.sends(stepUnit("awaited"))
		synctest.Wait()
		s.later(1)
		if marked, plain := marks(s.watch[0]); marked != nil || !slices.Equal(plain, []uint64{5, 6}) {
			t.Errorf("with one awaited %v are marked and %v not", marked, plain)
		}
		s.wants("it is on its way", seen(s.from), nil)
		s.watch[0].send(ack(6))
		s.wants("it was shown", seen(s.from), []string{"ack 6"})
	})
}

// TestWhatIsNeverMarked lists what a viewer has to acknowledge although the customer does not wait for it.
func TestWhatIsNeverMarked(t *testing.T) {
	for _, tt := range []struct {
		name string
		send func(s *shared)
		want []uint64 // numbers of the packets that are not marked
	}{
		{"what comes while another one is on its way", func(s *shared) { s.sends(stepUnit("a")); synctest.Wait(); s.later(2) }, []uint64{1, 2, 3}},
		{"every thirty-third in a row", func(s *shared) { s.later(maxLoose + 1) }, []uint64{maxLoose + 1}},
		{"too many bytes in a row", func(s *shared) {
			s.sent++
			p := pack(s.sent, 1, heavy(maxLooseBytes+1))
			p.GetPacket().Later = true
			s.from.send(p)
		}, []uint64{1}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			show(t, 1, func(s *shared) {
				tt.send(s)
				if _, plain := marks(s.watch[0]); fmt.Sprint(plain) != fmt.Sprint(tt.want) {
					t.Errorf("%v are not marked, want %v", plain, tt.want)
				}
			})
		})
	}
}

// TestMarksAreTheRoomsOwn: a viewer that is given several packets of the customer in one has to acknowledge it when one of
// them is awaited.
func TestMarksAreTheRoomsOwn(t *testing.T) {
	show(t, 1, func(s *shared) {
		slow := s.reps[0].screen(0) // a packet waits until it is read
		seen(s.from)
		s.later(1)
		s.sends(stepUnit("awaited"))
		s.later(1)
		var all []*pb.ScreenPacket
		for _, m := range slow.read() {
			all = append(all, m.GetPacket())
		}
		if len(all) == 0 || all[len(all)-1].GetLater() {
			t.Errorf("%d packets, the last one marked: %v", len(all), len(all) > 0)
		}
	})
}
