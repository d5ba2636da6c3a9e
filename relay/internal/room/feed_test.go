package room

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"deskhand/protocol/frame"
	"deskhand/protocol/pb"
)

func stepUnit(text string) *pb.ScreenUnit { return update(uint32(frame.StepSlot), text) }

// heavy is a step of so many bytes.
func heavy(bytes int) *pb.ScreenUnit { return stepUnit(strings.Repeat("x", bytes)) }

func keySet(number uint64, generation uint32, last bool, units ...*pb.ScreenUnit) *pb.ScreenUp {
	up := pack(number, generation, units...)
	up.GetPacket().Keys = true
	if last {
		return complete(up)
	}
	return up
}

func complete(up *pb.ScreenUp) *pb.ScreenUp {
	up.GetPacket().Complete = true
	return up
}

func decoding(codecs ...pb.VideoCodec) *pb.ScreenUp {
	return &pb.ScreenUp{Message: &pb.ScreenUp_Decodes{Decodes: &pb.ScreenDecodes{Codecs: codecs}}}
}

var decodes8 = decoding(pb.VideoCodec_VIDEO_VP8)

// shared is a stage on which the customer shares with some reps who watch.
type shared struct {
	*stage
	jo    *person
	from  *screenWire
	reps  []*person
	watch []*screenWire
	sent  uint64
}

// show plays a test with so many viewers, all of them in step.
func show(t *testing.T, viewers int, f func(s *shared)) {
	t.Helper()
	play(t, true, true, func(stage *stage) {
		s := &shared{stage: stage, jo: stage.enter(customer)}
		for i := range viewers {
			s.reps = append(s.reps, s.enter(rep(int64(70+i), fmt.Sprint("Rep ", i))))
		}
		s.jo.send(consent(true, true))
		s.jo.read()
		s.from = s.jo.screen(10000)
		for _, one := range s.reps {
			s.watch = append(s.watch, one.screen(10000))
		}
		seen(s.from)
		f(s)
	})
}

// sends sends packets of the customer in generation 1.
func (s *shared) sends(units ...*pb.ScreenUnit) {
	for _, u := range units {
		s.sent++
		s.from.send(pack(s.sent, 1, u))
	}
}

func (s *shared) sendsKeys(last bool, units ...*pb.ScreenUnit) {
	s.sent++
	s.from.send(keySet(s.sent, 1, last, units...))
}

func (s *shared) counts(what string, got, want int64) {
	s.t.Helper()
	if got != want {
		s.t.Errorf("%s: %d, want %d", what, got, want)
	}
}

func TestAcknowledgementsGoFromEndToEnd(t *testing.T) {
	show(t, 2, func(s *shared) {
		for i, u := range []*pb.ScreenUnit{update(0, "layout"), stepUnit("a"), stepUnit("b")} {
			s.sends(u)
			for _, w := range s.watch {
				s.wants("a viewer", seen(w), []string{fmt.Sprintf("#%d g1 %v", i+1, texts([]*pb.ScreenUnit{u}))})
			}
		}
		s.wants("before anybody has shown anything", seen(s.from), nil)
		s.watch[0].send(ack(2))
		s.wants("one viewer has shown two packets", seen(s.from), []string{"ack 2"})
		s.watch[1].send(ack(1))
		s.wants("the other one is behind", seen(s.from), nil)
		s.watch[1].send(ack(3))
		s.wants("now it is ahead", seen(s.from), []string{"ack 3"})
		s.sends(stepUnit("c"))
		s.watch[0].read()
		s.watch[0].lose()
		s.wants("the one that had all is gone", seen(s.from), nil)
		s.watch[1].lose()
		s.wants("nobody is there any more", seen(s.from), []string{"ack 4"})
		s.sends(stepUnit("d"), stepUnit("e"))
		if got := seen(s.from); len(got) == 0 || got[len(got)-1] != "ack 6" {
			t.Errorf("alone the customer hears %q", got)
		}
	})
}

func TestOneViewerPacesTheCustomer(t *testing.T) {
	show(t, 1, func(s *shared) {
		s.sends(stepUnit("a"))
		seen(s.watch[0])
		time.Sleep(time.Hour) // of the bubble's time
		s.wants("a viewer that shows nothing", seen(s.from), nil)
		s.watch[0].send(ack(1))
		s.wants("it has shown it", seen(s.from), []string{"ack 1"})
	})
}

func TestStepsComeInOrderAndWhole(t *testing.T) {
	show(t, 1, func(s *shared) {
		slow := s.reps[0].screen(0) // a packet waits until it is read
		seen(s.from)
		var want []string
		for i := range 50 {
			s.sends(stepUnit(fmt.Sprint(i)), update(uint32(frame.CursorSlot), fmt.Sprint(i)))
			want = append(want, fmt.Sprintf("step=%d", i))
		}
		var got []string
		packets, cursors := 0, 0
		for _, m := range slow.read() {
			packets++
			for _, text := range texts(m.GetPacket().GetUnits()) {
				if strings.HasPrefix(text, "step=") {
					got = append(got, text)
				} else {
					cursors++
				}
			}
		}
		s.wants("steps", got, want)
		if packets > 3 || cursors > 3 {
			t.Errorf("they came in %d packets with the pointer %d times", packets, cursors)
		}
	})
}

// behind puts the second of two viewers out of step: it has got two packets, the other one has seen all.
func behind(s *shared) {
	s.sends(update(0, "layout"), stepUnit("first"))
	s.watch[0].read()
	s.watch[1].read()
	s.watch[0].send(ack(2))
	for range 2 {
		s.sends(heavy(lagBytes))
		time.Sleep(lagFor)
		s.watch[0].read()
		s.watch[0].send(ack(s.sent))
	}
	s.watch[1].read()
	for s.metrics.ScreenOutOfStep.Load() == 0 && s.sent < 1000 {
		s.sends(heavy(lagBytes))
		time.Sleep(lagFor)
		s.watch[0].read()
		s.watch[0].send(ack(s.sent))
	}
	s.watch[1].read()
	seen(s.from)
}

// packets counts what a viewer was sent so far.
func packets(s *shared, viewer uint32) (n uint64) {
	_ = s.room().ask(func() { n = s.room().attendees[viewer].screen.sent })
	return n
}

func TestKeysPutAViewerBackIntoStep(t *testing.T) {
	show(t, 2, func(s *shared) {
		behind(s)
		s.counts("out of step", s.metrics.ScreenOutOfStep.Load(), 1)
		s.wants("before it has acknowledged what it got", seen(s.from), nil)
		number := packets(s, 3)
		s.watch[1].send(ack(number))
		s.wants("after", seen(s.from), []string{"keys wanted"})
		s.sendsKeys(false, update(1, "key 1"))
		s.sends(stepUnit("between"))
		s.sendsKeys(false, update(2, "key 2"))
		s.wants("until the set is whole", seen(s.watch[1]), nil)
		s.sendsKeys(true, update(1, "key 1 anew"))
		s.sends(stepUnit("after"))
		s.wants("the viewer", seen(s.watch[1]), []string{
			fmt.Sprintf("#%d g1 [2=key 2 1=key 1 anew] keys complete", number+1),
			fmt.Sprintf("#%d g1 [step=after]", number+2),
		})
		if got := fmt.Sprint(seen(s.watch[0])); strings.Contains(got, "key") || !strings.Contains(got, "[step=between]") {
			t.Errorf("the viewer in step gets %s", got)
		}
		s.sends(stepUnit("more"))
		s.wants("it stays in step", seen(s.watch[1]), []string{fmt.Sprintf("#%d g1 [step=more]", number+3)})
		s.counts("sets asked for", s.metrics.ScreenKeysAsked.Load(), 1)
	})
}

// TestAFullRingPutsAViewerOutOfStep: a viewer whose line takes nothing lets the ring run over.
func TestAFullRingPutsAViewerOutOfStep(t *testing.T) {
	for _, tt := range []struct {
		name  string
		step  func() *pb.ScreenUnit
		steps int
	}{
		{"of steps", func() *pb.ScreenUnit { return stepUnit("s") }, maxSteps},
		{"of bytes", func() *pb.ScreenUnit { return heavy(maxUnit) }, maxStepBytes / maxUnit},
	} {
		t.Run(tt.name, func(t *testing.T) {
			show(t, 1, func(s *shared) {
				stuck := s.enter(rep(90, "Stuck")).screen(0)
				seen(s.from)
				s.sent++
				s.from.send(pack(1, 2, stepUnit("on its way")))
				next := func() {
					s.sent++
					s.from.send(pack(s.sent, 2, tt.step()))
					s.watch[0].read()
					s.watch[0].send(ack(packets(s, 2)))
				}
				for range tt.steps {
					next()
				}
				seen(s.from)
				s.counts("with a full ring", s.metrics.ScreenOutOfStep.Load(), 0)
				next()
				seen(s.from)
				s.counts("with one step more", s.metrics.ScreenOutOfStep.Load(), 1)
				s.counts("steps it will not get", s.metrics.ScreenSkipped.Load(), int64(tt.steps)+1)
				if got := seen(stuck); len(got) != 1 {
					t.Errorf("it gets %d packets", len(got))
				}
				stuck.send(ack(1))
				s.wants("the customer", seen(s.from), []string{"keys wanted"})
			})
		})
	}
}

func TestAStalledViewerDoesNotKeepKeysFromAnother(t *testing.T) {
	for _, tt := range []struct {
		name  string
		stall func(s *shared)
	}{
		{"it says nothing", func(*shared) { time.Sleep(2 * stallFor) }},
		{"it says the same again and again", func(s *shared) {
			for range 20 {
				time.Sleep(stallFor / 10)
				s.watch[0].send(ack(1))
			}
		}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			show(t, 2, func(s *shared) {
				behind(s)
				s.watch[1].send(ack(packets(s, 3)))
				s.wants("the customer", seen(s.from), []string{"keys wanted"})
				s.sends(stepUnit("a"))
				s.watch[0].read() // and it shows nothing any more
				s.wants("the one in step holds the customer up", seen(s.from), nil)
				tt.stall(s)
				s.wants("but not for ever", seen(s.from), []string{fmt.Sprint("ack ", s.sent)})
				s.sendsKeys(true, update(1, "key"))
				if got := seen(s.watch[1]); len(got) != 1 || !strings.HasSuffix(got[0], "[1=key] keys complete") {
					t.Errorf("the one that waited gets %q", got)
				}
				s.wants("it paces the customer now", seen(s.from), nil)
				s.watch[1].send(ack(packets(s, 3)))
				s.wants("and goes on", seen(s.from), []string{fmt.Sprint("ack ", s.sent)})
			})
		})
	}
}

// TestAViewerStallsOnItsWayBack: it has got a part of its keys when another one needs newer ones.
func TestAViewerStallsOnItsWayBack(t *testing.T) {
	show(t, 1, func(s *shared) {
		halfway, waits := s.enter(rep(90, "Halfway")).screen(0), s.enter(rep(91, "Waits")).screen(0)
		seen(s.from)
		takes := func(w *screenWire, id uint32) {
			w.read()
			w.send(ack(packets(s, id)))
		}
		fallBehind := func(viewers int64) {
			for viewers += s.metrics.ScreenOutOfStep.Load(); s.metrics.ScreenOutOfStep.Load() < viewers && s.sent < 1000; {
				s.sends(heavy(lagBytes))
				time.Sleep(lagFor)
				takes(s.watch[0], 2)
			}
			seen(s.from)
		}
		fallBehind(2)
		takes(halfway, 3)
		takes(waits, 4)
		s.wants("the customer", seen(s.from), []string{"keys wanted"})
		for i := range uint32(2 * maxFlight / packetBytes) {
			s.sendsKeys(false, update(i, strings.Repeat("k", packetBytes)))
		}
		s.sendsKeys(true)
		halfway.read() // and nothing comes back from it any more
		for range 2 * maxFlight / packetBytes {
			takes(waits, 4)
		}
		fallBehind(1)
		takes(waits, 4)
		s.wants("the customer, for newer ones", seen(s.from), []string{"keys wanted"})
		s.watch[0].lose()
		s.sends(stepUnit("a"))
		s.wants("the one halfway holds the customer up", seen(s.from), nil)
		time.Sleep(2 * stallFor)
		s.wants("but not for ever", seen(s.from), []string{fmt.Sprint("ack ", s.sent)})
		takes(halfway, 3)
		s.wants("it is heard again", seen(s.from), nil)
		s.sends(stepUnit("b"))
		s.wants("it paces the customer again", seen(s.from), nil)
	})
}

func TestAGenerationPutsEverybodyInStep(t *testing.T) {
	show(t, 2, func(s *shared) {
		behind(s)
		s.sent++
		s.from.send(pack(s.sent, 2, update(0, "layout"), stepUnit("anew")))
		seen(s.from)
		s.watch[1].send(ack(packets(s, 3)))
		for i, w := range s.watch {
			if got := seen(w); len(got) != 1 || !strings.HasSuffix(got[0], "g2 [0=layout step=anew]") {
				t.Errorf("viewer %d gets %q", i, got)
			}
		}
		for _, got := range seen(s.from) {
			if got == "keys wanted" {
				t.Error("keys are wanted that nobody needs")
			}
		}
	})
}

func TestALateViewerWaitsForItsGeneration(t *testing.T) {
	show(t, 1, func(s *shared) {
		s.sends(update(0, "layout"), stepUnit("a"))
		s.watch[0].read()
		late := s.enter(rep(90, "Late")).screen(100)
		s.wants("the late viewer", seen(late), nil)
		s.wants("what is void needs no viewer", seen(s.from), []string{"refresh", "ack 2"})
		s.sends(stepUnit("b"))
		s.wants("nor does what still comes", seen(s.from), []string{"ack 3"})
		s.sent++
		s.from.send(pack(s.sent, 2, update(0, "layout"), stepUnit("c")))
		s.wants("the late viewer", seen(late), []string{"#1 g2 [0=layout step=c]"})
		s.wants("the customer waits again", seen(s.from), nil)
		late.send(ack(1))
		s.wants("for whoever comes first", seen(s.from), []string{"ack 4"})
	})
}

// TestNothingBuildsOnWhatWasRefused: a step that comes when sharing has begun again must not follow what was dropped.
func TestNothingBuildsOnWhatWasRefused(t *testing.T) {
	show(t, 1, func(s *shared) {
		s.sends(update(0, "layout"), stepUnit("a"))
		s.watch[0].read()
		s.jo.send(sharing(false))
		s.jo.read()
		s.wants("what was under way", seen(s.from), []string{"ack 2"})
		s.sends(stepUnit("refused"))
		s.reps[0].send(askSharing(false))
		s.jo.read()
		s.jo.send(answerSharing(true))
		s.jo.read()
		s.sends(stepUnit("on its way before the customer knew"))
		s.wants("the viewer", seen(s.watch[0]), nil)
		s.sent++
		s.from.send(pack(s.sent, 2, update(0, "layout"), stepUnit("b")))
		s.wants("the viewer", seen(s.watch[0]), []string{"#3 g2 [0=layout step=b]"})
	})
}
