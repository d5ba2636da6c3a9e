// Package uithread is how anything reaches the goroutine that owns the widgets: a function value that is passed in. The
// two mains pass Fyne's; tests pass a Queue and drain it themselves, so that nothing ever touches a widget from
// two goroutines. It owns nothing else.
package uithread

import "sync"

// Post runs f on the UI goroutine, later or at once; it never waits for f. It may be called from any goroutine.
type Post func(f func())

// Queue is a UI goroutine for tests: what is posted waits until the test runs it. The zero value is ready. Post may be
// called from any goroutine; Drain and Wait by one at a time.
type Queue struct {
	mu     sync.Mutex
	posted []func()
	signal chan struct{}
}

// Post adds f. The queue is not bounded: a test that posts without end should fail by its own time limit.
func (q *Queue) Post(f func()) {
	q.mu.Lock()
	defer q.mu.Unlock()
	q.posted = append(q.posted, f)
	select {
	case q.ready() <- struct{}{}:
	default:
	}
}

// Drain runs everything that has been posted, also what is posted meanwhile, and says how many functions that were.
func (q *Queue) Drain() int {
	n := 0
	for {
		q.mu.Lock()
		todo := q.posted
		q.posted = nil
		q.mu.Unlock()
		if len(todo) == 0 {
			return n
		}
		for _, f := range todo {
			f()
		}
		n += len(todo)
	}
}

// Until waits for posts and runs them until done says so. It asks done first, and after each round, on the caller's
// goroutine. It gives up, with false, when stop is closed.
func (q *Queue) Until(stop <-chan struct{}, done func() bool) bool {
	q.mu.Lock()
	ready := q.ready()
	q.mu.Unlock()
	for {
		q.Drain()
		if done() {
			return true
		}
		select {
		case <-ready:
		case <-stop:
			return false
		}
	}
}

// ready gives the signal that something has been posted; the lock is held.
func (q *Queue) ready() chan struct{} {
	if q.signal == nil {
		q.signal = make(chan struct{}, 1)
	}
	return q.signal
}
