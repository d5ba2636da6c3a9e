package relay

import (
	"context"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"sync"
	"testing"
	"time"

	"google.golang.org/grpc"
	"google.golang.org/grpc/metadata"

	"deskhand/protocol/fault"
	"deskhand/protocol/pb"
	"deskhand/protocol/transport"
	"deskhand/protocol/version"
	"deskhand/relay/internal/account"
	"deskhand/relay/internal/desk"
	"deskhand/relay/internal/store"
)

// stage is a whole relay on loopback with a company, some reps who are logged in, and two portals.
type stage struct {
	t      *testing.T
	ctx    context.Context // ends the test when something that should happen does not
	cfg    Config
	relay  *Relay
	stop   func() // stops the relay and checks how it ended
	reps   []store.Rep
	tokens []string // of the reps' logins
	help   store.Portal
}

// patience bounds each test, so that one that waits for ever fails with a message.
const patience = 2 * time.Minute

func newStage(t *testing.T, reps int, change func(*Config)) *stage {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	t.Cleanup(cancel)
	s := &stage{t: t, ctx: ctx, cfg: Config{Dir: t.TempDir(), QUIC: []string{"127.0.0.1:0"}, TCP: []string{"127.0.0.1:0"}}}
	if change != nil {
		change(&s.cfg)
	}
	s.seed(reps)
	s.start()
	t.Cleanup(func() { s.stop() })
	return s
}

func (s *stage) check(err error) {
	s.t.Helper()
	if err != nil {
		s.t.Fatal(err)
	}
}

func (s *stage) seed(reps int) {
	s.t.Helper()
	st, err := store.Open(s.ctx, filepath.Join(s.cfg.Dir, StoreFile))
	s.check(err)
	defer st.Close()
	c, err := st.AddCompany(s.ctx, "Contoso")
	s.check(err)
	s.help, err = st.AddPortal(s.ctx, store.Portal{CompanyID: c.ID, Slug: "help", Name: "Help", Kind: store.KindQuestion, Mode: store.ModeWeb, See: true, Control: true})
	s.check(err)
	join, err := st.AddPortal(s.ctx, store.Portal{CompanyID: c.ID, Slug: "join", Name: "Join", Kind: store.KindCode, Mode: store.ModePhone, See: true, Control: true})
	s.check(err)
	for i := range reps {
		name := fmt.Sprintf("Rep %d", i)
		r, err := st.AddRep(s.ctx, store.Rep{CompanyID: c.ID, Login: fmt.Sprintf("rep%d@contoso.example", i), Name: name, Active: true})
		s.check(err)
		s.check(st.AssignPortal(s.ctx, r.ID, s.help.ID))
		s.check(st.AssignPortal(s.ctx, r.ID, join.ID))
		token, hash, err := account.NewToken(rand.Reader)
		s.check(err)
		s.check(st.AddLogin(s.ctx, store.Login{TokenHash: hash, RepID: r.ID, At: time.Now()}))
		s.reps, s.tokens = append(s.reps, r), append(s.tokens, token)
	}
}

// start runs a relay; after stop another one may run in the same folder.
func (s *stage) start() {
	s.t.Helper()
	ctx, cancel := context.WithCancel(s.ctx)
	r, err := New(ctx, s.cfg)
	if err != nil {
		s.t.Fatal(err)
	}
	s.relay = r
	served := make(chan error, 1)
	go func() { served <- r.Serve(ctx) }()
	<-r.assembled
	s.stop = sync.OnceFunc(func() {
		cancel()
		if err := <-served; err != nil {
			s.t.Errorf("Serve: %v", err)
		}
	})
}

// dial connects an app. Closing a connection that has ended is no harm.
func (s *stage) dial() *transport.Conn {
	s.t.Helper()
	key, err := transport.ParseFingerprint(s.relay.Fingerprint())
	s.check(err)
	c, err := transport.Dial(s.ctx, transport.DialConfig{Address: s.relay.Addr(), Trust: transport.Trust{Key: &key}})
	s.check(err)
	s.t.Cleanup(func() { _ = c.Close() })
	return c
}

// as gives a context with a token, and a session where one is named.
func (s *stage) as(token, session string) context.Context {
	ctx := metadata.AppendToOutgoingContext(s.ctx, "authorization", "Bearer "+token)
	if session != "" {
		ctx = metadata.AppendToOutgoingContext(ctx, "deskhand-session", session)
	}
	return ctx
}

// console is a rep's connection with a Watch.
type console struct {
	s      *stage
	conn   *transport.Conn
	desk   pb.DeskClient
	token  string
	events grpc.ServerStreamingClient[pb.DeskEvent]
}

// console opens the console of a rep and reads until it is ready.
func (s *stage) console(i int) *console {
	s.t.Helper()
	c := &console{s: s, conn: s.dial(), token: s.tokens[i]}
	c.desk = pb.NewDeskClient(c.conn.Lane(transport.LaneControl))
	var err error
	c.events, err = c.desk.Watch(c.ctx(), &pb.WatchRequest{Available: true})
	s.check(err)
	c.wait("ready", func(e *pb.DeskEvent) bool { return e.GetReady() != nil })
	return c
}

func (c *console) ctx() context.Context { return c.s.as(c.token, "") }

// wait reads events until one fits.
func (c *console) wait(what string, fits func(*pb.DeskEvent) bool) *pb.DeskEvent {
	c.s.t.Helper()
	for {
		e, err := c.events.Recv()
		if err != nil {
			c.s.t.Fatalf("while waiting for %s: %v", what, err)
		}
		if fits(e) {
			return e
		}
	}
}

func (s *stage) ask(question string) desk.Posted {
	s.t.Helper()
	posted, err := s.relay.parts.desk.Post(s.ctx, s.help, desk.Ask{Name: "Jo Brandt", Question: question})
	s.check(err)
	return posted
}

func hello() *pb.Hello { return &pb.Hello{Wire: version.Wire, System: "Debian 12", Host: "pc-7"} }

// join lets a customer app in.
func (s *stage) join(c *transport.Conn, r *pb.JoinRequest) (*pb.Admitted, error) {
	r.Hello = hello()
	stream, err := pb.NewJoinClient(c.Lane(transport.LaneControl)).Join(s.ctx, r)
	s.check(err)
	for {
		e, err := stream.Recv()
		if err != nil {
			return nil, fault.FromStatus(err)
		}
		if a := e.GetAdmitted(); a != nil {
			return a, nil
		}
	}
}

// attendee is somebody in a room, over the network.
type attendee struct {
	s       *stage
	conn    *transport.Conn
	ctx     context.Context
	control grpc.BidiStreamingClient[pb.ControlUp, pb.ControlDown]
	welcome *pb.Welcome
}

// enter opens a Control lane and reads the Welcome.
func (s *stage) enter(c *transport.Conn, token, session string, after uint64) *attendee {
	s.t.Helper()
	a := &attendee{s: s, conn: c, ctx: s.as(token, session)}
	var err error
	a.control, err = pb.NewRoomClient(c.Lane(transport.LaneControl)).Control(a.ctx)
	s.check(err)
	a.send(&pb.ControlUp{Message: &pb.ControlUp_Enter{Enter: &pb.Enter{Hello: hello(), After: after}}})
	m, err := a.control.Recv()
	if err != nil || m.GetWelcome() == nil {
		s.t.Fatalf("instead of a Welcome: %v, %v", m, err)
	}
	a.welcome = m.GetWelcome()
	return a
}

func (a *attendee) send(m *pb.ControlUp) {
	a.s.t.Helper()
	a.s.check(a.control.Send(m))
}

func (a *attendee) consent(see, control bool) {
	a.s.t.Helper()
	a.send(&pb.ControlUp{Message: &pb.ControlUp_Consent{Consent: &pb.Consent{See: see, Control: control}}})
}

func (a *attendee) say(text string) {
	a.s.t.Helper()
	a.send(&pb.ControlUp{Message: &pb.ControlUp_Say{Say: &pb.Say{Text: text}}})
}

// wait reads messages until one fits.
func (a *attendee) wait(what string, fits func(*pb.ControlDown) bool) *pb.ControlDown {
	a.s.t.Helper()
	for {
		m, err := a.control.Recv()
		if err != nil {
			a.s.t.Fatalf("while waiting for %s: %v", what, err)
		}
		if fits(m) {
			return m
		}
	}
}

func said(text string) func(*pb.ControlDown) bool {
	return func(m *pb.ControlDown) bool { return m.GetLine().GetText() == text }
}

func status(want pb.Line_Status) func(*pb.ControlDown) bool {
	return func(m *pb.ControlDown) bool { return m.GetLine() != nil && m.GetLine().GetStatus() == want }
}

func shares(on bool) func(*pb.ControlDown) bool {
	return func(m *pb.ControlDown) bool { return m.GetState() != nil && m.GetState().GetSharing() == on }
}

func (a *attendee) screen() grpc.BidiStreamingClient[pb.ScreenUp, pb.ScreenDown] {
	a.s.t.Helper()
	l, err := pb.NewRoomClient(a.conn.Lane(transport.LaneScreen)).Screen(a.ctx)
	a.s.check(err)
	return l
}

func (a *attendee) input() grpc.BidiStreamingClient[pb.InputUp, pb.InputDown] {
	a.s.t.Helper()
	l, err := pb.NewRoomClient(a.conn.Lane(transport.LaneInput)).Input(a.ctx)
	a.s.check(err)
	return l
}

// session is a rep and a customer who are both in the room.
func (s *stage) session() (c *console, rep, customer *attendee) {
	s.t.Helper()
	c = s.console(0)
	posted := s.ask("Printer")
	_, err := c.desk.Accept(c.ctx(), &pb.AcceptRequest{SessionId: posted.SessionID})
	s.check(err)
	conn := s.dial()
	in, err := s.join(conn, &pb.JoinRequest{Ticket: posted.Ticket})
	s.check(err)
	rep = s.enter(c.conn, c.token, in.GetSessionId(), 0)
	customer = s.enter(conn, in.GetToken(), in.GetSessionId(), 0)
	rep.wait("the customer", func(m *pb.ControlDown) bool { return m.GetAttendee().GetId() == 1 })
	return c, rep, customer
}

// wantFault checks what a call or a stream ended with.
func (s *stage) wantFault(what string, err error, want fault.Reason) {
	s.t.Helper()
	if got := fault.ReasonOf(fault.FromStatus(err)); err == nil || got != want {
		s.t.Errorf("%s: %v, want %q", what, err, want)
	}
}

// end reads a stream until it fails and gives why.
func end[M any](recv func() (*M, error)) error {
	for {
		if _, err := recv(); err != nil {
			return err
		}
	}
}

// browser is an HTTP client that trusts this relay's certificate and follows no redirects.
func (s *stage) browser() *http.Client {
	s.t.Helper()
	pem, err := os.ReadFile(filepath.Join(s.cfg.Dir, "relay.crt"))
	s.check(err)
	roots := x509.NewCertPool()
	roots.AppendCertsFromPEM(pem)
	t := &http.Transport{TLSClientConfig: &tls.Config{RootCAs: roots}, ForceAttemptHTTP2: true}
	s.t.Cleanup(t.CloseIdleConnections)
	return &http.Client{Transport: t, CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
}

// running lists the goroutines that are in code of this module, test functions aside. Those that have been waited for may
// still be on their last instructions, so it looks again some times.
func running() string {
	var left []string
	for range 1000 {
		buf := make([]byte, 1<<20)
		buf = buf[:runtime.Stack(buf, true)]
		left = nil
		for g := range strings.SplitSeq(string(buf), "\n\n") {
			if strings.Contains(g, "deskhand/") && !strings.Contains(g, "testing.tRunner") {
				left = append(left, g)
			}
		}
		if left == nil {
			return ""
		}
		runtime.Gosched()
	}
	return strings.Join(left, "\n\n")
}
