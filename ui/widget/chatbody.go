package widget

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/driver/desktop"
	fw "fyne.io/fyne/v2/widget"

	"deskhand/ui/theme"
)

// chatBody is the lines, inside the log's scroll. It is one stop for the Tab key.
type chatBody struct {
	fw.BaseWidget

	log     *ChatLog
	lines   []ChatLine
	layout  chatLayout
	focused bool
	anchor  chatPlace // where the selection began
	caret   chatPlace // where it ends; nothing is selected when both are the same
}

func newChatBody(l *ChatLog) *chatBody {
	b := &chatBody{log: l}
	b.ExtendBaseWidget(b)
	return b
}

func (b *chatBody) set(lines []ChatLine) {
	b.lines = lines
	if b.outside(b.anchor) || b.outside(b.caret) {
		b.anchor, b.caret = chatPlace{}, chatPlace{}
	}
	b.arrange()
}

func (b *chatBody) outside(p chatPlace) bool {
	return p != chatPlace{} && (p.line >= len(b.lines) || p.at > len([]rune(b.lines[p.line].Text)))
}

func (b *chatBody) arrange() {
	if width := b.Size().Width; width > 0 {
		b.layout.arrange(b.lines, width, textSize())
	}
}

// MinSize is what the lines need at the width there is.
func (b *chatBody) MinSize() fyne.Size { return fyne.NewSize(120, b.layout.high) }

// Resize implements fyne.CanvasObject. Another width means other rows.
func (b *chatBody) Resize(s fyne.Size) {
	wider := s.Width != b.Size().Width
	b.BaseWidget.Resize(s)
	if wider {
		b.arrange()
		b.Refresh()
	}
}

// selection is the selected text's ends in order.
func (b *chatBody) selection() (from, to chatPlace, any bool) {
	from, to = b.anchor, b.caret
	if to.before(from) {
		from, to = to, from
	}
	return from, to, from != to && to.line < len(b.lines)
}

func (b *chatBody) selectAll() {
	if len(b.lines) == 0 {
		return
	}
	last := len(b.lines) - 1
	b.anchor, b.caret = chatPlace{}, chatPlace{last, len([]rune(b.lines[last].Text))}
	b.Refresh()
}

func (b *chatBody) copy(to fyne.Clipboard) {
	if from, end, ok := b.selection(); ok {
		to.SetContent(selected(b.lines, from, end))
	}
}

func (b *chatBody) MouseDown(e *desktop.MouseEvent) {
	focus(b)
	if e.Button == desktop.MouseButtonPrimary {
		b.anchor = b.layout.place(e.Position)
		b.caret = b.anchor
		b.Refresh()
	}
}

func (b *chatBody) MouseUp(*desktop.MouseEvent) {}

func (b *chatBody) Dragged(e *fyne.DragEvent) {
	b.caret = b.layout.place(e.Position)
	offset, height := b.log.scroll.Offset.Y, b.log.scroll.Size().Height
	switch {
	case e.Position.Y < offset:
		b.scrollBy(-theme.RowHeight)
	case e.Position.Y > offset+height:
		b.scrollBy(theme.RowHeight)
	}
	b.Refresh()
}

func (b *chatBody) DragEnd() {}

func (b *chatBody) DoubleTapped(e *fyne.PointEvent) {
	p := b.layout.place(e.Position)
	if p.line < len(b.lines) {
		b.anchor, b.caret = chatPlace{p.line, 0}, chatPlace{p.line, len([]rune(b.lines[p.line].Text))}
		b.Refresh()
	}
}

func (b *chatBody) TappedSecondary(e *fyne.PointEvent) {
	if b.log.CopyLabel == "" {
		return
	}
	if _, _, ok := b.selection(); !ok {
		b.DoubleTapped(e)
	}
	item := fyne.NewMenuItem(b.log.CopyLabel, func() { b.copy(fyne.CurrentApp().Clipboard()) })
	popUpAt(fyne.NewMenu("", item), b, e.Position, nil)
}

func (b *chatBody) Cursor() desktop.Cursor { return desktop.TextCursor }
func (b *chatBody) FocusGained()           { b.focused = true; b.Refresh() }
func (b *chatBody) FocusLost()             { b.focused = false; b.Refresh() }
func (b *chatBody) TypedRune(rune)         {}

func (b *chatBody) TypedShortcut(s fyne.Shortcut) {
	switch s := s.(type) {
	case *fyne.ShortcutCopy:
		b.copy(s.Clipboard)
	case *fyne.ShortcutSelectAll:
		b.selectAll()
	}
}

func (b *chatBody) TypedKey(e *fyne.KeyEvent) {
	page := b.log.scroll.Size().Height - theme.RowHeight
	switch e.Name {
	case fyne.KeyUp:
		b.scrollBy(-theme.RowHeight)
	case fyne.KeyDown:
		b.scrollBy(theme.RowHeight)
	case fyne.KeyPageUp:
		b.scrollBy(-page)
	case fyne.KeyPageDown:
		b.scrollBy(page)
	case fyne.KeyHome:
		b.log.scroll.ScrollToTop()
	case fyne.KeyEnd:
		b.log.scroll.ScrollToBottom()
	default:
		passOn(b, e)
	}
	b.Refresh()
}

func (b *chatBody) scrollBy(d float32) {
	b.log.scroll.ScrollToOffset(fyne.NewPos(0, b.log.scroll.Offset.Y+d))
}
