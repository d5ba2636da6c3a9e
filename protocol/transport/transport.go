// Package transport carries gRPC between the apps and the relay: over QUIC where UDP passes, else over TLS on TCP. It
// owns the relay's identity (its key and certificate), the check of that identity, the race between the two paths and
// the lanes of a connection. It does not know what the lanes say, who is logged in, or when to connect again.
//
// A relay calls LoadIdentity and Listen, serves a grpc.Server made with ServerOptions on Listener.Lanes and an
// http.Server on Listener.Web. An app calls Dial and talks through Conn.Lane.
//
// Each lane is one gRPC connection on a QUIC stream of its own (or a TCP connection of its own), so that a lost packet
// in one never holds up another. The dialler's first byte on it says which lane it is; gRPC's HTTP/2 follows.
// Everything below is TLS 1.3 with the ALPN name "deskhand/1" on both paths, so gRPC itself uses no encryption.
//
// All types are safe for concurrent use. Close of Listener and Conn waits for the goroutines behind them.
package transport

import "time"

const (
	// protocolName is the ALPN name of lanes, on QUIC and on TCP alike.
	protocolName = "deskhand/1"
	// mendingName is the one on QUIC between two ends that both know the side packets of package mend.
	mendingName = "deskhand/1+mend1"
)

const (
	handshakeTimeout = 10 * time.Second // from the first packet until the peer is known
	keepAlivePeriod  = 10 * time.Second // of silence before a sign of life is asked for
	deadAfter        = 15 * time.Second // of silence at most until a peer counts as dead on TCP
	// quicDeadAfter is the same on QUIC, whose connections outlast a cut of half a minute that begins just before a sign
	// of life was due.
	quicDeadAfter = 45 * time.Second
)
