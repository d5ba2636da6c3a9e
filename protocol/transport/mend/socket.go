package mend

import (
	"net"
	"net/netip"
	"sync"
	"sync/atomic"
)

// Socket stands between a quic.Transport and its UDP socket.
type Socket struct {
	net.PacketConn
	patient atomic.Bool
	swallow atomic.Uint64 // errors

	mu      sync.RWMutex
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
func NewSocket(inner net.PacketConn) *Socket {
	return &Socket{PacketConn: inner, flows: map[netip.AddrPort]*Flow{}, numbers: map[uint32]*Flow{}}
}

// Conn is what to give to the quic.Transport: it keeps what the inner socket can do.
func (s *Socket) Conn() net.PacketConn { return s.fast() }

// Endure makes the socket take what its system says of the network's being away for a lost packet. Without it such an
// error ends all connections on the socket, which is right only while the first one is being made.
func (s *Socket) Endure() { s.patient.Store(true) }

// Attach gives a flow what is sent to and received from an address. An address has one flow, the latest.
func (s *Socket) Attach(f *Flow, address netip.AddrPort) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.drop(f)
	s.flows[plain(address)] = f
	if f.keys != nil {
		s.numbers[f.keys.number] = f
	}
	s.keeping.Store(int32(len(s.flows)))
}

// Detach takes a flow's addresses from it.
func (s *Socket) Detach(f *Flow) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.drop(f)
	s.keeping.Store(int32(len(s.flows)))
}

func (s *Socket) drop(f *Flow) {
	for a, other := range s.flows {
		if other == f {
			delete(s.flows, a)
		}
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
	n, err := s.PacketConn.WriteTo(p, to)
	f.sent(s, address, p, len(p))
	return s.forgive(n, len(p), err)
}

// leaving gives the flow that packets are about to be sent on, nil if there is none.
func (s *Socket) leaving(p []byte, to net.Addr) (*Flow, netip.AddrPort) {
	address, ok := addrPort(to)
	if !ok || !isShort(p) {
		return nil, address
	}
	return s.flow(address), address
}

// withholds tells packets that are to be lost on purpose: parity for them would be too large. QUIC sends such only to
// learn how large they may be.
func (f *Flow) withholds(size int) bool { return f != nil && f.keys != nil && size > maxSource }

func (s *Socket) forgive(n, whole int, err error) (int, error) {
	if err != nil && s.patient.Load() && isPassing(err) {
		s.swallow.Add(1)
		return whole, nil
	}
	return n, err
}

// send is for flows. What cannot be sent is lost.
func (s *Socket) send(p []byte, to netip.AddrPort) {
	_, _ = s.PacketConn.WriteTo(p, net.UDPAddrFromAddrPort(to))
}

// ReadFrom implements net.PacketConn.
func (s *Socket) ReadFrom(p []byte) (int, net.Addr, error) {
	for {
		if a, ok := s.takePending(); ok {
			return copy(p, a.data), a.from, nil
		}
		n, from, err := s.PacketConn.ReadFrom(p)
		if err != nil {
			return n, from, err
		}
		if !s.came(p[:n], from) {
			return n, from, nil
		}
	}
}

// came looks at a packet and reports whether it was a side packet, which is not for QUIC.
func (s *Socket) came(p []byte, from net.Addr) (side bool) {
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
		made, report := f.cameSide(p)
		s.addPending(made, from)
		if report {
			f.report(s, address)
		}
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
	return u.AddrPort(), true
}
