package transport

import (
	"time"

	"google.golang.org/grpc"
)

// Conn is a connection to a relay.
type Conn struct{}

// Lane gives the gRPC connection of a lane. It is made on first use and belongs to the Conn: do not close it.
func (c *Conn) Lane(l Lane) *grpc.ClientConn { return nil }

// Path is "quic" or "tcp".
func (c *Conn) Path() string { return "" }

// RTT is the delay to the relay and back.
func (c *Conn) RTT() time.Duration { return 0 }

// Done is closed when the connection has ended.
func (c *Conn) Done() <-chan struct{} { return nil }

// Err is why the connection has ended, nil while it has not.
func (c *Conn) Err() error { return nil }

// Close ends the connection and waits for its goroutines.
func (c *Conn) Close() error { return nil }
