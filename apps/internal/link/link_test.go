package link

import (
	"context"
	"crypto/rand"
	"errors"
	"strings"
	"testing"
	"time"

	"google.golang.org/grpc"
	"google.golang.org/grpc/health"
	"google.golang.org/grpc/health/grpc_health_v1"

	"deskhand/protocol/fault"
	"deskhand/protocol/transport"
)

func TestNewChecks(t *testing.T) {
	good := "sha256:" + strings.Repeat("0a", 32)
	tests := []struct {
		name, address, key string
		want               fault.Reason
	}{
		{"pinned", "relay.example:8443", good, ""},
		{"system roots", "relay.example", "", ""},
		{"no address", "", good, fault.Invalid},
		{"bad port", "relay.example:https", good, fault.Invalid},
		{"bad key", "relay.example", "sha256:12", fault.Invalid},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			if _, err := New(Config{Address: test.address, Key: test.key}); fault.ReasonOf(err) != test.want {
				t.Errorf("got %v, want %q", err, test.want)
			}
		})
	}
}

// relay is a real listener with a health service.
type relay struct {
	listener *transport.Listener
	server   *grpc.Server
	served   chan error
}

func startRelay(t *testing.T, identity transport.Identity, address string) *relay {
	t.Helper()
	l, err := transport.Listen(t.Context(), transport.ListenConfig{Identity: identity, QUIC: []string{address}, TCP: []string{address}})
	if err != nil {
		t.Fatal(err)
	}
	r := &relay{l, grpc.NewServer(transport.ServerOptions()...), make(chan error, 1)}
	grpc_health_v1.RegisterHealthServer(r.server, health.NewServer())
	go func() { r.served <- r.server.Serve(l.Lanes()) }()
	return r
}

func (r *relay) stop(t *testing.T) {
	t.Helper()
	r.server.Stop()
	if err := errors.Join(r.listener.Close(), <-r.served); err != nil {
		t.Errorf("stopping the relay: %v", err)
	}
}

// TestRelayRestarts loses a real relay and finds it again on the same address.
func TestRelayRestarts(t *testing.T) {
	identity, err := transport.LoadIdentity(t.TempDir(), rand.Reader, time.Now())
	if err != nil {
		t.Fatal(err)
	}
	r := startRelay(t, identity, "127.0.0.1:0")
	address := r.listener.TCPAddr()[0].String()
	l, err := New(Config{Address: address, Key: identity.Fingerprint().String()})
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	ended := make(chan error, 1)
	go func() { ended <- l.Run(ctx) }()

	for round := range 2 {
		c, err := l.Conn(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		health := grpc_health_v1.NewHealthClient(c.Lane(transport.LaneControl))
		if _, err := health.Check(t.Context(), &grpc_health_v1.HealthCheckRequest{}); err != nil {
			t.Errorf("round %d: %v", round, err)
		}
		if s := l.Status(); !s.Connected || s.Path != "quic" || s.Delay <= 0 || s.Fault != "" {
			t.Errorf("round %d: status is %+v", round, s)
		}
		r.stop(t)
		<-c.Done()
		if round == 0 {
			r = startRelay(t, identity, address)
		}
	}
	cancel()
	if err := <-ended; !errors.Is(err, context.Canceled) {
		t.Errorf("run ended with %v", err)
	}
}

func TestWrongKeyOfARealRelay(t *testing.T) {
	identity, err := transport.LoadIdentity(t.TempDir(), rand.Reader, time.Now())
	if err != nil {
		t.Fatal(err)
	}
	r := startRelay(t, identity, "127.0.0.1:0")
	defer r.stop(t)
	l, err := New(Config{Address: r.listener.TCPAddr()[0].String(), Key: "sha256:" + strings.Repeat("ab", 32)})
	if err != nil {
		t.Fatal(err)
	}
	if err := l.Run(t.Context()); !fault.Is(err, fault.WrongKey) {
		t.Errorf("run ended with %v", err)
	}
	<-l.Changed()
	if s := l.Status(); s.Connected || s.Fault != fault.WrongKey {
		t.Errorf("status is %+v", s)
	}
}
