// Package console is what the rep sees: the login window, List View, alerts, Code Management, the Chat box and a Viewer for
// each shared screen. Windows show snapshots of the desk and of the sessions and send commands; they hold nothing that
// could be lost.
//
// Everything here belongs to Fyne's UI goroutine. Whoever watches the desk and the sessions posts the Show methods there;
// the windows themselves start no goroutines and take no locks.
package console

import (
	"context"
	"image"
	"log/slog"
	"slices"
	"time"

	"fyne.io/fyne/v2"

	"deskhand/apps/internal/prefs"
	"deskhand/apps/internal/session"
	"deskhand/apps/internal/uithread"
	"deskhand/apps/rep/internal/attend"
	"deskhand/apps/rep/internal/desk"
	"deskhand/apps/rep/internal/paint"
	"deskhand/protocol/fault"
	"deskhand/ui/lang"
	"deskhand/ui/theme"
	"deskhand/ui/viewer"
)

// Desk is what the windows ask the rep's desk to do; see desk.Desk.
type Desk interface {
	Do(work func(ctx context.Context) error, done func(error))
	SetAvailable(on bool)
	Accept(ctx context.Context, id string) error
	Decline(ctx context.Context, id string) error
	CreateCode(ctx context.Context, name, portalSlug string) (desk.Code, error)
	CancelCode(ctx context.Context, code string) error
	Search(ctx context.Context, text string) ([]desk.Session, error)
	More(ctx context.Context) error
	Transcript(ctx context.Context, id string) ([]session.Line, error)
	Logout(ctx context.Context) error
}

// Hall is what the windows need of the sessions that the rep is in; see attend.Hall.
type Hall interface {
	All() []*attend.Attended
	Find(id string) *attend.Attended
	Dismiss(id string)
}

// Credentials are what the login window asks for.
type Credentials struct {
	Relay, Key, Login, Password string
}

// Config is what the windows work with.
type Config struct {
	App      fyne.App
	Life     context.Context // the app's; ends when it does
	Post     uithread.Post
	Prefs    *prefs.Store
	Logger   *slog.Logger
	Clock    func() time.Time
	Language func(preferred string) string             // the language to use when the settings name none, or that one
	WorkArea func() (image.Rectangle, error)           // of the main display, in device pixels
	Login    func(c Credentials, done func(err error)) // signs in; done may come from any goroutine
	Quit     func()
	// Paint has a goroutine run the loop of a session's Viewer until end is called; nil: its steps are made with
	// ShowPicture.
	Paint func(id string, l *paint.Loop) (end func())
	// Surface makes a surface in a native window, see surface.Open; nil: Fyne paints.
	Surface func(parent uintptr, exposed func()) (viewer.Surface, error)
	// Figures tells how a session's picture comes, once a second while the rep wants to see it; nil: nothing is known.
	Figures func(*attend.Attended) Figures
	// Thumbnail is a session's picture for a place of most pixels, and its number, which is never 0. img is nil when that is
	// still the one that has been seen, or, with the number 0, while there is none. nil: there are no thumbnails.
	Thumbnail func(a *attend.Attended, most image.Point, seen uint64) (img image.Image, number uint64)
	// Hook makes a window get the keys that the system keeps for itself, until release is called; nil: not here.
	Hook func(window uintptr, key func(sym uint32, down bool)) (release func(), err error)
	// Prompt is told, on the UI goroutine, whether what the rep does should be heard of at once: while a Viewer's picture has
	// the keyboard. nil: it is heard of as Fyne looks for it.
	Prompt func(on bool)

	OpenViewer bool // open each Viewer at actual size, at the top left, as soon as the customer joins
	Accept     bool // take the next query by itself
}

// Console owns all windows.
type Console struct {
	cfg  Config
	t    *lang.Texts
	desk Desk
	hall Hall
	last desk.Snapshot

	login    *loginWindow
	list     *listWindow
	codes    *codesWindow
	chat     *chatBox
	settings *settingsWindow
	alerts   *alerts
	tray     *tray
	viewers  map[string]*viewerWindow
	hosts    []*viewerHost   // their windows; new Viewers open in the first
	viewing  prefs.Viewer    // how they work
	closed   map[string]bool // Viewers that the rep has closed: they do not open by themselves again
	accepted bool            // Config.Accept has been used
	wasLost  bool            // List View says that the connection is lost
	prompt   bool            // what Config.Prompt was told last

	viewerSettings *viewerSettings
}

// New makes a console without windows.
func New(c Config) *Console {
	k := &Console{cfg: c, viewers: map[string]*viewerWindow{}, closed: map[string]bool{}, viewing: c.Prefs.Get().Viewer}
	k.alerts = newAlerts(k)
	k.applySettings()
	return k
}

// applySettings takes language and look from the settings.
func (k *Console) applySettings() {
	s := k.cfg.Prefs.Get()
	k.t = lang.New(k.cfg.Language(s.Language))
	look := theme.FollowSystem
	switch s.Theme {
	case prefs.ThemeLight:
		look = theme.Light
	case prefs.ThemeDark:
		look = theme.Dark
	}
	k.cfg.App.Settings().SetTheme(theme.New(theme.Options{Look: look}))
}

// Restyle shows every window anew after language or look have changed.
func (k *Console) Restyle() {
	k.applySettings()
	if k.list != nil {
		k.list.build()
		k.list.show(k.last)
	}
	if k.codes != nil {
		k.codes.build()
		k.codes.show(k.last)
	}
	if k.chat != nil {
		k.chat.build()
		k.chat.show()
	}
	for _, v := range k.viewers {
		v.rebuild()
	}
	if k.tray != nil {
		k.tray.build()
		k.tray.show(k.last, len(k.live()))
	}
}

// Open shows the windows of a rep who has signed in.
func (k *Console) Open(d Desk, h Hall, s desk.Snapshot) {
	k.desk, k.hall = d, h
	k.list = newListWindow(k)
	k.tray = newTray(k)
	k.ShowDesk(s)
	k.list.window.Show()
	if k.login != nil { // only now: an application without windows ends
		k.login.close()
		k.login = nil
	}
	k.cfg.Logger.Info("list view opened")
}

// ShowDesk shows what the desk knows now.
func (k *Console) ShowDesk(s desk.Snapshot) {
	k.last = s
	if k.list == nil {
		return
	}
	k.list.show(s)
	if k.codes != nil {
		k.codes.show(s)
	}
	k.acceptNext(s)
	k.alerts.show(s)
	k.tray.show(s, len(k.live()))
}

// acceptNext takes the first query once, when it was asked for at the start.
func (k *Console) acceptNext(s desk.Snapshot) {
	if !k.cfg.Accept || k.accepted || len(s.Queries) == 0 {
		return
	}
	k.accepted = true
	k.accept(s.Queries[0].ID)
}

// ShowSession shows what a session knows now: its Chat box opens by itself when it appears.
func (k *Console) ShowSession(a *attend.Attended) {
	if k.list == nil {
		return // the last word of a session that the log-out has ended
	}
	if k.chat == nil {
		k.chat = newChatBox(k)
	}
	snap := a.Session.Snapshot()
	k.chat.showSession(a.ID)
	if v := k.viewers[a.ID]; v != nil {
		v.show()
	} else if snap.Phase != session.Over && !k.closed[a.ID] && (snap.Sharing || k.cfg.OpenViewer) {
		k.comeUp(a.ID)
	}
	k.tray.show(k.last, len(k.live()))
	k.list.show(k.last)
}

// ShowPicture paints what has changed on a shared screen and is not painted by the Viewer's loop.
func (k *Console) ShowPicture(id string) {
	if v := k.viewers[id]; v != nil {
		v.paint()
	}
}

// Tick lets countdowns go on; call it once a second while Ticking.
func (k *Console) Tick() {
	if k.list != nil {
		k.list.tick(k.last)
	}
	if k.codes != nil {
		k.codes.show(k.last)
	}
	k.alerts.tick()
	for _, v := range k.viewers {
		v.tick()
	}
	if k.chat != nil {
		k.chat.tick()
	}
}

// Ticking says whether anything counts down: an idle console does not wake up.
func (k *Console) Ticking() bool {
	return len(k.last.Queries)+len(k.last.Codes)+len(k.last.Sessions)+len(k.alerts.open) > 0
}

// SignedOut goes back to the login window, and says why if it was not the rep's own wish.
func (k *Console) SignedOut(displaced bool, err error) {
	reason := ""
	switch {
	case displaced:
		reason = k.t.T("login.displaced")
	case err != nil:
		reason = k.t.Fault(string(fault.ReasonOf(err)))
	}
	k.ShowLogin(Credentials{Login: k.cfg.Prefs.Get().Login}, reason) // first: an application without windows ends
	k.closeAll()
	k.last, k.hall = desk.Snapshot{}, nil
	if k.tray != nil {
		k.tray.show(k.last, 0)
	}
}

func (k *Console) closeAll() {
	k.alerts.closeAll()
	for _, v := range k.viewers {
		v.close()
	}
	if k.viewerSettings != nil {
		k.viewerSettings.close()
	}
	if k.chat != nil {
		k.chat.window.Close()
		k.chat = nil
	}
	if k.codes != nil {
		k.codes.window.Close()
		k.codes = nil
	}
	if k.settings != nil {
		k.settings.window.Close()
		k.settings = nil
	}
	if k.list != nil {
		k.list.window.Close()
		k.list = nil
	}
}

// live lists the sessions that are not over.
func (k *Console) live() []*attend.Attended {
	if k.hall == nil {
		return nil
	}
	return slices.DeleteFunc(k.hall.All(), func(a *attend.Attended) bool {
		return a.Session.Snapshot().Phase == session.Over
	})
}

// run does desk work and tells the rep, in List View, when it failed.
func (k *Console) run(work func(ctx context.Context) error) {
	k.desk.Do(work, func(err error) {
		if err != nil {
			k.cfg.Post(func() { k.problem(err) })
		}
	})
}

func (k *Console) accept(id string) {
	k.alerts.answered(id)
	k.run(func(ctx context.Context) error { return k.desk.Accept(ctx, id) })
}

func (k *Console) decline(id string) {
	k.alerts.answered(id)
	k.run(func(ctx context.Context) error { return k.desk.Decline(ctx, id) })
}
