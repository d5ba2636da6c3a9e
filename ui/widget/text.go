package widget

import (
	"strings"
	"unicode"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	fynetheme "fyne.io/fyne/v2/theme"
	fw "fyne.io/fyne/v2/widget"

	"deskhand/icons"
	"deskhand/ui/theme"
)

// measure gives the width of a text.
type measure func(string) float32

func measureIn(size float32, style fyne.TextStyle) measure {
	return func(s string) float32 { return fyne.MeasureText(s, size, style).Width }
}

// shorten cuts a text to a width and ends it with an ellipsis. Line breaks become spaces.
func shorten(text string, width float32, m measure) string {
	text = strings.Map(func(r rune) rune {
		if r == '\n' || r == '\r' || r == '\t' {
			return ' '
		}
		return r
	}, text)
	if m(text) <= width {
		return text
	}
	runes := []rune(text)
	low, high := 0, len(runes)
	for low < high {
		mid := (low + high + 1) / 2
		if m(string(runes[:mid])+"…") <= width {
			low = mid
		} else {
			high = mid - 1
		}
	}
	if low == 0 {
		return ""
	}
	return strings.TrimRightFunc(string(runes[:low]), unicode.IsSpace) + "…"
}

// span is a piece of a text, in runes: from is its first, to the one after its last.
type span struct{ from, to int }

// wrap cuts a text into lines of at most width, after spaces where it can. Every rune but line breaks is in one line.
func wrap(runes []rune, width float32, m measure) []span {
	var lines []span
	for from := 0; ; {
		end := from
		for end < len(runes) && runes[end] != '\n' {
			end++
		}
		lines = wrapParagraph(lines, runes, span{from, end}, width, m)
		if end == len(runes) {
			return lines
		}
		from = end + 1
	}
}

func wrapParagraph(lines []span, runes []rune, p span, width float32, m measure) []span {
	for p.from == p.to || m(string(runes[p.from:p.to])) > width {
		cut := p.from
		if p.from < p.to {
			cut += fitting(runes[p.from:p.to], width, m)
		}
		lines = append(lines, span{p.from, cut})
		if p.from = cut; cut == p.to {
			return lines
		}
	}
	return append(lines, p)
}

// fitting is how many runes go into one line, at least one. It looks for the last space that fits.
func fitting(runes []rune, width float32, m measure) int {
	low, high := 1, len(runes)
	for low < high {
		mid := (low + high + 1) / 2
		if m(strings.TrimRightFunc(string(runes[:mid]), unicode.IsSpace)) <= width {
			low = mid
		} else {
			high = mid - 1
		}
	}
	if low == len(runes) {
		return low
	}
	for i := low; i > 0; i-- {
		if unicode.IsSpace(runes[i-1]) {
			return i
		}
	}
	return low
}

// NewHeading is a line in the heading's size, bold.
func NewHeading(text string) *fw.Label {
	l := fw.NewLabelWithStyle(text, fyne.TextAlignLeading, fyne.TextStyle{Bold: true})
	l.SizeName = fynetheme.SizeNameHeadingText
	return l
}

// NewText is wrapped text.
func NewText(text string) *fw.Label {
	l := fw.NewLabel(text)
	l.Wrapping = fyne.TextWrapWord
	return l
}

// Muted is wrapped text in the muted colour.
type Muted struct{ fw.RichText }

// NewMuted makes one.
func NewMuted(text string) *Muted {
	m := &Muted{}
	m.Wrapping = fyne.TextWrapWord
	m.Scroll = container.ScrollNone
	m.ExtendBaseWidget(m)
	m.SetText(text)
	return m
}

// SetText changes the text.
func (m *Muted) SetText(text string) {
	style := fw.RichTextStyleParagraph
	style.ColorName = theme.ColorMuted
	m.Segments = []fw.RichTextSegment{&fw.TextSegment{Text: text, Style: style}}
	m.Refresh()
}

// Text is the shown text.
func (m *Muted) Text() string { return m.String() }

// NewSearchEntry is a one-line field with a magnifier.
func NewSearchEntry(placeholder string) *fw.Entry {
	e := fw.NewEntry()
	e.SetPlaceHolder(placeholder)
	e.Icon = theme.IconIn(icons.Search, theme.ColorMuted)
	return e
}
