package widget

import (
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/container"
	fw "fyne.io/fyne/v2/widget"

	"deskhand/icons"
	"deskhand/ui/theme"
)

// AlertKind is what raised an alert.
type AlertKind int

// The kinds of alerts.
const (
	AlertQuery AlertKind = iota
	AlertDirect
	AlertInvitation
	AlertTransfer
)

// Look is the kind's icon and colour, for the list row that stems from the same thing too.
func (k AlertKind) Look() (icons.Name, fyne.ThemeColorName) {
	switch k {
	case AlertDirect:
		return icons.Direct, theme.ColorDirect
	case AlertInvitation:
		return icons.Invitation, theme.ColorInvitation
	case AlertTransfer:
		return icons.Transfer, theme.ColorTransfer
	}
	return icons.Query, theme.ColorQuery
}

// AlertContent is what an alert shows.
type AlertContent struct {
	Kind        AlertKind
	Word        string // "Query"
	Portal      string
	Name        string
	Text        string // the question, shown in quotes; two lines of it fit
	Left, Total time.Duration
}

// Alert is the content of an alert window, 360 by 150. Enter presses Yes and Escape presses No, whatever is focused,
// once the window hands its keys to TypedKey.
type Alert struct {
	fw.BaseWidget

	OnYes, OnNo func()

	content AlertContent
	yes, no *Button
}

// AlertWidth and AlertHeight are the size of an alert.
const (
	AlertWidth  float32 = 360
	AlertHeight float32 = 150
)

// NewAlert makes an alert with the words for its buttons.
func NewAlert(yes, no string) *Alert {
	a := &Alert{}
	a.yes = NewPrimaryButton(yes, func() { call(a.OnYes) })
	a.no = NewButton(no, func() { call(a.OnNo) })
	a.ExtendBaseWidget(a)
	return a
}

func call(f func()) {
	if f != nil {
		f()
	}
}

// Set shows the content.
func (a *Alert) Set(c AlertContent) {
	if a.content != c {
		a.content = c
		a.Refresh()
	}
}

// Yes is the button for the window to focus.
func (a *Alert) Yes() *Button { return a.yes }

// No is the other button.
func (a *Alert) No() *Button { return a.no }

// TypedKey is for the window's canvas: SetOnTypedKey(alert.TypedKey).
func (a *Alert) TypedKey(e *fyne.KeyEvent) {
	switch e.Name {
	case fyne.KeyReturn, fyne.KeyEnter:
		call(a.OnYes)
	case fyne.KeyEscape:
		call(a.OnNo)
	}
}

// alertParts are what an alert is drawn with.
type alertParts struct {
	back, head, stripe *canvas.Rectangle
	icon               *canvas.Image
	title, left, name  *canvas.Text
	lines              [2]*canvas.Text
	dial               dial
}

func (p *alertParts) show(c AlertContent) {
	drawing, color := c.Kind.Look()
	p.back.FillColor, p.back.StrokeColor, p.back.StrokeWidth = theme.Color(theme.ColorSurface), theme.Color(theme.ColorLine), 1
	p.head.FillColor, p.stripe.FillColor = theme.Color(color), theme.Color(color)
	setIcon(p.icon, drawing, theme.ColorOnAlert)
	p.title.Text, p.left.Text, p.name.Text = c.Word+" · "+c.Portal, FormatLeft(c.Left), c.Name
	for _, t := range []*canvas.Text{p.title, p.left} {
		paint(t, theme.ColorOnAlert, theme.TextSize)
		t.TextStyle.Bold = true
	}
	p.dial.set(c.Left, c.Total)
	p.dial.track.FillColor, p.dial.arc.FillColor = theme.Color(theme.ColorPressed), theme.Color(theme.ColorOnAlert)
	paint(p.name, theme.ColorText, theme.HeadingSize)
	p.name.TextStyle.Bold = true
	for _, l := range p.lines {
		paint(l, theme.ColorText, theme.TextSize)
	}
}

// say puts the question into two lines.
func (p *alertParts) say(text string, width float32) {
	m := measureIn(theme.TextSize, fyne.TextStyle{})
	p.lines[0].Text, p.lines[1].Text = "", ""
	if text == "" {
		return
	}
	runes := []rune("“" + text + "”")
	spans := wrap(runes, width, m)
	p.lines[0].Text = string(runes[spans[0].from:spans[0].to])
	if len(spans) > 1 {
		p.lines[1].Text = shorten(string(runes[spans[1].from:]), width, m)
	}
}

// CreateRenderer implements fyne.Widget.
func (a *Alert) CreateRenderer() fyne.WidgetRenderer {
	p := &alertParts{
		back: canvas.NewRectangle(nil), head: canvas.NewRectangle(nil), stripe: canvas.NewRectangle(nil), icon: newIcon(icons.Query),
		title: canvas.NewText("", nil), left: canvas.NewText("", nil), name: canvas.NewText("", nil),
		lines: [2]*canvas.Text{canvas.NewText("", nil), canvas.NewText("", nil)}, dial: newDial(),
	}
	buttons := container.NewHBox(a.no, a.yes)
	objects := []fyne.CanvasObject{p.back, p.head, p.stripe, p.icon, p.title, p.left, p.dial.track, p.dial.arc, p.name, p.lines[0], p.lines[1], buttons}
	return newParts(&parts{
		owner:   a,
		objects: objects,
		min:     func() fyne.Size { return fyne.NewSize(AlertWidth, AlertHeight) },
		update:  func() { p.show(a.content) },
		layout: func(s fyne.Size) {
			p.place(s, a.content)
			b := buttons.MinSize()
			box(buttons, s.Width-b.Width-theme.Space3, s.Height-b.Height-theme.Space3+2, b.Width, b.Height)
		},
	})
}

func (p *alertParts) place(s fyne.Size, c AlertContent) {
	const head, stripe = theme.RowHeight + 2, float32(6)
	p.back.Resize(s)
	box(p.head, 0, 0, s.Width, head)
	box(p.stripe, 0, head, stripe, s.Height-head)
	x := stripe + theme.Space2
	box(p.icon, x, (head-theme.IconSize)/2, theme.IconSize, theme.IconSize)
	width := p.left.MinSize().Width
	put(p.left, s.Width-theme.Space3-width, width, head)
	p.dial.place(s.Width-theme.Space3-width-ringSize-theme.Space1, (head-ringSize)/2, ringSize)
	at := x + theme.IconSize + theme.Space2
	room := s.Width - theme.Space3 - width - ringSize - theme.Space3 - at
	p.title.Text = shorten(c.Word+" · "+c.Portal, room, measureIn(p.title.TextSize, p.title.TextStyle))
	put(p.title, at, room, head)
	room = s.Width - x - theme.Space3
	p.name.Text = shorten(c.Name, room, measureIn(p.name.TextSize, p.name.TextStyle))
	y := head + theme.Space2
	box(p.name, x, y, room, p.name.MinSize().Height)
	y += p.name.MinSize().Height + 2
	p.say(c.Text, room)
	for _, l := range p.lines {
		box(l, x, y, room, l.MinSize().Height)
		y += l.MinSize().Height
	}
}
