package control

import (
	"context"
	"errors"
	"io"
	"sync"
	"time"

	"google.golang.org/grpc"

	"deskhand/apps/internal/session"
	"deskhand/protocol/fault"
	"deskhand/protocol/frame"
	"deskhand/protocol/pb"
	"deskhand/protocol/seal"
	"deskhand/protocol/transport"
)

// moveInterval is the least time between two frames that hold nothing but a pointer move. Everything else goes at once
// and takes the latest move with it.
const moveInterval = 8 * time.Millisecond

// Sender is the rep's feature: it sends what the rep does in the Viewer. Run is called by one goroutine at a time; while
// it runs there is one more, which listens for the end of the lane.
type Sender struct {
	queue *queue
}

// NewSender makes the feature.
func NewSender() *Sender { return &Sender{queue: newQueue()} }

// Name is the feature's word for logs and faults.
func (s *Sender) Name() string { return name }

// Send queues events in order. It never blocks and may be called from any goroutine. Events that are not valid, and all
// of them while control is not allowed, are dropped and counted: nothing that was typed is done later.
func (s *Sender) Send(ev ...frame.Event) { s.queue.push(ev) }

// Dropped counts events that were not sent.
func (s *Sender) Dropped() uint64 {
	s.queue.mu.Lock()
	defer s.queue.mu.Unlock()
	return s.queue.dropped
}

type upLane = grpc.BidiStreamingClient[pb.InputUp, pb.InputDown]

// Run sends while control is allowed, until ctx ends or the lane breaks. fault.TooSlow says that events were lost because
// they could not be sent in time.
func (s *Sender) Run(ctx context.Context, in session.Room) error {
	client, laneCtx, err := in.Lane(transport.LaneInput)
	if err != nil {
		return err
	}
	laneCtx, cancelLane := context.WithCancel(laneCtx)
	defer cancelLane()
	stream, err := client.Input(laneCtx)
	if err != nil {
		return fault.FromStatus(err)
	}
	own, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	var all sync.WaitGroup
	all.Go(func() {
		_, err := stream.Recv()
		if err == nil || errors.Is(err, io.EOF) {
			err = fault.New(fault.CannotConnect, errEnded)
		}
		cancel(err)
	})
	defer s.queue.open(false)
	err = s.send(own, in, stream)
	if fault.Is(err, fault.TooSlow) {
		finish(own, stream)
	}
	cancelLane()
	all.Wait()
	if ctx.Err() != nil {
		return ctx.Err()
	}
	if errors.Is(err, io.EOF) || errors.Is(err, context.Canceled) {
		err = context.Cause(own) // what Recv said
	}
	return fault.FromStatus(err)
}

// finishWithin is how long the last frame of a lane that was too slow may take.
const finishWithin = 10 * time.Second

// finish lets what was sent arrive, which releases all keys on the other side, before the lane is cancelled.
func finish(ctx context.Context, stream upLane) {
	if stream.CloseSend() != nil {
		return
	}
	timer := time.NewTimer(finishWithin)
	defer timer.Stop()
	select {
	case <-ctx.Done(): // the other end has closed
	case <-timer.C:
	}
}

func (s *Sender) send(ctx context.Context, in session.Room, stream upLane) error {
	out := &writer{in: in, lane: stream}
	for {
		s.queue.open(permitted(in))
		if err := s.flush(ctx, in, out); err != nil {
			return err
		}
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-in.Changed():
		case <-s.queue.wake:
		}
	}
}

func permitted(in session.Room) bool {
	_, sealed := in.Epoch()
	return sealed && in.State().ControlAllowed
}

// flush sends what waits.
func (s *Sender) flush(ctx context.Context, in session.Room, out *writer) error {
	for {
		empty, onlyMoves := s.queue.state()
		if empty || !permitted(in) {
			return nil
		}
		if onlyMoves {
			if err := s.hold(ctx, out); err != nil {
				return err
			}
		}
		batch, overflowed := s.queue.take(out.events[:0])
		out.events = batch
		if err := out.write(batch); err != nil {
			return err
		}
		if overflowed {
			return fault.New(fault.TooSlow, errors.New("control: more input than could be sent"))
		}
	}
}

// hold waits before a frame that is only a move, so that moves merge; anything else that comes ends the wait.
func (s *Sender) hold(ctx context.Context, out *writer) error {
	rest := moveInterval - time.Since(out.last)
	if rest <= 0 {
		return nil
	}
	timer := time.NewTimer(rest)
	defer timer.Stop()
	for {
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-timer.C:
			return nil
		case <-s.queue.wake:
			if _, onlyMoves := s.queue.state(); !onlyMoves {
				return nil
			}
		}
	}
}

// writer makes frames. It owns their memory; gRPC has copied a frame when Send returns.
type writer struct {
	in     session.Room
	lane   upLane
	epoch  seal.Epoch
	sealer *seal.Sealer
	events []frame.Event
	plain  []byte
	up     pb.InputUp
	last   time.Time
}

func (w *writer) write(events []frame.Event) error {
	epoch, ok := w.in.Epoch()
	if !ok || len(events) == 0 {
		return nil
	}
	if w.sealer == nil || epoch != w.epoch {
		w.epoch = epoch
		w.sealer = seal.NewSealer(epoch, w.in.Session(), w.in.You(), seal.LaneInput)
	}
	w.plain = frame.AppendEvents(w.plain[:0], events)
	sealed, err := w.sealer.Seal(w.up.Sealed[:0], w.plain, nil)
	if err != nil {
		return err
	}
	w.up.Sealed, w.last = sealed, time.Now()
	return w.lane.Send(&w.up)
}
