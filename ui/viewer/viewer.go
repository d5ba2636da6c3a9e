// Package viewer is the widget that paints a remote display and turns what the rep does on it into events. It owns its
// tiles' pixels and the scroll position; what is shown arrives through Update and SetCursor, what the rep does leaves
// through OnEvent. All of it belongs to Fyne's UI goroutine.
package viewer

import (
	"image"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/widget"
)

// Mode says how large the picture is shown.
type Mode int

// The modes.
const (
	Fit    Mode = iota // as large as fits, never larger than actual size
	Actual             // one pixel there is one pixel here
	Zoom               // a percentage of actual size
)

// Viewer is the picture of one remote display.
type Viewer struct {
	widget.BaseWidget

	OnEvent func(Event)           // every event, in order; nil drops them
	OnScale func(percent float64) // after the shown scale changed
	OnShown func()                // once per Update, after the tiles were refreshed
}

// New makes an empty viewer.
func New() *Viewer {
	v := &Viewer{}
	v.ExtendBaseWidget(v)
	return v
}

// Update copies the dirty parts of a display's picture; a picture of another size or a nil dirty list copies all of it.
// The picture is not kept. An empty picture clears the viewer.
func (v *Viewer) Update(img *image.RGBA, dirty []image.Rectangle) {}

// SetMode chooses the mode; percent (25 to 200) matters in Zoom only.
func (v *Viewer) SetMode(m Mode, percent int) {}

// Mode is the chosen mode and its percentage.
func (v *Viewer) Mode() (Mode, int) { return Fit, 100 }

// Scale is the shown scale in percent: device pixels here for each pixel there.
func (v *Viewer) Scale() float64 { return 100 }

// SetCursor places the remote cursor, in pixels of the display.
func (v *Viewer) SetCursor(x, y int, visible bool) {}

// SetControl says whether input is sent. Switching it off releases everything first.
func (v *Viewer) SetControl(on bool) {}

// SetNotice shows a text over an empty or stopped picture; empty removes it.
func (v *Viewer) SetNotice(text string) {}

// SendKeys presses keys in order and releases them in reverse, whatever is focused (Ctrl-Alt-Del from a menu).
func (v *Viewer) SendKeys(keys ...Keysym) {}

// CreateRenderer implements fyne.Widget.
func (v *Viewer) CreateRenderer() fyne.WidgetRenderer {
	return widget.NewSimpleRenderer(canvas.NewRectangle(nil))
}
