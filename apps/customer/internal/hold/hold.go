// Package hold keeps what touches this machine still while its person is asked something: no frame of the screen leaves
// and no input from afar is applied, so that nobody else can press the answer. It narrows, on this machine alone, what
// features see as permitted; consent and the session's state stay as they are, and letting go brings everything back.
//
// A Gate may be used from any goroutine.
package hold

import (
	"context"
	"sync"

	"deskhand/apps/internal/session"
)

// Gate holds features back, or not. The zero value holds nothing.
type Gate struct {
	mu     sync.Mutex
	closed bool
	rooms  map[*room]bool
}

// Hold begins or ends holding. When Hold(true) has returned, no room of a held feature permits anything any more.
func (g *Gate) Hold(on bool) {
	g.mu.Lock()
	defer g.mu.Unlock()
	if g.closed == on {
		return
	}
	g.closed = on
	for r := range g.rooms {
		r.signal()
	}
}

// Feature gives a feature that works as f does, except while the gate holds.
func (g *Gate) Feature(f session.Feature) session.Feature { return held{f, g} }

type held struct {
	session.Feature
	gate *Gate
}

// Run implements session.Feature.
func (h held) Run(ctx context.Context, in session.Room) error {
	r := &room{Room: in, gate: h.gate, changed: make(chan struct{}, 1)}
	h.gate.add(r)
	defer h.gate.remove(r)
	done := make(chan struct{})
	var forwarder sync.WaitGroup
	forwarder.Go(func() { r.forward(done) })
	defer forwarder.Wait()
	defer close(done)
	return h.Feature.Run(ctx, r)
}

func (g *Gate) add(r *room) {
	g.mu.Lock()
	defer g.mu.Unlock()
	if g.rooms == nil {
		g.rooms = map[*room]bool{}
	}
	g.rooms[r] = true
}

func (g *Gate) remove(r *room) {
	g.mu.Lock()
	defer g.mu.Unlock()
	delete(g.rooms, r)
}

func (g *Gate) holding() bool {
	g.mu.Lock()
	defer g.mu.Unlock()
	return g.closed
}

// room is a session.Room seen through a gate.
type room struct {
	session.Room
	gate    *Gate
	changed chan struct{} // of capacity 1: signals merge
}

// State implements session.Room.
func (r *room) State() session.State {
	s := r.Room.State()
	if r.gate.holding() {
		s.Sharing, s.ControlAllowed = false, false
	}
	return s
}

// Changed implements session.Room.
func (r *room) Changed() <-chan struct{} { return r.changed }

func (r *room) signal() {
	select {
	case r.changed <- struct{}{}:
	default:
	}
}

func (r *room) forward(done <-chan struct{}) {
	for {
		select {
		case <-r.Room.Changed():
			r.signal()
		case <-done:
			return
		}
	}
}
