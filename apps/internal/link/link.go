// Package link keeps an app connected to its relay: it dials, notices when the connection has ended and dials again,
// with pauses that grow. It owns the connection; others borrow it with Conn and never close it. It knows nothing of
// logins and sessions.
//
// One goroutine calls Run; everything else may be called from any goroutine at any time. When Run returns, the
// connection is closed and every goroutine that it started has ended.
package link

import (
	"context"
	"errors"
	"log/slog"
	"net/url"
	"time"

	"deskhand/protocol/fault"
	"deskhand/protocol/transport"
)

// Config says which relay, and what the link may use.
type Config struct {
	Address string // host:port or host
	Key     string // the relay's key fingerprint; empty: the system's roots decide
	Clock   func() time.Time
	Logger  *slog.Logger
	Proxy   func(addr string) (*url.URL, error)
}

// Status is how the link stands.
type Status struct {
	Connected bool
	Path      string        // "quic" or "tcp"; empty when not connected
	Delay     time.Duration // to the relay and back; 0 when not known
	Fault     fault.Reason  // why it is not connected; empty when it is, or when nothing has failed yet
}

// Link is an app's connection to the relay.
type Link struct{}

// New checks the configuration. Nothing happens before Run.
func New(c Config) (*Link, error) { return nil, errors.New("not yet") }

// Run keeps the link connected until ctx ends, or until the relay has shown a wrong key, which is final.
func (l *Link) Run(ctx context.Context) error { return errors.New("not yet") }

// Conn gives the connection, as soon as there is one. It fails when ctx or Run ends.
func (l *Link) Conn(ctx context.Context) (*transport.Conn, error) { return nil, errors.New("not yet") }

// Status gives a copy.
func (l *Link) Status() Status { return Status{} }

// Changed receives a signal after Status has changed. Signals merge; there is one receiver.
func (l *Link) Changed() <-chan struct{} { return nil }
