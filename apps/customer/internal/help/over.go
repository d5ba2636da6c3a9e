package help

import (
	"fyne.io/fyne/v2"
	fw "fyne.io/fyne/v2/widget"

	"deskhand/apps/internal/session"
	"deskhand/icons"
	"deskhand/ui/theme"
	"deskhand/ui/widget"
)

// overPage says that a session is over, who ended it, and that nobody sees anything any more.
type overPage struct {
	title *fw.Label
	body  fyne.CanvasObject
}

func (w *Window) showOver(s session.Snapshot) {
	if w.over == nil {
		p := &overPage{title: heading("")}
		p.body = page(nil, []fyne.CanvasObject{
			p.title, gap(theme.Space1),
			marked(icons.Shield, theme.ColorGood, widget.NewText(w.t.T("customer.over.safe"))),
			muted(w.t.T("customer.over.again_hint")),
		},
			widget.NewButton(w.t.T("customer.over.again"), w.again),
			widget.NewPrimaryButton(w.t.T("customer.close"), w.cfg.Way.Quit))
		w.over = p
	}
	setText(w.over.title, w.endText(s))
	if w.turn(stepOver, "Deskhand", w.over.body) {
		w.cfg.Way.Hold(false)
	}
}

// endText says how the session ended.
func (w *Window) endText(s session.Snapshot) string {
	switch s.EndCause {
	case session.CustomerEnded, session.YouLeft:
		return w.t.T("customer.over.you")
	case session.RepEnded:
		by := s.EndedBy
		if by == "" {
			by = w.rep(s)
		}
		return w.t.T("customer.over.rep", by)
	case session.NotConsented:
		return w.t.T("customer.over.not_now")
	case session.CustomerLost:
		return w.t.T("customer.over.lost")
	case session.RelayStopped:
		return w.t.T("customer.over.stopped")
	}
	if s.Fault != "" {
		return w.fault(s.Fault)
	}
	return w.t.T("customer.over.ended")
}
