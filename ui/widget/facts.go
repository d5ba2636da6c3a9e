package widget

import (
	"slices"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	fw "fyne.io/fyne/v2/widget"

	"deskhand/ui/theme"
)

// Fact is one line of facts.
type Fact struct{ Name, Value string }

// Facts lists names and values, for details panes. Values wrap; the right button copies one.
type Facts struct {
	fw.BaseWidget

	CopyLabel string // of the entry in the menu of the right button, "" shows no menu

	facts []Fact
	rows  []factRow
	width float32 // that rows were made for
	high  float32
}

// factRow is a fact's place.
type factRow struct {
	y, height float32
	lines     []string
}

// NewFacts makes an empty list.
func NewFacts() *Facts {
	f := &Facts{}
	f.ExtendBaseWidget(f)
	return f
}

// Set shows facts; those without a value are left out.
func (f *Facts) Set(facts []Fact) {
	shown := slices.DeleteFunc(slices.Clone(facts), func(x Fact) bool { return x.Value == "" })
	if slices.Equal(f.facts, shown) {
		return
	}
	f.facts = shown
	f.arrange(f.Size().Width)
	f.Refresh()
}

// MinSize is what the facts need at the width there is.
func (f *Facts) MinSize() fyne.Size { return fyne.NewSize(120, f.high) }

// Resize implements fyne.CanvasObject. Another width means other lines.
func (f *Facts) Resize(s fyne.Size) {
	changed := s.Width != f.width
	f.BaseWidget.Resize(s)
	if changed {
		f.arrange(s.Width)
		f.Refresh()
	}
}

// TappedSecondary implements fyne.SecondaryTappable.
func (f *Facts) TappedSecondary(e *fyne.PointEvent) {
	i := slices.IndexFunc(f.rows, func(r factRow) bool { return e.Position.Y >= r.y && e.Position.Y < r.y+r.height })
	if i < 0 || f.CopyLabel == "" {
		return
	}
	value := f.facts[i].Value
	item := fyne.NewMenuItem(f.CopyLabel, func() { fyne.CurrentApp().Clipboard().SetContent(value) })
	popUpAt(fyne.NewMenu("", item), f, e.Position, nil)
}

// nameWidth is how wide the names' column is: as wide as the longest, up to two fifths.
func (f *Facts) nameWidth(width float32) float32 {
	m, widest := measureIn(textSize(), fyne.TextStyle{}), float32(0)
	for _, fact := range f.facts {
		widest = max(widest, m(fact.Name))
	}
	return min(widest+theme.Space3, width*2/5)
}

func (f *Facts) arrange(width float32) {
	f.width, f.rows, f.high = width, nil, 0
	if width <= 0 {
		return
	}
	m := measureIn(textSize(), fyne.TextStyle{})
	line := fyne.MeasureText("Ág", textSize(), fyne.TextStyle{}).Height
	room, y := max(40, width-f.nameWidth(width)), float32(0)
	for _, fact := range f.facts {
		runes := []rune(fact.Value)
		r := factRow{y: y}
		for _, s := range wrap(runes, room, m) {
			r.lines = append(r.lines, string(runes[s.from:s.to]))
		}
		r.height = float32(len(r.lines))*line + theme.Space1
		y += r.height
		f.rows = append(f.rows, r)
	}
	f.high = y
}

// CreateRenderer implements fyne.Widget.
func (f *Facts) CreateRenderer() fyne.WidgetRenderer {
	p := &parts{owner: f, min: f.MinSize, layout: func(fyne.Size) {}}
	p.update = func() {
		p.objects = p.objects[:0]
		name := f.nameWidth(f.width)
		m := measureIn(textSize(), fyne.TextStyle{})
		for i, r := range f.rows {
			label := canvas.NewText(shorten(f.facts[i].Name, name-theme.Space2, m), nil)
			paint(label, theme.ColorMuted, textSize())
			label.Move(fyne.NewPos(0, r.y))
			p.objects = append(p.objects, label)
			for k, line := range r.lines {
				value := canvas.NewText(line, nil)
				paint(value, theme.ColorText, textSize())
				value.Move(fyne.NewPos(name, r.y+float32(k)*value.MinSize().Height))
				p.objects = append(p.objects, value)
			}
		}
	}
	return newParts(p)
}
