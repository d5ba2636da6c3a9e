package transport

import (
	"context"
	"errors"
	"net"
	"net/netip"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/quic-go/quic-go"
	"github.com/quic-go/quic-go/testutils/simnet"

	"deskhand/protocol/fault"
)

// wire is a made-up network between one app and one relay, with a clock of its own.
type wire struct {
	router simnet.Router
	conn   *Conn
	relay  *quicEar
	peer   *quic.Conn // the relay's end
	cut    atomic.Bool
	lose   atomic.Int64 // every so many packets, one; 0: none
	sent   atomic.Int64 // by the app
}

// wireRouter drops what the wire loses.
type wireRouter struct {
	simnet.PerfectRouter
	wire   *wire
	app    net.Addr
	passed atomic.Int64
}

func (r *wireRouter) SendPacket(p simnet.Packet) error {
	if p.From.String() == r.app.String() {
		r.wire.sent.Add(1)
	}
	n := r.passed.Add(1)
	if lose := r.wire.lose.Load(); r.wire.cut.Load() || lose > 0 && n%lose == 0 {
		return nil
	}
	return r.PerfectRouter.SendPacket(p)
}

// newWire connects; it runs in a bubble. One way takes 40 ms.
func newWire(t *testing.T, identity Identity) *wire {
	t.Helper()
	w := &wire{}
	appAddr := &net.UDPAddr{IP: net.IPv4(192, 0, 2, 1), Port: 1000}
	w.router = &wireRouter{wire: w, app: appAddr}
	w.startRelay(t, identity)
	pin := identity.Fingerprint()
	from := bearings{
		listen: func() (net.PacketConn, error) { return w.endpoint(t, appAddr), nil },
		local:  func() netip.Addr { return appAddr.AddrPort().Addr() },
	}
	conn, err := dialQUICFrom(t.Context(), from, w.relay.socket.LocalAddr().(*net.UDPAddr), Trust{Key: &pin}.clientTLS("relay.example"))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = conn.Close() })
	w.conn = conn
	time.Sleep(100 * time.Millisecond) // of the bubble's own time: the relay hears the last of the handshake
	w.relay.mu.Lock()
	defer w.relay.mu.Unlock()
	for c := range w.relay.peers {
		w.peer = c
	}
	if w.peer == nil {
		t.Fatal("the relay has no peer")
	}
	return w
}

// endpoint is a socket whose network is up until the test ends.
func (w *wire) endpoint(t *testing.T, addr *net.UDPAddr) net.PacketConn {
	t.Helper()
	one := simnet.Simnet{Router: w.router}
	socket := one.NewEndpoint(addr, simnet.NodeBiDiLinkSettings{Latency: 40 * time.Millisecond})
	if err := one.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = one.Close() })
	return socket
}

// startRelay puts a relay on the network, in the place of one that was there before.
func (w *wire) startRelay(t *testing.T, identity Identity) {
	t.Helper()
	addr := &net.UDPAddr{IP: net.IPv4(192, 0, 2, 2), Port: 443}
	ear, err := openQUICOn(w.endpoint(t, addr), identity)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = ear.close() })
	ear.start(context.WithoutCancel(t.Context()), newQueue(addr))
	w.relay = ear
}

func TestDeadPeerIsNoticed(t *testing.T) {
	identity := testIdentity(t)
	// The moment of the cut moves along the period of the signs of life.
	for _, quiet := range []time.Duration{0, 3 * time.Second, 9900 * time.Millisecond, 10 * time.Second, 10500 * time.Millisecond, 14 * time.Second} {
		t.Run(quiet.String(), func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				w := newWire(t, identity)
				time.Sleep(quiet) // of the bubble's own time
				w.cut.Store(true)
				cut := time.Now()
				for name, done := range map[string]<-chan struct{}{"app": w.conn.Done(), "relay": w.peer.Context().Done()} {
					<-done
					if took := time.Since(cut); took > quicDeadAfter {
						t.Errorf("the %s noticed after %v", name, took)
					}
				}
				if err := w.conn.Err(); !fault.Is(err, fault.CannotConnect) {
					t.Errorf("the connection ended with %v", err)
				}
			})
		})
	}
}

// TestQuietConnectionStays also bounds what an idle app sends.
func TestQuietConnectionStays(t *testing.T) {
	tests := []struct {
		name string
		lose int64
		most int64 // packets an hour from the app
	}{
		{"on a good network", 0, 360},
		{"with a packet in four lost", 4, 3000},
	}
	identity := testIdentity(t)
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				w := newWire(t, identity)
				time.Sleep(10 * time.Minute) // until the path's packet size has been found: a probe goes out with each sign of life
				w.lose.Store(test.lose)
				before := w.sent.Load()
				time.Sleep(time.Hour)
				if err := w.conn.Err(); err != nil {
					t.Errorf("the connection ended: %v", err)
				}
				if sent := w.sent.Load() - before; sent > test.most {
					t.Errorf("the app sent %d packets in an hour, at most %d are allowed", sent, test.most)
				}
				if rtt := w.conn.RTT(); rtt < 80*time.Millisecond || rtt > 120*time.Millisecond {
					t.Errorf("the round trip takes %v, want about 80 ms", rtt)
				}
			})
		})
	}
}

func TestRelaySaysThatItStops(t *testing.T) {
	identity := testIdentity(t)
	synctest.Test(t, func(t *testing.T) {
		w := newWire(t, identity)
		began := time.Now()
		if err := w.relay.close(); err != nil {
			t.Error(err)
		}
		<-w.conn.Done()
		if took := time.Since(began); took > time.Second {
			t.Errorf("noticed after %v", took)
		}
		if err := w.conn.Err(); !fault.Is(err, fault.RelayStopping) {
			t.Errorf("ended with %v", err)
		}
		if err := w.conn.Close(); err != nil {
			t.Error(err)
		}
		if err := w.conn.Err(); !errors.Is(err, net.ErrClosed) {
			t.Errorf("after Close it says %v", err)
		}
	})
}

// TestRestartedRelayIsNoticed kills a relay without a word and starts it anew with the same key: the first packet with
// anything in it tells the app that its connection is gone.
func TestRestartedRelayIsNoticed(t *testing.T) {
	identity := testIdentity(t)
	synctest.Test(t, func(t *testing.T) {
		w := newWire(t, identity)
		w.cut.Store(true)
		if err := w.relay.close(); err != nil { // its farewell is cut off
			t.Fatal(err)
		}
		w.cut.Store(false)
		w.startRelay(t, identity)
		lane, err := w.conn.carrier.open(t.Context(), LaneInput)
		if err != nil {
			t.Fatal(err)
		}
		began := time.Now()
		if _, err := lane.Write(make([]byte, 100)); err != nil {
			t.Fatal(err)
		}
		<-w.conn.Done()
		if took := time.Since(began); took > time.Second {
			t.Errorf("noticed after %v", took)
		}
		if err := w.conn.Err(); !fault.Is(err, fault.CannotConnect) {
			t.Errorf("it ended with %v", err)
		}
	})
}
