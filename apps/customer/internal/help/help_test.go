package help

import (
	"fmt"
	"image"
	"log/slog"
	"slices"
	"sync"
	"testing"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/test"

	"deskhand/apps/internal/session"
	"deskhand/protocol/code"
	"deskhand/protocol/seal"
	"deskhand/ui/theme"
	"deskhand/ui/widget"
)

// echo is a language in which every text is its key with its arguments.
type echo struct{}

func (echo) T(key string, args ...any) string {
	if len(args) == 0 {
		return key
	}
	return fmt.Sprintf("%s%v", key, args)
}

func (e echo) N(key string, n int, args ...any) string { return e.T(key, append([]any{n}, args...)...) }
func (echo) Fault(reason string) string                { return "fault." + reason }

// app is one for all tests: a new one would read all fonts again.
var app = sync.OnceValue(func() fyne.App {
	a := test.NewApp()
	a.Settings().SetTheme(theme.New(theme.Options{Customer: true, Look: theme.Light}))
	return a
})

// stage is a window with a program and a session that note what they are told.
type stage struct {
	t    *testing.T
	w    *Window
	s    session.Snapshot
	did  []string
	now  time.Time
	held bool
}

func newStage(t *testing.T, compact bool) *stage {
	t.Helper()
	s := &stage{t: t, now: time.Date(2026, 5, 1, 10, 0, 0, 0, time.UTC), s: consenting()}
	s.w = New(Config{
		App: app(), Way: program{s}, Texts: echo{}, Logger: slog.New(slog.DiscardHandler), Compact: compact,
		Clock:    func() time.Time { return s.now },
		WorkArea: func() (image.Rectangle, error) { return image.Rect(0, 0, 1920, 1080), nil },
	})
	t.Cleanup(s.w.window.Close)
	return s
}

// consenting is a session in which the person is asked for consent and everything is ready.
func consenting() session.Snapshot {
	return session.Snapshot{
		ID: "563773096", Role: session.Customer, Phase: session.Consenting, You: 1, RepName: "Ana Ruiz", Company: "Contoso",
		Rights: session.Rights{See: true, Control: true}, Words: seal.Words{"amber", "river", "nine"},
	}
}

// talking is the same session after the person has allowed everything.
func talking(more ...func(*session.Snapshot)) session.Snapshot {
	s := consenting()
	s.Phase, s.Consent, s.Sharing, s.Control = session.Active, &session.Consent{See: true, Control: true}, true, true
	for _, change := range more {
		change(&s)
	}
	return s
}

func seeOnly(s *session.Snapshot) { s.Control = false }
func stopped(s *session.Snapshot) { s.Sharing, s.Control = false, false }
func lost(s *session.Snapshot)    { stopped(s); s.Phase = session.Lost }
func asked(s *session.Snapshot)   { s.Asked = true }

func said(seq uint64, text string) func(*session.Snapshot) {
	return func(s *session.Snapshot) {
		s.Chat = append(slices.Clone(s.Chat), session.Line{Seq: seq, From: 2, Name: "Ana Ruiz", Text: text})
	}
}

// show makes s the session's state and shows it.
func (g *stage) show(s session.Snapshot) {
	g.s = s
	g.w.ShowSession(helped{g})
}

func (g *stage) note(what string, args ...any) {
	g.did = append(g.did, what+fmt.Sprint(args...))
}

// expect compares what the window has asked for since the last time.
func (g *stage) expect(want ...string) {
	g.t.Helper()
	if !slices.Equal(g.did, want) {
		g.t.Errorf("the window did %q, want %q", g.did, want)
	}
	g.did = nil
}

type program struct{ g *stage }

func (p program) Join(c code.Code) { p.g.note("join ", c) }
func (p program) Retry()           { p.g.note("retry") }
func (p program) Cancel()          { p.g.note("cancel") }
func (p program) Hold(on bool)     { p.g.held = on }
func (p program) Quit()            { p.g.note("quit") }

// helped is a session that does nothing by itself.
type helped struct{ g *stage }

func (h helped) Snapshot() session.Snapshot      { return h.g.s }
func (h helped) Say(text string)                 { h.g.note("say ", text) }
func (h helped) SetTyping(on bool)               { h.g.note("typing ", on) }
func (h helped) Allow(c session.Consent)         { h.g.note("allow ", c) }
func (h helped) NotNow()                         { h.g.note("not now") }
func (h helped) StopSharing()                    { h.g.note("stop") }
func (h helped) AnswerSharing(yes bool)          { h.g.note("answer ", yes) }
func (h helped) End(o session.Outcome, n string) { h.g.note("end ", o, n) }

func (g *stage) tap(b *widget.Button) {
	g.t.Helper()
	if !b.Visible() {
		g.t.Errorf("%q is not there to be tapped", b.Label())
	}
	test.Tap(b)
}

// buttons lists the labels of the visible buttons below an object.
func buttons(o fyne.CanvasObject) []string {
	var labels []string
	for _, x := range visible(o) {
		if b, ok := x.(*widget.Button); ok {
			labels = append(labels, b.Label())
		}
	}
	return labels
}

// visible lists an object and everything visible below it.
func visible(o fyne.CanvasObject) []fyne.CanvasObject {
	if !o.Visible() {
		return nil
	}
	all := []fyne.CanvasObject{o}
	switch o := o.(type) {
	case *fyne.Container:
		for _, child := range o.Objects {
			all = append(all, visible(child)...)
		}
	case fyne.Widget:
		for _, child := range test.WidgetRenderer(o).Objects() {
			all = append(all, visible(child)...)
		}
	}
	return all
}
