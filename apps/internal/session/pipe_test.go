package session

import (
	"context"
	"net"
	"sync"
	"time"

	"google.golang.org/grpc"
	"google.golang.org/grpc/credentials/insecure"

	"deskhand/protocol/fault"
	"deskhand/protocol/transport"
)

// pipe is a Link to the relay. Each Conn is a gRPC connection of its own.
type pipe struct {
	r    *relay
	mu   sync.Mutex
	err  error // every Conn fails with it
	down bool  // no Conn until it is up
	open []*grpc.ClientConn
}

func newPipe(r *relay) *pipe {
	p := &pipe{r: r}
	r.t.Cleanup(func() {
		p.mu.Lock()
		defer p.mu.Unlock()
		for _, c := range p.open {
			if err := c.Close(); err != nil {
				r.t.Errorf("close: %v", err)
			}
		}
	})
	return p
}

type pipeConn struct{ c *grpc.ClientConn }

func (p pipeConn) Lane(transport.Lane) *grpc.ClientConn { return p.c }
func (p pipeConn) Done() <-chan struct{}                { return nil }
func (p pipeConn) Path() string                         { return "quic" }
func (p pipeConn) RTT() time.Duration                   { return time.Millisecond }

func (p *pipe) Conn(ctx context.Context) (Conn, error) {
	p.mu.Lock()
	down, err := p.down, p.err
	p.mu.Unlock()
	if err != nil {
		return nil, err
	}
	if down {
		<-ctx.Done()
		return nil, ctx.Err()
	}
	c, err := grpc.NewClient("passthrough:relay", grpc.WithTransportCredentials(insecure.NewCredentials()),
		grpc.WithContextDialer(func(ctx context.Context, _ string) (net.Conn, error) { return p.r.listener.DialContext(ctx) }))
	if err != nil {
		return nil, err
	}
	p.mu.Lock()
	p.open = append(p.open, c)
	p.mu.Unlock()
	return pipeConn{c}, nil
}

func (p *pipe) Fault() fault.Reason {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.down {
		return fault.CannotConnect
	}
	return ""
}
