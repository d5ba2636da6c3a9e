package console

import (
	"time"

	"fyne.io/fyne/v2"
	fw "fyne.io/fyne/v2/widget"

	"deskhand/apps/internal/session"
	"deskhand/protocol/fault"
	"deskhand/ui/widget"
)

// problem shows what went wrong in List View.
func (k *Console) problem(err error) {
	k.cfg.Logger.Warn("a command failed", "err", err)
	if k.list != nil {
		k.list.banner.Say(widget.BannerWarning, k.t.Fault(string(fault.ReasonOf(err))))
	}
}

// clock writes a time of day; an older one with its date.
func (k *Console) clock(at time.Time) string {
	if at.IsZero() {
		return ""
	}
	at = at.Local()
	if now := k.cfg.Clock().Local(); at.YearDay() != now.YearDay() || at.Year() != now.Year() {
		return at.Format("2006-01-02 15:04")
	}
	return at.Format("15:04")
}

// sortable writes a time so that text order is time order.
func sortable(at time.Time) string { return at.UTC().Format("20060102150405.000") }

// wrapped is text that takes as many lines as it needs.
func wrapped(text string) *fw.Label {
	l := fw.NewLabel(text)
	l.Wrapping = fyne.TextWrapWord
	return l
}

// lineText is a line of the chat log as it is read.
func (k *Console) lineText(l session.Line) string {
	key := ""
	switch l.Status {
	case session.Said:
		return l.Text
	case session.LineJoined:
		key = "line.joined"
	case session.LineLeft:
		key = "line.left"
	case session.LineLost:
		key = "line.lost"
	case session.LineReturned:
		key = "line.returned"
	case session.LineSharingStarted:
		key = "line.sharing_started"
	case session.LineSharingStopped:
		key = "line.sharing_stopped"
	case session.LineSharingAsked:
		key = "line.sharing_asked"
	case session.LineSharingRefused:
		key = "line.sharing_refused"
	case session.LineControlAllowed:
		key = "line.control_allowed"
	case session.LineControlEnded:
		key = "line.control_ended"
	case session.LineEnded:
		key = "line.ended"
	case session.LineConsented:
		key = "line.consented"
	case session.LineDeclined:
		key = "line.declined"
	}
	return k.t.T(key, l.Name)
}

// customer is a name for somebody who may not have given one.
func (k *Console) customer(name string) string {
	if name == "" {
		return k.t.T("list.unknown")
	}
	return name
}

func (k *Console) outcome(o session.Outcome) string {
	switch o {
	case session.Resolved:
		return k.t.T("outcome.resolved")
	case session.Unresolved:
		return k.t.T("outcome.unresolved")
	case session.OutcomeUnknown:
		return k.t.T("outcome.unknown")
	default:
		return ""
	}
}
