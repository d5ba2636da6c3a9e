package widget

import (
	"strconv"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	fw "fyne.io/fyne/v2/widget"

	"deskhand/icons"
	"deskhand/ui/theme"
)

const stepSize float32 = 20

// Steps shows where a person is in a short sequence: what is done has a tick, the others their number.
type Steps struct {
	fw.BaseWidget

	titles  []string
	current int
}

// NewSteps makes the steps, the first one current.
func NewSteps(titles ...string) *Steps {
	s := &Steps{titles: titles}
	s.ExtendBaseWidget(s)
	return s
}

// Set makes step i, from 0, the current one; as many as there are steps means all done.
func (s *Steps) Set(i int) {
	s.current = i
	s.Refresh()
}

// Current is the current step, from 0.
func (s *Steps) Current() int { return s.current }

// step is what one step is drawn with.
type step struct {
	disc          *canvas.Rectangle
	number, title *canvas.Text
	tick          *canvas.Image
	line          *canvas.Rectangle // to the next step
}

func (st step) show(i, current int) {
	fill, fore, title := theme.ColorButton, theme.ColorText, theme.ColorMuted
	if i <= current {
		fill, fore = theme.ColorAccent, theme.ColorOnAccent
	}
	if i == current {
		title = theme.ColorText
	}
	st.disc.FillColor, st.line.FillColor = theme.Color(fill), theme.Color(theme.ColorLine)
	paint(st.number, fore, textSize()-1)
	paint(st.title, title, textSize())
	st.title.TextStyle.Bold = i == current
	setIcon(st.tick, icons.Accept, fore)
	st.tick.Hidden, st.number.Hidden = i >= current, i < current
}

func (st step) place(x, width, height float32) {
	y := (height - stepSize) / 2
	box(st.disc, x, y, stepSize, stepSize)
	box(st.tick, x+3, y+3, stepSize-6, stepSize-6)
	n := st.number.MinSize()
	box(st.number, x+(stepSize-n.Width)/2, y+(stepSize-n.Height)/2, n.Width, n.Height)
	t := st.title.MinSize()
	put(st.title, x+stepSize+theme.Space2, t.Width, height)
	from := x + stepSize + theme.Space2 + t.Width + theme.Space2
	box(st.line, from, height/2, x+width-theme.Space2-from, 1)
}

// CreateRenderer implements fyne.Widget.
func (s *Steps) CreateRenderer() fyne.WidgetRenderer {
	all := make([]step, len(s.titles))
	var objects []fyne.CanvasObject
	for i, title := range s.titles {
		st := step{canvas.NewRectangle(nil), canvas.NewText(strconv.Itoa(i+1), nil), canvas.NewText(title, nil), newIcon(icons.Accept), canvas.NewRectangle(nil)}
		st.disc.CornerRadius = stepSize / 2
		st.line.Hidden = i == len(s.titles)-1
		all[i] = st
		objects = append(objects, st.line, st.disc, st.tick, st.number, st.title)
	}
	narrowest := func(st step) float32 { return stepSize + st.title.MinSize().Width + 4*theme.Space2 }
	return newParts(&parts{
		owner:   s,
		objects: objects,
		update: func() {
			for i, st := range all {
				st.show(i, s.current)
			}
		},
		min: func() fyne.Size {
			width := float32(0)
			for _, st := range all {
				width += narrowest(st)
			}
			return fyne.NewSize(width, stepSize+theme.Space1)
		},
		layout: func(size fyne.Size) {
			spare, x := size.Width, float32(0)
			for _, st := range all {
				spare -= narrowest(st)
			}
			spare = max(0, spare) / float32(max(1, len(all)-1))
			for _, st := range all {
				st.place(x, narrowest(st)+spare, size.Height)
				x += narrowest(st) + spare
			}
		},
	})
}
