package control

import (
	"sync"

	"deskhand/protocol/frame"
)

// maxQueue is how many events may wait to be sent. When there are more, the oldest pointer moves go first, because the
// ones after them say where the pointer is; if there are none, everything goes, the other side is told to release all
// keys and buttons, and the lane ends with fault.TooSlow.
const maxQueue = 1024

// queue holds events that have not been sent. Safe for concurrent use.
type queue struct {
	wake chan struct{} // capacity 1

	mu       sync.Mutex
	live     bool // else events are dropped: nobody may find them typed later
	events   []frame.Event
	overflow bool
	merged   uint64 // pointer moves that a later one made needless
	dropped  uint64 // events that came while control was not allowed, or that overflowed
}

func newQueue() *queue { return &queue{wake: make(chan struct{}, 1)} }

// open lets events in, from now on, or not.
func (q *queue) open(live bool) {
	q.mu.Lock()
	defer q.mu.Unlock()
	if q.live == live {
		return
	}
	q.live, q.overflow = live, false
	q.dropped += uint64(len(q.events))
	q.events = q.events[:0]
}

// push never blocks.
func (q *queue) push(ev []frame.Event) {
	q.mu.Lock()
	for _, e := range ev {
		q.add(e)
	}
	q.mu.Unlock()
	select {
	case q.wake <- struct{}{}:
	default:
	}
}

func (q *queue) add(e frame.Event) {
	if !q.live || q.overflow || !e.Valid() {
		q.dropped++
		return
	}
	if n := len(q.events); n > 0 && e.Kind == frame.PointerMove && q.events[n-1].Kind == frame.PointerMove {
		q.events[n-1] = e
		q.merged++
		return
	}
	if len(q.events) >= maxQueue && !q.thin() {
		q.dropped += uint64(len(q.events)) + 1
		q.events = append(q.events[:0], frame.Event{Kind: frame.ReleaseAll})
		q.overflow = true
		return
	}
	q.events = append(q.events, e)
}

// thin drops the oldest pointer move that is followed by another event.
func (q *queue) thin() bool {
	for i, e := range q.events {
		if e.Kind == frame.PointerMove {
			q.events = append(q.events[:i], q.events[i+1:]...)
			q.merged++
			return true
		}
	}
	return false
}

// take moves up to one batch of events to dst. overflowed says that this is the last batch.
func (q *queue) take(dst []frame.Event) (batch []frame.Event, overflowed bool) {
	q.mu.Lock()
	defer q.mu.Unlock()
	n := min(len(q.events), frame.MaxEvents)
	dst = append(dst, q.events[:n]...)
	q.events = q.events[:copy(q.events, q.events[n:])]
	return dst, q.overflow && len(q.events) == 0
}

// onlyMoves reports whether nothing waits but a pointer move; empty when nothing waits.
func (q *queue) state() (empty, onlyMoves bool) {
	q.mu.Lock()
	defer q.mu.Unlock()
	n := len(q.events)
	return n == 0 && !q.overflow, n == 1 && q.events[0].Kind == frame.PointerMove
}
