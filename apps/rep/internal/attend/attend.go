// Package attend is the rep in sessions: for each of the rep's open sessions it runs a session with the features that a
// rep's side has (watching the screen, sending input). It has no windows. It follows the desk's list: a session that
// appears there is entered, and one that is over stays, to be read, until it is dismissed.
//
// A Hall is safe for concurrent use. Its functions OnChanged and OnPicture are called from its own goroutines, must not
// block, and are never called after Run has returned.
package attend

import (
	"context"
	"log/slog"
	"slices"
	"sync"
	"time"

	"deskhand/apps/internal/control"
	"deskhand/apps/internal/session"
	"deskhand/apps/internal/watch"
)

// Session is what windows see of a session, and what they ask of it; see session.Session.
type Session interface {
	Snapshot() session.Snapshot
	Say(text string)
	SetTyping(on bool)
	AskSharing(control bool)
	End(outcome session.Outcome, notes string)
	Leave()
}

// Attended is one session that the rep is or was in.
type Attended struct {
	ID      string // nine digits
	Session Session
	Picture *watch.Picture  // the customer's screen
	Sender  *control.Sender // the rep's mouse and keyboard

	live  *session.Session
	meter *meter
}

// Figures tells how the picture has come since the call before.
func (a *Attended) Figures() Figures { return a.meter.figures(a.Session.Snapshot().Delay) }

// Config is what a Hall works with.
type Config struct {
	Link      session.Link
	Token     func() string // the rep's login
	Facts     session.Facts
	Logger    *slog.Logger
	Clock     func() time.Time // time.Now when nil
	OnChanged func(*Attended)  // its Snapshot has changed
	OnPicture func(*Attended)  // its Picture has changed
}

// Hall holds the sessions that the rep is in.
type Hall struct {
	cfg Config

	mu    sync.Mutex
	in    []*Attended // in the order of entering
	known map[string]bool
	start chan *Attended
}

// MaxSessions bounds what one rep can be in at a time; a session beyond it is not entered and stays in the desk's list.
const MaxSessions = 64

// New makes an empty hall.
func New(c Config) *Hall {
	return &Hall{cfg: c, known: map[string]bool{}, start: make(chan *Attended, MaxSessions)}
}

// Run runs the sessions that Enter adds, until ctx ends; then it leaves them all and waits for them.
func (h *Hall) Run(ctx context.Context) error {
	var wg sync.WaitGroup
	defer wg.Wait()
	for {
		select {
		case a := <-h.start:
			wg.Go(func() { h.attend(ctx, a) })
		case <-ctx.Done():
			return nil
		}
	}
}

// Enter enters a session once; later calls with the same number do nothing. It reports whether it is new.
func (h *Hall) Enter(id string) bool {
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.known[id] || len(h.in) >= MaxSessions {
		return false
	}
	picture, sender := watch.New(h.cfg.Logger), control.NewSender()
	a := &Attended{ID: id, Picture: picture.Picture(), Sender: sender, meter: newMeter(h.cfg.Clock, picture)}
	a.live = session.New(session.Config{
		Link: h.cfg.Link, SessionID: id, Token: h.cfg.Token(), Role: session.Rep, Facts: h.cfg.Facts,
		Features: []session.Feature{picture, sender}, Logger: h.cfg.Logger,
	})
	a.Session = a.live
	select {
	case h.start <- a:
	default:
		return false
	}
	h.known[id] = true
	h.in = append(h.in, a)
	return true
}

// attend runs one session and tells of its changes until it is over.
func (h *Hall) attend(ctx context.Context, a *Attended) {
	ended := make(chan struct{})
	var wg sync.WaitGroup
	wg.Go(func() { h.pump(ended, a) })
	if err := a.live.Run(ctx); err != nil && ctx.Err() == nil {
		h.cfg.Logger.Warn("a session ended with a fault", "session", a.ID, "err", err)
	}
	close(ended)
	wg.Wait()
	if ctx.Err() == nil {
		h.cfg.OnChanged(a)
	}
}

func (h *Hall) pump(ended <-chan struct{}, a *Attended) {
	for {
		select {
		case <-a.live.Changed():
			h.cfg.OnChanged(a)
		case <-a.Picture.Changed():
			h.cfg.OnPicture(a)
			a.meter.came()
		case <-ended:
			return
		}
	}
}

// All lists the sessions in the order of entering.
func (h *Hall) All() []*Attended {
	h.mu.Lock()
	defer h.mu.Unlock()
	return slices.Clone(h.in)
}

// Find gives a session, or nil.
func (h *Hall) Find(id string) *Attended {
	h.mu.Lock()
	defer h.mu.Unlock()
	for _, a := range h.in {
		if a.ID == id {
			return a
		}
	}
	return nil
}

// Dismiss takes a session that is over off the list; one that is not over is left first.
func (h *Hall) Dismiss(id string) {
	a := h.Find(id)
	if a == nil {
		return
	}
	if a.Session.Snapshot().Phase != session.Over {
		a.Session.Leave()
	}
	h.mu.Lock()
	defer h.mu.Unlock()
	h.in = slices.DeleteFunc(h.in, func(x *Attended) bool { return x == a })
}
