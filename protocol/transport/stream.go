package transport

import (
	"net"
	"sync"
	"sync/atomic"
	"time"

	"github.com/quic-go/quic-go"
)

// quicStream makes a QUIC stream a net.Conn. Close ends both directions and may be called at any time, while other
// goroutines read and write.
type quicStream struct {
	*quic.Stream
	local, remote net.Addr
	pacer         *pacer
	paced         atomic.Bool   // the lane is bulky
	over          chan struct{} // closed by Close

	closing sync.Once
	mu      sync.Mutex // held by Write and while the stream is ended, which must not overlap
	closed  bool       // guarded by mu
	torn    bool       // guarded by mu; a Write ended part way, so the peer must not see a proper end
}

func newQUICStream(c *quic.Conn, s *quic.Stream, p *pacer) *quicStream {
	return &quicStream{Stream: s, local: c.LocalAddr(), remote: c.RemoteAddr(), pacer: p, over: make(chan struct{})}
}

// suit makes the stream behave as its lane should.
func (s *quicStream) suit(l Lane) {
	s.SetPriority(l.tuning().urgency, true)
	s.paced.Store(l.tuning().paced)
}

func (s *quicStream) LocalAddr() net.Addr  { return s.local }
func (s *quicStream) RemoteAddr() net.Addr { return s.remote }

func (s *quicStream) Write(p []byte) (int, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.closed {
		return 0, net.ErrClosed
	}
	n, err := s.write(p)
	if err != nil && n < len(p) {
		s.torn = true
	}
	return n, err
}

// write hands to QUIC no more than the network takes, so that what waits still can be overtaken. The caller holds mu.
func (s *quicStream) write(p []byte) (int, error) {
	if !s.paced.Load() {
		return s.Stream.Write(p)
	}
	written := 0
	for written < len(p) {
		began := time.Now()
		n, wait := s.pacer.grant(began, len(p)-written)
		if wait > 0 && !s.rest(wait) {
			return written, net.ErrClosed
		}
		n, err := s.Stream.Write(p[written : written+n])
		s.pacer.wrote(time.Since(began))
		written += n
		if err != nil {
			return written, err
		}
	}
	return written, nil
}

// rest waits. It reports false when the stream has been closed meanwhile; one that the peer or the connection has ended
// fails at the next write.
func (s *quicStream) rest(wait time.Duration) bool {
	timer := time.NewTimer(wait)
	defer timer.Stop()
	select {
	case <-timer.C:
	case <-s.Context().Done():
	case <-s.over:
		return false
	}
	return true
}

// Close ends what we send properly, after what has been written, unless a Write was cut short; what the peer still
// sends is refused.
func (s *quicStream) Close() error {
	s.closing.Do(func() {
		close(s.over)
		s.CancelRead(streamOver)
		_ = s.SetWriteDeadline(time.Unix(1, 0)) // wakes a Write that waits for the peer
		s.mu.Lock()
		defer s.mu.Unlock()
		s.closed = true
		if s.torn {
			s.CancelWrite(streamOver)
			return
		}
		_ = s.Stream.Close() // fails when the peer refused what we sent: it is closed all the same
	})
	return nil
}

// Codes of QUIC streams and connections. They inform only: nothing secret depends on them.
const (
	streamOver   quic.StreamErrorCode      = 0
	connOver     quic.ApplicationErrorCode = 0 // the dialler has what it wanted
	connStopping quic.ApplicationErrorCode = 1 // the relay stops
	connSilent   quic.ApplicationErrorCode = 2 // nothing was heard for too long
)
