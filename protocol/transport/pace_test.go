package transport

import (
	"testing"
	"testing/synctest"
	"time"

	"github.com/quic-go/quic-go"
)

// TestPacer plays a link to a pacer, in steps of 10 ms.
func TestPacer(t *testing.T) {
	tests := []struct {
		name        string
		queue       func(at time.Duration) time.Duration
		rests       bool // there is not always something to send
		wantLimit   bool // at the end
		least, most float64
	}{
		{name: "no queue, no limit", queue: func(time.Duration) time.Duration { return 0 }},
		{name: "a queue that grows", queue: func(at time.Duration) time.Duration { return min(at/10, 60*time.Millisecond) }, wantLimit: true, least: 0.45e6, most: 0.99e6},
		{name: "a queue, and little to send", rests: true, queue: func(at time.Duration) time.Duration { return min(at/10, 60*time.Millisecond) }},
		{name: "somebody else's queue", queue: func(time.Duration) time.Duration { return 80 * time.Millisecond }},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				began := time.Now()
				p := &pacer{stats: func() quic.ConnectionStats {
					at := time.Since(began)
					rtt := 40 * time.Millisecond
					if at > time.Second {
						rtt += test.queue(at - time.Second)
					}
					return quic.ConnectionStats{SmoothedRTT: rtt, LatestRTT: rtt, BytesSent: uint64(at.Seconds() * 1e6)} // 1 MB/s
				}}
				limited := false
				end := 2500 * time.Millisecond
				if test.name == "somebody else's queue" {
					end = 5 * time.Second
				}
				for time.Since(began) < end {
					p.grant(time.Now(), 1000)
					if !test.rests {
						p.wrote(10 * time.Millisecond)
					}
					limited = p.rate > 0
					time.Sleep(10 * time.Millisecond)
				}
				if limited != test.wantLimit || limited && (p.rate < test.least || p.rate > test.most) {
					t.Errorf("the rate is %.0f bytes a second", p.rate)
				}
				p.forget()
				if p.rate != 0 {
					t.Error("it does not forget")
				}
			})
		})
	}
}
