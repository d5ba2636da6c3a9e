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
	network := "udp4"
	if address.Addr().Is6() {
		network = "udp6"
	}
	socket, err := net.ListenUDP(network, nil)
	if err != nil {
		return nil, err
	}
	return dialQUICFrom(ctx, socket, net.UDPAddrFromAddrPort(address), d.Trust.clientTLS(d.host))
}

// dialQUICFrom takes ownership of the socket.
func dialQUICFrom(ctx context.Context, socket net.PacketConn, to net.Addr, trust *tls.Config) (*Conn, error) {
	below := mend.NewSocket(socket)
	q := &quicCarrier{socket: below, transport: &quic.Transport{Conn: below.Conn()}}
	trust = trust.Clone()
	trust.NextProtos = []string{mendingName, protocolName}
	config := quicConfig()
	config.MaxIncomingStreams = -1 // lanes are the dialler's to open
	config.KeepAlivePeriod = quicPeriod
	var err error
	q.conn, err = q.transport.Dial(ctx, to, trust, config)
	if err != nil {
		q.release()
		return nil, dialFault(err)
	}
	q.flow, q.pacer = newFlow(q.conn, true), newPacer(q.conn)
	below.Endure()
	attach(below, q.flow, q.conn)
	q.running.Go(func() { watchPulse(q.conn) })
	return &Conn{path: "quic", life: q.conn.Context(), carrier: q}, nil
}

// quicCarrier is a connection over QUIC, on a UDP socket of its own.
type quicCarrier struct {
	socket    *mend.Socket
	transport *quic.Transport
	conn      *quic.Conn
	flow      *mend.Flow
	pacer     *pacer
	running   sync.WaitGroup
}

// rtt is QUIC's own smoothed measurement over everything that goes back and forth.
func (q *quicCarrier) rtt() time.Duration { return q.conn.ConnectionStats().SmoothedRTT }

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
	_ = q.conn.CloseWithError(connOver, "")
	q.flow.Close()
	q.release()
	q.running.Wait()
}

func (q *quicCarrier) release() {
	_ = q.transport.Close()
	_ = q.socket.Close()
}
