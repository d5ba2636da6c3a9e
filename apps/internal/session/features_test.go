package session

import (
	"context"
	"errors"
	"slices"
	"testing"
	"testing/synctest"
	"time"

	"deskhand/protocol/fault"
	"deskhand/protocol/pb"
	"deskhand/protocol/transport"
)

// feature runs a function and counts.
type feature struct {
	name  string
	run   func(ctx context.Context, in Room) error
	began chan Room
	ended chan struct{}
}

func newFeature(name string, run func(ctx context.Context, in Room) error) *feature {
	return &feature{name: name, run: run, began: make(chan Room, 100), ended: make(chan struct{}, 100)}
}

func (f *feature) Name() string { return f.name }

func (f *feature) Run(ctx context.Context, in Room) error {
	f.began <- in
	defer func() { f.ended <- struct{}{} }()
	return f.run(ctx, in)
}

func untilDone(ctx context.Context, _ Room) error {
	<-ctx.Done()
	return ctx.Err()
}

func TestFeatureSeesTheRoom(t *testing.T) {
	r := newRelay(t)
	f := newFeature("watch", untilDone)
	customer := start(t, r, Customer, nil)
	rep := start(t, r, Rep, func(c *Config) { c.Features = []Feature{f} })
	room := <-f.began
	if room.Role() != Rep || room.You() != 2 || room.Session() != testSession {
		t.Errorf("room: %v %d %s", room.Role(), room.You(), room.Session())
	}
	if _, ok := room.Epoch(); ok || room.State().Sharing || room.State().ControlAllowed {
		t.Errorf("something is allowed before the consent: %+v", room.State())
	}
	customer.until("has words", worded)
	customer.Allow(Consent{See: true, Control: true})
	limit := time.After(patience)
	for s := room.State(); !s.ControlAllowed || s.Epoch == 0; s = room.State() {
		select {
		case <-room.Changed():
		case <-limit:
			t.Fatalf("never allowed: %+v", room.State())
		}
	}
	if e, ok := room.Epoch(); !ok || e != epochOf(rep.Session) {
		t.Error("no epoch")
	}
	client, ctx, err := room.Lane(transport.LaneScreen)
	if err != nil {
		t.Fatal(err)
	}
	stream, err := client.Screen(ctx)
	if err != nil {
		t.Fatal(err)
	}
	rep.Leave()
	if _, err := stream.Recv(); err == nil {
		t.Error("the lane outlives the visit")
	}
	if err := rep.over(); err != nil {
		t.Fatal(err)
	}
	select {
	case <-f.ended:
	default:
		t.Error("Run has returned before its feature")
	}
	if _, _, err := room.Lane(transport.LaneScreen); !fault.Is(err, fault.CannotConnect) {
		t.Errorf("a lane after the visit: %v", err)
	}
}

// Between StopSharing and the customer's Yes a feature that asks before each packet sends none (G-05).
func TestNoTileAfterStop(t *testing.T) {
	r := newRelay(t)
	sent := make(chan bool) // unbuffered: each value was asked for after the last one had been taken
	f := newFeature("share", func(ctx context.Context, in Room) error {
		for {
			select {
			case sent <- in.State().Sharing:
			case <-ctx.Done():
				return ctx.Err()
			}
		}
	})
	customer := start(t, r, Customer, func(c *Config) {
		c.Features = []Feature{f}
		c.AutoConsent = &Consent{See: true, Control: true}
	})
	rep := start(t, r, Rep, nil)
	rep.until("sees", sharing)
	customer.until("shares", sharing)
	for !<-sent {
	}
	customer.StopSharing()
	<-sent // may have been asked before the stop
	for range 1000 {
		if <-sent {
			t.Fatal("a tile after the stop")
		}
	}
	rep.AskSharing(false)
	customer.until("is asked", asked)
	if <-sent {
		t.Fatal("a tile before the Yes")
	}
	customer.AnswerSharing(true)
	for !<-sent {
	}
}

func TestFeaturesRunAnew(t *testing.T) {
	r := newRelay(t)
	f := newFeature("watch", untilDone)
	rep := start(t, r, Rep, func(c *Config) { c.Features = []Feature{f} })
	first := <-f.began
	r.kick(2)
	<-f.ended
	if second := <-f.began; first == second {
		t.Error("the room of the first connection was used again")
	}
	rep.until("is back", phase(Consenting))
}

func TestFailingFeature(t *testing.T) {
	r := newRelay(t)
	bad := newFeature("share", func(context.Context, Room) error { return fault.New(fault.ScreenUnavailable, nil) })
	good := newFeature("control", untilDone)
	customer := start(t, r, Customer, func(c *Config) { c.Features = []Feature{bad, good} })
	s := customer.until("tells the fault", func(s Snapshot) bool { return s.FeatureFaults["share"] != "" })
	if s.FeatureFaults["share"] != fault.ScreenUnavailable || len(s.FeatureFaults) != 1 {
		t.Errorf("faults: %v", s.FeatureFaults)
	}
	rep := start(t, r, Rep, nil)
	customer.Say("still here")
	rep.until("hears", heard("still here"))
	if len(bad.began) != 1 || len(good.ended) != 0 {
		t.Error("a lasting fault was tried again, or ended another feature")
	}
}

// A feature whose lane broke is run again by itself, and is well again when it lasts.
func TestFeatureRecovers(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		tries := 0
		f := newFeature("share", func(ctx context.Context, _ Room) error {
			if tries++; tries < 3 {
				return fault.New(fault.TooSlow, errors.New("lane"))
			}
			return untilDone(ctx, nil)
		})
		ctx, cancel := context.WithCancel(t.Context())
		events := make(chan func())
		v := &visit{events: events}
		var told []fault.Reason
		v.featureFault = func(_ string, reason fault.Reason) { told = append(told, reason) }
		done := make(chan struct{})
		go func() {
			defer close(done)
			v.feature(ctx, f, &room{})
		}()
		began := time.Now()
		for range 3 {
			(<-events)()
		}
		if want := []fault.Reason{fault.TooSlow, fault.TooSlow, ""}; !slices.Equal(told, want) {
			t.Errorf("told %q, want %q", told, want)
		}
		if took := time.Since(began); took != featurePause+2*featurePause+featureSettled {
			t.Errorf("took %v", took)
		}
		cancel()
		<-done
	})
}

func TestPing(t *testing.T) {
	now := time.Unix(0, 0)
	a := welcomed(Customer)
	a.cfg.Clock = func() time.Time { return now }
	for _, tt := range []struct{ sample, want time.Duration }{
		{40 * time.Millisecond, 40 * time.Millisecond},
		{80 * time.Millisecond, 50 * time.Millisecond},
		{50 * time.Millisecond, 50 * time.Millisecond},
		{0, 37500 * time.Microsecond},
		{41 * time.Millisecond, 37500 * time.Microsecond},    // less than a millisecond more: nobody is told
		{41500 * time.Microsecond, 39200 * time.Microsecond}, // together, more than that
	} {
		before := a.s.Snapshot().Delay
		a.dirty = false
		a.sendPing()
		a.onPong(&pb.Pong{Mark: a.lane.pings.mark - 1}) // late, of the ping before
		now = now.Add(tt.sample)
		a.onPong(&pb.Pong{Mark: a.lane.pings.mark})
		a.onPong(&pb.Pong{Mark: a.lane.pings.mark}) // twice
		if a.dirty != (before != tt.want) {
			t.Errorf("after a sample of %v: told %v", tt.sample, a.dirty)
		}
		a.publish()
		if got := a.s.Snapshot().Delay; got != tt.want {
			t.Errorf("after a sample of %v: %v, want %v", tt.sample, got, tt.want)
		}
	}
}

// An idle session sends one ping in ten seconds and nothing else.
func TestIdleCostsNothing(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := newRelay(t)
		both(t, r)
		synctest.Wait()
		anything := func(*pb.ControlUp) bool { return true }
		before := r.count(anything)
		time.Sleep(time.Minute + time.Second)
		if n := r.count(anything) - before; n != 2*6 {
			t.Errorf("both sent %d messages in a minute, want 6 each", n)
		}
	})
}

// A relay that does not confirm the end is waited for, but not for ever; meanwhile nothing is shared.
func TestEndWithoutRelay(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		link := newSilentLink()
		s := New(Config{Link: link, SessionID: testSession, Role: Customer})
		done := make(chan error, 1)
		go func() { done <- s.Run(t.Context()) }()
		synctest.Wait()
		began := time.Now()
		s.End(OutcomeNone, "")
		synctest.Wait()
		if shot := s.Snapshot(); !shot.Ending || shot.Phase != Entering {
			t.Errorf("meanwhile: %+v", shot)
		}
		if err := <-done; err != nil {
			t.Errorf("Run: %v", err)
		}
		if took := time.Since(began); took != endPatience {
			t.Errorf("took %v", took)
		}
		if shot := s.Snapshot(); shot.Phase != Over || shot.EndCause != CustomerEnded {
			t.Errorf("afterwards: %+v", shot)
		}
	})
}

// While there is no connection the reason is shown.
func TestTellsWhyItWaits(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		link := newSilentLink()
		s := New(Config{Link: link, SessionID: testSession, Role: Rep})
		ctx, cancel := context.WithCancel(t.Context())
		done := make(chan error, 1)
		go func() { done <- s.Run(ctx) }()
		<-s.Changed()
		if shot := s.Snapshot(); shot.Fault != fault.CannotConnect || shot.Phase != Entering {
			t.Errorf("waiting: %+v", shot)
		}
		cancel()
		if err := <-done; !errors.Is(err, context.Canceled) {
			t.Errorf("Run: %v", err)
		}
	})
}

// silentLink never has a connection.
type silentLink struct{}

func newSilentLink() silentLink { return silentLink{} }

func (silentLink) Conn(ctx context.Context) (Conn, error) {
	<-ctx.Done()
	return nil, ctx.Err()
}
func (silentLink) Fault() fault.Reason { return fault.CannotConnect }

// Commands never block, whoever listens.
func TestCommandsNeverBlock(t *testing.T) {
	s := New(Config{SessionID: testSession, Role: Customer})
	for range commandQueue {
		s.Say("x")
	}
	for _, command := range []func(){
		func() { s.Say("y") },
		func() { s.SetTyping(true) },
		func() { s.Allow(Consent{See: true}) },
		func() { s.AnswerSharing(true) },
		func() { s.End(OutcomeNone, "") },
		func() { s.Leave() },
		s.NotNow, s.StopSharing,
	} {
		command()
	}
	if got := s.Snapshot().Dropped; got != 7 {
		t.Errorf("%d dropped, want 7 (StopSharing needs no queue)", got)
	}
}

// A lane whose writer does not keep up is given up instead of blocking the state.
func TestOutOverflow(t *testing.T) {
	a := welcomed(Customer)
	var cause error
	a.lane.visit.cancel = func(err error) { cause = err }
	for range outQueue + 1 {
		a.sendPing()
	}
	if !fault.Is(cause, fault.TooSlow) {
		t.Errorf("cause: %v", cause)
	}
}
