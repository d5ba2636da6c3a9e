package room

import (
	"context"
	"errors"
	"time"

	"deskhand/protocol/fault"
	"deskhand/protocol/pb"
	"deskhand/relay/internal/row"
	"deskhand/relay/internal/store"
)

// Room is one session's live half. Its loop, run, owns every field below the channels; functions sent over commands and
// done run there, and so do all methods but post, ask, enter and those of the lanes' readers and writers.
type Room struct {
	cfg   *Config
	rooms *Rooms
	id    string

	commands chan func()                       // from lanes' readers and writers; unbuffered: the loop's pace is theirs
	jobs     chan func(context.Context) func() // to the scribe
	stored   chan func()                       // from the scribe: what to do now that it is stored, in the order of the jobs
	stale    chan struct{}                     // has a token when somebody else changed the session
	quit     chan struct{}                     // closed when the loop takes nothing any more
	err      error                             // why; readable once quit is closed

	session   store.Session
	attendees map[uint32]*attendee
	reps      map[int64]uint32 // number of each rep who has ever been in
	state     state
	facts     *pb.Facts // nil until the customer's machine has told
	screen    screen
	wanted    wanted         // of the customer's screen lane
	watching  []*screenLane  // scratch of viewers
	lastLine  uint64         // seq of the newest line that was broadcast
	said      map[uint32]int // bytes of each attendee's lines, and of status lines under 0
	away      *time.Timer
	ending    bool // the end is being stored: nothing is taken any more
	over      bool
}

func newRoom(rooms *Rooms, id string) *Room {
	return &Room{
		cfg: &rooms.cfg, rooms: rooms, id: id,
		commands:  make(chan func()),
		jobs:      make(chan func(context.Context) func(), storeQueue+storeReserve),
		stored:    make(chan func()),
		stale:     make(chan struct{}, 1),
		quit:      make(chan struct{}),
		attendees: map[uint32]*attendee{},
		reps:      map[int64]uint32{},
		said:      map[uint32]int{},
	}
}

// run is the room's life.
func (r *Room) run(ctx context.Context) {
	if err := r.load(ctx); err != nil {
		r.leaveAll(err)
		return
	}
	r.cfg.Metrics.SessionsOpened.Add(1)
	scribe := make(chan struct{})
	go func() {
		defer close(scribe)
		r.scribe(context.WithoutCancel(ctx))
	}()
	r.away = time.NewTimer(AwayFor)
	defer r.away.Stop()
	if r.session.JoinedAt.IsZero() {
		r.away.Stop()
	}
	r.wanted.patience = time.NewTimer(stallFor)
	defer r.wanted.patience.Stop()
	r.wanted.patience.Stop()
	for !r.over {
		select {
		case f := <-r.commands:
			f()
		case f := <-r.stored:
			f()
		case <-r.stale:
			r.reload()
		case <-r.away.C:
			r.end(store.End{Cause: int(pb.Ended_LOST)})
		case <-r.wanted.patience.C:
			r.unstall()
		case <-ctx.Done():
			r.leaveAll(fault.New(fault.RelayStopping, nil))
		}
	}
	close(r.jobs)
	<-scribe
}

func (r *Room) load(ctx context.Context) error {
	s, err := r.cfg.Store.Session(ctx, r.id)
	if err != nil {
		return err
	}
	if !s.EndedAt.IsZero() {
		return fault.New(fault.SessionOver, nil)
	}
	lines, err := r.cfg.Store.Lines(ctx, r.id, 0)
	if err != nil {
		return err
	}
	for _, l := range lines {
		r.lastLine = l.Seq
		r.said[l.From] += lineCost + len(l.Text) + len(l.Name)
	}
	r.session = s
	return nil
}

// leaveAll ends every lane and the loop; what is said or sent from now on gets err.
func (r *Room) leaveAll(err error) {
	for _, a := range r.attendees {
		a.endLanes(err)
		if a.control != nil {
			a.control.end(err)
		}
	}
	r.err, r.over = err, true
	close(r.quit)
}

// post lets f run in the loop and does not wait for it. It fails when the room is over.
func (r *Room) post(f func()) error {
	select {
	case r.commands <- f:
		return nil
	case <-r.quit:
		return r.err
	}
}

// ask lets f run in the loop and waits for it.
func (r *Room) ask(f func()) error {
	ran := make(chan struct{})
	if err := r.post(func() { f(); close(ran) }); err != nil {
		return err
	}
	<-ran
	return nil
}

// reload reads the session again after the desk has changed it: its customer has joined, it has ended, or its query
// waits for another rep.
func (r *Room) reload() {
	if r.ending {
		return
	}
	r.surely(func(ctx context.Context) func() {
		s, err := r.cfg.Store.Session(ctx, r.id)
		return func() { r.reloaded(s, err) }
	})
}

var errTakenAnew = errors.New("room: the query waited again and was taken anew: it is another session now")

func (r *Room) reloaded(s store.Session, err error) {
	switch {
	case r.ending:
	case fault.Is(err, fault.SessionUnknown):
		r.leaveAll(err)
	case err != nil:
		r.cfg.Logger.Error("a room could not read its session again", "err", err)
	case !s.EndedAt.IsZero():
		r.broadcast(&pb.ControlDown{Message: &pb.ControlDown_Ended{Ended: &pb.Ended{By: s.EndedBy, Cause: pb.Ended_Cause(s.EndCause)}}})
		r.leaveAll(fault.New(fault.SessionOver, nil))
	case s.RepID != r.session.RepID || !s.StartedAt.Equal(r.session.StartedAt):
		r.leaveAll(fault.New(fault.CannotConnect, errTakenAnew)) // whoever belongs in comes again, into a room of its own
	default:
		if r.session.JoinedAt.IsZero() && !s.JoinedAt.IsZero() && r.attendees[customerID] == nil {
			r.away.Reset(AwayFor)
		}
		r.session = s
	}
}

// end stores the session's end, tells everybody and closes all lanes. From its first moment on nothing of the session
// passes any more.
func (r *Room) end(e store.End) {
	if r.ending {
		return
	}
	r.ending = true
	for _, a := range r.attendees {
		a.endLanes(fault.New(fault.SessionOver, nil))
	}
	r.screen.stop()
	e.At = r.now()
	r.surely(func(ctx context.Context) func() {
		_, err := r.cfg.Store.EndSession(ctx, r.id, e)
		if err != nil {
			r.cfg.Logger.Error("a session's end could not be stored", "err", err)
		}
		line := r.addLine(ctx, store.Line{At: e.At, Name: e.By, Status: int(pb.Line_ENDED)})
		r.cfg.OnChanged(ctx, r.id)
		return func() { r.ended(e, line) }
	})
}

func (r *Room) ended(e store.End, line *pb.Line) {
	if line != nil {
		r.broadcast(&pb.ControlDown{Message: &pb.ControlDown_Line{Line: line}})
	}
	r.broadcast(&pb.ControlDown{Message: &pb.ControlDown_Ended{Ended: &pb.Ended{By: e.By, Cause: pb.Ended_Cause(e.Cause)}}})
	r.cfg.Metrics.SessionsEnded.Add(1)
	r.leaveAll(fault.New(fault.SessionOver, nil))
}

// broadcast queues a message for everybody in the room.
func (r *Room) broadcast(m *pb.ControlDown) {
	for _, a := range r.attendees {
		r.tell(a, m)
	}
}

// tell queues a message for one attendee. Whoever is too slow for it loses the lane and may come back.
func (r *Room) tell(a *attendee, m *pb.ControlDown) {
	if a.control == nil || a.control.ended() {
		return
	}
	if !a.control.push(m) {
		r.cfg.Metrics.ControlTooSlow.Add(1)
		a.control.end(fault.New(fault.TooSlow, nil))
	}
}

func (r *Room) now() time.Time { return r.cfg.Clock().UTC() }

// row is the session as this attendee may see it.
func (r *Room) row(a *attendee) *pb.SessionRow {
	if a.customer() {
		return row.SessionForCustomer(r.session)
	}
	return row.Session(r.session)
}
