package console

import (
	"image"
	"slices"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/driver"
	"fyne.io/fyne/v2/driver/desktop"

	"deskhand/apps/internal/overlay"
	"deskhand/apps/rep/internal/desk"
	"deskhand/ui/theme"
	"deskhand/ui/widget"
)

// Size of an alert window and its distance from the next one and from the edges, in Fyne units.
const (
	alertWidth, alertHeight = 360, 150
	alertTitle              = 24 // what a window manager's title takes
	alertGap                = 12
)

// alerts are the pop-up windows, one for each posting, stacked from the bottom right.
type alerts struct {
	k    *Console
	open []*alert
	done map[string]bool // postings that were answered or have faded: they do not come up again
}

// alert is one window.
type alert struct {
	posting desk.Posting
	window  fyne.Window
	content *widget.Alert
	until   time.Time // when it fades
	total   time.Duration
}

func newAlerts(k *Console) *alerts { return &alerts{k: k, done: map[string]bool{}} }

// show raises what is new and takes down what is over.
func (a *alerts) show(s desk.Snapshot) {
	for _, w := range slices.Clone(a.open) {
		if !slices.ContainsFunc(s.Postings, func(p desk.Posting) bool { return p.ID == w.posting.ID }) {
			a.close(w)
		}
	}
	for id := range a.done {
		if !slices.ContainsFunc(s.Postings, func(p desk.Posting) bool { return p.ID == id }) {
			delete(a.done, id)
		}
	}
	settings := a.k.cfg.Prefs.Get()
	for _, p := range s.Postings {
		if a.done[p.ID] || a.find(p.ID) != nil || (len(a.k.live()) > 0 && !settings.AlertShow) {
			continue
		}
		a.raise(p, time.Duration(settings.AlertSeconds)*time.Second)
	}
	a.tick()
}

func (a *alerts) find(id string) *alert {
	for _, w := range a.open {
		if w.posting.ID == id {
			return w
		}
	}
	return nil
}

// raise shows an alert that never takes the keyboard focus.
func (a *alerts) raise(p desk.Posting, last time.Duration) {
	k := a.k
	w := &alert{posting: p, content: widget.NewAlert(k.t.T("alert.yes"), k.t.T("alert.no")), total: last}
	w.until = k.cfg.Clock().Add(last)
	if p.ExpiresAt.Before(w.until) {
		w.until = p.ExpiresAt
	}
	w.content.OnYes = func() { k.accept(p.ID) }
	w.content.OnNo = func() { k.decline(p.ID) }
	w.window = k.cfg.App.NewWindow(k.t.T("alert.query") + " · " + p.Portal)
	w.window.SetIcon(theme.AppIcon())
	w.window.SetPadded(false)
	w.window.SetContent(container.New(&quiet{k: k, window: w.window}, w.content))
	w.window.Resize(fyne.NewSize(alertWidth, alertHeight))
	w.window.SetFixedSize(true)
	w.window.SetCloseIntercept(func() { a.fade(w) })
	a.open = append(a.open, w)
	a.place(w, len(a.open)-1)
	if err := overlay.Show(w.window.Show, func() overlay.Window { return handle(w.window) }); err != nil {
		k.cfg.Logger.Warn("an alert could not be shown without the focus", "err", err)
	}
	k.cfg.Logger.Info("alert shown", "session", p.ID)
}

// place puts the window at its place in the stack, before it is shown.
func (a *alerts) place(w *alert, index int) {
	d, ok := w.window.(desktop.Window)
	if !ok {
		return
	}
	d.RequestAlwaysOnTop()
	area, err := a.k.cfg.WorkArea()
	if err != nil {
		a.k.cfg.Logger.Debug("the work area is not known", "err", err)
		return
	}
	at := alertPlace(area, w.window.Canvas().Scale(), index)
	d.RequestPosition(at.Min.X, at.Min.Y)
}

// alertPlace is where the alert with this number stands, in device pixels: upwards from the bottom right corner, then in
// further columns to the left.
func alertPlace(area image.Rectangle, scale float32, index int) image.Rectangle {
	width, height, gap := int(alertWidth*scale), int((alertHeight+alertTitle)*scale), int(alertGap*scale)
	perColumn := max(1, (area.Dy()-gap)/(height+gap))
	column, row := index/perColumn, index%perColumn
	corner := area.Max.Sub(image.Pt((column+1)*(width+gap), (row+1)*(height+gap)))
	return image.Rectangle{corner, corner.Add(image.Pt(width, height))}
}

// tick counts down and lets alerts fade whose time is over; their rows stay in List View.
func (a *alerts) tick() {
	now := a.k.cfg.Clock()
	for _, w := range slices.Clone(a.open) {
		left := w.until.Sub(now)
		if left <= 0 {
			a.fade(w)
			continue
		}
		w.content.Set(widget.AlertContent{
			Kind: widget.AlertQuery, Word: a.k.t.T("alert.query"), Portal: w.posting.Portal,
			Name: a.k.customer(w.posting.Customer), Text: w.posting.Question, Left: left, Total: w.total,
		})
	}
}

func (a *alerts) fade(w *alert) {
	a.done[w.posting.ID] = true
	a.close(w)
}

// answered takes an alert down at once; the relay's word comes later.
func (a *alerts) answered(id string) {
	a.done[id] = true
	if w := a.find(id); w != nil {
		a.close(w)
	}
}

func (a *alerts) close(w *alert) {
	a.open = slices.DeleteFunc(a.open, func(x *alert) bool { return x == w })
	w.window.Close()
}

func (a *alerts) closeAll() {
	for _, w := range slices.Clone(a.open) {
		a.close(w)
	}
}

// quiet is the layout that keeps a window from taking the focus: see package overlay.
type quiet struct {
	k      *Console
	window fyne.Window
	done   bool
}

func (q *quiet) Layout(objects []fyne.CanvasObject, size fyne.Size) {
	for _, o := range objects {
		o.Resize(size)
	}
}

func (q *quiet) MinSize(objects []fyne.CanvasObject) fyne.Size {
	if h := handle(q.window); h != 0 && !q.done {
		q.done = true
		if err := overlay.NoFocus(h); err != nil {
			q.k.cfg.Logger.Warn("an alert may take the focus", "err", err)
		}
	}
	return objects[0].MinSize()
}

// handle is the native window, or 0 while there is none.
func handle(w fyne.Window) (h overlay.Window) {
	native, ok := w.(driver.NativeWindow)
	if !ok {
		return 0
	}
	native.RunNative(func(c any) {
		switch c := c.(type) {
		case driver.X11WindowContext:
			h = overlay.Window(c.WindowHandle)
		case driver.WindowsWindowContext:
			h = overlay.Window(c.HWND)
		case driver.MacWindowContext:
			h = overlay.Window(c.NSWindow)
		}
	})
	return h
}
