package transport

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"strconv"
	"sync"
	"syscall"
)

// ListenConfig says where a relay listens and as whom.
//
// Port 0 takes any free port. A UDP address with port 0 takes the port of the TCP address at the same place in its list,
// so that one host:port reaches both.
type ListenConfig struct {
	Identity Identity
	QUIC     []string     // UDP addresses, host:port
	TCP      []string     // TCP addresses, host:port
	Logger   *slog.Logger // nil: none
}

// Listener is where peers arrive: apps as lanes, browsers as web connections.
//
// Handshakes run side by side, end after ten seconds at most and are bounded in number, so that neither a bad peer nor a
// slow one holds up others.
type Listener struct {
	lanes, web *queue
	tcp        []*tcpEar
	quic       []*quicEar
	closing    sync.Once
}

// pairTries is how often a port is chosen anew because UDP or TCP had it taken already.
const pairTries = 16

// Listen opens all addresses or none. ctx is for opening only; Close ends the listening.
func Listen(ctx context.Context, c ListenConfig) (*Listener, error) {
	if len(c.Identity.certificate.Certificate) == 0 {
		return nil, errors.New("listen: no identity")
	}
	if len(c.QUIC)+len(c.TCP) == 0 {
		return nil, errors.New("listen: no address")
	}
	if c.Logger == nil {
		c.Logger = slog.New(slog.DiscardHandler)
	}
	for try := 1; ; try++ {
		l, err := listen(ctx, c)
		if err == nil {
			return l, nil
		}
		var paired *pairError
		if !errors.As(err, &paired) || try == pairTries {
			return nil, fmt.Errorf("listen: %w", err)
		}
	}
}

// pairError says that a port which was free for TCP was not free for UDP.
type pairError struct{ error }

func (e *pairError) Unwrap() error { return e.error }

func listen(ctx context.Context, c ListenConfig) (l *Listener, err error) {
	l = &Listener{}
	defer func() {
		if err != nil {
			_ = l.Close()
		}
	}()
	for _, address := range c.TCP {
		ear, err := openTCP(ctx, address)
		if err != nil {
			return l, err
		}
		l.tcp = append(l.tcp, ear)
	}
	for i, address := range c.QUIC {
		paired := ""
		if i < len(l.tcp) {
			paired = pairedAddress(address, l.tcp[i].listener.Addr())
		}
		if paired != "" {
			address = paired
		}
		ear, err := openQUIC(ctx, address, c.Identity)
		if err != nil && paired != "" && errors.Is(err, syscall.EADDRINUSE) {
			return l, &pairError{err}
		}
		if err != nil {
			return l, err
		}
		l.quic = append(l.quic, ear)
	}
	l.start(ctx, c)
	return l, nil
}

// pairedAddress gives address the port of the TCP listener, if its own is 0; else it is empty.
func pairedAddress(address string, tcp net.Addr) string {
	host, port, err := net.SplitHostPort(address)
	other, ok := tcp.(*net.TCPAddr)
	if err != nil || port != "0" || !ok {
		return ""
	}
	return net.JoinHostPort(host, strconv.Itoa(other.Port))
}

func (l *Listener) start(ctx context.Context, c ListenConfig) {
	addr := append(l.TCPAddr(), l.QUICAddr()...)[0]
	l.lanes, l.web = newQueue(addr), newQueue(addr)
	// Handshakes outlive the context that Listen was called with, but keep its values.
	ctx = context.WithoutCancel(ctx)
	for _, ear := range l.tcp {
		ear.start(ctx, tcpSinks{lanes: l.lanes, web: l.web, logger: c.Logger, identity: c.Identity})
	}
	for _, ear := range l.quic {
		ear.start(ctx, l.lanes)
	}
}

// Lanes gives every lane of every peer, QUIC streams and TLS connections alike, for grpc.Server.Serve. Closing it, as a
// grpc.Server does when it stops, refuses new lanes and leaves the old ones to end by themselves.
//
// RemoteAddr of a lane is a *net.UDPAddr or a *net.TCPAddr.
func (l *Listener) Lanes() net.Listener { return l.lanes }

// Web gives the connections on the TCP addresses that asked for HTTP, for http.Server.Serve. They are of type *tls.Conn
// and have their handshake behind them; HTTP/2 works.
func (l *Listener) Web() net.Listener { return l.web }

// QUICAddr gives the UDP addresses that are listened on, in the order of the configuration.
func (l *Listener) QUICAddr() []net.Addr {
	var all []net.Addr
	for _, ear := range l.quic {
		all = append(all, ear.socket.LocalAddr())
	}
	return all
}

// TCPAddr gives the TCP addresses that are listened on, in the order of the configuration.
func (l *Listener) TCPAddr() []net.Addr {
	var all []net.Addr
	for _, ear := range l.tcp {
		all = append(all, ear.listener.Addr())
	}
	return all
}

// Dropped counts what was closed for want of room: connections that nobody took from Lanes or Web in time, and handshakes
// that were the oldest of too many.
func (l *Listener) Dropped() uint64 {
	n := l.lanes.dropped.Load() + l.web.dropped.Load()
	for _, ear := range l.tcp {
		n += ear.half.evicted.Load()
	}
	for _, ear := range l.quic {
		n += ear.refused.Load()
	}
	return n
}

// Close stops listening, ends every QUIC connection, telling its peer, and waits for all goroutines behind the listener.
// Lanes on TCP and web connections that were accepted belong to their servers, which end them. For a graceful end stop
// those servers first.
func (l *Listener) Close() error {
	var errs []error
	l.closing.Do(func() {
		for _, q := range []*queue{l.lanes, l.web} {
			if q != nil {
				_ = q.Close()
			}
		}
		for _, ear := range l.tcp {
			errs = append(errs, ear.close())
		}
		for _, ear := range l.quic {
			errs = append(errs, ear.close())
		}
	})
	return errors.Join(errs...)
}

// acceptedLane is a lane as the relay sees it. Its first byte, which says which lane it is, is taken off in the first
// Read, so that nobody waits for it before the reader of the lane does.
type acceptedLane struct {
	net.Conn
	suit  func(Lane) // told once; may be nil
	named bool       // touched by readers only, of which there is one at a time
}

func (a *acceptedLane) Read(p []byte) (int, error) {
	if !a.named {
		var name [1]byte
		if n, err := a.Conn.Read(name[:]); n == 0 {
			return 0, err
		}
		lane := Lane(name[0])
		if !lane.valid() {
			return 0, fmt.Errorf("lane %d is not known", name[0])
		}
		a.named = true
		if a.suit != nil {
			a.suit(lane)
		}
	}
	return a.Conn.Read(p)
}
