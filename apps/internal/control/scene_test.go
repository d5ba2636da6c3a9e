package control_test

import (
	"slices"
	"sync"
	"testing"
	"testing/synctest"

	"deskhand/apps/internal/control"
	"deskhand/apps/internal/inject"
	"deskhand/apps/internal/roomtest"
	"deskhand/protocol/frame"
)

// target notes what is done to it.
type target struct {
	s *scene
}

func (t target) Displays() ([]frame.Display, error) {
	return []frame.Display{{ID: 2, X: 100, Y: 50, W: 640, H: 480}}, nil
}

func (t target) Apply(ev []frame.Event) error {
	t.s.mu.Lock()
	defer t.s.mu.Unlock()
	t.s.done = append(t.s.done, ev...)
	if t.s.onApply != nil {
		return t.s.onApply(ev)
	}
	return nil
}

func (t target) Close() error {
	t.s.mu.Lock()
	defer t.s.mu.Unlock()
	t.s.closed++
	return nil
}

type scene struct {
	t             *testing.T
	relay         *roomtest.Relay
	customer, rep *roomtest.Room
	sender        *control.Sender
	receiver      *control.Receiver

	mu             sync.Mutex
	done           []frame.Event
	opened, closed int
	onApply        func([]frame.Event) error

	stopSender, stopReceiver   func() error
	senderEnded, receiverEnded <-chan error
}

func perform(t *testing.T, prepare func(*scene), play func(*scene)) {
	synctest.Test(t, func(t *testing.T) {
		s := &scene{t: t, relay: roomtest.NewRelay(t), sender: control.NewSender()}
		s.receiver = control.NewReceiver(func() (inject.Target, error) {
			s.opened++
			return target{s}, nil
		}, nil, nil)
		if prepare != nil {
			prepare(s)
		}
		s.customer, s.rep = s.relay.Join(t, 1), s.relay.Join(t, 2)
		s.epoch(1)
		s.allow(true)
		s.start()
		play(s)
	})
}

func (s *scene) start() {
	s.stopReceiver, s.receiverEnded = roomtest.Run(s.t, s.receiver, s.customer)
	synctest.Wait() // frames that nobody takes are dropped
	s.stopSender, s.senderEnded = roomtest.Run(s.t, s.sender, s.rep)
	synctest.Wait()
}

func (s *scene) epoch(number uint32) {
	customer, rep := roomtest.Admit(s.t, number, 2, number)
	s.customer.SetEpoch(customer)
	s.rep.SetEpoch(rep)
}

func (s *scene) allow(control bool) {
	s.customer.Set(true, control)
	s.rep.Set(true, control)
}

func (s *scene) applied() []frame.Event {
	synctest.Wait()
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.Clone(s.done)
}

func (s *scene) expect(want ...frame.Event) {
	s.t.Helper()
	if got := s.applied(); !slices.Equal(got, want) {
		s.t.Errorf("done %+v, want %+v", got, want)
	}
}

func move(x, y int) frame.Event {
	return frame.Event{Kind: frame.PointerMove, Display: 2, X: x, Y: y}
}

func text(r rune) frame.Event { return frame.Event{Kind: frame.Text, Rune: r} }

func key(k frame.Kind, s frame.Keysym) frame.Event { return frame.Event{Kind: k, Sym: s} }
