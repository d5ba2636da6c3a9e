// Package bus carries between the parts of a relay what can be rebuilt: presence, alerts, who is homed where. Nothing that
// may not be lost goes over it; that is what the store is for.
//
// It is a NATS server in this process, without a port, without storage and without log, and one connection to it. A fleet
// will join a cluster instead, with the same subjects. Safe for concurrent use. Messages of one publisher reach each
// subscriber in order, at most once; a subscriber that is too slow loses the newest ones, which are counted.
package bus

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"sync/atomic"
	"time"

	"github.com/nats-io/nats-server/v2/server"
	"github.com/nats-io/nats.go"
)

const (
	// Messages that may wait for one subscriber. Those that come while it is full are dropped and counted.
	pending = 1024

	startTime = 10 * time.Second
	drainTime = 5 * time.Second
)

// ErrClosed: the bus has been closed.
var ErrClosed = errors.New("bus: closed")

// Bus is an embedded NATS server and a connection to it.
type Bus struct {
	server *server.Server
	conn   *nats.Conn
	past   atomic.Uint64 // drops of subscriptions that have ended

	mu     sync.Mutex
	closed bool
	subs   map[*subscription]struct{}
}

// subscription is owned by its loop, which ends when stop or drain is closed.
type subscription struct {
	sub   *nats.Subscription
	queue chan *nats.Msg
	f     func(data []byte)
	stop  chan struct{} // end at once
	drain chan struct{} // end when the queue is empty
	once  sync.Once
	done  chan struct{}
}

// Open starts the bus. ctx bounds the start only; Close ends the bus.
func Open(ctx context.Context) (*Bus, error) {
	s, err := server.NewServer(&server.Options{
		ServerName: "relay", DontListen: true, NoLog: true, NoSigs: true, NoSystemAccount: true,
	})
	if err != nil {
		return nil, fmt.Errorf("bus: %w", err)
	}
	s.Start()
	conn, err := connect(ctx, s)
	if err != nil {
		s.Shutdown()
		s.WaitForShutdown()
		return nil, fmt.Errorf("bus: %w", err)
	}
	return &Bus{server: s, conn: conn, subs: make(map[*subscription]struct{})}, nil
}

func connect(ctx context.Context, s *server.Server) (*nats.Conn, error) {
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	if !s.ReadyForConnections(startTime) {
		return nil, errors.New("the embedded server does not start")
	}
	quiet := func(*nats.Conn, *nats.Subscription, error) {} // slow subscribers are counted by Dropped
	return nats.Connect("", nats.InProcessServer(s), nats.NoReconnect(), nats.ErrorHandler(quiet), nats.Timeout(startTime))
}

// Publish sends data, up to 1 MiB, to all subscribers of subject; it does not wait for them.
func (b *Bus) Publish(subject string, data []byte) error {
	return say("publish", b.conn.Publish(subject, data))
}

func say(what string, err error) error {
	switch {
	case err == nil:
		return nil
	case errors.Is(err, nats.ErrConnectionClosed):
		return ErrClosed
	default:
		return fmt.Errorf("bus: %s: %w", what, err)
	}
}

// Subscribe calls f, one message at a time, for everything published on subject, in which * stands for one word between
// full stops and a final > for the rest. f owns data. cancel ends it and waits for an f that is running, so f must not
// call it; after that f is not called any more, and what still waited is dropped. Close ends it as well.
func (b *Bus) Subscribe(subject string, f func(data []byte)) (cancel func(), err error) {
	s := &subscription{
		f: f, queue: make(chan *nats.Msg, pending),
		stop: make(chan struct{}), drain: make(chan struct{}), done: make(chan struct{}),
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.closed {
		return nil, ErrClosed
	}
	if s.sub, err = b.conn.ChanSubscribe(subject, s.queue); err != nil {
		return nil, say("subscribe", err)
	}
	b.subs[s] = struct{}{}
	go s.run()
	return func() { b.end(s, s.stop) }, nil
}

// run calls f until it is told to end.
func (s *subscription) run() {
	defer close(s.done)
	for {
		select {
		case <-s.stop:
			return
		default:
		}
		select {
		case <-s.stop:
			return
		case m := <-s.queue:
			s.f(m.Data)
		case <-s.drain:
			if len(s.queue) == 0 { // nothing comes any more
				return
			}
		}
	}
}

// end unsubscribes, tells the loop how to end, and waits for it. Only the first call says how.
func (b *Bus) end(s *subscription, how chan struct{}) {
	s.once.Do(func() {
		if n, err := s.sub.Dropped(); err == nil {
			b.past.Add(uint64(n))
		}
		// It fails only when the connection has ended, and the subscription with it.
		_ = s.sub.Unsubscribe()
		b.mu.Lock()
		delete(b.subs, s)
		b.mu.Unlock()
		close(how)
	})
	<-s.done
}

// Dropped counts the messages that subscribers were too slow for.
func (b *Bus) Dropped() uint64 {
	b.mu.Lock()
	defer b.mu.Unlock()
	total := b.past.Load()
	for s := range b.subs {
		if n, err := s.sub.Dropped(); err == nil {
			total += uint64(n)
		}
	}
	return total
}

// Close delivers what has been published, waits for the subscribers' functions, and stops the server. Subscribers and
// publishers that come later get ErrClosed. A second call does nothing.
func (b *Bus) Close() error {
	b.mu.Lock()
	if b.closed {
		b.mu.Unlock()
		return nil
	}
	b.closed = true
	var subs []*subscription
	for s := range b.subs {
		subs = append(subs, s)
	}
	b.mu.Unlock()

	err := say("drain", b.conn.FlushTimeout(drainTime)) // afterwards every message is in its queues
	for _, s := range subs {
		b.end(s, s.drain)
	}
	b.conn.Close()
	b.server.Shutdown()
	b.server.WaitForShutdown()
	return err
}
