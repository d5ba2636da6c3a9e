package help

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/layout"
	fw "fyne.io/fyne/v2/widget"

	"deskhand/apps/internal/session"
	"deskhand/icons"
	"deskhand/ui/theme"
	"deskhand/ui/widget"
)

// talkPage is the session: a slim toolbar, the chat that unfolds below it, and the panel that says what is shared.
type talkPage struct {
	w *Window

	light  *fw.Icon // beside the text in the toolbar; its shape says the same
	seen   *fw.Label
	stop   *widget.Button
	chat   *widget.Button
	end    *widget.Button
	banner *widget.Banner
	ask    *question
	words  *widget.Words
	log    *widget.ChatLog
	note   *widget.Muted
	entry  *widget.MessageEntry
	send   *widget.Button
	status *widget.StatusPanel
	below  *fyne.Container // the chat
	body   fyne.CanvasObject

	open    bool   // the chat is unfolded
	heard   uint64 // the last line of somebody else that was shown
	started bool   // the page has taken its place on the screen
	shape   shape
	high    float32 // of the window with the chat, as the person has made it
	given   float32 // the height that the window was given last
}

// shape is what the window's size follows from.
type shape struct {
	open        bool
	ask, banner string // what is said
}

// ShowSession shows what the session knows now.
func (w *Window) ShowSession(s Session) {
	if w.session != s {
		w.session, w.consent, w.talk, w.over = s, nil, nil, nil
	}
	now := s.Snapshot()
	switch {
	case now.Phase == session.Over:
		w.showOver(now)
	case now.Consent != nil && now.Consent.See:
		w.showTalk(now)
	case now.Phase == session.Entering, w.cfg.Compact:
		w.showEntering(now)
	default:
		w.showConsent(now)
	}
}

// showEntering is shown until the session can begin, or until consent can be asked.
func (w *Window) showEntering(s session.Snapshot) {
	w.wait().enter(s)
	w.turn(stepWait, "Deskhand", w.waiting.body)
}

func (w *Window) showTalk(s session.Snapshot) {
	if w.talk == nil {
		w.talk = newTalkPage(w)
		w.talk.open = !w.cfg.Compact
		w.talk.heard = lastHeard(s)
	}
	p := w.talk
	p.show(s)
	if w.turn(stepTalk, "Deskhand – "+w.rep(s), p.body) {
		p.begin()
	}
}

func newTalkPage(w *Window) *talkPage {
	t := w.t.T
	p := &talkPage{w: w, light: fw.NewIcon(nil), seen: line(), banner: widget.NewBanner(), log: widget.NewChatLog()}
	p.stop = widget.NewToolButton(icons.Stop, t("customer.talk.stop"), p.onStop)
	p.stop.SetTip(t("customer.talk.stop_tip"))
	p.chat = widget.NewToolButton(icons.Chat, t("customer.talk.chat"), p.onChat)
	p.end = widget.NewToolButton(icons.End, t("customer.talk.end"), p.onEnd)
	for _, b := range []*widget.Button{p.stop, p.chat, p.end} {
		b.SetRank(widget.Plain) // somebody who sees them for the first time should see that they are buttons
	}
	p.ask = newQuestion(p)
	p.words = widget.NewWords(t("customer.words"), t("customer.words_pending"))
	p.note = muted("")
	p.entry = widget.NewMessageEntry(t("customer.talk.message"))
	p.entry.OnSend = func(text string) { w.session.Say(text) }
	p.entry.OnTyping = func(on bool) { w.session.SetTyping(on) }
	p.log.CopyLabel = t("button.copy")
	p.send = widget.NewToolButton(icons.Send, t("customer.talk.send"), p.entry.Send)
	p.status = widget.NewStatusPanel()
	p.build()
	return p
}

// seenWidth is room for the sentence that says who sees the screen, in the language with the longest one.
const seenWidth float32 = 270

func (p *talkPage) build() {
	bar := container.NewBorder(nil, nil,
		container.New(insets(theme.Space3, 0, 0, 0), container.NewCenter(p.light)),
		container.New(insets(0, 0, theme.Space1, 0), container.NewHBox(
			container.NewCenter(p.stop), container.NewCenter(p.chat), container.NewCenter(p.end))),
		container.NewStack(spacer(fyne.NewSize(seenWidth, 1)),
			container.New(layout.NewCustomPaddedVBoxLayout(0), layout.NewSpacer(), p.seen, layout.NewSpacer())))
	height := fyne.NewSize(1, theme.ToolbarHeight)
	top := container.NewStack(widget.NewFill(theme.ColorRaised), spacer(height),
		container.NewBorder(nil, widget.NewLine(), nil, nil, bar))
	write := container.New(insets(theme.Space3, theme.Space1, theme.Space3, theme.Space1), container.NewBorder(nil, p.note, nil,
		container.New(insets(theme.Space2, 0, 0, 0), container.NewCenter(p.send)), p.entry))
	strip := container.NewBorder(nil, widget.NewLine(), nil, nil, container.New(insets(theme.Space3, 5, theme.Space3, 5), p.words))
	p.below = widget.NewFrame(widget.Edges{Top: strip, Bottom: write}, p.log)
	p.body = widget.NewFrame(widget.Edges{Top: widget.NewRows(top, p.banner, p.ask.body), Bottom: p.status}, p.below)
}

// begin shows the page for the first time in a session: it takes its place on the screen.
func (p *talkPage) begin() {
	p.started = true
	p.stayAbove()
	p.fit()
	p.place()
	if p.open {
		p.w.focus(p.entry)
	}
}

// show writes everything about the session.
func (p *talkPage) show(s session.Snapshot) {
	p.hear(s)
	held := p.ask.show(s)
	t := p.w.t.T
	over := s.Ending
	setText(p.seen, p.w.sees(s, held))
	p.showLight(s, held)
	p.stop.SetEnabled(s.Sharing && !over, t("customer.status.none"))
	p.chat.SetOn(p.open)
	p.end.SetEnabled(!over, t("customer.talk.ending"))
	p.words.Set(words(s))
	p.log.SetLines(p.w.lines(s))
	p.log.SetTyping(p.typing(s))
	p.entry.SetEnabled(!over)
	p.send.SetEnabled(!over, t("customer.talk.ending"))
	if note := p.noteText(s, held); p.note.Text() != note {
		p.note.SetText(note)
	}
	p.status.Set(s.Sharing && !held, p.w.status(s, held))
	p.showBanner(s)
	setVisible(p.below, p.open)
	p.send.SetRank(widget.Primary)
	if held {
		p.send.SetRank(widget.Plain) // the question has the window's one main action now
	}
	if p.started {
		p.fit()
	}
}

func (p *talkPage) showLight(s session.Snapshot, held bool) {
	icon, color := icons.NoScreen, theme.ColorMuted
	if s.Sharing && !held {
		icon, color = icons.Eye, theme.ColorText
	}
	p.light.SetResource(theme.IconIn(icon, color))
}

// noteText reminds the person that a rep who sees the screen sees what is being written.
func (p *talkPage) noteText(s session.Snapshot, held bool) string {
	if s.Sharing && !held {
		return p.w.t.T("customer.talk.typing_seen", p.w.rep(s))
	}
	return p.w.t.T("customer.talk.typing_unseen")
}

func (p *talkPage) typing(s session.Snapshot) string {
	if len(s.Typing) == 0 {
		return ""
	}
	return p.w.t.T("chat.typing", s.Typing[0])
}

func (p *talkPage) showBanner(s session.Snapshot) {
	for _, feature := range []string{"share", "control"} {
		if r := s.FeatureFaults[feature]; r != "" {
			p.banner.Say(widget.BannerWarning, p.w.fault(r))
			return
		}
	}
	if s.Phase == session.Lost {
		p.banner.Say(widget.BannerWarning, p.w.t.T("customer.talk.reconnecting"))
		return
	}
	p.banner.Say(widget.BannerInfo, "")
}

// hear unfolds the chat when a rep has said something. The window is above all others anyway; it does not take the
// keyboard, which may be with a field for a password, or with the rep.
func (p *talkPage) hear(s session.Snapshot) {
	if last := lastHeard(s); last > p.heard {
		p.heard = last
		p.open = true
		p.w.reveal()
	}
}

// lastHeard is the last line that somebody else has said.
func lastHeard(s session.Snapshot) uint64 {
	last := uint64(0)
	for _, l := range s.Chat {
		if l.Status == session.Said && !l.Mine {
			last = max(last, l.Seq)
		}
	}
	return last
}

func (p *talkPage) onStop() { p.w.session.StopSharing() }

func (p *talkPage) onChat() {
	p.open = !p.open
	p.show(p.w.session.Snapshot())
	if p.open {
		p.w.focus(p.entry)
	} else {
		p.w.window.Canvas().Unfocus()
	}
}

func (p *talkPage) onEnd() {
	p.askEnd()
	p.show(p.w.session.Snapshot())
}

func (p *talkPage) askEnd() { p.ask.end = true }
