package console

import (
	"context"
	"errors"
	"image"
	"log/slog"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/test"

	"deskhand/apps/internal/control"
	"deskhand/apps/internal/prefs"
	"deskhand/apps/internal/session"
	"deskhand/apps/internal/uithread"
	"deskhand/apps/internal/watch"
	"deskhand/apps/rep/internal/attend"
	"deskhand/apps/rep/internal/desk"
	"deskhand/icons"
	"deskhand/protocol/fault"
)

// fakeDesk records what the windows ask for. Its work runs at once, on the caller.
type fakeDesk struct {
	calls []string
	fails error
}

func (f *fakeDesk) Do(work func(ctx context.Context) error, done func(error)) {
	err := work(context.Background())
	if done != nil {
		done(err)
	}
}

func (f *fakeDesk) note(call ...string) error {
	f.calls = append(f.calls, strings.Join(call, " "))
	return f.fails
}

func (f *fakeDesk) SetAvailable(on bool) {
	_ = f.note("available", map[bool]string{true: "yes", false: "no"}[on])
}
func (f *fakeDesk) Accept(_ context.Context, id string) error  { return f.note("accept", id) }
func (f *fakeDesk) Decline(_ context.Context, id string) error { return f.note("decline", id) }
func (f *fakeDesk) CreateCode(_ context.Context, name, slug string) (desk.Code, error) {
	return desk.Code{Code: "563773096", Name: name}, f.note("code", name, slug)
}

func (f *fakeDesk) CancelCode(_ context.Context, code string) error { return f.note("cancel", code) }

func (f *fakeDesk) Search(_ context.Context, text string) ([]desk.Session, error) {
	return []desk.Session{{ID: "111222333", Customer: "R. Sato"}}, f.note("search", text)
}
func (f *fakeDesk) More(context.Context) error { return f.note("more") }
func (f *fakeDesk) Transcript(_ context.Context, id string) ([]session.Line, error) {
	return nil, f.note("transcript", id)
}
func (f *fakeDesk) Logout(context.Context) error { return f.note("logout") }

// fakeSession is a session that a test writes.
type fakeSession struct {
	snap  session.Snapshot
	calls []string
}

func (f *fakeSession) Snapshot() session.Snapshot { return f.snap }
func (f *fakeSession) Say(text string)            { f.calls = append(f.calls, "say "+text) }
func (f *fakeSession) SetTyping(bool)             {}
func (f *fakeSession) AskSharing(control bool) {
	f.calls = append(f.calls, map[bool]string{true: "ask control", false: "ask"}[control])
}

func (f *fakeSession) End(_ session.Outcome, notes string) {
	f.calls = append(f.calls, "end "+notes)
}
func (f *fakeSession) Leave() { f.calls = append(f.calls, "leave") }

// fakeHall is the sessions that a test puts there.
type fakeHall struct{ in []*attend.Attended }

func (f *fakeHall) All() []*attend.Attended { return slices.Clone(f.in) }
func (f *fakeHall) Find(id string) *attend.Attended {
	for _, a := range f.in {
		if a.ID == id {
			return a
		}
	}
	return nil
}

func (f *fakeHall) Dismiss(id string) {
	f.in = slices.DeleteFunc(f.in, func(a *attend.Attended) bool { return a.ID == id })
}

func (f *fakeHall) add(snap session.Snapshot) (*attend.Attended, *fakeSession) {
	s := &fakeSession{snap: snap}
	a := &attend.Attended{ID: snap.ID, Session: s, Picture: watch.New(slog.New(slog.DiscardHandler)).Picture(), Sender: control.NewSender()}
	f.in = append(f.in, a)
	return a, s
}

// rig is a console with fakes around it.
type rig struct {
	*Console
	desk  *fakeDesk
	hall  *fakeHall
	queue *uithread.Queue
	now   time.Time
	login func(c Credentials) error
}

func newRig(t *testing.T) *rig {
	t.Helper()
	r := &rig{desk: &fakeDesk{}, hall: &fakeHall{}, queue: &uithread.Queue{}, now: time.Date(2026, 11, 22, 10, 41, 0, 0, time.UTC)}
	logger := slog.New(slog.DiscardHandler)
	r.Console = New(Config{
		App: test.NewTempApp(t), Life: t.Context(), Post: r.queue.Post, Logger: logger, Clock: func() time.Time { return r.now },
		Prefs:    prefs.Open(filepath.Join(t.TempDir(), "rep.json"), logger),
		Language: func(p string) string { return map[bool]string{true: "en", false: p}[p == ""] },
		WorkArea: func() (image.Rectangle, error) { return image.Rect(0, 0, 1600, 900), nil },
		Login:    func(c Credentials, done func(error)) { done(r.login(c)) },
		Quit:     func() {},
	})
	return r
}

func (r *rig) open(s desk.Snapshot) { r.Open(r.desk, r.hall, s) }

// snapshot is a desk with two queries, a phone portal and a posting.
func (r *rig) snapshot() desk.Snapshot {
	return desk.Snapshot{
		Rep: desk.Rep{Name: "Ana Ruiz"}, Connected: true, Available: true, MaxCodes: 8,
		Portals: []desk.Portal{{Slug: "help", Name: "Help", Mode: desk.ModeWeb}, {Slug: "join", Name: "Phone", Mode: desk.ModePhone}},
		Queries: []desk.Query{
			{ID: "482113907", Portal: "Billing", Customer: "Jo Brandt", Question: "Printer prints blank pages", Language: "de", PostedAt: r.now.Add(-time.Minute), ExpiresAt: r.now.Add(4 * time.Minute)},
			{ID: "771020356", Portal: "Web shop", PostedAt: r.now, ExpiresAt: r.now.Add(5 * time.Minute)},
		},
		Postings: []desk.Posting{{ID: "482113907", Portal: "Billing", Customer: "Jo Brandt", Question: "Printer", PostedAt: r.now, ExpiresAt: r.now.Add(4 * time.Minute)}},
	}
}

func titles(app fyne.App) []string {
	var all []string
	for _, w := range app.Driver().AllWindows() {
		all = append(all, w.Title())
	}
	return all
}

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

func TestA02AlertFadesAndRowStays(t *testing.T) {
	r := newRig(t)
	s := r.snapshot()
	r.open(s)
	if len(r.alerts.open) != 1 || !slices.Contains(titles(r.cfg.App), "Query · Billing") {
		t.Fatalf("alerts %d, windows %v", len(r.alerts.open), titles(r.cfg.App))
	}
	r.now = r.now.Add(29 * time.Second)
	r.Tick()
	if len(r.alerts.open) != 1 {
		t.Error("the alert is gone after 29 s")
	}
	r.now = r.now.Add(time.Second)
	r.Tick()
	if len(r.alerts.open) != 0 {
		t.Error("the alert is still there after 30 s")
	}
	r.ShowDesk(s)
	if len(r.alerts.open) != 0 || len(r.last.Queries) != 2 {
		t.Error("the alert came back, or the row went")
	}
}

func TestA05YesAcceptsAndClosesOnAllReps(t *testing.T) {
	r := newRig(t)
	s := r.snapshot()
	r.open(s)
	test.Tap(r.alerts.open[0].content.Yes())
	if !slices.Equal(r.desk.calls, []string{"accept 482113907"}) || len(r.alerts.open) != 0 {
		t.Errorf("asked %v, %d alerts", r.desk.calls, len(r.alerts.open))
	}
	other := newRig(t)
	other.open(s)
	s.Postings = nil // another rep was first
	other.ShowDesk(s)
	if len(other.alerts.open) != 0 {
		t.Error("the alert stays although another rep has answered")
	}
}

func TestA05NoDeclines(t *testing.T) {
	r := newRig(t)
	r.open(r.snapshot())
	test.Tap(r.alerts.open[0].content.No())
	if !slices.Equal(r.desk.calls, []string{"decline 482113907"}) {
		t.Errorf("asked %v", r.desk.calls)
	}
}

func TestA08AlertsDoNotOverlap(t *testing.T) {
	r := newRig(t)
	s := r.snapshot()
	for _, id := range []string{"100000001", "100000002"} {
		p := s.Postings[0]
		p.ID = id
		s.Postings = append(s.Postings, p)
	}
	r.open(s)
	if len(r.alerts.open) != 3 {
		t.Fatalf("%d alerts", len(r.alerts.open))
	}
	for _, tt := range []struct {
		name  string
		area  image.Rectangle
		scale float32
		fit   int // so many fit
	}{
		{"one display", image.Rect(0, 0, 1600, 900), 1, 16},
		{"second display, large", image.Rect(1920, 40, 3840, 1080), 1.5, 9},
		{"small", image.Rect(0, 0, 800, 600), 1, 6},
	} {
		t.Run(tt.name, func(t *testing.T) {
			var before []image.Rectangle
			for i := range tt.fit {
				at := alertPlace(tt.area, tt.scale, i)
				if !at.In(tt.area) {
					t.Errorf("alert %d at %v is outside %v", i, at, tt.area)
				}
				for j, other := range before {
					if at.Overlaps(other) {
						t.Errorf("alerts %d and %d overlap: %v, %v", i, j, at, other)
					}
				}
				before = append(before, at)
			}
		})
	}
}

func TestAcceptTakesTheNextQueryOnce(t *testing.T) {
	r := newRig(t)
	r.cfg.Accept = true
	s := r.snapshot()
	r.open(s)
	r.ShowDesk(s)
	if !slices.Equal(r.desk.calls, []string{"accept 482113907"}) {
		t.Errorf("asked %v", r.desk.calls)
	}
}

func TestL01LoginFaultsHaveTheirOwnMessages(t *testing.T) {
	for _, tt := range []struct {
		reason fault.Reason
		want   string
	}{
		{fault.InvalidPassword, "Invalid password"},
		{fault.AccountInactive, "not activated"},
		{fault.CannotConnect, "Cannot connect to server"},
		{fault.WrongKey, "key"},
	} {
		t.Run(string(tt.reason), func(t *testing.T) {
			r := newRig(t)
			var asked Credentials
			r.login = func(c Credentials) error { asked = c; return fault.New(tt.reason, errors.New("x")) }
			r.ShowLogin(Credentials{Relay: "relay:443", Login: "ana@contoso.example"}, "")
			test.Type(r.Console.login.pass, "secret")
			test.Tap(r.Console.login.enter)
			r.queue.Drain()
			if got := r.Console.login.banner.Text(); !strings.Contains(got, tt.want) {
				t.Errorf("says %q, want %q", got, tt.want)
			}
			if asked.Relay != "relay:443" || asked.Login != "ana@contoso.example" || asked.Password != "secret" {
				t.Errorf("asked with %+v", asked)
			}
		})
	}
}

func TestLoginAsksForWhatIsMissing(t *testing.T) {
	r := newRig(t)
	r.login = func(Credentials) error { t.Error("logged in without a password"); return nil }
	r.ShowLogin(Credentials{Relay: "relay:443", Login: "ana"}, "")
	test.Tap(r.Console.login.enter)
	if got := r.Console.login.banner.Text(); !strings.Contains(got, "password") {
		t.Errorf("says %q", got)
	}
}

func TestCM03CreateCode(t *testing.T) {
	r := newRig(t)
	s := r.snapshot()
	r.open(s)
	r.openCodes()
	test.Tap(r.codes.create)
	if got := r.codes.banner.Text(); !strings.Contains(got, "name") || len(r.desk.calls) != 0 {
		t.Errorf("without a name: says %q, asked %v", got, r.desk.calls)
	}
	test.Type(r.codes.name, "Jo Brandt")
	test.Tap(r.codes.create)
	r.queue.Drain()
	if !slices.Equal(r.desk.calls, []string{"code Jo Brandt join"}) {
		t.Errorf("asked %v", r.desk.calls)
	}
	r.desk.fails = fault.New(fault.NameInUse, nil)
	test.Type(r.codes.name, "Jo Brandt")
	test.Tap(r.codes.create)
	r.queue.Drain()
	if got := r.codes.banner.Text(); !strings.Contains(got, "name") {
		t.Errorf("a name in use: says %q", got)
	}
}

func TestCM05NinthCodeIsRefusedWithTheReason(t *testing.T) {
	r := newRig(t)
	s := r.snapshot()
	s.MaxCodes = 1
	s.Codes = []desk.Code{{Code: "563773096", Name: "Jo", Portal: "Phone", CreatedAt: r.now, ExpiresAt: r.now.Add(time.Hour)}}
	r.open(s)
	r.openCodes()
	if r.codes.create.Enabled() {
		t.Error("one more code can be made")
	}
}

func TestCM08And09Copy(t *testing.T) {
	r := newRig(t)
	s := r.snapshot()
	s.Portals[1].URL = "https://relay.example/p/join"
	s.Codes = []desk.Code{{Code: "563773096", Name: "Jo", Portal: "Phone", CreatedAt: r.now, ExpiresAt: r.now.Add(time.Hour), JoinURL: "https://relay.example/j/563773096"}}
	r.open(s)
	r.openCodes()
	if !r.codes.copyURL.Enabled() || r.codes.chosen != "563773096" {
		t.Error("the newest code is not chosen by itself")
	}
	test.Tap(r.codes.copyURL)
	if got := r.cfg.App.Clipboard().Content(); got != "https://relay.example/j/563773096" {
		t.Errorf("copied %q", got)
	}
	test.Tap(r.codes.invite)
	for _, want := range []string{"https://relay.example/p/join", "563 773 096", "https://relay.example/j/563773096"} {
		if got := r.cfg.App.Clipboard().Content(); !strings.Contains(got, want) {
			t.Errorf("no %q in %q", want, got)
		}
	}
	test.Tap(r.codes.cancel)
	if !slices.Contains(r.desk.calls, "cancel 563773096") {
		t.Errorf("asked %v", r.desk.calls)
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

func TestA03SecondsAreChecked(t *testing.T) {
	r := newRig(t)
	r.open(r.snapshot())
	r.openSettings()
	w := r.settings
	for _, tt := range []struct {
		typed string
		ok    bool
	}{{"121", false}, {"0", false}, {"x", false}, {"120", true}} {
		w.seconds.SetText(tt.typed)
		w.onSave()
		if closed := r.settings == nil; closed != tt.ok {
			t.Errorf("%q: saved %v, want %v", tt.typed, closed, tt.ok)
		}
	}
	if got := r.cfg.Prefs.Get().AlertSeconds; got != 120 {
		t.Errorf("%d seconds", got)
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

func TestT05TrayTellsTheState(t *testing.T) {
	for _, tt := range []struct {
		name      string
		snap      desk.Snapshot
		inSession int
		want      icons.Tray
	}{
		{"offline", desk.Snapshot{Available: true}, 1, icons.TrayOffline},
		{"in session", desk.Snapshot{Connected: true, Available: true}, 1, icons.TrayInSession},
		{"available", desk.Snapshot{Connected: true, Available: true}, 0, icons.TrayAvailable},
		{"unavailable", desk.Snapshot{Connected: true}, 0, icons.TrayUnavailable},
	} {
		t.Run(tt.name, func(t *testing.T) {
			if got := trayState(tt.snap, tt.inSession); got != tt.want {
				t.Errorf("tray %q, want %q", got, tt.want)
			}
		})
	}
}

func TestT01TrayMenu(t *testing.T) {
	r := newRig(t)
	r.open(r.snapshot())
	var labels []string
	for _, item := range r.tray.menu.Items {
		if !item.IsSeparator {
			labels = append(labels, item.Label)
		}
	}
	want := []string{"Show List View", "Code Management", "Available", "Preferences …", "Log Out", "Exit"}
	if !slices.Equal(labels, want) {
		t.Errorf("tray menu %q, want %q", labels, want)
	}
	r.tray.available.Action()
	if !slices.Equal(r.desk.calls, []string{"available no"}) {
		t.Errorf("asked %v", r.desk.calls)
	}
}

// TestLogOutAndInAgain: what the tray offers meanwhile does no harm, and a late word of a session opens nothing.
func TestLogOutAndInAgain(t *testing.T) {
	r := newRig(t)
	r.open(r.snapshot())
	a, _ := r.hall.add(active("482113907"))
	r.ShowSession(a)
	r.openCodes()
	r.SignedOut(false, nil)
	if got := r.Console.login.banner.Text(); got != "" {
		t.Errorf("after the rep's own wish the login window says %q", got)
	}
	for _, item := range r.tray.menu.Items {
		if item.Action != nil && !item.IsQuit {
			item.Action()
		}
	}
	r.ShowSession(a)
	r.Tick()
	if r.chat != nil || r.codes != nil || len(r.desk.calls) != 0 {
		t.Errorf("windows are open without a login, or the desk was asked: %v", r.desk.calls)
	}
	r.open(r.snapshot())
	if r.list == nil || r.Console.login != nil {
		t.Error("no List View after the second login")
	}
}

func TestSignedOutSaysWhy(t *testing.T) {
	for _, tt := range []struct {
		name      string
		displaced bool
		err       error
		want      string
	}{
		{"elsewhere", true, fault.New(fault.LoggedOut, nil), "another place"},
		{"expired", false, fault.New(fault.LoggedOut, nil), "Log in again"},
		{"wrong key", false, fault.New(fault.WrongKey, nil), "key"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			r := newRig(t)
			r.open(r.snapshot())
			r.SignedOut(tt.displaced, tt.err)
			if got := r.Console.login.banner.Text(); !strings.Contains(got, tt.want) {
				t.Errorf("says %q, want %q", got, tt.want)
			}
		})
	}
}
