package main

import (
	"context"
	"sync"
	"sync/atomic"
	"time"

	"deskhand/apps/rep/internal/attend"
	"deskhand/apps/rep/internal/desk"
	"deskhand/apps/rep/internal/paint"
)

// watchers carry news of the desk and of the sessions to the windows. Bursts merge: while one post waits for the UI
// goroutine, further news of the same thing adds none.
type watchers struct {
	station *station
	desk    *desk.Desk

	mu      sync.Mutex
	pending map[string]*atomic.Bool // by what is posted
}

// run follows the desk and lets countdowns go on.
func (w *watchers) run(ctx context.Context, hall *attend.Hall) {
	tick := time.NewTicker(time.Second)
	defer tick.Stop()
	for {
		select {
		case <-w.desk.Changed():
			for _, x := range w.desk.Snapshot().Sessions {
				if !x.JoinedAt.IsZero() {
					hall.Enter(x.ID)
				}
			}
			w.post("desk", func() { w.station.console.ShowDesk(w.desk.Snapshot()) })
		case <-tick.C:
			w.post("tick", func() {
				if w.station.console.Ticking() {
					w.station.console.Tick()
				}
			})
		case <-ctx.Done():
			return
		}
	}
}

func (w *watchers) session(a *attend.Attended) {
	w.post("session "+a.ID, func() { w.station.console.ShowSession(a) })
}

func (w *watchers) picture(a *attend.Attended) { w.station.loops.wake(a.ID) }

// loops are those of the open Viewers, by session. Any goroutine may use them.
type loops struct {
	mu sync.Mutex
	of map[string]*paint.Loop
}

func (l *loops) wake(id string) {
	l.mu.Lock()
	loop := l.of[id]
	l.mu.Unlock()
	if loop != nil {
		loop.Wake()
	}
}

// run has a goroutine run a loop until end is called or life ends; all counts it.
func (l *loops) run(life context.Context, all *sync.WaitGroup, id string, loop *paint.Loop) (end func()) {
	ctx, cancel := context.WithCancel(life)
	l.mu.Lock()
	l.of[id] = loop
	l.mu.Unlock()
	all.Go(func() {
		defer cancel()
		loop.Run(ctx)
		l.mu.Lock()
		defer l.mu.Unlock()
		if l.of[id] == loop {
			delete(l.of, id)
		}
	})
	return cancel
}

func (w *watchers) post(key string, show func()) {
	w.mu.Lock()
	waiting := w.pending[key]
	if waiting == nil {
		waiting = &atomic.Bool{}
		w.pending[key] = waiting
	}
	w.mu.Unlock()
	if waiting.Swap(true) {
		return
	}
	w.station.loop.Brief(func() {
		waiting.Store(false)
		show()
	})
}
