package transport

import (
	"context"
	"crypto/tls"
	"io"
	"net"
	"testing"
	"testing/synctest"

	"github.com/quic-go/quic-go"
)

// TestPlainPeers meets ends that do not know side packets, on either side: everything works, nothing is mended.
func TestPlainPeers(t *testing.T) {
	identity := testIdentity(t)
	tests := []struct {
		name         string
		relay, app   []string // protocols
		wantMended   bool
		wantProtocol string
	}{
		{"both know", []string{mendingName, protocolName}, []string{mendingName, protocolName}, true, mendingName},
		{"an older relay", []string{protocolName}, []string{mendingName, protocolName}, false, protocolName},
		{"an older app", []string{mendingName, protocolName}, []string{protocolName}, false, protocolName},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				n := newNetwork(t, shapeWAN)
				relay, app := &quic.Transport{Conn: n.socket(2, 443)}, &quic.Transport{Conn: n.socket(1, 1000)}
				defer closeAll(t, app, relay)
				listener, err := relay.Listen(&tls.Config{
					MinVersion: tls.VersionTLS13, Certificates: []tls.Certificate{identity.certificate}, NextProtos: test.relay,
				}, quicConfig())
				if err != nil {
					t.Fatal(err)
				}
				pin := identity.Fingerprint()
				trust := Trust{Key: &pin}.clientTLS("relay.example")
				trust.NextProtos = test.app
				dialled, err := app.Dial(t.Context(), relay.Conn.LocalAddr(), trust, quicConfig())
				if err != nil {
					t.Fatal(err)
				}
				accepted, err := listener.Accept(t.Context())
				if err != nil {
					t.Fatal(err)
				}
				if got := dialled.ConnectionState().TLS.NegotiatedProtocol; got != test.wantProtocol {
					t.Errorf("they speak %q, want %q", got, test.wantProtocol)
				}
				for _, keys := range []bool{mendingKeys(dialled, true) != nil, mendingKeys(accepted, false) != nil} {
					if keys != test.wantMended {
						t.Errorf("there are keys: %t, want %t", keys, test.wantMended)
					}
				}
			})
		})
	}
}

func closeAll(t *testing.T, transports ...*quic.Transport) {
	t.Helper()
	for _, one := range transports {
		_ = one.Close()
		_ = one.Conn.Close()
	}
}

// TestOlderRelay serves an app of today with a relay that knows no side packets.
func TestOlderRelay(t *testing.T) {
	identity := testIdentity(t)
	synctest.Test(t, func(t *testing.T) {
		n := newNetwork(t, shapeLossy)
		relay := &quic.Transport{Conn: n.socket(2, 443)}
		defer closeAll(t, relay)
		config := quicConfig()
		listener, err := relay.Listen(&tls.Config{
			MinVersion: tls.VersionTLS13, Certificates: []tls.Certificate{identity.certificate}, NextProtos: []string{protocolName},
		}, config)
		if err != nil {
			t.Fatal(err)
		}
		go echoStreams(context.WithoutCancel(t.Context()), listener)
		f := &far{network: n}
		f.host.Store(1)
		pin := identity.Fingerprint()
		c, err := dialQUICFrom(t.Context(), f.bearings(), relay.Conn.LocalAddr().(*net.UDPAddr), Trust{Key: &pin}.clientTLS("relay.example"))
		if err != nil {
			t.Fatal(err)
		}
		defer func() { _ = c.Close() }()
		lane, err := c.carrier.open(t.Context(), LaneScreen)
		if err != nil {
			t.Fatal(err)
		}
		go func() { _, _ = lane.Write(make([]byte, 300<<10)) }()
		if _, err := io.ReadFull(lane, make([]byte, 300<<10)); err != nil {
			t.Error(err)
		}
	})
}

// echoStreams sends back what comes on the first stream of the first peer.
func echoStreams(ctx context.Context, l *quic.Listener) {
	c, err := l.Accept(ctx)
	if err != nil {
		return
	}
	s, err := c.AcceptStream(ctx)
	if err != nil {
		return
	}
	_, _ = io.Copy(s, s)
}
