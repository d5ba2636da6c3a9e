package help

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	fw "fyne.io/fyne/v2/widget"

	"deskhand/apps/internal/session"
	"deskhand/icons"
	"deskhand/ui/theme"
	"deskhand/ui/widget"
)

// consentPage asks the person who will help and what that one may do. No input from afar can exist before the answer.
type consentPage struct {
	w       *Window
	title   *fw.Label
	able    *fw.Label
	see     *fw.Check
	control *fw.Check
	words   *widget.Words
	hint    *widget.Muted
	banner  *widget.Banner
	notNow  *widget.Button
	allow   *widget.Button
	body    fyne.CanvasObject
	rights  session.Rights
	asked   bool // the boxes have been set for this session
}

func newConsentPage(w *Window) *consentPage {
	t := w.t.T
	p := &consentPage{
		w: w, title: heading(""), able: widget.NewText(""), banner: widget.NewBanner(),
		words: widget.NewWords(t("customer.words"), t("customer.words_pending")),
		hint:  muted(""),
	}
	p.see = fw.NewCheck(t("customer.consent.see"), func(bool) { p.onTick() })
	p.control = fw.NewCheck(t("customer.consent.control"), func(bool) { p.onTick() })
	p.notNow = widget.NewButton(t("customer.consent.not_now"), p.onNotNow)
	p.allow = widget.NewPrimaryButton(t("customer.consent.allow"), p.onAllow)
	p.body = page(w.steps(2), []fyne.CanvasObject{
		p.title, p.able,
		container.New(insets(theme.Space2, 0, 0, 0), container.NewVBox(p.see, p.control)),
		gap(theme.Space2),
		widget.NewPanel(theme.ColorRaised, theme.Space2, container.NewVBox(container.New(insets(6, 4, 0, 0), p.words), p.hint)),
		gap(theme.Space1), p.banner,
		marked(icons.Warning, theme.ColorWaiting, widget.NewText(t("customer.consent.warning"))),
	}, p.notNow, p.allow)
	return p
}

// showConsent asks for consent.
func (w *Window) showConsent(s session.Snapshot) {
	if w.consent == nil {
		w.consent = newConsentPage(w)
	}
	w.consent.show(s)
	w.turn(stepConsent, "Deskhand – "+w.rep(s), w.consent.body)
}

func (p *consentPage) show(s session.Snapshot) {
	t := p.w.t.T
	rep := p.w.rep(s)
	if s.Company != "" {
		setText(p.title, t("customer.consent.title_company", rep, s.Company))
	} else {
		setText(p.title, t("customer.consent.title", rep))
	}
	able := t("customer.consent.able", rep)
	if !s.Rights.See {
		able = t("customer.consent.chat_only", rep)
	}
	setText(p.able, able)
	if !p.asked || p.rights != s.Rights {
		p.asked, p.rights = true, s.Rights
		p.see.SetChecked(s.Rights.See)
		p.control.SetChecked(s.Rights.Control && s.Rights.See)
	}
	setVisible(p.see, s.Rights.See)
	setVisible(p.control, s.Rights.See && s.Rights.Control)
	p.words.Set(words(s))
	if hint := t("customer.words_hint", rep); p.hint.Text() != hint {
		p.hint.SetText(hint)
	}
	p.showAllow(s)
}

// showAllow says whether one can allow now, and if not, why.
func (p *consentPage) showAllow(s session.Snapshot) {
	t := p.w.t.T
	p.notNow.SetEnabled(!s.Ending, t("customer.talk.ending"))
	switch {
	case s.Ending:
		p.allow.SetEnabled(false, t("customer.talk.ending"))
	case s.Phase == session.Lost:
		p.allow.SetEnabled(false, t("customer.status.lost"))
	case words(s) == "":
		p.allow.SetEnabled(false, t("customer.consent.no_words"))
	case s.Rights.See && !p.see.Checked:
		p.allow.SetEnabled(false, t("customer.consent.nothing"))
	default:
		p.allow.SetEnabled(true, "")
	}
	switch {
	case s.Phase == session.Lost:
		p.banner.Say(widget.BannerWarning, t("customer.status.lost"))
	case s.Rights.See && !p.see.Checked:
		p.banner.Say(widget.BannerInfo, t("customer.consent.nothing"))
	default:
		p.banner.Say(widget.BannerInfo, "")
	}
}

// onTick keeps the boxes in step: who cannot see cannot use the mouse.
func (p *consentPage) onTick() {
	if p.w.session == nil {
		return
	}
	if p.see.Checked {
		p.control.Enable()
	} else {
		p.control.SetChecked(false)
		p.control.Disable()
	}
	p.showAllow(p.w.session.Snapshot())
}

func (p *consentPage) onAllow() {
	p.w.session.Allow(session.Consent{See: true, Control: p.rights.Control && p.control.Checked})
}

func (p *consentPage) onNotNow() { p.w.session.NotNow() }
