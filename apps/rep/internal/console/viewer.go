package console

import (
	"errors"
	"fmt"
	"image"
	"sync/atomic"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/driver"
	"fyne.io/fyne/v2/driver/desktop"
	"fyne.io/fyne/v2/layout"
	fw "fyne.io/fyne/v2/widget"

	"deskhand/apps/internal/session"
	"deskhand/apps/rep/internal/attend"
	"deskhand/apps/rep/internal/paint"
	"deskhand/icons"
	"deskhand/protocol/frame"
	"deskhand/ui/theme"
	"deskhand/ui/viewer"
	"deskhand/ui/widget"
)

// viewerWindow shows one customer's screen and sends what the rep does on it.
type viewerWindow struct {
	k      *Console
	a      *attend.Attended
	window fyne.Window

	picture *viewer.Viewer
	loop    *paint.Loop // paints it
	end     func()      // ends the loop
	parent  uintptr     // the window's native handle; not changed once the loop runs
	posted  atomic.Bool // a call of ShowPicture
	tips    *widget.Tips
	full    bool // full screen

	chat, fit, actual, fullScreen *widget.Button
	displays, ask                 *widget.Button
	bar, head                     fyne.CanvasObject
	status, scale, words          *fw.Label
	foot                          fyne.CanvasObject
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
		v.window.RequestFocus()
		return
	}
	v := &viewerWindow{k: k, a: a, end: func() {}}
	k.viewers[id] = v
	v.loop = paint.New(paint.Config{
		Source: a.Picture, Open: v.surface, Logger: k.cfg.Logger,
		News: func() {
			if v.posted.Swap(true) {
				return // one is on its way
			}
			k.cfg.Post(func() {
				v.posted.Store(false)
				k.ShowPicture(id)
			})
		},
	})
	v.window = k.cfg.App.NewWindow(k.t.T("viewer.title"))
	v.window.SetIcon(theme.AppIcon())
	v.window.SetPadded(false)
	v.build()
	v.window.Resize(fyne.NewSize(1000, 700))
	v.window.SetCloseIntercept(func() {
		k.closed[id] = true
		v.close()
	})
	if d, ok := v.window.(desktop.Window); ok && k.cfg.OpenViewer {
		d.RequestPosition(0, titleBar)
	}
	v.show()
	v.paint()
	v.window.Show()
	if k.cfg.Paint != nil {
		v.parent = native(v.window)
		v.end = k.cfg.Paint(id, v.loop)
	}
	v.window.Canvas().Focus(v.picture)
	k.cfg.Logger.Info("viewer opened", "session", id)
	if k.chat != nil {
		k.chat.show()
	}
}

func (v *viewerWindow) close() {
	v.a.Sender.Send(frame.Event{Kind: frame.ReleaseAll})
	v.end()
	v.window.Close()
	delete(v.k.viewers, v.a.ID)
	if v.k.chat != nil {
		v.k.chat.show()
	}
}

func (v *viewerWindow) build() {
	t := v.k.t.T
	v.picture = viewer.New()
	v.picture.OnEvent = v.onEvent
	v.picture.OnNeed = v.update
	v.picture.Covered = func() bool { return v.tips.Text() != "" }
	v.picture.OnScale = func(percent float64) { v.scale.SetText(fmt.Sprintf("%.0f %%", percent)) }
	v.chat = widget.NewToolButton(icons.Chat, t("viewer.chat"), func() { v.k.openChat(v.a.ID) })
	v.fit = widget.NewToolButton(icons.Fit, t("viewer.fit"), func() { v.setMode(viewer.Fit, 100) })
	v.actual = widget.NewToolButton(icons.ActualSize, t("viewer.actual"), func() { v.setMode(viewer.Actual, 100) })
	v.fullScreen = widget.NewToolButton(icons.FullScreen, t("viewer.full_screen"), v.toggleFull)
	v.displays = widget.NewToolButton(icons.Screen, t("viewer.display"), nil)
	v.displays.SetMenu(v.displayMenu)
	v.ask = widget.NewToolButton(icons.Mouse, t("viewer.ask_control"), func() { v.a.Session.AskSharing(true) })
	v.status, v.scale, v.words = fw.NewLabel(""), fw.NewLabel(""), fw.NewLabel("")
	v.bar = widget.NewToolbar(
		[]fyne.CanvasObject{v.chat, v.fit, v.actual, v.fullScreen, v.displays, v.ask}, nil)
	v.foot = container.NewHBox(v.scale, v.status, layout.NewSpacer(), v.words)
	v.head = container.NewVBox(widget.NewMenuBar(v.menus()...), v.bar)
	v.tips = widget.NewTips(container.New(edges{}, v.head, v.picture, v.foot))
	v.window.SetContent(v.tips)
	v.picture.SetPainter(v.loop.Painter())
	if v.k.cfg.OpenViewer {
		v.picture.SetMode(viewer.Actual, 100)
	}
}

func (v *viewerWindow) menus() []*fyne.Menu {
	t := v.k.t.T
	view := fyne.NewMenu(t("menu.view"),
		fyne.NewMenuItem(t("viewer.fit"), func() { v.setMode(viewer.Fit, 100) }),
		fyne.NewMenuItem(t("viewer.actual"), func() { v.setMode(viewer.Actual, 100) }))
	for _, percent := range []int{25, 50, 75, 125, 150, 200} {
		view.Items = append(view.Items, fyne.NewMenuItem(fmt.Sprintf("%d %%", percent), func() { v.setMode(viewer.Zoom, percent) }))
	}
	view.Items = append(view.Items, fyne.NewMenuItemSeparator(), fyne.NewMenuItem(t("viewer.full_screen"), v.toggleFull))
	return []*fyne.Menu{
		fyne.NewMenu(t("menu.file"), fyne.NewMenuItem(t("viewer.close"), func() { v.k.toggleViewer(v.a.ID) })),
		view,
		fyne.NewMenu(t("viewer.tools"),
			fyne.NewMenuItem(t("viewer.chat"), func() { v.k.openChat(v.a.ID) }),
			fyne.NewMenuItem(t("menu.close_session"), func() { v.k.askEnd(v.a.ID) })),
	}
}

// show writes what the session allows now.
func (v *viewerWindow) show() {
	t := v.k.t.T
	s := v.a.Session.Snapshot()
	v.window.SetTitle(t("viewer.title") + " – " + v.k.customer(s.CustomerName))
	v.picture.SetControl(s.Control && s.Phase == session.Active)
	v.ask.SetEnabled(s.Phase == session.Active && s.Rights.Control && !s.Control, v.askReason(s))
	v.ask.SetOn(s.Control)
	notice := ""
	if !s.Sharing {
		notice = v.k.sharingText(s)
	}
	v.picture.SetNotice(notice)
	v.status.SetText(v.k.sharingText(s) + "   " + delayText(s.Delay))
	v.words.SetText("")
	if words := wordsText(s); words != "" {
		v.words.SetText(t("chat.words") + " " + words)
	}
	if s.Sharing {
		v.paint()
	} else {
		v.picture.Update(viewer.Pixels{}, nil)
	}
	if len(v.a.Picture.Layout().Displays) > 1 {
		v.displays.Show()
	} else {
		v.displays.Hide()
	}
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
	shown, _ := v.loop.Shown()
	if shown.Size != (image.Point{}) && !v.resized {
		v.resized = true
		v.fitWindow(shown.Size)
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

// fitWindow makes the window as large as the picture needs at actual size, when that was asked for at the start.
func (v *viewerWindow) fitWindow(size image.Point) {
	if !v.k.cfg.OpenViewer {
		return
	}
	scale := v.window.Canvas().Scale()
	extra := v.head.MinSize().Height + v.foot.MinSize().Height
	v.window.Resize(fyne.NewSize(float32(size.X)/scale+frameRoom, float32(size.Y)/scale+extra+frameRoom))
}

// titleBar is the height that a window manager's title takes at most, in device pixels: the window's content begins below.
const titleBar = 32

// frameRoom is room for rounding, in Fyne units.
const frameRoom = 2

// edges is the layout of head, picture and foot without any room between them: the picture touches the edges.
type edges struct{}

func (edges) MinSize(o []fyne.CanvasObject) fyne.Size {
	var size fyne.Size
	for _, x := range o {
		if x.Visible() {
			size = fyne.NewSize(max(size.Width, x.MinSize().Width), size.Height+x.MinSize().Height)
		}
	}
	return size
}

func (edges) Layout(o []fyne.CanvasObject, size fyne.Size) {
	head, picture, foot := o[0], o[1], o[2]
	var top, bottom float32
	if head.Visible() {
		top = head.MinSize().Height
	}
	if foot.Visible() {
		bottom = foot.MinSize().Height
	}
	head.Move(fyne.NewPos(0, 0))
	head.Resize(fyne.NewSize(size.Width, top))
	picture.Move(fyne.NewPos(0, top))
	picture.Resize(fyne.NewSize(size.Width, max(0, size.Height-top-bottom)))
	foot.Move(fyne.NewPos(0, size.Height-bottom))
	foot.Resize(fyne.NewSize(size.Width, bottom))
}

func (v *viewerWindow) setMode(m viewer.Mode, percent int) { v.picture.SetMode(m, percent) }

func (v *viewerWindow) toggleFull() {
	v.full = !v.full
	if v.full {
		v.head.Hide()
		v.foot.Hide()
	} else {
		v.head.Show()
		v.foot.Show()
	}
	v.window.SetFullScreen(v.full)
}

func (v *viewerWindow) displayMenu() *fyne.Menu {
	m := fyne.NewMenu("")
	shown, _ := v.loop.Shown()
	for _, d := range v.a.Picture.Layout().Displays {
		item := fyne.NewMenuItem(fmt.Sprintf("%s  %d × %d", d.Name, d.W, d.H), func() {
			v.loop.Choose(paint.Choice{Display: d.ID})
		})
		item.Checked = len(shown.Places) == 1 && shown.Places[0].Display == d.ID
		m.Items = append(m.Items, item)
	}
	return m
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
