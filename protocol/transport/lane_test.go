package transport

import (
	"context"
	"errors"
	"net"
	"testing"
	"time"
)

func TestLanes(t *testing.T) {
	for _, path := range paths {
		t.Run(path.name, func(t *testing.T) {
			checkLeaks(t)
			s := newStage(t, path.quic, path.tcp)
			c := s.dial(t)
			if c.Path() != path.name {
				t.Errorf("path is %s, want %s", c.Path(), path.name)
			}
			for _, l := range allLanes() {
				wantRoundTrip(t, c, l)
			}
			for range allLanes() {
				host, _, err := net.SplitHostPort((<-s.arrived).String())
				if err != nil || host != "127.0.0.1" {
					t.Errorf("a lane came from %q: %v", host, err)
				}
			}
			if rtt := c.RTT(); rtt <= 0 || rtt > 5e9 {
				t.Errorf("round trip time is %v", rtt)
			}
		})
	}
}

// TestCallsAreBounded: each call costs the relay memory before it knows who is calling, so a lane carries only so many.
func TestCallsAreBounded(t *testing.T) {
	s := newStage(t, true, false)
	lane := s.dial(t).Lane(LaneControl)
	if err := roundTrip(t.Context(), lane, []byte("the relay's settings have come")); err != nil {
		t.Fatal(err)
	}
	for n := range maxCalls {
		if _, err := openStream(t.Context(), lane, "Deaf"); err != nil {
			t.Fatalf("call %d: %v", n, err)
		}
	}
	ctx, cancel := context.WithTimeoutCause(t.Context(), 300*time.Millisecond, errors.New("the call waits for its turn"))
	defer cancel()
	if _, err := openStream(ctx, lane, "Deaf"); err == nil {
		t.Error("one call more was taken")
	}
}
