package widget

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/driver/desktop"
	fw "fyne.io/fyne/v2/widget"

	"deskhand/icons"
	"deskhand/ui/theme"
)

// tableHead is the line of titles. It is one stop for the Tab key.
type tableHead struct {
	fw.BaseWidget

	table   *Table
	focused bool
	at      int // the title that the keyboard is on
	hovered int // -1 for none
}

func newTableHead(t *Table) *tableHead {
	h := &tableHead{table: t, hovered: -1}
	h.ExtendBaseWidget(h)
	return h
}

func (h *tableHead) column(x float32) int {
	places := spread(h.table.columns, h.Size().Width)
	for i, p := range places {
		if x >= p.x-cellSpace/2 && x < p.x+p.width+cellSpace/2 {
			return i
		}
	}
	return -1
}

func (h *tableHead) Tapped(e *fyne.PointEvent) {
	if c := h.column(e.Position.X); c >= 0 {
		h.table.sort(c)
	}
}

func (h *tableHead) MouseIn(e *desktop.MouseEvent)    { h.MouseMoved(e) }
func (h *tableHead) MouseMoved(e *desktop.MouseEvent) { h.hover(h.column(e.Position.X)) }
func (h *tableHead) MouseOut()                        { h.hover(-1) }

func (h *tableHead) hover(column int) {
	if h.hovered != column {
		h.hovered = column
		h.Refresh()
	}
}

func (h *tableHead) FocusGained()   { h.focused = true; h.Refresh() }
func (h *tableHead) FocusLost()     { h.focused = false; h.Refresh() }
func (h *tableHead) TypedRune(rune) {}

func (h *tableHead) TypedKey(e *fyne.KeyEvent) {
	last := len(h.table.columns) - 1
	switch e.Name {
	case fyne.KeyLeft:
		h.at = max(0, h.at-1)
	case fyne.KeyRight:
		h.at = min(last, h.at+1)
	case fyne.KeySpace, fyne.KeyReturn, fyne.KeyEnter:
		h.table.sort(h.at)
	case fyne.KeyDown:
		h.table.FocusRows()
	}
	h.Refresh()
}

func (h *tableHead) CreateRenderer() fyne.WidgetRenderer {
	back, line, over, ring := canvas.NewRectangle(nil), canvas.NewRectangle(nil), canvas.NewRectangle(nil), round()
	arrow := newIcon(icons.ArrowDown)
	titles := make([]*canvas.Text, len(h.table.columns))
	objects := []fyne.CanvasObject{back, line, over, ring, arrow}
	for i := range titles {
		titles[i] = canvas.NewText("", nil)
		objects = append(objects, titles[i])
	}
	return newParts(&parts{
		owner:   h,
		objects: objects,
		min:     func() fyne.Size { return fyne.NewSize(100, theme.RowHeight-2) },
		update: func() {
			back.FillColor, line.FillColor, over.FillColor = theme.Color(theme.ColorSurface), theme.Color(theme.ColorLine), theme.Color(theme.ColorHover)
			for _, t := range titles {
				paint(t, theme.ColorMuted, textSize()-1)
			}
			focusRing(ring, h.focused)
			drawing := icons.ArrowUp
			if h.table.down {
				drawing = icons.ArrowDown
			}
			setIcon(arrow, drawing, theme.ColorAccent)
		},
		layout: func(s fyne.Size) {
			back.Resize(s)
			box(line, 0, s.Height-1, s.Width, 1)
			h.place(titles, s)
			h.mark(over, h.hovered, s)
			h.mark(ring, h.at, s)
			h.point(arrow, titles, s)
		},
	})
}

func (h *tableHead) place(titles []*canvas.Text, s fyne.Size) {
	for i, p := range spread(h.table.columns, s.Width) {
		t := titles[i]
		t.Text = shorten(h.table.columns[i].Title, p.width, measureIn(t.TextSize, t.TextStyle))
		t.Alignment = fyne.TextAlignLeading
		if h.table.columns[i].Right {
			t.Alignment = fyne.TextAlignTrailing
		}
		put(t, p.x, p.width, s.Height)
	}
}

// mark lays a rectangle round a title, or nowhere for -1.
func (h *tableHead) mark(r *canvas.Rectangle, column int, s fyne.Size) {
	places := spread(h.table.columns, s.Width)
	r.Hidden = column < 0 || column >= len(places)
	if !r.Hidden {
		p := places[column]
		box(r, p.x-cellSpace/2, 1, p.width+cellSpace, s.Height-2)
	}
}

// point puts the arrow beside the title that sorts.
func (h *tableHead) point(arrow *canvas.Image, titles []*canvas.Text, s fyne.Size) {
	column := h.table.sortBy
	arrow.Hidden = column < 0
	if arrow.Hidden {
		return
	}
	p := spread(h.table.columns, s.Width)[column]
	const size float32 = 12
	x := p.x + min(titles[column].MinSize().Width+2, p.width-size/2)
	if h.table.columns[column].Right {
		x = p.x + p.width - titles[column].MinSize().Width - size - 2
	}
	box(arrow, x, (s.Height-size)/2, size, size)
}
