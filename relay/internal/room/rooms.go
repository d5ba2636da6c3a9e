// Package room is the relay's live half of each session: who is in it, its chat, what the customer permits, and the
// forwarding of sealed screens and input that it cannot read.
//
// A room is one loop that owns all of its state. Each lane of each attendee has one reader, which hands what it reads to
// the loop, and one writer, which sends what the loop has queued for it; a further goroutine, the scribe, stores chat
// and reads it back, so that a slow disk holds up no key press. Every queue is bounded, and nobody who is slow holds
// anybody else up: a viewer loses pictures, others lose their lane, which is counted.
//
// Rooms owns the rooms; its methods are safe for concurrent use. Control, Screen and Input are the lanes: they return
// when their lane ends, with the fault that tells the attendee why. What is not stored (who is in, consent, the picture)
// begins anew when the relay restarts; sessions themselves go on.
package room

import (
	"context"
	"fmt"
	"log/slog"
	"maps"
	"slices"
	"sync"
	"time"

	"deskhand/protocol/fault"
	"deskhand/relay/internal/ops"
	"deskhand/relay/internal/store"
)

// Store is what rooms need of the store.
type Store interface {
	Session(ctx context.Context, id string) (store.Session, error)
	OpenSessions(ctx context.Context) ([]store.Session, error)
	EndSession(ctx context.Context, id string, e store.End) (bool, error)
	SetCustomer(ctx context.Context, id, name string) error
	AddLine(ctx context.Context, l store.Line) (seq uint64, err error)
	Lines(ctx context.Context, sessionID string, after uint64) ([]store.Line, error)
}

// Config is what rooms work with.
type Config struct {
	Store   Store
	Clock   func() time.Time // nil: time.Now
	Logger  *slog.Logger     // nil: silent
	Metrics *ops.Metrics     // nil: counted nowhere

	// OnChanged hears of every session that a room changed in the store: the customer's name, the end. It is called
	// by the room's scribe and may take its time. May be nil.
	OnChanged func(ctx context.Context, sessionID string)
	// Tap sees every message of every lane as the relay carries it, from many goroutines. For tests; may be nil.
	Tap func(lane string, b []byte)
}

// Who is at the other end of a lane, as its token has proved.
type Who struct {
	SessionID string
	Rep       store.Rep // zero for the customer
	Login     string    // which of the rep's logins it is; see Rooms.EndLogin
}

func (w Who) customer() bool { return w.Rep.ID == 0 }

// Rooms holds the room of each session that has one.
type Rooms struct {
	cfg  Config
	ctx  context.Context // ends with Close
	stop context.CancelFunc
	wg   sync.WaitGroup // rooms' loops and scribes, and lanes' readers

	mu     sync.Mutex // guards what follows
	rooms  map[string]*Room
	closed bool
}

// New makes an empty set of rooms, which lives until ctx ends or Close is called.
func New(ctx context.Context, cfg Config) *Rooms {
	if cfg.Clock == nil {
		cfg.Clock = time.Now
	}
	if cfg.Logger == nil {
		cfg.Logger = slog.New(slog.DiscardHandler)
	}
	if cfg.Metrics == nil {
		cfg.Metrics = ops.New()
	}
	if cfg.OnChanged == nil {
		cfg.OnChanged = func(context.Context, string) {}
	}
	r := &Rooms{cfg: cfg, rooms: map[string]*Room{}}
	r.ctx, r.stop = context.WithCancel(ctx)
	return r
}

// Restore opens the rooms of sessions that were running when the relay stopped, so that a customer who does not come
// back is noticed.
func (r *Rooms) Restore(ctx context.Context) error {
	open, err := r.cfg.Store.OpenSessions(ctx)
	if err != nil {
		return fmt.Errorf("room: restore: %w", err)
	}
	for _, s := range open {
		if s.JoinedAt.IsZero() {
			continue
		}
		if err := r.Open(s.ID); err != nil {
			return err
		}
	}
	return nil
}

// Open makes sure that a session has a room. It does not wait until the room has read the session.
func (r *Rooms) Open(sessionID string) error {
	_, err := r.open(sessionID)
	return err
}

func (r *Rooms) open(sessionID string) (*Room, error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.closed {
		return nil, fault.New(fault.RelayStopping, nil)
	}
	if room := r.rooms[sessionID]; room != nil {
		return room, nil
	}
	room := newRoom(r, sessionID)
	r.rooms[sessionID] = room
	r.wg.Go(func() {
		room.run(r.ctx)
		r.mu.Lock()
		delete(r.rooms, sessionID)
		r.mu.Unlock()
	})
	return room, nil
}

// Refresh makes a session's room, if there is one, read the session again. It never blocks.
func (r *Rooms) Refresh(sessionID string) {
	r.mu.Lock()
	room := r.rooms[sessionID]
	r.mu.Unlock()
	if room == nil {
		return
	}
	select {
	case room.stale <- struct{}{}:
	default:
	}
}

// EndLogin ends the lanes that a rep's login has opened in any room, with logged_out: lanes are checked when they open, so
// they would outlive it.
func (r *Rooms) EndLogin(login string) {
	r.mu.Lock()
	all := slices.Collect(maps.Values(r.rooms))
	r.mu.Unlock()
	for _, room := range all {
		_ = room.post(func() { room.endLogin(login) }) // in a room that is over nobody is left
	}
}

// Close ends all lanes with relay_stopping and takes no new ones. The sessions go on when the relay is back.
func (r *Rooms) Close() {
	r.mu.Lock()
	r.closed = true
	r.mu.Unlock()
	r.stop()
}

// Wait returns when everything that rooms have started has ended, after Close and the end of all streams.
func (r *Rooms) Wait() { r.wg.Wait() }

// read starts a lane's reader unless the rooms are closing.
func (r *Rooms) read(f func()) error {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.closed {
		return fault.New(fault.RelayStopping, nil)
	}
	r.wg.Go(f)
	return nil
}
