package widget

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/driver/desktop"
	fw "fyne.io/fyne/v2/widget"

	"deskhand/ui/theme"
)

// tableBody is the rows, inside the table's scroll. It is one stop for the Tab key.
type tableBody struct {
	fw.BaseWidget

	table   *Table
	focused bool
	hovered string // ID
}

func newTableBody(t *Table) *tableBody {
	b := &tableBody{table: t}
	b.ExtendBaseWidget(b)
	return b
}

func (b *tableBody) rowAt(y float32) (Row, bool) {
	i := int(y / theme.RowHeight)
	if y < 0 || i >= len(b.table.rows) {
		return Row{}, false
	}
	return b.table.rows[i], true
}

func (b *tableBody) MouseDown(e *desktop.MouseEvent) {
	focus(b)
	if r, ok := b.rowAt(e.Position.Y); ok {
		b.table.choose(r.ID)
	}
}

func (b *tableBody) MouseUp(*desktop.MouseEvent) {}

func (b *tableBody) DoubleTapped(e *fyne.PointEvent) {
	if r, ok := b.rowAt(e.Position.Y); ok {
		b.activate(r.ID)
	}
}

func (b *tableBody) TappedSecondary(e *fyne.PointEvent) {
	if r, ok := b.rowAt(e.Position.Y); ok {
		b.menu(r.ID, e.Position)
	}
}

func (b *tableBody) MouseIn(e *desktop.MouseEvent) { b.MouseMoved(e) }
func (b *tableBody) MouseMoved(e *desktop.MouseEvent) {
	r, _ := b.rowAt(e.Position.Y)
	b.hover(r.ID)
}
func (b *tableBody) MouseOut() { b.hover("") }

func (b *tableBody) hover(id string) {
	if b.hovered != id {
		b.hovered = id
		b.Refresh()
	}
}

func (b *tableBody) activate(id string) {
	if b.table.OnActivated != nil && id != "" {
		b.table.OnActivated(id)
	}
}

func (b *tableBody) menu(id string, at fyne.Position) {
	if b.table.OnMenu != nil && id != "" {
		popUpAt(b.table.OnMenu(id), b, at, nil)
	}
}

func (b *tableBody) FocusGained()   { b.focused = true; b.Refresh() }
func (b *tableBody) FocusLost()     { b.focused = false; b.Refresh() }
func (b *tableBody) TypedRune(rune) {}

func (b *tableBody) TypedKey(e *fyne.KeyEvent) {
	page := max(1, int(b.table.scroll.Size().Height/theme.RowHeight)-1)
	at := b.table.index(b.table.selected)
	switch e.Name {
	case fyne.KeyUp:
		b.move(max(0, at-1))
	case fyne.KeyDown:
		b.move(at + 1)
	case fyne.KeyPageUp:
		b.move(max(0, at-page))
	case fyne.KeyPageDown:
		b.move(at + page)
	case fyne.KeyHome:
		b.move(0)
	case fyne.KeyEnd:
		b.move(len(b.table.rows))
	case fyne.KeyReturn, fyne.KeyEnter:
		b.activate(b.table.selected)
	case fyne.KeyF10, desktop.KeyMenu:
		b.menu(b.table.selected, fyne.NewPos(theme.Space4, float32(at+1)*theme.RowHeight))
	}
}

func (b *tableBody) move(to int) {
	if len(b.table.rows) > 0 {
		b.table.choose(b.table.rows[min(to, len(b.table.rows)-1)].ID)
	}
}

// inView is the rows that can be seen: from, and to the one after the last.
func (b *tableBody) inView() (from, to int) {
	offset, height := b.table.scroll.Offset.Y, b.table.scroll.Size().Height
	from = max(0, min(int(offset/theme.RowHeight), len(b.table.rows)))
	to = min(len(b.table.rows), int((offset+height)/theme.RowHeight)+1)
	return from, max(from, to)
}

func (b *tableBody) CreateRenderer() fyne.WidgetRenderer {
	var pool []*tableRow
	ring, empty := round(), canvas.NewText("", nil)
	p := &parts{owner: b}
	p.min = func() fyne.Size { return fyne.NewSize(100, max(1, float32(len(b.table.rows)))*theme.RowHeight) }
	p.update = func() {
		from, to := b.inView()
		for len(pool) < to-from {
			pool = append(pool, newTableRow(len(b.table.columns)))
		}
		p.objects = p.objects[:0]
		for i, r := range b.table.rows[from:to] {
			pool[i].show(r, r.ID == b.table.selected, r.ID == b.hovered)
			p.objects = append(p.objects, pool[i].objects...)
		}
		focusRing(ring, b.focused)
		paint(empty, theme.ColorMuted, textSize())
		empty.Text, empty.Hidden = b.table.empty, len(b.table.rows) > 0
		p.objects = append(p.objects, ring, empty)
	}
	p.layout = func(s fyne.Size) {
		from, to := b.inView()
		places := spread(b.table.columns, s.Width)
		for i := range min(to-from, len(pool)) {
			pool[i].place(float32(from+i)*theme.RowHeight, s.Width, b.table.columns, places)
		}
		put(empty, stripeWidth+theme.Space2, s.Width, theme.RowHeight)
		b.ringAt(ring, s)
	}
	return newParts(p)
}

// ringAt shows the focus round the selected row, or round the first one's place.
func (b *tableBody) ringAt(ring *canvas.Rectangle, s fyne.Size) {
	at := max(0, b.table.index(b.table.selected))
	box(ring, 1, float32(at)*theme.RowHeight+1, s.Width-2, theme.RowHeight-2)
}
