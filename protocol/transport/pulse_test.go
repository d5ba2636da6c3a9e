package transport

import (
	"context"
	"errors"
	"net"
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
	conn  *Conn
	relay *quicEar
	peer  *quic.Conn // the relay's end
	cut   atomic.Bool
	lose  atomic.Int64 // every so many packets, one; 0: none
	sent  atomic.Int64 // by the app
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
	relayAddr := &net.UDPAddr{IP: net.IPv4(192, 0, 2, 2), Port: 443}
	network := &simnet.Simnet{Router: &wireRouter{wire: w, app: appAddr}}
	settings := simnet.NodeBiDiLinkSettings{Latency: 40 * time.Millisecond}
	app, relay := network.NewEndpoint(appAddr, settings), network.NewEndpoint(relayAddr, settings)
	if err := network.Start(); err != nil {
		t.Fatal(err)
	}
	ear, err := openQUICOn(relay, identity)
	if err != nil {
		t.Fatal(err)
	}
	w.relay = ear
	t.Cleanup(func() {
		if w.conn != nil {
			_ = w.conn.Close()
		}
		_ = ear.close()
		_ = network.Close()
	})
	ear.start(context.WithoutCancel(t.Context()), newQueue(relayAddr))
	pin := identity.Fingerprint()
	w.conn, err = dialQUICFrom(t.Context(), app, relayAddr, Trust{Key: &pin}.clientTLS("relay.example"))
	if err != nil {
		t.Fatal(err)
	}
	time.Sleep(100 * time.Millisecond) // of the bubble's own time: the relay hears the last of the handshake
	ear.mu.Lock()
	for c := range ear.peers {
		w.peer = c
	}
	ear.mu.Unlock()
	if w.peer == nil {
		t.Fatal("the relay has no peer")
	}
	return w
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
					if took := time.Since(cut); took > deadAfter {
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
