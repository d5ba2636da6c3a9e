package transport

import (
	"net"
	"testing"
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
