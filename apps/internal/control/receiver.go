package control

import (
	"context"
	"errors"
	"io"
	"log/slog"
	"sync"
	"sync/atomic"
	"time"

	"google.golang.org/grpc"

	"deskhand/apps/internal/inject"
	"deskhand/apps/internal/session"
	"deskhand/protocol/fault"
	"deskhand/protocol/frame"
	"deskhand/protocol/pb"
	"deskhand/protocol/seal"
	"deskhand/protocol/transport"
)

// epochGrace is for how long after a new epoch frames of the one before are dropped instead of breaking the lane: they
// were on their way. What they held is released, as its end may be among what was lost.
const epochGrace = 5 * time.Second

// Receiver is the customer's feature: it does what a rep sends, while the customer permits it. Run is called by one
// goroutine at a time; while it runs there is one more, which reads the lane. Run alone touches the target.
type Receiver struct {
	open    func() (inject.Target, error)
	clock   func() time.Time
	logger  *slog.Logger
	refused atomic.Uint64
}

// NewReceiver makes the feature. A target is opened with the first event and closed when control ends, which lets go of
// everything and gives back what was borrowed from the keyboard. The clock is time.Now when nil; a nil logger is silent.
func NewReceiver(open func() (inject.Target, error), clock func() time.Time, logger *slog.Logger) *Receiver {
	if clock == nil {
		clock = time.Now
	}
	if logger == nil {
		logger = slog.New(slog.DiscardHandler)
	}
	return &Receiver{open: open, clock: clock, logger: logger}
}

// Name is the feature's word for logs and faults.
func (r *Receiver) Name() string { return name }

// Refused counts events that were not done: without consent, or on a display that is not there.
func (r *Receiver) Refused() uint64 { return r.refused.Load() }

// Run does what arrives, until ctx ends or the lane breaks. fault.InputUnavailable says that this machine cannot be
// driven.
func (r *Receiver) Run(ctx context.Context, in session.Room) error {
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
	frames, failed := make(chan *pb.InputDown), make(chan error, 1)
	var all sync.WaitGroup
	all.Go(func() { failed <- read(laneCtx, stream, frames) })
	h := &hand{receiver: r, in: in, opener: seal.NewOpener(in.Session(), seal.LaneInput)}
	err = h.work(ctx, frames, failed)
	h.letGo()
	cancelLane()
	all.Wait()
	if ctx.Err() != nil {
		return ctx.Err()
	}
	return fault.FromStatus(err)
}

// read passes frames on, one at a time: what is not taken waits in the relay, which ends the lane of a rep who sends more.
func read(ctx context.Context, stream grpc.BidiStreamingClient[pb.InputUp, pb.InputDown], frames chan<- *pb.InputDown) error {
	for {
		down, err := stream.Recv()
		if errors.Is(err, io.EOF) {
			return fault.New(fault.CannotConnect, errEnded)
		}
		if err != nil {
			return err
		}
		select {
		case frames <- down:
		case <-ctx.Done():
			return ctx.Err()
		}
	}
}

// hand is what one run of the feature holds.
type hand struct {
	receiver *Receiver
	in       session.Room
	opener   *seal.Opener
	target   inject.Target // nil until it is needed

	epoch  uint32    // number of the one in use
	since  time.Time // when it came into use
	plain  []byte
	events []frame.Event
}

func (h *hand) work(ctx context.Context, frames <-chan *pb.InputDown, failed <-chan error) error {
	for {
		if !permitted(h.in) {
			h.letGo()
		}
		h.advance()
		select {
		case <-ctx.Done():
			return ctx.Err()
		case err := <-failed:
			return err
		case <-h.in.Changed():
		case f := <-frames:
			if err := h.take(ctx, f); err != nil {
				return err
			}
		}
	}
}

func (h *hand) advance() {
	if epoch, ok := h.in.Epoch(); ok && epoch.Number > h.epoch {
		h.letGo() // somebody has left, perhaps with a key held down
		h.opener.Add(epoch)
		h.epoch, h.since = epoch.Number, h.receiver.clock()
	}
}

func (h *hand) take(ctx context.Context, f *pb.InputDown) error {
	h.advance()
	plain, from, err := h.opener.Open(h.plain[:0], f.GetSealed(), nil)
	if errors.Is(err, seal.ErrEpochBehind) && h.receiver.clock().Sub(h.since) < epochGrace {
		h.letGo()
		return nil
	}
	if err != nil {
		return err
	}
	h.plain = plain
	if from != f.GetFrom() {
		return broken("input of attendee %d in the name of %d", from, f.GetFrom())
	}
	if h.events, err = frame.ParseEvents(h.events[:0], plain); err != nil {
		return err
	}
	for i := range h.events {
		if err := h.apply(ctx, h.events[i:i+1]); err != nil {
			return err
		}
	}
	return nil
}

// apply does one event. The consent is looked at last.
func (h *hand) apply(ctx context.Context, one []frame.Event) error {
	if !permitted(h.in) {
		h.receiver.refused.Add(1)
		return nil
	}
	if err := h.reach(); err != nil {
		return err
	}
	displays, err := h.target.Displays()
	if err != nil {
		return err
	}
	ok := inject.Fit(&one[0], displays)
	if !ok || ctx.Err() != nil || !permitted(h.in) {
		h.receiver.refused.Add(1)
		return nil
	}
	if err := h.target.Apply(one); !fault.Is(err, fault.Invalid) {
		return err
	}
	h.receiver.refused.Add(1)
	return nil
}

// reach opens the target.
func (h *hand) reach() (err error) {
	if h.target == nil {
		h.target, err = h.receiver.open()
	}
	return err
}

// letGo releases everything that is held and gives the target back.
func (h *hand) letGo() {
	if h.target == nil {
		return
	}
	if err := h.target.Close(); err != nil {
		h.receiver.logger.Warn("input did not close cleanly", "err", err)
	}
	h.target = nil
}
