package session

import (
	"context"
	"slices"
	"testing"
	"time"

	"deskhand/protocol/fault"
	"deskhand/protocol/pb"
	"deskhand/protocol/seal"
)

// party is a session that runs in a test.
type party struct {
	*Session
	t    *testing.T
	done chan error
	stop context.CancelFunc
}

func start(t *testing.T, r *relay, role Role, change func(*Config)) *party {
	t.Helper()
	c := Config{Link: newPipe(r), SessionID: testSession, Token: "two", Role: role, Facts: Facts{System: "Debian 12", Host: "desk"}}
	if role == Customer {
		c.Token = "one"
	}
	if change != nil {
		change(&c)
	}
	ctx, stop := context.WithCancel(t.Context())
	p := &party{Session: New(c), t: t, done: make(chan error, 1), stop: stop}
	go func() { p.done <- p.Run(ctx) }()
	t.Cleanup(func() {
		stop()
		if p.done != nil {
			<-p.done
		}
	})
	return p
}

// patience is how long a test waits for what must come.
const patience = 20 * time.Second

// until waits for a snapshot.
func (p *party) until(what string, ok func(Snapshot) bool) Snapshot {
	p.t.Helper()
	limit := time.After(patience)
	for {
		if s := p.Snapshot(); ok(s) {
			return s
		}
		select {
		case <-p.Changed():
		case <-limit:
			p.t.Fatalf("%v: never %s: %+v", p.cfg.Role, what, p.Snapshot())
		}
	}
}

// over waits for Run's end.
func (p *party) over() error {
	p.t.Helper()
	select {
	case err := <-p.done:
		p.done = nil
		return err
	case <-time.After(patience):
		p.t.Fatalf("%v: Run goes on: %+v", p.cfg.Role, p.Snapshot())
		return nil
	}
}

func active(s Snapshot) bool            { return s.Phase == Active }
func sharing(s Snapshot) bool           { return s.Sharing }
func worded(s Snapshot) bool            { return s.Words != seal.Words{} }
func asked(s Snapshot) bool             { return s.Asked }
func unshared(s Snapshot) bool          { return !s.Sharing }
func spoken(s Snapshot) []string        { return texts(s, false) }
func phase(p Phase) func(Snapshot) bool { return func(s Snapshot) bool { return s.Phase == p } }

func texts(s Snapshot, pending bool) []string {
	var all []string
	for _, l := range s.Chat {
		if l.Status == Said && l.Pending == pending {
			all = append(all, l.Text)
		}
	}
	return all
}

func heard(text string) func(Snapshot) bool {
	return func(s Snapshot) bool { return slices.Contains(spoken(s), text) }
}

// both starts a customer and a rep and brings them to a shared screen.
func both(t *testing.T, r *relay) (customer, rep *party) {
	t.Helper()
	customer, rep = start(t, r, Customer, nil), start(t, r, Rep, nil)
	customer.until("has words", worded)
	customer.Allow(Consent{See: true, Control: true})
	rep.until("sees the screen", func(s Snapshot) bool { return s.Sharing && s.Sealed })
	customer.until("shares", func(s Snapshot) bool { return s.Sharing && s.Sealed })
	return customer, rep
}

func TestLifeCycle(t *testing.T) {
	r := newRelay(t)
	customer, rep := start(t, r, Customer, nil), start(t, r, Rep, nil)

	c, p := customer.until("has words", worded), rep.until("has words", worded)
	if c.Words != p.Words {
		t.Fatalf("words differ without anybody in between: %q and %q", c.Words, p.Words)
	}
	if c.Phase != Consenting || p.Phase != Consenting || c.Sealed || p.Sealed || c.Sharing || p.Sharing {
		t.Fatalf("something is open before the consent:\n%+v\n%+v", c, p)
	}
	if p.CustomerName != "Jo Brandt" || c.RepName != "Ana" || c.Company != "Contoso" || c.Portal != "Billing" || c.Question == "" {
		t.Errorf("who and where is missing:\n%+v\n%+v", c, p)
	}

	customer.Allow(Consent{See: true, Control: true})
	c = customer.until("shares", func(s Snapshot) bool { return s.Sharing && s.Sealed && s.Control })
	p = rep.until("sees", func(s Snapshot) bool { return s.Sharing && s.Sealed && s.Control })
	if c.Phase != Active || p.Phase != Active || *p.Consent != (Consent{true, true}) {
		t.Errorf("after the consent:\n%+v\n%+v", c, p)
	}
	if p = rep.until("knows the machine", func(s Snapshot) bool { return s.Facts.Host != "" }); p.Facts.System != "Debian 12" {
		t.Errorf("facts: %+v", p.Facts)
	}

	customer.SetTyping(true)
	rep.until("sees typing", func(s Snapshot) bool { return slices.Equal(s.Typing, []string{"Jo Brandt"}) })
	customer.Say("Hello Ana — é, ß, €")
	p = rep.until("hears the customer", heard("Hello Ana — é, ß, €"))
	if len(p.Typing) != 0 {
		t.Errorf("still typing after the line: %v", p.Typing)
	}
	rep.Say("Hello Jo")
	c = customer.until("hears the rep", heard("Hello Jo"))
	if i := slices.IndexFunc(c.Chat, func(l Line) bool { return l.Text == "Hello Jo" }); c.Chat[i].Mine || c.Chat[i].Name != "Ana" || c.Chat[i].From != 2 {
		t.Errorf("the rep's line: %+v", c.Chat[i])
	}

	rep.End(Resolved, "new toner")
	if rep.Snapshot().Sharing {
		t.Error("the rep sees the screen after End")
	}
	if err := rep.over(); err != nil {
		t.Errorf("rep: %v", err)
	}
	if err := customer.over(); err != nil {
		t.Errorf("customer: %v", err)
	}
	for _, s := range []Snapshot{customer.Snapshot(), rep.Snapshot()} {
		if s.Phase != Over || s.EndCause != RepEnded || s.EndedBy != "Ana" || s.Sharing || s.Sealed || s.Ending || s.Fault != "" || s.EndedAt.IsZero() {
			t.Errorf("after the end: %+v", s)
		}
	}
	end := r.count(func(m *pb.ControlUp) bool {
		return m.GetEnd().GetOutcome() == pb.Outcome_OUTCOME_RESOLVED && m.GetEnd().GetNotes() == "new toner"
	})
	if end != 1 {
		t.Errorf("outcome and notes came %d times", end)
	}
}

func TestNotNow(t *testing.T) {
	for name, refuse := range map[string]func(*party){
		"not now":         func(p *party) { p.NotNow() },
		"nothing allowed": func(p *party) { p.Allow(Consent{}) },
		"control alone":   func(p *party) { p.Allow(Consent{Control: true}) },
	} {
		t.Run(name, func(t *testing.T) {
			r := newRelay(t)
			customer, rep := start(t, r, Customer, nil), start(t, r, Rep, nil)
			customer.until("is asked", worded)
			refuse(customer)
			for _, p := range []*party{customer, rep} {
				if err := p.over(); err != nil {
					t.Errorf("%v: %v", p.cfg.Role, err)
				}
				if s := p.Snapshot(); s.EndCause != NotConsented || s.Sealed {
					t.Errorf("after the refusal: %+v", s)
				}
			}
		})
	}
}

func TestOnlyTheCustomerPermits(t *testing.T) {
	r := newRelay(t)
	customer, rep := start(t, r, Customer, nil), start(t, r, Rep, nil)
	rep.until("has words", worded)
	rep.Allow(Consent{See: true, Control: true})
	rep.NotNow()
	rep.StopSharing()
	rep.AnswerSharing(true)
	rep.Say("after all that")
	if s := customer.until("hears", heard("after all that")); s.Phase != Consenting || s.Sharing {
		t.Errorf("a rep has consented: %+v", s)
	}
}

// A relay that says that the customer has consented and shares opens nothing on the customer's machine.
func TestRelayCannotConsent(t *testing.T) {
	r := newRelay(t)
	r.state = &pb.RoomState{Consent: &pb.Consent{See: true, Control: true}, Sharing: true}
	customer, rep := start(t, r, Customer, nil), start(t, r, Rep, nil)
	customer.until("has words", worded)
	rep.Say("hello")
	s := customer.until("hears", heard("hello"))
	if s.Sharing || s.Control || s.Sealed || s.Consent != nil || s.Phase != Consenting || customer.state().Sharing {
		t.Errorf("the relay consented for the customer: %+v", s)
	}
}

func TestStopAndAskAgain(t *testing.T) {
	r := newRelay(t)
	customer, rep := both(t, r)

	customer.StopSharing()
	if s := customer.Snapshot(); s.Sharing || s.Control || customer.state().Sharing || customer.state().ControlAllowed {
		t.Fatal("the screen is shared after StopSharing has returned")
	}
	rep.until("sees nothing", unshared)

	rep.AskSharing(true)
	s := customer.until("is asked", asked)
	if !s.AskedControl || s.Sharing || s.Control {
		t.Errorf("asked: %+v", s)
	}
	rep.until("has asked", asked)
	customer.AnswerSharing(false)
	rep.until("is refused", func(s Snapshot) bool { return !s.Asked })
	if s := customer.until("has refused", func(s Snapshot) bool { return !s.Asked }); s.Sharing {
		t.Error("shared after a no")
	}

	rep.AskSharing(false)
	customer.until("is asked again", asked)
	customer.AnswerSharing(true)
	s = customer.until("shares again", sharing)
	if s.Control || s.Consent.Control {
		t.Error("a question for the screen gave mouse and keyboard as well")
	}
	if s = rep.until("sees again", sharing); s.Control {
		t.Error("the rep may control")
	}

	rep.AskSharing(true)
	customer.until("is asked for control", func(s Snapshot) bool { return s.AskedControl })
	customer.AnswerSharing(true)
	rep.until("controls", func(s Snapshot) bool { return s.Control })

	customer.Allow(Consent{See: true}) // takes mouse and keyboard back
	rep.until("only sees", func(s Snapshot) bool { return s.Sharing && !s.Control })

	// A yes to nothing, and a stop that overtakes a yes, share nothing.
	customer.StopSharing()
	customer.AnswerSharing(true)
	rep.until("sees nothing", unshared)
	rep.Say("ping")
	if s := customer.until("hears", heard("ping")); s.Sharing {
		t.Error("shared without a question")
	}
}

func TestStopOvertakesYes(t *testing.T) {
	r := newRelay(t)
	customer, rep := both(t, r)
	customer.StopSharing()
	rep.until("sees nothing", unshared)
	rep.AskSharing(true)
	customer.until("is asked", asked)
	rep.until("has asked", asked)
	customer.AnswerSharing(true)
	customer.StopSharing()
	if customer.Snapshot().Sharing {
		t.Fatal("shared after the stop")
	}
	rep.until("is answered", func(s Snapshot) bool { return !s.Asked })
	rep.Say("ping")
	if s := customer.until("hears", heard("ping")); s.Sharing {
		t.Error("a yes from before the stop shares the screen")
	}
}

func TestRightsLimitConsent(t *testing.T) {
	r := newRelay(t)
	r.rights = []pb.Right{pb.Right_RIGHT_SEE}
	customer, rep := start(t, r, Customer, nil), start(t, r, Rep, nil)
	customer.until("has words", worded)
	customer.Allow(Consent{See: true, Control: true})
	for _, p := range []*party{customer, rep} {
		if s := p.until("shares", sharing); s.Control || p.state().ControlAllowed {
			t.Errorf("%v: control without the right: %+v", p.cfg.Role, s)
		}
	}
}

func TestNothingToSee(t *testing.T) {
	r := newRelay(t)
	r.rights = nil
	customer, rep := start(t, r, Customer, nil), start(t, r, Rep, nil)
	customer.until("has words", worded)
	customer.Allow(Consent{See: true, Control: true})
	rep.until("is active", active)
	rep.Say("chat only")
	if s := customer.until("hears", heard("chat only")); s.Sharing || s.Phase != Active {
		t.Errorf("without rights: %+v", s)
	}
	if n := r.count(func(m *pb.ControlUp) bool { return m.GetSharing() != nil }); n != 0 {
		t.Errorf("sharing was told %d times", n)
	}
}

func TestAutoConsent(t *testing.T) {
	full, seeing := &Consent{See: true, Control: true}, &Consent{See: true}
	for _, tt := range []struct {
		name   string
		given  *Consent
		byLink bool
		rights []pb.Right
		want   *Consent
	}{
		{"typed", full, false, []pb.Right{pb.Right_RIGHT_SEE, pb.Right_RIGHT_CONTROL}, full},
		{"typed, fewer rights", full, false, []pb.Right{pb.Right_RIGHT_SEE}, full},
		{"seeing only", seeing, false, []pb.Right{pb.Right_RIGHT_SEE, pb.Right_RIGHT_CONTROL}, seeing},
		{"link, same rights", full, true, []pb.Right{pb.Right_RIGHT_SEE, pb.Right_RIGHT_CONTROL}, full},
		{"link, more rights", seeing, true, []pb.Right{pb.Right_RIGHT_SEE, pb.Right_RIGHT_CONTROL}, nil},
		{"link, fewer rights", full, true, []pb.Right{pb.Right_RIGHT_SEE}, nil},
		{"not given", nil, false, []pb.Right{pb.Right_RIGHT_SEE, pb.Right_RIGHT_CONTROL}, nil},
	} {
		t.Run(tt.name, func(t *testing.T) {
			r := newRelay(t)
			r.rights = tt.rights
			customer := start(t, r, Customer, func(c *Config) { c.AutoConsent, c.ByLink = tt.given, tt.byLink })
			if s := customer.until("entered", phase(Consenting)); s.Consent != nil {
				t.Fatalf("consented without anybody there: %+v", s.Consent)
			}
			rep := start(t, r, Rep, nil)
			rep.until("has words", worded)
			if tt.want != nil {
				s := customer.until("shares", sharing)
				if *s.Consent != *tt.want {
					t.Errorf("consent %+v, want %+v", *s.Consent, *tt.want)
				}
				return
			}
			rep.Say("hello")
			if s := customer.until("hears", heard("hello")); s.Consent != nil || s.Sharing {
				t.Errorf("consented: %+v", s)
			}
		})
	}
}

func TestRefusedEntry(t *testing.T) {
	for _, reason := range []fault.Reason{
		fault.SessionOver, fault.SessionUnknown, fault.Forbidden, fault.VersionsDiffer, fault.LoggedOut, fault.Invalid,
	} {
		t.Run(string(reason), func(t *testing.T) {
			r := newRelay(t)
			r.refuse = fault.New(reason, nil)
			customer := start(t, r, Customer, nil)
			if err := customer.over(); !fault.Is(err, reason) {
				t.Errorf("Run: %v", err)
			}
			if s := customer.Snapshot(); s.Phase != Over || s.Fault != reason {
				t.Errorf("snapshot: %+v", s)
			}
		})
	}
}

func TestWrongKeyIsFinal(t *testing.T) {
	r := newRelay(t)
	link := newPipe(r)
	link.err = fault.New(fault.WrongKey, nil)
	customer := start(t, r, Customer, func(c *Config) { c.Link = link })
	if err := customer.over(); !fault.Is(err, fault.WrongKey) {
		t.Errorf("Run: %v", err)
	}
}
