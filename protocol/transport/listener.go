package transport

import (
	"context"
	"errors"
	"log/slog"
	"net"
)

// ListenConfig says where a relay listens and as whom.
type ListenConfig struct {
	Identity Identity
	QUIC     []string // UDP addresses, host:port
	TCP      []string // TCP addresses, host:port
	Logger   *slog.Logger
}

// Listener is a relay's ear.
type Listener struct{}

// Listen opens all addresses or none.
func Listen(ctx context.Context, c ListenConfig) (*Listener, error) { return nil, errors.New("not yet") }

// Lanes gives every lane of every peer, QUIC streams and TLS connections alike, for grpc.Server.Serve.
func (l *Listener) Lanes() net.Listener { return nil }

// Web gives the TLS connections of browsers, for http.Server.Serve.
func (l *Listener) Web() net.Listener { return nil }

// QUICAddr gives the UDP addresses that are listened on, in the order of the configuration.
func (l *Listener) QUICAddr() []net.Addr { return nil }

// TCPAddr gives the TCP addresses that are listened on, in the order of the configuration.
func (l *Listener) TCPAddr() []net.Addr { return nil }

// Close ends everything and waits.
func (l *Listener) Close() error { return nil }
