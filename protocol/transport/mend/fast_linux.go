package mend

import (
	"encoding/binary"
	"net"
	"syscall"

	"golang.org/x/net/ipv4"
	"golang.org/x/sys/unix"
)

// inner is the socket that the system gave.
type inner struct {
	net.PacketConn
	udp   *net.UDPConn     // nil: it is something else
	batch *ipv4.PacketConn // for IPv6 too: the messages are the same
}

func newInner(c net.PacketConn) *inner {
	udp, ok := c.(*net.UDPConn)
	if !ok {
		return &inner{PacketConn: c}
	}
	return &inner{PacketConn: c, udp: udp, batch: ipv4.NewPacketConn(udp)}
}

// fast keeps what quic-go does with a bare UDP socket: many packets in one call of the system, both ways.
func (s *Socket) fast() net.PacketConn {
	if s.inner.Load().udp == nil {
		return s
	}
	return &batching{Socket: s}
}

// batching reads and writes as quic-go does on Linux.
type batching struct {
	*Socket
}

// SyscallConn is for the options that quic-go sets.
func (b *batching) SyscallConn() (syscall.RawConn, error) { return b.inner.Load().udp.SyscallConn() }

// SetReadBuffer sets the size of the kernel's, in bytes.
func (b *batching) SetReadBuffer(n int) error { return b.inner.Load().udp.SetReadBuffer(n) }

// SetWriteBuffer sets the size of the kernel's, in bytes.
func (b *batching) SetWriteBuffer(n int) error { return b.inner.Load().udp.SetWriteBuffer(n) }

// ReadMsgUDP is here for its name: quic-go reads by ReadBatch.
func (b *batching) ReadMsgUDP(p, oob []byte) (n, oobn, flags int, from *net.UDPAddr, err error) {
	return b.inner.Load().udp.ReadMsgUDP(p, oob)
}

// WriteMsgUDP sends one packet or, when the control messages say so, several of one size.
func (b *batching) WriteMsgUDP(p, oob []byte, to *net.UDPAddr) (n, oobn int, err error) {
	size := segmentSize(oob)
	if size == 0 {
		size = len(p)
	}
	f, address := b.leaving(p, to)
	if f.withholds(size) {
		return len(p), len(oob), nil
	}
	in := b.inner.Load()
	n, oobn, err = in.udp.WriteMsgUDP(p, oob, to)
	f.sent(b.Socket, address, p, size)
	n, err = b.forgive(in, n, len(p), err)
	return n, oobn, err
}

// segmentSize reads the size of the packets that the kernel is to cut a write into; 0: it is not to cut.
func segmentSize(oob []byte) int {
	for len(oob) > 0 {
		header, body, rest, err := unix.ParseOneSocketControlMessage(oob)
		if err != nil {
			return 0
		}
		if header.Level == unix.IPPROTO_UDP && header.Type == unix.UDP_SEGMENT && len(body) >= 2 {
			return int(binary.NativeEndian.Uint16(body))
		}
		oob = rest
	}
	return 0
}

// ReadBatch fills messages, of which each has one buffer. Side packets are taken out; made packets are put in.
func (b *batching) ReadBatch(messages []ipv4.Message, flags int) (int, error) {
	for {
		if n := b.fill(messages); n > 0 {
			return n, nil
		}
		in := b.inner.Load()
		n, err := in.batch.ReadBatch(messages, flags)
		if err != nil && b.inner.Load() != in {
			continue // exchanged meanwhile
		}
		if n = b.sort(messages[:max(n, 0)]); n > 0 || err != nil {
			return n, err
		}
	}
}

// fill puts made packets into messages.
func (b *batching) fill(messages []ipv4.Message) int {
	for i := range messages {
		a, ok := b.takePending()
		if !ok {
			return i
		}
		m := &messages[i]
		m.N, m.NN, m.Addr = copy(m.Buffers[0], a.data), 0, a.from
	}
	return len(messages)
}

// sort takes side packets out and closes the gaps: what stays is copied, since its reader knows its buffers by place.
func (b *batching) sort(messages []ipv4.Message) int {
	kept := 0
	for i := range messages {
		from := &messages[i]
		if b.came(from.Buffers[0][:from.N], from.Addr) {
			continue
		}
		if kept < i {
			to := &messages[kept]
			copy(to.Buffers[0], from.Buffers[0][:from.N])
			to.N, to.NN, to.Flags, to.Addr = from.N, copy(to.OOB, from.OOB[:from.NN]), from.Flags, from.Addr
		}
		kept++
	}
	return kept
}
