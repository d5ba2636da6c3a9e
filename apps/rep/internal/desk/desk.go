// Package desk is the rep's own desk: it logs in, is present at the relay, and keeps the lists that the windows show. It
// has no windows, and knows sessions only as rows; a session itself is apps/internal/session.
//
// Login and Run are called once each, in any order: Run waits for the login. Everything else may be called from any
// goroutine at any time. Calls with a context wait for the relay, ten seconds at most, and fail with faults; Do runs such
// calls for windows, which never wait. When Run has returned, so has everything that Do started. Snapshots are
// shared: do not change what they point to.
//
// One lock guards the state; it is never held while the relay is asked. What others see is replaced as a whole.
package desk

import (
	"context"
	"log/slog"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"google.golang.org/grpc/metadata"

	"deskhand/apps/internal/session"
	"deskhand/protocol/fault"
	"deskhand/protocol/pb"
	"deskhand/protocol/transport"
)

const (
	patience     = 10 * time.Second // how long the relay may take to answer, the wait for a connection included
	firstPause   = 250 * time.Millisecond
	longestPause = 5 * time.Second
	delayEvery   = 5 * time.Second // how often the delay is read from the connection; that sends nothing
)

// Config is what a desk is made of. Link must be set.
type Config struct {
	Link   session.Link
	Facts  session.Facts    // of this machine: system, host and language are told to the relay
	Clock  func() time.Time // nil: time.Now
	Logger *slog.Logger     // nil: no logs
}

// Desk is a rep's desk.
type Desk struct {
	cfg     Config
	now     atomic.Pointer[Snapshot]
	changed chan struct{} // capacity 1
	login   chan struct{} // closed after Login
	chosen  chan struct{} // capacity 1: the availability was chosen
	left    chan struct{} // closed at the end of Logout
	leaving atomic.Bool   // Logout has begun
	leave   sync.Once
	jobs    jobs

	mu sync.Mutex // guards what follows
	st state
}

// New makes a desk; nothing happens before Login.
func New(c Config) *Desk {
	if c.Clock == nil {
		c.Clock = time.Now
	}
	if c.Logger == nil {
		c.Logger = slog.New(slog.DiscardHandler)
	}
	d := &Desk{
		cfg: c, changed: make(chan struct{}, 1), login: make(chan struct{}), chosen: make(chan struct{}, 1),
		left: make(chan struct{}), jobs: newJobs(), st: newState(),
	}
	d.now.Store(&Snapshot{Available: true})
	return d
}

// Snapshot gives the state now.
func (d *Desk) Snapshot() Snapshot { return *d.now.Load() }

// Changed receives a signal after the Snapshot has changed. Signals merge; there is one receiver.
func (d *Desk) Changed() <-chan struct{} { return d.changed }

// Token is the login's bearer token, with which rooms are entered; empty before Login.
func (d *Desk) Token() string {
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.st.token
}

// update changes the state and makes the change known.
func (d *Desk) update(change func(*state)) {
	d.mu.Lock()
	change(&d.st)
	next := d.st.snapshot()
	d.now.Store(&next)
	d.mu.Unlock()
	signal(d.changed)
}

// signal wakes a receiver that is not awake yet.
func signal(c chan<- struct{}) {
	select {
	case c <- struct{}{}:
	default:
	}
}

// Login checks login and password with the relay. Faults: invalid_password, account_inactive, too_many_attempts,
// versions_differ, cannot_connect, wrong_key. After a fault it may be called again.
func (d *Desk) Login(ctx context.Context, login, password string) error {
	reply, err := call(ctx, d, func(ctx context.Context, c pb.DeskClient) (*pb.LoginReply, error) {
		return c.Login(ctx, &pb.LoginRequest{Login: text(login), Password: text(password), Hello: session.Hello(d.cfg.Facts)})
	})
	if err != nil {
		return err
	}
	d.update(func(st *state) {
		st.token, st.maxCodes = reply.GetToken(), int(reply.GetMaxCodes())
		st.rep = repOf(reply.GetRep())
		st.portals = nil
		for _, p := range reply.GetPortals() {
			st.portals = append(st.portals, portalOf(p))
		}
	})
	close(d.login)
	return nil
}

// call asks the relay as the rep who is logged in.
func call[Reply any](ctx context.Context, d *Desk, ask func(context.Context, pb.DeskClient) (Reply, error)) (reply Reply, err error) {
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	conn, err := d.cfg.Link.Conn(ctx)
	if err != nil {
		if reason := d.cfg.Link.Fault(); reason != "" {
			return reply, fault.New(reason, err)
		}
		return reply, fault.New(fault.CannotConnect, err)
	}
	reply, err = ask(d.callContext(ctx), pb.NewDeskClient(conn.Lane(transport.LaneControl)))
	return reply, fault.FromStatus(err)
}

// text replaces what is not UTF-8: the wire carries nothing else.
func text(s string) string { return strings.ToValidUTF8(s, "\uFFFD") }

// callContext is ctx with who is calling.
func (d *Desk) callContext(ctx context.Context) context.Context {
	token := d.Token()
	if token == "" {
		return ctx
	}
	return metadata.AppendToOutgoingContext(ctx, "authorization", "Bearer "+token)
}
