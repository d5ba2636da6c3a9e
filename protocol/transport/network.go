package transport

import (
	"context"
	"net"
	"net/netip"
	"time"
)

const (
	// networkEvery is how often an app looks whether its address has changed and whether the relay is silent.
	networkEvery = time.Second
	// silentAfter without an answer a new port is tried: a router on the way may have forgotten the old one. It also makes
	// QUIC begin anew, which after a long cut is faster than what its control has come down to.
	silentAfter = 3 * time.Second
	// probeTime is for one attempt to prove a new path; QUIC asks at 0, 0.2 and 0.6 s of it.
	probeTime = time.Second
	// muchReceived packets between two looks are more than signs of life.
	muchReceived = 10
	// movePatience is for how many attempts a new address may fail while the relay is not silent.
	movePatience = 5
)

// bearings is how a dialled connection gets sockets and knows its place in the network.
type bearings struct {
	// listen gives a new socket.
	listen func() (net.PacketConn, error)
	// local is the address that the system would send to the relay from; not valid when it has no way there.
	local func() netip.Addr
}

// udpBearings are those of the system's sockets.
func udpBearings(to netip.AddrPort) bearings {
	network := "udp4"
	if to.Addr().Is6() {
		network = "udp6"
	}
	return bearings{
		listen: func() (net.PacketConn, error) { return net.ListenUDP(network, nil) },
		local: func() netip.Addr {
			c, err := net.DialUDP(network, nil, net.UDPAddrFromAddrPort(to)) // sends nothing
			if err != nil {
				return netip.Addr{}
			}
			defer func() { _ = c.Close() }()
			return c.LocalAddr().(*net.UDPAddr).AddrPort().Addr().WithZone("")
		},
	}
}

// watchNetwork moves the connection to a new socket when the app's address has changed or the relay does not answer, until
// ctx ends.
func (q *quicCarrier) watchNetwork(ctx context.Context) {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	defer context.AfterFunc(q.conn.Context(), cancel)()
	last := q.bearings.local()
	var received rate
	for wait(ctx, networkEvery) {
		if received.stopped(q.socket.Received()) {
			q.flow.Here()
		}
		now := q.bearings.local()
		if !now.IsValid() {
			continue // what comes back may be the same network as before
		}
		if now == last && q.silent() < silentAfter {
			continue
		}
		last = now
		if q.rebind() {
			q.migrate(ctx)
		}
	}
}

// rate watches a count.
type rate struct {
	last uint64
	grew bool
}

// stopped tells whether the count grew much before the last call and not at all since: what came may have ended, or go
// astray because a router on the way has given the app another address.
func (r *rate) stopped(count uint64) bool {
	fresh := count - r.last
	stopped := r.grew && fresh == 0
	r.last, r.grew = count, fresh >= muchReceived
	return stopped
}

// rebind takes a new socket.
func (q *quicCarrier) rebind() bool {
	c, err := q.bearings.listen()
	if err != nil {
		return false
	}
	if q.socket.Rebind(c) != nil {
		return false
	}
	q.flow.Here()
	return true
}

// migrate makes QUIC prove the path that the new socket takes, and begin anew there: what it knew of the old one's delay
// and rate is void, what is under way is sent again at once, and the relay learns where the app is though nothing may be
// under way. While the relay is silent it goes on trying.
func (q *quicCarrier) migrate(ctx context.Context) {
	path, err := q.conn.AddPath(q.transport)
	if err != nil {
		return
	}
	for patience := movePatience; patience > 0 && ctx.Err() == nil; patience-- {
		probing, cancel := context.WithTimeout(ctx, probeTime)
		err := path.Probe(probing)
		cancel()
		if err == nil && path.Switch() == nil {
			q.pacer.forget()
			return
		}
		if q.silent() >= silentAfter { // it may be heard again at any moment, and then QUIC must not be left to its timer
			patience = movePatience
		}
	}
	_ = path.Close()
}

// wait reports false when ctx has ended.
func wait(ctx context.Context, d time.Duration) bool {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-ctx.Done():
		return false
	case <-timer.C:
		return true
	}
}
