package transport

import (
	"context"
	"crypto/x509"
	"errors"
	"log/slog"
	"net/url"
)

// Trust says which relay is the right one.
type Trust struct {
	Key   *Fingerprint   // set: exactly that public key and nothing else
	Roots *x509.CertPool // else a certificate chain up to one of these, with the host's name; nil is the system's
}

// DialConfig says where the relay is and how to know it.
type DialConfig struct {
	Address  string // host:port or host; the port is 443 by default
	Trust    Trust
	Proxy    func(addr string) (*url.URL, error) // the HTTP proxy for a TCP address, nil for none; itself nil: never one
	TCPPorts []int                               // extra fall-back ports; nil: 8200 and 80 when the address has port 443
	Logger   *slog.Logger
}

// Dial connects. Faults: cannot_connect, wrong_key, invalid for an address that cannot be one.
func Dial(ctx context.Context, c DialConfig) (*Conn, error) { return nil, errors.New("not yet") }
