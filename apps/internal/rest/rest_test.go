package rest

import (
	"context"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"
)

// fyne stands for Fyne's loop: its functions run one after the other, between turns.
type fyne struct {
	queue  chan func()
	events chan struct{} // input, and being woken
	woken  int
	until  time.Time // the end of the next sleep
	closed bool
}

func newFyne() (*fyne, *Loop) {
	f := &fyne{queue: make(chan func(), 100), events: make(chan struct{}, 1)}
	l := &Loop{do: func(do func()) { f.queue <- do }, system: system{
		able: func() bool { return true },
		arm: func(d time.Duration) bool {
			f.until = time.Now().Add(d)
			time.Sleep(time.Microsecond) // of the bubble: time passes between the two
			return true
		},
		sleep: func() {
			select {
			case <-f.events:
			case <-time.After(time.Until(f.until)):
			}
		},
		close: func() { f.closed = true },
		wake:  func() { f.woken++; f.event() },
		clock: time.Now,
	}}
	return f, l
}

func (f *fyne) event() {
	select {
	case f.events <- struct{}{}:
	default:
	}
}

// run turns until the test ends; turns counts.
func (f *fyne) run(stop <-chan struct{}, turns *atomic.Int64) {
	tick := time.NewTicker(time.Second / 60)
	defer tick.Stop()
	for {
		select {
		case <-stop:
			return
		case do := <-f.queue:
			do()
		case <-tick.C:
			select { // it looks for input
			case <-f.events:
			default:
			}
			turns.Add(1)
		}
	}
}

// during runs Fyne's loop with naps in a bubble of its own time.
func during(t *testing.T, do func(f *fyne, l *Loop, turns *atomic.Int64)) {
	synctest.Test(t, func(t *testing.T) {
		f, l := newFyne()
		stop, turns := make(chan struct{}), atomic.Int64{}
		ctx, cancel := context.WithCancel(t.Context())
		var all sync.WaitGroup
		all.Go(func() { f.run(stop, &turns) })
		all.Go(func() { l.Run(ctx) })
		time.Sleep(awake + time.Second) // of the bubble
		do(f, l, &turns)
		cancel()
		close(stop)
		all.Wait()
	})
}

func TestQuiet(t *testing.T) {
	during(t, func(_ *fyne, l *Loop, turns *atomic.Int64) {
		synctest.Wait()
		before, naps := turns.Load(), l.Naps()
		time.Sleep(10 * time.Second)
		synctest.Wait()
		if n := turns.Load() - before; n > 60 {
			t.Errorf("%d turns in ten quiet seconds", n)
		}
		if n := l.Naps() - naps; n < 18 {
			t.Errorf("%d naps in ten quiet seconds", n)
		}
	})
}

// TestPostsAtOnce posts at all times of a nap, and counts the turns that follow.
func TestPostsAtOnce(t *testing.T) {
	for _, c := range []struct {
		name  string
		post  func(*Loop) func(func())
		least int64 // turns in the second after it
		most  int64
	}{
		{"post", func(l *Loop) func(func()) { return l.Post }, 55, 62},
		{"brief", func(l *Loop) func(func()) { return l.Brief }, 3, 20},
	} {
		t.Run(c.name, func(t *testing.T) {
			during(t, func(_ *fyne, l *Loop, turns *atomic.Int64) {
				for i := range 40 {
					time.Sleep(5*time.Second + time.Duration(i)*17*time.Millisecond)
					start := time.Now()
					ran := make(chan time.Duration, 1)
					c.post(l)(func() { ran <- time.Since(start) })
					if late := <-ran; late != 0 {
						t.Errorf("it runs after %v", late)
					}
					before := turns.Load()
					time.Sleep(time.Second)
					synctest.Wait()
					if n := turns.Load() - before; n < c.least || n > c.most {
						t.Errorf("%d turns in the second after", n)
					}
				}
			})
		})
	}
}

func TestInputWakes(t *testing.T) {
	during(t, func(f *fyne, l *Loop, turns *atomic.Int64) {
		for range 20 {
			time.Sleep(3*time.Second + 37*time.Millisecond)
			naps := l.Naps()
			f.event()
			before := turns.Load()
			time.Sleep(time.Second)
			synctest.Wait()
			if n := turns.Load() - before; n < 55 && l.Naps() > naps+1 {
				t.Errorf("%d turns and %d naps after input", n, l.Naps()-naps)
			}
		}
	})
}

// TestNotHere never sleeps where that is not possible, as at the end of the application.
func TestNotHere(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f, l := newFyne()
		l.able = func() bool { return false }
		l.do = func(do func()) { do() }
		ctx, cancel := context.WithCancel(t.Context())
		var all sync.WaitGroup
		all.Go(func() { l.Run(ctx) })
		time.Sleep(10 * time.Second)
		ran := false
		l.Post(func() { ran = true })
		if !ran || l.Naps() != 0 || f.woken != 0 {
			t.Errorf("ran %v, %d naps, woken %d times", ran, l.Naps(), f.woken)
		}
		cancel()
		all.Wait()
		if !f.closed {
			t.Error("what it waits with stays open")
		}
	})
}
