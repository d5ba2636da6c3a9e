package widget

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/driver/desktop"
	"fyne.io/fyne/v2/test"
)

var people = []Column{{Title: "Timer", Width: 60}, {Title: "Name"}, {Title: "Age", Width: 40, Right: true}}

// rowsOf makes rows with these IDs; the name is the ID.
func rowsOf(ids ...string) (rows []Row) {
	for i, id := range ids {
		rows = append(rows, Row{ID: id, Cells: []Cell{{Left: time.Duration(i) * time.Second, Total: time.Minute}, {Text: id}, {Text: fmt.Sprint(30 - i), Key: fmt.Sprintf("%03d", 30-i)}}})
	}
	return rows
}

func (t *Table) shown() (ids []string) {
	for _, r := range t.rows {
		ids = append(ids, r.ID)
	}
	return ids
}

func TestTableKeys(t *testing.T) {
	tests := []struct {
		name string
		keys []fyne.KeyName
		want string
	}{
		{"down from nothing", []fyne.KeyName{fyne.KeyDown}, "a"},
		{"down and up", []fyne.KeyName{fyne.KeyDown, fyne.KeyDown, fyne.KeyDown, fyne.KeyUp}, "b"},
		{"beyond the end", []fyne.KeyName{fyne.KeyEnd, fyne.KeyDown}, "d"},
		{"beyond the beginning", []fyne.KeyName{fyne.KeyHome, fyne.KeyUp}, "a"},
		{"page", []fyne.KeyName{fyne.KeyHome, fyne.KeyPageDown}, "c"},
		{"page back", []fyne.KeyName{fyne.KeyEnd, fyne.KeyPageUp}, "b"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			start(t)
			table := NewTable(people, "none")
			show(t, table, 300, 28*4)
			table.SetRows(rowsOf("a", "b", "c", "d"))
			var told []string
			table.OnSelected = func(id string) { told = append(told, id) }
			typeKeys(table.body, tt.keys...)
			if table.Selected() != tt.want || told[len(told)-1] != tt.want {
				t.Errorf("selected %q, told %q", table.Selected(), told)
			}
		})
	}
}

func TestTableSelectionFollowsItsRow(t *testing.T) {
	start(t)
	table := NewTable(people, "none")
	show(t, table, 300, 200)
	told := []string{}
	table.OnSelected = func(id string) { told = append(told, id) }
	table.SetRows(rowsOf("a", "b", "c"))
	table.Select("b")
	table.SetRows(rowsOf("x", "c", "b"))
	if table.Selected() != "b" || len(told) != 0 {
		t.Errorf("selected %q, told %q", table.Selected(), told)
	}
	table.SetRows(rowsOf("x"))
	if table.Selected() != "" || !slices.Equal(told, []string{""}) {
		t.Errorf("selected %q, told %q", table.Selected(), told)
	}
	table.SetRows(nil)
	typeKeys(table.body, fyne.KeyDown, fyne.KeyReturn, fyne.KeyF10)
	if table.Rows() != 0 {
		t.Error("rows")
	}
}

func TestTableMouse(t *testing.T) {
	start(t)
	table := NewTable(people, "none")
	w := show(t, table, 300, 200)
	table.SetRows(rowsOf("a", "b", "c"))
	activated, chosen := "", ""
	table.OnActivated = func(id string) { activated = id }
	table.OnMenu = func(id string) *fyne.Menu {
		return fyne.NewMenu("", fyne.NewMenuItem("Accept", func() { chosen = id }))
	}
	table.body.MouseDown(mouse(50, 28+5))
	table.body.MouseUp(nil)
	if table.Selected() != "b" || w.Canvas().Focused() != table.body {
		t.Errorf("a click selected %q", table.Selected())
	}
	table.body.MouseDown(mouse(50, 500))
	table.body.DoubleTapped(point(50, 60))
	if table.Selected() != "b" || activated != "c" {
		t.Errorf("selected %q, activated %q", table.Selected(), activated)
	}
	table.body.TappedSecondary(point(50, 5))
	choose(t, w, 0)
	if chosen != "a" {
		t.Errorf("the menu was for %q", chosen)
	}
	typeKeys(table.body, fyne.KeyReturn, desktop.KeyMenu)
	choose(t, w, 0)
	if activated != "b" || chosen != "b" {
		t.Errorf("keys activated %q, menu for %q", activated, chosen)
	}
	table.body.MouseIn(mouse(50, 5))
	table.body.MouseMoved(mouse(50, 400))
	table.body.MouseOut()
	table.OnMenu = nil
	table.body.TappedSecondary(point(50, 5))
}

func TestTableSorts(t *testing.T) {
	start(t)
	table := NewTable(people, "none")
	show(t, table, 300, 200)
	table.SetRows(rowsOf("b", "C", "a"))
	tests := []struct {
		column int
		want   []string
	}{
		{1, []string{"a", "b", "C"}},
		{1, []string{"C", "b", "a"}},
		{1, []string{"b", "C", "a"}},
		{2, []string{"a", "C", "b"}},
		{0, []string{"b", "C", "a"}},
		{0, []string{"a", "C", "b"}},
	}
	for i, tt := range tests {
		places := spread(people, table.head.Size().Width)
		table.head.Tapped(point(places[tt.column].x+1, 5))
		if !slices.Equal(table.shown(), tt.want) {
			t.Errorf("click %d: %v", i, table.shown())
		}
	}
	table.SetRows(rowsOf("z", "y"))
	if !slices.Equal(table.shown(), []string{"y", "z"}) {
		t.Errorf("new rows are not sorted: %v", table.shown())
	}
	table.head.Tapped(point(-5, 5))
	table.head.MouseIn(mouse(70, 5))
	table.head.MouseOut()
	typeKeys(table.head, fyne.KeyLeft, fyne.KeyRight, fyne.KeyReturn)
	if table.sortBy != 1 {
		t.Errorf("the keyboard sorted by %d", table.sortBy)
	}
	typeKeys(table.head, fyne.KeyDown)
	table.FocusRows()
}

func TestTableDrawsOnlyWhatIsInView(t *testing.T) {
	start(t)
	table := NewTable(people, "none")
	show(t, table, 300, 280)
	ids := make([]string, 5000)
	for i := range ids {
		ids[i] = fmt.Sprint("row", i)
	}
	table.SetRows(rowsOf(ids...))
	objects := len(test.WidgetRenderer(table.body).Objects())
	if perRow := 3 + 4*len(people); objects > 12*perRow+2 {
		t.Errorf("%d objects", objects)
	}
	table.Select("row4999")
	if from, to := table.body.inView(); to != 5000 || from < 4980 {
		t.Errorf("in view are %d to %d", from, to)
	}
	table.Select("row0")
	if from, _ := table.body.inView(); from != 0 {
		t.Errorf("in view from %d", from)
	}
}

func TestSpread(t *testing.T) {
	tests := []struct {
		name    string
		columns []Column
		width   float32
	}{
		{"roomy", people, 800},
		{"tight", people, 120},
		{"no open one", []Column{{Width: 50}, {Width: 50}}, 400},
		{"only open ones", []Column{{}, {}}, 400},
		{"no room", people, 0},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			end := stripeWidth
			for i, p := range spread(tt.columns, tt.width) {
				if p.x < end-0.01 && tt.width > 0 || p.width < 0 {
					t.Errorf("column %d begins at %v, the one before ends at %v", i, p.x, end)
				}
				end = p.x + p.width
			}
			if end > max(tt.width, stripeWidth+4)+0.5 {
				t.Errorf("the last one ends at %v of %v", end, tt.width)
			}
		})
	}
}

func TestFormatLeft(t *testing.T) {
	tests := map[time.Duration]string{
		0: "0:00", -time.Second: "0:00", time.Second: "0:01", 400 * time.Millisecond: "0:01", 59 * time.Second: "0:59",
		252 * time.Second: "4:12", 59*time.Minute + 59*time.Second: "59:59", time.Hour: "1:00:00", 3725 * time.Second: "1:02:05",
	}
	for d, want := range tests {
		if got := FormatLeft(d); got != want {
			t.Errorf("%v: %s", d, got)
		}
	}
}

func TestFormatSince(t *testing.T) {
	tests := map[time.Duration]string{
		0: "0:00", -time.Second: "0:00", 9 * time.Second: "0:00", 10 * time.Second: "0:10", 59 * time.Second: "0:50",
		time.Minute: "1 min", 119 * time.Second: "1 min", 59 * time.Minute: "59 min", time.Hour: "1 h 00 min", 25*time.Hour + 5*time.Minute: "25 h 05 min",
	}
	for d, want := range tests {
		if got := FormatSince(d); got != want {
			t.Errorf("%v: %s", d, got)
		}
	}
}

// TestSameRows counts how often rows are drawn: not for what is shown already.
func TestSameRows(t *testing.T) {
	table := NewTable(people, "none")
	test.NewTempWindow(t, table)
	drawn := 0
	p := test.WidgetRenderer(table.body).(*parts)
	update := p.update
	p.update = func() { drawn++; update() }
	table.SetRows(rowsOf("a", "b"))
	if drawn == 0 {
		t.Fatal("new rows are not drawn")
	}
	drawn = 0
	for range 10 {
		table.SetRows(rowsOf("a", "b"))
	}
	if drawn != 0 {
		t.Errorf("the same rows are drawn %d times", drawn)
	}
	rows := rowsOf("a", "b")
	rows[1].Cells[1].Text = "other"
	if table.SetRows(rows); drawn == 0 {
		t.Error("another text is not drawn")
	}
}
