//go:build !linux

package mend

import (
	"net"
	"syscall"
)

// fast keeps the system's handle for what quic-go sets on it; packets go one by one.
func (s *Socket) fast() net.PacketConn {
	inner, ok := s.PacketConn.(*net.UDPConn)
	if !ok {
		return s
	}
	return &single{Socket: s, inner: inner}
}

type single struct {
	*Socket
	inner *net.UDPConn
}

func (s *single) SyscallConn() (syscall.RawConn, error) { return s.inner.SyscallConn() }
func (s *single) SetReadBuffer(n int) error             { return s.inner.SetReadBuffer(n) }
func (s *single) SetWriteBuffer(n int) error            { return s.inner.SetWriteBuffer(n) }
