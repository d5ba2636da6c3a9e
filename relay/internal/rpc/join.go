package rpc

import (
	"context"

	"google.golang.org/grpc"
	"google.golang.org/protobuf/types/known/durationpb"

	"deskhand/protocol/fault"
	"deskhand/protocol/pb"
	"deskhand/relay/internal/desk"
	"deskhand/relay/internal/row"
)

type joinService struct {
	pb.UnimplementedJoinServer
	cfg Config
}

func (s *joinService) Join(r *pb.JoinRequest, out grpc.ServerStreamingServer[pb.JoinEvent]) error {
	ctx := out.Context()
	if err := speaks(r.GetHello()); err != nil {
		return err
	}
	if r.GetCode() != "" {
		if err := s.cfg.allow(ctx, s.cfg.Codes); err != nil {
			return err
		}
	}
	a, err := s.cfg.Desk.Join(ctx, desk.Joining{
		Code: r.GetCode(), Ticket: r.GetTicket(), Host: r.GetHello().GetHost(), System: r.GetHello().GetSystem(),
		Language: r.GetHello().GetLanguage(),
	}, func(w desk.Wait) error { return out.Send(waiting(w)) })
	if err != nil {
		return s.guessed(ctx, r, err)
	}
	// The room waits for its customer from now on, and ends the session when nobody comes.
	if err := s.cfg.Rooms.Open(a.Session.ID); err != nil {
		return err
	}
	return out.Send(&pb.JoinEvent{Event: &pb.JoinEvent_Admitted{Admitted: &pb.Admitted{
		SessionId: a.Session.ID, Token: a.Token, Portal: a.Session.Portal, Company: a.Session.Company,
		Rep: a.Session.RepScreenName, Rights: row.Rights(a.Session), Customer: a.Session.Customer,
	}}})
}

// guessed counts a ticket that nobody has as a try; one that is known costs nothing, however often its holder comes back.
func (s *joinService) guessed(ctx context.Context, r *pb.JoinRequest, err error) error {
	if r.GetTicket() != "" && fault.Is(err, fault.QueryOver) {
		if limited := s.cfg.allow(ctx, s.cfg.Codes); limited != nil {
			return limited
		}
	}
	return err
}

func waiting(w desk.Wait) *pb.JoinEvent {
	m := &pb.Waiting{Place: int32(w.Position)}
	if w.Expected > 0 {
		m.Expected = durationpb.New(w.Expected)
	}
	return &pb.JoinEvent{Event: &pb.JoinEvent_Waiting{Waiting: m}}
}
