package widget

import (
	"cmp"
	"slices"
	"strings"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	fw "fyne.io/fyne/v2/widget"

	"deskhand/icons"
	"deskhand/ui/theme"
)

// Column is one column of a Table.
type Column struct {
	Title string
	Width float32 // Fyne units; 0 takes what is left, shared with the other zeros
	Right bool    // aligned right
	Bold  bool
}

// Cell is what one cell shows.
type Cell struct {
	Text  string
	Key   string              // sorts in place of Text when not empty
	Icon  icons.Name          // before the text
	Color fyne.ThemeColorName // of the icon; "" is the colour of text
	Muted bool                // text in the muted colour

	// A countdown when Total is not zero: a ring, and the time left as text.
	Left, Total time.Duration
}

// Row is one row of a Table.
type Row struct {
	ID     string
	Stripe fyne.ThemeColorName // of the stripe at its left; "" has none
	Cells  []Cell
}

func (r Row) equal(other Row) bool {
	return r.ID == other.ID && r.Stripe == other.Stripe && slices.Equal(r.Cells, other.Cells)
}

// Table lists rows of 28 units under a line of titles. Only what is in view is drawn.
//
// Arrows, Home, End and the page keys select; Enter and a double click activate; F10, the menu key and the right
// button ask for the menu. A click on a title sorts, up, down, and then as given again; with the titles focused,
// left and right choose one and Enter sorts by it.
type Table struct {
	fw.BaseWidget

	OnSelected  func(id string) // by the person; "" when the selected row went away
	OnActivated func(id string)
	OnMenu      func(id string) *fyne.Menu // nil shows none

	columns  []Column
	empty    string
	given    []Row
	rows     []Row // as shown
	selected string
	sortBy   int // column, -1 as given
	down     bool

	head   *tableHead
	body   *tableBody
	scroll *container.Scroll
}

// NewTable makes an empty table; empty is the text shown while there is no row.
func NewTable(columns []Column, empty string) *Table {
	t := &Table{columns: columns, empty: empty, sortBy: -1}
	t.head, t.body = newTableHead(t), newTableBody(t)
	t.scroll = container.NewVScroll(t.body)
	t.scroll.OnScrolled = func(fyne.Position) { t.body.Refresh() }
	t.ExtendBaseWidget(t)
	return t
}

// SetRows shows rows; the selection stays with its ID as long as that is there. Rows are not kept in step: set them
// again when a countdown moved.
func (t *Table) SetRows(rows []Row) {
	if slices.EqualFunc(t.given, rows, Row.equal) {
		return
	}
	more := len(t.given) != len(rows)
	t.given = rows
	t.arrange()
	if more {
		t.scroll.Refresh() // its content is higher or lower now
	}
	if t.selected != "" && t.index(t.selected) < 0 {
		t.choose("")
		return
	}
	t.body.Refresh()
}

// Rows is how many rows there are.
func (t *Table) Rows() int { return len(t.rows) }

// Select selects a row and scrolls to it, or selects none for "". It does not call OnSelected.
func (t *Table) Select(id string) {
	t.selected = id
	t.reveal()
	t.body.Refresh()
}

// Selected is the selected row's ID.
func (t *Table) Selected() string { return t.selected }

// FocusRows gives the rows the keyboard.
func (t *Table) FocusRows() { focus(t.body) }

func (t *Table) choose(id string) {
	if t.selected == id {
		return
	}
	t.Select(id)
	if t.OnSelected != nil {
		t.OnSelected(id)
	}
}

func (t *Table) index(id string) int {
	return slices.IndexFunc(t.rows, func(r Row) bool { return r.ID == id })
}

// arrange sorts what was given. Equal rows keep their order.
func (t *Table) arrange() {
	t.rows = t.given
	if t.sortBy < 0 {
		return
	}
	t.rows = slices.Clone(t.given)
	slices.SortStableFunc(t.rows, func(a, b Row) int {
		c := compare(cellAt(a, t.sortBy), cellAt(b, t.sortBy))
		if t.down {
			return -c
		}
		return c
	})
}

func cellAt(r Row, column int) Cell {
	if column < len(r.Cells) {
		return r.Cells[column]
	}
	return Cell{}
}

func compare(a, b Cell) int {
	if a.Total != 0 || b.Total != 0 {
		return cmp.Compare(a.Left, b.Left)
	}
	return cmp.Compare(sortKey(a), sortKey(b))
}

func sortKey(c Cell) string {
	if c.Key != "" {
		return c.Key
	}
	return strings.ToLower(c.Text)
}

// sort is what a click on a title does.
func (t *Table) sort(column int) {
	switch {
	case t.sortBy != column:
		t.sortBy, t.down = column, false
	case !t.down:
		t.down = true
	default:
		t.sortBy = -1
	}
	t.arrange()
	t.head.Refresh()
	t.body.Refresh()
}

// reveal scrolls so that the selected row is in view.
func (t *Table) reveal() {
	i := t.index(t.selected)
	if i < 0 {
		return
	}
	top, height := float32(i)*theme.RowHeight, t.scroll.Size().Height
	switch offset := t.scroll.Offset.Y; {
	case top < offset:
		t.scroll.ScrollToOffset(fyne.NewPos(0, top))
	case top+theme.RowHeight > offset+height:
		t.scroll.ScrollToOffset(fyne.NewPos(0, top+theme.RowHeight-height))
	}
}

const (
	stripeWidth float32 = 4
	cellSpace   float32 = 12 // between columns
)

// spread gives each column its place: where it begins and how wide it is.
func spread(columns []Column, width float32) []span2 {
	fixed, open := stripeWidth+theme.Space1, 0
	for _, c := range columns {
		fixed += c.Width + cellSpace
		if c.Width == 0 {
			open++
		}
	}
	share, squeeze := float32(0), float32(1)
	if open > 0 {
		share = max(60, (width-fixed)/float32(open))
	}
	if need := fixed + share*float32(open); need > width && need > 0 {
		squeeze = width / need
	}
	x := stripeWidth + theme.Space1
	places := make([]span2, len(columns))
	for i, c := range columns {
		w := c.Width
		if w == 0 {
			w = share
		}
		places[i] = span2{x, max(0, (w+cellSpace)*squeeze-cellSpace)}
		x += (w + cellSpace) * squeeze
	}
	return places
}

// span2 is a place on a line.
type span2 struct{ x, width float32 }

// CreateRenderer implements fyne.Widget.
func (t *Table) CreateRenderer() fyne.WidgetRenderer {
	return newParts(&parts{
		owner:   t,
		objects: []fyne.CanvasObject{t.head, t.scroll},
		min:     func() fyne.Size { return fyne.NewSize(160, 2*theme.RowHeight) },
		layout: func(s fyne.Size) {
			box(t.head, 0, 0, s.Width, theme.RowHeight-2)
			box(t.scroll, 0, theme.RowHeight-2, s.Width, s.Height-theme.RowHeight+2)
			t.body.Refresh()
		},
	})
}
