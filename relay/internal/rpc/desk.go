package rpc

import (
	"context"
	"errors"
	"fmt"

	"google.golang.org/grpc"
	"google.golang.org/protobuf/types/known/durationpb"

	"deskhand/protocol/fault"
	"deskhand/protocol/pb"
	"deskhand/relay/internal/account"
	"deskhand/relay/internal/row"
)

// maxHistory is how many sessions one page of history holds at most.
const maxHistory = 500

type deskService struct {
	pb.UnimplementedDeskServer
	cfg Config
}

func (s *deskService) Login(ctx context.Context, r *pb.LoginRequest) (*pb.LoginReply, error) {
	if err := speaks(r.GetHello()); err != nil {
		return nil, err
	}
	if err := s.cfg.allow(ctx, s.cfg.Logins); err != nil {
		return nil, err
	}
	token, rep, err := s.cfg.Accounts.Login(ctx, account.Try{Login: r.GetLogin(), Password: r.GetPassword(), Network: network(ctx)})
	if err != nil {
		return nil, fmt.Errorf("login: %w", err)
	}
	portals, limits, err := s.cfg.Desk.Portals(ctx, rep)
	if err != nil {
		return nil, err
	}
	reply := &pb.LoginReply{
		Token: token, Rep: row.Rep(rep), MaxCodes: int32(limits.MaxCodes),
		CodeLifetime: durationpb.New(limits.CodeLifetime),
	}
	for _, p := range portals {
		reply.Portals = append(reply.Portals, row.Portal(p, s.cfg.PublicURL))
	}
	return reply, nil
}

func (s *deskService) Logout(ctx context.Context, _ *pb.LogoutRequest) (*pb.LogoutReply, error) {
	token := caller(ctx).token
	err := s.cfg.Desk.Logout(ctx, token)
	s.cfg.Rooms.EndLogin(loginOf(token))
	return &pb.LogoutReply{}, err
}

func (s *deskService) Watch(r *pb.WatchRequest, out grpc.ServerStreamingServer[pb.DeskEvent]) error {
	ctx := out.Context()
	who := caller(ctx)
	w, err := s.cfg.Desk.Watch(ctx, who.rep, who.token, r.GetAvailable())
	if err != nil {
		return err
	}
	defer w.Close()
	for {
		e, err := w.Next(ctx)
		if err != nil {
			return err
		}
		if err := out.Send(e); err != nil {
			return err
		}
	}
}

func (s *deskService) SetAvailability(ctx context.Context, r *pb.SetAvailabilityRequest) (*pb.SetAvailabilityReply, error) {
	return &pb.SetAvailabilityReply{}, s.cfg.Desk.SetAvailability(ctx, caller(ctx).rep, r.GetAvailable())
}

func (s *deskService) Accept(ctx context.Context, r *pb.AcceptRequest) (*pb.AcceptReply, error) {
	taken, err := s.cfg.Desk.Accept(ctx, caller(ctx).rep, r.GetSessionId())
	if err != nil {
		return nil, err
	}
	return &pb.AcceptReply{Session: row.Session(taken)}, nil
}

func (s *deskService) Decline(ctx context.Context, r *pb.DeclineRequest) (*pb.DeclineReply, error) {
	return &pb.DeclineReply{}, s.cfg.Desk.Decline(ctx, caller(ctx).rep, r.GetSessionId())
}

func (s *deskService) CreateCode(ctx context.Context, r *pb.CreateCodeRequest) (*pb.Code, error) {
	made, err := s.cfg.Desk.CreateCode(ctx, caller(ctx).rep, r.GetName(), r.GetPortal())
	if err != nil {
		return nil, err
	}
	return row.Code(made, s.cfg.PublicURL), nil
}

func (s *deskService) CancelCode(ctx context.Context, r *pb.CancelCodeRequest) (*pb.CancelCodeReply, error) {
	return &pb.CancelCodeReply{}, s.cfg.Desk.CancelCode(ctx, caller(ctx).rep, r.GetCode())
}

func (s *deskService) History(ctx context.Context, r *pb.HistoryRequest) (*pb.HistoryReply, error) {
	if r.GetLimit() < 0 || r.GetLimit() > maxHistory {
		return nil, fault.New(fault.Invalid, errors.New("rpc: history limit"))
	}
	sessions, next, err := s.cfg.Desk.History(ctx, caller(ctx).rep, r.GetBefore(), r.GetSearch(), int(r.GetLimit()))
	if err != nil {
		return nil, err
	}
	reply := &pb.HistoryReply{Next: next}
	for _, one := range sessions {
		reply.Sessions = append(reply.Sessions, row.Session(one))
	}
	return reply, nil
}

func (s *deskService) Transcript(ctx context.Context, r *pb.TranscriptRequest) (*pb.TranscriptReply, error) {
	lines, err := s.cfg.Desk.Transcript(ctx, caller(ctx).rep, r.GetSessionId())
	if err != nil {
		return nil, err
	}
	reply := &pb.TranscriptReply{}
	for _, l := range lines {
		reply.Lines = append(reply.Lines, row.Line(l))
	}
	return reply, nil
}
