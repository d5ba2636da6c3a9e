package rpc

import (
	"google.golang.org/grpc"

	"deskhand/protocol/pb"
)

type roomService struct {
	pb.UnimplementedRoomServer
	cfg Config
}

func (s *roomService) Control(lane grpc.BidiStreamingServer[pb.ControlUp, pb.ControlDown]) error {
	return s.cfg.Rooms.Control(attendee(lane.Context()), lane)
}

func (s *roomService) Screen(lane grpc.BidiStreamingServer[pb.ScreenUp, pb.ScreenDown]) error {
	return s.cfg.Rooms.Screen(attendee(lane.Context()), lane)
}

func (s *roomService) Input(lane grpc.BidiStreamingServer[pb.InputUp, pb.InputDown]) error {
	return s.cfg.Rooms.Input(attendee(lane.Context()), lane)
}
