package widget

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/driver/desktop"
	fw "fyne.io/fyne/v2/widget"

	"deskhand/ui/theme"
)

// CodeField takes nine digits in three groups. Typing, pasting and dropping in any form of writing them works:
// "563-773-096", "563 773 096", a whole sentence or address that holds them.
type CodeField struct {
	fw.BaseWidget

	OnChanged   func(code string) // digits only, fewer than nine while it is incomplete
	OnSubmitted func(code string) // Enter with nine digits

	PasteLabel string // of the entry in the menu of the right button, "" shows no menu

	code    string
	caret   int // before which digit
	off     bool
	focused bool
}

// NewCodeField makes an empty field.
func NewCodeField() *CodeField {
	f := &CodeField{}
	f.ExtendBaseWidget(f)
	return f
}

// Set writes the field; anything but digits is left out.
func (f *CodeField) Set(code string) {
	code = pasted(code)
	if f.code != code {
		f.code, f.caret = code, len(code)
		f.Refresh()
	}
}

// Code is what is in the field, digits only.
func (f *CodeField) Code() string { return f.code }

// SetEnabled allows input.
func (f *CodeField) SetEnabled(on bool) {
	f.off = !on
	f.Refresh()
}

// change is what the person did to the field.
func (f *CodeField) change(code string, caret int) {
	changed := f.code != code
	f.code, f.caret = code, max(0, min(caret, len(code)))
	f.Refresh()
	if changed && f.OnChanged != nil {
		f.OnChanged(code)
	}
}

// FocusGained implements fyne.Focusable.
func (f *CodeField) FocusGained() { f.focused = true; f.Refresh() }

// FocusLost implements fyne.Focusable.
func (f *CodeField) FocusLost() { f.focused = false; f.Refresh() }

// TypedRune implements fyne.Focusable.
func (f *CodeField) TypedRune(r rune) {
	d, ok := digit(r)
	if !ok || f.off {
		return
	}
	code := f.code[:f.caret] + string('0'+rune(d)) + f.code[f.caret:]
	if len(code) > codeDigits {
		if f.caret == codeDigits {
			return
		}
		code = f.code[:f.caret] + string('0'+rune(d)) + f.code[f.caret+1:]
	}
	f.change(code, f.caret+1)
}

// TypedKey implements fyne.Focusable.
func (f *CodeField) TypedKey(e *fyne.KeyEvent) {
	if f.off {
		return
	}
	switch e.Name {
	case fyne.KeyBackspace:
		if f.caret > 0 {
			f.change(f.code[:f.caret-1]+f.code[f.caret:], f.caret-1)
		}
	case fyne.KeyDelete:
		if f.caret < len(f.code) {
			f.change(f.code[:f.caret]+f.code[f.caret+1:], f.caret)
		}
	case fyne.KeyLeft:
		f.change(f.code, f.caret-1)
	case fyne.KeyRight:
		f.change(f.code, f.caret+1)
	case fyne.KeyHome:
		f.change(f.code, 0)
	case fyne.KeyEnd:
		f.change(f.code, len(f.code))
	case fyne.KeyReturn, fyne.KeyEnter:
		if len(f.code) == codeDigits && f.OnSubmitted != nil {
			f.OnSubmitted(f.code)
		}
	}
}

// TypedShortcut implements fyne.Shortcutable.
func (f *CodeField) TypedShortcut(s fyne.Shortcut) {
	switch s := s.(type) {
	case *fyne.ShortcutPaste:
		f.paste(s.Clipboard)
	case *fyne.ShortcutCopy:
		s.Clipboard.SetContent(GroupCode(f.code))
	case *fyne.ShortcutCut:
		s.Clipboard.SetContent(GroupCode(f.code))
		if !f.off {
			f.change("", 0)
		}
	}
}

func (f *CodeField) paste(from fyne.Clipboard) {
	text := pasted(from.Content())
	if f.off || text == "" {
		return
	}
	code := text
	if len(text) < codeDigits && len(f.code) < codeDigits { // a part of a code
		code = f.code[:f.caret] + text + f.code[f.caret:]
		code = code[:min(len(code), codeDigits)]
	}
	f.change(code, len(code))
}

// MouseDown implements desktop.Mouseable.
func (f *CodeField) MouseDown(e *desktop.MouseEvent) {
	focus(f)
	at := 0
	for i := range codeDigits {
		if g := f.cell(i, f.Size()); e.Position.X >= g.x+g.width/2 {
			at = i + 1
		}
	}
	f.change(f.code, at)
}

// MouseUp implements desktop.Mouseable.
func (f *CodeField) MouseUp(*desktop.MouseEvent) {}

// TappedSecondary implements fyne.SecondaryTappable.
func (f *CodeField) TappedSecondary(e *fyne.PointEvent) {
	if f.PasteLabel == "" || f.off {
		return
	}
	item := fyne.NewMenuItem(f.PasteLabel, func() { f.paste(fyne.CurrentApp().Clipboard()) })
	popUpAt(fyne.NewMenu("", item), f, e.Position, nil)
}

// Cursor implements desktop.Cursorable.
func (f *CodeField) Cursor() desktop.Cursor { return desktop.TextCursor }

const (
	codeCell  float32 = 22 // one digit
	codeInset float32 = 8  // left and right of a group's digits
	codeGap   float32 = 10 // between groups
	codeRow   float32 = 46
)

const codeBox = codeGroup*codeCell + 2*codeInset

// left is where the groups begin: they stand in the middle.
func (f *CodeField) left(s fyne.Size) float32 {
	return max(0, (s.Width-codeGroup*codeBox-2*codeGap)/2)
}

// cell is the place of a digit on the line.
func (f *CodeField) cell(i int, s fyne.Size) span2 {
	group := float32(i / codeGroup)
	return span2{f.left(s) + group*(codeBox+codeGap) + codeInset + float32(i%codeGroup)*codeCell, codeCell}
}

// CreateRenderer implements fyne.Widget.
func (f *CodeField) CreateRenderer() fyne.WidgetRenderer {
	var groups [codeGroup]*canvas.Rectangle
	var cells [codeDigits]*canvas.Text
	caret := canvas.NewRectangle(nil)
	var objects []fyne.CanvasObject
	for i := range groups {
		groups[i] = round()
		objects = append(objects, groups[i])
	}
	for i := range cells {
		cells[i] = canvas.NewText("", nil)
		objects = append(objects, cells[i])
	}
	return newParts(&parts{
		owner:   f,
		objects: append(objects, caret),
		min:     func() fyne.Size { return fyne.NewSize(codeGroup*codeBox+2*codeGap, codeRow) },
		update: func() {
			f.frame(groups)
			for i, c := range cells {
				f.digit(c, i)
			}
			caret.FillColor, caret.Hidden = theme.Color(theme.ColorAccent), !f.focused || f.off
		},
		layout: func(s fyne.Size) {
			for i, g := range groups {
				box(g, f.left(s)+float32(i)*(codeBox+codeGap), 0, codeBox, codeRow)
			}
			for i, c := range cells {
				p := f.cell(i, s)
				h := c.MinSize().Height
				box(c, p.x, (codeRow-h)/2, p.width, h)
			}
			p := f.cell(min(f.caret, codeDigits-1), s)
			x := p.x - 1
			if f.caret == codeDigits {
				x = p.x + p.width - 1
			}
			box(caret, x, 9, 2, codeRow-18)
		},
	})
}

// frame colours the three boxes; the one with the caret shows the focus.
func (f *CodeField) frame(groups [codeGroup]*canvas.Rectangle) {
	for i, g := range groups {
		g.FillColor, g.StrokeColor, g.StrokeWidth = theme.Color(theme.ColorInput), theme.Color(theme.ColorBorder), 1
		if f.off {
			g.FillColor = theme.Color(theme.ColorRaised)
		}
		if f.focused && !f.off && i == min(f.caret, codeDigits-1)/codeGroup {
			g.StrokeColor, g.StrokeWidth = theme.Color(theme.ColorAccent), 2
		}
	}
}

// digit shows a digit, or the mark of its place.
func (f *CodeField) digit(c *canvas.Text, i int) {
	c.Alignment = fyne.TextAlignCenter
	if i < len(f.code) {
		c.Text, c.TextStyle.Bold = f.code[i:i+1], true
		paint(c, theme.ColorText, theme.CodeSize)
		return
	}
	c.Text, c.TextStyle.Bold = "·", false
	paint(c, theme.ColorMuted, theme.CodeSize)
}
