package mend

import (
	"net"
	"net/netip"
	"sync"
	"sync/atomic"
	"time"
)

// Socket stands between a quic.Transport and its UDP socket, which can be exchanged while QUIC goes on.
type Socket struct {
	inner    atomic.Pointer[inner]
	patient  atomic.Bool
	received atomic.Uint64 // datagrams
	swallow  atomic.Uint64 // errors

	mu      sync.RWMutex
	closed  bool
	flows   map[netip.AddrPort]*Flow
	numbers map[uint32]*Flow
	keeping atomic.Int32 // flows attached; 0 saves looking them up

	reading sync.Mutex
	pending []arrival // made packets that QUIC has not read yet
}

// arrival is a packet that was made instead of received.
type arrival struct {
	data []byte
	from net.Addr
}

// maxPending bounds made packets that wait to be read; more are dropped, as in any socket.
const maxPending = 256

// NewSocket takes what a quic.Transport would have been given. Closing it closes the inner one.
func NewSocket(c net.PacketConn) *Socket {
	s := &Socket{flows: map[netip.AddrPort]*Flow{}, numbers: map[uint32]*Flow{}}
	s.inner.Store(newInner(c))
	return s
}

// Conn is what to give to the quic.Transport: it keeps what the inner socket can do.
func (s *Socket) Conn() net.PacketConn { return s.fast() }

// Endure makes the socket take what its system says of the network's being away for a lost packet. Without it such an
// error ends all connections on the socket, which is right only while the first one is being made.
func (s *Socket) Endure() { s.patient.Store(true) }

// Errors counts what Endure has made of errors.
func (s *Socket) Errors() uint64 { return s.swallow.Load() }

// Received counts the datagrams that have come.
func (s *Socket) Received() uint64 { return s.received.Load() }

// Rebind exchanges the inner socket for another one of the same type and closes the old one. The peer sees the address
// change. It fails when the Socket is closed, and then closes c.
func (s *Socket) Rebind(c net.PacketConn) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.closed {
		_ = c.Close()
		return net.ErrClosed
	}
	old := s.inner.Swap(newInner(c))
	return old.Close()
}

// Close closes the inner socket.
func (s *Socket) Close() error {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.closed = true
	return s.inner.Load().Close()
}

// LocalAddr is the inner socket's.
func (s *Socket) LocalAddr() net.Addr { return s.inner.Load().LocalAddr() }

// SetDeadline implements net.PacketConn.
func (s *Socket) SetDeadline(t time.Time) error { return s.inner.Load().SetDeadline(t) }

// SetReadDeadline implements net.PacketConn.
func (s *Socket) SetReadDeadline(t time.Time) error { return s.inner.Load().SetReadDeadline(t) }

// SetWriteDeadline implements net.PacketConn.
func (s *Socket) SetWriteDeadline(t time.Time) error { return s.inner.Load().SetWriteDeadline(t) }

// Attach gives a flow what is sent to and received from an address, and takes any former address from it. It reports
// whether there was another one. An address has one flow, the latest.
func (s *Socket) Attach(f *Flow, address netip.AddrPort) (moved bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	address = plain(address)
	moved = f.address.IsValid() && f.address != address
	s.drop(f)
	f.address = address
	s.flows[f.address] = f
	if f.keys != nil {
		s.numbers[f.keys.number] = f
	}
	s.keeping.Store(int32(len(s.flows)))
	return moved
}

// Detach takes a flow's addresses from it.
func (s *Socket) Detach(f *Flow) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.drop(f)
	s.keeping.Store(int32(len(s.flows)))
}

func (s *Socket) drop(f *Flow) {
	if s.flows[f.address] == f {
		delete(s.flows, f.address)
	}
	if f.keys != nil && s.numbers[f.keys.number] == f {
		delete(s.numbers, f.keys.number)
	}
}

func plain(a netip.AddrPort) netip.AddrPort { return netip.AddrPortFrom(a.Addr().Unmap(), a.Port()) }

func (s *Socket) flow(a netip.AddrPort) *Flow {
	if s.keeping.Load() == 0 {
		return nil
	}
	a = plain(a)
	s.mu.RLock()
	defer s.mu.RUnlock()
	return s.flows[a]
}

func (s *Socket) numbered(number uint32) *Flow {
	s.mu.RLock()
	defer s.mu.RUnlock()
	return s.numbers[number]
}

// WriteTo implements net.PacketConn.
func (s *Socket) WriteTo(p []byte, to net.Addr) (int, error) {
	f, address := s.leaving(p, to)
	if f.withholds(len(p)) {
		return len(p), nil
	}
	in := s.inner.Load()
	n, err := in.WriteTo(p, to)
	f.sent(s, address, p, len(p))
	return s.forgive(in, n, len(p), err)
}

// leaving gives the flow that packets are about to be sent on, nil if there is none.
func (s *Socket) leaving(p []byte, to net.Addr) (*Flow, netip.AddrPort) {
	address, ok := addrPort(to)
	if !ok {
		return nil, address
	}
	f := s.flow(address)
	if f == nil || !isShort(p) && !f.early {
		return nil, address
	}
	return f, address
}

// forgive makes an error of the inner socket a lost packet where that is right: see Endure, and when the socket was
// exchanged while it was written to.
func (s *Socket) forgive(in *inner, n, whole int, err error) (int, error) {
	if err != nil && (s.inner.Load() != in || s.patient.Load() && isPassing(err)) {
		s.swallow.Add(1)
		return whole, nil
	}
	return n, err
}

// send is for flows. What cannot be sent is lost.
func (s *Socket) send(p []byte, to netip.AddrPort) {
	_, _ = s.inner.Load().WriteTo(p, net.UDPAddrFromAddrPort(to))
}

// ReadFrom implements net.PacketConn.
func (s *Socket) ReadFrom(p []byte) (int, net.Addr, error) {
	for {
		if a, ok := s.takePending(); ok {
			return copy(p, a.data), a.from, nil
		}
		in := s.inner.Load()
		n, from, err := in.ReadFrom(p)
		switch {
		case err != nil && s.inner.Load() != in: // exchanged meanwhile
		case err != nil:
			return n, from, err
		case !s.came(p[:n], from):
			return n, from, nil
		}
	}
}

// came looks at a packet and reports whether it was a side packet, which is not for QUIC.
func (s *Socket) came(p []byte, from net.Addr) (side bool) {
	s.received.Add(1)
	if s.keeping.Load() == 0 || len(p) == 0 {
		return false
	}
	switch {
	case isSource(p):
		if address, ok := addrPort(from); ok {
			if f := s.flow(address); f != nil && f.keeping.Load() {
				s.addPending(f.came(p), from)
			}
		}
		return false
	case isSide(p):
		address, ok := addrPort(from)
		f := s.numbered(numberOf(p))
		if !ok || f == nil {
			return true
		}
		s.addPending(f.cameSide(s, p, address), from)
		return true
	default:
		return false
	}
}

func (s *Socket) addPending(made [][]byte, from net.Addr) {
	if len(made) == 0 {
		return
	}
	s.reading.Lock()
	defer s.reading.Unlock()
	for _, p := range made {
		if len(s.pending) < maxPending {
			s.pending = append(s.pending, arrival{p, from})
		}
	}
}

func (s *Socket) takePending() (arrival, bool) {
	s.reading.Lock()
	defer s.reading.Unlock()
	if len(s.pending) == 0 {
		return arrival{}, false
	}
	a := s.pending[0]
	s.pending = s.pending[1:]
	return a, true
}

func addrPort(a net.Addr) (netip.AddrPort, bool) {
	u, ok := a.(*net.UDPAddr)
	if !ok {
		return netip.AddrPort{}, false
	}
	return plain(u.AddrPort()), true
}
