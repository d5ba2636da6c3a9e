package widget

import (
	"fyne.io/fyne/v2"

	"deskhand/ui/theme"
)

const (
	chatInset  = theme.Space3 // left and right of everything
	chatPad    = theme.Space2 // left and right inside a bubble
	chatHang   = theme.Space1 // above and below inside a bubble
	chatGap    = theme.Space2 // above a line that has a head
	chatTight  = float32(2)   // above one that has none
	chatWidest = float32(560) // a bubble's text is never wider than this
)

// chatPlace is a place in the text: before rune at of a line.
type chatPlace struct{ line, at int }

func (p chatPlace) before(q chatPlace) bool {
	return p.line < q.line || p.line == q.line && p.at < q.at
}

// chatBlock is a laid-out line.
type chatBlock struct {
	head   bool // shows name and time
	runes  []rune
	rows   []span
	widest float32 // of its rows
	y      float32 // of its top, inside the body
	height float32
}

// chatLayout lays lines out. Measuring is what costs, so what did not change is kept.
type chatLayout struct {
	size   float32 // of text
	width  float32 // of the body
	lines  []ChatLine
	blocks []chatBlock
	high   float32
}

func (l *chatLayout) rowHeight() float32 {
	return fyne.MeasureText("Ág", l.size, fyne.TextStyle{}).Height
}

func (l *chatLayout) sizeOf(k LineKind) float32 {
	if k == Status {
		return l.size - 1
	}
	return l.size
}

// arrange lays lines out for a width.
func (l *chatLayout) arrange(lines []ChatLine, width, size float32) {
	same := width == l.width && size == l.size
	old, oldLines := l.blocks, l.lines
	l.width, l.size, l.lines = width, size, lines
	l.blocks = make([]chatBlock, len(lines))
	row, y := l.rowHeight(), chatGap
	for i, line := range lines {
		b := &l.blocks[i]
		if same && i < len(old) && oldLines[i] == line {
			*b = old[i]
		} else {
			l.measure(b, line)
		}
		b.head = line.Kind != Status && (i == 0 || lines[i-1].Kind != line.Kind || lines[i-1].Name != line.Name || lines[i-1].At != line.At)
		b.height = float32(len(b.rows)) * row
		if line.Kind != Status {
			b.height += 2 * chatHang
		}
		if b.head {
			b.height += row + chatGap
		} else {
			b.height += chatTight
		}
		if line.Kind == Status && i > 0 && lines[i-1].Kind != Status {
			b.height += chatGap
		}
		b.y = y
		y += b.height
	}
	l.high = y + chatGap
}

func (l *chatLayout) measure(b *chatBlock, line ChatLine) {
	m := measureIn(l.sizeOf(line.Kind), fyne.TextStyle{})
	b.runes = []rune(line.Text)
	room := l.width - 2*chatInset
	if line.Kind == Status {
		room -= m(line.At + "  ")
	} else {
		room = min(room-2*chatPad-theme.IconSize, chatWidest)
	}
	b.rows = wrap(b.runes, max(room, 40), m)
	b.widest = 0
	for _, r := range b.rows {
		b.widest = max(b.widest, m(string(b.runes[r.from:r.to])))
	}
}

// text is where a line's text begins.
func (l *chatLayout) text(i int) fyne.Position {
	line, b := l.lines[i], l.blocks[i]
	bottom := b.y + b.height - float32(len(b.rows))*l.rowHeight()
	if line.Kind == Status {
		return fyne.NewPos(chatInset+measureIn(l.size-1, fyne.TextStyle{})(line.At+"  "), bottom)
	}
	return fyne.NewPos(chatInset+chatPad, bottom-chatHang)
}

// inView is the lines that can be seen between two heights: from, and to the one after the last.
func (l *chatLayout) inView(top, bottom float32) (from, to int) {
	for from < len(l.blocks) && l.blocks[from].y+l.blocks[from].height < top {
		from++
	}
	to = from
	for to < len(l.blocks) && l.blocks[to].y < bottom {
		to++
	}
	return from, to
}

// place is the place in the text nearest to a point.
func (l *chatLayout) place(p fyne.Position) chatPlace {
	i := 0
	for i < len(l.blocks)-1 && l.blocks[i].y+l.blocks[i].height <= p.Y {
		i++
	}
	if i >= len(l.blocks) {
		return chatPlace{}
	}
	b, origin := l.blocks[i], l.text(i)
	if len(b.rows) == 0 || p.Y < b.y {
		return chatPlace{i, 0}
	}
	row := max(0, min(int((p.Y-origin.Y)/l.rowHeight()), len(b.rows)-1))
	m := measureIn(l.sizeOf(l.lines[i].Kind), fyne.TextStyle{})
	r := b.rows[row]
	at, was := r.from, float32(0)
	for ; at < r.to; at++ {
		is := m(string(b.runes[r.from : at+1]))
		if p.X-origin.X < (was+is)/2 {
			break
		}
		was = is
	}
	return chatPlace{i, at}
}
