package watch

import (
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"time"

	"deskhand/apps/internal/session"
	"deskhand/protocol/fault"
	"deskhand/protocol/pb"
	"deskhand/protocol/seal"
)

// customer is the attendee whose screen it is, in every session.
const customer = 1

// epochWait is how long a frame may be ahead of the epoch that it needs, which comes on another lane.
const epochWait = 10 * time.Second

// errPassed says that a frame is of an epoch that has passed; it is dropped.
var errPassed = errors.New("watch: a frame of an epoch that has passed")

// epochs tells the decoding goroutine of new epochs. The room's signal has one receiver, which is Run.
type epochs struct {
	in      session.Room
	changed chan struct{} // capacity 1
}

func newEpochs(in session.Room) *epochs { return &epochs{in: in, changed: make(chan struct{}, 1)} }

func (e *epochs) look() {
	select {
	case e.changed <- struct{}{}:
	default:
	}
}

// newest is the highest generation of the newest epoch that was opened on any lane. Each lane begins to count frames anew,
// so it is all that a picture from before is told by.
type newest struct {
	epoch      seal.Epoch
	generation uint32
}

// opener opens units of one lane. For one goroutine.
type opener struct {
	epochs *epochs
	seal   *seal.Opener
	epoch  seal.Epoch // in use
	fresh  bool       // a unit of that epoch has been opened
	newest *newest
	plain  []byte
}

func newOpener(in session.Room, e *epochs, n *newest) *opener {
	return &opener{epochs: e, seal: seal.NewOpener(in.Session(), seal.LaneScreen), newest: n}
}

// open gives the content of a unit; it is valid until the next call.
func (o *opener) open(ctx context.Context, u *pb.ScreenUnit, generation uint32) ([]byte, error) {
	var aad [8]byte
	binary.BigEndian.PutUint32(aad[:], u.GetSlot())
	binary.BigEndian.PutUint32(aad[4:], generation)
	o.advance()
	plain, from, err := o.seal.Open(o.plain[:0], u.GetSealed(), aad[:])
	if errors.Is(err, seal.ErrEpochAhead) {
		if err := o.await(ctx, u.GetSealed()); err != nil {
			return nil, err
		}
		plain, from, err = o.seal.Open(o.plain[:0], u.GetSealed(), aad[:])
	}
	switch {
	case errors.Is(err, seal.ErrEpochBehind) && !o.fresh:
		return nil, errPassed
	case err != nil:
		return nil, err
	case from != customer:
		return nil, fault.New(fault.SealBroken, fmt.Errorf("watch: a picture of attendee %d", from))
	}
	o.fresh, o.plain = true, plain
	return plain, o.follows(generation)
}

// follows refuses what was authentic once, of a picture that a newer one has replaced.
func (o *opener) follows(generation uint32) error {
	if o.newest.epoch == o.epoch && generation < o.newest.generation {
		return fault.New(fault.SealBroken, fmt.Errorf("watch: generation %d after %d", generation, o.newest.generation))
	}
	*o.newest = newest{o.epoch, generation}
	return nil
}

// advance uses the newest epoch there is.
func (o *opener) advance() {
	if epoch, ok := o.epochs.in.Epoch(); ok && epoch.Number > o.epoch.Number {
		o.seal.Add(epoch)
		o.epoch, o.fresh = epoch, false
	}
}

// await waits until there is the epoch that a frame says it needs.
func (o *opener) await(ctx context.Context, sealed []byte) error {
	kid, _, _, err := seal.ParseHeader(sealed)
	if err != nil {
		return err
	}
	timer := time.NewTimer(epochWait)
	defer timer.Stop()
	for needed := kid >> 16; ; {
		o.advance()
		if uint64(o.epoch.Number) >= needed {
			return nil
		}
		select {
		case <-o.epochs.changed:
		case <-ctx.Done():
			return ctx.Err()
		case <-timer.C:
			return fault.New(fault.SealBroken, errors.New("watch: the epoch of a frame never came"))
		}
	}
}
