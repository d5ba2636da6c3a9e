// Package desk is the rep's own desk: it logs in, is present at the relay, and keeps the lists that the windows show. It
// has no windows, and knows sessions only as rows; a session itself is apps/internal/session.
//
// Login comes first, then Run, once each; everything else may be called from any goroutine at any time. Calls with a
// context wait for the relay, ten seconds at most, and fail with faults; Do runs such calls for windows, which never wait.
// When Run has returned, so has everything that Do started. Snapshots are shared: do not change what they point to.
//
// One lock guards the state; it is never held while the relay is asked.
package desk

import (
	"context"
	"log/slog"
	"time"

	"deskhand/apps/internal/session"
	"deskhand/protocol/fault"
)

// Config is what a desk is made of. Link and Facts must be set.
type Config struct {
	Link   session.Link
	Facts  session.Facts    // of this machine: system, host and language are told to the relay
	Clock  func() time.Time // nil: time.Now
	Logger *slog.Logger     // nil: no logs
}

// Rep is who is logged in.
type Rep struct {
	Name       string // what colleagues see
	ScreenName string // what customers see
	Login      string
	Company    string
}

// Kind is what a portal asks a customer for.
type Kind uint8

// The kinds.
const (
	KindUnknown Kind = iota
	KindQuestion
	KindCode
)

// Mode is how a portal finds a rep.
type Mode uint8

// The modes.
const (
	ModeUnknown Mode = iota
	ModeWeb
	ModeQueue
	ModePhone
)

// Portal is one of the rep's portals.
type Portal struct {
	Slug, Name string
	Kind       Kind
	Mode       Mode
	URL        string // where customers open it
}

// Query is a customer's request that waits for a rep.
type Query struct {
	ID                  string // nine digits
	Portal              string // its name
	Customer            string // may be empty
	Email               string
	Question            string
	Language            string // BCP 47
	System              string
	PostedAt, ExpiresAt time.Time // by the relay's clock
}

// Session is a session as lists show it.
type Session struct {
	ID                  string // nine digits
	Portal              string
	Customer            string
	Question            string
	Language            string
	System              string
	Rep                 string
	PostedAt, StartedAt time.Time
	JoinedAt            time.Time // zero until the customer's app is in
	EndedAt             time.Time // zero while it runs
	Outcome             session.Outcome
	Notes               string
}

// Code is an active code.
type Code struct {
	Code                 string // nine digits
	Name                 string
	Portal               string // its name
	CreatedAt, ExpiresAt time.Time
	JoinURL              string // opens the join flow with no typing
}

// Posting is one query delivered to this rep: it raises an alert.
type Posting struct {
	ID                  string // nine digits, the query's
	Kind                Kind
	Portal              string
	Customer            string
	Question            string
	PostedAt, ExpiresAt time.Time
}

// Snapshot is the whole state at one moment.
type Snapshot struct {
	Rep       Rep
	Connected bool          // the lists are complete and live; otherwise they are as they were
	Path      string        // "quic" or "tcp"; empty when not connected
	Delay     time.Duration // to the relay and back; 0 when unknown
	Available bool          // as this rep chose

	Queries     []Query   // waiting, oldest first
	Sessions    []Session // open, newest first
	History     []Session // ended, newest first; the first page and what More added
	HistoryMore bool      // there are older ones
	Codes       []Code    // active, oldest first
	Portals     []Portal  // as the relay gives them
	Postings    []Posting // alerts to show, oldest first
	MaxCodes    int

	LoggedOut bool         // this login is over; Run has returned or will
	Displaced bool         // because it was ended elsewhere
	Fault     fault.Reason // why it is not connected; empty when it is
}

// Desk is a rep's desk.
type Desk struct{ cfg Config }

// New makes a desk; nothing happens before Login.
func New(c Config) *Desk { return &Desk{cfg: c} }

// Login checks login and password with the relay. Faults: invalid_password, account_inactive, too_many_attempts,
// versions_differ, cannot_connect, wrong_key.
func (d *Desk) Login(ctx context.Context, login, password string) error { return nil }

// Run keeps the rep present at the relay until ctx ends or the login is over, which is the fault logged_out.
func (d *Desk) Run(ctx context.Context) error { return nil }

// Snapshot gives the state now.
func (d *Desk) Snapshot() Snapshot { return Snapshot{} }

// Changed receives a signal after the Snapshot has changed. Signals merge; there is one receiver.
func (d *Desk) Changed() <-chan struct{} { return nil }

// Token is the login's bearer token, with which rooms are entered; empty before Login.
func (d *Desk) Token() string { return "" }

// SetAvailable begins or pauses postings to this rep. It never blocks; the choice outlasts lost connections.
func (d *Desk) SetAvailable(on bool) {}

// Do runs work on a goroutine of the desk's and then calls done with what it returned, on that goroutine; done may be
// nil. It never blocks. At most 16 run at a time; more fail at once with too_slow. After Run they fail with logged_out.
func (d *Desk) Do(work func(ctx context.Context) error, done func(error)) {}

// Accept takes a query; its session is in the next Snapshot. Exactly one rep wins; the others get query_taken, or query_over.
func (d *Desk) Accept(ctx context.Context, id string) error { return nil }

// Decline removes a query from this rep's list.
func (d *Desk) Decline(ctx context.Context, id string) error { return nil }

// CreateCode makes a code for one of the rep's phone-mode portals. Faults: name_in_use, too_many_codes, portal_unknown.
func (d *Desk) CreateCode(ctx context.Context, name, portalSlug string) (Code, error) {
	return Code{}, nil
}

// CancelCode makes a code useless at once.
func (d *Desk) CancelCode(ctx context.Context, code string) error { return nil }

// Search gives the newest ended sessions of which a name, the portal, the question or the number holds text.
func (d *Desk) Search(ctx context.Context, text string) ([]Session, error) { return nil, nil }

// More adds the next older page to Snapshot.History.
func (d *Desk) More(ctx context.Context) error { return nil }

// Transcript gives the stored chat of one of the rep's own ended sessions.
func (d *Desk) Transcript(ctx context.Context, id string) ([]session.Line, error) { return nil, nil }

// Logout ends the login and with it Run.
func (d *Desk) Logout(ctx context.Context) error { return nil }
