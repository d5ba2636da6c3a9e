package transport

import (
	"sync"
	"time"

	"github.com/quic-go/quic-go"
)

const (
	// leastSample is how long the link is watched for one decision, or a round trip if that is longer.
	leastSample = 20 * time.Millisecond
	// baseWindow is how long the shortest round trip is believed in: up to twice this.
	baseWindow = 15 * time.Second
	// recentSamples is over how many of them the link's best rate is taken.
	recentSamples = 32
	// stubbornAfter with a queue although we gave way it is somebody else's, and giving way longer would only starve us.
	stubbornAfter = 2 * time.Second
	// contendFor is how long QUIC's own control then has the say.
	contendFor = 5 * time.Second
	// restedAfter without waiting the limit is lifted: what was learned is old.
	restedAfter = 10 * time.Second

	// drains is by how much the round trip falls from sample to sample when a queue is being emptied.
	drains = 2 * time.Millisecond

	// leastBusy is for how much of the time there must be something to send before a queue can be our doing.
	leastBusy = 0.7

	leastRate = 48 << 10 // bytes a second; nothing makes it slower
	// paceBurst bytes may leave at once after a rest: a frame, so that a limit which is not far below what a sender of
	// frames needs delays none of them.
	paceBurst = 32 << 10
)

// pacer spreads what the bulky lanes of one connection send, so that no queue stands in the network: QUIC's own control
// sends until a router's buffer overflows, and everything behind would wait in it. It limits nothing until the round
// trip shows a queue.
type pacer struct {
	stats func() quic.ConnectionStats

	mu sync.Mutex
	learned
}

// learned is all that a pacer knows of the network.
type learned struct {
	rate float64   // bytes a second; 0: no limit
	free time.Time // when what was granted has left
	base baseRTT

	at       time.Time // of the sample before
	bytes    uint64    // sent, then
	rtt      time.Duration
	recent   [recentSamples]float64 // delivered, bytes a second
	samples  int
	waitedAt time.Time     // when the limit was last felt
	writing  time.Duration // since the sample before: how long writers waited, for us or for QUIC
	busy     float64       // share of the time in which they did, lately
	goodAt   time.Time     // when there was last no queue
	floor    float64       // of the rate, until there is none again: giving way has a measure
	contend  time.Time     // no limit until then
}

func newPacer(c *quic.Conn) *pacer { return &pacer{stats: c.ConnectionStats} }

// grant takes up to n bytes of a lane that want to leave. It returns how many of them may be handed to QUIC after the
// given wait.
func (p *pacer) grant(now time.Time, n int) (int, time.Duration) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.observe(now)
	if p.rate == 0 {
		return n, 0
	}
	n = min(n, max(int(p.rate*0.004), 2400), 16<<10)
	if earliest := now.Add(-time.Duration(paceBurst / p.rate * float64(time.Second))); p.free.Before(earliest) {
		p.free = earliest
	}
	wait := max(p.free.Sub(now), 0)
	p.free = p.free.Add(time.Duration(float64(n) / p.rate * float64(time.Second)))
	if wait > 0 {
		p.waitedAt = now
	}
	return n, wait
}

// wrote takes note of how long a write took, waiting included.
func (p *pacer) wrote(d time.Duration) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.writing += d
}

// forget drops what was learned: the network is another one.
func (p *pacer) forget() {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.learned = learned{}
}

// observe takes a sample when it is time and sets the rate by it.
func (p *pacer) observe(now time.Time) {
	if now.Sub(p.at) < max(leastSample, p.rtt) {
		return
	}
	s := p.stats()
	took, sent, rose := now.Sub(p.at), s.BytesSent-p.bytes, s.SmoothedRTT-p.rtt
	fresh := p.rtt == 0 || took > 4*(p.rtt+leastSample) // after a rest there is nothing to compare with
	p.at, p.bytes, p.rtt = now, s.BytesSent, s.SmoothedRTT
	base := p.base.least(now, min(s.LatestRTT, s.SmoothedRTT))
	if fresh {
		p.goodAt, p.writing, p.busy = now, 0, 0
		if now.Sub(p.waitedAt) > restedAfter {
			p.rate = 0
		}
		return
	}
	p.busy += (min(p.writing.Seconds()/took.Seconds(), 1) - p.busy) / 4
	p.writing = 0
	stretch := min(max(1+rose.Seconds()/took.Seconds(), 0.7), 1.5)
	p.recent[p.samples%recentSamples] = float64(sent) / took.Seconds() / stretch
	p.samples++
	// What comes and goes, as behind the bursts that frames are or on a busy machine, is no standing queue.
	p.decide(now, standing{queue: s.SmoothedRTT - 2*s.MeanDeviation - base, base: base, rose: rose})
}

// standing is what one sample shows of the network.
type standing struct {
	queue time.Duration // in which everything that is sent waits
	base  time.Duration // of the round trip without it
	rose  time.Duration // round trip, since the sample before
}

// decide sets the rate by the queue.
func (p *pacer) decide(now time.Time, s standing) {
	target := 8*time.Millisecond + s.base/8
	if s.queue <= target {
		p.goodAt, p.floor = now, p.best()/2
	}
	switch {
	case now.Before(p.contend):
		p.rate = 0
	case now.Sub(p.goodAt) > stubbornAfter:
		p.rate, p.contend, p.goodAt = 0, now.Add(contendFor), now.Add(contendFor)
	case s.queue > target && p.busy < leastBusy: // not ours, who send less than there is room for
	case s.queue > target:
		p.giveWay(min(float64(s.queue-target)/float64(s.base+target)/2, 0.3), s.rose)
	case p.rate > 0 && now.Sub(p.waitedAt) < s.base+2*leastSample:
		room := 1 - max(float64(s.queue), 0)/float64(target)
		p.rate *= 1 + 0.01 + 0.09*room
	case p.rate > 0 && now.Sub(p.waitedAt) > restedAfter:
		p.rate = 0
	}
}

// giveWay lowers the rate by a share, unless what was done before is at work already.
func (p *pacer) giveWay(share float64, rose time.Duration) {
	switch {
	case p.rate == 0:
		p.rate = p.best() * (1 - share)
	case rose > -drains:
		p.rate *= 1 - share/2
	}
	p.rate = max(p.rate, p.floor, leastRate)
}

func (p *pacer) best() float64 {
	best := 0.0
	for _, r := range p.recent {
		best = max(best, r)
	}
	return best
}

// baseRTT is the least of the last one or two windows.
type baseRTT struct {
	began          time.Time
	current, older time.Duration
}

func (b *baseRTT) least(now time.Time, rtt time.Duration) time.Duration {
	if b.current == 0 || now.Sub(b.began) > baseWindow {
		b.older, b.current, b.began = b.current, rtt, now
	}
	b.current = min(b.current, rtt)
	if b.older > 0 {
		return min(b.older, b.current)
	}
	return b.current
}
