package widget

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/driver/desktop"
	fw "fyne.io/fyne/v2/widget"

	"deskhand/icons"
	"deskhand/ui/theme"
)

// Rank is how much a button stands out.
type Rank int

// The ranks.
const (
	Flat    Rank = iota // in toolbars: no background until it is pointed at
	Plain               // a button among others
	Primary             // the one main action of a window
	Danger              // ends or takes away something
)

// Button is icon and label, one of them or both. One that is not available stays in the Tab order and says why, in
// place of its tip, when it is pointed at, focused or pressed. Enter and Space press it.
type Button struct {
	fw.BaseWidget

	OnTapped func()
	// OnMenuClosed is told when the button's menu has gone, before what was chosen in it is done.
	OnMenuClosed func()

	icon     icons.Name
	tint     fyne.ThemeColorName // of the icon, empty is that of the label
	label    string
	tip      string
	reason   string
	off      bool // not available
	on       bool
	rank     Rank
	menu     func() *fyne.Menu
	hovered  bool
	focused  bool
	pressed  bool
	tipDelay *fyne.Animation
	me       fyne.Widget // the button, or the widget that it is part of
}

func (b *Button) extend(me fyne.Widget) {
	b.me = me
	b.ExtendBaseWidget(me)
}

// NewButton makes a plain button with a label.
func NewButton(label string, tapped func()) *Button {
	b := &Button{label: label, rank: Plain, OnTapped: tapped}
	b.extend(b)
	return b
}

// NewPrimaryButton makes the button of a window's one main action.
func NewPrimaryButton(label string, tapped func()) *Button {
	b := NewButton(label, tapped)
	b.rank = Primary
	return b
}

// NewToolButton makes a flat button; an empty label shows the icon alone (give it a tip then).
func NewToolButton(icon icons.Name, label string, tapped func()) *Button {
	b := NewButton(label, tapped)
	b.icon, b.rank = icon, Flat
	return b
}

// SetRank changes how much the button stands out.
func (b *Button) SetRank(r Rank) { b.rank = r; b.Refresh() }

// SetIcon changes the icon; "" takes it away. The colour is a token, or "" for the label's.
func (b *Button) SetIcon(icon icons.Name, c fyne.ThemeColorName) {
	b.icon, b.tint = icon, c
	b.Refresh()
}

// SetLabel changes the label.
func (b *Button) SetLabel(label string) { b.label = label; b.Refresh() }

// Label is the label.
func (b *Button) Label() string { return b.label }

// SetTip sets the text shown when the button is pointed at.
func (b *Button) SetTip(text string) { b.tip = text }

// SetEnabled makes the button available, or not, with the reason.
func (b *Button) SetEnabled(on bool, reason string) {
	if b.off == !on && b.reason == reason {
		return
	}
	b.off, b.reason = !on, reason
	b.Refresh()
}

// Enabled says whether the button is available.
func (b *Button) Enabled() bool { return !b.off }

// SetOn shows the button as switched on.
func (b *Button) SetOn(on bool) {
	if b.on != on {
		b.on = on
		b.Refresh()
	}
}

// SetMenu makes the button open a menu, asked for anew each time; it shows an arrow then. nil makes it a button again.
func (b *Button) SetMenu(menu func() *fyne.Menu) { b.menu = menu; b.Refresh() }

// Tapped implements fyne.Tappable.
func (b *Button) Tapped(*fyne.PointEvent) { b.press() }

func (b *Button) press() {
	b.stopTip()
	switch {
	case b.off:
		showTip(b.me, b.reason)
	case b.menu != nil:
		popUpAt(b.menu(), b.me, fyne.NewPos(0, b.me.Size().Height), b.OnMenuClosed)
	case b.OnTapped != nil:
		b.OnTapped()
	}
}

func (b *Button) tipText() string {
	if b.off && b.reason != "" {
		return b.reason
	}
	return b.tip
}

func (b *Button) stopTip() {
	if b.tipDelay != nil {
		b.tipDelay.Stop()
		b.tipDelay = nil
	}
	hideTip(b.me)
}

// MouseIn implements desktop.Hoverable.
func (b *Button) MouseIn(*desktop.MouseEvent) {
	b.hovered = true
	b.Refresh()
	if b.tipText() != "" {
		b.tipDelay = tipLater(b.me, b.tipText)
	}
}

// MouseMoved implements desktop.Hoverable.
func (b *Button) MouseMoved(*desktop.MouseEvent) {}

// MouseOut implements desktop.Hoverable.
func (b *Button) MouseOut() {
	b.hovered, b.pressed = false, false
	b.stopTip()
	b.Refresh()
}

// MouseDown implements desktop.Mouseable.
func (b *Button) MouseDown(*desktop.MouseEvent) { b.pressed = true; b.Refresh() }

// MouseUp implements desktop.Mouseable.
func (b *Button) MouseUp(*desktop.MouseEvent) { b.pressed = false; b.Refresh() }

// FocusGained implements fyne.Focusable.
func (b *Button) FocusGained() {
	b.focused = true
	b.Refresh()
	showTip(b.me, b.tipText())
}

// FocusLost implements fyne.Focusable.
func (b *Button) FocusLost() {
	b.focused = false
	b.stopTip()
	b.Refresh()
}

// TypedRune implements fyne.Focusable.
func (b *Button) TypedRune(rune) {}

// TypedKey implements fyne.Focusable.
func (b *Button) TypedKey(e *fyne.KeyEvent) {
	switch e.Name {
	case fyne.KeySpace, fyne.KeyReturn, fyne.KeyEnter:
		b.press()
	case fyne.KeyDown:
		if b.menu != nil {
			b.press()
		}
	default:
		passOn(b.me, e)
	}
}

// colors gives background and label.
func (b *Button) colors() (back, fore fyne.ThemeColorName) {
	switch {
	case b.off && b.rank == Flat:
		return theme.ColorNone, theme.ColorDisabled
	case b.off:
		return theme.ColorRaised, theme.ColorDisabled
	case b.rank == Primary:
		return theme.ColorAccent, theme.ColorOnAccent
	case b.rank == Danger:
		return theme.ColorButton, theme.ColorLate
	case b.on:
		return theme.ColorSelected, theme.ColorText
	case b.rank == Plain:
		return theme.ColorButton, theme.ColorText
	}
	return theme.ColorNone, theme.ColorText
}

func (b *Button) over() fyne.ThemeColorName {
	switch {
	case b.off || !b.hovered:
		return theme.ColorNone
	case b.pressed:
		return theme.ColorPressed
	}
	return theme.ColorHover
}

// CreateRenderer implements fyne.Widget.
func (b *Button) CreateRenderer() fyne.WidgetRenderer {
	back, over, ring := round(), round(), round()
	icon, arrow, label := newIcon(icons.More), newIcon(icons.ArrowDown), canvas.NewText("", nil)
	face := []fyne.CanvasObject{icon, label, arrow}
	return newParts(&parts{
		owner:   b.me,
		objects: append([]fyne.CanvasObject{back, over, ring}, face...),
		update: func() {
			fill, fore := b.colors()
			back.FillColor, over.FillColor = theme.Color(fill), theme.Color(b.over())
			focusRing(ring, b.focused)
			label.Text, label.Hidden = b.label, b.label == ""
			paint(label, fore, textSize())
			tint := fore
			if b.tint != "" && !b.off {
				tint = b.tint
			}
			setIcon(icon, b.icon, tint)
			setIcon(arrow, icons.ArrowDown, fore)
			arrow.Hidden = b.menu == nil
		},
		min: func() fyne.Size {
			width := faceWidth(face)
			return fyne.NewSize(max(width+2*b.margin(), theme.RowHeight), max(theme.RowHeight, label.MinSize().Height+2*theme.Space1))
		},
		layout: func(s fyne.Size) {
			for _, r := range []*canvas.Rectangle{back, over, ring} {
				r.Resize(s)
			}
			layFace(face, (s.Width-faceWidth(face))/2, s.Height)
		},
	})
}

func (b *Button) margin() float32 {
	if b.rank == Flat {
		return theme.Space2
	}
	return theme.Space4
}

// faceWidth is how wide icon, label and arrow are in a line.
func faceWidth(face []fyne.CanvasObject) float32 {
	width := float32(0)
	for _, o := range face {
		if o.Visible() {
			width += partWidth(o) + theme.Space1 + 2
		}
	}
	return max(0, width-theme.Space1-2)
}

func partWidth(o fyne.CanvasObject) float32 {
	if _, ok := o.(*canvas.Image); ok {
		return theme.IconSize
	}
	return o.MinSize().Width
}

func layFace(face []fyne.CanvasObject, x, height float32) {
	for _, o := range face {
		if !o.Visible() {
			continue
		}
		w := partWidth(o)
		if _, ok := o.(*canvas.Image); ok {
			box(o, x, (height-theme.IconSize)/2+1, theme.IconSize, theme.IconSize) // small letters are below the middle
		} else {
			put(o, x, w, height)
		}
		x += w + theme.Space1 + 2
	}
}
