package share

import (
	"context"
	"errors"
	"sync"

	"google.golang.org/grpc"

	"deskhand/apps/internal/capture"
	"deskhand/apps/internal/session"
	"deskhand/protocol/fault"
	"deskhand/protocol/pb"
	"deskhand/protocol/transport"
)

type lane = grpc.BidiStreamingClient[pb.ScreenUp, pb.ScreenDown]

// stretch shares on one lane until something ends it: the first reason is returned when all goroutines have ended.
func (s *Share) stretch(ctx context.Context, in session.Room, source capture.Source) error {
	client, laneCtx, err := in.Lane(transport.LaneScreen)
	if err != nil {
		return err
	}
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	laneCtx, cancelLane := context.WithCancel(laneCtx)
	defer cancelLane()
	stream, err := client.Screen(laneCtx)
	if err != nil {
		return err
	}
	back, look := newInbox(s.clock), newLook()
	out := newPump(s, in, stream, back, look)
	var all sync.WaitGroup
	run := func(part func() error) {
		all.Go(func() {
			cancel(part())
			cancelLane()
		})
	}
	run(func() error { return look.run(ctx, source) })
	run(func() error { return receive(stream, back) })
	run(func() error { return out.run(ctx) })
	guard(ctx, in, back, cancel)
	cancelLane()
	all.Wait()
	return context.Cause(ctx)
}

// guard returns when ctx ends, and ends it as soon as the screen may not be sent any more. A new epoch makes everything
// due, even on a screen at rest.
func guard(ctx context.Context, in session.Room, back *inbox, cancel context.CancelCauseFunc) {
	for {
		if !allowed(in) {
			cancel(errStopped)
		}
		if epoch, ok := in.Epoch(); ok {
			back.rekey(epoch.Number)
		}
		select {
		case <-ctx.Done():
			return
		case <-in.Changed():
		}
	}
}

// receive takes what comes back from the relay.
func receive(stream lane, back *inbox) error {
	for {
		down, err := stream.Recv()
		if err != nil {
			return err
		}
		switch m := down.GetMessage().(type) {
		case *pb.ScreenDown_Ack:
			back.acked(m.Ack.GetNumber())
		case *pb.ScreenDown_Refresh:
			back.want(m.Refresh.GetKeys())
		case *pb.ScreenDown_Decodes:
			back.decode(m.Decodes.GetCodecs())
		default:
			return fault.New(fault.Invalid, errors.New("share: the relay sent a picture"))
		}
	}
}
