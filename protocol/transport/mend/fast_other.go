//go:build !linux

package mend

import (
	"net"
	"syscall"
)

// inner is the socket that the system gave.
type inner struct {
	net.PacketConn
	udp *net.UDPConn // nil: it is something else
}

func newInner(c net.PacketConn) *inner {
	udp, _ := c.(*net.UDPConn)
	return &inner{c, udp}
}

// fast keeps the system's handle for what quic-go sets on it; packets go one by one.
func (s *Socket) fast() net.PacketConn {
	if s.inner.Load().udp == nil {
		return s
	}
	return &single{s}
}

type single struct {
	*Socket
}

// SyscallConn is for the options that quic-go sets.
func (s *single) SyscallConn() (syscall.RawConn, error) { return s.inner.Load().udp.SyscallConn() }

// SetReadBuffer sets the size of the system's, in bytes.
func (s *single) SetReadBuffer(n int) error { return s.inner.Load().udp.SetReadBuffer(n) }

// SetWriteBuffer sets the size of the system's, in bytes.
func (s *single) SetWriteBuffer(n int) error { return s.inner.Load().udp.SetWriteBuffer(n) }
