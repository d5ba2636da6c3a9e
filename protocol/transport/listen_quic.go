package transport

import (
	"context"
	"crypto/tls"
	"errors"
	"maps"
	"net"
	"slices"
	"sync"
	"sync/atomic"

	"github.com/quic-go/quic-go"

	"deskhand/protocol/transport/mend"
)

const (
	// maxLanes is how many lanes one peer may have at a time: each of them, and the same again while old ones end.
	maxLanes = 2 * laneCount
	// suspiciousHalfOpen handshakes at once are more than honest peers make; from there on peers first prove that
	// they receive what is sent to their address, which costs them one round trip.
	suspiciousHalfOpen = maxHalfOpen / 8
)

// quicEar listens on one UDP address.
type quicEar struct {
	socket    *mend.Socket
	transport *quic.Transport
	listener  *quic.Listener
	half      atomic.Int64 // handshakes that have begun and not ended
	refused   atomic.Uint64
	running   sync.WaitGroup

	mu     sync.Mutex
	peers  map[*quic.Conn]struct{}
	closed bool
}

// leaveKey is where ConnContext leaves the function that takes a peer off the half-open ones.
type leaveKey struct{}

var errTooManyHandshakes = errors.New("too many handshakes")

func openQUIC(ctx context.Context, address string, identity Identity) (*quicEar, error) {
	var lc net.ListenConfig
	socket, err := lc.ListenPacket(ctx, "udp", address)
	if err != nil {
		return nil, err
	}
	e, err := openQUICOn(socket, identity)
	if err != nil {
		return nil, errors.Join(err, socket.Close())
	}
	return e, nil
}

// openQUICOn takes ownership of the socket when it succeeds.
func openQUICOn(socket net.PacketConn, identity Identity) (*quicEar, error) {
	reset, err := identity.resetKey()
	if err != nil {
		return nil, err
	}
	below := mend.NewSocket(socket)
	below.Endure()
	e := &quicEar{socket: below, peers: map[*quic.Conn]struct{}{}}
	e.transport = &quic.Transport{
		Conn:                below.Conn(),
		StatelessResetKey:   (*quic.StatelessResetKey)(&reset),
		VerifySourceAddress: func(net.Addr) bool { return e.half.Load() >= suspiciousHalfOpen },
		ConnContext:         e.enter,
	}
	config := quicConfig()
	config.MaxIncomingStreams = maxLanes
	e.listener, err = e.transport.Listen(&tls.Config{
		MinVersion:   tls.VersionTLS13,
		Certificates: []tls.Certificate{identity.certificate},
		NextProtos:   []string{mendingName, protocolName},

		SessionTicketsDisabled: true, // diallers never resume
	}, config)
	if err != nil {
		return nil, errors.Join(err, e.transport.Close())
	}
	return e, nil
}

// enter counts a peer as half-open until its handshake has ended either way, and refuses it when there are too many.
func (e *quicEar) enter(ctx context.Context, _ *quic.ClientInfo) (context.Context, error) {
	if e.half.Add(1) > maxHalfOpen {
		e.half.Add(-1)
		e.refused.Add(1)
		return nil, errTooManyHandshakes
	}
	leave := sync.OnceFunc(func() { e.half.Add(-1) })
	context.AfterFunc(ctx, leave)
	return context.WithValue(ctx, leaveKey{}, leave), nil
}

// start takes peers until close; ctx gives its values only.
func (e *quicEar) start(ctx context.Context, lanes *queue) {
	e.running.Go(func() {
		for {
			c, err := e.listener.Accept(ctx)
			if err != nil {
				return // it is closed
			}
			c.Context().Value(leaveKey{}).(func())()
			if !e.admit(c) {
				_ = c.CloseWithError(connStopping, "")
				return
			}
			e.welcome(c, lanes)
		}
	})
}

// welcome serves a peer whose handshake is over until its connection ends.
func (e *quicEar) welcome(c *quic.Conn, lanes *queue) {
	flow, pacer := newFlow(c, false), newPacer(c)
	attach(e.socket, flow, c)
	e.running.Go(func() {
		watchPulse(c, func() {
			if attach(e.socket, flow, c) {
				pacer.forget()
			}
		})
	})
	e.running.Go(func() {
		defer e.forget(c)
		defer e.socket.Detach(flow)
		defer flow.Close()
		serveStreams(c, pacer, lanes)
	})
}

// serveStreams hands on a peer's lanes until its connection ends.
func serveStreams(c *quic.Conn, pacer *pacer, lanes *queue) {
	for {
		s, err := c.AcceptStream(c.Context())
		if err != nil {
			return
		}
		stream := newQUICStream(c, s, pacer)
		lanes.push(&acceptedLane{Conn: stream, suit: stream.suit})
	}
}

func (e *quicEar) admit(c *quic.Conn) bool {
	e.mu.Lock()
	defer e.mu.Unlock()
	if e.closed {
		return false
	}
	e.peers[c] = struct{}{}
	return true
}

func (e *quicEar) forget(c *quic.Conn) {
	e.mu.Lock()
	defer e.mu.Unlock()
	delete(e.peers, c)
}

// close tells every peer that the relay stops, and waits.
func (e *quicEar) close() error {
	e.mu.Lock()
	e.closed = true
	peers := slices.Collect(maps.Keys(e.peers))
	e.mu.Unlock()
	for _, c := range peers {
		_ = c.CloseWithError(connStopping, "")
	}
	err := errors.Join(e.transport.Close(), e.socket.Close())
	e.running.Wait()
	return err
}
