package widget

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	fw "fyne.io/fyne/v2/widget"

	"deskhand/icons"
	"deskhand/ui/theme"
)

// BannerKind is how grave a banner's message is.
type BannerKind int

// The kinds of banners.
const (
	BannerInfo BannerKind = iota
	BannerWarning
	BannerFault
)

func (k BannerKind) look() (icons.Name, fyne.ThemeColorName) {
	switch k {
	case BannerFault:
		return icons.Warning, theme.ColorLate
	case BannerWarning:
		return icons.Warning, theme.ColorWaiting
	}
	return icons.Info, theme.ColorAccent
}

// Banner is a message inside a window: what happened and what to do next. It takes no place while it says nothing.
type Banner struct {
	fw.BaseWidget

	kind   BannerKind
	text   *fw.Label
	action *Button
}

// NewBanner makes a hidden banner.
func NewBanner() *Banner {
	b := &Banner{text: NewText(""), action: NewButton("", nil)}
	b.action.Hide()
	b.ExtendBaseWidget(b)
	b.Hide()
	return b
}

// Say shows a message; an empty text hides the banner.
func (b *Banner) Say(kind BannerKind, text string) {
	if text == "" {
		b.Hide()
		return
	}
	if b.Visible() && b.kind == kind && b.text.Text == text {
		return
	}
	b.kind = kind
	b.text.SetText(text)
	b.Show()
	b.Refresh()
}

// Text is the shown message, empty while the banner is hidden.
func (b *Banner) Text() string {
	if !b.Visible() {
		return ""
	}
	return b.text.Text
}

// SetAction puts a button at the right; an empty label takes it away.
func (b *Banner) SetAction(label string, do func()) {
	b.action.OnTapped = do
	b.action.SetLabel(label)
	if label == "" {
		b.action.Hide()
	} else {
		b.action.Show()
	}
	b.Refresh()
}

// CreateRenderer implements fyne.Widget.
func (b *Banner) CreateRenderer() fyne.WidgetRenderer {
	back, line, stripe, icon := canvas.NewRectangle(nil), canvas.NewRectangle(nil), canvas.NewRectangle(nil), newIcon(icons.Info)
	const textAt = theme.Space3 + theme.IconSize + theme.Space1
	buttonWidth := func() float32 {
		if !b.action.Visible() {
			return 0
		}
		return b.action.MinSize().Width + theme.Space2
	}
	return newParts(&parts{
		owner:   b,
		objects: []fyne.CanvasObject{back, line, stripe, icon, b.text, b.action},
		update: func() {
			drawing, c := b.kind.look()
			back.FillColor, line.FillColor, stripe.FillColor = theme.Color(theme.ColorRaised), theme.Color(theme.ColorLine), theme.Color(c)
			setIcon(icon, drawing, c)
		},
		min: func() fyne.Size {
			height := max(b.text.MinSize().Height+theme.Space1, theme.RowHeight+theme.Space2)
			return fyne.NewSize(textAt+buttonWidth()+120, height)
		},
		layout: func(s fyne.Size) {
			back.Resize(s)
			box(line, 0, s.Height-1, s.Width, 1)
			box(stripe, 0, 0, 3, s.Height)
			b.text.Resize(fyne.NewSize(s.Width-textAt-buttonWidth(), b.text.MinSize().Height))
			h := b.text.MinSize().Height
			box(b.text, textAt, (s.Height-h)/2, s.Width-textAt-buttonWidth(), h)
			box(icon, theme.Space3, (s.Height-theme.IconSize)/2, theme.IconSize, theme.IconSize)
			least := b.action.MinSize()
			box(b.action, s.Width-least.Width-theme.Space2, (s.Height-least.Height)/2, least.Width, least.Height)
		},
	})
}
