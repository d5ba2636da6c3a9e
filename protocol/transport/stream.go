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
	var err error
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
		err = s.Stream.Close()
	})
	return err
}

// Codes of QUIC streams and connections. They inform only: nothing secret depends on them.
const (
	streamOver   quic.StreamErrorCode      = 0
	connOver     quic.ApplicationErrorCode = 0 // the dialler has what it wanted
	connStopping quic.ApplicationErrorCode = 1 // the relay stops
	connSilent   quic.ApplicationErrorCode = 2 // nothing was heard for too long
)

// quicConfig is what both ends have in common.
//
// A dialler asks for a sign of life after keepAlivePeriod of silence, which costs one packet each way. QUIC's own idle
// timeout begins anew with that question and so cannot notice a dead peer soon after an unanswered one; pulse does,
// and the idle timeout is only its backstop. It must be over twice the period, or QUIC would ask more often.
func quicConfig() *quic.Config {
	return &quic.Config{
		HandshakeIdleTimeout:       handshakeTimeout / 2, // QUIC gives the whole handshake twice this
		MaxIdleTimeout:             3 * keepAlivePeriod,
		MaxStreamReceiveWindow:     4 << 20,
		MaxConnectionReceiveWindow: 8 << 20,
		MaxIncomingUniStreams:      -1,
	}
}

// pulseTick cuts deadAfter into steps; a peer is dead after silentTicks steps without a packet. What was heard last came
// up to one step before the first of these, so that deadAfter is never exceeded, and there are at least
// (silentTicks × pulseTick − keepAlivePeriod) = 2.5 s for the answer to a sign of life, retransmissions included.
const (
	pulseTick   = deadAfter / 6
	silentTicks = 5
)

// pulse returns when received, the count of packets that came, has stood still for silentTicks, or when done is closed.
// It reports whether the peer is dead.
func pulse(done <-chan struct{}, received func() uint64) bool {
	ticks := time.NewTicker(pulseTick)
	defer ticks.Stop()
	last, silent := received(), 0
	for {
		select {
		case <-done:
			return false
		case <-ticks.C:
		}
		now := received()
		if now != last {
			last, silent = now, 0
			continue
		}
		if silent++; silent == silentTicks {
			return true
		}
	}
}

// watchPulse closes a QUIC connection whose peer is dead, and returns when the connection has ended.
func watchPulse(c *quic.Conn) {
	if pulse(c.Context().Done(), func() uint64 { return c.ConnectionStats().PacketsReceived }) {
		_ = c.CloseWithError(connSilent, "")
	}
}
