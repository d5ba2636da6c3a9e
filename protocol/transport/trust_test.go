package transport

import (
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"log/slog"
	"net"
	"testing"
	"time"

	"deskhand/protocol/fault"
)

// certified gives an identity with a certificate for the names, good around the time given, and roots that hold it.
func certified(t *testing.T, at time.Time, names ...string) (Identity, *x509.CertPool) {
	t.Helper()
	i, err := LoadIdentity(t.TempDir(), rand.Reader, at, names...)
	if err != nil {
		t.Fatal(err)
	}
	roots := x509.NewCertPool()
	roots.AddCert(i.certificate.Leaf)
	return i, roots
}

// TestWrongKey meets a relay that is not the trusted one, on each path while the other path only fails.
func TestWrongKey(t *testing.T) {
	ways := []struct {
		name      string
		quic, tcp bool
	}{{"quic only", true, false}, {"tcp only", false, true}, {"both", true, true}}
	other := Fingerprint{1, 2, 3}
	_, strangeRoots := certified(t, time.Now())
	trusts := []struct {
		name  string
		trust Trust
	}{
		{"another key", Trust{Key: &other}},
		{"unknown authority", Trust{Roots: strangeRoots}},
		{"another key, though the certificate is good", Trust{Key: &other, Roots: strangeRoots}},
	}
	for _, way := range ways {
		for _, trust := range trusts {
			t.Run(way.name+"/"+trust.name, func(t *testing.T) {
				checkLeaks(t)
				s := newStage(t, way.quic, way.tcp)
				config := s.config()
				config.Trust = trust.trust
				c, err := Dial(t.Context(), config)
				if !fault.Is(err, fault.WrongKey) {
					t.Errorf("got %v, %v", c, err)
				}
				select {
				case from := <-s.arrived:
					t.Errorf("a lane came from %v", from)
				default:
				}
			})
		}
	}
}

func TestTrust(t *testing.T) {
	now := time.Now()
	good, goodRoots := certified(t, now)
	expired, expiredRoots := certified(t, now.Add(-2*certificateLife))
	goodPin, expiredPin := good.Fingerprint(), expired.Fingerprint()
	tests := []struct {
		name     string
		identity Identity
		host     string
		trust    Trust
		want     fault.Reason
	}{
		{"the pinned key", good, "localhost", Trust{Key: &goodPin}, ""},
		{"pinned, whatever its name", good, "127.0.0.2", Trust{Key: &goodPin}, ""},
		{"pinned, whatever its dates", expired, "localhost", Trust{Key: &expiredPin}, ""},
		{"pinned, roots do not matter", good, "localhost", Trust{Key: &goodPin, Roots: x509.NewCertPool()}, ""},
		{"a chain to the roots", good, "localhost", Trust{Roots: goodRoots}, ""},
		{"a chain, by IP address", good, "127.0.0.1", Trust{Roots: goodRoots}, ""},
		{"a chain, another name", good, "127.0.0.2", Trust{Roots: goodRoots}, fault.WrongKey},
		{"a chain, expired", expired, "localhost", Trust{Roots: expiredRoots}, fault.WrongKey},
		{"the system's roots", good, "localhost", Trust{}, fault.WrongKey},
	}
	for _, path := range paths {
		for _, test := range tests {
			t.Run(path.name+"/"+test.name, func(t *testing.T) {
				s := &stage{identity: test.identity}
				s.listener = s.listen(t, path.quic, path.tcp, "0.0.0.0:0")
				s.serve(t, s.listener)
				_, port, err := net.SplitHostPort(s.address())
				if err != nil {
					t.Fatal(err)
				}
				c, err := Dial(t.Context(), DialConfig{Address: net.JoinHostPort(test.host, port), Trust: test.trust})
				if fault.ReasonOf(err) != test.want {
					t.Fatalf("got %v, want %q", err, test.want)
				}
				if err == nil {
					_ = c.Close()
				}
			})
		}
	}
}

// TestNotARelay meets a web server with the right key: that is no wrong key.
func TestNotARelay(t *testing.T) {
	checkLeaks(t)
	identity, roots := certified(t, time.Now())
	pin := identity.Fingerprint()
	for _, protocols := range [][]string{nil, {"h2", "http/1.1"}} {
		server, err := tls.Listen("tcp", "127.0.0.1:0", &tls.Config{
			Certificates: []tls.Certificate{identity.certificate}, NextProtos: protocols, MinVersion: tls.VersionTLS13,
		})
		if err != nil {
			t.Fatal(err)
		}
		done := make(chan struct{})
		go func() {
			defer close(done)
			for {
				c, err := server.Accept()
				if err != nil {
					return
				}
				_ = c.(*tls.Conn).HandshakeContext(t.Context())
				_ = c.Close()
			}
		}()
		for _, trust := range []Trust{{Key: &pin}, {Roots: roots}} {
			d := &dialler{DialConfig: DialConfig{Trust: trust, Logger: slog.New(slog.DiscardHandler)}, host: "127.0.0.1"}
			c, err := d.over("tcp", server.Addr().(*net.TCPAddr).Port, d.dialTCP)(t.Context())
			if !fault.Is(err, fault.CannotConnect) {
				t.Errorf("protocols %q: got %v, %v", protocols, c, err)
			}
		}
		_ = server.Close()
		<-done
	}
}

// TestOldTLS refuses everything below 1.3.
func TestOldTLS(t *testing.T) {
	s := newStage(t, false, true)
	for _, protocol := range []string{protocolName, "h2"} {
		d := tls.Dialer{Config: &tls.Config{RootCAs: rootsOf(s.identity), MaxVersion: tls.VersionTLS12, NextProtos: []string{protocol}}}
		if c, err := d.DialContext(t.Context(), "tcp", s.address()); err == nil {
			_ = c.Close()
			t.Errorf("%s: TLS 1.2 was taken", protocol)
		}
	}
}

func rootsOf(i Identity) *x509.CertPool {
	roots := x509.NewCertPool()
	roots.AddCert(i.certificate.Leaf)
	return roots
}
