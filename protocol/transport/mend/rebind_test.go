package mend_test

import (
	"net"
	"sync"
	"testing"

	"deskhand/protocol/transport/mend"
)

// TestRebindLosesNothingButPackets writes while the socket is exchanged: an error would end every connection on it.
func TestRebindLosesNothingButPackets(t *testing.T) {
	listen := func() *net.UDPConn {
		c, err := net.ListenUDP("udp4", &net.UDPAddr{IP: net.IPv4(127, 0, 0, 1)})
		if err != nil {
			t.Fatal(err)
		}
		return c
	}
	peer := listen()
	defer peer.Close()
	s := mend.NewSocket(listen())
	defer s.Close()
	out, ok := s.Conn().(interface {
		WriteMsgUDP(p, oob []byte, to *net.UDPAddr) (n, oobn int, err error)
	})
	done := make(chan struct{})
	var writers sync.WaitGroup
	for range 4 {
		writers.Go(func() {
			to := peer.LocalAddr().(*net.UDPAddr)
			for {
				select {
				case <-done:
					return
				default:
				}
				if _, err := s.WriteTo([]byte("packet"), to); err != nil {
					t.Error(err)
					return
				}
				if !ok {
					continue
				}
				if _, _, err := out.WriteMsgUDP([]byte("packet"), nil, to); err != nil {
					t.Error(err)
					return
				}
			}
		})
	}
	for range 300 {
		if err := s.Rebind(listen()); err != nil {
			t.Error(err)
		}
	}
	close(done)
	writers.Wait()
}
