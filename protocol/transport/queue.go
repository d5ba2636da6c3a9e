package transport

import (
	"net"
	"sync"
	"sync/atomic"
)

// queueLen is how many connections may wait to be accepted.
const queueLen = 64

// queue is a net.Listener for connections that somebody else has accepted. When nobody takes what it holds and it is
// full, a new connection is closed and counted.
type queue struct {
	addr    net.Addr
	conns   chan net.Conn
	dropped atomic.Uint64

	mu     sync.Mutex
	closed bool
	done   chan struct{}
}

func newQueue(addr net.Addr) *queue {
	return &queue{addr: addr, conns: make(chan net.Conn, queueLen), done: make(chan struct{})}
}

// push takes ownership of c.
func (q *queue) push(c net.Conn) {
	if !q.offer(c) {
		_ = c.Close()
	}
}

func (q *queue) offer(c net.Conn) bool {
	q.mu.Lock()
	defer q.mu.Unlock()
	if q.closed {
		return false
	}
	select {
	case q.conns <- c:
		return true
	default:
		q.dropped.Add(1)
		return false
	}
}

func (q *queue) Accept() (net.Conn, error) {
	select {
	case c := <-q.conns:
		return c, nil
	case <-q.done:
		return nil, net.ErrClosed
	}
}

// Close refuses what comes from now on and closes what nobody has accepted; what was accepted is not touched.
func (q *queue) Close() error {
	q.mu.Lock()
	defer q.mu.Unlock()
	if q.closed {
		return nil
	}
	q.closed = true
	close(q.done)
	for {
		select {
		case c := <-q.conns:
			_ = c.Close()
		default:
			return nil
		}
	}
}

func (q *queue) Addr() net.Addr { return q.addr }
