// Package relay is the relay as a whole: everything between its listeners and its store. New opens, Serve runs until its
// context ends and then gives everything back. It reads no flags and no environment and never ends the process.
//
// A relay that stops ends no session: customers and reps find their rooms again when it is back.
package relay

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/url"
	"path/filepath"
	"strings"
	"sync"
	"time"

	"deskhand/protocol/transport"
	"deskhand/relay/internal/account"
	"deskhand/relay/internal/bus"
	"deskhand/relay/internal/mail"
	"deskhand/relay/internal/ops"
	"deskhand/relay/internal/store"
)

// StoreFile is the database's name in a relay's folder.
const StoreFile = "relay.db"

// downloads is the folder, in a relay's own, from which pages offer the customer app.
const downloads = "downloads"

// accountsKey is the file, in the relay's folder, whose key seals second factors.
const accountsKey = "accounts.key"

// defaultPort is where a relay listens that is told nothing else, on UDP and TCP alike.
const defaultPort = "443"

// Config says where a relay lives. The zero value works where port 443 may be opened and the folder may be written to.
type Config struct {
	Dir       string           // holds relay.db, relay.key, relay.crt, accounts.key and downloads/; empty is the working directory
	QUIC, TCP []string         // addresses to listen on, host:port; both empty is ":443" for both
	PublicURL string           // of the portal pages: "https://help.example"; empty is made from the first address
	Clock     func() time.Time // nil: time.Now
	Rand      io.Reader        // cryptographic and safe for concurrent use; nil: crypto/rand
	Logger    *slog.Logger     // nil: silent
	Mail      mail.Config      // sends links for forgotten passwords; without a Server there are none

	// Tap sees every message of every session's lanes as the relay carries it, from many goroutines. For the test that
	// proves that a relay cannot read them; nil in use.
	Tap func(lane string, b []byte)
}

// Relay is open from New until Serve returns or Close is called.
type Relay struct {
	cfg       Config
	identity  transport.Identity
	store     *store.Store
	bus       *bus.Bus
	listener  *transport.Listener
	metrics   *ops.Metrics
	accounts  *account.Accounts
	publicURL string
	addr      string
	release   sync.Once

	parts     *servers // set by Serve before it closes assembled
	assembled chan struct{}
}

// New opens the store, the bus and the listeners. ctx is for opening only.
func New(ctx context.Context, cfg Config) (r *Relay, err error) {
	cfg = cfg.withDefaults()
	r = &Relay{cfg: cfg, metrics: ops.New(), assembled: make(chan struct{})}
	defer func() {
		if err != nil {
			err = errors.Join(err, r.Close())
		}
	}()
	if r.identity, err = identity(cfg); err != nil {
		return r, err
	}
	if r.store, err = store.Open(ctx, filepath.Join(cfg.Dir, StoreFile)); err != nil {
		return r, err
	}
	if r.bus, err = bus.Open(ctx); err != nil {
		return r, err
	}
	r.listener, err = transport.Listen(ctx, transport.ListenConfig{
		Identity: r.identity, QUIC: cfg.QUIC, TCP: cfg.TCP, Logger: cfg.Logger,
	})
	if err != nil {
		return r, err
	}
	if err := r.name(); err != nil {
		return r, err
	}
	r.accounts, err = accounts(cfg, r.store, r.publicURL)
	return r, err
}

// accounts needs the public address, to which links for forgotten passwords lead.
func accounts(cfg Config, s *store.Store, publicURL string) (*account.Accounts, error) {
	key, err := account.LoadKey(filepath.Join(cfg.Dir, accountsKey), cfg.Rand)
	if err != nil {
		return nil, err
	}
	c := account.Config{Store: s, Clock: cfg.Clock, Rand: cfg.Rand, Key: key, PublicURL: publicURL, Logger: cfg.Logger}
	if cfg.Mail.Server != "" {
		if c.Mailer, err = mail.New(cfg.Mail); err != nil {
			return nil, err
		}
	}
	return account.New(c), nil
}

func (c Config) withDefaults() Config {
	if c.Clock == nil {
		c.Clock = time.Now
	}
	if c.Rand == nil {
		c.Rand = rand.Reader
	}
	if c.Logger == nil {
		c.Logger = slog.New(slog.DiscardHandler)
	}
	if len(c.QUIC)+len(c.TCP) == 0 {
		c.QUIC, c.TCP = []string{":" + defaultPort}, []string{":" + defaultPort}
	}
	return c
}

// identity loads the relay's key. A certificate that has to be made names the public host.
func identity(cfg Config) (transport.Identity, error) {
	var names []string
	if u, err := url.Parse(cfg.PublicURL); err == nil && u.Hostname() != "" {
		names = append(names, u.Hostname())
	}
	return transport.LoadIdentity(cfg.Dir, cfg.Rand, cfg.Clock(), names...)
}

// Fingerprint reads, or makes, the key of the relay in a folder and says what apps must trust.
func Fingerprint(cfg Config) (string, error) {
	id, err := identity(cfg.withDefaults())
	if err != nil {
		return "", err
	}
	return id.Fingerprint().String(), nil
}

// name finds out how the relay is reached from outside.
func (r *Relay) name() error {
	public, err := r.public()
	if err != nil {
		return err
	}
	r.publicURL = strings.TrimSuffix(public.String(), "/")
	port := public.Port()
	if port == "" {
		port = defaultPort
	}
	r.addr = net.JoinHostPort(public.Hostname(), port)
	return nil
}

func (r *Relay) public() (*url.URL, error) {
	if r.cfg.PublicURL != "" {
		u, err := url.Parse(r.cfg.PublicURL)
		if err != nil || u.Scheme != "https" || u.Hostname() == "" || u.RawQuery != "" || u.Fragment != "" || u.User != nil {
			return nil, fmt.Errorf("relay: public address %q is not of the form https://HOST[:PORT]", r.cfg.PublicURL)
		}
		return u, nil
	}
	host, port, err := net.SplitHostPort(append(r.listener.TCPAddr(), r.listener.QUICAddr()...)[0].String())
	if err != nil {
		return nil, fmt.Errorf("relay: %w", err)
	}
	if ip := net.ParseIP(host); ip == nil || ip.IsUnspecified() {
		host = "localhost"
	}
	address := net.JoinHostPort(host, port)
	if port == defaultPort {
		address = strings.TrimSuffix(address, ":"+defaultPort)
	}
	return &url.URL{Scheme: "https", Host: address}, nil
}

// Addr is what apps dial: host:port of the public address.
func (r *Relay) Addr() string { return r.addr }

// Fingerprint is what apps must trust: "sha256:" and 64 hex digits.
func (r *Relay) Fingerprint() string { return r.identity.Fingerprint().String() }

// PublicURL is where portals are, without a slash at the end.
func (r *Relay) PublicURL() string { return r.publicURL }

// Metrics names every counter with its value.
func (r *Relay) Metrics(f func(name string, value int64)) {
	r.metrics.Each(f)
	f("bus_dropped", int64(r.bus.Dropped()))
	f("connections_dropped", int64(r.listener.Dropped()))
}

// Close gives back what New has opened. Serve does it by itself; a second call does nothing.
func (r *Relay) Close() error {
	var errs []error
	r.release.Do(func() {
		if r.listener != nil {
			errs = append(errs, r.listener.Close())
		}
		if r.bus != nil {
			errs = append(errs, r.bus.Close())
		}
		if r.store != nil {
			errs = append(errs, r.store.Close())
		}
	})
	return errors.Join(errs...)
}
