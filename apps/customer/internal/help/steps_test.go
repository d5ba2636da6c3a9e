package help

import (
	"slices"
	"testing"
	"time"

	"fyne.io/fyne/v2/test"

	"deskhand/apps/customer/internal/join"
	"deskhand/apps/internal/session"
	"deskhand/protocol/fault"
	"deskhand/protocol/seal"
)

func TestG02CodeIsTyped(t *testing.T) {
	g := newStage(t, false)
	g.w.ShowCode("", "")
	if g.w.window.Canvas().Focused() != g.w.code.field {
		t.Error("the code cannot be typed at once")
	}
	if g.w.code.next.Enabled() {
		t.Error("one can continue without a code")
	}
	test.Type(g.w.code.field, "563 773-09")
	g.tap(g.w.code.next)
	g.expect()
	test.Type(g.w.code.field, "6")
	g.tap(g.w.code.next)
	g.expect("join 563773096")
	if g.w.step != stepWait {
		t.Error("after Continue nothing says that something happens")
	}
}

func TestCodeIsPastedAndSubmitted(t *testing.T) {
	g := newStage(t, false)
	g.w.ShowCode("", "")
	g.w.code.field.Set("Your code: 563.773.096")
	g.w.code.field.OnSubmitted(g.w.code.field.Code())
	g.expect("join 563773096")
}

func TestM03CodeProblemsGoBackToTheCode(t *testing.T) {
	for _, reason := range []fault.Reason{fault.CodeUnknown, fault.CodeUsed, fault.CodeExpired, fault.TooManyAttempts} {
		t.Run(string(reason), func(t *testing.T) {
			g := newStage(t, false)
			g.w.ShowJoining(join.Snapshot{})
			g.w.ShowProblem("563773096", reason)
			if g.w.step != stepCode || g.w.code.field.Code() != "563773096" {
				t.Fatalf("step %d, code %q", g.w.step, g.w.code.field.Code())
			}
			if got, want := g.w.code.banner.Text(), "fault."+string(reason); got != want {
				t.Errorf("it says %q, want %q", got, want)
			}
			test.Type(g.w.code.field, "x")
			g.w.code.field.OnChanged("56377309")
			if g.w.code.banner.Text() != "" {
				t.Error("the message stays while another code is typed")
			}
		})
	}
}

func TestM16ProblemsSayWhatToDo(t *testing.T) {
	for reason, want := range map[fault.Reason]string{
		fault.WrongKey:       "customer.fault.wrong_key",
		fault.VersionsDiffer: "customer.fault.versions_differ",
		fault.Internal:       "customer.fault.internal",
		fault.Invalid:        "customer.fault.invalid",
		fault.NoRep:          "fault.no_rep",
		fault.QueryOver:      "fault.query_over",
	} {
		t.Run(string(reason), func(t *testing.T) {
			g := newStage(t, false)
			g.w.ShowJoining(join.Snapshot{Phase: join.Refused, Fault: reason})
			if g.w.step != stepProblem || g.w.problem.text.Text != want {
				t.Errorf("step %d says %q, want %q", g.w.step, g.w.problem.text.Text, want)
			}
			ways := buttons(g.w.window.Content())
			if want := []string{"customer.close", "customer.problem.code", "customer.problem.retry"}; !slices.Equal(ways, want) {
				t.Errorf("ways on %q, want %q", ways, want)
			}
		})
	}
}

func TestM16NoRelayIsKnown(t *testing.T) {
	for _, damaged := range []bool{false, true} {
		g := newStage(t, false)
		g.w.ShowNoRelay(damaged)
		if g.w.step != stepLost || !slices.Equal(buttons(g.w.window.Content()), []string{"customer.close"}) {
			t.Errorf("damaged %v: step %d with %q", damaged, g.w.step, buttons(g.w.window.Content()))
		}
	}
}

func TestWaiting(t *testing.T) {
	for _, tt := range []struct {
		name               string
		s                  join.Snapshot
		title, place, time string
		banner             string
	}{
		{"preparing", join.Snapshot{}, "customer.wait.preparing", "customer.wait.moment", "", ""},
		{"relay away", join.Snapshot{Fault: fault.CannotConnect}, "customer.wait.preparing", "customer.wait.moment", "", "customer.fault.cannot_connect"},
		{"somewhere", join.Snapshot{Phase: join.Waiting}, "customer.wait.title", "customer.wait.soon", "customer.wait.since[1:05]", ""},
		{"next", join.Snapshot{Phase: join.Waiting, Place: 1}, "customer.wait.title", "customer.wait.next", "customer.wait.since[1:05]", ""},
		{
			"third",
			join.Snapshot{Phase: join.Waiting, Place: 3, Expected: 4 * time.Minute},
			"customer.wait.title",
			"customer.wait.place[3]", "customer.wait.since[1:05] customer.wait.expected[4]", "",
		},
	} {
		t.Run(tt.name, func(t *testing.T) {
			g := newStage(t, false)
			g.w.ShowJoining(tt.s)
			g.now = g.now.Add(65*time.Second + 300*time.Millisecond)
			g.w.ShowJoining(tt.s)
			p := g.w.waiting
			if p.title.Text != tt.title || p.place.Text != tt.place || p.banner.Text() != tt.banner {
				t.Errorf("%q, %q, %q", p.title.Text, p.place.Text, p.banner.Text())
			}
			if p.time.Text() != tt.time || p.time.Visible() != (tt.time != "") {
				t.Errorf("time %q, want %q", p.time.Text(), tt.time)
			}
			g.tap(p.cancel)
			g.expect("cancel")
			if g.w.step != stepCode {
				t.Error("Cancel does not lead to the code")
			}
		})
	}
}

func TestConsentIsAsked(t *testing.T) {
	g := newStage(t, false)
	g.show(consenting())
	p := g.w.consent
	if p.title.Text != "customer.consent.title_company[Ana Ruiz Contoso]" || p.able.Text != "customer.consent.able[Ana Ruiz]" {
		t.Errorf("%q, %q", p.title.Text, p.able.Text)
	}
	if g.w.window.Canvas().Focused() != nil {
		t.Error("a key press could give consent by accident")
	}
	g.tap(p.allow)
	g.expect("allow {true true}")
	p.control.SetChecked(false)
	g.tap(p.allow)
	g.expect("allow {true false}")
	p.see.SetChecked(false)
	if !p.control.Disabled() || p.banner.Text() == "" {
		t.Error("control can be had without the screen")
	}
	g.tap(p.allow)
	g.expect()
	g.tap(p.notNow)
	g.expect("not now")
}

func TestConsentNeedsWords(t *testing.T) {
	g := newStage(t, false)
	early := consenting()
	early.Words = seal.Words{}
	g.show(early)
	g.tap(g.w.consent.allow)
	g.expect()
	g.show(consenting())
	g.tap(g.w.consent.allow)
	g.expect("allow {true true}")
}

func TestConsentAsksForRightsOnly(t *testing.T) {
	for _, tt := range []struct {
		name         string
		rights       session.Rights
		see, control bool
		want         string
	}{
		{"all", session.Rights{See: true, Control: true}, true, true, "allow {true true}"},
		{"see", session.Rights{See: true}, true, false, "allow {true false}"},
		{"chat only", session.Rights{}, false, false, "allow {true false}"},
		{"control without see", session.Rights{Control: true}, false, false, "allow {true false}"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			g := newStage(t, false)
			s := consenting()
			s.Rights = tt.rights
			g.show(s)
			p := g.w.consent
			if p.see.Visible() != tt.see || p.control.Visible() != tt.control {
				t.Errorf("boxes: see %v, control %v", p.see.Visible(), p.control.Visible())
			}
			g.tap(p.allow)
			g.expect(tt.want)
		})
	}
}

func TestConsentTicksStayWhileNewsComes(t *testing.T) {
	g := newStage(t, false)
	g.show(consenting())
	g.w.consent.control.SetChecked(false)
	news := consenting()
	news.Delay = time.Second
	g.show(news)
	g.tap(g.w.consent.allow)
	g.expect("allow {true false}")
}

func TestNoConsentWhileTheConnectionIsLost(t *testing.T) {
	g := newStage(t, false)
	g.show(consenting())
	away := consenting()
	away.Phase = session.Lost
	g.show(away)
	g.tap(g.w.consent.allow)
	g.expect()
}

func TestOverSaysWhoEndedIt(t *testing.T) {
	for _, tt := range []struct {
		name  string
		cause session.Cause
		by    string
		fault fault.Reason
		want  string
	}{
		{"customer", session.CustomerEnded, "Jo", "", "customer.over.you"},
		{"left", session.YouLeft, "", "", "customer.over.you"},
		{"rep", session.RepEnded, "Ana", "", "customer.over.rep[Ana]"},
		{"some rep", session.RepEnded, "", "", "customer.over.rep[Ana Ruiz]"},
		{"not now", session.NotConsented, "", "", "customer.over.not_now"},
		{"lost", session.CustomerLost, "", "", "customer.over.lost"},
		{"relay", session.RelayStopped, "", "", "customer.over.stopped"},
		{"seal", session.CauseNone, "", fault.SealBroken, "fault.seal_broken"},
		{"unknown", session.CauseNone, "", "", "customer.over.ended"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			g := newStage(t, false)
			g.show(talking())
			s := talking(stopped)
			s.Phase, s.EndCause, s.EndedBy, s.Fault = session.Over, tt.cause, tt.by, tt.fault
			g.show(s)
			if g.w.step != stepOver || g.w.over.title.Text != tt.want {
				t.Errorf("step %d says %q, want %q", g.w.step, g.w.over.title.Text, tt.want)
			}
			if want := []string{"customer.over.again", "customer.close"}; !slices.Equal(buttons(g.w.window.Content()), want) {
				t.Errorf("buttons %q", buttons(g.w.window.Content()))
			}
		})
	}
}

func TestJoinAgain(t *testing.T) {
	g := newStage(t, false)
	s := talking(stopped)
	s.Phase = session.Over
	g.show(s)
	g.w.again()
	g.expect("cancel")
	if g.w.step != stepCode || g.w.code.field.Code() != "" {
		t.Error("one cannot join with another code")
	}
}

func TestCloseButtonOfTheWindow(t *testing.T) {
	for _, tt := range []struct {
		name string
		to   func(*stage)
		want []string
	}{
		{"code", func(g *stage) { g.w.ShowCode("", "") }, []string{"quit"}},
		{"waiting", func(g *stage) { g.w.ShowJoining(join.Snapshot{Phase: join.Waiting}) }, []string{"quit"}},
		{"consent", func(g *stage) { g.show(consenting()) }, []string{"not now", "quit"}},
		{"session: asks first", func(g *stage) { g.show(talking()) }, nil},
		{"over", func(g *stage) { s := talking(stopped); s.Phase = session.Over; g.show(s) }, []string{"quit"}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			g := newStage(t, false)
			tt.to(g)
			g.w.onClose()
			g.expect(tt.want...)
		})
	}
}
