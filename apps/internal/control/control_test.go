package control_test

import (
	"errors"
	"slices"
	"testing"
	"testing/synctest"
	"time"

	"deskhand/apps/internal/control"
	"deskhand/apps/internal/inject"
	"deskhand/apps/internal/roomtest"
	"deskhand/apps/internal/session"
	"deskhand/protocol/fault"
	"deskhand/protocol/frame"
	"deskhand/protocol/pb"
	"deskhand/protocol/seal"
)

func TestEverythingArrives(t *testing.T) {
	perform(t, nil, func(s *scene) {
		sent := []frame.Event{
			move(1, 2),
			{Kind: frame.ButtonDown, Display: 2, X: 3, Y: 4, Button: frame.Left},
			{Kind: frame.ButtonUp, Display: 2, X: 3, Y: 4, Button: frame.Left},
			{Kind: frame.Wheel, Display: 2, X: 3, Y: 4, DY: -120},
			key(frame.KeyDown, frame.SymControlL), key(frame.KeyUp, frame.SymControlL),
			text('é'), text('你'),
			{Kind: frame.ReleaseAll},
		}
		for i := range 900 {
			sent = append(sent, text(rune('a'+i%26)))
		}
		s.sender.Send(sent...)
		s.expect(sent...)
		if n := s.sender.Dropped(); n != 0 {
			t.Errorf("%d events dropped", n)
		}
	})
}

func TestPositions(t *testing.T) {
	perform(t, nil, func(s *scene) {
		s.sender.Send(
			frame.Event{Kind: frame.Wheel, Display: 2, X: 9000, Y: 481, DY: 120},
			frame.Event{Kind: frame.ButtonDown, Display: 1, X: 1, Y: 1, Button: frame.Left},
			text('x'))
		s.expect(frame.Event{Kind: frame.Wheel, Display: 2, X: 639, Y: 479, DY: 120}, text('x'))
		if s.receiver.Refused() != 1 {
			t.Errorf("%d events refused, want the one of a display that is not there", s.receiver.Refused())
		}
	})
}

func TestMovesMerge(t *testing.T) {
	perform(t, nil, func(s *scene) {
		frames := 0
		s.relay.OnInput = func(*pb.InputDown) bool { frames++; return true }
		for i := range 600 {
			s.sender.Send(move(i, 0))
			time.Sleep(time.Millisecond)
		}
		time.Sleep(time.Second)
		got := s.applied()
		if last := got[len(got)-1]; last != move(599, 0) {
			t.Errorf("the last move is %+v", last)
		}
		if frames > 80 {
			t.Errorf("%d frames for 600 moves in 600 ms", frames)
		}
		s.sender.Send(move(5, 5))
		synctest.Wait()
		before := time.Now()
		s.sender.Send(move(6, 6), text('q')) // a key takes the move with it at once
		if got = s.applied(); got[len(got)-1] != text('q') || got[len(got)-2] != move(6, 6) || time.Since(before) > 0 {
			t.Errorf("done %+v after %v", got[len(got)-2:], time.Since(before))
		}
	})
}

// TestConsentIsLocal lets everything through but the customer's own machine.
func TestConsentIsLocal(t *testing.T) {
	perform(t, nil, func(s *scene) {
		s.sender.Send(text('a'))
		s.expect(text('a'))
		s.customer.Set(true, false) // the rep and the relay know nothing of it
		synctest.Wait()
		if s.closed != 1 {
			t.Error("what was held is not released")
		}
		s.sender.Send(text('b'), move(1, 1))
		s.expect(text('a'))
		s.customer.Set(true, true)
		synctest.Wait()
		s.sender.Send(text('c'))
		s.expect(text('a'), text('c'))
	})
}

func TestConsentBetweenTwoEvents(t *testing.T) {
	perform(t, nil, func(s *scene) {
		s.onApply = func(ev []frame.Event) error {
			if ev[0] == text('b') {
				s.customer.Set(true, false)
			}
			return nil
		}
		s.sender.Send(text('a'), text('b'), text('c'), text('d'))
		s.expect(text('a'), text('b'))
	})
}

func TestNothingIsTypedLater(t *testing.T) {
	perform(t, nil, func(s *scene) {
		s.allow(false)
		synctest.Wait()
		s.sender.Send(text('a'))
		s.allow(true)
		synctest.Wait()
		s.sender.Send(text('b'))
		_ = s.stopSender()
		s.sender.Send(text('c'))
		s.stopSender, s.senderEnded = roomtest.Run(s.t, s.sender, s.rep)
		synctest.Wait()
		s.sender.Send(text('d'))
		s.expect(text('b'), text('d'))
		if n := s.sender.Dropped(); n != 2 {
			t.Errorf("%d events counted as dropped, want 2", n)
		}
	})
}

func TestTooMuch(t *testing.T) {
	blocked := make(chan struct{})
	perform(t, func(s *scene) {
		blocked = make(chan struct{})
		s.relay.OnInput = func(*pb.InputDown) bool { <-blocked; return true }
	}, func(s *scene) {
		for range 200 {
			s.sender.Send(text('x'), move(1, 1))
		}
		synctest.Wait()
		var keys []frame.Event
		for range 200_000 {
			keys = append(keys, text('k'))
		}
		for len(keys) > 0 { // until even what the connection holds is full
			s.sender.Send(keys[:1000]...)
			keys = keys[1000:]
			synctest.Wait()
		}
		close(blocked)
		if err := <-s.senderEnded; !fault.Is(err, fault.TooSlow) {
			t.Errorf("Run = %v", err)
		}
		got := s.applied()
		if last := got[len(got)-1]; last.Kind != frame.ReleaseAll {
			t.Errorf("the last event is %+v, want everything released", last)
		}
		if s.sender.Dropped() == 0 {
			t.Error("the loss was not counted")
		}
	})
}

func TestLostConnection(t *testing.T) {
	perform(t, nil, func(s *scene) {
		s.sender.Send(key(frame.KeyDown, frame.SymShiftL))
		s.expect(key(frame.KeyDown, frame.SymShiftL))
		s.relay.Cut()
		for _, ended := range []<-chan error{s.senderEnded, s.receiverEnded} {
			if err := <-ended; !fault.Is(err, fault.CannotConnect) {
				t.Errorf("Run = %v", err)
			}
		}
		if s.closed != 1 {
			t.Error("Shift is still held")
		}
		s.start()
		s.sender.Send(text('z'))
		s.expect(key(frame.KeyDown, frame.SymShiftL), text('z'))
	})
}

func TestNewEpoch(t *testing.T) {
	perform(t, nil, func(s *scene) {
		s.sender.Send(text('a'))
		synctest.Wait()
		s.epoch(2)
		s.sender.Send(text('b'))
		s.expect(text('a'), text('b'))
		// The rep learns late: what it seals with the old key is lost, and what is held is let go.
		closed := s.closed
		customer, rep := roomtest.Admit(t, 3, 2, 3)
		s.customer.SetEpoch(customer)
		synctest.Wait()
		s.sender.Send(text('c'))
		s.expect(text('a'), text('b'))
		s.rep.SetEpoch(rep)
		s.sender.Send(text('d'))
		s.expect(text('a'), text('b'), text('d'))
		if s.closed == closed {
			t.Error("nothing was released")
		}
		time.Sleep(10 * time.Second)
		customer, _ = roomtest.Admit(t, 4, 2, 4)
		s.customer.SetEpoch(customer)
		time.Sleep(10 * time.Second)
		s.sender.Send(text('e')) // long after: no accident
		if err := <-s.receiverEnded; !fault.Is(err, fault.SealBroken) {
			t.Errorf("Run = %v", err)
		}
	})
}

// TestBrokenSeals has a relay that tampers: nothing is done and the lane closes.
func TestBrokenSeals(t *testing.T) {
	var first []byte
	for _, tt := range []struct {
		name   string
		tamper func(*pb.InputDown)
	}{
		{"changed", func(f *pb.InputDown) { f.Sealed[len(f.Sealed)-1] ^= 1 }},
		{"repeated", func(f *pb.InputDown) { f.Sealed = first }},
		{"not sealed", func(f *pb.InputDown) { f.Sealed = frame.AppendEvents(nil, []frame.Event{text('x')}) }},
		{"another's name", func(f *pb.InputDown) { f.From = 3 }},
		{"empty", func(f *pb.InputDown) { f.Sealed = nil }},
	} {
		t.Run(tt.name, func(t *testing.T) {
			bad := false
			perform(t, func(s *scene) {
				first = nil
				s.relay.OnInput = func(f *pb.InputDown) bool {
					if first == nil {
						first = slices.Clone(f.Sealed)
					}
					if bad {
						tt.tamper(f)
					}
					return true
				}
			}, func(s *scene) {
				s.sender.Send(text('a'))
				s.expect(text('a'))
				bad = true
				s.sender.Send(text('b'))
				if err := <-s.receiverEnded; !fault.Is(err, fault.SealBroken) {
					t.Errorf("Run = %v", err)
				}
				s.expect(text('a'))
				if s.closed != 1 {
					t.Error("what was held is not released")
				}
			})
		})
	}
}

// TestReplayAfterReconnect gives the customer's next lane what the last one carried.
func TestReplayAfterReconnect(t *testing.T) {
	var kept []byte
	perform(t, func(s *scene) {
		s.relay.OnInput = func(f *pb.InputDown) bool {
			if kept == nil {
				kept = slices.Clone(f.Sealed)
			}
			f.Sealed = kept
			return true
		}
	}, func(s *scene) {
		s.sender.Send(text('a'))
		s.expect(text('a'))
		_ = s.stopReceiver()
		s.stopReceiver, s.receiverEnded = roomtest.Run(s.t, s.receiver, s.customer)
		synctest.Wait()
		s.sender.Send(text('b'))
		if err := <-s.receiverEnded; !fault.Is(err, fault.SealBroken) {
			t.Errorf("Run = %v", err)
		}
		s.expect(text('a'))
	})
}

// TestNonsense is what an attendee with the key can send and no program of ours does.
func TestNonsense(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := &scene{t: t, relay: roomtest.NewRelay(t)}
		s.receiver = control.NewReceiver(func() (inject.Target, error) { return target{s}, nil }, nil, nil)
		s.customer, s.rep = s.relay.Join(t, 1), s.relay.Join(t, 2)
		s.epoch(1)
		s.allow(true)
		_, ended := roomtest.Run(t, s.receiver, s.customer)
		synctest.Wait()
		client, ctx, _ := s.rep.Lane(0)
		stream, err := client.Input(ctx)
		if err != nil {
			t.Fatal(err)
		}
		epoch, _ := s.rep.Epoch()
		sealed, err := seal.NewSealer(epoch, roomtest.SessionID, 2, seal.LaneInput).Seal(nil, []byte{200, 1, 2}, nil)
		if err != nil {
			t.Fatal(err)
		}
		if err := stream.Send(&pb.InputUp{Sealed: sealed}); err != nil {
			t.Fatal(err)
		}
		if err := <-ended; !fault.Is(err, fault.Invalid) {
			t.Errorf("Run = %v", err)
		}
		s.expect()
	})
}

func TestInputUnavailable(t *testing.T) {
	perform(t, func(s *scene) {
		s.receiver = control.NewReceiver(func() (inject.Target, error) {
			return nil, fault.New(fault.InputUnavailable, errors.New("none"))
		}, nil, nil)
	}, func(s *scene) {
		s.sender.Send(text('a'))
		if err := <-s.receiverEnded; !fault.Is(err, fault.InputUnavailable) {
			t.Errorf("Run = %v", err)
		}
	})
}

var (
	_ session.Feature = (*control.Sender)(nil)
	_ session.Feature = (*control.Receiver)(nil)
)
