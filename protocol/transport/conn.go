package transport

import (
	"context"
	"errors"
	"fmt"
	"net"
	"sync"
	"time"

	"github.com/quic-go/quic-go"
	"google.golang.org/grpc"

	"deskhand/protocol/fault"
)

// carrier is what a Conn runs on, one for each path.
type carrier interface {
	// open gives what a lane runs on, after its first byte.
	open(ctx context.Context, l Lane) (net.Conn, error)
	rtt() time.Duration
	silent() time.Duration
	// close ends everything and waits.
	close()
}

// Conn is an app's connection to its relay. It does not come back once it has ended: dial a new one.
type Conn struct {
	path    string
	life    context.Context // ends with the connection and holds the cause
	carrier carrier
	options []grpc.DialOption // for every lane

	mu      sync.Mutex
	lanes   [laneCount + 1]*grpc.ClientConn // by Lane
	closed  bool
	opening sync.WaitGroup // calls of open; grows only while not closed
	closing sync.Once
}

// Lane gives the gRPC connection of a lane. It is made on first use and belongs to the Conn: do not close it. On a Conn
// that has ended its calls fail at once.
func (c *Conn) Lane(l Lane) *grpc.ClientConn {
	if !l.valid() {
		panic(fmt.Sprintf("transport: lane %d does not exist", l))
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.lanes[l] == nil {
		c.lanes[l] = c.newLane(l)
	}
	return c.lanes[l]
}

func (c *Conn) newLane(l Lane) *grpc.ClientConn {
	dial := grpc.WithContextDialer(func(ctx context.Context, _ string) (net.Conn, error) { return c.open(ctx, l) })
	lane, err := grpc.NewClient("passthrough:///deskhand-relay", append(append(l.dialOptions(), c.options...), dial)...)
	if err != nil {
		panic("transport: gRPC refuses its options: " + err.Error()) // they are all ours
	}
	if c.closed {
		_ = lane.Close()
	}
	return lane
}

// open is gRPC's dialler. gRPC calls it again when a lane broke and the connection did not.
func (c *Conn) open(ctx context.Context, l Lane) (net.Conn, error) {
	c.mu.Lock()
	if c.closed {
		c.mu.Unlock()
		return nil, net.ErrClosed
	}
	c.opening.Add(1)
	c.mu.Unlock()
	defer c.opening.Done()
	if err := c.Err(); err != nil {
		return nil, err
	}
	return c.carrier.open(ctx, l)
}

// Path is "quic" or "tcp".
func (c *Conn) Path() string { return c.path }

// RTT is the delay to the relay and back. On QUIC it is measured all the time; on TCP it is what making the connections
// has shown, a first estimate for callers that measure with pings of their own. It is never 0.
func (c *Conn) RTT() time.Duration { return max(c.carrier.rtt(), time.Microsecond) }

// Silent is for how long the relay has not answered what was sent; 0 when it answers or owes none. It notices within
// two seconds.
func (c *Conn) Silent() time.Duration { return c.carrier.silent() }

// Done is closed when the connection has ended: the relay stopped or fell silent, a TCP lane broke, or Close was called.
func (c *Conn) Done() <-chan struct{} { return c.life.Done() }

// Err is why the connection has ended, nil while it has not: net.ErrClosed after Close, else a fault, relay_stopping,
// wrong_key or cannot_connect.
func (c *Conn) Err() error {
	if c.life.Err() == nil {
		return nil
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.closed {
		return net.ErrClosed
	}
	cause := context.Cause(c.life)
	var remote *quic.ApplicationError
	if errors.As(cause, &remote) && remote.Remote && remote.ErrorCode == connStopping {
		return fault.New(fault.RelayStopping, cause)
	}
	return dialFault(cause)
}

// Close ends the connection and waits for its goroutines. Calls that run on its lanes fail.
func (c *Conn) Close() error {
	c.closing.Do(func() {
		c.mu.Lock()
		c.closed = true
		lanes := c.lanes // those made later are closed by newLane
		c.mu.Unlock()
		var ending sync.WaitGroup
		for _, lane := range lanes {
			if lane != nil {
				ending.Go(func() { _ = lane.Close() })
			}
		}
		ending.Wait()
		c.opening.Wait()
		c.carrier.close()
	})
	return nil
}

// nameLane sends the byte that says which lane it is; it goes out with what follows or alone.
func nameLane(c net.Conn, l Lane) (net.Conn, error) {
	if _, err := c.Write([]byte{byte(l)}); err != nil {
		_ = c.Close()
		return nil, err
	}
	return c, nil
}
