package desk

import (
	"context"
	"errors"
	"sync/atomic"
	"testing"

	"google.golang.org/grpc"

	"deskhand/apps/internal/session/sessiontest"
	"deskhand/protocol/fault"
	"deskhand/protocol/pb"
)

func TestDo(t *testing.T) {
	r := &relay{}
	link := sessiontest.New(t, func(s *grpc.Server) { pb.RegisterDeskServer(s, r) })
	d := New(Config{Link: link})
	var finished atomic.Int64
	results := make(chan error, maxJobs+workers+10)
	done := func(err error) {
		finished.Add(1)
		results <- err
	}
	// Before Run jobs wait; a login is one of them.
	d.Do(func(ctx context.Context) error { return d.Login(ctx, "ana@example.com", "Right1!") }, done)
	for range maxJobs - 1 {
		d.Do(func(context.Context) error { return nil }, done)
	}
	d.Do(func(context.Context) error { return nil }, done)
	if err := <-results; !fault.Is(err, fault.TooSlow) || finished.Load() != 1 {
		t.Fatalf("too many: %v", err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	over := make(chan error, 1)
	r.first = []*pb.DeskEvent{ready()}
	go func() { over <- d.Run(ctx) }()
	for range maxJobs {
		if err := <-results; err != nil {
			t.Errorf("job: %v", err)
		}
	}
	if d.Token() == "" {
		t.Error("not logged in")
	}
	// Run waits for what runs, and fails what waits.
	running := make(chan struct{}, workers)
	for range workers + 5 {
		d.Do(func(ctx context.Context) error {
			running <- struct{}{}
			<-ctx.Done()
			return ctx.Err()
		}, done)
	}
	for range workers {
		<-running
	}
	cancel()
	if err := <-over; !errors.Is(err, context.Canceled) {
		t.Errorf("Run: %v", err)
	}
	if n := finished.Load(); n != 1+maxJobs+workers+5 {
		t.Errorf("%d jobs have finished when Run returns", n)
	}
	d.Do(func(context.Context) error { return nil }, func(err error) {
		if !fault.Is(err, fault.LoggedOut) {
			t.Errorf("after Run: %v", err)
		}
		finished.Add(1)
	})
	d.Do(func(context.Context) error { return nil }, nil)
	if finished.Load() != 1+maxJobs+workers+6 {
		t.Error("done was not called")
	}
}
