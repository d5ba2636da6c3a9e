package help

import (
	"fyne.io/fyne/v2"

	"deskhand/apps/customer/internal/join"
	"deskhand/icons"
	"deskhand/protocol/code"
	"deskhand/protocol/fault"
	"deskhand/ui/theme"
	"deskhand/ui/widget"
)

// codePage is where the nine digits are typed.
type codePage struct {
	w      *Window
	field  *widget.CodeField
	banner *widget.Banner
	next   *widget.Button
	body   fyne.CanvasObject
}

// digitsOfCode is how many digits a code has.
const digitsOfCode = 9

// ShowCode asks for a code. The field holds c, and a problem, if there is one, says why c did not work.
func (w *Window) ShowCode(c code.Code, problem fault.Reason) {
	if w.code == nil {
		w.code = newCodePage(w)
	}
	w.code.field.Set(c.String())
	w.code.onChanged(c.String())
	if problem != "" {
		w.code.banner.Say(widget.BannerWarning, w.fault(problem))
	}
	if w.turn(stepCode, "Deskhand", w.code.body) {
		w.focus(w.code.field)
	}
}

func newCodePage(w *Window) *codePage {
	p := &codePage{w: w, field: widget.NewCodeField(), banner: widget.NewBanner()}
	p.field.PasteLabel = w.t.T("customer.code.paste")
	p.field.OnChanged = p.onChanged
	p.field.OnSubmitted = func(string) { p.onNext() }
	p.next = widget.NewPrimaryButton(w.t.T("customer.code.next"), p.onNext)
	close := widget.NewButton(w.t.T("customer.close"), w.cfg.Way.Quit)
	p.body = page(w.steps(0), []fyne.CanvasObject{
		heading(w.t.T("customer.code.title")),
		widget.NewText(w.t.T("customer.code.lead")),
		gap(theme.Space2), p.field, gap(theme.Space2), p.banner,
	}, close, p.next)
	return p
}

// steps shows how far the person is.
func (w *Window) steps(at int) *widget.Steps {
	s := widget.NewSteps(w.t.T("customer.step.code"), w.t.T("customer.step.wait"), w.t.T("customer.step.consent"))
	s.Set(at)
	return s
}

func (p *codePage) onChanged(text string) {
	p.banner.Say(widget.BannerInfo, "")
	p.next.SetEnabled(len(text) == digitsOfCode, p.w.t.T("customer.code.incomplete"))
}

func (p *codePage) onNext() {
	c, err := code.Parse(p.field.Code())
	if err != nil {
		p.banner.Say(widget.BannerWarning, p.w.t.T("customer.code.incomplete"))
		return
	}
	p.w.ShowJoining(join.Snapshot{})
	p.w.cfg.Way.Join(c)
}

// ShowNoRelay says how to get to a rep when the app does not know where to ask. The link that brought the person here
// was damaged, or there was none.
func (w *Window) ShowNoRelay(damaged bool) {
	lead := "customer.nowhere.lead"
	if damaged {
		lead = "customer.nowhere.damaged"
	}
	body := page(nil, []fyne.CanvasObject{
		heading(w.t.T("customer.nowhere.title")),
		widget.NewText(w.t.T(lead)),
		gap(theme.Space2),
		marked(icons.Link, theme.ColorMuted, muted(w.t.T("customer.nowhere.how"))),
	}, widget.NewPrimaryButton(w.t.T("customer.close"), w.cfg.Way.Quit))
	w.turn(stepLost, "Deskhand", body)
}
