package room

import (
	"context"

	"google.golang.org/protobuf/proto"
)

// Stream is what a room needs of a gRPC stream. Recv and Send are each called by one goroutine at a time; Recv fails
// soon after the call that carries the stream returns.
type Stream[Up, Down any] interface {
	Context() context.Context
	Recv() (*Up, error)
	Send(*Down) error
}

// lane is the room's end of one stream to one attendee: a bounded queue that the room's loop alone fills and the lane's
// writer alone empties.
type lane[Down any] struct {
	first []*Down       // sent before the queue: what a Welcome could not hold
	queue chan *Down    // the overflow rule is the caller's: push says when it is full
	over  chan struct{} // closed by end
	err   error         // why; readable once over is closed
}

func newLane[Down any](length int) *lane[Down] {
	return &lane[Down]{queue: make(chan *Down, length), over: make(chan struct{})}
}

// push reports whether there was room in the queue. Loop only.
func (l *lane[Down]) push(m *Down) bool {
	select {
	case l.queue <- m:
		return true
	default:
		return false
	}
}

// end closes the lane; what stands in its queue is still sent. A second end changes nothing. Loop only.
func (l *lane[Down]) end(err error) {
	select {
	case <-l.over:
	default:
		l.err = err
		close(l.over)
	}
}

// drop forgets what stands in the queue and tells how much that was. Loop only.
func (l *lane[Down]) drop() (n int) {
	for {
		select {
		case <-l.queue:
			n++
		default:
			return n
		}
	}
}

// write sends what the room queues until the lane or its stream ends.
func (l *lane[Down]) write(s interface {
	Context() context.Context
	Send(*Down) error
},
) error {
	for _, m := range l.first {
		if err := s.Send(m); err != nil {
			return err
		}
	}
	l.first = nil
	for {
		select {
		case m := <-l.queue:
			if err := s.Send(m); err != nil {
				return err
			}
		case <-l.over:
			return l.flush(s)
		case <-s.Context().Done():
			return s.Context().Err()
		}
	}
}

func (l *lane[Down]) flush(s interface{ Send(*Down) error }) error {
	for {
		select {
		case m := <-l.queue:
			if err := s.Send(m); err != nil {
				return err
			}
		default:
			return l.err
		}
	}
}

// tapped is a stream whose messages somebody else sees too, as bytes, in both directions.
type tapped[Up, Down any] struct {
	Stream[Up, Down]
	lane string
	tap  func(lane string, b []byte)
}

func (t tapped[Up, Down]) Recv() (*Up, error) {
	m, err := t.Stream.Recv()
	if err == nil {
		t.see(m)
	}
	return m, err
}

func (t tapped[Up, Down]) Send(m *Down) error {
	t.see(m)
	return t.Stream.Send(m)
}

func (t tapped[Up, Down]) see(m any) {
	p, ok := m.(proto.Message)
	if !ok {
		return
	}
	if b, err := proto.Marshal(p); err == nil {
		t.tap(t.lane, b)
	}
}

func tap[Up, Down any](c *Config, lane string, s Stream[Up, Down]) Stream[Up, Down] {
	if c.Tap == nil {
		return s
	}
	return tapped[Up, Down]{s, lane, c.Tap}
}

func (l *lane[Down]) ended() bool {
	select {
	case <-l.over:
		return true
	default:
		return false
	}
}
