package desk

import (
	"context"
	"slices"
	"sync"
	"testing"
	"time"

	"google.golang.org/grpc"
	"google.golang.org/grpc/metadata"
	"google.golang.org/protobuf/types/known/timestamppb"

	"deskhand/apps/internal/session"
	"deskhand/apps/internal/session/sessiontest"
	"deskhand/protocol/fault"
	"deskhand/protocol/pb"
	"deskhand/protocol/version"
)

// relay is the rep side of a relay for one rep. What watchers are told first is in first; more comes through tell.
type relay struct {
	pb.UnimplementedDeskServer

	mu       sync.Mutex
	first    []*pb.DeskEvent
	watchers []chan any // *pb.DeskEvent, or an error that ends the Watch
	watches  []bool     // the availability that each Watch began with
	told     []bool     // by SetAvailability
	calls    []string
	faults   map[string]fault.Reason // by call
	history  []*pb.SessionRow
	hold     chan struct{} // set: SetAvailability waits for it
}

func (r *relay) call(ctx context.Context, name string, token bool) error {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.calls = append(r.calls, name)
	md, _ := metadata.FromIncomingContext(ctx)
	if token && !slices.Equal(md.Get("authorization"), []string{"Bearer secret"}) {
		return fault.ToStatus(fault.New(fault.LoggedOut, nil))
	}
	if reason := r.faults[name]; reason != "" {
		return fault.ToStatus(fault.New(reason, nil))
	}
	return nil
}

func (r *relay) Login(ctx context.Context, m *pb.LoginRequest) (*pb.LoginReply, error) {
	if err := r.call(ctx, "login", false); err != nil {
		return nil, err
	}
	if m.GetLogin() != "ana@example.com" || m.GetPassword() != "Right1!" || m.GetHello().GetWire() != version.Wire {
		return nil, fault.ToStatus(fault.New(fault.InvalidPassword, nil))
	}
	return &pb.LoginReply{
		Token: "secret", MaxCodes: 8, Rep: &pb.Rep{Login: "ana@example.com", Name: "Ana Ruiz", ScreenName: "Ana", Company: "Contoso"},
		Portals: []*pb.Portal{
			{Slug: "billing", Name: "Billing", Kind: pb.PortalKind_PORTAL_QUESTION, Mode: pb.Mode_MODE_WEB, Url: "https://x/p/billing"},
			{Slug: "phone", Name: "Phone", Kind: pb.PortalKind_PORTAL_CODE, Mode: pb.Mode_MODE_PHONE, Url: "https://x/p/phone"},
		},
	}, nil
}

func (r *relay) Watch(m *pb.WatchRequest, stream pb.Desk_WatchServer) error {
	if err := r.call(stream.Context(), "watch", true); err != nil {
		return err
	}
	r.mu.Lock()
	events := make(chan any, 100)
	r.watchers, r.watches = append(r.watchers, events), append(r.watches, m.GetAvailable())
	for _, e := range r.first {
		events <- e
	}
	r.mu.Unlock()
	for {
		select {
		case e := <-events:
			if err, end := e.(error); end {
				return fault.ToStatus(err)
			}
			if err := stream.Send(e.(*pb.DeskEvent)); err != nil {
				return err
			}
		case <-stream.Context().Done():
			return nil
		}
	}
}

// tell sends to the newest Watch.
func (r *relay) tell(all ...any) {
	r.mu.Lock()
	defer r.mu.Unlock()
	for _, e := range all {
		r.watchers[len(r.watchers)-1] <- e
	}
}

func (r *relay) SetAvailability(ctx context.Context, m *pb.SetAvailabilityRequest) (*pb.SetAvailabilityReply, error) {
	r.mu.Lock()
	hold := r.hold
	r.mu.Unlock()
	if hold != nil {
		<-hold
	}
	if err := r.call(ctx, "availability", true); err != nil {
		return nil, err
	}
	r.mu.Lock()
	r.told = append(r.told, m.GetAvailable())
	r.mu.Unlock()
	r.tell(availability(m.GetAvailable()))
	return &pb.SetAvailabilityReply{}, nil
}

func (r *relay) Accept(ctx context.Context, m *pb.AcceptRequest) (*pb.AcceptReply, error) {
	if err := r.call(ctx, "accept", true); err != nil {
		return nil, err
	}
	return &pb.AcceptReply{Session: row(m.GetSessionId(), 50)}, nil
}

func (r *relay) Decline(ctx context.Context, _ *pb.DeclineRequest) (*pb.DeclineReply, error) {
	return &pb.DeclineReply{}, r.call(ctx, "decline", true)
}

func (r *relay) CreateCode(ctx context.Context, m *pb.CreateCodeRequest) (*pb.Code, error) {
	if err := r.call(ctx, "create", true); err != nil {
		return nil, err
	}
	c := &pb.Code{
		Code: "563773096", State: pb.CodeState_CODE_ACTIVE, Name: m.GetName(), Portal: "Phone", CreatedAt: at(60), ExpiresAt: at(3660),
		JoinUrl: "https://x/j/563773096",
	}
	r.tell(&pb.DeskEvent{Event: &pb.DeskEvent_Code{Code: c}})
	return c, nil
}

func (r *relay) CancelCode(ctx context.Context, _ *pb.CancelCodeRequest) (*pb.CancelCodeReply, error) {
	return &pb.CancelCodeReply{}, r.call(ctx, "cancel", true)
}

func (r *relay) Logout(ctx context.Context, _ *pb.LogoutRequest) (*pb.LogoutReply, error) {
	if err := r.call(ctx, "logout", true); err != nil {
		return nil, err
	}
	r.tell(fault.New(fault.LoggedOut, nil))
	return &pb.LogoutReply{}, nil
}

// History has pages of two.
func (r *relay) History(ctx context.Context, m *pb.HistoryRequest) (*pb.HistoryReply, error) {
	if err := r.call(ctx, "history", true); err != nil {
		return nil, err
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	reply := &pb.HistoryReply{}
	for _, s := range r.history {
		switch {
		case m.GetBefore() != "" && s.GetSessionId() >= m.GetBefore():
		case m.GetSearch() != "" && s.GetCustomer() != m.GetSearch():
		case len(reply.GetSessions()) == 2:
			reply.Next = reply.GetSessions()[1].GetSessionId()
			return reply, nil
		default:
			reply.Sessions = append(reply.Sessions, s)
		}
	}
	return reply, nil
}

func (r *relay) Transcript(ctx context.Context, _ *pb.TranscriptRequest) (*pb.TranscriptReply, error) {
	return &pb.TranscriptReply{Lines: []*pb.Line{
		{Seq: 1, At: at(1), Name: "Jo", Status: pb.Line_JOINED},
		{Seq: 2, At: at(2), From: 1, Name: "Jo", Text: "hello"},
	}}, r.call(ctx, "transcript", true)
}

func at(second int64) *timestamppb.Timestamp {
	return timestamppb.New(time.Unix(1_700_000_000+second, 0))
}

func row(id string, started int64) *pb.SessionRow {
	return &pb.SessionRow{SessionId: id, Portal: "Billing", Customer: "Jo", PostedAt: at(started - 1), StartedAt: at(started)}
}

func endedRow(id string, ended int64) *pb.SessionRow {
	s := row(id, ended-10)
	s.EndedAt, s.Outcome, s.Notes = at(ended), pb.Outcome_OUTCOME_RESOLVED, "toner"
	return s
}

func query(id string, posted int64, state pb.QueryState) *pb.DeskEvent {
	return &pb.DeskEvent{Event: &pb.DeskEvent_Query{Query: &pb.Query{
		SessionId: id, State: state, Portal: "Billing", Customer: "Jo", Question: "why?", PostedAt: at(posted), ExpiresAt: at(posted + 300),
	}}}
}

func posting(id string, posted int64) *pb.DeskEvent {
	return &pb.DeskEvent{Event: &pb.DeskEvent_Posting{Posting: &pb.Posting{
		SessionId: id, Kind: pb.PortalKind_PORTAL_QUESTION, Portal: "Billing", Customer: "Jo", Question: "why?",
		PostedAt: at(posted), ExpiresAt: at(posted + 300),
	}}}
}

func closing(id string) *pb.DeskEvent {
	return &pb.DeskEvent{Event: &pb.DeskEvent_PostingClosed{
		PostingClosed: &pb.PostingClosed{SessionId: id, Reason: pb.PostingClosed_TAKEN},
	}}
}

func sessionEvent(s *pb.SessionRow) *pb.DeskEvent {
	return &pb.DeskEvent{Event: &pb.DeskEvent_Session{Session: s}}
}

func code(number string, state pb.CodeState) *pb.DeskEvent {
	return &pb.DeskEvent{Event: &pb.DeskEvent_Code{Code: &pb.Code{Code: number, State: state, Name: "Jo", CreatedAt: at(1)}}}
}

func availability(on bool) *pb.DeskEvent {
	return &pb.DeskEvent{Event: &pb.DeskEvent_Availability{Availability: &pb.Availability{Available: on}}}
}

func ready() *pb.DeskEvent {
	return &pb.DeskEvent{Event: &pb.DeskEvent_Ready_{Ready: &pb.DeskEvent_Ready{}}}
}

func reset() *pb.DeskEvent {
	return &pb.DeskEvent{Event: &pb.DeskEvent_Reset_{Reset_: &pb.DeskEvent_Reset{}}}
}

func displaced() *pb.DeskEvent {
	return &pb.DeskEvent{Event: &pb.DeskEvent_Displaced_{Displaced: &pb.DeskEvent_Displaced{}}}
}

// desktop is a desk that runs in a test.
type desktop struct {
	*Desk
	t    *testing.T
	link *sessiontest.Link
	done chan error
	stop context.CancelFunc
}

func start(t *testing.T, r *relay, first ...*pb.DeskEvent) *desktop {
	t.Helper()
	r.first = append(first, ready())
	link := sessiontest.New(t, func(s *grpc.Server) { pb.RegisterDeskServer(s, r) })
	d := &desktop{Desk: New(Config{Link: link, Facts: session.Facts{System: "Debian 12"}}), t: t, link: link, done: make(chan error, 1)}
	ctx, stop := context.WithCancel(t.Context())
	d.stop = stop
	go func() { d.done <- d.Run(ctx) }()
	t.Cleanup(func() {
		stop()
		if d.done != nil {
			<-d.done
		}
	})
	if err := d.Login(t.Context(), "ana@example.com", "Right1!"); err != nil {
		t.Fatal(err)
	}
	return d
}

const limit = 20 * time.Second

func (d *desktop) until(what string, ok func(Snapshot) bool) Snapshot {
	d.t.Helper()
	late := time.After(limit)
	for {
		if s := d.Snapshot(); ok(s) {
			return s
		}
		select {
		case <-d.Changed():
		case <-late:
			d.t.Fatalf("never %s: %+v", what, d.Snapshot())
		}
	}
}

func (d *desktop) over() error {
	d.t.Helper()
	select {
	case err := <-d.done:
		d.done = nil
		return err
	case <-time.After(limit):
		d.t.Fatal("Run goes on")
		return nil
	}
}
