package help

import (
	"strconv"
	"strings"
	"time"

	"deskhand/apps/internal/session"
	"deskhand/protocol/fault"
	"deskhand/protocol/seal"
	"deskhand/ui/widget"
)

// fault is the sentence about what went wrong. Where the general one speaks to somebody who has an administrator there
// is one of the customer's own.
func (w *Window) fault(r fault.Reason) string {
	key := ""
	switch r {
	case fault.CannotConnect:
		key = "customer.fault.cannot_connect"
	case fault.WrongKey:
		key = "customer.fault.wrong_key"
	case fault.Internal:
		key = "customer.fault.internal"
	case fault.VersionsDiffer:
		key = "customer.fault.versions_differ"
	case fault.Invalid:
		key = "customer.fault.invalid"
	case fault.RelayStopping:
		key = "customer.fault.relay_stopping"
	default:
		return w.t.Fault(string(r))
	}
	return w.t.T(key)
}

// rep is what the helping person is called.
func (w *Window) rep(s session.Snapshot) string {
	if s.RepName != "" {
		return s.RepName
	}
	for _, a := range s.Attendees {
		if a.Role == session.Rep && a.Name != "" {
			return a.Name
		}
	}
	return w.t.T("customer.rep")
}

// words gives the verifier words, or nothing before they are known. Where several reps are there each one has others,
// and all of them are shown, because all of them can open what is sealed.
func words(s session.Snapshot) string {
	var each []string
	for _, a := range s.Attendees {
		if a.Words != (seal.Words{}) {
			each = append(each, a.Name+": "+a.Words.String())
		}
	}
	switch {
	case len(each) > 1:
		return strings.Join(each, " · ")
	case s.Words == (seal.Words{}):
		return ""
	default:
		return s.Words.String()
	}
}

// lines makes the chat log.
func (w *Window) lines(s session.Snapshot) []widget.ChatLine {
	lines := make([]widget.ChatLine, 0, len(s.Chat))
	for i, l := range s.Chat {
		line := widget.ChatLine{
			Key: lineKey(l, i), Kind: widget.Theirs, At: w.clock(l.At), Name: l.Name, Text: w.lineText(l), Pending: l.Pending,
		}
		switch {
		case l.Status != session.Said:
			line.Kind = widget.Status
		case l.Mine:
			line.Kind, line.Name = widget.Mine, w.t.T("customer.you")
		}
		lines = append(lines, line)
	}
	return lines
}

// lineKey identifies a line; pending ones are told apart by their place.
func lineKey(l session.Line, i int) string {
	if l.Seq > 0 {
		return strconv.FormatUint(l.Seq, 10)
	}
	return "pending " + strconv.Itoa(i) + " " + l.Text
}

// lineText is a line as it is read.
func (w *Window) lineText(l session.Line) string {
	if l.Status == session.Said {
		return l.Text
	}
	name := l.Name
	if name == "" {
		name = w.t.T("customer.unnamed")
	}
	return w.t.T(lineStatus(l.Status), name)
}

func lineStatus(s session.Status) string {
	switch s {
	case session.LineJoined:
		return "line.joined"
	case session.LineLeft:
		return "line.left"
	case session.LineLost:
		return "line.lost"
	case session.LineReturned:
		return "line.returned"
	case session.LineSharingStarted:
		return "line.sharing_started"
	case session.LineSharingStopped:
		return "line.sharing_stopped"
	case session.LineSharingAsked:
		return "line.sharing_asked"
	case session.LineSharingRefused:
		return "line.sharing_refused"
	case session.LineControlAllowed:
		return "line.control_allowed"
	case session.LineControlEnded:
		return "line.control_ended"
	case session.LineConsented:
		return "line.consented"
	case session.LineDeclined:
		return "line.declined"
	default:
		return "line.ended"
	}
}

// clock writes a time of day.
func (w *Window) clock(at time.Time) string {
	if at.IsZero() {
		return ""
	}
	return at.Local().Format("15:04")
}

// sees says in a few words who sees the screen, for the toolbar.
func (w *Window) sees(s session.Snapshot, held bool) string {
	switch {
	case s.Ending:
		return w.t.T("customer.talk.ending")
	case s.Phase == session.Lost:
		return w.t.T("customer.talk.lost")
	case s.Sharing && held:
		return w.t.T("customer.talk.held")
	case s.Sharing:
		return w.t.T("customer.talk.seen", w.rep(s))
	default:
		return w.t.T("customer.talk.unseen")
	}
}

// status says in full whether the screen is seen and whether mouse and keyboard may be used.
func (w *Window) status(s session.Snapshot, held bool) string {
	switch {
	case s.Phase == session.Lost:
		return w.t.T("customer.status.lost")
	case s.Sharing && held:
		return w.t.T("customer.status.held")
	case s.Sharing && s.Control:
		return w.t.T("customer.status.control", w.rep(s))
	case s.Sharing:
		return w.t.T("customer.status.see", w.rep(s))
	default:
		return w.t.T("customer.status.none")
	}
}
