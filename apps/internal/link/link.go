// Package link keeps an app connected to its relay: it dials, notices when the connection has ended and dials again,
// with pauses that grow. It owns the connection; others borrow it with Conn and never close it. It knows nothing of
// logins and sessions.
//
// One goroutine calls Run, once; everything else may be called from any goroutine at any time. When Run returns, the
// connection is closed and every goroutine behind it has ended.
package link

import (
	"context"
	"fmt"
	"log/slog"
	"math/rand/v2"
	"net/http"
	"net/url"
	"time"

	"deskhand/protocol/fault"
	"deskhand/protocol/transport"
)

// Config says which relay, and what the link may use. All but Address may be left out.
type Config struct {
	Address string // host:port, or host for port 443
	Key     string // the relay's key fingerprint; empty: the system's roots decide
	Clock   func() time.Time
	Logger  *slog.Logger
	// Proxy gives the HTTP proxy for a TCP address (host:port), or nil for a direct way. Nil itself: never a proxy.
	Proxy func(address string) (*url.URL, error)
	// Random spreads the pauses, so that a relay that comes back does not meet all its apps at once: 0 ≤ x < 1.
	Random func() float64
}

// Status is how the link stands.
type Status struct {
	Connected bool
	Path      string        // "quic" or "tcp"; empty when not connected
	Delay     time.Duration // to the relay and back; 0 when not connected
	// Fault is why it is not connected: empty when it is, or when nothing has failed yet. wrong_key is final.
	Fault fault.Reason
}

// Link is an app's connection to its relay.
type Link struct {
	keeper *keeper[*transport.Conn]
}

// SystemProxy is the HTTP proxy that the system's settings name for an address (host:port), or nil; for Config.Proxy.
func SystemProxy(address string) (*url.URL, error) {
	return http.ProxyFromEnvironment(&http.Request{URL: &url.URL{Scheme: "https", Host: address}})
}

// New checks the configuration; nothing happens before Run. Its faults are invalid, for an address or key that cannot be
// one.
func New(c Config) (*Link, error) {
	if err := transport.CheckAddress(c.Address); err != nil {
		return nil, fmt.Errorf("link: %w", err)
	}
	var trust transport.Trust
	if c.Key != "" {
		key, err := transport.ParseFingerprint(c.Key)
		if err != nil {
			return nil, fmt.Errorf("link: %w", err)
		}
		trust.Key = &key
	}
	if c.Logger == nil {
		c.Logger = slog.New(slog.DiscardHandler)
	}
	if c.Clock == nil {
		c.Clock = time.Now
	}
	if c.Random == nil {
		c.Random = rand.Float64
	}
	dial := transport.DialConfig{Address: c.Address, Trust: trust, Proxy: c.Proxy, Logger: c.Logger}
	return &Link{&keeper[*transport.Conn]{
		dial:    func(ctx context.Context) (*transport.Conn, error) { return transport.Dial(ctx, dial) },
		clock:   c.Clock,
		logger:  c.Logger,
		random:  c.Random,
		changed: make(chan struct{}, 1),
		news:    make(chan struct{}),
	}}, nil
}

// Run keeps the link connected until ctx ends, whose error it returns, or until the relay has shown a wrong key, which
// is a fault and final: nothing is dialled after it.
func (l *Link) Run(ctx context.Context) error { return l.keeper.run(ctx) }

// Conn gives the connection, as soon as there is one. It may end at any time; ask again after its Done. Conn fails when
// ctx or Run ends, and with the fault wrong_key once that has been seen.
func (l *Link) Conn(ctx context.Context) (*transport.Conn, error) { return l.keeper.get(ctx) }

// Status gives a copy. Delay is measured anew with each call.
func (l *Link) Status() Status { return l.keeper.status() }

// Changed receives a signal after Status has changed in anything but Delay. Signals merge; there is one receiver.
func (l *Link) Changed() <-chan struct{} { return l.keeper.changed }
