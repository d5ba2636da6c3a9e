package widget

import (
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	fw "fyne.io/fyne/v2/widget"

	"deskhand/ui/theme"
)

const (
	tipDelay = 500 * time.Millisecond // the pointer rests this long before a tip comes
	tipWidth = 280
)

// Tips wraps a window's content so that the buttons in it can show their tips above everything else. It has to be the
// window's content itself; without it there are no tips.
type Tips struct {
	fw.BaseWidget

	content fyne.CanvasObject
	owner   fyne.CanvasObject // whose tip is shown
	text    string
	at      fyne.Position // of the owner, inside this widget
}

// NewTips wraps content.
func NewTips(content fyne.CanvasObject) *Tips {
	t := &Tips{content: content}
	t.ExtendBaseWidget(t)
	return t
}

// Text is the tip that is shown, empty when there is none.
func (t *Tips) Text() string { return t.text }

// tipsOf finds the layer of an object's window.
func tipsOf(o fyne.CanvasObject) *Tips {
	c := canvasOf(o)
	if c == nil {
		return nil
	}
	t, _ := c.Content().(*Tips)
	return t
}

// showTip shows a text by an object.
func showTip(o fyne.CanvasObject, text string) {
	t := tipsOf(o)
	if t == nil || text == "" {
		return
	}
	d := fyne.CurrentApp().Driver()
	t.owner, t.text = o, text
	t.at = d.AbsolutePositionForObject(o).Subtract(d.AbsolutePositionForObject(t))
	t.Refresh()
}

// hideTip takes an object's tip away.
func hideTip(o fyne.CanvasObject) {
	if t := tipsOf(o); t != nil && t.owner == o {
		t.owner, t.text = nil, ""
		t.Refresh()
	}
}

// tipLater shows a text once the delay is over. Stopping the animation prevents it.
func tipLater(o fyne.CanvasObject, text func() string) *fyne.Animation {
	a := fyne.NewAnimation(tipDelay, func(done float32) {
		if done == 1 {
			showTip(o, text())
		}
	})
	a.Start()
	return a
}

// CreateRenderer implements fyne.Widget.
func (t *Tips) CreateRenderer() fyne.WidgetRenderer {
	back := round()
	var lines []*canvas.Text
	p := &parts{owner: t, min: t.content.MinSize}
	p.update = func() {
		back.FillColor, back.StrokeColor, back.StrokeWidth = theme.Color(theme.ColorText), theme.Color(theme.ColorLine), 0
		lines = tipLines(t.text)
		p.objects = []fyne.CanvasObject{t.content}
		if len(lines) == 0 {
			return
		}
		p.objects = append(p.objects, back)
		for _, l := range lines {
			p.objects = append(p.objects, l)
		}
	}
	p.layout = func(s fyne.Size) {
		t.content.Resize(s)
		if len(lines) > 0 {
			t.place(s, back, lines)
		}
	}
	return newParts(p)
}

func tipLines(text string) []*canvas.Text {
	if text == "" {
		return nil
	}
	size := textSize() - 1
	runes := []rune(text)
	spans := wrap(runes, tipWidth, measureIn(size, fyne.TextStyle{}))
	lines := make([]*canvas.Text, len(spans))
	for i, s := range spans {
		lines[i] = canvas.NewText(string(runes[s.from:s.to]), nil)
		paint(lines[i], theme.ColorSurface, size)
	}
	return lines
}

// place puts the tip below its owner, or above where there is no room, inside the window.
func (t *Tips) place(s fyne.Size, back *canvas.Rectangle, lines []*canvas.Text) {
	width, height := float32(0), float32(0)
	for _, l := range lines {
		width, height = max(width, l.MinSize().Width), height+l.MinSize().Height
	}
	width, height = width+2*theme.Space2, height+2*theme.Space1
	x := max(theme.Space1, min(t.at.X, s.Width-width-theme.Space1))
	y := t.at.Y + t.owner.Size().Height + theme.Space1
	if y+height > s.Height {
		y = t.at.Y - height - theme.Space1
	}
	box(back, x, y, width, height)
	y += theme.Space1
	for _, l := range lines {
		box(l, x+theme.Space2, y, width-2*theme.Space2, l.MinSize().Height)
		y += l.MinSize().Height
	}
}
