package help

import (
	"slices"
	"testing"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/test"
	fynetheme "fyne.io/fyne/v2/theme"

	"deskhand/apps/internal/session"
	"deskhand/protocol/fault"
	"deskhand/protocol/seal"
	"deskhand/ui/lang"
	"deskhand/ui/theme"
)

func TestG03Toolbar(t *testing.T) {
	g := newStage(t, true)
	g.show(talking())
	want := []string{"customer.talk.stop", "customer.talk.chat", "customer.talk.end"}
	if got := buttons(g.w.window.Content()); !slices.Equal(got, want) {
		t.Errorf("buttons %q, want %q", got, want)
	}
}

func TestC07StatusPanel(t *testing.T) {
	for _, tt := range []struct {
		name    string
		s       session.Snapshot
		yellow  bool
		text    string
		toolbar string
	}{
		{"control", talking(), true, "customer.status.control[Ana Ruiz]", "customer.talk.seen[Ana Ruiz]"},
		{"see", talking(seeOnly), true, "customer.status.see[Ana Ruiz]", "customer.talk.seen[Ana Ruiz]"},
		{"stopped", talking(stopped), false, "customer.status.none", "customer.talk.unseen"},
		{"lost", talking(lost), false, "customer.status.lost", "customer.talk.lost"},
		{"asked while seen", talking(seeOnly, asked), false, "customer.status.held", "customer.talk.held"},
		{"asked while not seen", talking(stopped, asked), false, "customer.status.none", "customer.talk.unseen"},
		{"ending", talking(stopped, func(s *session.Snapshot) { s.Ending = true }), false, "customer.status.none", "customer.talk.ending"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			for _, compact := range []bool{false, true} {
				g := newStage(t, compact)
				g.show(talking())
				g.show(tt.s)
				p := g.w.talk
				if p.status.Sharing() != tt.yellow || p.status.Text() != tt.text || p.seen.Text != tt.toolbar {
					t.Errorf("compact %v: yellow %v, %q, toolbar %q", compact, p.status.Sharing(), p.status.Text(), p.seen.Text)
				}
				if !slices.Contains(visible(g.w.window.Content()), fyne.CanvasObject(p.status)) {
					t.Errorf("compact %v: the panel is not visible", compact)
				}
			}
		})
	}
}

func TestG05StopAndAsk(t *testing.T) {
	for _, yes := range []bool{true, false} {
		g := newStage(t, false)
		g.show(talking())
		g.tap(g.w.talk.stop)
		g.expect("stop")
		g.show(talking(stopped))
		if g.w.talk.stop.Enabled() {
			t.Error("the button is not grey")
		}
		g.tap(g.w.talk.stop)
		g.expect()

		g.show(talking(stopped, asked))
		p := g.w.talk
		if !p.ask.body.Visible() || p.ask.text.Text != "customer.ask.see[Ana Ruiz]" || !g.held {
			t.Fatalf("the question %q, held %v", p.ask.text.Text, g.held)
		}
		if yes {
			g.tap(p.ask.yes)
			g.expect("answer true")
		} else {
			g.tap(p.ask.no)
			g.expect("answer false")
		}
		if p.ask.body.Visible() || g.held {
			t.Error("the question stays after the answer")
		}
	}
}

func TestCC02NoStart(t *testing.T) {
	g := newStage(t, false)
	g.show(talking(stopped))
	want := []string{"customer.talk.chat", "customer.talk.end", "customer.talk.send", "customer.talk.stop"}
	if got := slices.Sorted(slices.Values(buttons(g.w.window.Content()))); !slices.Equal(got, want) {
		t.Errorf("buttons %q, want %q", got, want)
	}
	if g.w.talk.stop.Enabled() {
		t.Error("Stop is available while nothing is shared")
	}
}

func TestAskedAgainAfterNo(t *testing.T) {
	line := func(seq uint64) func(*session.Snapshot) {
		return func(s *session.Snapshot) {
			s.Chat = append(slices.Clone(s.Chat), session.Line{Seq: seq, Name: "Ana Ruiz", Status: session.LineSharingAsked})
		}
	}
	g := newStage(t, false)
	g.show(talking(stopped, asked, line(7)))
	g.tap(g.w.talk.ask.no)
	g.expect("answer false")
	g.show(talking(stopped, asked, line(7)))
	if g.w.talk.ask.body.Visible() {
		t.Error("an answered question comes back")
	}
	g.show(talking(stopped, asked, line(7), line(9)))
	if !g.w.talk.ask.body.Visible() {
		t.Error("the rep's next question is not shown")
	}
}

func TestAskedForControlSaysSo(t *testing.T) {
	g := newStage(t, false)
	g.show(talking(seeOnly, asked, func(s *session.Snapshot) { s.AskedControl = true }))
	if got := g.w.talk.ask.text.Text; got != "customer.ask.control[Ana Ruiz]" {
		t.Errorf("it asks %q", got)
	}
}

// A rep who can use the mouse cannot have a press of it counted as the answer.
func TestInputOnItsWayIsNoAnswer(t *testing.T) {
	g := newStage(t, false)
	g.show(talking())
	g.show(talking(asked))
	if !g.held {
		t.Fatal("the rep can press Yes")
	}
	g.tap(g.w.talk.ask.yes)
	g.tap(g.w.talk.ask.no)
	g.expect()
	g.now = g.now.Add(grace)
	g.w.talk.ask.unlock() // what the animation does
	g.tap(g.w.talk.ask.yes)
	g.expect("answer true")
}

// A question that grows to mouse and keyboard under the person's hand cannot be answered before it can have been read,
// and an answer to what the question no longer is counts for nothing.
func TestGrownQuestionIsRead(t *testing.T) {
	control := func(s *session.Snapshot) { s.AskedControl = true }
	g := newStage(t, false)
	g.show(talking(stopped, asked))
	g.s = talking(stopped, asked, control) // the window has not been told yet
	g.tap(g.w.talk.ask.yes)
	g.expect()
	if got := g.w.talk.ask.text.Text; got != "customer.ask.control[Ana Ruiz]" {
		t.Errorf("it asks %q", got)
	}
	g.tap(g.w.talk.ask.yes)
	g.expect()
	g.now = g.now.Add(grace)
	g.w.talk.ask.unlock() // what the animation does
	g.tap(g.w.talk.ask.yes)
	g.expect("answer true")
}

// Everybody who can open what this machine seals has words of their own; none of them may stay unseen.
func TestWordsOfEveryRep(t *testing.T) {
	both := func(s *session.Snapshot) {
		s.Attendees = []session.Attendee{
			{ID: 1, Name: "Jo Brandt", Role: session.Customer},
			{ID: 2, Name: "Ana Ruiz", Role: session.Rep, Words: s.Words},
			{ID: 3, Name: "Ben", Role: session.Rep, Words: seal.Words{"cold", "tiger", "lamp"}},
			{ID: 4, Name: "Cy", Role: session.Rep},
		}
	}
	one := func(s *session.Snapshot) { both(s); s.Attendees = s.Attendees[:2] }
	for _, tt := range []struct {
		name string
		more func(*session.Snapshot)
		want string
	}{
		{"one rep", one, "amber river nine"},
		{"two", both, "Ana Ruiz: amber river nine · Ben: cold tiger lamp"},
	} {
		if got := words(talking(tt.more)); got != tt.want {
			t.Errorf("%s: the words are %q, want %q", tt.name, got, tt.want)
		}
	}
}

func TestG11EndAsksAndCC04Pauses(t *testing.T) {
	for _, open := range []struct {
		name string
		end  func(*stage)
	}{
		{"End", func(g *stage) { g.tap(g.w.talk.end) }},
		{"close button", func(g *stage) { g.w.onClose() }},
	} {
		t.Run(open.name, func(t *testing.T) {
			g := newStage(t, false)
			g.show(talking(seeOnly))
			open.end(g)
			p := g.w.talk
			if p.ask.text.Text != "customer.ask.end[Ana Ruiz]" || !g.held || p.status.Sharing() {
				t.Fatalf("question %q, held %v, yellow %v", p.ask.text.Text, g.held, p.status.Sharing())
			}
			g.tap(p.ask.no)
			g.expect()
			if p.ask.body.Visible() || g.held || !p.status.Sharing() {
				t.Error("No does not resume")
			}
			open.end(g)
			g.tap(p.ask.yes)
			g.expect("end 0")
			ending := talking(stopped, func(s *session.Snapshot) { s.Ending = true })
			g.show(ending)
			if p.ask.body.Visible() || p.end.Enabled() || p.send.Enabled() {
				t.Error("one can go on while the session ends")
			}
		})
	}
}

func TestEndComesBeforeTheRepsQuestion(t *testing.T) {
	g := newStage(t, false)
	g.show(talking(stopped, asked))
	g.tap(g.w.talk.end)
	if got := g.w.talk.ask.text.Text; got != "customer.ask.end[Ana Ruiz]" {
		t.Errorf("it asks %q", got)
	}
	g.tap(g.w.talk.ask.no)
	if got := g.w.talk.ask.text.Text; got != "customer.ask.see[Ana Ruiz]" || !g.held {
		t.Errorf("then it asks %q, held %v", got, g.held)
	}
}

func TestHoldEndsWithTheSession(t *testing.T) {
	g := newStage(t, false)
	g.show(talking(asked))
	over := talking(stopped)
	over.Phase = session.Over
	g.show(over)
	if g.held {
		t.Error("the next session would be held back")
	}
}

func TestFeatureFaultsAreTold(t *testing.T) {
	g := newStage(t, false)
	s := talking(stopped)
	s.FeatureFaults = map[string]fault.Reason{"share": fault.ScreenUnavailable}
	g.show(s)
	if got := g.w.talk.banner.Text(); got != "fault.screen_unavailable" {
		t.Errorf("the banner says %q", got)
	}
	g.show(talking(lost))
	if got := g.w.talk.banner.Text(); got != "customer.talk.reconnecting" {
		t.Errorf("the banner says %q", got)
	}
	g.show(talking())
	if got := g.w.talk.banner.Text(); got != "" {
		t.Errorf("the banner still says %q", got)
	}
}

func TestAnotherSessionStartsAnew(t *testing.T) {
	g := newStage(t, false)
	g.show(talking(said(3, "old")))
	first := g.w.talk
	other := newStage(t, false)
	other.s = talking()
	g.w.ShowSession(helped{other})
	if g.w.talk == first || g.w.talk.log.Lines() != 0 {
		t.Error("the chat of another session is shown")
	}
}

// TestC07SentenceFits: who sees the screen is said whole, in every language, at the name of an ordinary length.
func TestC07SentenceFits(t *testing.T) {
	test.NewTempApp(t).Settings().SetTheme(theme.New(theme.Options{Customer: true}))
	size := fyne.CurrentApp().Settings().Theme().Size(fynetheme.SizeNameText)
	for _, l := range lang.Languages() {
		texts := lang.New(l.Code)
		for _, sentence := range []string{
			texts.T("customer.talk.seen", "Ana Ruiz"), texts.T("customer.talk.unseen"), texts.T("customer.talk.held"),
			texts.T("customer.talk.lost"), texts.T("customer.talk.ending"),
		} {
			wide := fyne.MeasureText(sentence, size, fyne.TextStyle{Bold: true}).Width
			if room := seenWidth - 2*theme.Space2; wide > room {
				t.Errorf("%s: %q takes %.0f of %.0f", l.Code, sentence, wide, room)
			}
		}
	}
}

func TestTrayHidesTheWindowUntilSomethingIsSaid(t *testing.T) {
	s := newStage(t, true)
	s.w.cfg.Tray = true
	s.w.hidden = true // what hide does where there is a tray; Fyne's test driver has none
	s.s.Consent = &session.Consent{See: true}
	s.show(s.s)
	if !s.w.hidden {
		t.Fatal("the window is shown, though nothing is asked or said")
	}
	s.s.Chat = append(s.s.Chat, session.Line{Seq: 99, Name: "Ana", Text: "Hello", Status: session.Said})
	s.show(s.s)
	if s.w.hidden {
		t.Error("a message of the rep does not show the window")
	}
}
