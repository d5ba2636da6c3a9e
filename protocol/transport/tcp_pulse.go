package transport

import (
	"context"
	"net"
	"sync/atomic"
	"time"

	"google.golang.org/grpc"
	"google.golang.org/protobuf/types/known/emptypb"
)

const (
	// askAfter is how long a relay may leave what was sent on TCP unanswered before it is asked for a sign of life. TCP's
	// own timer doubles and says nothing of it.
	askAfter = 1500 * time.Millisecond
	// tcpTick is how often that is looked at.
	tcpTick = 500 * time.Millisecond
	// askMethod does not exist, so that every relay answers at once that it does not. That is all there is to know.
	askMethod = "/deskhand.Pulse/Ask"
)

// tcpPulse knows for how long a relay has been silent, over all lanes of a connection on TCP. Safe for concurrent use.
// Times are nanoseconds since began.
type tcpPulse struct {
	began time.Time
	reads atomic.Uint64 // that brought something
	owed  atomic.Int64  // since when something sent is unanswered; 0: nothing is
	asked atomic.Bool   // and a sign of life was asked for
}

func newTCPPulse() *tcpPulse { return &tcpPulse{began: time.Now()} }

func (p *tcpPulse) heard() {
	p.reads.Add(1)
	p.owed.Store(0)
	p.asked.Store(false)
}

func (p *tcpPulse) wrote() { p.owed.CompareAndSwap(0, max(int64(time.Since(p.began)), 1)) }

// unanswered is for how long something sent has had no answer of any kind.
func (p *tcpPulse) unanswered() time.Duration {
	owed := p.owed.Load()
	if owed == 0 {
		return 0
	}
	return time.Since(p.began) - time.Duration(owed)
}

// silent is 0 before the relay was asked: much of what is sent needs no answer.
func (p *tcpPulse) silent() time.Duration {
	if !p.asked.Load() {
		return 0
	}
	return p.unanswered()
}

// watch asks for a sign of life when something is unanswered, and when much came and then nothing, until ctx ends.
func (p *tcpPulse) watch(ctx context.Context, lane *grpc.ClientConn) {
	var received rate
	for n := 0; wait(ctx, tcpTick); n++ {
		ebbed := n%2 == 0 && received.stopped(p.reads.Load())
		if !ebbed && p.unanswered() < askAfter {
			continue
		}
		p.wrote()
		p.asked.Store(true)
		// It fails in any case; the answer, if there is one, has come by way of heard.
		_ = lane.Invoke(ctx, askMethod, &emptypb.Empty{}, &emptypb.Empty{})
	}
}

// pulsing is a TLS connection that notes when something comes and goes.
type pulsing struct {
	net.Conn
	pulse *tcpPulse
}

func (c pulsing) Read(b []byte) (int, error) {
	n, err := c.Conn.Read(b)
	if n > 0 {
		c.pulse.heard()
	}
	return n, err
}

func (c pulsing) Write(b []byte) (int, error) {
	c.pulse.wrote()
	return c.Conn.Write(b)
}
