package help

import (
	"slices"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/layout"
	fw "fyne.io/fyne/v2/widget"

	"deskhand/apps/internal/session"
	"deskhand/icons"
	"deskhand/ui/theme"
	"deskhand/ui/widget"
)

// question is the row below the toolbar where the person is asked something: whether to end the session, or whether a
// rep may see the screen. While it is open, this machine is held back: nothing is shown, and nobody else can answer.
type question struct {
	p    *talkPage
	text *fw.Label
	no   *widget.Button
	yes  *widget.Button
	body *fyne.Container

	end      bool      // the person wants to end the session
	answered bool      // a rep's question has been answered; the session does not know yet
	asked    uint64    // the chat line of the rep's last question
	kind     questions // that is shown
	control  bool      // the question for the screen that is shown is for mouse and keyboard too
	from     time.Time // when presses begin to count
}

type questions int

const (
	askNothing questions = iota
	askEnding
	askSharing
)

// grace is for how long a rep's question cannot be answered when the rep could have pressed until it came, or when it has
// grown: what was on its way must not count as the person's answer.
const grace = 700 * time.Millisecond

func newQuestion(p *talkPage) *question {
	q := &question{p: p, text: widget.NewText("")}
	q.text.TextStyle.Bold = true
	q.no = widget.NewButton("", func() { q.answer(false) })
	q.yes = widget.NewPrimaryButton("", func() { q.answer(true) })
	buttons := container.New(layout.NewCustomPaddedHBoxLayout(theme.Space2), container.NewCenter(q.no), container.NewCenter(q.yes))
	row := container.NewBorder(nil, nil, nil, buttons, marked(icons.Help, theme.ColorAccent, q.text))
	q.body = container.NewStack(widget.NewFill(theme.ColorSurface), container.NewBorder(nil, widget.NewLine(), nil, nil,
		container.New(insets(theme.Space3, theme.Space2, theme.Space3, theme.Space2), row)))
	q.body.Hide()
	return q
}

// show asks what there is to ask, and says whether that is anything.
func (q *question) show(s session.Snapshot) bool {
	if asked := lastAsked(s); !s.Asked || asked > q.asked {
		q.answered, q.asked = false, asked
	}
	kind := askNothing
	switch {
	case s.Ending:
	case q.end:
		kind = askEnding
	case s.Asked && !q.answered:
		kind = askSharing
	}
	grown := kind == askSharing && q.kind == askSharing && s.AskedControl && !q.control
	if kind != q.kind {
		q.turn(kind, s)
	} else if grown {
		q.pause()
	}
	q.control = s.AskedControl
	q.write(s)
	q.unlock()
	setVisible(q.body, kind != askNothing)
	return kind != askNothing
}

// lastAsked is the chat line of a rep's last question.
func lastAsked(s session.Snapshot) uint64 {
	for _, l := range slices.Backward(s.Chat) {
		if l.Status == session.LineSharingAsked {
			return l.Seq
		}
	}
	return 0
}

// turn asks another question, or none. The hold comes first.
func (q *question) turn(kind questions, s session.Snapshot) {
	if kind == askNothing || q.kind == askNothing {
		q.p.w.cfg.Way.Hold(kind != askNothing)
	}
	q.kind = kind
	q.from = q.p.w.cfg.Clock()
	if kind == askSharing && s.Control {
		q.pause()
	}
}

// pause lets presses count only after a while.
func (q *question) pause() {
	q.from = q.p.w.cfg.Clock().Add(grace)
	fyne.NewAnimation(grace, func(done float32) {
		if done == 1 {
			q.unlock()
		}
	}).Start()
}

// settled says whether the question can be answered.
func (q *question) settled() bool { return !q.p.w.cfg.Clock().Before(q.from) }

func (q *question) unlock() {
	moment := q.p.w.t.T("customer.ask.moment")
	q.yes.SetEnabled(q.settled(), moment)
	q.no.SetEnabled(q.settled(), moment)
}

func (q *question) write(s session.Snapshot) {
	t, rep := q.p.w.t.T, q.p.w.rep(s)
	switch {
	case q.kind == askEnding:
		q.say(t("customer.ask.end", rep), t("customer.ask.end_no"), t("customer.ask.end_yes"))
	case q.kind == askSharing && s.AskedControl:
		q.say(t("customer.ask.control", rep), t("customer.ask.no"), t("customer.ask.yes"))
	case q.kind == askSharing:
		q.say(t("customer.ask.see", rep), t("customer.ask.no"), t("customer.ask.yes"))
	}
}

func (q *question) say(text, no, yes string) {
	setText(q.text, text)
	if q.no.Label() != no {
		q.no.SetLabel(no)
	}
	if q.yes.Label() != yes {
		q.yes.SetLabel(yes)
	}
}

// shown is the question, empty when there is none.
func (q *question) shown() string {
	if !q.body.Visible() {
		return ""
	}
	return q.text.Text
}

// answer takes the person's answer.
func (q *question) answer(yes bool) {
	w := q.p.w
	now := w.session.Snapshot()
	switch {
	case q.kind == askNothing || !q.settled():
		return
	case q.kind == askSharing && now.AskedControl && !q.control: // it is no longer what the person has read
		q.p.show(now)
		return
	}
	switch {
	case q.kind == askEnding && yes:
		w.session.End(session.OutcomeNone, "")
		q.end = false
	case q.kind == askEnding:
		q.end = false
	default:
		w.session.AnswerSharing(yes)
		q.answered = true
	}
	q.p.show(w.session.Snapshot())
}
