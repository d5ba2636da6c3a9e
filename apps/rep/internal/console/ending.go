package console

import (
	"fmt"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/dialog"
	fw "fyne.io/fyne/v2/widget"

	"deskhand/apps/internal/session"
)

// lineKey identifies a line of the log; pending ones are told apart by their place.
func lineKey(l session.Line, i int) string {
	if l.Seq > 0 {
		return fmt.Sprint(l.Seq)
	}
	return fmt.Sprintf("pending %d %s", i, l.Text)
}

// endText says how a session ended.
func (k *Console) endText(s session.Snapshot) string {
	switch s.EndCause {
	case session.CustomerEnded:
		return k.t.T("end.customer", k.customer(s.CustomerName))
	case session.RepEnded:
		return k.t.T("end.rep", s.EndedBy)
	case session.NotConsented:
		return k.t.T("end.declined", k.customer(s.CustomerName))
	case session.CustomerLost:
		return k.t.T("end.lost", k.customer(s.CustomerName))
	case session.YouLeft:
		return k.t.T("end.left")
	}
	if s.Fault != "" {
		return k.t.Fault(string(s.Fault))
	}
	return k.t.T("chat.over")
}

// openChat shows the Chat box with a session's tab in front.
func (k *Console) openChat(id string) {
	if k.chat == nil {
		k.chat = newChatBox(k)
	}
	if id != "" && k.hall.Find(id) != nil {
		k.chat.choose(id)
	}
	k.chat.show()
	k.chat.window.Show()
	k.chat.window.RequestFocus()
	k.chat.window.Canvas().Focus(k.chat.entry)
}

// askEnd is the form at the end of a session: outcome and notes, then it ends for everybody.
func (k *Console) askEnd(id string) {
	a := k.hall.Find(id)
	if a == nil || a.Session.Snapshot().Phase == session.Over {
		return
	}
	k.openChat(id)
	outcomes := []session.Outcome{session.Resolved, session.Unresolved, session.OutcomeUnknown}
	var names []string
	for _, o := range outcomes {
		names = append(names, k.outcome(o))
	}
	outcome := fw.NewRadioGroup(names, nil)
	outcome.Required = true
	outcome.SetSelected(names[0])
	notes := fw.NewMultiLineEntry()
	notes.SetPlaceHolder(k.t.T("end.notes_hint"))
	notes.SetMinRowsVisible(3)
	form := dialog.NewForm(k.t.T("end.title"), k.t.T("end.submit"), k.t.T("end.back"), []*fw.FormItem{
		fw.NewFormItem(k.t.T("column.outcome"), outcome),
		fw.NewFormItem(k.t.T("details.notes"), notes),
	}, func(ok bool) {
		if !ok {
			return
		}
		for i, name := range names {
			if name == outcome.Selected {
				a.Session.End(outcomes[i], notes.Text)
			}
		}
	}, k.chat.window)
	form.Resize(fyne.NewSize(440, 320))
	form.Show()
}

// leave leaves one session; it goes on for the customer.
func (k *Console) leave(id string) {
	if a := k.hall.Find(id); a != nil {
		a.Session.Leave()
	}
}

func (k *Console) leaveAll() {
	for _, a := range k.live() {
		a.Session.Leave()
	}
}

// dismiss takes a session that is over out of the Chat box.
func (k *Console) dismiss(id string) {
	k.hall.Dismiss(id)
	if v := k.viewers[id]; v != nil {
		v.close()
	}
	if k.chat == nil {
		return
	}
	if all := k.hall.All(); len(all) > 0 {
		k.chat.choose(all[0].ID)
		k.chat.show()
		return
	}
	k.chat.window.Close()
	k.chat = nil
}
