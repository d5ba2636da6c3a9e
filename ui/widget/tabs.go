package widget

import (
	"slices"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/driver/desktop"
	fw "fyne.io/fyne/v2/widget"

	"deskhand/icons"
	"deskhand/ui/theme"
)

// Mood is how a chat tab looks: how long ago the rep wrote to that customer. Its colours differ in shape too.
type Mood int

// The moods.
const (
	Good    Mood = iota // a disc
	Waiting             // an hourglass
	Late                // a warning sign
)

func (m Mood) look() (icons.Name, fyne.ThemeColorName) {
	switch m {
	case Waiting:
		return icons.Wait, theme.ColorWaiting
	case Late:
		return icons.Warning, theme.ColorLate
	}
	return icons.Available, theme.ColorGood
}

// Tab is one customer in the Chat box.
type Tab struct {
	ID, Title string
	Note      string // "0:42"
	Mood      Mood
	Unread    bool
}

const (
	tabWidest   float32 = 200
	tabNarrow   float32 = 96
	tabHeight   float32 = theme.RowHeight + 4
	tabIconSize float32 = 14
)

// Tabs is the row of customers. It is one stop for the Tab key; left, right, Home and End choose.
type Tabs struct {
	fw.BaseWidget

	OnSelected func(id string) // by the person

	tabs     []Tab
	selected string
	hovered  int
	focused  bool
}

// NewTabs makes an empty row.
func NewTabs() *Tabs {
	t := &Tabs{hovered: -1}
	t.ExtendBaseWidget(t)
	return t
}

// Set shows the tabs and which one is selected.
func (t *Tabs) Set(tabs []Tab, selected string) {
	if t.selected == selected && slices.Equal(t.tabs, tabs) {
		return
	}
	t.tabs, t.selected = slices.Clone(tabs), selected
	t.Refresh()
}

// Selected is the selected tab's ID.
func (t *Tabs) Selected() string { return t.selected }

func (t *Tabs) choose(i int) {
	if i < 0 || i >= len(t.tabs) || t.tabs[i].ID == t.selected {
		return
	}
	t.selected = t.tabs[i].ID
	t.Refresh()
	if t.OnSelected != nil {
		t.OnSelected(t.selected)
	}
}

// tabWidth is how wide each tab is: as wide as is comfortable, narrower when there are many.
func (t *Tabs) tabWidth() float32 {
	if len(t.tabs) == 0 {
		return tabWidest
	}
	return max(tabNarrow, min(tabWidest, t.Size().Width/float32(len(t.tabs))))
}

func (t *Tabs) at(x float32) int {
	i := int(x / t.tabWidth())
	if x < 0 || i >= len(t.tabs) {
		return -1
	}
	return i
}

// Tapped implements fyne.Tappable.
func (t *Tabs) Tapped(e *fyne.PointEvent) { t.choose(t.at(e.Position.X)) }

// MouseIn implements desktop.Hoverable.
func (t *Tabs) MouseIn(e *desktop.MouseEvent) { t.MouseMoved(e) }

// MouseMoved implements desktop.Hoverable.
func (t *Tabs) MouseMoved(e *desktop.MouseEvent) { t.hover(t.at(e.Position.X)) }

// MouseOut implements desktop.Hoverable.
func (t *Tabs) MouseOut() { t.hover(-1) }

func (t *Tabs) hover(i int) {
	if t.hovered != i {
		t.hovered = i
		t.Refresh()
	}
}

// FocusGained implements fyne.Focusable.
func (t *Tabs) FocusGained() { t.focused = true; t.Refresh() }

// FocusLost implements fyne.Focusable.
func (t *Tabs) FocusLost() { t.focused = false; t.Refresh() }

// TypedRune implements fyne.Focusable.
func (t *Tabs) TypedRune(rune) {}

// TypedKey implements fyne.Focusable.
func (t *Tabs) TypedKey(e *fyne.KeyEvent) {
	i := slices.IndexFunc(t.tabs, func(tab Tab) bool { return tab.ID == t.selected })
	switch e.Name {
	case fyne.KeyLeft:
		t.choose(i - 1)
	case fyne.KeyRight:
		t.choose(i + 1)
	case fyne.KeyHome:
		t.choose(0)
	case fyne.KeyEnd:
		t.choose(len(t.tabs) - 1)
	default:
		passOn(t, e)
	}
}

// tabParts are what one tab is drawn with.
type tabParts struct {
	back, bar   *canvas.Rectangle
	icon        *canvas.Image
	title, note *canvas.Text
	edge        *canvas.Rectangle
	full        string
}

func newTabParts() *tabParts {
	return &tabParts{canvas.NewRectangle(nil), canvas.NewRectangle(nil), newIcon(icons.Available), canvas.NewText("", nil), canvas.NewText("", nil), canvas.NewRectangle(nil), ""}
}

func (p *tabParts) show(tab Tab, selected, hovered bool) {
	back := theme.ColorNone
	switch {
	case selected:
		back = theme.ColorSurface
	case hovered:
		back = theme.ColorHover
	}
	drawing, c := tab.Mood.look()
	p.back.FillColor, p.bar.FillColor, p.edge.FillColor = theme.Color(back), theme.Color(theme.ColorAccent), theme.Color(theme.ColorLine)
	p.bar.Hidden = !selected
	setIcon(p.icon, drawing, c)
	paint(p.title, theme.ColorText, textSize())
	p.title.TextStyle.Bold = tab.Unread || selected
	p.full, p.note.Text = tab.Title, tab.Note
	paint(p.note, theme.ColorMuted, textSize()-1)
	if tab.Unread {
		p.full = "• " + tab.Title
	}
}

func (p *tabParts) place(x, width, height float32) {
	box(p.back, x, 0, width, height)
	box(p.bar, x, 0, width, 2)
	box(p.edge, x+width-1, 0, 1, height)
	box(p.icon, x+theme.Space2, (height-tabIconSize)/2, tabIconSize, tabIconSize)
	note := p.note.MinSize().Width
	put(p.note, x+width-theme.Space2-note, note, height)
	from := x + theme.Space2 + tabIconSize + theme.Space1 + 2
	room := x + width - theme.Space3 - note - from
	p.title.Text = shorten(p.full, room, measureIn(p.title.TextSize, p.title.TextStyle))
	put(p.title, from, room, height)
}

// CreateRenderer implements fyne.Widget.
func (t *Tabs) CreateRenderer() fyne.WidgetRenderer {
	var all []*tabParts
	back, line, ring := canvas.NewRectangle(nil), canvas.NewRectangle(nil), round()
	p := &parts{owner: t}
	p.min = func() fyne.Size { return fyne.NewSize(tabNarrow, tabHeight) }
	p.update = func() {
		back.FillColor, line.FillColor = theme.Color(theme.ColorRaised), theme.Color(theme.ColorLine)
		focusRing(ring, t.focused)
		for len(all) < len(t.tabs) {
			all = append(all, newTabParts())
		}
		p.objects = []fyne.CanvasObject{back, line}
		for i, tab := range t.tabs {
			a := all[i]
			a.show(tab, tab.ID == t.selected, i == t.hovered)
			p.objects = append(p.objects, a.back, a.edge, a.bar, a.icon, a.title, a.note)
		}
		p.objects = append(p.objects, ring)
	}
	p.layout = func(s fyne.Size) {
		back.Resize(s)
		box(line, 0, s.Height-1, s.Width, 1)
		ring.Hidden = true
		for i, tab := range t.tabs[:min(len(t.tabs), len(all))] {
			all[i].place(float32(i)*t.tabWidth(), t.tabWidth(), s.Height)
			if tab.ID == t.selected {
				ring.Hidden = false
				box(ring, float32(i)*t.tabWidth()+1, 1, t.tabWidth()-2, s.Height-2)
			}
		}
	}
	return newParts(p)
}
