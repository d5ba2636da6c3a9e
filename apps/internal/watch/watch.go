// Package watch receives a shared screen: it opens what the customer sealed, decodes it and keeps the picture. It shows
// nothing; windows read the Picture at their own pace and are told which part is new.
//
// Run keeps one lane open for as long as its connection lasts, whether the screen is shared or not; two goroutines, one
// that decodes and Run itself, and it waits for both. A packet is acknowledged when it has been decoded, so the relay
// never sends more than a few ahead, and whoever reads slowly gets fewer and newer tiles.
//
// While nothing is shared, and once the lane has ended, the Picture is empty to its readers. What does not open, comes
// from another attendee than the customer, or contradicts itself closes the lane with fault.SealBroken or fault.Invalid
// and leaves the Picture as it was; there is no other way in.
// Frames of an older epoch are dropped until the first one of the current epoch has come, because lanes do not wait for
// each other; afterwards they break the lane too.
package watch

import (
	"context"
	"errors"
	"io"
	"log/slog"
	"sync"
	"sync/atomic"

	"google.golang.org/grpc"

	"deskhand/apps/internal/session"
	"deskhand/apps/internal/video"
	"deskhand/protocol/fault"
	"deskhand/protocol/frame"
	"deskhand/protocol/pb"
	"deskhand/protocol/transport"
)

// Watch is the feature that receives a shared screen. Run is called by one goroutine at a time.
type Watch struct {
	logger   *slog.Logger
	picture  *Picture
	counters counters
	newest   newest // of the goroutine that receives
}

type counters struct {
	packets, bytes, dropped atomic.Uint64
	ops                     [16]struct{ times, bytes atomic.Uint64 } // by frame.OpKind
}

// Stats counts since the feature was made.
type Stats struct {
	Packets, Bytes uint64
	Dropped        uint64 // units of an epoch that had passed
	// Operations by what they do, and the bytes of their bodies.
	Copies, Recalls                         uint64
	Patches, PatchBytes, Photos, PhotoBytes uint64
	Films, FilmBytes                        uint64 // frames of films
}

// New makes the feature with an empty picture. A nil logger is silent.
func New(logger *slog.Logger) *Watch {
	if logger == nil {
		logger = slog.New(slog.DiscardHandler)
	}
	return &Watch{logger: logger, picture: newPicture()}
}

// Name is the feature's word for logs and faults.
func (w *Watch) Name() string { return "watch" }

// Picture is what is seen; it is the same for the life of the feature.
func (w *Watch) Picture() *Picture { return w.picture }

// Stats may be called from any goroutine.
func (w *Watch) Stats() Stats {
	c := &w.counters
	times := func(k frame.OpKind) uint64 { return c.ops[k].times.Load() }
	bytes := func(k frame.OpKind) uint64 { return c.ops[k].bytes.Load() }
	return Stats{
		Packets: c.packets.Load(), Bytes: c.bytes.Load(), Dropped: c.dropped.Load(),
		Copies: times(frame.OpCopy), Recalls: times(frame.OpRecall),
		Patches: times(frame.OpExact), PatchBytes: bytes(frame.OpExact),
		Photos: times(frame.OpPhoto), PhotoBytes: bytes(frame.OpPhoto),
		Films: times(frame.OpVideo), FilmBytes: bytes(frame.OpVideo),
	}
}

type lane = grpc.BidiStreamingClient[pb.ScreenUp, pb.ScreenDown]

// Run receives until ctx ends or the lane breaks.
func (w *Watch) Run(ctx context.Context, in session.Room) error {
	client, laneCtx, err := in.Lane(transport.LaneScreen)
	if err != nil {
		return err
	}
	laneCtx, cancelLane := context.WithCancel(laneCtx)
	defer cancelLane()
	stream, err := client.Screen(laneCtx)
	if err != nil {
		return fault.FromStatus(err)
	}
	own, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	epochs := newEpochs(in)
	var all sync.WaitGroup
	all.Go(func() {
		cancel(w.receive(own, stream, newOpener(in, epochs, &w.newest)))
	})
	w.follow(own, in, epochs)
	cancelLane()
	all.Wait()
	err = context.Cause(own)
	switch {
	case ctx.Err() != nil:
		err = ctx.Err()
	case errors.Is(err, io.EOF):
		err = fault.New(fault.CannotConnect, err)
	default:
		err = fault.FromStatus(err)
	}
	if reason := fault.ReasonOf(err); reason != fault.SealBroken && reason != fault.Invalid {
		w.picture.show(false)
	}
	return err
}

// follow shows the picture only while the screen is shared, and passes on that the epoch may have changed.
func (w *Watch) follow(ctx context.Context, in session.Room, epochs *epochs) {
	for {
		w.picture.show(in.State().Sharing)
		epochs.look()
		select {
		case <-ctx.Done():
			return
		case <-in.Changed():
		}
	}
}

func (w *Watch) receive(ctx context.Context, stream lane, o *opener) error {
	d := newDrawer(w.picture, &w.counters)
	defer d.close()
	d.over = ctx.Done() // a packet may hold minutes of drawing
	if err := stream.Send(decodes()); err != nil && !errors.Is(err, io.EOF) {
		return err
	}
	ack := &pb.ScreenAck{}
	up := &pb.ScreenUp{Message: &pb.ScreenUp_Ack{Ack: ack}}
	for {
		down, err := stream.Recv()
		if err != nil {
			return err
		}
		p := down.GetPacket()
		if p == nil {
			return fault.New(fault.Invalid, errors.New("watch: the relay sent something else than a picture"))
		}
		if err := w.take(ctx, p, o, d); err != nil {
			return err
		}
		if p.GetLater() {
			continue // the next acknowledgement is for this one too
		}
		ack.Number = p.GetNumber()
		if err := stream.Send(up); err != nil && !errors.Is(err, io.EOF) { // at io.EOF, Recv knows why
			return err
		}
	}
}

// decodes says what moving pictures this program can show.
func decodes() *pb.ScreenUp {
	d := &pb.ScreenDecodes{}
	for _, c := range video.Codecs() {
		d.Codecs = append(d.Codecs, pb.VideoCodec(c))
	}
	return &pb.ScreenUp{Message: &pb.ScreenUp_Decodes{Decodes: d}}
}

func (w *Watch) take(ctx context.Context, p *pb.ScreenPacket, o *opener, d *drawer) error {
	defer w.picture.signal()
	w.counters.packets.Add(1)
	for _, u := range p.GetUnits() {
		plain, err := o.open(ctx, u, p.GetGeneration())
		if errors.Is(err, errPassed) {
			w.counters.dropped.Add(1)
			continue
		}
		if err != nil {
			return err
		}
		if err := d.draw(u.GetSlot(), p.GetGeneration(), plain); err != nil {
			return err
		}
		w.counters.bytes.Add(uint64(len(u.GetSealed())))
	}
	return nil
}
