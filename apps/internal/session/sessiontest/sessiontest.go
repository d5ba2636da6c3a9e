// Package sessiontest is a relay on a pipe for tests of what talks to one: a real gRPC server with the services that the
// test registers, and a session.Link to it that the test can break. Safe for concurrent use.
package sessiontest

import (
	"context"
	"errors"
	"net"
	"sync"
	"testing"
	"time"

	"google.golang.org/grpc"
	"google.golang.org/grpc/credentials/insecure"
	"google.golang.org/grpc/test/bufconn"

	"deskhand/apps/internal/session"
	"deskhand/protocol/fault"
	"deskhand/protocol/transport"
)

// Delay is the RTT of each connection.
const Delay = 20 * time.Millisecond

// Link is a link to a relay on a pipe.
type Link struct {
	listener *bufconn.Listener

	mu    sync.Mutex
	err   error         // every Conn fails with it
	why   fault.Reason  // while down
	up    chan struct{} // closed while there is a connection to be had
	conns []*conn
}

type conn struct {
	grpc *grpc.ClientConn
	done chan struct{}
	once sync.Once
}

func (c *conn) Lane(transport.Lane) *grpc.ClientConn { return c.grpc }
func (c *conn) Done() <-chan struct{}                { return c.done }
func (c *conn) Path() string                         { return "quic" }
func (c *conn) RTT() time.Duration                   { return Delay }

// end breaks the connection as a lost network does.
func (c *conn) end() error {
	err := c.grpc.Close()
	c.once.Do(func() { close(c.done) })
	return err
}

// New serves what register registers until the test ends.
func New(t *testing.T, register func(*grpc.Server)) *Link {
	t.Helper()
	l := &Link{listener: bufconn.Listen(1 << 16), up: make(chan struct{})}
	close(l.up)
	server := grpc.NewServer()
	register(server)
	served := make(chan error, 1)
	go func() { served <- server.Serve(l.listener) }()
	t.Cleanup(func() {
		l.Break()
		server.Stop()
		if err := <-served; err != nil && !errors.Is(err, grpc.ErrServerStopped) {
			t.Errorf("serve: %v", err)
		}
	})
	return l
}

// Break ends all connections.
func (l *Link) Break() {
	l.mu.Lock()
	conns := l.conns
	l.conns = nil
	l.mu.Unlock()
	for _, c := range conns {
		_ = c.end()
	}
}

// Down makes every Conn wait until Up; Fault gives why meanwhile.
func (l *Link) Down(why fault.Reason) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.why, l.up = why, make(chan struct{})
}

// Up ends Down.
func (l *Link) Up() {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.why = ""
	close(l.up)
}

// Fail makes every Conn fail.
func (l *Link) Fail(err error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.err = err
}

// Fault is the reason that Down gave.
func (l *Link) Fault() fault.Reason {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.why
}

// Conn gives the connection, or a new one after Break.
func (l *Link) Conn(ctx context.Context) (session.Conn, error) {
	l.mu.Lock()
	up, err := l.up, l.err
	l.mu.Unlock()
	if err != nil {
		return nil, err
	}
	select {
	case <-up:
	case <-ctx.Done():
		return nil, ctx.Err()
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	if len(l.conns) > 0 {
		return l.conns[len(l.conns)-1], nil
	}
	g, err := grpc.NewClient("passthrough:relay", grpc.WithTransportCredentials(insecure.NewCredentials()),
		grpc.WithContextDialer(func(ctx context.Context, _ string) (net.Conn, error) { return l.listener.DialContext(ctx) }))
	if err != nil {
		return nil, err
	}
	c := &conn{grpc: g, done: make(chan struct{})}
	l.conns = append(l.conns, c)
	return c, nil
}
