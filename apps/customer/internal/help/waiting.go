package help

import (
	"time"

	"fyne.io/fyne/v2"
	fw "fyne.io/fyne/v2/widget"

	"deskhand/apps/customer/internal/join"
	"deskhand/apps/internal/session"
	"deskhand/icons"
	"deskhand/protocol/code"
	"deskhand/protocol/fault"
	"deskhand/ui/theme"
	"deskhand/ui/widget"
)

// waitPage is shown while the relay is called and a rep is waited for.
type waitPage struct {
	w      *Window
	title  *fw.Label
	place  *fw.Label
	time   *widget.Muted
	note   *widget.Muted
	banner *widget.Banner
	cancel *widget.Button
	body   fyne.CanvasObject
}

// ShowJoining shows how far a try to join is. Show it anew each second, so that the waiting time goes on.
func (w *Window) ShowJoining(s join.Snapshot) {
	switch s.Phase {
	case join.Refused:
		w.ShowProblem("", s.Fault)
		return
	case join.Waiting:
		if w.since.IsZero() {
			w.since = w.cfg.Clock()
		}
	default:
		w.since = time.Time{}
	}
	w.wait().show(s)
	w.turn(stepWait, "Deskhand", w.waiting.body)
}

// ShowProblem shows why a try with this code, or with none, has failed, and the ways on.
func (w *Window) ShowProblem(c code.Code, problem fault.Reason) {
	switch problem {
	case fault.CodeUnknown, fault.CodeUsed, fault.CodeExpired, fault.TooManyAttempts:
		w.ShowCode(c, problem)
	default:
		w.refused(problem)
	}
}

func (w *Window) wait() *waitPage {
	if w.waiting == nil {
		w.waiting = newWaitPage(w)
	}
	return w.waiting
}

func newWaitPage(w *Window) *waitPage {
	p := &waitPage{
		w: w, title: heading(""), place: widget.NewText(""), time: muted(""),
		note: muted(""), banner: widget.NewBanner(),
	}
	p.cancel = widget.NewButton(w.t.T("customer.wait.cancel"), w.again)
	p.body = page(w.steps(1), []fyne.CanvasObject{
		p.title, p.place, p.time, gap(theme.Space2), p.banner,
		marked(icons.Lock, theme.ColorMuted, p.note),
	}, p.cancel)
	return p
}

func (p *waitPage) show(s join.Snapshot) {
	t := p.w.t
	note := t.T("customer.wait.safe")
	if p.w.cfg.Compact {
		note = t.T("customer.wait.shared")
	}
	if p.note.Text() != note {
		p.note.SetText(note)
	}
	if s.Fault != "" {
		p.banner.Say(widget.BannerWarning, p.w.fault(s.Fault))
	} else {
		p.banner.Say(widget.BannerInfo, "")
	}
	if s.Phase != join.Waiting {
		setText(p.title, t.T("customer.wait.preparing"))
		setText(p.place, t.T("customer.wait.moment"))
		p.setTime("")
		return
	}
	setText(p.title, t.T("customer.wait.title"))
	setText(p.place, p.placeText(s.Place))
	p.setTime(p.timeText(s.Expected))
}

// enter shows that a rep is there and that the room is being entered.
func (p *waitPage) enter(s session.Snapshot) {
	p.show(join.Snapshot{Phase: join.Connecting, Fault: s.Fault})
}

func (p *waitPage) setTime(text string) {
	if p.time.Text() != text {
		p.time.SetText(text)
	}
	setVisible(p.time, text != "")
}

func (p *waitPage) placeText(place int) string {
	switch {
	case place <= 0:
		return p.w.t.T("customer.wait.soon")
	case place == 1:
		return p.w.t.T("customer.wait.next")
	default:
		return p.w.t.T("customer.wait.place", place)
	}
}

// timeText says how long it has taken, and how long it will take when that is known.
func (p *waitPage) timeText(expected time.Duration) string {
	waited := p.w.t.T("customer.wait.since", elapsed(p.w.cfg.Clock().Sub(p.w.since)))
	if expected <= 0 {
		return waited
	}
	minutes := max(1, int((expected+30*time.Second)/time.Minute))
	return waited + " " + p.w.t.N("customer.wait.expected", minutes)
}

// elapsed writes a time that goes up, in whole seconds that have passed.
func elapsed(d time.Duration) string { return widget.FormatLeft(d.Truncate(time.Second)) }

// problemPage says why a try has failed.
type problemPage struct {
	title *fw.Label
	text  *fw.Label
	body  fyne.CanvasObject
}

func (w *Window) refused(problem fault.Reason) {
	if w.problem == nil {
		p := &problemPage{title: heading(w.t.T("customer.problem.title")), text: widget.NewText("")}
		p.body = page(w.steps(1), []fyne.CanvasObject{p.title, p.text},
			widget.NewButton(w.t.T("customer.close"), w.cfg.Way.Quit),
			widget.NewButton(w.t.T("customer.problem.code"), w.again),
			widget.NewPrimaryButton(w.t.T("customer.problem.retry"), w.cfg.Way.Retry))
		w.problem = p
	}
	setText(w.problem.text, w.fault(problem))
	w.turn(stepProblem, "Deskhand", w.problem.body)
}
