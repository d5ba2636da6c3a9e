package widget

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/layout"
	fw "fyne.io/fyne/v2/widget"

	"deskhand/ui/theme"
)

// Fill is an area in a token's colour. Unlike a canvas.Rectangle it follows changes of the look.
type Fill struct {
	fw.BaseWidget

	color fyne.ThemeColorName
	least fyne.Size
}

// NewFill makes an area that takes all the place it is given.
func NewFill(c fyne.ThemeColorName) *Fill {
	f := &Fill{color: c}
	f.ExtendBaseWidget(f)
	return f
}

// NewLine is a separator of one unit, for the edge of a bar or between panes.
func NewLine() *Fill {
	f := NewFill(theme.ColorLine)
	f.least = fyne.NewSize(1, 1)
	return f
}

// SetColor changes the colour.
func (f *Fill) SetColor(c fyne.ThemeColorName) {
	f.color = c
	f.Refresh()
}

// CreateRenderer implements fyne.Widget.
func (f *Fill) CreateRenderer() fyne.WidgetRenderer {
	r := canvas.NewRectangle(nil)
	return newParts(&parts{
		owner:   f,
		objects: []fyne.CanvasObject{r},
		min:     func() fyne.Size { return f.least },
		layout:  r.Resize,
		update:  func() { r.FillColor = theme.Color(f.color) },
	})
}

// NewPanel puts content on an area of a colour with some space around it.
func NewPanel(c fyne.ThemeColorName, space float32, content fyne.CanvasObject) *fyne.Container {
	return container.NewStack(NewFill(c), NewSpaced(space, content))
}

// NewSpaced puts some space around content.
func NewSpaced(space float32, content fyne.CanvasObject) *fyne.Container {
	return container.New(layout.NewCustomPaddedLayout(space, space, space, space), content)
}

// NewRows puts things one below the other without space between them.
func NewRows(objects ...fyne.CanvasObject) *fyne.Container {
	return container.New(layout.NewCustomPaddedVBoxLayout(0), objects...)
}

// Edges are what stands round the content of a frame; each may be nil.
type Edges struct{ Top, Bottom, Left, Right fyne.CanvasObject }

// NewFrame puts things round content without space between them. The top and bottom ones are as wide as all of it.
func NewFrame(e Edges, content fyne.CanvasObject) *fyne.Container {
	c := container.New(frameLayout{e, content})
	for _, o := range []fyne.CanvasObject{content, e.Left, e.Right, e.Top, e.Bottom} {
		if o != nil {
			c.Add(o)
		}
	}
	return c
}

type frameLayout struct {
	edges   Edges
	content fyne.CanvasObject
}

func least(o fyne.CanvasObject) fyne.Size {
	if o == nil || !o.Visible() {
		return fyne.Size{}
	}
	return o.MinSize()
}

func (f frameLayout) MinSize([]fyne.CanvasObject) fyne.Size {
	top, bottom, left, right := least(f.edges.Top), least(f.edges.Bottom), least(f.edges.Left), least(f.edges.Right)
	content := least(f.content)
	return fyne.NewSize(max(top.Width, bottom.Width, left.Width+content.Width+right.Width),
		top.Height+max(left.Height, content.Height, right.Height)+bottom.Height)
}

func (f frameLayout) Layout(_ []fyne.CanvasObject, s fyne.Size) {
	top, bottom, left, right := least(f.edges.Top), least(f.edges.Bottom), least(f.edges.Left), least(f.edges.Right)
	height := s.Height - top.Height - bottom.Height
	for _, p := range []struct {
		o          fyne.CanvasObject
		x, y, w, h float32
	}{
		{f.edges.Top, 0, 0, s.Width, top.Height},
		{f.edges.Bottom, 0, s.Height - bottom.Height, s.Width, bottom.Height},
		{f.edges.Left, 0, top.Height, left.Width, height},
		{f.edges.Right, s.Width - right.Width, top.Height, right.Width, height},
		{f.content, left.Width, top.Height, s.Width - left.Width - right.Width, height},
	} {
		if p.o != nil {
			box(p.o, p.x, p.y, p.w, p.h)
		}
	}
}

// NewToolbar is a bar of 40 units: some things at its left, others at its right, a line below.
func NewToolbar(left, right []fyne.CanvasObject) *fyne.Container {
	return container.NewStack(NewFill(theme.ColorRaised),
		container.NewBorder(nil, NewLine(), nil, nil, container.New(barLayout{left: len(left)}, append(left[:len(left):len(left)], right...)...)))
}

// barLayout lines up the first ones from the left and the others from the right, each as high as it wants to be.
type barLayout struct{ left int }

func (b barLayout) MinSize(objects []fyne.CanvasObject) fyne.Size {
	width := theme.Space2
	for _, o := range objects {
		if o.Visible() {
			width += o.MinSize().Width + theme.Space1
		}
	}
	return fyne.NewSize(width+theme.Space1, theme.ToolbarHeight-1)
}

func (b barLayout) Layout(objects []fyne.CanvasObject, s fyne.Size) {
	x := theme.Space2
	for _, o := range objects[:b.left] {
		x = b.place(o, x, s.Height)
	}
	right := objects[b.left:]
	x = s.Width - theme.Space1
	for _, o := range right {
		if o.Visible() {
			x -= o.MinSize().Width + theme.Space1
		}
	}
	for _, o := range right {
		x = b.place(o, x, s.Height)
	}
}

func (b barLayout) place(o fyne.CanvasObject, x, height float32) float32 {
	if !o.Visible() {
		return x
	}
	least := o.MinSize()
	box(o, x, (height-least.Height)/2, least.Width, least.Height)
	return x + least.Width + theme.Space1
}
