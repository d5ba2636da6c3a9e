package widget

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"

	"deskhand/icons"
	"deskhand/ui/theme"
)

// chatPen draws the lines in view with objects that it uses again and again.
type chatPen struct {
	body    *chatBody
	objects []fyne.CanvasObject
	rects   []*canvas.Rectangle
	texts   []*canvas.Text
	images  []*canvas.Image
	r, t, i int // how many are in use
}

func (b *chatBody) CreateRenderer() fyne.WidgetRenderer {
	pen := &chatPen{body: b}
	p := &parts{owner: b, min: b.MinSize}
	p.update = func() {
		pen.draw()
		p.objects = pen.objects
	}
	p.layout = func(fyne.Size) {}
	return newParts(p)
}

func (p *chatPen) rect(c fyne.ThemeColorName, radius float32) *canvas.Rectangle {
	if p.r == len(p.rects) {
		p.rects = append(p.rects, canvas.NewRectangle(nil))
	}
	r := p.rects[p.r]
	p.r++
	r.FillColor, r.CornerRadius, r.StrokeWidth = theme.Color(c), radius, 0
	p.objects = append(p.objects, r)
	return r
}

func (p *chatPen) text(s string, at fyne.Position, c fyne.ThemeColorName, size float32, style fyne.TextStyle) *canvas.Text {
	if p.t == len(p.texts) {
		p.texts = append(p.texts, canvas.NewText("", nil))
	}
	t := p.texts[p.t]
	p.t++
	t.Text, t.TextStyle = s, style
	paint(t, c, size)
	t.Move(at)
	t.Resize(t.MinSize())
	p.objects = append(p.objects, t)
	return t
}

func (p *chatPen) icon(n icons.Name, c fyne.ThemeColorName, at fyne.Position, size float32) {
	if p.i == len(p.images) {
		p.images = append(p.images, newIcon(n))
	}
	i := p.images[p.i]
	p.i++
	setIcon(i, n, c)
	box(i, at.X, at.Y, size, size)
	p.objects = append(p.objects, i)
}

func (p *chatPen) draw() {
	p.objects, p.r, p.t, p.i = p.objects[:0], 0, 0, 0
	b := p.body
	if len(b.layout.blocks) != len(b.lines) {
		return // not laid out yet
	}
	top := b.log.scroll.Offset.Y
	from, to := b.layout.inView(top, top+b.log.scroll.Size().Height)
	for i := from; i < to; i++ {
		p.line(i)
	}
	if b.focused {
		ring := p.rect(theme.ColorNone, theme.Radius)
		focusRing(ring, true)
		s := b.log.scroll.Size()
		box(ring, 1, top+1, s.Width-2, s.Height-2)
	}
}

func (p *chatPen) line(i int) {
	l := &p.body.layout
	line, b, at := l.lines[i], l.blocks[i], l.text(i)
	row, fore := l.rowHeight(), theme.ColorText
	if line.Kind == Status {
		fore = theme.ColorMuted
		p.text(line.At, fyne.NewPos(chatInset, at.Y), fore, l.size-1, fyne.TextStyle{})
	} else {
		p.bubble(line, b, at, row)
	}
	if line.Pending {
		fore = theme.ColorMuted
	}
	p.marks(i, at, row)
	for k, r := range b.rows {
		p.text(string(b.runes[r.from:r.to]), fyne.NewPos(at.X, at.Y+float32(k)*row), fore, l.sizeOf(line.Kind), fyne.TextStyle{})
	}
}

// bubble draws what is round a message: its background, who wrote it and when.
func (p *chatPen) bubble(line ChatLine, b chatBlock, at fyne.Position, row float32) {
	back := theme.ColorRaised
	if line.Kind == Mine {
		back = theme.ColorMine
	}
	height := float32(len(b.rows))*row + 2*chatHang
	r := p.rect(back, theme.Radius)
	box(r, chatInset, at.Y-chatHang, b.widest+2*chatPad, height)
	if line.Pending {
		p.icon(icons.Clock, theme.ColorMuted, fyne.NewPos(chatInset+b.widest+2*chatPad+theme.Space1, at.Y+(row-12)/2), 12)
	}
	if !b.head {
		return
	}
	y := at.Y - chatHang - row - 1
	name := p.text(line.Name, fyne.NewPos(chatInset, y), theme.ColorText, p.body.layout.size, fyne.TextStyle{Bold: true})
	size := p.body.layout.size - 2
	p.text(line.At, fyne.NewPos(chatInset+name.MinSize().Width+theme.Space2, y+2), theme.ColorMuted, size, fyne.TextStyle{})
}

// marks draws the selection behind a line's text.
func (p *chatPen) marks(i int, at fyne.Position, row float32) {
	from, to, any := p.body.selection()
	if !any || i < from.line || i > to.line {
		return
	}
	l := &p.body.layout
	b, m := l.blocks[i], measureIn(l.sizeOf(l.lines[i].Kind), fyne.TextStyle{})
	first, last := 0, len(b.runes)
	if i == from.line {
		first = from.at
	}
	if i == to.line {
		last = to.at
	}
	for k, r := range b.rows {
		a, z := max(first, r.from), min(last, r.to)
		if a >= z {
			continue
		}
		x := m(string(b.runes[r.from:a]))
		mark := p.rect(theme.ColorFocus, 0)
		box(mark, at.X+x, at.Y+float32(k)*row, m(string(b.runes[r.from:z]))-x, row)
	}
}
