package session

import (
	"context"
	"strings"
	"sync"
	"time"

	"google.golang.org/grpc"

	"deskhand/apps/internal/link"
	"deskhand/protocol/fault"
	"deskhand/protocol/pb"
	"deskhand/protocol/transport"
	"deskhand/protocol/version"
)

// Conn is a connection to the relay that a session borrows.
type Conn interface {
	Lane(transport.Lane) *grpc.ClientConn
	Done() <-chan struct{}
	Path() string       // "quic" or "tcp"
	RTT() time.Duration // to the relay and back
}

// Link gives the connection to the relay.
type Link interface {
	// Conn waits until there is a connection. What it fails with is final, unless ctx has ended.
	Conn(ctx context.Context) (Conn, error)
	// Fault is why there is no connection now; empty when there is one.
	Fault() fault.Reason
}

// Through makes a Link of an app's connection to the relay. The rep's desk and the customer's way in take it as well.
func Through(l *link.Link) Link { return through{l} }

type through struct{ l *link.Link }

func (o through) Conn(ctx context.Context) (Conn, error) {
	c, err := o.l.Conn(ctx)
	if err != nil {
		return nil, err
	}
	return c, nil
}

func (o through) Fault() fault.Reason { return o.l.Status().Fault }

// faultEvery is how often a link is asked why there is no connection, while there is none.
const faultEvery = 500 * time.Millisecond

// Await is l.Conn, and calls why from another goroutine while there is no connection and a reason is known. That goroutine
// has ended when Await returns.
func Await(ctx context.Context, l Link, why func(fault.Reason)) (Conn, error) {
	waiting, cancel := context.WithCancel(ctx)
	var wg sync.WaitGroup
	defer wg.Wait()
	defer cancel()
	wg.Go(func() {
		tick := time.NewTicker(faultEvery)
		defer tick.Stop()
		for {
			select {
			case <-waiting.Done():
				return
			case <-tick.C:
			}
			if reason := l.Fault(); reason != "" {
				why(reason)
			}
		}
	})
	return l.Conn(ctx)
}

// Hello says who is calling. What is not text in f is replaced, because the wire carries nothing else.
func Hello(f Facts) *pb.Hello {
	f = f.text()
	return &pb.Hello{Wire: version.Wire, Product: version.Product, System: f.System, Host: f.Host, Language: f.Language}
}

// text replaces what is not UTF-8: machines can have any name.
func (f Facts) text() Facts {
	for _, s := range []*string{&f.System, &f.Host, &f.Language, &f.Processor} {
		*s = strings.ToValidUTF8(*s, "\uFFFD")
	}
	return f
}
