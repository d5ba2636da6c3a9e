package mend

import "time"

// nudge sends the latest packet again while the peer is silent. A packet that was cut off is new to the peer when it
// arrives at last and so brings an acknowledgement, after which QUIC sends what it lacks at once; one that had arrived
// is dropped as a duplicate.
//
// What ends a silence need not be the answer that QUIC waits for: that may have gone to an address which is no more, and
// QUIC, whose window is full, then waits for its timer. So after a long silence other packets that may have been cut off
// are sent again too, until QUIC sends something of its own.
type nudge struct {
	timer    *time.Timer
	armed    bool
	full     kept // the latest packets, when they were sent, of at least minSource bytes
	small    kept // and smaller ones
	latest   *kept
	lastAt   time.Time
	received uint64    // packets, when heardAt was updated
	heardAt  time.Time // not later than this the peer was heard last, give or take nudgeEvery
	idle     int       // how often in a row there was nothing to send
	since    time.Time // since when the peer is silent; zero: it is not
	again    int       // rounds that are left after a long silence
}

// kept are packets, in a ring.
type kept struct {
	packets [4][]byte
	next    int
}

func (k *kept) add(p []byte) {
	k.packets[k.next] = append(k.packets[k.next][:0], p...)
	k.next = (k.next + 1) % len(k.packets)
}

// at gives a packet, the oldest at 0 and then the later ones; it may be empty.
func (k *kept) at(i int) []byte { return k.packets[(k.next+i)%len(k.packets)] }

func (k *kept) latest() []byte { return k.at(len(k.packets) - 1) }

// unanswered tells whether the latest packet asked for an answer and there was none: what is sent so long after the
// peer's last sign is no mere acknowledgement of that.
func (n *nudge) unanswered() bool { return n.lastAt.Sub(n.heardAt) >= ownVoice }

func (n *nudge) silent(now time.Time) time.Duration {
	if n.since.IsZero() {
		return 0
	}
	return now.Sub(n.since)
}

func (n *nudge) heard(now time.Time, received uint64) {
	if n.silent(now) >= longSilence {
		n.again = againAfter
	}
	n.received, n.heardAt, n.idle, n.since = received, now, 0, time.Time{}
}

// restAfter idle rounds the timer stops until something is sent.
const restAfter = 2

func (f *Flow) armNudge(now time.Time, batch []byte, size int) {
	n := &f.nudge
	last := batch
	if size > 0 && len(batch) > size {
		last = batch[(len(batch)-1)/size*size:]
	}
	n.latest, n.lastAt = &n.small, now
	if len(last) >= minSource {
		n.latest, n.again = &n.full, 0
	}
	n.latest.add(last)
	if !n.armed {
		n.armed, n.idle = true, 0
		if received := f.counts().Received; received != n.received {
			n.received, n.heardAt = received, now
		}
		n.timer.Reset(nudgeEvery)
	}
}

func (f *Flow) nudged() {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.closed {
		return
	}
	n := &f.nudge
	now := time.Now()
	received := f.counts().Received
	switch {
	case received != n.received:
		n.heard(now, received)
	case n.unanswered():
		if n.since.IsZero() {
			n.since = now.Add(-nudgeEvery)
		}
		f.repeat(now, n.latest.latest())
		f.here()
		n.idle = 0
	default:
		n.idle++
	}
	if n.again > 0 {
		round := againAfter - n.again // the oldest first, which is the least likely to have arrived
		n.again--
		f.repeat(now, n.full.at(round))
		f.repeat(now, n.small.at(round))
		f.here() // so that what the peer has answered comes again too
		n.idle = 0
		n.timer.Reset(againEvery)
		return
	}
	if n.idle >= restAfter {
		n.armed = false
		return
	}
	n.timer.Reset(nudgeEvery)
}

// repeat sends a packet again.
func (f *Flow) repeat(now time.Time, p []byte) {
	if len(p) == 0 {
		return
	}
	f.nudges.Add(1)
	f.socket.send(p, f.to)
	f.alsoSend(now, p, len(p))
}
