package session

import (
	"context"
	"errors"
	"io"
	"sync"
	"time"

	"google.golang.org/grpc/metadata"

	"deskhand/protocol/fault"
	"deskhand/protocol/pb"
	"deskhand/protocol/transport"
)

// outQueue is how many messages may wait for the control lane's writer. When it is full the lane is given up as too slow
// and entered anew, which loses nothing: what matters is sent again at each entry.
const outQueue = 512

// lane is the actor's side of its visits.
type lane struct {
	visit   *visit        // the one that runs, nil between two
	events  chan func()   // what a visit's goroutines have to tell; unbuffered, so none is left over from a visit that is gone
	gone    <-chan error  // the visit has ended completely
	entered bool          // the relay has welcomed this visit
	before  bool          // a visit was welcomed some time
	pause   time.Duration // before the next try
	retry   <-chan time.Time
	ping    <-chan time.Time
	pings   pings
}

// visit is one stay in the room, from a connection to its loss: a reader, a writer, and a goroutine per feature.
type visit struct {
	s      *Session
	events chan<- func()
	out    chan *pb.ControlUp // closed by the actor when nothing more will be sent
	closed bool               // out is; the actor's
	rooms  []*room            // one per feature; the actor's, and fixed when begin is closed
	begin  chan struct{}      // closed by the actor: features may begin
	begun  bool               // begin is closed; the actor's
	cancel context.CancelCauseFunc

	// What the visit's goroutines tell; called through tell only, so they run on the actor's goroutine.
	deliver      func(*pb.ControlDown)
	waiting      func(fault.Reason) // why there is no connection yet
	featureFault func(name string, reason fault.Reason)
}

// connect begins a visit.
func (a *actor) connect(ctx context.Context) {
	a.lane.retry = nil
	if a.phase != running {
		return
	}
	if a.lane.events == nil {
		a.lane.events = make(chan func())
	}
	v := &visit{
		s: a.s, events: a.lane.events, out: make(chan *pb.ControlUp, outQueue), begin: make(chan struct{}),
		waiting: a.setFault, deliver: a.deliver, featureFault: a.setFeatureFault,
	}
	v.out <- &pb.ControlUp{Message: &pb.ControlUp_Enter{Enter: a.enterMessage()}}
	ctx, v.cancel = context.WithCancelCause(ctx)
	gone := make(chan error, 1)
	a.lane.visit, a.lane.gone = v, gone
	go func() { gone <- v.run(ctx) }()
}

// shut ends the visit, if there is one, and waits for it. What it still has to tell is heard no more.
func (a *actor) shut() {
	if a.lane.visit == nil {
		return
	}
	a.lane.visit.cancel(nil)
	<-a.lane.gone
	a.lane.visit, a.lane.gone, a.lane.entered = nil, nil, false
}

// lost is called when a visit has ended completely.
func (a *actor) lost(err error) {
	a.lane.visit, a.lane.gone, a.lane.ping, a.lane.entered = nil, nil, nil, false
	a.faults = nil
	a.dirty = true
	if a.phase == closing {
		a.phase = closed
		return
	}
	a.away()
	reason := fault.ReasonOf(err)
	a.log.Info("left the room", "reason", reason)
	switch {
	case reason == fault.SessionOver && a.end.wanted != nil:
		a.giveUp()
	case final(err):
		a.over(CauseNone, "", reason)
	default:
		a.fault = reason
		a.lane.pause = min(max(2*a.lane.pause, firstPause), longestPause)
		a.lane.retry = time.After(a.lane.pause)
	}
}

// errNoLink marks what the link itself has given up on.
var errNoLink = errors.New("session: no link")

// final reports whether entering again would be in vain.
func final(err error) bool {
	if errors.Is(err, errNoLink) {
		return true
	}
	switch fault.ReasonOf(err) {
	case fault.SessionOver, fault.SessionUnknown, fault.Forbidden, fault.VersionsDiffer, fault.LoggedOut, fault.AccountInactive,
		fault.Invalid, fault.WrongKey, fault.SealBroken:
		return true
	default:
		return false
	}
}

// send queues a message for the room. It is lost when there is no visit or the visit breaks: what must not be lost is sent
// again at the next entry.
func (a *actor) send(m *pb.ControlUp) {
	v := a.lane.visit
	if v == nil || !a.lane.entered || v.closed {
		return
	}
	select {
	case v.out <- m:
	default:
		v.cancel(fault.New(fault.TooSlow, errors.New("control lane: too many messages wait")))
	}
}

// closeSend tells the relay that this attendee goes, after what has been queued. The actor's.
func (v *visit) closeSend() {
	if !v.closed {
		v.closed = true
		close(v.out)
	}
}

// run stays in the room until the lane or ctx ends. When it returns, all its goroutines have ended; its error is never nil.
func (v *visit) run(ctx context.Context) error {
	defer v.cancel(nil)
	conn, err := v.connection(ctx)
	if err != nil {
		return err
	}
	var wg sync.WaitGroup
	defer wg.Wait()
	defer v.cancel(nil) // before the wait
	wg.Go(func() { v.watch(ctx, conn) })
	stream, err := pb.NewRoomClient(conn.Lane(transport.LaneControl)).Control(v.s.callContext(ctx))
	if err != nil {
		return why(ctx, err)
	}
	wg.Go(func() { v.write(ctx, stream) })
	wg.Go(func() { v.features(ctx, conn) })
	for {
		m, err := stream.Recv()
		if err != nil {
			return why(ctx, err)
		}
		v.tell(ctx, func() { v.deliver(m) })
	}
}

// connection waits for the link, and tells meanwhile why there is none.
func (v *visit) connection(ctx context.Context) (Conn, error) {
	conn, err := Await(ctx, v.s.cfg.Link, func(reason fault.Reason) {
		v.tell(ctx, func() { v.waiting(reason) })
	})
	if err != nil && ctx.Err() == nil {
		return nil, errors.Join(errNoLink, err)
	}
	return conn, err
}

// watch ends the visit when the connection ends.
func (v *visit) watch(ctx context.Context, conn Conn) {
	select {
	case <-ctx.Done():
	case <-conn.Done():
		v.cancel(fault.New(fault.CannotConnect, errors.New("the connection ended")))
	}
}

// write sends what the actor queues, until the actor closes the queue. The lane's errors are the reader's to tell.
func (v *visit) write(ctx context.Context, stream pb.Room_ControlClient) {
	for {
		select {
		case <-ctx.Done():
			return
		case m, more := <-v.out:
			if !more {
				_ = stream.CloseSend()
				return
			}
			if stream.Send(m) != nil {
				return
			}
		}
	}
}

// tell runs f on the actor's goroutine, unless ctx ends first.
func (v *visit) tell(ctx context.Context, f func()) {
	select {
	case v.events <- f:
	case <-ctx.Done():
	}
}

// why is the reason of a lane's end.
func why(ctx context.Context, err error) error {
	var cause *fault.Fault
	if errors.As(context.Cause(ctx), &cause) {
		return cause
	}
	if errors.Is(err, io.EOF) {
		return fault.New(fault.CannotConnect, err)
	}
	return fault.FromStatus(err)
}

// callContext is ctx with who is calling.
func (s *Session) callContext(ctx context.Context) context.Context {
	return metadata.AppendToOutgoingContext(ctx, "authorization", "Bearer "+s.cfg.Token, "deskhand-session", s.cfg.SessionID)
}

// pings measure the delay to the relay.
type pings struct {
	mark  uint64
	sent  time.Time
	delay time.Duration // smoothed, 0 before the first Pong
	told  time.Duration // in the snapshot
}

// delayStep is the precision of Snapshot.Delay, and delayChange by how much it has to change before anybody is told:
// windows are painted anew for that.
const (
	delayStep   = 100 * time.Microsecond
	delayChange = time.Millisecond
)

func (a *actor) sendPing() {
	p := &a.lane.pings
	p.mark++
	p.sent = a.cfg.Clock()
	a.send(&pb.ControlUp{Message: &pb.ControlUp_Ping{Ping: &pb.Ping{Mark: p.mark}}})
	a.lane.ping = time.After(pingEvery)
}

// onPong takes each new sample for a quarter.
func (a *actor) onPong(m *pb.Pong) {
	p := &a.lane.pings
	if m.GetMark() != p.mark || p.sent.IsZero() {
		return
	}
	sample := a.cfg.Clock().Sub(p.sent)
	p.sent = time.Time{}
	if p.delay == 0 {
		p.delay = sample
	} else {
		p.delay += (sample - p.delay) / 4
	}
	if p.told == 0 || (p.delay-p.told).Abs() >= delayChange {
		p.told = max(p.delay.Round(delayStep), delayStep)
		a.dirty = true
	}
}
