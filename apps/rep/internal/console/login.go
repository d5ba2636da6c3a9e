package console

import (
	"strings"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/layout"
	fw "fyne.io/fyne/v2/widget"

	"deskhand/icons"
	"deskhand/protocol/fault"
	"deskhand/ui/theme"
	"deskhand/ui/widget"
)

// loginWindow asks who the rep is. Relay and key are asked for only where nobody has set them up.
type loginWindow struct {
	k      *Console
	window fyne.Window
	banner *widget.Banner
	relay  *fw.Entry
	key    *fw.Entry
	login  *fw.Entry
	pass   *fw.Entry
	enter  *widget.Button
	given  Credentials
	busy   bool
}

// ShowLogin opens the login window with what is known already, and with what went wrong before, if anything did.
func (k *Console) ShowLogin(given Credentials, problem string) {
	w := &loginWindow{k: k, given: given}
	if given.Relay == "" {
		s := k.cfg.Prefs.Get()
		w.given.Relay, w.given.Key = s.Relay, s.RelayKey
	}
	if given.Login == "" {
		w.given.Login = k.cfg.Prefs.Get().Login
	}
	k.login = w
	w.window = k.cfg.App.NewWindow(k.t.T("login.title"))
	w.window.SetIcon(theme.AppIcon())
	w.build()
	if problem != "" {
		w.banner.Say(widget.BannerFault, problem)
	}
	w.window.Resize(fyne.NewSize(380, 300))
	w.window.CenterOnScreen()
	w.window.SetCloseIntercept(k.cfg.Quit)
	w.window.Show()
	w.focus()
}

func (w *loginWindow) build() {
	t := w.k.t
	w.banner = widget.NewBanner()
	w.relay, w.key = fw.NewEntry(), fw.NewEntry()
	w.relay.SetText(w.given.Relay)
	w.relay.SetPlaceHolder("relay.example:443")
	w.key.SetText(w.given.Key)
	w.key.SetPlaceHolder("sha256:…")
	w.login, w.pass = fw.NewEntry(), fw.NewPasswordEntry()
	w.login.SetText(w.given.Login)
	for _, e := range []*fw.Entry{w.relay, w.key, w.login, w.pass} {
		e.OnSubmitted = func(string) { w.onEnter() }
	}
	w.enter = widget.NewToolButton(icons.Accept, t.T("login.enter"), w.onEnter)
	w.enter.SetRank(widget.Primary)
	form := container.New(layout.NewFormLayout())
	if w.given.Relay == "" {
		form.Add(fw.NewLabel(t.T("login.relay")))
		form.Add(w.relay)
		form.Add(fw.NewLabel(t.T("login.key")))
		form.Add(w.key)
	}
	form.Add(fw.NewLabel(t.T("login.login")))
	form.Add(w.login)
	form.Add(fw.NewLabel(t.T("login.password")))
	form.Add(w.pass)
	content := container.NewVBox(
		widget.NewHeading("Deskhand"),
		widget.NewMuted(t.T("login.lead")),
		w.banner, form,
		container.NewHBox(layout.NewSpacer(), w.enter),
	)
	w.window.SetContent(widget.NewTips(container.NewPadded(container.NewPadded(content))))
}

func (w *loginWindow) focus() {
	if w.login.Text == "" {
		w.window.Canvas().Focus(w.login)
		return
	}
	w.window.Canvas().Focus(w.pass)
}

func (w *loginWindow) onEnter() {
	c := Credentials{
		Relay: strings.TrimSpace(w.relay.Text), Key: strings.TrimSpace(w.key.Text),
		Login: strings.TrimSpace(w.login.Text), Password: w.pass.Text,
	}
	if w.busy {
		return
	}
	if c.Relay == "" || c.Login == "" || c.Password == "" {
		w.banner.Say(widget.BannerWarning, w.k.t.T("login.incomplete"))
		return
	}
	w.busy = true
	w.enter.SetEnabled(false, w.k.t.T("login.busy"))
	w.banner.Say(widget.BannerInfo, w.k.t.T("login.busy"))
	w.k.cfg.Login(c, func(err error) { w.k.cfg.Post(func() { w.answered(err) }) })
}

// answered shows why the login failed; after a good one the window has gone.
func (w *loginWindow) answered(err error) {
	w.busy = false
	if err == nil || w.k.login != w {
		return
	}
	w.enter.SetEnabled(true, "")
	w.banner.Say(widget.BannerFault, w.k.t.Fault(string(fault.ReasonOf(err))))
	if fault.Is(err, fault.InvalidPassword) {
		w.pass.SetText("")
		w.window.Canvas().Focus(w.pass)
	}
}

func (w *loginWindow) close() { w.window.Close() }
