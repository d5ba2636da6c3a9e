package console

import (
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"

	"deskhand/apps/internal/prefs"
	"deskhand/apps/internal/session"
	"deskhand/apps/rep/internal/attend"
	"deskhand/icons"
	"deskhand/ui/theme"
	"deskhand/ui/widget"
)

// chatBox is the window of all chats: a tab for each customer, tools, the log and what is known of the customer.
type chatBox struct {
	k        *Console
	window   fyne.Window
	selected string // session number of the tab that is shown

	tabs    *widget.Tabs
	banner  *widget.Banner
	viewer  *widget.Button
	screen  *widget.Button
	end     *widget.Button
	fold    *widget.Button
	log     *widget.ChatLog
	entry   *widget.MessageEntry
	send    *widget.Button
	words   *widget.Words
	status  *widget.StatusPanel
	preview thumbnail
	facts   *widget.Facts
	people  *widget.Facts
	side    *fyne.Container
	body    *fyne.Container
	drafts  map[string]string    // unsent text by session
	wrote   map[string]time.Time // when the rep last sent that customer text
	read    map[string]uint64    // last line seen by session
	details bool
}

func newChatBox(k *Console) *chatBox {
	b := &chatBox{
		k: k, drafts: map[string]string{}, wrote: map[string]time.Time{}, read: map[string]uint64{},
		details: k.cfg.Prefs.Get().ChatDetails,
	}
	b.window = k.cfg.App.NewWindow(k.t.T("chat.title"))
	b.window.SetIcon(theme.AppIcon())
	b.window.SetPadded(false)
	b.build()
	b.window.Resize(fyne.NewSize(760, 560))
	b.window.SetCloseIntercept(func() { b.window.Hide() })
	b.window.Canvas().SetOnTypedKey(func(e *fyne.KeyEvent) { b.onKey(e.Name) })
	return b
}

func (b *chatBox) build() {
	t := b.k.t.T
	b.tabs = widget.NewTabs()
	b.tabs.OnSelected = b.choose
	b.banner = widget.NewBanner()
	b.viewer = widget.NewToolButton(icons.Viewer, t("chat.viewer"), func() { b.k.toggleViewer(b.selected) })
	b.screen = widget.NewToolButton(icons.Screen, t("chat.screen"), nil)
	b.screen.SetMenu(b.screenMenu)
	b.end = widget.NewToolButton(icons.End, t("chat.end"), nil)
	b.end.SetMenu(b.endMenu)
	b.fold = widget.NewToolButton(icons.Details, "", b.onFold)
	b.fold.SetTip(t("chat.details_tip"))
	b.log = widget.NewChatLog()
	b.entry = widget.NewMessageEntry(t("chat.message"))
	b.entry.OnSend = b.onSend
	b.entry.OnTyping = b.onTyping
	b.send = widget.NewToolButton(icons.Send, t("chat.send"), func() { b.entry.Send() })
	b.send.SetRank(widget.Primary)
	b.words = widget.NewWords(t("chat.words"), t("chat.words_pending"))
	b.status = widget.NewStatusPanel()
	b.facts, b.people = widget.NewFacts(), widget.NewFacts()
	b.preview = thumbnail{Preview: widget.NewPreview()}
	b.side = container.NewPadded(container.NewVScroll(container.NewVBox(
		b.preview.Preview,
		b.words, wrapped(t("chat.words_hint")),
		widget.NewHeading(t("list.details")), b.facts,
		widget.NewHeading(t("chat.attendees")), b.people,
	)))
	b.body = container.NewStack()
	b.layoutBody()
	bar := widget.NewToolbar([]fyne.CanvasObject{b.viewer, b.screen}, []fyne.CanvasObject{b.end, b.fold})
	b.window.SetMainMenu(b.mainMenu())
	b.window.SetContent(widget.NewTips(container.NewBorder(
		container.NewVBox(b.tabs, bar, b.banner), b.status, nil, nil, b.body)))
}

func (b *chatBox) layoutBody() {
	write := container.NewPadded(container.NewBorder(nil, nil, nil, container.NewCenter(b.send), b.entry))
	left := container.NewBorder(nil, write, nil, nil, b.log)
	if !b.details {
		b.body.Objects = []fyne.CanvasObject{left}
	} else {
		split := container.NewHSplit(left, b.side)
		split.Offset = 0.66
		b.body.Objects = []fyne.CanvasObject{split}
	}
	b.body.Refresh()
}

func (b *chatBox) mainMenu() *fyne.MainMenu {
	t := b.k.t.T
	return fyne.NewMainMenu(
		fyne.NewMenu(t("menu.session"),
			fyne.NewMenuItem(t("menu.leave_session"), func() { b.k.leave(b.selected) }),
			fyne.NewMenuItem(t("menu.close_session"), func() { b.k.askEnd(b.selected) }),
			fyne.NewMenuItem(t("menu.exit_all_sessions"), b.k.leaveAll)),
		fyne.NewMenu(t("menu.screen_sharing"), b.screenMenu().Items...),
	)
}

// current is the session of the tab that is shown, or nil.
func (b *chatBox) current() *attend.Attended { return b.k.hall.Find(b.selected) }

// showSession shows news of a session; a new one opens the window, with its tab in front when no other is being answered.
func (b *chatBox) showSession(id string) {
	if _, known := b.wrote[id]; !known {
		b.wrote[id] = b.k.cfg.Clock()
		if a := b.current(); a == nil || a.Session.Snapshot().Phase == session.Over || b.entry.Text == "" {
			b.choose(id)
		}
		b.window.Show()
		b.k.cfg.Logger.Info("chat box opened", "session", id)
	}
	b.show()
}

func (b *chatBox) choose(id string) {
	if id == b.selected {
		return
	}
	b.drafts[b.selected] = b.entry.Text
	b.selected = id
	b.entry.SetText(b.drafts[id])
	b.show()
	b.window.Canvas().Focus(b.entry)
}

// show writes everything about the sessions.
func (b *chatBox) show() {
	b.tick()
	a := b.current()
	if a == nil {
		b.showEmpty()
		return
	}
	s := a.Session.Snapshot()
	b.window.SetTitle(b.k.t.T("chat.title") + " – " + b.k.customer(s.CustomerName))
	b.log.SetLines(b.k.chatLines(s))
	if n := len(s.Chat); n > 0 {
		b.read[a.ID] = s.Chat[n-1].Seq
	}
	b.log.SetTyping(b.k.typing(s))
	b.showTools(s)
	b.showSide(s)
	b.showBanner(s)
}

func (b *chatBox) showEmpty() {
	b.window.SetTitle(b.k.t.T("chat.title"))
	b.log.SetLines(nil)
	b.log.SetTyping("")
	reason := b.k.t.T("chat.none")
	b.entry.SetEnabled(false)
	for _, x := range []*widget.Button{b.viewer, b.screen, b.end, b.send} {
		x.SetEnabled(false, reason)
	}
	b.words.Set("")
	b.facts.Set(nil)
	b.people.Set(nil)
	b.status.Set(false, reason)
}

func (b *chatBox) showTools(s session.Snapshot) {
	t := b.k.t.T
	over := s.Phase == session.Over
	reason := ""
	if over {
		reason = t("chat.over")
	}
	b.entry.SetEnabled(!over)
	b.send.SetEnabled(!over, reason)
	b.end.SetEnabled(true, "")
	switch {
	case over || !s.Rights.See:
		b.screen.SetEnabled(false, first(reason, t("chat.no_right")))
	case s.Phase == session.Consenting || s.Phase == session.Entering:
		b.screen.SetEnabled(false, t("sharing.consenting"))
	default:
		b.screen.SetEnabled(true, "")
	}
	b.viewer.SetEnabled(s.Sharing || b.k.viewers[b.selected] != nil, first(reason, t("chat.not_shared")))
	b.viewer.SetOn(b.k.viewers[b.selected] != nil)
	b.fold.SetOn(b.details)
	b.status.Set(s.Sharing, b.k.sharingText(s))
}

func first(a, b string) string {
	if a != "" {
		return a
	}
	return b
}

// sharingText says what the rep may do with the customer's screen now.
func (k *Console) sharingText(s session.Snapshot) string {
	switch {
	case s.Phase == session.Over:
		return k.t.T("chat.over")
	case s.Sharing && s.Control:
		return k.t.T("sharing.control")
	case s.Sharing:
		return k.t.T("sharing.see")
	case s.Asked:
		return k.t.T("sharing.asked")
	case s.Phase == session.Consenting:
		return k.t.T("sharing.consenting")
	default:
		return k.t.T("sharing.none")
	}
}

func (b *chatBox) showSide(s session.Snapshot) {
	t := b.k.t.T
	b.words.Set(wordsText(s))
	memory := ""
	if s.Facts.Memory > 0 {
		memory = t("details.gigabytes", (s.Facts.Memory+1<<29)>>30)
	}
	b.facts.Set([]widget.Fact{
		{Name: t("column.name"), Value: s.CustomerName},
		{Name: t("column.session_id"), Value: widget.GroupCode(s.ID)},
		{Name: t("column.portal"), Value: s.Portal},
		{Name: t("details.started"), Value: b.k.clock(s.StartedAt)},
		{Name: t("details.system"), Value: s.Facts.System},
		{Name: t("details.host"), Value: s.Facts.Host},
		{Name: t("details.memory"), Value: memory},
		{Name: t("details.processor"), Value: s.Facts.Processor},
		{Name: t("column.language"), Value: s.Facts.Language},
		{Name: t("column.question"), Value: s.Question},
	})
	var people []widget.Fact
	for _, x := range s.Attendees {
		role := t("role.rep")
		if x.Role == session.Customer {
			role = t("role.customer")
		}
		if x.Away {
			role += " · " + t("status.lost")
		}
		people = append(people, widget.Fact{Name: b.k.customer(x.Name), Value: role})
	}
	b.people.Set(people)
}

// wordsText gives the verifier words, or nothing before they are known.
func wordsText(s session.Snapshot) string {
	if s.Words == (session.Snapshot{}).Words {
		return ""
	}
	return s.Words.String()
}

func (b *chatBox) showBanner(s session.Snapshot) {
	t := b.k.t
	switch {
	case s.Phase == session.Over:
		b.banner.Say(widget.BannerInfo, b.k.endText(s))
		b.banner.SetAction(t.T("chat.dismiss"), func() { b.k.dismiss(s.ID) })
	case s.Phase == session.Lost:
		b.banner.Say(widget.BannerWarning, t.T("chat.reconnecting"))
		b.banner.SetAction("", nil)
	case s.FeatureFaults["watch"] != "":
		b.banner.Say(widget.BannerFault, t.Fault(string(s.FeatureFaults["watch"])))
		b.banner.SetAction("", nil)
	default:
		b.banner.Say(widget.BannerInfo, "")
	}
}

// tick writes what goes on with time: the tabs.
func (b *chatBox) tick() {
	now := b.k.cfg.Clock()
	var tabs []widget.Tab
	for _, a := range b.k.hall.All() {
		s := a.Session.Snapshot()
		since := now.Sub(b.wrote[a.ID])
		tab := widget.Tab{ID: a.ID, Title: b.k.customer(s.CustomerName), Note: widget.FormatSince(since), Mood: mood(since)}
		if s.Phase == session.Over {
			tab.Note, tab.Mood = b.k.t.T("chat.tab_over"), widget.Good
		}
		if n := len(s.Chat); n > 0 && a.ID != b.selected {
			tab.Unread = s.Chat[n-1].Seq > b.read[a.ID]
		}
		tabs = append(tabs, tab)
	}
	b.tabs.Set(tabs, b.selected)
	b.showThumbnail(now)
}

// Times after which a tab says that the customer has not heard from the rep, until they are a preference.
const (
	waitingAfter = 60 * time.Second
	lateAfter    = 180 * time.Second
)

func mood(since time.Duration) widget.Mood {
	switch {
	case since >= lateAfter:
		return widget.Late
	case since >= waitingAfter:
		return widget.Waiting
	default:
		return widget.Good
	}
}

func (b *chatBox) onSend(text string) {
	if a := b.current(); a != nil {
		a.Session.Say(text)
		b.wrote[a.ID] = b.k.cfg.Clock()
	}
}

func (b *chatBox) onTyping(on bool) {
	if a := b.current(); a != nil {
		a.Session.SetTyping(on)
	}
}

func (b *chatBox) onFold() {
	b.details = !b.details
	b.layoutBody()
	b.fold.SetOn(b.details)
	if err := b.k.cfg.Prefs.Update(b.k.cfg.Life, func(s *prefs.Settings) { s.ChatDetails = b.details }); err != nil {
		b.k.problem(err)
	}
}

func (b *chatBox) screenMenu() *fyne.Menu {
	t := b.k.t.T
	ask := func(control bool) func() {
		return func() {
			if a := b.current(); a != nil {
				a.Session.AskSharing(control)
			}
		}
	}
	return fyne.NewMenu("",
		fyne.NewMenuItem(t("menu.show_screen"), ask(false)),
		fyne.NewMenuItem(t("menu.show_screen_control"), ask(true)),
	)
}

func (b *chatBox) endMenu() *fyne.Menu {
	t := b.k.t.T
	if a := b.current(); a == nil || a.Session.Snapshot().Phase == session.Over {
		return fyne.NewMenu("", fyne.NewMenuItem(t("chat.dismiss"), func() { b.k.dismiss(b.selected) }))
	}
	return fyne.NewMenu("",
		fyne.NewMenuItem(t("menu.leave_session"), func() { b.k.leave(b.selected) }),
		fyne.NewMenuItem(t("menu.close_session"), func() { b.k.askEnd(b.selected) }),
	)
}

// chatLines makes the log's lines.
func (k *Console) chatLines(s session.Snapshot) []widget.ChatLine {
	lines := make([]widget.ChatLine, 0, len(s.Chat))
	for i, l := range s.Chat {
		kind := widget.Theirs
		switch {
		case l.Status != session.Said:
			kind = widget.Status
		case l.Mine:
			kind = widget.Mine
		}
		lines = append(lines, widget.ChatLine{
			Key: lineKey(l, i), Kind: kind, At: k.clock(l.At), Name: l.Name, Text: k.lineText(l), Pending: l.Pending,
		})
	}
	return lines
}

func (k *Console) typing(s session.Snapshot) string {
	if len(s.Typing) == 0 {
		return ""
	}
	return k.t.T("chat.typing", k.customer(s.Typing[0]))
}
