package transport

import (
	"context"
	"errors"
	"net"
	"time"
)

const (
	// insistEvery is how often a TCP connection is begun while the former tries have had no answer at all: the system
	// repeats its first packet ever more seldom, and would notice the network's return late.
	insistEvery = time.Second
	// insistFor is how long each try may take.
	insistFor = 3 * time.Second
)

// insist connects, with a further try beside the others every second. The first that is answered decides: it gives a
// connection, or a failure other than silence. All tries have ended when it returns.
func insist(ctx context.Context, connect func(context.Context) (net.Conn, error)) (won net.Conn, err error) {
	ctx, cancel := context.WithCancel(ctx)
	type try struct {
		conn net.Conn
		err  error
	}
	tries, running := make(chan try), 0
	defer func() {
		cancel()
		for ; running > 0; running-- {
			if late := <-tries; late.err == nil {
				_ = late.conn.Close()
			}
		}
	}()
	begin := time.NewTimer(0)
	defer begin.Stop()
	for {
		select {
		case <-ctx.Done():
			return nil, context.Cause(ctx)
		case <-begin.C:
			running++
			go func() { // insist waits for it
				ctx, cancel := context.WithTimeout(ctx, insistFor)
				defer cancel()
				c, err := connect(ctx)
				tries <- try{c, err}
			}()
			begin.Reset(insistEvery)
		case t := <-tries:
			running--
			var slow net.Error
			if t.err == nil || !errors.As(t.err, &slow) || !slow.Timeout() {
				return t.conn, t.err
			}
		}
	}
}
