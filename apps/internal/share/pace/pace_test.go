package pace_test

import (
	"testing"
	"time"

	"deskhand/apps/internal/share/pace"
)

// path is a made-up network: a rate, a delay, and a queue without an end.
type path struct {
	now   time.Time
	rate  float64 // bytes a second
	rtt   time.Duration
	free  time.Time // when all that was sent has left the queue
	acks  []ack
	depth time.Duration // the longest that something stood in the queue
	total int
}

type ack struct {
	number uint64
	at     time.Time
}

func (p *path) clock() time.Time { return p.now }

func (p *path) send(pc *pace.Pace, bytes int) {
	n := pc.Sent(bytes)
	if p.free.Before(p.now) {
		p.free = p.now
	}
	p.depth = max(p.depth, p.free.Sub(p.now))
	p.free = p.free.Add(time.Duration(float64(bytes) / p.rate * float64(time.Second)))
	p.acks = append(p.acks, ack{n, p.free.Add(p.rtt)})
	p.total += bytes
}

// run lets time pass in milliseconds; each sends what want says, in packets of up to 32 KiB.
func (p *path) run(t *testing.T, pc *pace.Pace, d time.Duration, want func() int) {
	t.Helper()
	left := 0
	for end := p.now.Add(d); p.now.Before(end); p.now = p.now.Add(time.Millisecond) {
		for len(p.acks) > 0 && !p.acks[0].at.After(p.now) {
			if !pc.Acked(p.acks[0].number, p.now) {
				t.Fatalf("acknowledgement of %d refused", p.acks[0].number)
			}
			p.acks = p.acks[1:]
		}
		left += want()
		for left > 0 && pc.Budget() > 0 {
			n := min(left, 32<<10)
			p.send(pc, n)
			left -= n
		}
	}
}

func always() int { return 64 << 10 }

func TestFillsThePathWithoutAQueue(t *testing.T) {
	for _, tt := range []struct {
		name string
		rate float64
		rtt  time.Duration
	}{
		{"lan", 50e6, time.Millisecond},
		{"wan", 2.5e6, 40 * time.Millisecond},
		{"slow", 625e3, 80 * time.Millisecond},
		{"modem", 40e3, 150 * time.Millisecond},
	} {
		t.Run(tt.name, func(t *testing.T) {
			p := &path{now: time.Unix(1e9, 0), rate: tt.rate, rtt: tt.rtt}
			pc := pace.New(p.clock)
			p.run(t, pc, 5*time.Second, always)
			p.depth, p.total = 0, 0
			p.run(t, pc, 10*time.Second, always)
			if got := float64(p.total) / 10; got < 0.85*tt.rate {
				t.Errorf("%.0f of %.0f bytes a second used", got, tt.rate)
			}
			if limit := 60*time.Millisecond + time.Duration(64<<10/tt.rate*float64(time.Second)); p.depth > limit {
				t.Errorf("a queue of %v stood, %v would do", p.depth, limit)
			}
		})
	}
}

func TestFollowsAPathThatGetsWorse(t *testing.T) {
	p := &path{now: time.Unix(1e9, 0), rate: 5e6, rtt: 30 * time.Millisecond}
	pc := pace.New(p.clock)
	p.run(t, pc, 5*time.Second, always)
	p.rate = 500e3
	p.run(t, pc, 5*time.Second, always)
	p.depth = 0
	p.run(t, pc, 5*time.Second, always)
	if p.depth > 250*time.Millisecond {
		t.Errorf("a queue of %v still stands ten seconds later", p.depth)
	}
	p.rate, p.total = 5e6, 0
	p.run(t, pc, 5*time.Second, always)
	p.total = 0
	p.run(t, pc, 5*time.Second, always)
	if got := float64(p.total) / 5; got < 0.8*p.rate {
		t.Errorf("%.0f of %.0f bytes a second used after the path got better", got, p.rate)
	}
}

func TestSmallUpdatesNeverWait(t *testing.T) {
	p := &path{now: time.Unix(1e9, 0), rate: 2.5e6, rtt: 40 * time.Millisecond}
	pc := pace.New(p.clock)
	n := 0
	p.run(t, pc, 20*time.Second, func() int {
		n++
		if pc.Budget() < 4096 {
			t.Fatalf("budget of %d after %d ms", pc.Budget(), n)
		}
		if n%66 == 0 {
			return 600
		}
		return 0
	})
	if pc.Budget() < 64<<10 {
		t.Errorf("after typing for long, %d bytes may be sent at once", pc.Budget())
	}
}

// A lost packet holds up its successors; that must not be taken for a queue.
func TestStallsDoNotStarve(t *testing.T) {
	p := &path{now: time.Unix(1e9, 0), rate: 625e3, rtt: 80 * time.Millisecond}
	pc := pace.New(p.clock)
	n := 0
	p.run(t, pc, 20*time.Second, func() int {
		n++
		if n%400 == 0 { // everything on its way comes 100 ms later
			for i := range p.acks {
				p.acks[i].at = p.acks[i].at.Add(100 * time.Millisecond)
			}
		}
		return 64 << 10
	})
	if got := float64(p.total) / 20; got < 0.7*p.rate {
		t.Errorf("%.0f of %.0f bytes a second used", got, p.rate)
	}
}

func TestUnknownNumberIsRefused(t *testing.T) {
	pc := pace.New(nil)
	if pc.Acked(1, time.Now()) {
		t.Error("a packet was acknowledged that was never sent")
	}
	pc.Sent(10)
	for _, what := range []string{"an acknowledgement", "its repetition"} {
		if !pc.Acked(1, time.Now()) {
			t.Error(what + " was refused")
		}
	}
	if !pc.Idle() || pc.Acked(2, time.Now()) {
		t.Error("what was not sent is in flight")
	}
}

// Packets that are acknowledged later take no room, teach nothing, and are few.
func TestLater(t *testing.T) {
	p := &path{now: time.Unix(1e9, 0), rate: 625e3, rtt: 80 * time.Millisecond}
	pc := pace.New(p.clock)
	if pc.Later(1) {
		t.Error("the first packet teaches nothing")
	}
	p.run(t, pc, 2*time.Second, always)
	p.run(t, pc, time.Second, func() int { return 0 })
	budget, rtt, rate := pc.Budget(), pc.RTT(), pc.Rate()
	if pc.Later(1025) {
		t.Error("a large packet may be acknowledged later")
	}
	var last uint64
	for _, tt := range []struct{ bytes, most int }{{1024, 4}, {100, 32}, {1, 32}} {
		n := 0
		for ; pc.Later(tt.bytes); n++ {
			last = pc.SentLater(tt.bytes)
		}
		if n != tt.most || pc.Budget() != budget {
			t.Errorf("%d packets of %d bytes may be acknowledged later, and then %d of %d bytes be sent", n, tt.bytes, pc.Budget(), budget)
		}
		p.now = p.now.Add(time.Hour)
		if !pc.Acked(last, p.now) || !pc.Idle() || !pc.Later(1) {
			t.Error("an acknowledgement frees nothing")
		}
	}
	if pc.RTT() != rtt || pc.Rate() != rate {
		t.Errorf("after them the path takes %v and carries %.0f, not %v and %.0f", pc.RTT(), pc.Rate(), rtt, rate)
	}
}

// A film at four fifths of what is known must find out that the path carries more.
func TestTriesForMore(t *testing.T) {
	p := &path{now: time.Unix(1e9, 0), rate: 250e3, rtt: 40 * time.Millisecond}
	pc := pace.New(p.clock)
	p.run(t, pc, 10*time.Second, always)
	p.rate = 2.5e6
	n := 0
	p.run(t, pc, 30*time.Second, func() int {
		if n++; n%40 == 0 {
			return int(0.8 * 0.040 * pc.Rate())
		}
		return 0
	})
	if pc.Rate() < 1.5e6 {
		t.Errorf("%.0f of %.0f bytes a second found after 30 s", pc.Rate(), p.rate)
	}
}

// Acknowledgements that come before anybody has what they are for must not look like a quick path.
func TestEarlyAcknowledgementsTeachNothing(t *testing.T) {
	const quick = 100 * time.Microsecond
	way := func(p *path, pc *pace.Pace) (time.Duration, float64) {
		p.run(t, pc, 2*time.Second, always)
		return pc.RTT(), pc.Rate()
	}
	at := func() *path { return &path{now: time.Unix(1e9, 0), rate: 625e3, rtt: 80 * time.Millisecond} }
	for _, tt := range []struct {
		name  string
		early func(*path, *pace.Pace)
	}{
		{"keys", func(p *path, pc *pace.Pace) {
			for range 50 {
				n := pc.SentAside(48 << 10)
				p.now = p.now.Add(quick)
				pc.Acked(n, p.now)
			}
		}},
		{"keys after steps", func(p *path, pc *pace.Pace) {
			for range 5 {
				pc.Sent(10)
				n := pc.SentAside(48 << 10)
				p.now = p.now.Add(p.rtt)
				pc.Acked(n, p.now)
			}
		}},
		{"nobody watched", func(p *path, pc *pace.Pace) {
			for range 500 {
				n := pc.Sent(48 << 10)
				p.now = p.now.Add(quick)
				pc.Acked(n, p.now)
			}
			pc.Restart()
		}},
		{"void when everything was wanted anew", func(p *path, pc *pace.Pace) {
			n := pc.Sent(48 << 10)
			pc.Restart()
			p.now = p.now.Add(quick)
			pc.Acked(n, p.now)
		}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			plain := at()
			_, rate := way(plain, pace.New(plain.clock))
			p := at()
			pc := pace.New(p.clock)
			tt.early(p, pc)
			if !pc.Idle() || pc.Budget() <= 0 {
				t.Errorf("%d may be sent when all was acknowledged", pc.Budget())
			}
			p.depth = 0
			gotRTT, gotRate := way(p, pc)
			if gotRTT < p.rtt || gotRate > 1.2*rate || gotRate < 0.8*rate {
				t.Errorf("a round trip of %v where there are %v, %.0f bytes a second where there were %.0f", gotRTT, p.rtt, gotRate, rate)
			}
		})
	}
}
