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
		n.received, n.heardAt, n.idle = received, now, 0
	case n.lastAt.Sub(n.heardAt) >= ownVoice && isShort(n.last):
		f.nudges.Add(1)
		f.socket.send(n.last, f.to)
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
