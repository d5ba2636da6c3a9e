package transport

import (
	"context"
	"crypto/tls"
	"net"
	"net/netip"
	"sync"
	"time"

	"github.com/quic-go/quic-go"

	"deskhand/protocol/transport/mend"
)

// dialQUIC tries the host's first IPv6 and its first IPv4 address, the resolver's favourite first.
func (d *dialler) dialQUIC(ctx context.Context, port int) (*Conn, error) {
	ips, err := net.DefaultResolver.LookupNetIP(ctx, "ip", d.host)
	if err != nil {
		return nil, err
	}
	var attempts []attempt[*Conn]
	for _, ip := range onePerFamily(ips) {
		attempts = append(attempts, attempt[*Conn]{
			after: time.Duration(len(attempts)) * familyStagger,
			run: func(ctx context.Context) (*Conn, error) {
				return d.dialQUICAddress(ctx, netip.AddrPortFrom(ip, uint16(port)))
			},
		})
	}
	return race(ctx, 0, attempts, discard)
}

// onePerFamily keeps the first address of each IP version, in order.
func onePerFamily(ips []netip.Addr) []netip.Addr {
	var kept []netip.Addr
	for _, ip := range ips {
		ip = ip.Unmap()
		if len(kept) == 0 || len(kept) == 1 && kept[0].Is4() != ip.Is4() {
			kept = append(kept, ip)
		}
	}
	return kept
}

func (d *dialler) dialQUICAddress(ctx context.Context, address netip.AddrPort) (*Conn, error) {
	return dialQUICFrom(ctx, udpBearings(address), net.UDPAddrFromAddrPort(address), d.Trust.clientTLS(d.host))
}

// dialQUICFrom dials from a socket that it makes.
func dialQUICFrom(ctx context.Context, from bearings, to *net.UDPAddr, trust *tls.Config) (*Conn, error) {
	c, err := from.listen()
	if err != nil {
		return nil, err
	}
	socket := mend.NewSocket(c)
	q := &quicCarrier{socket: socket, transport: &quic.Transport{Conn: socket.Conn()}, bearings: from}
	if err := q.dial(ctx, to, trust); err != nil {
		q.release()
		return nil, dialFault(err)
	}
	socket.Endure()
	q.flow, q.pacer = newFlow(q.conn, true), newPacer(q.conn)
	attach(socket, q.flow, q.conn)
	watching, stop := context.WithCancel(context.WithoutCancel(ctx))
	q.stop = stop
	q.watching.Go(func() { q.watchNetwork(watching) })
	q.running.Go(func() { watchPulse(q.conn, nil) })
	return &Conn{path: "quic", life: q.conn.Context(), carrier: q}, nil
}

func (q *quicCarrier) dial(ctx context.Context, to *net.UDPAddr, trust *tls.Config) (err error) {
	config := quicConfig()
	config.MaxIncomingStreams = -1 // lanes are the dialler's to open
	config.KeepAlivePeriod = quicPeriod
	trust = trust.Clone()
	trust.NextProtos = []string{mendingName, protocolName}
	early := mend.NewEarly(q.socket.Received)
	defer early.Close()
	q.socket.Attach(early, to.AddrPort())
	q.conn, err = q.transport.Dial(ctx, to, trust, config)
	return err
}

// quicCarrier is a connection over QUIC, on a UDP socket of its own.
type quicCarrier struct {
	socket    *mend.Socket
	transport *quic.Transport
	conn      *quic.Conn
	flow      *mend.Flow
	pacer     *pacer
	bearings  bearings
	stop      context.CancelFunc // ends watching
	watching  sync.WaitGroup
	running   sync.WaitGroup
}

// rtt is QUIC's own smoothed measurement over everything that goes back and forth.
func (q *quicCarrier) rtt() time.Duration { return q.conn.ConnectionStats().SmoothedRTT }

func (q *quicCarrier) silent() time.Duration { return q.flow.Stats().Silent }

// open gives a lane's stream. The relay learns of it with the first byte, which says which lane it is.
func (q *quicCarrier) open(ctx context.Context, l Lane) (net.Conn, error) {
	s, err := q.conn.OpenStreamSync(ctx)
	if err != nil {
		return nil, err
	}
	stream := newQUICStream(q.conn, s, q.pacer)
	stream.suit(l)
	return nameLane(stream, l)
}

func (q *quicCarrier) close() {
	q.stop()
	q.watching.Wait() // before the transport, which must find the socket that it began with or its last successor
	_ = q.conn.CloseWithError(connOver, "")
	q.flow.Close()
	q.release()
	q.running.Wait()
}

func (q *quicCarrier) release() {
	_ = q.transport.Close()
	_ = q.socket.Close()
}
