package transport

import (
	"time"

	"google.golang.org/grpc"
	"google.golang.org/grpc/backoff"
	"google.golang.org/grpc/credentials/insecure"
	"google.golang.org/grpc/keepalive"

	"deskhand/protocol/version"
)

// MaxMessage bounds one gRPC message in both directions, in bytes.
const MaxMessage = 8 << 20

// Lane names what a connection carries side by side. The number is the lane's first byte on the wire.
type Lane uint8

// The lanes.
const (
	LaneControl   Lane = 1 // logging in, lists, chat, state, annotation
	LaneScreen    Lane = 2 // sealed tiles and their acks
	LaneInput     Lane = 3 // sealed pointer and keys; goes before everything else
	LaneClipboard Lane = 4
	LaneFiles     Lane = 5 // gives way to everything else

	laneCount = 5
)

func (l Lane) String() string {
	switch l {
	case LaneControl:
		return "control"
	case LaneScreen:
		return "screen"
	case LaneInput:
		return "input"
	case LaneClipboard:
		return "clipboard"
	case LaneFiles:
		return "files"
	default:
		return "unknown"
	}
}

func (l Lane) valid() bool { return l >= LaneControl && l <= LaneFiles }

// tuning is what sets a lane apart from the others.
type tuning struct {
	urgency int8  // QUIC's, as in RFC 9218: 0 is sent first, 7 last
	paced   bool  // on QUIC: it may fill the network, so it must not
	write   int   // bytes gathered into one write; a message never waits for more to come
	window  int32 // bytes that the peer may send ahead of the reader; gRPC's least is 64 KiB
}

func (l Lane) tuning() tuning {
	switch l {
	case LaneInput:
		return tuning{urgency: 0, write: 4 << 10, window: 64 << 10}
	case LaneControl:
		return tuning{urgency: 1, write: 4 << 10, window: 256 << 10}
	case LaneScreen:
		return tuning{urgency: 3, paced: true, write: 64 << 10, window: 1 << 20}
	case LaneClipboard:
		return tuning{urgency: 5, paced: true, write: 32 << 10, window: 1 << 20}
	default:
		return tuning{urgency: 7, paced: true, write: 64 << 10, window: 4 << 20}
	}
}

// maxCalls is how many calls may run on one lane: an app has one or two for each session that it is in. More of an
// honest dialler wait for their turn.
const maxCalls = 100

const (
	serverStreamWindow = 2 << 20 // bytes; a relay has one setting for all lanes
	serverLaneWindow   = 4 << 20
)

// ServerOptions are what a grpc.Server on Listener.Lanes needs in order to fit the dialler: message sizes, windows, how
// many calls there may be, and leave for the signs of life that keep a lane open. A server without them breaks idle TCP
// lanes.
func ServerOptions() []grpc.ServerOption {
	return []grpc.ServerOption{
		grpc.MaxRecvMsgSize(MaxMessage),
		grpc.MaxSendMsgSize(MaxMessage),
		grpc.ConnectionTimeout(handshakeTimeout),
		grpc.MaxConcurrentStreams(maxCalls),
		grpc.StaticStreamWindowSize(serverStreamWindow),
		grpc.StaticConnWindowSize(serverLaneWindow),
		grpc.KeepaliveEnforcementPolicy(keepalive.EnforcementPolicy{MinTime: keepAlivePeriod / 2, PermitWithoutStream: true}),
	}
}

// dialOptions are gRPC's settings for a lane. It uses no encryption of its own: what dial opens runs inside the TLS of
// the connection, whose peer has been verified.
func (l Lane) dialOptions() []grpc.DialOption {
	t := l.tuning()
	return []grpc.DialOption{
		grpc.WithTransportCredentials(insecure.NewCredentials()),
		grpc.WithDefaultCallOptions(grpc.MaxCallRecvMsgSize(MaxMessage), grpc.MaxCallSendMsgSize(MaxMessage)),
		grpc.WithWriteBufferSize(t.write),
		grpc.WithStaticStreamWindowSize(t.window),
		grpc.WithStaticConnWindowSize(t.window),
		grpc.WithIdleTimeout(0), // a quiet lane stays
		grpc.WithDisableServiceConfig(),
		grpc.WithDisableRetry(),
		grpc.WithNoProxy(), // the carrier has gone through it already
		grpc.WithUserAgent("deskhand/" + version.Product),
		grpc.WithConnectParams(grpc.ConnectParams{
			Backoff:           backoff.Config{BaseDelay: 100 * time.Millisecond, Multiplier: 2, Jitter: 0.2, MaxDelay: 2 * time.Second},
			MinConnectTimeout: handshakeTimeout,
		}),
	}
}

// signsOfLife makes gRPC ask for one on a lane that has no other way to notice that its peer is gone. It works from end
// to end, through proxies too.
func signsOfLife() grpc.DialOption {
	return grpc.WithKeepaliveParams(keepalive.ClientParameters{
		Time: keepAlivePeriod, Timeout: deadAfter - keepAlivePeriod - time.Second, PermitWithoutStream: true,
	})
}
