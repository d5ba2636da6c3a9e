package transport

import (
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"

	"deskhand/protocol/fault"
)

// Trust says which relay is the right one. There is no way to trust any.
type Trust struct {
	// Key, when set, is the only public key that is right. The certificate around it does not matter then, neither its
	// name nor its dates nor who signed it: whoever holds that key is the relay.
	Key *Fingerprint
	// Roots decide when Key is not set: the certificate must lead to one of them, be in date and name the host. Nil is
	// the system's.
	Roots *x509.CertPool
}

// clientTLS is the configuration for one dial to a host.
func (t Trust) clientTLS(host string) *tls.Config {
	c := &tls.Config{
		MinVersion: tls.VersionTLS13,
		NextProtos: []string{protocolName},
		ServerName: host,
		RootCAs:    t.Roots,
	}
	if t.Key == nil {
		c.VerifyConnection = checkProtocol
		return c
	}
	pin := *t.Key
	// A pinned relay signs its own certificate, so the chain, name and dates prove nothing and the usual verification,
	// which knows only these, is switched off. Nothing is lost: the handshake itself proves that the peer holds the
	// certificate's private key, and VerifyConnection, which runs on every handshake, resumed ones included, and before
	// anything is sent, accepts the pinned key alone.
	c.InsecureSkipVerify = true
	c.VerifyConnection = func(s tls.ConnectionState) error {
		if err := checkPin(s, pin); err != nil {
			return err
		}
		return checkProtocol(s)
	}
	return c
}

func checkPin(s tls.ConnectionState, pin Fingerprint) error {
	if len(s.PeerCertificates) == 0 {
		return fault.New(fault.WrongKey, errors.New("the peer showed no certificate"))
	}
	if got := fingerprintOf(s.PeerCertificates[0]); !pin.matches(got) {
		return fault.New(fault.WrongKey, fmt.Errorf("the peer's key is %s", got))
	}
	return nil
}

// checkProtocol refuses a web server that holds the right key or certificate but is no relay.
func checkProtocol(s tls.ConnectionState) error {
	if s.NegotiatedProtocol != protocolName && s.NegotiatedProtocol != mendingName {
		return fmt.Errorf("the peer does not speak %s", protocolName)
	}
	return nil
}

// dialFault gives a handshake's error its reason: whoever answers with the wrong identity is a wrong key, everything
// else could not be connected to.
func dialFault(err error) error {
	var unverified *tls.CertificateVerificationError
	switch {
	case err == nil:
		return nil
	case fault.Is(err, fault.WrongKey):
		return fault.New(fault.WrongKey, err)
	case errors.As(err, &unverified):
		return fault.New(fault.WrongKey, err)
	default:
		return fault.New(fault.CannotConnect, err)
	}
}
