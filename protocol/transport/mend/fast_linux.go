package mend

import (
	"encoding/binary"
	"net"

	"golang.org/x/net/ipv4"
	"golang.org/x/sys/unix"
)

// fast keeps what quic-go does with a bare UDP socket: many packets in one call of the system, both ways.
func (s *Socket) fast() net.PacketConn {
	inner, ok := s.PacketConn.(*net.UDPConn)
	if !ok {
		return s
	}
	return &batching{UDPConn: inner, socket: s, batch: ipv4.NewPacketConn(inner)}
}

// batching reads and writes as quic-go does on Linux.
type batching struct {
	*net.UDPConn
	socket *Socket
	batch  *ipv4.PacketConn // for IPv6 too: the messages are the same
}

// WriteMsgUDP sends one packet or, when the control messages say so, several of one size.
func (b *batching) WriteMsgUDP(p, oob []byte, to *net.UDPAddr) (n, oobn int, err error) {
	size := segmentSize(oob)
	if size == 0 {
		size = len(p)
	}
	f, address := b.socket.leaving(p, to)
	if f.withholds(size) {
		return len(p), len(oob), nil
	}
	n, oobn, err = b.UDPConn.WriteMsgUDP(p, oob, to)
	f.sent(b.socket, address, p, size)
	n, err = b.socket.forgive(n, len(p), err)
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
		filled := 0
		for ; filled < len(messages); filled++ {
			a, ok := b.socket.takePending()
			if !ok {
				break
			}
			m := &messages[filled]
			m.N, m.NN, m.Addr = copy(m.Buffers[0], a.data), 0, a.from
		}
		if filled > 0 {
			return filled, nil
		}
		n, err := b.batch.ReadBatch(messages, flags)
		if n = b.sort(messages[:max(n, 0)]); n > 0 || err != nil {
			return n, err
		}
	}
}

// sort takes side packets out and closes the gaps: what stays is copied, since its reader knows its buffers by place.
func (b *batching) sort(messages []ipv4.Message) int {
	kept := 0
	for i := range messages {
		from := &messages[i]
		if b.socket.came(from.Buffers[0][:from.N], from.Addr) {
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
