package widget

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/driver/desktop"
	fw "fyne.io/fyne/v2/widget"

	"deskhand/ui/theme"
)

// MenuBar is a row of menus inside a window's content. The Viewer's window uses it in place of Fyne's main menu, which
// would take the Alt key, that belongs to the remote computer, and the shortcuts of its entries.
type MenuBar struct {
	fw.BaseWidget

	// OnClosed is told when a menu has gone, before what was chosen in it is done: where the keyboard belongs now.
	OnClosed func()

	menus   []*fyne.Menu
	focused bool
	at      int // the menu that keyboard or pointer is on, -1 for none
}

// NewMenuBar makes a row of menus. It is one stop for the Tab key; left and right choose, down and Enter open.
func NewMenuBar(menus ...*fyne.Menu) *MenuBar {
	b := &MenuBar{menus: menus, at: -1}
	b.ExtendBaseWidget(b)
	return b
}

// Set replaces the menus.
func (b *MenuBar) Set(menus ...*fyne.Menu) {
	b.menus = menus
	b.Refresh()
}

// Menus are the menus that are shown.
func (b *MenuBar) Menus() []*fyne.Menu { return b.menus }

// places gives each menu its place on the line.
func (b *MenuBar) places() []span2 {
	m, x := measureIn(textSize(), fyne.TextStyle{}), theme.Space1
	places := make([]span2, len(b.menus))
	for i, menu := range b.menus {
		w := m(menu.Label) + 2*theme.Space2
		places[i] = span2{x, w}
		x += w
	}
	return places
}

func (b *MenuBar) hit(x float32) int {
	for i, p := range b.places() {
		if x >= p.x && x < p.x+p.width {
			return i
		}
	}
	return -1
}

func (b *MenuBar) open(i int) {
	if i >= 0 && i < len(b.menus) {
		popUpAt(b.menus[i], b, fyne.NewPos(b.places()[i].x, b.Size().Height), b.OnClosed)
	}
}

func (b *MenuBar) point(i int) {
	if b.at != i {
		b.at = i
		b.Refresh()
	}
}

// Tapped implements fyne.Tappable.
func (b *MenuBar) Tapped(e *fyne.PointEvent) { b.open(b.hit(e.Position.X)) }

// MouseIn implements desktop.Hoverable.
func (b *MenuBar) MouseIn(e *desktop.MouseEvent) { b.MouseMoved(e) }

// MouseMoved implements desktop.Hoverable.
func (b *MenuBar) MouseMoved(e *desktop.MouseEvent) { b.point(b.hit(e.Position.X)) }

// MouseOut implements desktop.Hoverable.
func (b *MenuBar) MouseOut() {
	if !b.focused {
		b.point(-1)
	}
}

// FocusGained implements fyne.Focusable.
func (b *MenuBar) FocusGained() { b.focused = true; b.at = max(0, b.at); b.Refresh() }

// FocusLost implements fyne.Focusable.
func (b *MenuBar) FocusLost() { b.focused = false; b.at = -1; b.Refresh() }

// TypedRune implements fyne.Focusable.
func (b *MenuBar) TypedRune(rune) {}

// TypedKey implements fyne.Focusable.
func (b *MenuBar) TypedKey(e *fyne.KeyEvent) {
	switch e.Name {
	case fyne.KeyLeft:
		b.point(max(0, b.at-1))
	case fyne.KeyRight:
		b.point(min(len(b.menus)-1, b.at+1))
	case fyne.KeyDown, fyne.KeyReturn, fyne.KeyEnter, fyne.KeySpace:
		b.open(b.at)
	default:
		passOn(b, e)
	}
}

// CreateRenderer implements fyne.Widget.
func (b *MenuBar) CreateRenderer() fyne.WidgetRenderer {
	back, over, ring := canvas.NewRectangle(nil), round(), round()
	p := &parts{owner: b}
	p.min = func() fyne.Size {
		width := theme.Space1
		if places := b.places(); len(places) > 0 {
			last := places[len(places)-1]
			width += last.x + last.width
		}
		return fyne.NewSize(width, theme.RowHeight-2)
	}
	p.update = func() {
		back.FillColor, over.FillColor = theme.Color(theme.ColorRaised), theme.Color(theme.ColorHover)
		focusRing(ring, b.focused)
		p.objects = []fyne.CanvasObject{back, over, ring}
		for _, menu := range b.menus {
			label := canvas.NewText(menu.Label, nil)
			paint(label, theme.ColorText, textSize())
			p.objects = append(p.objects, label)
		}
	}
	p.layout = func(s fyne.Size) {
		back.Resize(s)
		places := b.places()
		over.Hidden = b.at < 0 || b.at >= len(places)
		ring.Hidden = over.Hidden
		for i, label := range p.objects[3:] {
			if i < len(places) {
				put(label, places[i].x+theme.Space2, places[i].width, s.Height)
			}
		}
		if !over.Hidden {
			at := places[b.at]
			box(over, at.x, 2, at.width, s.Height-4)
			box(ring, at.x, 2, at.width, s.Height-4)
		}
	}
	return newParts(p)
}
