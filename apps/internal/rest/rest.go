// Package rest lets the loop of a Fyne application sleep while nothing happens. Fyne's loop turns sixty times a second,
// which by itself takes about two percent of a core. While all is quiet, a function that is posted to it waits for input,
// for at most nap; the loop's own turns wait meanwhile, and then one of them follows. Input ends a wait at once, and so
// does what is posted through Loop. Fyne's own posts, of which the tray's menu has some, wait for the nap's end.
//
// After input, and after Post, the loop turns as ever for a while, so that what moves does so smoothly. After Brief it
// does for a few turns, enough to paint.
//
// Post and Brief may be called from any goroutine; New belongs to the UI goroutine.
package rest

import (
	"context"
	"sync"
	"sync/atomic"
	"time"
)

const (
	nap    = 500 * time.Millisecond // the longest wait
	awake  = 2 * time.Second        // after input and posts: no animation of ours lasts longer
	turns  = 50 * time.Millisecond  // three of Fyne's
	breath = 2 * time.Millisecond   // until the turn that has become due in a nap has begun
)

// Loop is the application's loop.
type Loop struct {
	do func(func()) // fyne.Do
	system

	waiting atomic.Int64 // posts that have not run
	lively  atomic.Bool  // one of them was not brief
	naps    atomic.Uint64

	mu     sync.Mutex
	asleep bool // in the system's wait, which can be woken
}

// system is what the platform has.
type system struct {
	able  func() bool              // the loop's own thread, and a system where it may wait
	arm   func(time.Duration) bool // says how long the next sleep is at most; false: there can be none
	sleep func()
	wake  func() // ends the sleep that arm has begun, also before sleep is called
	close func() // no sleep is armed any more, and one that goes on may end
	clock func() time.Time
}

// New makes the loop whose functions do runs.
func New(do func(func()), clock func() time.Time) *Loop {
	return &Loop{do: do, system: native(clock)}
}

// Naps counts how often the loop has waited.
func (l *Loop) Naps() uint64 { return l.naps.Load() }

// Post has the loop run f, see uithread.Post.
func (l *Loop) Post(f func()) {
	l.lively.Store(true)
	l.Brief(f)
}

// Brief is Post for what moves nothing.
func (l *Loop) Brief(f func()) {
	l.waiting.Add(1)
	l.do(func() {
		l.waiting.Add(-1)
		f()
	})
	// Only while the loop is in its wait: before and after, there may be nothing yet, or no longer, to wake.
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.asleep {
		l.wake()
	}
}

// Run has the loop sleep until ctx ends.
func (l *Loop) Run(ctx context.Context) {
	defer l.release()
	again := time.NewTimer(awake)
	defer again.Stop()
	pause := make(chan time.Duration, 1)
	for {
		select {
		case <-again.C:
		case <-ctx.Done():
			return
		}
		l.do(func() { pause <- l.turn(ctx) })
		select {
		case p := <-pause:
			again.Reset(p)
		case <-ctx.Done():
			return
		}
	}
}

// turn waits, unless there is something to do, and says after what time to wait again.
func (l *Loop) turn(ctx context.Context) time.Duration {
	if ctx.Err() != nil || !l.able() {
		return awake
	}
	if l.lively.Swap(false) {
		return awake
	}
	start := l.clock() // before the sleep is armed: a whole one must not seem to have been cut short
	if !l.begin() {
		return turns
	}
	l.naps.Add(1)
	l.sleep()
	slept := l.clock().Sub(start)
	l.mu.Lock()
	l.asleep = false
	l.mu.Unlock()
	switch {
	case l.lively.Load():
		return turns // the next turn sees that it is lively
	case l.waiting.Load() > 0:
		return turns
	case slept < nap:
		return awake
	}
	return breath
}

// begin says that the loop may wait. What is posted from then on wakes it.
func (l *Loop) begin() bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.asleep = l.waiting.Load() == 0 && l.arm(nap)
	return l.asleep
}

func (l *Loop) release() {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.close()
}
