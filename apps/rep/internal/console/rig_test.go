package console

import (
	"context"
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

func (f *fakeDesk) Accept(_ context.Context, id string) error { return f.note("accept", id) }

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

func (f *fakeSession) Say(text string) { f.calls = append(f.calls, "say "+text) }

func (f *fakeSession) SetTyping(bool) {}

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
