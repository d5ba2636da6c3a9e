package share

import (
	"testing"
	"time"

	"deskhand/protocol/pb"
)

// counting counts packets.
type counting struct {
	lane
	packets int
}

func (c *counting) Send(*pb.ScreenUp) error { c.packets++; return nil }

// A relay that asks without end, and acknowledges nothing, must not get a picture each time.
func TestRequestsAreBounded(t *testing.T) {
	for _, tt := range []struct {
		name string
		keys bool
		most int // packets
	}{
		{"pictures", false, 3 * (mostAsked + 4)},
		{"keys", true, 3 * (mostAsked + 4)},
	} {
		t.Run(tt.name, func(t *testing.T) {
			p, step := busy(t, 640, 480, scrawl)
			defer p.pen.close()
			step()
			out := &counting{}
			p.out.lane = out
			now := time.Now()
			p.clock = func() time.Time { return now }
			for range 1000 { // one second
				now = now.Add(time.Millisecond)
				p.inbox.want(tt.keys)
				p.asked = true // no new frame
				if err := p.collect(); err != nil {
					t.Fatal(err)
				}
				if err := p.work(); err != nil {
					t.Fatal(err)
				}
			}
			if out.packets < mostAsked || out.packets > tt.most {
				t.Errorf("%d packets for 1000 requests within a second", out.packets)
			}
			if _, some := p.patience(); !some {
				t.Error("the last request is forgotten")
			}
		})
	}
}
