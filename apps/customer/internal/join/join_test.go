package join

import (
	"context"
	"errors"
	"reflect"
	"sync"
	"testing"
	"time"

	"google.golang.org/grpc"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/types/known/durationpb"

	"deskhand/apps/internal/session"
	"deskhand/apps/internal/session/sessiontest"
	"deskhand/protocol/fault"
	"deskhand/protocol/invite"
	"deskhand/protocol/pb"
	"deskhand/protocol/version"
)

// door plays a script for each call: it sends events and ends with an error.
type door struct {
	pb.UnimplementedJoinServer
	mu     sync.Mutex
	asked  []*pb.JoinRequest
	answer func(call int, stream pb.Join_JoinServer) error
}

func (d *door) Join(r *pb.JoinRequest, stream pb.Join_JoinServer) error {
	d.mu.Lock()
	d.asked = append(d.asked, proto.CloneOf(r))
	n := len(d.asked)
	d.mu.Unlock()
	return fault.ToStatus(d.answer(n, stream))
}

func waitingAt(place int32, expected time.Duration) *pb.JoinEvent {
	w := &pb.Waiting{Place: place}
	if expected > 0 {
		w.Expected = durationpb.New(expected)
	}
	return &pb.JoinEvent{Event: &pb.JoinEvent_Waiting{Waiting: w}}
}

func admitted() *pb.JoinEvent {
	return &pb.JoinEvent{Event: &pb.JoinEvent_Admitted{Admitted: &pb.Admitted{
		SessionId: "563773096", Token: "secret", Portal: "Billing", Company: "Contoso", Rep: "Ana", Customer: "Jo",
		Rights: []pb.Right{pb.Right_RIGHT_SEE},
	}}}
}

type result struct {
	admission Admission
	err       error
}

func start(t *testing.T, d *door, change func(*Config)) (*Joining, *sessiontest.Link, <-chan result, context.CancelFunc) {
	t.Helper()
	link := sessiontest.New(t, func(s *grpc.Server) { pb.RegisterJoinServer(s, d) })
	c := Config{Link: link, Code: "563773096", Facts: session.Facts{System: "Debian 12", Host: "desk", Language: "de"}}
	if change != nil {
		change(&c)
	}
	j := New(c)
	ctx, cancel := context.WithCancel(t.Context())
	done := make(chan result, 1)
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		a, err := j.Run(ctx)
		done <- result{a, err}
	}()
	t.Cleanup(func() {
		cancel()
		<-ended
	})
	return j, link, done, cancel
}

const patience = 20 * time.Second

func until(t *testing.T, j *Joining, what string, ok func(Snapshot) bool) Snapshot {
	t.Helper()
	limit := time.After(patience)
	for {
		if s := j.Snapshot(); ok(s) {
			return s
		}
		select {
		case <-j.Changed():
		case <-limit:
			t.Fatalf("never %s: %+v", what, j.Snapshot())
		}
	}
}

func end(t *testing.T, done <-chan result) result {
	t.Helper()
	select {
	case r := <-done:
		return r
	case <-time.After(patience):
		t.Fatal("Run goes on")
		return result{}
	}
}

func TestAdmitted(t *testing.T) {
	next := make(chan struct{})
	d := &door{answer: func(_ int, s pb.Join_JoinServer) error {
		for _, e := range []*pb.JoinEvent{waitingAt(2, 0), waitingAt(1, 90*time.Second), admitted()} {
			<-next
			if err := s.Send(e); err != nil {
				return err
			}
		}
		return nil
	}}
	j, _, done, _ := start(t, d, nil)
	if s := j.Snapshot(); s.Phase != Connecting {
		t.Errorf("at first: %+v", s)
	}
	next <- struct{}{}
	if s := until(t, j, "waits", func(s Snapshot) bool { return s.Phase == Waiting }); s.Place != 2 || s.Expected != 0 {
		t.Errorf("waiting: %+v", s)
	}
	next <- struct{}{}
	if s := until(t, j, "is next", func(s Snapshot) bool { return s.Place == 1 }); s.Expected != 90*time.Second {
		t.Errorf("waiting: %+v", s)
	}
	next <- struct{}{}
	want := Admission{
		SessionID: "563773096", Token: "secret", Portal: "Billing", Company: "Contoso", Rep: "Ana", Customer: "Jo",
		Rights: session.Rights{See: true},
	}
	if r := end(t, done); r.err != nil || r.admission != want {
		t.Errorf("Run: %+v", r)
	}
	if s := j.Snapshot(); s.Phase != Admitted || s.Admission != want {
		t.Errorf("at the end: %+v", s)
	}
	if r := d.asked[0]; r.GetCode() != "563773096" || r.GetTicket() != "" || r.GetHello().GetWire() != version.Wire ||
		r.GetHello().GetSystem() != "Debian 12" || r.GetHello().GetHost() != "desk" || r.GetHello().GetLanguage() != "de" {
		t.Errorf("asked: %v", r)
	}
}

func TestRefused(t *testing.T) {
	for _, reason := range []fault.Reason{
		fault.CodeUnknown, fault.CodeUsed, fault.CodeExpired, fault.NoRep, fault.QueryOver, fault.TooManyAttempts,
		fault.VersionsDiffer, fault.SessionOver, fault.Invalid, fault.Internal,
	} {
		t.Run(string(reason), func(t *testing.T) {
			d := &door{answer: func(int, pb.Join_JoinServer) error { return fault.New(reason, nil) }}
			j, _, done, _ := start(t, d, nil)
			if r := end(t, done); !fault.Is(r.err, reason) {
				t.Errorf("Run: %v", r.err)
			}
			if s := j.Snapshot(); s.Phase != Refused || s.Fault != reason {
				t.Errorf("at the end: %+v", s)
			}
			if len(d.asked) != 1 {
				t.Errorf("asked %d times", len(d.asked))
			}
		})
	}
}

// A connection that breaks while the customer waits is made again; the ticket keeps the place.
func TestKeepsItsPlace(t *testing.T) {
	d := &door{answer: func(call int, s pb.Join_JoinServer) error {
		if call == 3 {
			return s.Send(admitted())
		}
		if err := s.Send(waitingAt(int32(call), 0)); err != nil {
			return err
		}
		if call == 1 {
			return fault.New(fault.RelayStopping, nil)
		}
		<-s.Context().Done()
		return s.Context().Err()
	}}
	j, link, done, _ := start(t, d, func(c *Config) { c.Code, c.Ticket = "", "ticket-1" })
	until(t, j, "waits again", func(s Snapshot) bool { return s.Place == 2 })
	link.Break()
	if r := end(t, done); r.err != nil || r.admission.SessionID != "563773096" {
		t.Errorf("Run: %+v", r)
	}
	for i, r := range d.asked {
		if r.GetTicket() != "ticket-1" {
			t.Errorf("call %d asked with %v", i, r)
		}
	}
}

func TestRelayAway(t *testing.T) {
	d := &door{answer: func(_ int, s pb.Join_JoinServer) error { return s.Send(admitted()) }}
	var held *sessiontest.Link
	j, _, done, _ := start(t, d, func(c *Config) {
		held = c.Link.(*sessiontest.Link)
		held.Down(fault.CannotConnect)
	})
	if s := until(t, j, "tells why", func(s Snapshot) bool { return s.Fault != "" }); s.Phase != Connecting || s.Fault != fault.CannotConnect {
		t.Errorf("away: %+v", s)
	}
	held.Up()
	if r := end(t, done); r.err != nil {
		t.Errorf("Run: %v", r.err)
	}
}

func TestWrongKey(t *testing.T) {
	d := &door{}
	j, _, done, _ := start(t, d, func(c *Config) { c.Link.(*sessiontest.Link).Fail(fault.New(fault.WrongKey, nil)) })
	if r := end(t, done); !fault.Is(r.err, fault.WrongKey) {
		t.Errorf("Run: %v", r.err)
	}
	if s := j.Snapshot(); s.Phase != Refused || s.Fault != fault.WrongKey {
		t.Errorf("at the end: %+v", s)
	}
}

func TestGivenUp(t *testing.T) {
	d := &door{answer: func(_ int, s pb.Join_JoinServer) error {
		if err := s.Send(waitingAt(1, 0)); err != nil {
			return err
		}
		<-s.Context().Done()
		return s.Context().Err()
	}}
	j, _, done, cancel := start(t, d, nil)
	until(t, j, "waits", func(s Snapshot) bool { return s.Phase == Waiting })
	cancel()
	if r := end(t, done); !errors.Is(r.err, context.Canceled) {
		t.Errorf("Run: %v", r.err)
	}
}

// Nothing that a link, a ticket or the relay's admission carries is consent.
func TestNothingCarriesConsent(t *testing.T) {
	for _, v := range []any{Config{}, Admission{}, invite.Invite{}} {
		for i := range reflect.TypeOf(v).NumField() {
			switch name := reflect.TypeOf(v).Field(i).Name; name {
			case "Link", "Facts", "Code", "Ticket", "Logger", // what is asked with
				"SessionID", "Token", "Portal", "Company", "Rep", "Customer", "Rights", // what opens the room
				"Relay", "Key":
			default:
				t.Errorf("%T has the field %s: is that a way for consent to come from outside?", v, name)
			}
		}
	}
	for _, link := range []string{
		"deskhand://join?relay=localhost:8443&code=563773096&share=1",
		"deskhand://join?relay=localhost:8443&code=563773096&consent=control",
		"deskhand://join?relay=localhost:8443&code=563773096&code=563773097",
		"deskhand://share?relay=localhost:8443&code=563773096",
		"https://join?relay=localhost:8443&code=563773096",
	} {
		if i, err := ParseLink(link); !fault.Is(err, fault.Invalid) {
			t.Errorf("%q gives %+v, %v", link, i, err)
		}
	}
	if i, err := ParseLink("deskhand://join?relay=localhost:8443&code=563-773-096"); err != nil || i.Code != "563773096" {
		t.Errorf("%+v, %v", i, err)
	}
}

// FuzzParseLink: what is accepted says the same when it is written and read again.
func FuzzParseLink(f *testing.F) {
	f.Add("deskhand://join?relay=localhost:8443&code=563773096")
	f.Add("deskhand://join?relay=[::1]:443&ticket=abc-_9")
	f.Add("deskhand://join?relay=x:1&key=sha256:00&share=1")
	f.Fuzz(func(t *testing.T, link string) {
		i, err := ParseLink(link)
		if err != nil {
			if !fault.Is(err, fault.Invalid) {
				t.Errorf("%q: %v", link, err)
			}
			return
		}
		again, err := ParseLink(i.URL())
		if err != nil || again != i {
			t.Errorf("%q is %+v, then %+v, %v", link, i, again, err)
		}
	})
}
