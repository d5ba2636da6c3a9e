package desk

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"path/filepath"
	"slices"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"deskhand/protocol/fault"
	"deskhand/protocol/pb"
	"deskhand/relay/internal/account"
	"deskhand/relay/internal/ops"
	"deskhand/relay/internal/store"
)

// pipe is a bus of one process without goroutines. It is broken when told so.
type pipe struct {
	mu     sync.Mutex
	ears   []func([]byte)
	broken bool
}

func (p *pipe) Publish(_ string, data []byte) error {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.broken {
		return errors.New("broken")
	}
	for _, hear := range p.ears {
		hear(data)
	}
	return nil
}

func (p *pipe) Subscribe(_ string, hear func([]byte)) (func(), error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.ears = append(p.ears, hear)
	return func() {}, nil
}

// stage is a desk over a real store, in a bubble of fake time.
type stage struct {
	*Desk
	t                *testing.T
	ctx              context.Context
	store            *store.Store
	bus              *pipe
	metrics          *ops.Metrics
	company          store.Company
	web, queue, join store.Portal // all of them served by everybody
	ana, ben, cy     store.Rep
	stop             func()
	sessions         chan string // what OnSession heard
}

func play(t *testing.T, f func(*stage)) {
	t.Helper()
	file := filepath.Join(t.TempDir(), "relay.db")
	synctest.Test(t, func(t *testing.T) {
		ctx, cancel := context.WithCancel(t.Context())
		st, err := store.Open(ctx, file)
		if err != nil {
			t.Fatal(err)
		}
		s := &stage{t: t, ctx: ctx, store: st, bus: &pipe{}, metrics: ops.New(), stop: func() {}}
		defer func() {
			s.stop()
			cancel()
			if err := st.Close(); err != nil {
				t.Error(err)
			}
		}()
		s.seed()
		s.start()
		f(s)
	})
}

func (s *stage) seed() {
	var err error
	s.company, err = s.store.AddCompany(s.ctx, "Contoso")
	s.check(err)
	for _, r := range []struct {
		to   *store.Rep
		name string
	}{{&s.ana, "Ana"}, {&s.ben, "Ben"}, {&s.cy, "Cy"}} {
		*r.to, err = s.store.AddRep(s.ctx, store.Rep{
			CompanyID: s.company.ID, Login: r.name + "@contoso.example", Name: r.name + " Long Name", ScreenName: r.name, Active: true, MaxCodes: 3,
		})
		s.check(err)
	}
	for _, p := range []struct {
		to   *store.Portal
		slug string
		kind store.Kind
		mode store.Mode
	}{
		{&s.web, "help", store.KindQuestion, store.ModeWeb},
		{&s.queue, "line", store.KindQuestion, store.ModeQueue},
		{&s.join, "join", store.KindCode, store.ModePhone},
	} {
		*p.to, err = s.store.AddPortal(s.ctx, store.Portal{
			CompanyID: s.company.ID, Slug: p.slug, Name: p.slug + " portal", Kind: p.kind, Mode: p.mode, See: true, Control: true,
		})
		s.check(err)
		for _, r := range []store.Rep{s.ana, s.ben, s.cy} {
			s.check(s.store.AssignPortal(s.ctx, r.ID, p.to.ID))
		}
	}
}

// start runs a desk; after stop another one may run over the same store.
func (s *stage) start() {
	ctx, cancel := context.WithCancel(s.ctx)
	s.sessions = make(chan string, 1000)
	s.Desk = New(Config{
		Store: s.store, Bus: s.bus, Rand: rand.Reader, Metrics: s.metrics, PublicURL: "https://relay.example",
		Accounts:  account.New(account.Config{Store: s.store, Clock: time.Now, Rand: rand.Reader}),
		OnSession: func(id string) { s.sessions <- id },
	})
	ran := make(chan error, 1)
	go func() { ran <- s.Run(ctx) }()
	s.stop = sync.OnceFunc(func() {
		cancel()
		if err := <-ran; err != nil {
			s.t.Errorf("Run: %v", err)
		}
	})
}

func (s *stage) check(err error) {
	s.t.Helper()
	if err != nil {
		s.t.Fatal(err)
	}
}

// wantFault checks an error's reason.
func (s *stage) wantFault(err error, want fault.Reason) {
	s.t.Helper()
	if got := fault.ReasonOf(err); got != want {
		s.t.Errorf("got %v, want %q", err, want)
	}
}

// console is a rep's Watch that reads all the time.
type console struct {
	s     *stage
	w     *Watcher
	close func()

	mu     sync.Mutex
	events []*pb.DeskEvent
	err    error
}

// watch opens a console and reads until it is ready.
func (s *stage) watch(r store.Rep, available bool) *console {
	s.t.Helper()
	c := s.deaf(r, available)
	ctx, cancel := context.WithCancel(s.ctx)
	done := make(chan struct{})
	go func() {
		defer close(done)
		for {
			e, err := c.w.Next(ctx)
			c.mu.Lock()
			if err != nil {
				c.err = err
				c.mu.Unlock()
				return
			}
			c.events = append(c.events, e)
			c.mu.Unlock()
		}
	}()
	c.close = sync.OnceFunc(func() {
		cancel()
		<-done
		c.w.Close()
		synctest.Wait()
	})
	return c
}

// deaf is a console that reads nothing by itself.
func (s *stage) deaf(r store.Rep, available bool) *console {
	s.t.Helper()
	token := "token of " + r.Name
	known, err := s.store.LoginRep(s.ctx, account.HashToken(token), time.Now())
	if err != nil {
		s.check(s.store.AddLogin(s.ctx, store.Login{TokenHash: account.HashToken(token), RepID: r.ID, At: time.Now()}))
	}
	r.Displaced = known.Displaced
	w, err := s.Watch(s.ctx, r, token, available)
	s.check(err)
	return &console{s: s, w: w, close: w.Close}
}

// heard gives what has arrived since the last time, in words.
func (c *console) heard() []string {
	synctest.Wait()
	c.mu.Lock()
	defer c.mu.Unlock()
	var all []string
	for _, e := range c.events {
		all = append(all, inWords(e))
	}
	c.events = nil
	return all
}

func (c *console) wants(want ...string) {
	c.s.t.Helper()
	if got := c.heard(); !slices.Equal(got, want) {
		c.s.t.Errorf("the console of %s hears\n     %q\nwant %q", c.w.rep.Name, got, want)
	}
}

func inWords(e *pb.DeskEvent) string {
	switch e := e.GetEvent().(type) {
	case *pb.DeskEvent_Query:
		return fmt.Sprintf("%s %s", e.Query.GetState(), e.Query.GetQuestion())
	case *pb.DeskEvent_Session:
		return fmt.Sprintf("session %s joined=%t ended=%t", e.Session.GetQuestion(), e.Session.GetJoinedAt() != nil, e.Session.GetEndedAt() != nil)
	case *pb.DeskEvent_Code:
		return fmt.Sprintf("%s %s", e.Code.GetState(), e.Code.GetName())
	case *pb.DeskEvent_Posting:
		return "alert " + e.Posting.GetQuestion()
	case *pb.DeskEvent_PostingClosed:
		return "alert closed " + e.PostingClosed.GetReason().String()
	case *pb.DeskEvent_Availability:
		return fmt.Sprintf("available=%t", e.Availability.GetAvailable())
	case *pb.DeskEvent_Displaced_:
		return "displaced"
	case *pb.DeskEvent_Reset_:
		return "reset"
	case *pb.DeskEvent_Ready_:
		return "ready"
	default:
		return fmt.Sprintf("%T", e)
	}
}

// ask posts a question to a portal.
func (s *stage) ask(p store.Portal, question string) Posted {
	s.t.Helper()
	posted, err := s.Post(s.ctx, p, Ask{Name: "Jo Brandt", Email: "jo@example.com", Question: question, Language: "de"})
	s.check(err)
	synctest.Wait()
	return posted
}

func (s *stage) place(ticket string) Place {
	s.t.Helper()
	at, _, err := s.Place(s.ctx, ticket)
	s.check(err)
	return at
}

func noWait(Wait) error { return nil }
