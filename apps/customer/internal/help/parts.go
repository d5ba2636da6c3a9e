package help

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/layout"
	fw "fyne.io/fyne/v2/widget"

	"deskhand/icons"
	"deskhand/ui/theme"
	"deskhand/ui/widget"
)

// insets is space round something.
func insets(left, top, right, bottom float32) fyne.Layout {
	return layout.NewCustomPaddedLayout(top, bottom, left, right)
}

// gap is empty space between two parts of a page.
func gap(height float32) fyne.CanvasObject {
	r := canvas.NewRectangle(nil)
	r.SetMinSize(fyne.NewSize(1, height))
	return r
}

// buttonBar is the row of buttons at the bottom of a page.
func buttonBar(buttons ...fyne.CanvasObject) fyne.CanvasObject {
	row := container.New(layout.NewCustomPaddedHBoxLayout(theme.Space2), append([]fyne.CanvasObject{layout.NewSpacer()}, buttons...)...)
	return container.NewStack(widget.NewFill(theme.ColorRaised),
		container.NewBorder(widget.NewLine(), nil, nil, nil, container.New(insets(24, 14, 24, 14), row)))
}

// heading is what a page is about; long ones wrap.
func heading(text string) *fw.Label {
	l := widget.NewHeading(text)
	l.Wrapping = fyne.TextWrapWord
	return l
}

// marked is a text with an icon before it.
func marked(icon icons.Name, color fyne.ThemeColorName, text fyne.CanvasObject) fyne.CanvasObject {
	i := fw.NewIcon(theme.IconIn(icon, color))
	return container.NewBorder(nil, nil, container.New(insets(6, 9, 0, 0), container.NewVBox(i)), nil, text)
}

// muted is wrapped text in the muted colour. It is as high as its text, which has to be said before the first one is set.
func muted(text string) *widget.Muted {
	m := &widget.Muted{}
	m.Wrapping, m.Scroll = fyne.TextWrapWord, container.ScrollNone
	m.ExtendBaseWidget(m)
	m.SetText(text)
	return m
}

// line is one line of text in a toolbar, which ends with an ellipsis where there is no room.
func line() *fw.Label {
	l := fw.NewLabel("")
	l.Truncation = fyne.TextTruncateEllipsis
	l.TextStyle.Bold = true
	return l
}

// setText writes a label that has to change.
func setText(l *fw.Label, text string) {
	if l.Text != text {
		l.SetText(text)
	}
}

// setVisible shows or hides, and says whether that is a change.
func setVisible(o fyne.CanvasObject, visible bool) bool {
	if o.Visible() == visible {
		return false
	}
	if visible {
		o.Show()
	} else {
		o.Hide()
	}
	return true
}
