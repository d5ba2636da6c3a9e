package transport

import (
	"crypto/tls"
	"errors"
	"io"
	"time"
)

// Identity is a relay's private key and certificate.
type Identity struct {
	certificate tls.Certificate
	fingerprint Fingerprint
}

// LoadIdentity reads relay.crt and relay.key in dir, or makes them.
func LoadIdentity(dir string, rand io.Reader, now time.Time, names ...string) (Identity, error) {
	return Identity{}, errors.New("not yet")
}

// Fingerprint is what apps pin.
func (i Identity) Fingerprint() Fingerprint { return i.fingerprint }
