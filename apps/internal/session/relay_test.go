package session

import (
	"context"
	"errors"
	"io"
	"slices"
	"sync"
	"testing"
	"time"

	"google.golang.org/grpc"
	"google.golang.org/grpc/metadata"
	"google.golang.org/grpc/test/bufconn"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/types/known/timestamppb"

	"deskhand/protocol/fault"
	"deskhand/protocol/pb"
)

const testSession = "563773096"

// relay is a relay with one room: a real gRPC server on a pipe, with just enough of the room's rules. Its hooks are set
// before the first session runs or under mu.
type relay struct {
	pb.UnimplementedRoomServer
	t        *testing.T
	listener *bufconn.Listener
	server   *grpc.Server

	mu      sync.Mutex
	members map[uint32]*member
	lines   []*pb.Line
	state   *pb.RoomState
	rights  []pb.Right
	row     *pb.SessionRow
	facts   *pb.Facts
	ended   *pb.Ended
	ups     []*pb.ControlUp // everything that came up, in order
	refuse  error           // every entry fails with it
	only    uint32          // nobody else may enter; 0: everybody
	tamper  func(*pb.Seal) []*pb.Seal
	swallow func(from uint32, m *pb.ControlUp) bool // true: it never arrived
	deaf    func(to uint32, m *pb.ControlDown) bool // true: it never arrives
	screens int                                     // Screen lanes opened
}

// member is an attendee as the relay knows it.
type member struct {
	pb    *pb.Attendee
	out   chan *pb.ControlDown
	kick  chan struct{} // closed to break the lane
	alive bool
}

func newRelay(t *testing.T) *relay {
	r := &relay{
		t: t, listener: bufconn.Listen(1 << 16), server: grpc.NewServer(),
		members: map[uint32]*member{
			1: {pb: &pb.Attendee{Id: 1, Name: "Jo Brandt", Role: pb.Attendee_CUSTOMER}},
			2: {pb: &pb.Attendee{Id: 2, Name: "Ana", Role: pb.Attendee_REP}},
			3: {pb: &pb.Attendee{Id: 3, Name: "Max", Role: pb.Attendee_REP}},
		},
		state:  &pb.RoomState{},
		rights: []pb.Right{pb.Right_RIGHT_SEE, pb.Right_RIGHT_CONTROL},
		row: &pb.SessionRow{
			SessionId: testSession, Portal: "Billing", Customer: "Jo Brandt", Question: "Printer prints blank pages", Rep: "Ana",
			StartedAt: timestamppb.New(time.Unix(1_700_000_000, 0)),
		},
	}
	pb.RegisterRoomServer(r.server, r)
	served := make(chan error, 1)
	go func() { served <- r.server.Serve(r.listener) }()
	t.Cleanup(func() {
		r.server.Stop()
		if err := <-served; err != nil && !errors.Is(err, grpc.ErrServerStopped) {
			t.Errorf("serve: %v", err)
		}
	})
	return r
}

// Screen counts and ends when its caller does.
func (r *relay) Screen(stream pb.Room_ScreenServer) error {
	r.mu.Lock()
	r.screens++
	r.mu.Unlock()
	<-stream.Context().Done()
	return nil
}

// Control is the room.
func (r *relay) Control(stream pb.Room_ControlServer) error {
	up, err := stream.Recv()
	if err != nil || up.GetEnter() == nil {
		return fault.ToStatus(fault.New(fault.Invalid, err))
	}
	id, ok := caller(stream.Context())
	if !ok {
		return fault.ToStatus(fault.New(fault.LoggedOut, nil))
	}
	m, kick, err := r.enter(id, up.GetEnter())
	if err != nil {
		return fault.ToStatus(err)
	}
	read := make(chan error, 1)
	go func() {
		for {
			up, err := stream.Recv()
			if err != nil {
				read <- err
				return
			}
			r.up(id, kick, up)
		}
	}()
	for {
		select {
		case down := <-m.out:
			if err := stream.Send(down); err != nil {
				return err
			}
			if down.GetEnded() != nil {
				return fault.ToStatus(fault.New(fault.SessionOver, nil))
			}
		case <-kick:
			return fault.ToStatus(fault.New(fault.RelayStopping, nil))
		case err := <-read:
			r.leave(id, kick, errors.Is(err, io.EOF))
			return nil
		}
	}
}

func caller(ctx context.Context) (uint32, bool) {
	md, _ := metadata.FromIncomingContext(ctx)
	if !slices.Equal(md.Get("deskhand-session"), []string{testSession}) || len(md.Get("authorization")) != 1 {
		return 0, false
	}
	i := slices.Index([]string{"Bearer one", "Bearer two", "Bearer three"}, md.Get("authorization")[0])
	return uint32(i + 1), i >= 0
}

func (r *relay) enter(id uint32, enter *pb.Enter) (*member, chan struct{}, error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.refuse != nil {
		return nil, nil, r.refuse
	}
	if r.only != 0 && r.only != id {
		return nil, nil, fault.New(fault.RelayStopping, nil)
	}
	if r.ended != nil {
		return nil, nil, fault.New(fault.SessionOver, nil)
	}
	m := r.members[id]
	status := pb.Line_JOINED
	if m.pb.GetVisit() > 0 {
		status = pb.Line_RETURNED
	}
	m.pb.Visit++
	m.pb.Away, m.alive = false, true
	m.out, m.kick = make(chan *pb.ControlDown, 1000), make(chan struct{})
	w := &pb.Welcome{
		You: id, Session: r.row, Company: "Contoso", State: proto.CloneOf(r.state), Rights: r.rights, Facts: r.facts,
	}
	for _, l := range r.lines {
		if l.GetSeq() > enter.GetAfter() {
			w.Lines = append(w.Lines, l)
		}
	}
	for _, other := range r.members {
		if other.alive || other.pb.GetAway() {
			w.Attendees = append(w.Attendees, proto.CloneOf(other.pb))
		}
	}
	r.down(id, &pb.ControlDown{Message: &pb.ControlDown_Welcome{Welcome: w}})
	r.others(id, &pb.ControlDown{Message: &pb.ControlDown_Attendee{Attendee: proto.CloneOf(m.pb)}})
	r.line(&pb.Line{Name: m.pb.GetName(), Status: status})
	return m, m.kick, nil
}

// leave is a lane's end: for good, or lost.
func (r *relay) leave(id uint32, kick chan struct{}, gone bool) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.members[id].kick != kick || !r.members[id].alive || r.ended != nil {
		return
	}
	r.out(id, gone)
}

func (r *relay) out(id uint32, gone bool) {
	m := r.members[id]
	m.alive, m.pb.Away = false, !gone
	a := proto.CloneOf(m.pb)
	a.Gone = gone
	r.others(id, &pb.ControlDown{Message: &pb.ControlDown_Attendee{Attendee: a}})
}

// restart forgets what a relay does not store: who was there, their visits, what is permitted.
func (r *relay) restart() {
	r.with(func() {
		for _, m := range r.members {
			if m.alive {
				close(m.kick)
			}
			m.alive, m.pb.Visit, m.pb.Away = false, 0, false
		}
		r.state = &pb.RoomState{}
	})
}

// up is the room's rules.
func (r *relay) up(id uint32, kick chan struct{}, m *pb.ControlUp) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.members[id].kick != kick || !r.members[id].alive {
		return
	}
	if r.swallow != nil && r.swallow(id, m) {
		return
	}
	r.ups = append(r.ups, m)
	switch m := m.GetMessage().(type) {
	case *pb.ControlUp_Say:
		r.line(&pb.Line{From: id, Name: r.members[id].pb.GetName(), Text: m.Say.GetText(), ClientId: m.Say.GetClientId()})
	case *pb.ControlUp_Typing:
		r.others(id, &pb.ControlDown{Message: &pb.ControlDown_Typing{Typing: &pb.Typing{From: id, On: m.Typing.GetOn()}}})
	case *pb.ControlUp_Seal:
		r.seal(id, m.Seal)
	case *pb.ControlUp_Consent:
		r.consent(m.Consent)
	case *pb.ControlUp_Sharing:
		r.state.Sharing = r.state.Sharing && m.Sharing.GetOn()
		r.tellState()
	case *pb.ControlUp_AskSharing:
		r.state.Asked = true
		r.tellState()
		r.down(1, &pb.ControlDown{Message: &pb.ControlDown_AskSharing{AskSharing: m.AskSharing}})
	case *pb.ControlUp_AnswerSharing:
		r.state.Sharing = r.state.GetSharing() || r.state.GetAsked() && m.AnswerSharing.GetYes()
		r.state.Asked = false
		r.tellState()
	case *pb.ControlUp_End:
		cause := pb.Ended_CUSTOMER_ENDED
		if id != 1 {
			cause = pb.Ended_REP_ENDED
		}
		r.end(r.members[id].pb.GetName(), cause)
	case *pb.ControlUp_Facts:
		r.facts = m.Facts
		r.others(id, &pb.ControlDown{Message: &pb.ControlDown_Facts{Facts: m.Facts}})
	case *pb.ControlUp_Ping:
		r.down(id, &pb.ControlDown{Message: &pb.ControlDown_Pong{Pong: &pb.Pong{Mark: m.Ping.GetMark()}}})
	}
}

func (r *relay) seal(id uint32, m *pb.Seal) {
	m.From = id
	all := []*pb.Seal{m}
	if r.tamper != nil {
		all = r.tamper(m)
	}
	for _, m := range all {
		r.down(m.GetTo(), &pb.ControlDown{Message: &pb.ControlDown_Seal{Seal: m}})
	}
}

func (r *relay) consent(c *pb.Consent) {
	if !c.GetSee() && !c.GetControl() {
		r.end(r.members[1].pb.GetName(), pb.Ended_DECLINED)
		return
	}
	first := r.state.GetConsent() == nil
	see := c.GetSee() && slices.Contains(r.rights, pb.Right_RIGHT_SEE)
	control := see && c.GetControl() && slices.Contains(r.rights, pb.Right_RIGHT_CONTROL)
	r.state.Consent = &pb.Consent{See: see, Control: control}
	r.state.Sharing = see && (first || r.state.GetSharing())
	r.tellState()
}

func (r *relay) end(by string, cause pb.Ended_Cause) {
	r.ended = &pb.Ended{By: by, Cause: cause}
	for id := range r.members {
		r.down(id, &pb.ControlDown{Message: &pb.ControlDown_Ended{Ended: r.ended}})
	}
}

func (r *relay) line(l *pb.Line) {
	l.Seq, l.At = uint64(len(r.lines)+1), timestamppb.New(time.Unix(1_700_000_000, 0))
	r.lines = append(r.lines, l)
	for id := range r.members {
		r.down(id, &pb.ControlDown{Message: &pb.ControlDown_Line{Line: l}})
	}
}

func (r *relay) tellState() {
	for id := range r.members {
		r.down(id, &pb.ControlDown{Message: &pb.ControlDown_State{State: proto.CloneOf(r.state)}})
	}
}

func (r *relay) others(id uint32, m *pb.ControlDown) {
	for other := range r.members {
		if other != id {
			r.down(other, m)
		}
	}
}

func (r *relay) down(to uint32, m *pb.ControlDown) {
	member := r.members[to]
	if member == nil || !member.alive || r.deaf != nil && r.deaf(to, m) {
		return
	}
	member.out <- m
}

// with runs f under the relay's lock.
func (r *relay) with(f func()) {
	r.mu.Lock()
	defer r.mu.Unlock()
	f()
}

// kick breaks an attendee's lane.
func (r *relay) kick(id uint32) {
	r.with(func() { r.kicked(id) })
}

// kicked is kick with the lock held.
func (r *relay) kicked(id uint32) {
	close(r.members[id].kick)
	r.out(id, false)
}

// count says how many of the messages that came up match.
func (r *relay) count(match func(*pb.ControlUp) bool) (n int) {
	r.with(func() {
		for _, m := range r.ups {
			if match(m) {
				n++
			}
		}
	})
	return n
}
