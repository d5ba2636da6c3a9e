package widget

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"

	"deskhand/icons"
	"deskhand/ui/theme"
)

// tableRow is what a row is drawn with. Rows in view share them in turn.
type tableRow struct {
	back, stripe, line *canvas.Rectangle
	cells              []tableCell
	objects            []fyne.CanvasObject
}

type tableCell struct {
	icon *canvas.Image
	dial dial
	text *canvas.Text
	full string // the text before it is shortened
}

func newTableRow(columns int) *tableRow {
	r := &tableRow{back: canvas.NewRectangle(nil), stripe: canvas.NewRectangle(nil), line: canvas.NewRectangle(nil)}
	r.objects = []fyne.CanvasObject{r.back, r.stripe, r.line}
	for range columns {
		c := tableCell{icon: newIcon(icons.More), dial: newDial(), text: canvas.NewText("", nil)}
		r.cells = append(r.cells, c)
		r.objects = append(r.objects, c.icon, c.dial.track, c.dial.arc, c.text)
	}
	return r
}

func (r *tableRow) show(row Row, selected, hovered bool) {
	back := theme.ColorNone
	switch {
	case selected:
		back = theme.ColorSelected
	case hovered:
		back = theme.ColorHover
	}
	r.back.FillColor, r.line.FillColor = theme.Color(back), theme.Color(theme.ColorLine)
	r.stripe.Hidden = row.Stripe == ""
	if row.Stripe != "" {
		r.stripe.FillColor = theme.Color(row.Stripe)
	}
	for i := range r.cells {
		r.cells[i].show(cellAt(row, i))
	}
}

func (c *tableCell) show(cell Cell) {
	tint := cell.Color
	if tint == "" {
		tint = theme.ColorText
	}
	setIcon(c.icon, cell.Icon, tint)
	fore := theme.ColorText
	if cell.Muted {
		fore = theme.ColorMuted
	}
	paint(c.text, fore, textSize())
	c.full = cell.Text
	c.dial.track.Hidden = cell.Total == 0
	c.dial.arc.Hidden = true
	if cell.Total != 0 {
		c.full = FormatLeft(cell.Left)
		c.dial.set(cell.Left, cell.Total)
	}
}

func (r *tableRow) place(y, width float32, columns []Column, places []span2) {
	box(r.back, 0, y, width, theme.RowHeight)
	box(r.stripe, 0, y+1, stripeWidth, theme.RowHeight-3)
	box(r.line, 0, y+theme.RowHeight-1, width, 1)
	for i := range r.cells {
		r.cells[i].place(y, columns[i], places[i])
	}
}

func (c *tableCell) place(y float32, column Column, p span2) {
	x, width := p.x, p.width
	if c.icon.Visible() {
		box(c.icon, x, y+(theme.RowHeight-theme.IconSize)/2, theme.IconSize, theme.IconSize)
		x, width = x+theme.IconSize+theme.Space1, width-theme.IconSize-theme.Space1
	}
	if c.dial.track.Visible() {
		c.dial.place(x, y+(theme.RowHeight-ringSize)/2, ringSize)
		x, width = x+ringSize+theme.Space1+1, width-ringSize-theme.Space1-1
	}
	c.text.TextStyle.Bold = column.Bold
	c.text.Alignment = fyne.TextAlignLeading
	if column.Right {
		c.text.Alignment = fyne.TextAlignTrailing
	}
	c.text.Text = shorten(c.full, width, measureIn(c.text.TextSize, c.text.TextStyle))
	h := c.text.MinSize().Height
	box(c.text, x, y+(theme.RowHeight-h)/2, width, h)
}
