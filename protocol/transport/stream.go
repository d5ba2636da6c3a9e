package transport

import (
	"net"
	"sync"
	"time"

	"github.com/quic-go/quic-go"
)

// quicStream makes a QUIC stream a net.Conn. Close ends both directions and may be called at any time, while other
// goroutines read and write.
type quicStream struct {
	*quic.Stream
	local, remote net.Addr

	closing sync.Once
	mu      sync.Mutex // held by Write and while the stream is ended, which must not overlap
	closed  bool       // guarded by mu
	torn    bool       // guarded by mu; a Write ended part way, so the peer must not see a proper end
}

func newQUICStream(c *quic.Conn, s *quic.Stream) *quicStream {
	return &quicStream{Stream: s, local: c.LocalAddr(), remote: c.RemoteAddr()}
}

func (s *quicStream) LocalAddr() net.Addr  { return s.local }
func (s *quicStream) RemoteAddr() net.Addr { return s.remote }

func (s *quicStream) Write(p []byte) (int, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.closed {
		return 0, net.ErrClosed
	}
	n, err := s.Stream.Write(p)
	if err != nil && n < len(p) {
		s.torn = true
	}
	return n, err
}

// Close ends what we send properly, after what has been written, unless a Write was cut short; what the peer still
// sends is refused.
func (s *quicStream) Close() error {
	s.closing.Do(func() {
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
