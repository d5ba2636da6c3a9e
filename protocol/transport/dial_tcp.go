package transport

import (
	"context"
	"crypto/tls"
	"fmt"
	"net"
	"strconv"
	"sync"
	"time"

	"google.golang.org/grpc"
)

// dialTCP makes the connection of the first lane; the others go the same way.
func (d *dialler) dialTCP(ctx context.Context, port int) (*Conn, error) {
	t := &tcpCarrier{dialler: d, port: port, pulse: newTCPPulse()}
	c, err := t.connect(ctx)
	if err != nil {
		return nil, err
	}
	t.spare = c
	var life context.Context
	life, t.end = context.WithCancelCause(context.WithoutCancel(ctx))
	conn := &Conn{path: "tcp", life: life, carrier: t, options: []grpc.DialOption{signsOfLife()}}
	t.running.Go(func() { t.pulse.watch(life, conn.Lane(LaneControl)) })
	return conn, nil
}

// tcpCarrier is a set of TLS connections, one for each lane. When one of them breaks, or cannot be made, the whole of it
// ends: the network is no longer what it was, and which lane notices first is chance.
type tcpCarrier struct {
	*dialler
	port int
	end  context.CancelCauseFunc // the first cause holds

	pulse   *tcpPulse
	running sync.WaitGroup

	mu    sync.Mutex
	spare *tls.Conn     // what dialling made and no lane has taken yet
	delay time.Duration // see rtt
}

// rtt is the least that making one of the connections has shown: connecting takes one round trip, and so does the TLS
// handshake, with some arithmetic. Nothing is measured later.
func (t *tcpCarrier) rtt() time.Duration {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.delay
}

func (t *tcpCarrier) takeSpare() *tls.Conn {
	t.mu.Lock()
	defer t.mu.Unlock()
	c := t.spare
	t.spare = nil
	return c
}

func (t *tcpCarrier) open(ctx context.Context, l Lane) (net.Conn, error) {
	c := t.takeSpare()
	if c == nil {
		var err error
		if c, err = t.connect(ctx); err != nil {
			t.end(err)
			return nil, err
		}
	}
	return nameLane(&tcpLane{Conn: pulsing{c, t.pulse}, end: t.end}, l)
}

func (t *tcpCarrier) silent() time.Duration { return t.pulse.silent() }

func (t *tcpCarrier) close() {
	t.end(net.ErrClosed)
	if c := t.takeSpare(); c != nil {
		_ = c.Close()
	}
	t.running.Wait()
}

func (t *tcpCarrier) connect(ctx context.Context) (*tls.Conn, error) {
	address := net.JoinHostPort(t.host, strconv.Itoa(t.port))
	began := time.Now()
	raw, direct, err := t.connectRaw(ctx, address)
	if err != nil {
		return nil, err
	}
	connected := time.Now()
	c := tls.Client(raw, t.Trust.clientTLS(t.host))
	if err := c.HandshakeContext(ctx); err != nil {
		_ = raw.Close()
		return nil, fmt.Errorf("tls: %w", err)
	}
	delay := time.Since(connected)
	if direct { // a proxy's round trip is not the relay's
		delay = min(delay, connected.Sub(began))
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.delay == 0 || delay < t.delay {
		t.delay = delay
	}
	return c, nil
}

// connectRaw gives the bare connection to the address, through the proxy if there is one for it.
func (t *tcpCarrier) connectRaw(ctx context.Context, address string) (c net.Conn, direct bool, err error) {
	if t.Proxy != nil {
		proxy, err := t.Proxy(address)
		if err != nil {
			return nil, false, fmt.Errorf("proxy: %w", err)
		}
		if proxy != nil {
			c, err = connectThrough(ctx, proxy, address)
			return c, false, err
		}
	}
	c, err = insist(ctx, func(ctx context.Context) (net.Conn, error) {
		return tcpDialer().DialContext(ctx, "tcp", address)
	})
	return c, true, err
}

// tcpDialer leaves signs of life to gRPC, which works from end to end.
func tcpDialer() *net.Dialer {
	return &net.Dialer{KeepAliveConfig: net.KeepAliveConfig{Enable: false}, KeepAlive: -1}
}

// tcpLane is a lane's connection, which takes the carrier with it when it breaks.
type tcpLane struct {
	net.Conn
	end context.CancelCauseFunc
}

func (l *tcpLane) Read(p []byte) (int, error) {
	n, err := l.Conn.Read(p)
	if err != nil {
		l.end(fmt.Errorf("a lane broke: %w", err))
	}
	return n, err
}

func (l *tcpLane) Close() error {
	l.end(net.ErrClosed)
	return l.Conn.Close()
}
