package widget

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	fw "fyne.io/fyne/v2/widget"

	"deskhand/icons"
	"deskhand/ui/theme"
)

// StatusPanel says whether a screen is seen: yellow with an eye while it is, grey with a crossed screen while not.
type StatusPanel struct {
	fw.BaseWidget

	sharing bool
	text    string
}

// NewStatusPanel makes a grey panel.
func NewStatusPanel() *StatusPanel {
	p := &StatusPanel{}
	p.ExtendBaseWidget(p)
	return p
}

// Set shows the state and its text.
func (p *StatusPanel) Set(sharing bool, text string) {
	if p.sharing == sharing && p.text == text {
		return
	}
	p.sharing, p.text = sharing, text
	p.Refresh()
}

// Sharing says whether the panel is yellow.
func (p *StatusPanel) Sharing() bool { return p.sharing }

// Text is the shown text.
func (p *StatusPanel) Text() string { return p.text }

// CreateRenderer implements fyne.Widget.
func (p *StatusPanel) CreateRenderer() fyne.WidgetRenderer {
	back, line := canvas.NewRectangle(nil), canvas.NewRectangle(nil)
	icon, text := newIcon(icons.NoScreen), canvas.NewText("", nil)
	const left = theme.Space3
	textAt := left + 20 + theme.Space2
	return newParts(&parts{
		owner:   p,
		objects: []fyne.CanvasObject{back, line, icon, text},
		update: func() {
			fill, fore, drawing := theme.ColorRaised, theme.ColorMuted, icons.NoScreen
			if p.sharing {
				fill, fore, drawing = theme.ColorSharing, theme.ColorOnAlert, icons.Eye
			}
			back.FillColor, line.FillColor = theme.Color(fill), theme.Color(theme.ColorLine)
			setIcon(icon, drawing, fore)
			paint(text, fore, textSize())
			text.TextStyle.Bold = p.sharing
		},
		min: func() fyne.Size { return fyne.NewSize(textAt+theme.Space3, theme.ToolbarHeight-4) },
		layout: func(s fyne.Size) {
			back.Resize(s)
			box(line, 0, 0, s.Width, 1)
			box(icon, left, (s.Height-20)/2, 20, 20)
			room := s.Width - textAt - theme.Space3
			text.Text = shorten(p.text, room, measureIn(text.TextSize, text.TextStyle))
			put(text, textAt, room, s.Height)
		},
	})
}
