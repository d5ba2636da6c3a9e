package console

import (
	"errors"
	"fmt"
	"image"
	"slices"
	"sync/atomic"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/driver"
	fw "fyne.io/fyne/v2/widget"

	"deskhand/apps/internal/session"
	"deskhand/apps/rep/internal/attend"
	"deskhand/apps/rep/internal/paint"
	"deskhand/icons"
	"deskhand/protocol/frame"
	"deskhand/ui/viewer"
	"deskhand/ui/widget"
)

// viewerWindow shows one customer's screen and sends what the rep does on it. It is a tab of a window, or has one alone.
type viewerWindow struct {
	k    *Console
	a    *attend.Attended
	host *viewerHost

	picture *viewer.Viewer
	loop    *paint.Loop // paints it; another one each time that the tab is shown
	end     func()      // ends the loop; nil while none runs
	parent  uintptr     // the window's native handle; not changed while the loop runs
	posted  atomic.Bool // a call of ShowPicture
	choice  paint.Choice

	focused, controls bool   // the picture has the keyboard; the rep may use the remote one
	quiet             bool   // the picture is given the keyboard of a window that has none itself
	release           func() // lets the system's keys go; nil while they are not taken

	chat, fit, actual, fullScreen *widget.Button
	displays, ask                 *widget.Button
	bar                           fyne.CanvasObject
	menu                          *widget.MenuBar
	status, scale, words          *fw.Label
	figures                       *fw.Label
	foot                          fyne.CanvasObject
	known                         []frame.Display
	resized                       bool // the window has taken the first picture's size
}

func (k *Console) toggleViewer(id string) {
	if v := k.viewers[id]; v != nil {
		k.closed[id] = true
		v.close()
		return
	}
	k.openViewer(id)
}

// openViewer opens the Viewer of a session, or brings it to the front.
func (k *Console) openViewer(id string) {
	a := k.hall.Find(id)
	if a == nil {
		return
	}
	delete(k.closed, id)
	if v := k.viewers[id]; v != nil {
		v.host.choose(v, false)
		v.host.focus(false)
		v.host.window.RequestFocus()
		return
	}
	v := &viewerWindow{k: k, a: a}
	k.viewers[id] = v
	v.build()
	if h := k.firstHost(); h != nil {
		h.add(v)
	} else {
		k.newHost(v)
	}
	k.cfg.Logger.Info("viewer opened", "session", id)
	if k.chat != nil {
		k.chat.show()
	}
}

func (v *viewerWindow) close() {
	v.a.Sender.Send(frame.Event{Kind: frame.ReleaseAll})
	had := v.host.shown.focused
	v.stop()
	delete(v.k.viewers, v.a.ID)
	v.host.remove(v, had)
	if v.k.chat != nil {
		v.k.chat.show()
	}
}

// newLoop makes a loop for the picture. Each News posts at most one call.
func (v *viewerWindow) newLoop() {
	v.loop = paint.New(paint.Config{
		Source: v.a.Picture, Open: v.surface, Logger: v.k.cfg.Logger,
		News: func() {
			if v.posted.Swap(true) {
				return // one is on its way
			}
			v.k.cfg.Post(func() {
				v.posted.Store(false)
				v.k.ShowPicture(v.a.ID)
			})
		},
	})
	v.loop.Choose(v.choice)
	v.picture.SetPainter(v.loop.Painter())
}

// start has the picture painted in the host's window.
func (v *viewerWindow) start() {
	v.stop()
	v.newLoop()
	if v.k.cfg.Paint != nil {
		v.parent = native(v.host.window)
		v.end = v.k.cfg.Paint(v.a.ID, v.loop)
	}
	v.show()
}

// stop ends the painting, and lets go of what the rep holds down.
func (v *viewerWindow) stop() {
	if c := v.host.window.Canvas(); c.Focused() == fyne.Focusable(v.picture) {
		c.Unfocus()
	}
	v.onFocus(false)
	if v.end != nil {
		v.end()
		v.end = nil
	}
}

func (v *viewerWindow) build() {
	t := v.k.t.T
	mode, percent := v.k.firstSize()
	if v.picture != nil {
		mode, percent = v.picture.Mode()
	}
	v.status, v.scale, v.words, v.figures = fw.NewLabel(""), fw.NewLabel(""), fw.NewLabel(""), fw.NewLabel("")
	v.picture = viewer.New()
	v.picture.OnEvent = v.onEvent
	v.picture.OnNeed = v.update
	v.picture.OnKey = v.onKey
	v.picture.OnPointer = v.onPointer
	v.picture.OnFocus = v.onFocus
	v.picture.Covered = func() bool { return v.host.covers() }
	v.picture.OnScale = func(percent float64) { v.say(v.scale, fmt.Sprintf("%.0f %%", percent)) }
	v.chat = widget.NewToolButton(icons.Chat, t("viewer.chat"), func() { v.do(commandChat) })
	v.fit = widget.NewToolButton(icons.Fit, t("viewer.fit"), func() { v.size(viewer.Fit, 100); v.host.focus(true) })
	v.actual = widget.NewToolButton(icons.ActualSize, t("viewer.actual"), func() { v.size(viewer.Actual, 100); v.host.focus(true) })
	v.fullScreen = widget.NewToolButton(icons.FullScreen, t("viewer.full_screen"), func() { v.do(commandFull); v.host.focus(true) })
	v.displays = widget.NewToolButton(icons.Screen, t("viewer.display"), nil)
	v.displays.SetMenu(v.displayMenu)
	v.displays.OnMenuClosed = func() { v.host.focus(true) }
	v.displays.Hide()
	v.known = nil
	v.ask = widget.NewToolButton(icons.Mouse, t("viewer.ask_control"), func() { v.a.Session.AskSharing(true); v.host.focus(true) })
	v.bar = widget.NewToolbar(
		[]fyne.CanvasObject{v.chat, v.fit, v.actual, v.fullScreen, v.displays, v.ask}, nil)
	v.foot = newFoot(v.scale, v.status, v.figures, v.words)
	v.menu = widget.NewMenuBar()
	v.menu.OnClosed = func() { v.host.focus(true) }
	v.newLoop()
	v.picture.SetMode(mode, percent)
	v.apply()
}

// rebuild is build for a Viewer that is shown.
func (v *viewerWindow) rebuild() {
	had := v.host.shown.focused
	v.stop()
	v.build()
	v.host.compose(had)
}

// show writes what the session allows now.
func (v *viewerWindow) show() {
	t := v.k.t.T
	s := v.a.Session.Snapshot()
	v.host.entitle()
	v.controls = s.Control && s.Phase == session.Active
	v.picture.SetControl(v.controls)
	v.takeKeys()
	v.ask.SetEnabled(s.Phase == session.Active && s.Rights.Control && !s.Control, v.askReason(s))
	v.ask.SetOn(s.Control)
	notice := ""
	if !s.Sharing {
		notice = v.k.sharingText(s)
	}
	v.picture.SetNotice(notice)
	status := v.k.sharingText(s)
	if s.Delay > 0 && !v.k.viewing.Figures { // they say it better
		status += "   " + t("viewer.delay", max(1, s.Delay.Milliseconds()))
	}
	v.say(v.status, status)
	words := wordsText(s)
	if words != "" {
		words = t("chat.words") + " " + words
	}
	v.say(v.words, words)
	if s.Sharing {
		v.paint()
	} else {
		v.picture.Update(viewer.Pixels{}, nil)
	}
}

// learn shows the displays that there are now.
func (v *viewerWindow) learn() {
	displays := v.a.Picture.Layout().Displays
	if slices.Equal(displays, v.known) {
		return
	}
	v.known = displays
	v.displays.Hidden = len(displays) < 2
	v.bar.Refresh()
	v.menu.Set(v.menus()...)
}

func (v *viewerWindow) askReason(s session.Snapshot) string {
	switch {
	case s.Control:
		return v.k.t.T("viewer.has_control")
	case !s.Rights.Control:
		return v.k.t.T("chat.no_right")
	default:
		return v.k.sharingText(s)
	}
}

// paint shows what is new and is not painted by the loop.
func (v *viewerWindow) paint() {
	if v.k.cfg.Paint == nil {
		v.loop.Step()
	}
	if !v.a.Session.Snapshot().Sharing {
		return
	}
	v.learn()
	shown, _ := v.loop.Shown()
	if shown.Size != (image.Point{}) && !v.resized {
		v.resized = true
		v.host.fitWindow(shown.Size)
	}
	v.picture.SetDisplay(shown.Size)
	v.picture.SetCursor(v.loop.Cursor())
	if !v.picture.Native() {
		v.update()
	}
}

// update gives Fyne what it has to paint.
func (v *viewerWindow) update() { v.loop.Take(v.picture.Update) }

// surface is called on the loop's goroutine.
func (v *viewerWindow) surface(exposed func()) (viewer.Surface, error) {
	if v.k.cfg.Surface == nil {
		return nil, errors.New("there are no surfaces")
	}
	return v.k.cfg.Surface(v.parent, exposed)
}

// native is a window's handle, 0 where a surface cannot be made in it.
func native(w fyne.Window) (handle uintptr) {
	n, ok := w.(driver.NativeWindow) // not in Fyne's test driver
	if !ok {
		return 0
	}
	n.RunNative(func(c any) {
		switch c := c.(type) {
		case driver.X11WindowContext:
			handle = c.WindowHandle
		case driver.WindowsWindowContext:
			handle = c.HWND
		}
	})
	return handle
}

// onEvent sends what the rep did. The numbers of kinds, buttons and keys are the same on both sides.
func (v *viewerWindow) onEvent(e viewer.Event) {
	shown, _ := v.loop.Shown()
	display, at := shown.Remote(image.Pt(e.X, e.Y))
	v.a.Sender.Send(frame.Event{
		Kind: frame.Kind(e.Kind), Display: display, X: at.X, Y: at.Y, Button: frame.Button(e.Button),
		DX: e.DX, DY: e.DY, Sym: frame.Keysym(e.Key), Rune: e.Rune,
	})
}
