package console

import (
	"image"
	"slices"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/driver/desktop"

	"deskhand/ui/theme"
	"deskhand/ui/widget"
)

// viewerHost is a window with one Viewer, or with several of them as tabs. Viewers open as tabs of the first host; the
// rep can give each its own window and bring it back.
type viewerHost struct {
	k      *Console
	window fyne.Window
	in     []*viewerWindow // in the order of the tabs, never empty while the window is open
	shown  *viewerWindow

	tabs    *widget.Tabs
	tips    *widget.Tips
	content *fyne.Container
	head    fyne.CanvasObject
	full    bool // full screen
	out     bool // in full screen: menus and toolbar are out, over the picture
}

// firstHost is the window in which new Viewers open.
func (k *Console) firstHost() *viewerHost {
	if len(k.hosts) == 0 {
		return nil
	}
	return k.hosts[0]
}

// newHost opens a window with a Viewer.
func (k *Console) newHost(v *viewerWindow) {
	h := &viewerHost{k: k, in: []*viewerWindow{v}, shown: v}
	v.host = h
	k.hosts = append(k.hosts, h)
	h.window = k.cfg.App.NewWindow(k.t.T("viewer.title"))
	h.window.SetIcon(theme.AppIcon())
	h.window.SetPadded(false)
	h.window.SetCloseIntercept(h.closeAll)
	h.fill()
	h.window.Canvas().SetOnTypedKey(func(e *fyne.KeyEvent) { h.shown.onKey(e.Name) })
	h.window.Resize(k.windowSize("viewer", fyne.NewSize(1000, 700)))
	if d, ok := h.window.(desktop.Window); ok && k.cfg.OpenViewer {
		d.RequestPosition(0, titleBar)
	}
	v.show()
	h.window.Show()
	v.start()
	h.focus(false)
}

// closeAll closes every Viewer in the window.
func (h *viewerHost) closeAll() {
	for _, v := range slices.Clone(h.in) {
		h.k.closed[v.a.ID] = true
		v.close()
	}
}

// add makes a Viewer a tab. What the rep sees and types into stays in front.
func (h *viewerHost) add(v *viewerWindow) {
	v.host = h
	h.in = append(h.in, v)
	h.compose(h.shown.focused)
}

// remove takes a Viewer out; the last one closes the window. The one that is in front then has the keyboard if inFront.
func (h *viewerHost) remove(v *viewerWindow, inFront bool) {
	at := slices.Index(h.in, v)
	if at < 0 {
		return
	}
	h.in = slices.Delete(h.in, at, at+1)
	if len(h.in) == 0 {
		h.k.hosts = slices.DeleteFunc(h.k.hosts, func(other *viewerHost) bool { return other == h })
		h.keepSize()
		h.window.Close()
		return
	}
	if h.shown == v {
		h.shown = h.in[min(at, len(h.in)-1)]
	}
	h.compose(inFront)
}

// choose brings a tab to the front, in a window that is in front itself or not.
func (h *viewerHost) choose(v *viewerWindow, inFront bool) {
	if h.shown != v {
		h.shown.stop()
		h.shown = v
		h.compose(inFront)
	}
}

// detach gives a Viewer a window of its own.
func (h *viewerHost) detach(v *viewerWindow) {
	if len(h.in) < 2 {
		return
	}
	v.stop()
	h.remove(v, false)
	h.k.newHost(v)
	h.k.menusAnew()
}

// attach brings a Viewer back into the first window.
func (h *viewerHost) attach(v *viewerWindow) {
	first := h.k.firstHost()
	if first == h {
		return
	}
	v.stop()
	h.remove(v, false)
	first.add(v)
	first.choose(v, false)
	first.window.RequestFocus()
	h.k.menusAnew()
}

// compose shows the tab that is in front, and has it painted.
func (h *viewerHost) compose(inFront bool) {
	h.fill()
	if h.shown.end == nil {
		h.shown.start()
	}
	h.focus(inFront)
	h.k.menusAnew()
}

// focus gives the keyboard to the picture. Fyne tells every window's picture that it has the keyboard now; in a window
// that is not in front that is not so until the window comes there, and nobody may take it for so: while keys are passed
// on, what the rep writes in the Chat box would go to the customer.
func (h *viewerHost) focus(inFront bool) {
	v, c := h.shown, h.window.Canvas()
	if c.Focused() == fyne.Focusable(v.picture) {
		return
	}
	v.quiet = !inFront
	c.Focus(v.picture)
	if v.quiet {
		v.picture.FocusLost()
	}
	v.quiet = false
}

// fill lays the window out.
func (h *viewerHost) fill() {
	v := h.shown
	rows := []fyne.CanvasObject{v.menu, v.bar}
	h.tabs = widget.NewTabs()
	h.tabs.OnSelected = func(id string) {
		if chosen := h.k.viewers[id]; chosen != nil && chosen.host == h {
			h.choose(chosen, true)
		}
	}
	if len(h.in) > 1 {
		rows = append([]fyne.CanvasObject{h.tabs}, rows...)
	}
	h.head = container.NewVBox(rows...)
	h.content = container.New(edges{h}, v.picture, h.head, v.foot)
	h.place()
	h.tips = widget.NewTips(h.content)
	h.window.SetContent(h.tips)
	h.entitle()
}

// entitle writes the window's title and the tabs.
func (h *viewerHost) entitle() {
	tabs := make([]widget.Tab, len(h.in))
	for i, v := range h.in {
		tabs[i] = widget.Tab{ID: v.a.ID, Title: h.k.customer(v.a.Session.Snapshot().CustomerName)}
	}
	h.tabs.Set(tabs, h.shown.a.ID)
	h.window.SetTitle(h.k.t.T("viewer.title") + " – " + h.k.customer(h.shown.a.Session.Snapshot().CustomerName))
}

// place shows and hides what full screen leaves.
func (h *viewerHost) place() {
	h.head.Show()
	h.shown.foot.Show()
	if h.full {
		h.shown.foot.Hide()
		if !h.out {
			h.head.Hide()
		}
	}
	h.content.Refresh()
}

// toggleFull goes to full screen and back. Menus and toolbar stay out until the pointer is on the picture: who sees them
// slide away knows where they are.
func (h *viewerHost) toggleFull() {
	h.full = !h.full
	h.out = h.full
	h.place()
	h.window.SetFullScreen(h.full)
	for _, v := range h.in {
		v.full()
	}
}

// slide brings menus and toolbar out in full screen when the pointer touches the upper edge, and takes them in again
// once it is on the picture below them.
func (h *viewerHost) slide(y float32) {
	out := y <= slideEdge || h.out && y <= h.head.MinSize().Height+slideEdge
	if !h.full || out == h.out {
		return
	}
	h.out = out
	h.place()
}

// slideEdge is how near to the upper edge the pointer has to be, in Fyne units.
const slideEdge = 1

// covers says that something of the window lies over the picture.
func (h *viewerHost) covers() bool { return h.tips.Text() != "" || h.full && h.out }

// fitWindow makes the window as large as the picture needs at actual size, when that was asked for at the start.
func (h *viewerHost) fitWindow(size image.Point) {
	if !h.k.cfg.OpenViewer {
		return
	}
	scale := h.window.Canvas().Scale()
	extra := h.head.MinSize().Height + h.shown.foot.MinSize().Height
	h.window.Resize(fyne.NewSize(float32(size.X)/scale+frameRoom, float32(size.Y)/scale+extra+frameRoom))
}

// titleBar is the height that a window manager's title takes at most, in device pixels: the window's content begins below.
const titleBar = 32

// frameRoom is room for rounding, in Fyne units.
const frameRoom = 2

// edges is the layout of picture, head and foot without any room between them: the picture touches the edges. In full
// screen it has all of the window, and the head lies over it.
type edges struct{ host *viewerHost }

func (edges) MinSize(o []fyne.CanvasObject) fyne.Size {
	var size fyne.Size
	for _, x := range o {
		if x.Visible() {
			size = fyne.NewSize(max(size.Width, x.MinSize().Width), size.Height+x.MinSize().Height)
		}
	}
	return size
}

func (e edges) Layout(o []fyne.CanvasObject, size fyne.Size) {
	picture, head, foot := o[0], o[1], o[2]
	var top, bottom float32
	if head.Visible() && !e.host.full {
		top = head.MinSize().Height
	}
	if foot.Visible() {
		bottom = foot.MinSize().Height
	}
	head.Move(fyne.NewPos(0, 0))
	head.Resize(fyne.NewSize(size.Width, head.MinSize().Height))
	picture.Move(fyne.NewPos(0, top))
	picture.Resize(fyne.NewSize(size.Width, max(0, size.Height-top-bottom)))
	foot.Move(fyne.NewPos(0, size.Height-bottom))
	foot.Resize(fyne.NewSize(size.Width, bottom))
}
