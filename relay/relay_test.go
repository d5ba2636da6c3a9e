package relay

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"testing"

	"deskhand/protocol/fault"
	"deskhand/protocol/invite"
	"deskhand/protocol/pb"
	"deskhand/protocol/transport"
)

// TestOneWinner: many reps answer each of many queries at the same moment; exactly one of them gets it.
func TestOneWinner(t *testing.T) {
	const reps, rounds = 8, 200
	s := newStage(t, reps, nil)
	consoles := make([]*console, reps)
	for i := range consoles {
		consoles[i] = s.console(i)
	}
	for round := range rounds {
		question := fmt.Sprintf("question %d", round)
		posted := s.ask(question)
		for _, c := range consoles {
			c.wait("the alert", func(e *pb.DeskEvent) bool { return e.GetPosting().GetSessionId() == posted.SessionID })
		}
		won := make([]error, reps)
		start := make(chan struct{})
		var all sync.WaitGroup
		for i, c := range consoles {
			all.Go(func() {
				<-start
				_, won[i] = c.desk.Accept(c.ctx(), &pb.AcceptRequest{SessionId: posted.SessionID})
			})
		}
		close(start)
		all.Wait()
		winner := -1
		for i, err := range won {
			switch {
			case err == nil && winner < 0:
				winner = i
			case err == nil:
				t.Fatalf("round %d: reps %d and %d both won", round, winner, i)
			case fault.ReasonOf(fault.FromStatus(err)) != fault.QueryTaken:
				t.Fatalf("round %d: rep %d lost with %v", round, i, err)
			}
		}
		if winner < 0 {
			t.Fatalf("round %d: nobody won", round)
		}
		for i, c := range consoles {
			closed := c.wait("the end of the alert", func(e *pb.DeskEvent) bool {
				return e.GetPostingClosed().GetSessionId() == posted.SessionID
			})
			want := pb.PostingClosed_TAKEN
			if i == winner {
				want = pb.PostingClosed_ANSWERED
			}
			if got := closed.GetPostingClosed().GetReason(); got != want {
				t.Fatalf("round %d: the alert of rep %d closed with %v, want %v", round, i, got, want)
			}
		}
	}
}

// TestThroughThePortal asks on the real page and follows the question until the customer's app is in the room.
func TestThroughThePortal(t *testing.T) {
	s := newStage(t, 1, nil)
	web := s.browser()
	get := func(path string) (int, string) {
		t.Helper()
		r, err := web.Get(s.relay.PublicURL() + path)
		s.check(err)
		defer r.Body.Close()
		body, err := io.ReadAll(r.Body)
		s.check(err)
		return r.StatusCode, string(body)
	}
	if _, body := get("/p/help"); !strings.Contains(body, "No representative online") {
		t.Error("M-02: with nobody logged in the portal does not say so")
	}
	if code, body := get("/healthz"); code != http.StatusOK || body != "ok\n" {
		t.Errorf("health is %d %q", code, body)
	}
	rep := s.console(0)
	r, err := web.PostForm(s.relay.PublicURL()+"/p/help", url.Values{"name": {"Jo Brandt"}, "email": {"jo@example.com"}, "question": {"Printer?"}})
	s.check(err)
	s.check(r.Body.Close())
	path, isTicket := strings.CutPrefix(r.Header.Get("Location"), "/q/")
	if r.StatusCode != http.StatusSeeOther || !isTicket {
		t.Fatalf("posting gives %d to %q", r.StatusCode, r.Header.Get("Location"))
	}
	alert := rep.wait("the alert", func(e *pb.DeskEvent) bool { return e.GetPosting() != nil }).GetPosting()
	if alert.GetQuestion() != "Printer?" || alert.GetCustomer() != "Jo Brandt" {
		t.Errorf("the alert says %v", alert)
	}
	_, err = rep.desk.Accept(rep.ctx(), &pb.AcceptRequest{SessionId: alert.GetSessionId()})
	s.check(err)
	_, page := get("/q/" + path)
	want := invite.Invite{Relay: s.relay.Addr(), Key: s.relay.Fingerprint(), Ticket: path}.URL()
	if !strings.Contains(strings.ReplaceAll(page, "&amp;", "&"), want) {
		t.Errorf("the page does not lead into the app by %s", want)
	}
	in, err := s.join(s.dial(), &pb.JoinRequest{Ticket: path})
	s.check(err)
	if in.GetRep() != "Rep 0" || in.GetCompany() != "Contoso" || len(in.GetRights()) != 2 {
		t.Errorf("admitted %v", in)
	}
	row := rep.wait("the session", func(e *pb.DeskEvent) bool { return e.GetSession().GetJoinedAt() != nil }).GetSession()
	if row.GetSessionId() != in.GetSessionId() || row.GetSystem() != "Debian 12" {
		t.Errorf("the rep's list shows %v", row)
	}
}

// TestCode lives a code's life over the wire (CM-01 to CM-06, CM-10, CM-12).
func TestCode(t *testing.T) {
	s := newStage(t, 2, nil)
	rep, other := s.console(0), s.console(1)
	made, err := rep.desk.CreateCode(rep.ctx(), &pb.CreateCodeRequest{Name: "Jo", Portal: "join"})
	s.check(err)
	if made.GetJoinUrl() != s.relay.PublicURL()+"/j/"+made.GetCode() {
		t.Errorf("join address %q", made.GetJoinUrl())
	}
	_, err = rep.desk.CreateCode(rep.ctx(), &pb.CreateCodeRequest{Name: "Jo", Portal: "join"})
	s.wantFault("the same name", err, fault.NameInUse)
	_, err = other.desk.CancelCode(other.ctx(), &pb.CancelCodeRequest{Code: made.GetCode()})
	s.wantFault("somebody else's code", err, fault.CodeUnknown)
	in, err := s.join(s.dial(), &pb.JoinRequest{Code: made.GetCode()})
	s.check(err)
	if in.GetRep() != "Rep 0" {
		t.Errorf("the code leads to %q", in.GetRep())
	}
	rep.wait("the code's end", func(e *pb.DeskEvent) bool { return e.GetCode().GetState() == pb.CodeState_CODE_REDEEMED })
	rep.wait("the session", func(e *pb.DeskEvent) bool {
		if e.GetPosting() != nil {
			t.Error("CM-10: a code raised an alert")
		}
		return e.GetSession().GetJoinedAt() != nil
	})
	_, err = s.join(s.dial(), &pb.JoinRequest{Code: made.GetCode()})
	s.wantFault("a second time", err, fault.CodeUsed)
	again, err := rep.desk.CreateCode(rep.ctx(), &pb.CreateCodeRequest{Name: "Jo", Portal: "join"})
	s.check(err)
	_, err = rep.desk.CancelCode(rep.ctx(), &pb.CancelCodeRequest{Code: again.GetCode()})
	s.check(err)
	_, err = s.join(s.dial(), &pb.JoinRequest{Code: again.GetCode()})
	s.wantFault("a cancelled one", err, fault.CodeExpired)
}

func packet(number uint64, sealed string) *pb.ScreenUp {
	return &pb.ScreenUp{Message: &pb.ScreenUp_Packet{Packet: &pb.ScreenPacket{
		Number: number, Generation: 1, Units: []*pb.ScreenUnit{{Slot: 1, Sealed: []byte(sealed)}},
	}}}
}

// TestSession shares, controls, stops and ends over real lanes; afterwards the relay refuses everything (G-05, G-11).
func TestSession(t *testing.T) {
	s := newStage(t, 1, nil)
	c, rep, customer := s.session()
	sharer, viewer := customer.screen(), rep.screen()
	machine, keyboard := customer.input(), rep.input()
	customer.consent(true, true)
	rep.wait("sharing", shares(true))
	s.check(sharer.Send(packet(1, "picture")))
	p, err := viewer.Recv()
	s.check(err)
	if string(p.GetPacket().GetUnits()[0].GetSealed()) != "picture" {
		t.Errorf("the viewer got %v", p)
	}
	s.check(viewer.Send(&pb.ScreenUp{Message: &pb.ScreenUp_Ack{Ack: &pb.ScreenAck{Number: 1}}}))

	// The customer's Input lane may open after a frame has come; the first one that arrives shows that both are open.
	arrived := make(chan string, 1)
	go func() {
		if m, err := machine.Recv(); err == nil {
			arrived <- string(m.GetSealed())
		}
	}()
	for got := ""; got == ""; {
		s.check(keyboard.Send(&pb.InputUp{Sealed: []byte("keys")}))
		rep.send(&pb.ControlUp{Message: &pb.ControlUp_Ping{Ping: &pb.Ping{Mark: 1}}})
		rep.wait("a pong", func(m *pb.ControlDown) bool { return m.GetPong() != nil })
		select {
		case got = <-arrived:
		default:
		}
	}

	customer.send(&pb.ControlUp{Message: &pb.ControlUp_Sharing{Sharing: &pb.Sharing{}}})
	rep.wait("the stop", shares(false))
	rep.say("may I see it again?")
	customer.wait("the chat", said("may I see it again?"))
	rep.send(&pb.ControlUp{Message: &pb.ControlUp_AskSharing{AskSharing: &pb.AskSharing{}}})
	customer.wait("the question", func(m *pb.ControlDown) bool { return m.GetAskSharing() != nil })
	customer.send(&pb.ControlUp{Message: &pb.ControlUp_AnswerSharing{AnswerSharing: &pb.AnswerSharing{Yes: true}}})
	rep.wait("the yes", shares(true))

	customer.send(&pb.ControlUp{Message: &pb.ControlUp_End{End: &pb.End{}}})
	for _, a := range []*attendee{rep, customer} {
		ended := a.wait("the end", func(m *pb.ControlDown) bool { return m.GetEnded() != nil }).GetEnded()
		if ended.GetCause() != pb.Ended_CUSTOMER_ENDED || ended.GetBy() != "Jo Brandt" {
			t.Errorf("ended %v", ended)
		}
		s.wantFault("control", end(a.control.Recv), fault.SessionOver)
	}
	s.wantFault("screen", end(viewer.Recv), fault.SessionOver)
	s.wantFault("input", end(keyboard.Recv), fault.SessionOver)
	row := c.wait("the end", func(e *pb.DeskEvent) bool { return e.GetSession().GetEndedAt() != nil }).GetSession()
	for name, a := range map[string]*attendee{"rep": rep, "customer": customer} {
		control, err := pb.NewRoomClient(a.conn.Lane(transport.LaneControl)).Control(a.ctx)
		s.check(err)
		s.wantFault(name+"'s control", end(control.Recv), fault.SessionOver)
		s.wantFault(name+"'s screen", end(a.screen().Recv), fault.SessionOver)
		s.wantFault(name+"'s input", end(a.input().Recv), fault.SessionOver)
	}
	log, err := c.desk.Transcript(c.ctx(), &pb.TranscriptRequest{SessionId: row.GetSessionId()})
	s.check(err)
	var text []string
	for _, l := range log.GetLines() {
		text = append(text, l.GetStatus().String()+l.GetText())
	}
	if got := strings.Join(text, " "); !strings.Contains(got, "SAIDmay I see it again?") || !strings.HasSuffix(got, "ENDED") {
		t.Errorf("the transcript is %s", got)
	}
	history, err := c.desk.History(c.ctx(), &pb.HistoryRequest{Search: "brandt"})
	s.check(err)
	if len(history.GetSessions()) != 1 {
		t.Errorf("history %v", history)
	}
	_, err = c.desk.History(c.ctx(), &pb.HistoryRequest{Limit: 501})
	s.wantFault("too long a page", err, fault.Invalid)
}

// TestReconnect: a customer whose connection breaks comes back with the same token and misses nothing.
func TestReconnect(t *testing.T) {
	s := newStage(t, 1, nil)
	_, rep, customer := s.session()
	session, token := customer.welcome.GetSession().GetSessionId(), customerToken(customer)
	rep.say("one")
	line := customer.wait("one", said("one")).GetLine()
	s.check(customer.conn.Close())
	rep.wait("the loss", status(pb.Line_LOST))
	rep.say("two")
	rep.wait("two", said("two"))
	back := s.enter(s.dial(), token, session, line.GetSeq())
	if back.welcome.GetYou() != 1 {
		t.Errorf("the customer came back as %d", back.welcome.GetYou())
	}
	var missed []string
	for _, l := range back.welcome.GetLines() {
		missed = append(missed, l.GetStatus().String()+l.GetText())
	}
	if got := strings.Join(missed, " "); got != "LOST SAIDtwo" {
		t.Errorf("missed lines: %s", got)
	}
	rep.wait("the return", status(pb.Line_RETURNED))
}

// TestRestart: a relay that stops says so, leaves nothing behind and ends no session.
func TestRestart(t *testing.T) {
	s := newStage(t, 1, nil)
	c, rep, customer := s.session()
	session := customer.welcome.GetSession().GetSessionId()
	token := customerToken(customer)
	page, err := s.browser().Get(s.relay.PublicURL() + "/p/help")
	s.check(err)
	s.check(page.Body.Close())
	customer.say("before")
	rep.wait("before", said("before"))
	s.stop()
	s.wantFault("watch", end(c.events.Recv), fault.RelayStopping)
	s.wantFault("control", end(rep.control.Recv), fault.RelayStopping)
	for _, a := range []*attendee{rep, customer} {
		_ = a.conn.Close() // it has ended
	}
	if left := running(); left != "" {
		t.Errorf("still running:\n%s", left)
	}
	s.start()
	back := s.enter(s.dial(), token, session, 0)
	found := false
	for _, l := range back.welcome.GetLines() {
		found = found || l.GetText() == "before"
	}
	if !found {
		t.Errorf("the chat is gone: %v", back.welcome.GetLines())
	}
	again := s.console(0)
	s.enter(again.conn, again.token, session, 0)
}

func customerToken(a *attendee) string { return bearerOf(a.ctx) }

func TestWrongConfig(t *testing.T) {
	for _, tt := range []struct {
		name string
		cfg  Config
	}{
		{"no such folder", Config{Dir: "/dev/null/not/a/folder"}},
		{"a public address without https", Config{PublicURL: "http://help.example"}},
		{"a public address without a host", Config{PublicURL: "https://"}},
		{"an address that is none", Config{TCP: []string{"not an address"}}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			if tt.cfg.Dir == "" {
				tt.cfg.Dir = t.TempDir()
			}
			if tt.cfg.TCP == nil {
				tt.cfg.TCP = []string{"127.0.0.1:0"}
			}
			r, err := New(t.Context(), tt.cfg)
			if err == nil {
				t.Error(errors.Join(errors.New("accepted"), r.Close()))
			}
		})
	}
}

func TestNames(t *testing.T) {
	for _, tt := range []struct{ name, public, addr, url string }{
		{"public", "https://help.example/", "help.example:443", "https://help.example"},
		{"public with a port", "https://help.example:8443", "help.example:8443", "https://help.example:8443"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			r, err := New(t.Context(), Config{Dir: t.TempDir(), TCP: []string{"127.0.0.1:0"}, PublicURL: tt.public})
			if err != nil {
				t.Fatal(err)
			}
			defer r.Close()
			if r.Addr() != tt.addr || r.PublicURL() != tt.url {
				t.Errorf("%s at %s", r.Addr(), r.PublicURL())
			}
			key, err := Fingerprint(r.cfg)
			if err != nil || key != r.Fingerprint() {
				t.Errorf("key %s, %v", key, err)
			}
		})
	}
}

// TestStoppedBeforeItBegan: a relay whose context has ended already gives everything back and calls that no error.
func TestStoppedBeforeItBegan(t *testing.T) {
	r, err := New(t.Context(), Config{Dir: t.TempDir(), QUIC: []string{"127.0.0.1:0"}, TCP: []string{"127.0.0.1:0"}})
	if err != nil {
		t.Fatal(err)
	}
	r.Metrics(func(name string, value int64) {
		if value != 0 {
			t.Errorf("%s is %d", name, value)
		}
	})
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if err := r.Serve(ctx); err != nil {
		t.Error(err)
	}
	if err := r.Close(); err != nil {
		t.Errorf("closed again: %v", err)
	}
}

// TestDesk takes the desk's smaller calls over the wire.
func TestDesk(t *testing.T) {
	s := newStage(t, 1, nil)
	c := s.console(0)
	_, err := c.desk.SetAvailability(c.ctx(), &pb.SetAvailabilityRequest{})
	s.check(err)
	c.wait("the pause", func(e *pb.DeskEvent) bool { return e.GetAvailability() != nil && !e.GetAvailability().GetAvailable() })
	posted := s.ask("Printer")
	c.wait("the row", func(e *pb.DeskEvent) bool { return e.GetQuery().GetSessionId() == posted.SessionID })
	_, err = c.desk.Decline(c.ctx(), &pb.DeclineRequest{SessionId: posted.SessionID})
	s.check(err)
	c.wait("the row's end", func(e *pb.DeskEvent) bool { return e.GetQuery().GetState() == pb.QueryState_QUERY_DECLINED })
	_, err = c.desk.Accept(c.ctx(), &pb.AcceptRequest{SessionId: "111111111"})
	s.wantFault("a query that is not there", err, fault.QueryOver)

	wait, err := pb.NewJoinClient(c.conn.Lane(transport.LaneControl)).Join(s.ctx, &pb.JoinRequest{Ticket: posted.Ticket, Hello: hello()})
	s.check(err)
	e, err := wait.Recv()
	if err != nil || e.GetWaiting().GetPlace() != 1 {
		t.Errorf("the customer hears %v, %v", e, err)
	}
	_, err = c.desk.Logout(c.ctx(), &pb.LogoutRequest{})
	s.check(err)
	s.wantFault("the console that logged out", end(c.events.Recv), fault.LoggedOut)
}
