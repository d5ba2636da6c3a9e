package mend

import "time"

// nudge sends the latest packet again while the peer is silent. A packet that was cut off is new to the peer when it
// arrives at last and so brings an acknowledgement, after which QUIC sends what it lacks at once; one that had arrived
// is dropped as a duplicate.
type nudge struct {
	timer    *time.Timer
	armed    bool
	last     []byte // the latest packet, when it was sent
	lastAt   time.Time
	received uint64    // packets, when heardAt was updated
	heardAt  time.Time // not later than this the peer was heard last, give or take nudgeEvery
	idle     int       // how often in a row there was nothing to send
	since    time.Time // since when the peer is silent; zero: it is not
}

// unanswered tells whether the latest packet asked for an answer and there was none: what is sent so long after the
// peer's last sign is no mere acknowledgement of that.
func (n *nudge) unanswered() bool { return n.lastAt.Sub(n.heardAt) >= ownVoice }

func (n *nudge) silent(now time.Time) time.Duration {
	if n.since.IsZero() {
		return 0
	}
	return now.Sub(n.since)
}

// restAfter idle rounds the timer stops until something is sent.
const restAfter = 2

func (f *Flow) armNudge(now time.Time, batch []byte, size int) {
	n := &f.nudge
	last := batch
	if size > 0 && len(batch) > size {
		last = batch[(len(batch)-1)/size*size:]
	}
	n.last, n.lastAt = append(n.last[:0], last...), now
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
		n.received, n.heardAt, n.idle, n.since = received, now, 0, time.Time{}
	case n.unanswered():
		if n.since.IsZero() {
			n.since = now.Add(-nudgeEvery)
		}
		f.nudges.Add(1)
		f.socket.send(n.last, f.to)
		f.alsoSend(now, n.last, len(n.last))
		f.here()
		n.idle = 0
	default:
		n.idle++
	}
	if n.idle >= restAfter {
		n.armed = false
		return
	}
	n.timer.Reset(nudgeEvery)
}
