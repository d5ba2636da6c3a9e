package console

import (
	"context"
	"strings"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	fw "fyne.io/fyne/v2/widget"

	"deskhand/apps/internal/session"
	"deskhand/apps/rep/internal/desk"
	"deskhand/icons"
	"deskhand/ui/theme"
	"deskhand/ui/widget"
)

// buildTables makes the three lists with their columns.
func (w *listWindow) buildTables() {
	t := w.k.t.T
	number := widget.Column{Title: t("column.session_id"), Width: 96}
	w.incoming = widget.NewTable([]widget.Column{
		{Title: t("column.timer"), Width: 78},
		{Title: t("column.portal"), Width: 110},
		number,
		{Title: t("column.posted"), Width: 64},
		{Title: t("column.name"), Width: 130},
		{Title: t("column.language"), Width: 78},
		{Title: t("column.question")},
	}, t("list.no_queries"))
	w.incoming.OnActivated = w.k.accept
	w.incoming.OnSelected = w.onSelected
	w.incoming.OnMenu = w.incomingMenu
	w.running = widget.NewTable([]widget.Column{
		{Title: t("column.duration"), Width: 74},
		{Title: t("column.portal"), Width: 100},
		number,
		{Title: t("column.name")},
		{Title: t("column.status"), Width: 140},
	}, t("list.no_sessions"))
	w.running.OnActivated = w.k.openChat
	w.running.OnSelected = w.onSelected
	w.running.OnMenu = w.runningMenu
	w.history = widget.NewTable([]widget.Column{
		{Title: t("column.posted"), Width: 110},
		{Title: t("column.portal"), Width: 90},
		number,
		{Title: t("column.name")},
		{Title: t("column.duration"), Width: 64},
		{Title: t("column.outcome"), Width: 90},
	}, t("list.no_history"))
	w.history.OnSelected = w.onSelected
	w.search = widget.NewSearchEntry(t("list.search"))
	w.search.OnSubmitted = w.onSearch
	w.search.OnChanged = func(text string) {
		if text == "" {
			w.onSearch("")
		}
	}
	w.incomingPane = widget.NewFoldPane(t("list.incoming"), w.incoming)
	w.runningPane = widget.NewFoldPane(t("list.in_session"), w.running)
	w.stats = fw.NewLabel("")
	w.historyPane = widget.NewFoldPane(t("list.history"), container.NewBorder(w.stats, nil, nil, nil, w.history))
	w.historyPane.SetTools(container.NewGridWrap(fyne.NewSize(190, theme.RowHeight), w.search))
}

func (w *listWindow) buildDetails() {
	t := w.k.t.T
	w.details = widget.NewFacts()
	w.question = fw.NewLabel("")
	w.question.Wrapping = fyne.TextWrapWord
	w.question.Selectable = true
	w.accept = widget.NewToolButton(icons.Accept, t("list.accept"), func() { w.k.accept(w.selected) })
	w.accept.SetRank(widget.Primary)
	w.decline = widget.NewToolButton(icons.Decline, t("list.decline"), func() { w.k.decline(w.selected) })
	w.openChat = widget.NewToolButton(icons.Chat, t("list.open_chat"), func() { w.k.openChat(w.selected) })
	w.viewer = widget.NewToolButton(icons.Viewer, t("chat.viewer"), func() { w.k.openViewer(w.selected) })
	for _, b := range []*widget.Button{w.decline, w.openChat, w.viewer} {
		b.SetRank(widget.Plain)
	}
	buttons := container.NewHBox(w.accept, w.decline, w.openChat, w.viewer)
	content := container.NewBorder(nil, buttons, nil, nil, container.NewVScroll(container.NewVBox(w.question, w.details)))
	w.detailsPane = widget.NewFoldPane(t("list.details"), container.NewPadded(content))
}

// tick writes the lists whose times go on.
func (w *listWindow) tick(s desk.Snapshot) {
	now := w.k.cfg.Clock()
	rows := make([]widget.Row, 0, len(s.Queries))
	for _, q := range s.Queries {
		rows = append(rows, widget.Row{ID: q.ID, Stripe: theme.ColorQuery, Cells: []widget.Cell{
			{Left: max(0, q.ExpiresAt.Sub(now)), Total: q.ExpiresAt.Sub(q.PostedAt), Key: sortable(q.ExpiresAt)},
			{Text: q.Portal},
			{Text: widget.GroupCode(q.ID)},
			{Text: w.k.clock(q.PostedAt), Key: sortable(q.PostedAt)},
			{Text: q.Customer},
			{Text: q.Language},
			{Text: oneLine(q.Question)},
		}})
	}
	w.incoming.SetRows(rows)
	w.incomingPane.SetCount(len(rows))
	w.showRunning(s)
}

func (w *listWindow) showRunning(s desk.Snapshot) {
	now := w.k.cfg.Clock()
	rows := make([]widget.Row, 0, len(s.Sessions))
	for _, x := range s.Sessions {
		icon, text := w.k.status(x)
		rows = append(rows, widget.Row{ID: x.ID, Cells: []widget.Cell{
			{Text: widget.FormatSince(now.Sub(x.StartedAt)), Key: sortable(x.StartedAt)},
			{Text: x.Portal},
			{Text: widget.GroupCode(x.ID)},
			{Text: w.k.customer(x.Customer)},
			{Icon: icon, Text: text},
		}})
	}
	w.running.SetRows(rows)
	w.runningPane.SetCount(len(rows))
}

// status says in a word how a running session is.
func (k *Console) status(x desk.Session) (icons.Name, string) {
	a := k.hall.Find(x.ID)
	switch {
	case x.JoinedAt.IsZero():
		return icons.Wait, k.t.T("status.waiting")
	case a == nil:
		return icons.Chat, k.t.T("status.chat")
	}
	s := a.Session.Snapshot()
	switch {
	case s.Phase == session.Lost:
		return icons.Offline, k.t.T("status.lost")
	case s.Sharing && s.Control:
		return icons.Mouse, k.t.T("status.control")
	case s.Sharing:
		return icons.Screen, k.t.T("status.sharing")
	case s.Phase == session.Consenting:
		return icons.Wait, k.t.T("status.consent")
	default:
		return icons.Chat, k.t.T("status.chat")
	}
}

func (w *listWindow) showHistory(s desk.Snapshot) {
	ended := s.History
	if w.found != nil {
		ended = w.found
	}
	rows := make([]widget.Row, 0, len(ended))
	for _, x := range ended {
		rows = append(rows, widget.Row{ID: x.ID, Cells: []widget.Cell{
			{Text: w.k.clock(x.StartedAt), Key: sortable(x.StartedAt)},
			{Text: x.Portal},
			{Text: widget.GroupCode(x.ID)},
			{Text: w.k.customer(x.Customer)},
			{Text: widget.FormatLeft(duration(x))},
			{Text: w.k.outcome(x.Outcome)},
		}})
	}
	w.history.SetRows(rows)
	w.historyPane.SetCount(len(rows))
	setText(w.stats, w.k.today(s))
}

// today sums up the sessions of the day: how many, how many of them resolved, and how long they took on average.
func (k *Console) today(s desk.Snapshot) string {
	now := k.cfg.Clock().Local()
	var ended, resolved int
	var total time.Duration
	for _, x := range s.History {
		if at := x.StartedAt.Local(); at.YearDay() != now.YearDay() || at.Year() != now.Year() {
			continue
		}
		ended++
		total += duration(x)
		if x.Outcome == session.Resolved {
			resolved++
		}
	}
	average := time.Duration(0)
	if ended > 0 {
		average = total / time.Duration(ended)
	}
	return k.t.T("list.today", ended, resolved, widget.FormatLeft(average))
}

func duration(x desk.Session) time.Duration {
	if x.JoinedAt.IsZero() {
		return 0
	}
	return x.EndedAt.Sub(x.JoinedAt)
}

func (w *listWindow) onSelected(id string) {
	if id == "" {
		return
	}
	w.selected = id
	for _, table := range []*widget.Table{w.incoming, w.running, w.history} {
		if table.Selected() != id {
			table.Select("")
		}
	}
	w.showDetails(w.k.last)
}

// showDetails shows the selected query or session, whatever it has become since.
func (w *listWindow) showDetails(s desk.Snapshot) {
	for _, b := range []*widget.Button{w.accept, w.decline, w.openChat, w.viewer} {
		b.Hide()
	}
	for _, q := range s.Queries {
		if q.ID == w.selected {
			w.showQuery(q)
			return
		}
	}
	for _, list := range [][]desk.Session{s.Sessions, s.History, w.found} {
		for _, x := range list {
			if x.ID == w.selected {
				w.showSession(x)
				return
			}
		}
	}
	setText(w.question, w.k.t.T("details.none"))
	w.details.Set(nil)
}

func (w *listWindow) showQuery(q desk.Query) {
	t := w.k.t.T
	setText(w.question, q.Question)
	w.details.Set([]widget.Fact{
		{Name: t("column.name"), Value: q.Customer},
		{Name: t("details.email"), Value: q.Email},
		{Name: t("column.portal"), Value: q.Portal},
		{Name: t("column.session_id"), Value: widget.GroupCode(q.ID)},
		{Name: t("column.posted"), Value: w.k.clock(q.PostedAt)},
		{Name: t("column.language"), Value: q.Language},
		{Name: t("details.system"), Value: q.System},
	})
	w.accept.Show()
	w.decline.Show()
}

func (w *listWindow) showSession(x desk.Session) {
	t := w.k.t.T
	setText(w.question, x.Question)
	w.details.Set([]widget.Fact{
		{Name: t("column.name"), Value: x.Customer},
		{Name: t("column.portal"), Value: x.Portal},
		{Name: t("column.session_id"), Value: widget.GroupCode(x.ID)},
		{Name: t("details.rep"), Value: x.Rep},
		{Name: t("details.started"), Value: w.k.clock(x.StartedAt)},
		{Name: t("details.ended"), Value: w.k.clock(x.EndedAt)},
		{Name: t("column.language"), Value: x.Language},
		{Name: t("details.system"), Value: x.System},
		{Name: t("column.outcome"), Value: w.k.outcome(x.Outcome)},
		{Name: t("details.notes"), Value: x.Notes},
	})
	if w.k.hall.Find(x.ID) != nil {
		w.openChat.Show()
		w.viewer.Show()
	}
}

func (w *listWindow) incomingMenu(id string) *fyne.Menu {
	t := w.k.t.T
	return fyne.NewMenu("",
		fyne.NewMenuItem(t("list.accept"), func() { w.k.accept(id) }),
		fyne.NewMenuItem(t("list.decline"), func() { w.k.decline(id) }),
	)
}

func (w *listWindow) runningMenu(id string) *fyne.Menu {
	if w.k.hall.Find(id) == nil {
		return nil
	}
	t := w.k.t.T
	return fyne.NewMenu("",
		fyne.NewMenuItem(t("list.open_chat"), func() { w.k.openChat(id) }),
		fyne.NewMenuItem(t("chat.viewer"), func() { w.k.openViewer(id) }),
		fyne.NewMenuItem(t("menu.close_session"), func() { w.k.askEnd(id) }),
	)
}

// onSearch looks in the relay's history; an empty text shows the newest again.
func (w *listWindow) onSearch(text string) {
	text = strings.TrimSpace(text)
	if text == "" {
		w.found = nil
		w.showHistory(w.k.last)
		return
	}
	var found []desk.Session
	w.k.desk.Do(func(ctx context.Context) (err error) {
		found, err = w.k.desk.Search(ctx, text)
		return err
	}, func(err error) {
		w.k.cfg.Post(func() {
			if err != nil {
				w.k.problem(err)
				return
			}
			w.found = append([]desk.Session{}, found...)
			w.showHistory(w.k.last)
		})
	})
}

// oneLine makes a row's text of what may have several lines.
func oneLine(text string) string { return strings.Join(strings.Fields(text), " ") }
