package widget

import (
	"strings"
	"unicode"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	fw "fyne.io/fyne/v2/widget"

	"deskhand/ui/theme"
)

const (
	codeDigits = 9
	codeGroup  = 3
)

// GroupCode writes nine digits as "563 773 096"; anything else stays as it is.
func GroupCode(code string) string {
	if len(code) != codeDigits {
		return code
	}
	return code[:3] + " " + code[3:6] + " " + code[6:]
}

// digits keeps a text's decimal digits, of any script, as 0 to 9.
func digits(text string) string {
	var out strings.Builder
	for _, r := range text {
		if d, ok := digit(r); ok {
			out.WriteByte('0' + d)
		}
	}
	return out.String()
}

// digit is a rune's decimal value. Unicode keeps the ten digits of a script together, beginning with its zero.
func digit(r rune) (byte, bool) {
	if r >= '0' && r <= '9' {
		return byte(r - '0'), true
	}
	if !unicode.Is(unicode.Nd, r) {
		return 0, false
	}
	for d := byte(0); d < 10; d++ {
		zero := r - rune(d)
		if unicode.Is(unicode.Nd, zero) && !unicode.Is(unicode.Nd, zero-1) {
			return d, true
		}
	}
	return byte(r-'0') % 10, false
}

// pasted finds the code in what was pasted: nine digits with separators only between them, in whatever text; else
// every digit there is, up to nine.
func pasted(text string) string {
	for _, word := range strings.FieldsFunc(text, func(r rune) bool { _, ok := digit(r); return !ok && !separator(r) }) {
		if found := digits(word); len(found) == codeDigits {
			return found
		}
	}
	run := digits(text)
	return run[:min(len(run), codeDigits)]
}

func separator(r rune) bool {
	return unicode.IsSpace(r) || strings.ContainsRune("-–—‐‑./·_", r)
}

// CodeLabel shows a code at 28 units in groups of three.
type CodeLabel struct {
	fw.BaseWidget

	code string
}

// NewCodeLabel makes a label for nine digits.
func NewCodeLabel(code string) *CodeLabel {
	l := &CodeLabel{code: code}
	l.ExtendBaseWidget(l)
	return l
}

// Set changes the code.
func (l *CodeLabel) Set(code string) {
	if l.code != code {
		l.code = code
		l.Refresh()
	}
}

// CreateRenderer implements fyne.Widget.
func (l *CodeLabel) CreateRenderer() fyne.WidgetRenderer {
	text := canvas.NewText("", nil)
	return newParts(&parts{
		owner:   l,
		objects: []fyne.CanvasObject{text},
		min:     func() fyne.Size { return text.MinSize() },
		layout:  func(s fyne.Size) { put(text, 0, s.Width, s.Height) },
		update: func() {
			text.Text = GroupCode(l.code)
			paint(text, theme.ColorText, theme.CodeSize)
			text.TextStyle.Bold = true
		},
	})
}
