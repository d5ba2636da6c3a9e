// Package help is what the customer sees: one window that shows one step after the other. A code is entered, a rep is
// waited for, consent is asked, and then it is a slim toolbar with the chat below it and a panel that says at any moment
// whether the screen is seen. It shows snapshots and sends commands; nothing is decided here but which step to show.
//
// Everything here belongs to Fyne's UI goroutine. Whoever watches the try to join and the session posts the Show methods
// there; the window itself starts no goroutines and takes no locks.
package help

import (
	"image"
	"log/slog"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"

	"deskhand/apps/internal/session"
	"deskhand/protocol/code"
	"deskhand/ui/theme"
	"deskhand/ui/widget"
)

// Texts are the words of one language; see lang.Texts.
type Texts interface {
	T(key string, args ...any) string
	N(key string, n int, args ...any) string
	Fault(reason string) string
}

// Way is the program behind the window: how one gets into a session, and out of the program.
type Way interface {
	Join(c code.Code) // begins a new try with a code that was typed
	Retry()           // begins a new try with what the last one had
	Cancel()          // gives a try up
	// Hold keeps the screen and the input of this machine back while the person is asked something.
	Hold(on bool)
	Quit()
}

// Session is what the window needs of the session; see session.Session.
type Session interface {
	Snapshot() session.Snapshot
	Say(text string)
	SetTyping(on bool)
	Allow(c session.Consent)
	NotNow()
	StopSharing()
	AnswerSharing(yes bool)
	End(o session.Outcome, notes string)
}

// Config is what the window works with.
type Config struct {
	App      fyne.App
	Way      Way
	Texts    Texts
	Logger   *slog.Logger
	Clock    func() time.Time
	WorkArea func() (image.Rectangle, error) // of the main display, in device pixels

	// Compact says that the person has consented at the command line: the session begins with the chat folded, at the
	// right edge, where it covers little of the shared screen.
	Compact bool
	// Tray says that the window is shown only when there is something to answer or read; until then there is an icon in the
	// tray.
	Tray bool
}

// step is what the window shows.
type step int

const (
	stepNone step = iota
	stepLost      // no relay is known
	stepCode
	stepWait
	stepProblem
	stepConsent
	stepTalk
	stepOver
)

// Window is the app's one window.
type Window struct {
	cfg    Config
	t      Texts
	window fyne.Window
	step   step
	hidden bool // only the icon in the tray is there

	code    *codePage
	waiting *waitPage
	problem *problemPage
	consent *consentPage
	talk    *talkPage
	over    *overPage

	session Session
	since   time.Time // since when a rep is waited for
}

// Sizes of the steps in Fyne units.
const (
	pageWidth  float32 = 500
	lowHeight  float32 = 270 // pages that only say something
	pageHeight float32 = 350
)

// height is how high the window is at a step, when its content does not need more.
func (s step) height() float32 {
	switch s {
	case stepLost, stepProblem, stepOver:
		return lowHeight
	case stepWait, stepCode:
		return pageHeight
	default:
		return 0 // as high as the content
	}
}

// New makes the window; the first Show method shows it.
func New(c Config) *Window {
	w := &Window{cfg: c, t: c.Texts}
	w.window = c.App.NewWindow("Deskhand")
	w.window.SetIcon(theme.AppIcon())
	w.window.SetMaster()
	w.window.SetPadded(false)
	w.window.SetCloseIntercept(w.onClose)
	return w
}

// turn shows another step. It reports whether that is a change.
func (w *Window) turn(to step, title string, content fyne.CanvasObject) bool {
	if w.window.Title() != title {
		w.window.SetTitle(title)
	}
	if w.step == to {
		if to != stepTalk {
			w.settled()
		}
		return false
	}
	first := w.step == stepNone
	w.step = to
	w.window.SetContent(widget.NewTips(content))
	if first && w.cfg.Tray {
		w.hide()
	}
	if to != stepWait && to != stepTalk {
		w.reveal()
	}
	if to == stepTalk {
		return true // it has a size and a place of its own
	}
	w.resize(fyne.NewSize(pageWidth, to.height()))
	w.window.CenterOnScreen()
	if first && !w.hidden {
		w.window.Show()
	}
	return true
}

// resize makes the window as large as wanted, and at least as its content needs: that depends on where its texts wrap, so
// they are laid out first.
func (w *Window) resize(s fyne.Size) {
	content := w.window.Content()
	content.Resize(s)
	settle(content)
	w.window.Resize(s.Max(content.MinSize()))
	// Fyne paints at once, but the system makes the window larger a moment later and then shows a picture of the old
	// size: so it is painted again for a while.
	fyne.NewAnimation(repaintTime, func(float32) { w.window.Canvas().Refresh(content) }).Start()
}

const repaintTime = 500 * time.Millisecond

// settle lays content out anew after something in it has come, gone or changed its text. Wrapped texts know how high
// they are only when they have got their width, hence twice.
func settle(content fyne.CanvasObject) {
	content.Refresh()
	content.Refresh()
}

// settled is for pages that have changed while they were shown: the window grows if it has to.
func (w *Window) settled() {
	content := w.window.Content()
	settle(content)
	if now, least := w.window.Canvas().Size(), content.MinSize(); least.Width > now.Width || least.Height > now.Height {
		w.resize(now.Max(least))
	}
}

// focus gives the keyboard to something in the window.
func (w *Window) focus(f fyne.Focusable) { w.window.Canvas().Focus(f) }

// onClose is the window's own close button: in a session it asks first, as End does.
func (w *Window) onClose() {
	if w.step == stepTalk || w.step == stepConsent {
		if s := w.session.Snapshot(); s.Phase != session.Over {
			w.leave(s)
			return
		}
	}
	w.cfg.Way.Quit()
}

// leave is the close button while a session goes on. Before the person has consented it is the same as Not now.
func (w *Window) leave(s session.Snapshot) {
	if w.step == stepConsent {
		w.session.NotNow()
		w.cfg.Way.Quit()
		return
	}
	w.talk.askEnd()
	w.talk.show(s)
}

// again goes back to the code, for another session.
func (w *Window) again() {
	w.cfg.Way.Cancel()
	w.ShowCode("", "")
}

// page lays a step out: where one is, the content, and the buttons at the bottom right.
func page(top fyne.CanvasObject, content []fyne.CanvasObject, buttons ...fyne.CanvasObject) fyne.CanvasObject {
	edges := widget.Edges{Bottom: buttonBar(buttons...)}
	if top != nil {
		edges.Top = container.New(insets(30, 18, 24, 0), top)
	}
	return widget.NewFrame(edges, container.New(insets(24, 18, 24, 12), container.NewVBox(content...)))
}
