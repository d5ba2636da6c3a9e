// Package pace decides how much of a picture may be on its way. It measures, from acknowledgements, how many bytes a
// second arrive and how long they take, and keeps no more in flight than the path carries plus a little: what the path
// cannot carry would stand in a queue somewhere and make every later picture late. It looks at delay, not at loss.
//
// A Pace has no goroutines and no timers, and is not safe for concurrent use.
package pace

import "time"

const (
	// first is how many bytes may be in flight before anything is known: a small picture, on any network.
	first = 96 << 10
	// least is always allowed, so that a slow path still gets whole updates.
	least = 12 << 10
	// most bounds what a fast path gets.
	most = 4 << 20
	// slack is the standing queue that is tolerated: what hides the time between an acknowledgement and the next capture.
	slack = 25 * time.Millisecond
	// When all that was acknowledged for as long as patience had waited longer than queued, the estimate of the rate is
	// taken to be too high. A lost packet holds up those behind it for about a round trip, which is no queue.
	queued   = 60 * time.Millisecond
	patience = 250 * time.Millisecond
	// A sender that never fills the path learns nothing about it. While it comes near and no queue shows, the estimate grows
	// by one part in twenty each trial.
	trial = 100 * time.Millisecond
	// guess is the round trip of a path of which nothing is known.
	guess = 5 * time.Millisecond
	// memory is how long a measured rate and a shortest time count.
	memory = 10 * time.Second
	// maxFlying bounds the packets in flight that are remembered.
	maxFlying = 1024
	// A packet of up to small bytes needs no acknowledgement of its own, as long as those that have none yet are at most
	// loose bytes in looseMany packets.
	small     = 1 << 10
	loose     = 4 << 10
	looseMany = 32
)

// Pace follows one lane.
type Pace struct {
	clock func() time.Time

	sent      uint64 // number of the last packet
	flying    []packet
	inFlight  int // bytes, of packets that are acknowledged at once
	loose     int // bytes of the others
	looseMany int // and how many these are
	delivered int // bytes acknowledged since the beginning
	at        time.Time

	rate     window    // bytes a second, the highest of a while
	shortest window    // of the round trips, negative seconds: so that it is a highest, too
	quick    time.Time // when something last came without having waited in a queue, or the rate was cut
	full     time.Time // when the path was last full
	tried    time.Time // when the rate was last raised without having been seen
	starting bool
	rounds   int
}

type packet struct {
	number    uint64
	bytes     int
	at        time.Time
	delivered int       // when it left
	since     time.Time // when the last of those bytes had been acknowledged
	limited   bool      // the path was not nearly full: there was nothing more to send
	aside     bool      // its acknowledgement says nothing about the way to a viewer
	later     bool      // it comes with that of a later packet
}

// New makes a pace that knows nothing yet. A nil clock is time.Now.
func New(clock func() time.Time) *Pace {
	if clock == nil {
		clock = time.Now
	}
	return &Pace{clock: clock, starting: true}
}

// Sent notes that a packet of so many bytes leaves now, and gives its number, from 1 on.
func (p *Pace) Sent(bytes int) (number uint64) { return p.send(bytes, false) }

// SentAside is Sent for a packet that the viewer furthest ahead is not given, such as keys: it may be acknowledged before
// anybody has it. It is in flight like others, and nothing is learned from it.
func (p *Pace) SentAside(bytes int) (number uint64) { return p.send(bytes, true) }

// Later says that a packet of so many bytes need not be acknowledged before a later one is: it is not worth a packet on
// the way back, and what is to be learned from the path is known.
func (p *Pace) Later(bytes int) bool {
	return bytes <= small && p.loose+bytes <= loose && p.looseMany < looseMany && p.shortest.known
}

// SentLater is Sent for a packet that Later allows. It takes no room from others, and nothing is learned from it.
func (p *Pace) SentLater(bytes int) (number uint64) {
	p.sent++
	p.loose += bytes
	p.looseMany++
	p.flying = append(p.flying, packet{number: p.sent, bytes: bytes, aside: true, later: true})
	return p.sent
}

// Restart forgets what was learned, because somebody else may watch by another way. Packets in flight stay in flight, and
// nothing is learned from them: the relay acknowledges them as they come in.
func (p *Pace) Restart() {
	for i := range p.flying {
		p.flying[i].aside = true
	}
	p.rate, p.shortest = window{}, window{}
	p.quick, p.full, p.tried = time.Time{}, time.Time{}, time.Time{}
	p.starting, p.rounds = true, 0
}

func (p *Pace) send(bytes int, aside bool) (number uint64) {
	now := p.clock()
	if p.inFlight == 0 {
		p.at = now // idle time is nobody's delay
	}
	p.sent++
	p.inFlight += bytes
	if p.inFlight >= p.limit() {
		p.full = now
	}
	p.flying = append(p.flying, packet{
		number: p.sent, bytes: bytes, at: now, delivered: p.delivered, since: p.at, limited: 2*p.inFlight < p.limit(), aside: aside,
	})
	return p.sent
}

// Acked notes that at some time every packet up to number had arrived. It is false for a number that was never sent.
func (p *Pace) Acked(number uint64, now time.Time) bool {
	if number > p.sent {
		return false
	}
	gone := 0
	var last packet // that says something
	for _, f := range p.flying {
		if f.number > number {
			break
		}
		gone++
		if f.later {
			p.loose -= f.bytes
			p.looseMany--
			continue
		}
		p.inFlight -= f.bytes
		if !f.aside {
			last = f
			p.delivered += f.bytes
		}
	}
	if last.number > 0 {
		p.at = now
		p.learn(last, now)
	}
	p.flying = p.flying[:copy(p.flying, p.flying[gone:])]
	return true
}

// learn takes one sample of rate and time.
func (p *Pace) learn(f packet, now time.Time) {
	took := now.Sub(f.at).Seconds()
	p.shortest.add(now, -took)
	elapsed := max(now.Sub(f.since).Seconds(), 1e-4)
	sample := float64(p.delivered-f.delivered) / elapsed
	if !f.limited || sample > p.rate.best() {
		before := p.rate.best()
		p.rate.add(now, sample)
		if p.starting && !f.limited {
			if p.rate.best() < before*1.25 {
				p.rounds++
			} else {
				p.rounds = 0
			}
			p.starting = p.rounds < 3
		}
	}
	p.yield(took, f, now)
	if now.Sub(p.full) > trial+2*now.Sub(f.at) && p.quick.Equal(now) && sample > p.rate.best()/2 && now.Sub(p.tried) > trial {
		p.tried = now
		p.rate.scale(1.05)
	}
}

// yield lowers a rate under which a queue has built up.
func (p *Pace) yield(took float64, f packet, now time.Time) {
	own := 0.0
	if r := p.rate.best(); r > 0 {
		own = float64(f.bytes) / r
	}
	if took-p.RTT().Seconds()-own < queued.Seconds() || p.quick.IsZero() {
		p.quick = now
	}
	if now.Sub(p.quick) < patience {
		return
	}
	p.quick, p.starting = now, false
	p.rate.scale(0.8)
}

// RTT is the shortest time that a packet has taken to be acknowledged of late; 0 while that is unknown.
func (p *Pace) RTT() time.Duration {
	return time.Duration(-p.shortest.best() * float64(time.Second))
}

// Rate is how many bytes a second the path carries, as far as is known: before it was ever full, what it is tried with.
func (p *Pace) Rate() float64 {
	return float64(p.limit()) / (max(p.RTT(), guess) + slack).Seconds()
}

// limit is how many bytes may be in flight.
func (p *Pace) limit() int {
	rate := p.rate.best()
	if rate == 0 {
		return first
	}
	path := rate * (p.RTT() + slack).Seconds()
	if p.starting {
		path = max(2*path, first)
	}
	return int(min(max(path, least), most))
}

// Budget is how many bytes may be sent now; nothing while it is not above zero.
func (p *Pace) Budget() int {
	if len(p.flying) >= maxFlying {
		return 0
	}
	return p.limit() - p.inFlight
}

// Wide says that so many bytes would take no longer than d.
func (p *Pace) Wide(bytes int, d time.Duration) bool { return float64(bytes) <= p.Rate()*d.Seconds() }

// Spare says that there is so little in flight that what is not urgent may be sent.
func (p *Pace) Spare() bool { return 3*p.inFlight <= 2*p.limit() && len(p.flying) < maxFlying }

// Idle says that nothing is in flight.
func (p *Pace) Idle() bool { return len(p.flying) == 0 }
