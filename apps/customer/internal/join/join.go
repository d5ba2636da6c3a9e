// Package join is the customer's way into a session: it redeems a code or a ticket, waits for a rep as long as it takes,
// and hands over what a session.Config needs. It has no windows, and consent is none of its business: no code, ticket or
// link can carry it.
//
// A Joining is one try. Run is called once; Snapshot and Changed may be used from any goroutine. The goroutine in Run owns
// the state; what others see is replaced as a whole.
package join

import (
	"context"
	"errors"
	"io"
	"log/slog"
	"slices"
	"strings"
	"sync/atomic"
	"time"

	"deskhand/apps/internal/session"
	"deskhand/protocol/code"
	"deskhand/protocol/fault"
	"deskhand/protocol/invite"
	"deskhand/protocol/pb"
	"deskhand/protocol/transport"
)

const (
	firstPause   = 250 * time.Millisecond
	longestPause = 5 * time.Second
	// admitWithin is how long a relay may keep a redeemed code's answer. Waiting for a rep has no limit.
	admitWithin = 15 * time.Second
)

// ParseLink reads a `deskhand:` link. Everything unknown, doubled or malformed is refused with fault.Invalid. Neither code
// nor ticket means that the person types a code.
func ParseLink(link string) (invite.Invite, error) { return invite.Parse(link) }

// Config is what a try is made of. Link and one of Code and Ticket must be set.
type Config struct {
	Link   session.Link
	Facts  session.Facts // of this machine: system, host and language are told to the relay
	Code   code.Code     // typed by the person, or from a link
	Ticket string        // from a link
	Logger *slog.Logger  // nil: no logs
}

// Phase is how far a try is.
type Phase uint8

// The phases.
const (
	Connecting Phase = iota // to the relay, for the first time or again
	Waiting                 // for a rep
	Admitted
	Refused // Snapshot.Fault says why; a new try is a new Joining
)

// Admission is what opens the room.
type Admission struct {
	SessionID string
	Token     string
	Portal    string
	Company   string
	Rep       string // screen name
	Customer  string // the name given on the portal, may be empty
	Rights    session.Rights
}

// Snapshot is the whole state at one moment.
type Snapshot struct {
	Phase     Phase
	Place     int           // while Waiting: 1 is next, 0 when unknown
	Expected  time.Duration // while Waiting: the expected time until a rep is there; 0 when unknown
	Admission Admission     // when Admitted
	Fault     fault.Reason  // why it is Refused, or why Connecting takes so long
}

// Joining is one try to get into a session.
type Joining struct {
	cfg     Config
	now     atomic.Pointer[Snapshot]
	changed chan struct{} // capacity 1
}

// New makes a try; nothing happens before Run.
func New(c Config) *Joining {
	if c.Logger == nil {
		c.Logger = slog.New(slog.DiscardHandler)
	}
	j := &Joining{cfg: c, changed: make(chan struct{}, 1)}
	j.now.Store(&Snapshot{})
	return j
}

// Snapshot gives the state now.
func (j *Joining) Snapshot() Snapshot { return *j.now.Load() }

// Changed receives a signal after the Snapshot has changed. Signals merge; there is one receiver.
func (j *Joining) Changed() <-chan struct{} { return j.changed }

func (j *Joining) show(s Snapshot) {
	if *j.now.Load() == s {
		return
	}
	j.now.Store(&s)
	select {
	case j.changed <- struct{}{}:
	default:
	}
}

// Run asks to be let in and waits for a rep. It connects again by itself and keeps its place. Faults: code_unknown,
// code_used, code_expired, no_rep, query_over, session_over, too_many_attempts, versions_differ, wrong_key, invalid.
func (j *Joining) Run(ctx context.Context) (Admission, error) {
	for pause := firstPause; ; pause = min(2*pause, longestPause) {
		waited, admission, err := j.try(ctx)
		switch {
		case err == nil:
			j.show(Snapshot{Phase: Admitted, Admission: admission})
			return admission, nil
		case ctx.Err() != nil:
			return Admission{}, ctx.Err()
		case !passing(err):
			reason := fault.ReasonOf(err)
			j.cfg.Logger.Info("not admitted", "reason", reason)
			j.show(Snapshot{Phase: Refused, Fault: reason})
			return Admission{}, err
		case waited:
			pause = firstPause
		}
		j.show(Snapshot{Fault: fault.ReasonOf(err)})
		select {
		case <-ctx.Done():
			return Admission{}, ctx.Err()
		case <-time.After(pause):
		}
	}
}

// passing reports whether asking again may help.
func passing(err error) bool {
	if errors.Is(err, errNoLink) {
		return false
	}
	switch fault.ReasonOf(err) {
	case fault.CannotConnect, fault.RelayStopping, fault.TooSlow:
		return true
	default:
		return false
	}
}

// errNoLink marks what the link itself has given up on.
var errNoLink = errors.New("join: no link")

// try asks once. waited says that the relay had given it a place.
func (j *Joining) try(ctx context.Context) (waited bool, a Admission, err error) {
	conn, err := session.Await(ctx, j.cfg.Link, func(reason fault.Reason) { j.show(Snapshot{Fault: reason}) })
	if err != nil {
		return false, a, errors.Join(errNoLink, err)
	}
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	slow := time.AfterFunc(admitWithin, cancel)
	defer slow.Stop()
	stream, err := pb.NewJoinClient(conn.Lane(transport.LaneControl)).Join(ctx, &pb.JoinRequest{
		Code: string(j.cfg.Code), Ticket: strings.ToValidUTF8(j.cfg.Ticket, "?"), Hello: session.Hello(j.cfg.Facts),
	})
	if err != nil {
		return false, a, fault.FromStatus(err)
	}
	for {
		e, err := stream.Recv()
		switch {
		case errors.Is(err, io.EOF):
			return waited, a, fault.New(fault.CannotConnect, err)
		case err != nil:
			return waited, a, fault.FromStatus(err)
		case e.GetAdmitted() != nil:
			return waited, admission(e.GetAdmitted()), nil
		case e.GetWaiting() != nil:
			slow.Stop()
			waited = true
			w := e.GetWaiting()
			j.show(Snapshot{Phase: Waiting, Place: int(w.GetPlace()), Expected: w.GetExpected().AsDuration()})
		}
	}
}

func admission(m *pb.Admitted) Admission {
	return Admission{
		SessionID: m.GetSessionId(), Token: m.GetToken(), Portal: m.GetPortal(), Company: m.GetCompany(), Rep: m.GetRep(),
		Customer: m.GetCustomer(), Rights: session.Rights{
			See:     slices.Contains(m.GetRights(), pb.Right_RIGHT_SEE),
			Control: slices.Contains(m.GetRights(), pb.Right_RIGHT_CONTROL),
		},
	}
}
