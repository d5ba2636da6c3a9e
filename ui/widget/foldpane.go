package widget

import (
	"strconv"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/driver/desktop"
	fw "fyne.io/fyne/v2/widget"

	"deskhand/icons"
	"deskhand/ui/theme"
)

// FoldPane is a pane with a header that folds it away. Enter and Space on the header fold and unfold.
type FoldPane struct {
	fw.BaseWidget

	OnFolded func(open bool) // by the person

	head    *foldHead
	content fyne.CanvasObject
	tools   fyne.CanvasObject // may be nil
	changed func()            // the stack's, may be nil
}

// NewFoldPane makes an open pane.
func NewFoldPane(title string, content fyne.CanvasObject) *FoldPane {
	p := &FoldPane{content: content}
	p.head = &foldHead{pane: p, title: title, count: -1, open: true}
	p.head.ExtendBaseWidget(p.head)
	p.ExtendBaseWidget(p)
	return p
}

// SetTitle changes the title.
func (p *FoldPane) SetTitle(title string) { p.head.title = title; p.head.Refresh() }

// SetCount shows a number after the title; below zero shows none.
func (p *FoldPane) SetCount(n int) {
	if p.head.count != n {
		p.head.count = n
		p.head.Refresh()
	}
}

// SetTools puts something at the right of the header, such as a search field. It hides with the content.
func (p *FoldPane) SetTools(o fyne.CanvasObject) {
	p.tools = o
	p.Refresh()
}

// SetOpen folds or unfolds without calling OnFolded.
func (p *FoldPane) SetOpen(open bool) {
	if p.head.open == open {
		return
	}
	p.head.open = open
	p.head.Refresh()
	p.Refresh()
	call(p.changed)
}

// Open says whether the content is shown.
func (p *FoldPane) Open() bool { return p.head.open }

// Show implements fyne.CanvasObject; the stack makes room.
func (p *FoldPane) Show() { p.BaseWidget.Show(); call(p.changed) }

// Hide implements fyne.CanvasObject; the stack closes the gap.
func (p *FoldPane) Hide() { p.BaseWidget.Hide(); call(p.changed) }

func (p *FoldPane) toggle() {
	p.SetOpen(!p.head.open)
	if p.OnFolded != nil {
		p.OnFolded(p.head.open)
	}
}

// CreateRenderer implements fyne.Widget.
func (p *FoldPane) CreateRenderer() fyne.WidgetRenderer {
	r := &parts{owner: p}
	r.update = func() {
		r.objects = []fyne.CanvasObject{p.head, p.content}
		if p.tools != nil {
			r.objects = append(r.objects, p.tools)
			p.tools.Hide()
		}
		p.content.Hide()
		if !p.head.open {
			return
		}
		p.content.Show()
		if p.tools != nil {
			p.tools.Show()
		}
	}
	r.min = func() fyne.Size {
		if !p.head.open {
			return fyne.NewSize(120, p.headHeight())
		}
		inner := p.content.MinSize()
		return fyne.NewSize(max(120, inner.Width), p.headHeight()+inner.Height)
	}
	r.layout = func(s fyne.Size) {
		head := p.headHeight()
		box(p.head, 0, 0, s.Width, head)
		box(p.content, 0, head, s.Width, s.Height-head)
		if p.tools != nil {
			h := p.tools.MinSize()
			width := min(max(h.Width, 160), s.Width/2)
			box(p.tools, s.Width-width-2, (head-h.Height)/2, width, h.Height)
		}
	}
	return newParts(r)
}

// headHeight is a row, or what the tools need.
func (p *FoldPane) headHeight() float32 {
	if p.tools != nil && p.head.open {
		return max(theme.RowHeight, p.tools.MinSize().Height+3)
	}
	return theme.RowHeight
}

// foldHead is the header.
type foldHead struct {
	fw.BaseWidget

	pane             *FoldPane
	title            string
	count            int
	open             bool
	hovered, focused bool
}

func (h *foldHead) Tapped(*fyne.PointEvent)        { h.pane.toggle() }
func (h *foldHead) MouseIn(*desktop.MouseEvent)    { h.hovered = true; h.Refresh() }
func (h *foldHead) MouseMoved(*desktop.MouseEvent) {}
func (h *foldHead) MouseOut()                      { h.hovered = false; h.Refresh() }
func (h *foldHead) FocusGained()                   { h.focused = true; h.Refresh() }
func (h *foldHead) FocusLost()                     { h.focused = false; h.Refresh() }
func (h *foldHead) TypedRune(rune)                 {}

func (h *foldHead) TypedKey(e *fyne.KeyEvent) {
	switch e.Name {
	case fyne.KeySpace, fyne.KeyReturn, fyne.KeyEnter:
		h.pane.toggle()
	}
}

func (h *foldHead) CreateRenderer() fyne.WidgetRenderer {
	back, over, line, ring := canvas.NewRectangle(nil), canvas.NewRectangle(nil), canvas.NewRectangle(nil), round()
	chevron, title := newIcon(icons.FoldOpen), canvas.NewText("", nil)
	const titleAt = theme.Space1 + theme.IconSize + 2
	return newParts(&parts{
		owner:   h,
		objects: []fyne.CanvasObject{back, over, line, ring, chevron, title},
		min:     func() fyne.Size { return fyne.NewSize(titleAt+title.MinSize().Width, theme.RowHeight) },
		update: func() {
			back.FillColor, line.FillColor = theme.Color(theme.ColorRaised), theme.Color(theme.ColorLine)
			over.FillColor, over.Hidden = theme.Color(theme.ColorHover), !h.hovered
			focusRing(ring, h.focused)
			drawing := icons.FoldClosed
			if h.open {
				drawing = icons.FoldOpen
			}
			setIcon(chevron, drawing, theme.ColorMuted)
			title.Text = h.title
			if h.count >= 0 {
				title.Text += " (" + strconv.Itoa(h.count) + ")"
			}
			paint(title, theme.ColorText, textSize())
			title.TextStyle.Bold = true
		},
		layout: func(s fyne.Size) {
			back.Resize(s)
			over.Resize(s)
			box(line, 0, s.Height-1, s.Width, 1)
			box(ring, 1, 1, s.Width-2, s.Height-2)
			box(chevron, theme.Space1, (s.Height-theme.IconSize)/2, theme.IconSize, theme.IconSize)
			put(title, titleAt, s.Width-titleAt, s.Height)
		},
	})
}
