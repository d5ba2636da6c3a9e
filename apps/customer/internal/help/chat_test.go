package help

import (
	"slices"
	"testing"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/test"

	"deskhand/apps/internal/session"
)

func TestC05ChatOpensByItself(t *testing.T) {
	g := newStage(t, false)
	g.show(consenting())
	g.show(talking())
	if g.w.step != stepTalk || !g.w.talk.below.Visible() {
		t.Error("the chat is not there after the join")
	}
}

func TestCompactBeginsFoldedWithoutAQuestion(t *testing.T) {
	g := newStage(t, true)
	g.show(consenting())
	if g.w.step != stepWait {
		t.Errorf("step %d: who has consented at the command line is asked again", g.w.step)
	}
	g.show(talking())
	p := g.w.talk
	if p.below.Visible() {
		t.Error("the chat covers the shared screen")
	}
	if height := g.w.window.Canvas().Size().Height; height > 100 {
		t.Errorf("the folded toolbar is %v high", height)
	}
	g.expect()
}

func TestG06ChatWithSharingOff(t *testing.T) {
	g := newStage(t, false)
	g.show(talking(stopped))
	p := g.w.talk
	test.Type(p.entry, "hello")
	g.expect("typing true")
	g.tap(p.send)
	g.expect("typing false", "say hello")
	test.Type(p.entry, "again")
	p.entry.TypedKey(&fyne.KeyEvent{Name: fyne.KeyReturn})
	g.expect("typing true", "typing false", "say again")
}

func TestG07FoldingKeepsTheLog(t *testing.T) {
	g := newStage(t, false)
	g.show(talking(said(3, "one"), said(4, "two")))
	p := g.w.talk
	test.Type(p.entry, "draft")
	open := g.w.window.Canvas().Size().Height
	g.tap(p.chat)
	if p.below.Visible() || g.w.window.Canvas().Size().Height >= open {
		t.Error("the chat does not fold")
	}
	g.tap(p.chat)
	if !p.below.Visible() || p.log.Lines() != 2 || p.entry.Text != "draft" {
		t.Errorf("after unfolding: %d lines, draft %q", p.log.Lines(), p.entry.Text)
	}
	if height := g.w.window.Canvas().Size().Height; height != open {
		t.Errorf("height %v, want %v again", height, open)
	}
}

func TestG08TypingIsSeenWhileSharing(t *testing.T) {
	g := newStage(t, false)
	g.show(talking())
	if got := g.w.talk.note.Text(); got != "customer.talk.typing_seen[Ana Ruiz]" {
		t.Errorf("the note says %q", got)
	}
	g.show(talking(stopped))
	if got := g.w.talk.note.Text(); got != "customer.talk.typing_unseen" {
		t.Errorf("the note says %q", got)
	}
}

func TestG09MessageUnfoldsTheChat(t *testing.T) {
	mine := func(s *session.Snapshot) {
		s.Chat = append(slices.Clone(s.Chat), session.Line{Seq: 5, From: 1, Name: "Jo", Text: "hm", Mine: true})
	}
	status := func(s *session.Snapshot) {
		s.Chat = append(slices.Clone(s.Chat), session.Line{Seq: 6, Name: "Jo", Status: session.LineSharingStarted})
	}
	g := newStage(t, true)
	g.show(talking(said(3, "before")))
	g.show(talking(said(3, "before"), mine, status))
	if g.w.talk.below.Visible() {
		t.Error("own words or a status line unfold the chat")
	}
	g.show(talking(said(3, "before"), mine, status, said(7, "look here")))
	if !g.w.talk.below.Visible() {
		t.Error("a rep's message does not unfold the chat")
	}
	if g.w.window.Canvas().Focused() != nil {
		t.Error("a rep's message takes the keyboard")
	}
	g.tap(g.w.talk.chat)
	g.show(talking(said(3, "before"), mine, status, said(7, "look here")))
	if g.w.talk.below.Visible() {
		t.Error("an old message unfolds it again")
	}
}

func TestChatLines(t *testing.T) {
	at := time.Date(2026, 5, 1, 8, 30, 0, 0, time.Local)
	g := newStage(t, false)
	lines := g.w.lines(session.Snapshot{Chat: []session.Line{
		{Seq: 1, At: at, Name: "Ana Ruiz", Status: session.LineJoined},
		{Seq: 2, At: at, Status: session.LineConsented},
		{Seq: 3, At: at, Name: "Ana Ruiz", Text: "hello"},
		{At: at, Name: "Jo", Text: "hi", Mine: true, Pending: true},
	}})
	want := [][3]string{
		{"1", "Ana Ruiz", "line.joined[Ana Ruiz]"},
		{"2", "", "line.consented[customer.unnamed]"},
		{"3", "Ana Ruiz", "hello"},
		{"pending 3 hi", "customer.you", "hi"},
	}
	for i, l := range lines {
		if got := [3]string{l.Key, l.Name, l.Text}; got != want[i] || l.At != "08:30" {
			t.Errorf("line %d is %q at %s, want %q", i, got, l.At, want[i])
		}
	}
}
