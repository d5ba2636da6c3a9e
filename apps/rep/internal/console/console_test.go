package console

import (
	"slices"
	"strings"
	"testing"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/test"

	"deskhand/apps/internal/prefs"
	"deskhand/apps/internal/session"
	"deskhand/apps/rep/internal/desk"
)

func TestLV03Menus(t *testing.T) {
	r := newRig(t)
	r.open(r.snapshot())
	var got []string
	for _, m := range r.list.window.MainMenu().Items {
		got = append(got, m.Label)
	}
	if want := []string{"File", "Options", "View", "Codes", "Help"}; !slices.Equal(got, want) {
		t.Errorf("menus %v, want %v", got, want)
	}
	if title := r.list.window.Title(); title != "Deskhand – Ana Ruiz" {
		t.Errorf("title %q", title)
	}
}

func TestLV02PanesToggleAndPersist(t *testing.T) {
	r := newRig(t)
	r.open(r.snapshot())
	for i := range 4 {
		r.list.togglePane(i)
	}
	if got := r.cfg.Prefs.Get().Panes; got != (prefs.Panes{}) {
		t.Errorf("panes %+v are still shown", got)
	}
	r.list.togglePane(2)
	if got := r.cfg.Prefs.Get().Panes; got != (prefs.Panes{History: true}) {
		t.Errorf("panes %+v", got)
	}
}

func TestLV04CodesOnlyForPhoneReps(t *testing.T) {
	r := newRig(t)
	s := r.snapshot()
	r.open(s)
	if !r.list.codes.Visible() {
		t.Error("a rep with a phone portal has no Code Management")
	}
	s.Portals = s.Portals[:1]
	r.ShowDesk(s)
	if r.list.codes.Visible() || !r.list.menuCodes.Disabled {
		t.Error("a rep without a phone portal has Code Management")
	}
}

func TestLV05Availability(t *testing.T) {
	r := newRig(t)
	r.open(r.snapshot())
	r.list.availability.OnChange(false)
	r.toggleAvailable()
	if want := []string{"available no", "available no"}; !slices.Equal(r.desk.calls, want) {
		t.Errorf("asked %v, want %v", r.desk.calls, want)
	}
}

func active(id string) session.Snapshot {
	return session.Snapshot{
		ID: id, Role: session.Rep, Phase: session.Active, You: 2, CustomerName: "Jo Brandt",
		Rights: session.Rights{See: true, Control: true}, Attendees: []session.Attendee{{ID: 1, Name: "Jo Brandt", Role: session.Customer}},
		Chat: []session.Line{{Seq: 1, Status: session.LineJoined, Name: "Jo Brandt"}, {Seq: 2, From: 1, Name: "Jo Brandt", Text: "hello"}},
	}
}

func TestC05ChatBoxOpensByItself(t *testing.T) {
	r := newRig(t)
	r.open(r.snapshot())
	a, s := r.hall.add(active("482113907"))
	r.ShowSession(a)
	if r.chat == nil || r.chat.selected != "482113907" || !slices.Contains(titles(r.cfg.App), "Chat Box – Jo Brandt") {
		t.Fatalf("windows %v", titles(r.cfg.App))
	}
	if len(r.viewers) != 0 {
		t.Error("a Viewer opened although nothing is shared")
	}
	if got := r.chat.log.Lines(); got != 2 {
		t.Errorf("%d lines in the log", got)
	}
	s.snap.Sharing = true
	r.ShowSession(a)
	if len(r.viewers) != 1 {
		t.Error("no Viewer although the screen is shared")
	}
	r.toggleViewer(a.ID)
	r.ShowSession(a)
	if len(r.viewers) != 0 {
		t.Error("the Viewer came back after the rep had closed it")
	}
}

func TestRC03SendByButtonAndEnter(t *testing.T) {
	r := newRig(t)
	r.open(r.snapshot())
	a, s := r.hall.add(active("482113907"))
	r.ShowSession(a)
	test.Type(r.chat.entry, "may I see your screen?")
	test.Tap(r.chat.send)
	r.chat.entry.SetText("now?")
	r.chat.entry.TypedKey(&fyne.KeyEvent{Name: fyne.KeyReturn})
	if want := []string{"say may I see your screen?", "say now?"}; !slices.Equal(s.calls, want) {
		t.Errorf("said %v, want %v", s.calls, want)
	}
}

func TestRC11TabsTellHowLongAgoTheRepWrote(t *testing.T) {
	for _, tt := range []struct {
		since time.Duration
		want  int
	}{{0, 0}, {59 * time.Second, 0}, {60 * time.Second, 1}, {180 * time.Second, 2}} {
		if got := mood(tt.since); int(got) != tt.want {
			t.Errorf("after %v mood %d, want %d", tt.since, got, tt.want)
		}
	}
}

func TestV16AskingAgainForTheScreen(t *testing.T) {
	r := newRig(t)
	r.open(r.snapshot())
	a, s := r.hall.add(active("482113907"))
	r.ShowSession(a)
	for _, item := range r.chat.screenMenu().Items {
		item.Action()
	}
	if want := []string{"ask", "ask control"}; !slices.Equal(s.calls, want) {
		t.Errorf("asked %v, want %v", s.calls, want)
	}
	s.snap.Rights = session.Rights{}
	r.ShowSession(a)
	if r.chat.screen.Enabled() {
		t.Error("the screen can be asked for without the right")
	}
}

func TestE01OverIsShownAndCanBeDismissed(t *testing.T) {
	r := newRig(t)
	r.open(r.snapshot())
	a, s := r.hall.add(active("482113907"))
	r.ShowSession(a)
	s.snap.Phase, s.snap.EndCause = session.Over, session.CustomerEnded
	r.ShowSession(a)
	if got := r.chat.banner.Text(); !strings.Contains(got, "Jo Brandt ended the session") {
		t.Errorf("says %q", got)
	}
	if r.chat.send.Enabled() {
		t.Error("one can still write")
	}
	r.dismiss(a.ID)
	if r.chat != nil || len(r.hall.in) != 0 {
		t.Error("the session is still there")
	}
}

func TestLanguageChangesWithoutARestart(t *testing.T) {
	r := newRig(t)
	r.open(r.snapshot())
	a, _ := r.hall.add(active("482113907"))
	r.ShowSession(a)
	r.openCodes()
	for _, code := range []string{"es", "fr", "it", "pt-BR", "de", "en"} {
		if err := r.cfg.Prefs.Update(t.Context(), func(s *prefs.Settings) { s.Language = code }); err != nil {
			t.Fatal(err)
		}
		r.Restyle()
		if r.t.Code() != code {
			t.Errorf("language %q, want %q", r.t.Code(), code)
		}
	}
}

func TestLV02HistoryStatistics(t *testing.T) {
	r := newRig(t)
	s := r.snapshot()
	joined := r.now.Add(-time.Hour)
	s.History = []desk.Session{
		{ID: "100000001", StartedAt: joined, JoinedAt: joined, EndedAt: joined.Add(10 * time.Minute), Outcome: session.Resolved},
		{ID: "100000002", StartedAt: joined, JoinedAt: joined, EndedAt: joined.Add(5 * time.Minute)},
		{ID: "100000003", StartedAt: joined.AddDate(0, 0, -1), JoinedAt: joined, EndedAt: joined.Add(time.Hour), Outcome: session.Resolved},
	}
	r.open(s)
	if got, want := r.list.stats.Text, "Today 2 · resolved 1 · average 7:30"; got != want {
		t.Errorf("says %q, want %q", got, want)
	}
}
