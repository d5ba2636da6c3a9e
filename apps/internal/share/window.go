package share

import (
	"sync"
	"time"
)

const (
	maxPackets = 2         // sent and not acknowledged
	maxFlight  = 512 << 10 // bytes, likewise
	maxPacket  = maxFlight / maxPackets
	minPacket  = 16 << 10
	firstSize  = 64 << 10

	// An acknowledgement that takes longer than the quickest one by more than slowBy means that a queue stands somewhere:
	// packets become smaller. One that takes less than quickBy longer lets them grow.
	slowBy  = 80 * time.Millisecond
	quickBy = 30 * time.Millisecond
)

// window bounds what has been sent and not acknowledged, and says how large the next packet may be.
type window struct {
	clock func() time.Time
	wake  chan struct{} // capacity 1: the window has opened

	mu       sync.Mutex
	sent     uint64 // number of the last packet
	flight   []flying
	bytes    int
	size     int
	quickest time.Duration
}

type flying struct {
	number uint64
	bytes  int
	at     time.Time
}

func newWindow(clock func() time.Time) *window {
	return &window{clock: clock, wake: make(chan struct{}, 1), size: firstSize, quickest: time.Hour}
}

// budget gives the bytes that the next packet may have; false while the window is shut.
func (w *window) budget() (int, bool) {
	w.mu.Lock()
	defer w.mu.Unlock()
	n := min(w.size, maxFlight-w.bytes)
	return n, len(w.flight) < maxPackets && n >= minPacket
}

// leaving gives the number of a packet that is about to be sent.
func (w *window) leaving(bytes int) uint64 {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.sent++
	w.flight = append(w.flight, flying{w.sent, bytes, w.clock()})
	w.bytes += bytes
	return w.sent
}

// acked takes an acknowledgement of every packet up to number; false when that was never sent.
func (w *window) acked(number uint64) bool {
	w.mu.Lock()
	defer w.mu.Unlock()
	if number > w.sent {
		return false
	}
	now := w.clock()
	gone := 0
	for _, f := range w.flight {
		if f.number > number {
			break
		}
		gone++
		w.bytes -= f.bytes
		w.learn(now.Sub(f.at), f.bytes)
	}
	w.flight = w.flight[:copy(w.flight, w.flight[gone:])]
	select {
	case w.wake <- struct{}{}:
	default:
	}
	return true
}

// learn adapts the size of packets to how long one took.
func (w *window) learn(took time.Duration, bytes int) {
	w.quickest = min(w.quickest, took)
	switch over := took - w.quickest; {
	case over > slowBy:
		w.size = max(w.size*2/3, minPacket)
	case over < quickBy && bytes*2 > w.size: // only a large one shows that there is room
		w.size = min(w.size*3/2, maxPacket)
	}
}
