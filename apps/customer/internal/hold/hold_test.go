package hold

import (
	"context"
	"testing"

	"deskhand/apps/internal/session"
)

// fakeRoom permits everything.
type fakeRoom struct {
	session.Room
	changed chan struct{}
}

func (f fakeRoom) State() session.State {
	return session.State{Sharing: true, ControlAllowed: true, Epoch: 7}
}
func (f fakeRoom) Changed() <-chan struct{} { return f.changed }

// probe is a feature that tells what it sees whenever it is woken.
type probe struct{ seen chan session.State }

func (p probe) Name() string { return "probe" }

func (p probe) Run(ctx context.Context, in session.Room) error {
	p.seen <- in.State()
	for {
		select {
		case <-in.Changed():
			p.seen <- in.State()
		case <-ctx.Done():
			return ctx.Err()
		}
	}
}

func TestCC04HeldFeaturesSeeNothingPermitted(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	in := fakeRoom{changed: make(chan struct{}, 1)}
	p := probe{make(chan session.State)}
	gate := &Gate{}
	ended := make(chan error, 1)
	go func() { ended <- gate.Feature(p).Run(ctx, in) }()

	open := session.State{Sharing: true, ControlAllowed: true, Epoch: 7}
	held := session.State{Epoch: 7}
	steps := []struct {
		name string
		do   func()
		want session.State
	}{
		{"at first", func() {}, open},
		{"held", func() { gate.Hold(true) }, held},
		{"news while held", func() { in.changed <- struct{}{} }, held},
		{"let go", func() { gate.Hold(false) }, open},
		{"news afterwards", func() { in.changed <- struct{}{} }, open},
	}
	for _, step := range steps {
		step.do()
		if got := <-p.seen; got != step.want {
			t.Errorf("%s: the feature sees %+v, want %+v", step.name, got, step.want)
		}
	}
	cancel()
	if err := <-ended; err != context.Canceled {
		t.Errorf("Run = %v", err)
	}
	if len(gate.rooms) != 0 {
		t.Error("the gate still knows the room of a feature that has ended")
	}
}

func TestHoldBeforeTheFeatureRuns(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	gate := &Gate{}
	gate.Hold(true)
	p := probe{make(chan session.State)}
	ended := make(chan error, 1)
	go func() { ended <- gate.Feature(p).Run(ctx, fakeRoom{changed: make(chan struct{})}) }()
	if got := <-p.seen; got.Sharing || got.ControlAllowed {
		t.Errorf("a feature that starts while the gate holds sees %+v", got)
	}
	cancel()
	<-ended
}
