// Package rpc is the relay's gRPC face: it decodes, asks the desk or a room, and encodes. It holds no business rule.
//
// Interceptors do what holds for every call: a panic becomes an internal error and a log entry, errors become faults on
// the wire, messages have a size, and callers are who their token says. A call that no rule names needs a rep's token.
package rpc

import (
	"context"
	"log/slog"

	"google.golang.org/grpc"
	"google.golang.org/grpc/peer"

	"deskhand/protocol/fault"
	"deskhand/protocol/pb"
	"deskhand/protocol/version"
	"deskhand/relay/internal/account"
	"deskhand/relay/internal/desk"
	"deskhand/relay/internal/limit"
	"deskhand/relay/internal/ops"
	"deskhand/relay/internal/room"
	"deskhand/relay/internal/store"
)

// Config is what the services work with. All fields must be set.
type Config struct {
	Desk      *desk.Desk
	Rooms     *room.Rooms
	Accounts  *account.Accounts
	Sessions  Sessions
	Logins    *limit.Limiter // of logins, by network
	Codes     *limit.Limiter // of codes tried, by network
	Logger    *slog.Logger
	Metrics   *ops.Metrics
	PublicURL string // where portals are, without a slash at the end
}

// Sessions tells whose session it is.
type Sessions interface {
	Session(ctx context.Context, id string) (store.Session, error)
	SessionByToken(ctx context.Context, id string, hash []byte) (store.Session, error)
}

// Register adds the services to a server made with Options.
func Register(s grpc.ServiceRegistrar, cfg Config) {
	pb.RegisterDeskServer(s, &deskService{cfg: cfg})
	pb.RegisterJoinServer(s, &joinService{cfg: cfg})
	pb.RegisterRoomServer(s, &roomService{cfg: cfg})
}

// Options are what a server of these services needs, beside those of its transport.
func Options(cfg Config) []grpc.ServerOption {
	g := &guard{cfg: cfg}
	return []grpc.ServerOption{
		grpc.MaxRecvMsgSize(maxMessage),
		grpc.ChainUnaryInterceptor(g.unary),
		grpc.ChainStreamInterceptor(g.stream),
	}
}

// network is where a caller is, for limits.
func network(ctx context.Context) string {
	if p, ok := peer.FromContext(ctx); ok && p.Addr != nil {
		return limit.Network(p.Addr.String())
	}
	return limit.Network("")
}

// allow takes one try from a limit.
func (c *Config) allow(ctx context.Context, l *limit.Limiter) error {
	err := l.Allow(network(ctx))
	if err != nil {
		c.Metrics.Limited.Add(1)
	}
	return err
}

func speaks(h *pb.Hello) error {
	if !version.Speaks(h.GetWire()) {
		return fault.New(fault.VersionsDiffer, nil)
	}
	return nil
}
