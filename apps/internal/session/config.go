package session

import (
	"context"
	"io"
	"log/slog"
	"time"

	"deskhand/protocol/pb"
	"deskhand/protocol/seal"
	"deskhand/protocol/transport"
)

// Config is what a session is made of. Link, SessionID, Token and Role must be set.
type Config struct {
	Link      Link
	SessionID string // nine digits
	Token     string // the rep's login or the customer's admission
	Role      Role
	Facts     Facts  // of this machine; reps send system, host and language only
	Name      string // what a customer without a name on the portal chose to show; empty otherwise

	// AutoConsent is consent that was given at the command line: it is used by itself as soon as the verifier words are
	// known. nil asks the person. A link can never set it.
	AutoConsent *Consent
	// ByLink says that a `deskhand:` link asked for this session. AutoConsent then counts only when the session's rights
	// are exactly those that were given; otherwise the person is asked.
	ByLink bool

	Features []Feature
	Clock    func() time.Time // nil: time.Now
	Rand     io.Reader        // nil: crypto/rand
	Logger   *slog.Logger     // nil: no logs
}

// Feature is something that works on lanes of its own. Adding one edits no other.
type Feature interface {
	// Name is a word for logs and for Snapshot.FeatureFaults: "share".
	Name() string
	// Run works until ctx, which lasts as long as the connection. It is called anew for each connection, never twice at a
	// time, and again after a pause when it failed and trying again may help. What it fails with ends no session.
	Run(ctx context.Context, in Room) error
}

// Room is what a feature sees of the session. It belongs to one feature and one connection; everything but Changed may
// be called from any goroutine.
type Room interface {
	Role() Role
	You() uint32     // this attendee's number
	Session() string // nine digits
	// Lane gives a client on the lane's own connection, and a context that carries who is calling; it ends with the
	// connection to the relay.
	Lane(l transport.Lane) (pb.RoomClient, context.Context, error)
	// State is what holds now. Ask again right before each thing that needs it.
	State() State
	// Changed receives a signal after State or Epoch has changed. Signals merge; there is one receiver.
	Changed() <-chan struct{}
	// Epoch is the media key to seal with now, and whose frames are opened. There is none before the handshake, before the
	// customer has consented, and while the customer is alone.
	Epoch() (seal.Epoch, bool)
}

// State is what a feature may do now.
type State struct {
	Sharing        bool   // the screen may be sent: right, consent and the room say so
	ControlAllowed bool   // the screen is shared and mouse and keyboard may be used
	Rights         Rights // what settings allow at most
	Epoch          uint32 // number of the media key, 0 without one; it rises
}
