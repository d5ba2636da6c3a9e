package widget

import (
	"slices"
	"strings"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/container"
	fw "fyne.io/fyne/v2/widget"

	"deskhand/ui/theme"
)

// LineKind says how a chat line looks.
type LineKind int

// The kinds of chat lines.
const (
	Theirs LineKind = iota
	Mine
	Status // "Jo Brandt joined"
)

// ChatLine is one line of a chat.
type ChatLine struct {
	Key     string // identifies the line: its sequence number, or the client's own ID while it is pending
	Kind    LineKind
	At      string // "10:42", in the person's locale
	Name    string // empty for Status
	Text    string
	Pending bool // not stored by the relay yet
}

// ChatLog shows the lines of a chat, the newest at the bottom. Only what is in view is drawn. Text is selected with
// the mouse or Ctrl+A and copied with Ctrl+C or the right button; the arrow and page keys scroll.
type ChatLog struct {
	fw.BaseWidget

	CopyLabel string // of the entry in the menu of the right button, "" shows no menu

	body   *chatBody
	scroll *container.Scroll
	typing string
}

// NewChatLog makes an empty log.
func NewChatLog() *ChatLog {
	l := &ChatLog{}
	l.body = newChatBody(l)
	l.scroll = container.NewVScroll(l.body)
	l.scroll.OnScrolled = func(fyne.Position) { l.body.Refresh() }
	l.ExtendBaseWidget(l)
	return l
}

// SetLines shows lines; only changed ones are laid out again. It stays at the bottom if it was there.
func (l *ChatLog) SetLines(lines []ChatLine) {
	if slices.Equal(l.body.lines, lines) {
		return
	}
	bottom := l.atBottom()
	l.body.set(lines)
	l.scroll.Refresh()
	if bottom {
		l.scroll.ScrollToBottom()
	}
	l.body.Refresh()
}

// Lines is how many lines are shown.
func (l *ChatLog) Lines() int { return len(l.body.lines) }

// SetTyping shows a muted line such as "Jo is typing …" below the log; "" removes it.
func (l *ChatLog) SetTyping(text string) {
	if l.typing != text {
		l.typing = text
		l.Refresh()
	}
}

func (l *ChatLog) atBottom() bool {
	return l.scroll.Offset.Y+l.scroll.Size().Height >= l.body.MinSize().Height-theme.RowHeight
}

// CreateRenderer implements fyne.Widget.
func (l *ChatLog) CreateRenderer() fyne.WidgetRenderer {
	typing := canvas.NewText("", nil)
	const below = theme.RowHeight - 4
	return newParts(&parts{
		owner:   l,
		objects: []fyne.CanvasObject{l.scroll, typing},
		min:     func() fyne.Size { return fyne.NewSize(160, 96) },
		update: func() {
			typing.Text = l.typing
			paint(typing, theme.ColorMuted, textSize()-1)
			typing.TextStyle.Italic = true
		},
		layout: func(s fyne.Size) {
			bottom := l.atBottom()
			box(l.scroll, 0, 0, s.Width, s.Height-below)
			l.scroll.Refresh() // another width made the lines higher or lower
			box(typing, chatInset, s.Height-below+2, s.Width-2*chatInset, below-4)
			if bottom {
				l.scroll.ScrollToBottom()
			}
		},
	})
}

// selected is the text of a selection: a piece of one line, or several lines with their times and names.
func selected(lines []ChatLine, from, to chatPlace) string {
	if from.line == to.line {
		return string([]rune(lines[from.line].Text)[from.at:to.at])
	}
	var out strings.Builder
	for i := from.line; i <= to.line; i++ {
		text := []rune(lines[i].Text)
		if i == to.line {
			text = text[:to.at]
		}
		if i == from.line {
			text = text[from.at:]
		} else {
			out.WriteByte('\n')
		}
		if i != from.line || from.at == 0 {
			out.WriteString(lines[i].At + " ")
			if lines[i].Name != "" {
				out.WriteString(lines[i].Name + ": ")
			}
		}
		out.WriteString(string(text))
	}
	return out.String()
}
