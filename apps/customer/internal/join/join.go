// Package join is the customer's way into a session: it redeems a code or a ticket, waits for a rep as long as it takes,
// and hands over what a session.Config needs. It has no windows, and consent is none of its business: no code, ticket or
// link can carry it.
//
// A Joining is one try. Run is called once; Snapshot and Changed may be used from any goroutine.
package join

import (
	"context"
	"log/slog"
	"time"

	"deskhand/apps/internal/session"
	"deskhand/protocol/code"
	"deskhand/protocol/fault"
)

// Target is what a `deskhand:` link leads to, or what a person typed.
type Target struct {
	Relay  string    // host:port
	Key    string    // fingerprint of the relay's key; empty: the system's roots
	Code   code.Code // one of the two, or neither: the person types a code
	Ticket string
}

// ParseLink reads a `deskhand:` link. Everything unknown, doubled or malformed is refused with fault.Invalid.
func ParseLink(link string) (Target, error) { return Target{}, nil }

// Config is what a try is made of. Link, Facts and one of Code and Ticket must be set.
type Config struct {
	Link   session.Link
	Facts  session.Facts // of this machine
	Code   code.Code
	Ticket string
	Logger *slog.Logger // nil: no logs
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
type Joining struct{ cfg Config }

// New makes a try; nothing happens before Run.
func New(c Config) *Joining { return &Joining{cfg: c} }

// Run asks to be let in and waits for a rep. It connects again by itself. Faults: code_unknown, code_used, code_expired,
// no_rep, query_over, too_many_attempts, versions_differ, wrong_key, invalid.
func (j *Joining) Run(ctx context.Context) (Admission, error) { return Admission{}, nil }

// Snapshot gives the state now.
func (j *Joining) Snapshot() Snapshot { return Snapshot{} }

// Changed receives a signal after the Snapshot has changed. Signals merge; there is one receiver.
func (j *Joining) Changed() <-chan struct{} { return nil }
