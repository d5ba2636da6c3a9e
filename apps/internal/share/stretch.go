package share

import (
	"context"
	"errors"
	"fmt"
	"io"
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
	picture, window := newCanvas(), newWindow(s.clock)
	var all sync.WaitGroup
	run := func(part func() error) {
		all.Go(func() {
			cancel(part())
			cancelLane()
		})
	}
	run(func() error { return look(ctx, source, picture) })
	run(func() error { return receive(stream, picture, window) })
	run(func() error {
		return send(ctx, &sender{share: s, in: in, lane: stream, canvas: picture, window: window})
	})
	guard(ctx, in, picture, cancel)
	cancelLane()
	all.Wait()
	s.counters.replaced.Add(picture.replaced)
	return context.Cause(ctx)
}

// guard returns when ctx ends, and ends it as soon as the screen may not be sent any more. A new epoch makes everything
// due, even on a screen at rest.
func guard(ctx context.Context, in session.Room, picture *canvas, cancel context.CancelCauseFunc) {
	for {
		if !allowed(in) {
			cancel(errStopped)
		}
		if epoch, ok := in.Epoch(); ok {
			picture.rekey(epoch.Number)
		}
		select {
		case <-ctx.Done():
			return
		case <-in.Changed():
		}
	}
}

// look captures what changes.
func look(ctx context.Context, source capture.Source, picture *canvas) error {
	var f capture.Frame
	for {
		if err := source.Next(ctx, &f); err != nil {
			return err
		}
		picture.put(&f)
	}
}

// receive takes what comes back from the relay.
func receive(stream lane, picture *canvas, window *window) error {
	for {
		down, err := stream.Recv()
		if err != nil {
			return err
		}
		switch m := down.GetMessage().(type) {
		case *pb.ScreenDown_Ack:
			if !window.acked(m.Ack.GetNumber()) {
				return fault.New(fault.Invalid, fmt.Errorf("share: packet %d was acknowledged and never sent", m.Ack.GetNumber()))
			}
		case *pb.ScreenDown_Refresh:
			picture.refresh()
		default:
			return fault.New(fault.Invalid, errors.New("share: the relay sent a picture"))
		}
	}
}

// send sends what is due whenever the window allows.
func send(ctx context.Context, out *sender) error {
	for {
		if budget, open := out.window.budget(); open && out.canvas.due() {
			err := out.packet(budget)
			if errors.Is(err, io.EOF) {
				<-ctx.Done() // the lane has ended and receive knows why
				return ctx.Err()
			}
			if err != nil {
				return err
			}
			continue
		}
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-out.canvas.wake:
		case <-out.window.wake:
		}
	}
}
