package rpc

import (
	"context"
	"errors"
	"fmt"
	"runtime/debug"
	"strings"

	"google.golang.org/grpc"
	"google.golang.org/grpc/metadata"
	"google.golang.org/protobuf/proto"

	"deskhand/protocol/code"
	"deskhand/protocol/fault"
	"deskhand/protocol/pb"
	"deskhand/relay/internal/account"
	"deskhand/relay/internal/room"
	"deskhand/relay/internal/store"
)

// What callers may send at most, in bytes of one message.
const (
	maxMessage = 2 << 20  // of a Screen lane: the largest tile update and what surrounds it
	maxOther   = 80 << 10 // of everything else
)

// guard is what every call passes through.
type guard struct{ cfg Config }

type repKey struct{}

// login is a rep with the token that proved it.
type login struct {
	rep   store.Rep
	token string
}

func (g *guard) unary(ctx context.Context, req any, info *grpc.UnaryServerInfo, next grpc.UnaryHandler) (reply any, err error) {
	defer g.finish(info.FullMethod, &err)
	if err := checkSize(req, maxOther); err != nil {
		return nil, err
	}
	if ctx, err = g.admit(ctx, info.FullMethod); err != nil {
		return nil, err
	}
	return next(ctx, req)
}

func (g *guard) stream(srv any, s grpc.ServerStream, info *grpc.StreamServerInfo, next grpc.StreamHandler) (err error) {
	defer g.finish(info.FullMethod, &err)
	ctx, err := g.admit(s.Context(), info.FullMethod)
	if err != nil {
		return err
	}
	limit := maxOther
	if info.FullMethod == pb.Room_Screen_FullMethodName {
		limit = maxMessage
	}
	return next(srv, &guarded{ServerStream: s, ctx: ctx, limit: limit})
}

// finish turns what a call ended with into what its caller may know. What nobody expected is logged.
func (g *guard) finish(method string, err *error) {
	if p := recover(); p != nil {
		g.cfg.Metrics.Panics.Add(1)
		g.cfg.Logger.Error("a call panicked", "method", method, "panic", p, "stack", string(debug.Stack()))
		*err = fault.New(fault.Internal, nil)
	}
	if *err == nil {
		return
	}
	if fault.Is(*err, fault.Internal) && !errors.Is(*err, context.Canceled) {
		g.cfg.Logger.Error("a call failed", "method", method, "err", *err)
	}
	*err = fault.ToStatus(*err)
}

// guarded is a stream whose caller is known and whose messages have a size.
type guarded struct {
	grpc.ServerStream
	ctx   context.Context
	limit int
}

func (s *guarded) Context() context.Context { return s.ctx }

func (s *guarded) RecvMsg(m any) error {
	if err := s.ServerStream.RecvMsg(m); err != nil {
		return err
	}
	return checkSize(m, s.limit)
}

func checkSize(m any, limit int) error {
	if p, ok := m.(proto.Message); ok && proto.Size(p) > limit {
		return fault.New(fault.Invalid, errors.New("rpc: message too large"))
	}
	return nil
}

// admit finds out who is calling. Only logging in and joining need no token.
func (g *guard) admit(ctx context.Context, method string) (context.Context, error) {
	switch method {
	case pb.Desk_Login_FullMethodName, pb.Join_Join_FullMethodName:
		return ctx, nil
	}
	token, err := bearer(ctx)
	if err != nil {
		return nil, err
	}
	if strings.HasPrefix(method, "/"+pb.Room_ServiceDesc.ServiceName+"/") {
		who, err := g.attendee(ctx, token)
		return context.WithValue(ctx, repKey{}, who), err
	}
	rep, err := g.cfg.Accounts.Rep(ctx, token)
	return context.WithValue(ctx, repKey{}, login{rep, token}), err
}

// attendee finds out who is knocking at a room: its customer, or the rep whose session it is.
func (g *guard) attendee(ctx context.Context, token string) (room.Who, error) {
	id, err := code.Parse(header(ctx, "deskhand-session"))
	if err != nil {
		return room.Who{}, err
	}
	who := room.Who{SessionID: id.String()}
	_, err = g.cfg.Sessions.SessionByToken(ctx, who.SessionID, account.HashToken(token))
	if !fault.Is(err, fault.SessionUnknown) {
		return who, err
	}
	if who.Rep, err = g.cfg.Accounts.Rep(ctx, token); err != nil {
		return room.Who{}, err
	}
	who.Login = loginOf(token)
	s, err := g.cfg.Sessions.Session(ctx, who.SessionID)
	switch {
	case err != nil:
		return room.Who{}, fmt.Errorf("rpc: %w", err)
	case s.RepID != who.Rep.ID:
		return room.Who{}, fault.New(fault.SessionUnknown, nil) // that it exists is none of this rep's business
	case !s.EndedAt.IsZero():
		return room.Who{}, fault.New(fault.SessionOver, nil)
	}
	return who, nil
}

// loginOf names a login without giving its token away.
func loginOf(token string) string { return string(account.HashToken(token)) }

func bearer(ctx context.Context) (string, error) {
	token, ok := strings.CutPrefix(header(ctx, "authorization"), "Bearer ")
	if !ok || token == "" {
		return "", fault.New(fault.LoggedOut, errors.New("rpc: no token"))
	}
	return token, nil
}

// header is a metadata value that is there exactly once, else empty.
func header(ctx context.Context, name string) string {
	if all := metadata.ValueFromIncomingContext(ctx, name); len(all) == 1 {
		return all[0]
	}
	return ""
}

// caller is the rep that admit has found; without one a handler is wired wrongly.
func caller(ctx context.Context) login {
	found, ok := ctx.Value(repKey{}).(login)
	if !ok {
		panic("rpc: a call that needs a rep has none")
	}
	return found
}

func attendee(ctx context.Context) room.Who {
	found, ok := ctx.Value(repKey{}).(room.Who)
	if !ok {
		panic("rpc: a lane that needs an attendee has none")
	}
	return found
}
