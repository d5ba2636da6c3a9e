package console

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/theme"
	fw "fyne.io/fyne/v2/widget"
)

// newFoot is the status line. It never makes the window wider: what has no room is cut off.
func newFoot(scale, status, figures, words *fw.Label) fyne.CanvasObject {
	for _, l := range []*fw.Label{scale, status, figures, words} {
		l.Truncation = fyne.TextTruncateEllipsis
	}
	return container.New(footLine{}, scale, status, figures, words)
}

// say writes one of the texts of the status line.
func (v *viewerWindow) say(l *fw.Label, text string) {
	if l.Text == text {
		return
	}
	l.SetText(text)
	if v.foot != nil { // nil while the Viewer is built
		v.foot.Refresh()
	}
}

// footLine is the layout of scale, status and figures from the left and the words at the right.
type footLine struct{}

// MinSize implements fyne.Layout.
func (footLine) MinSize(o []fyne.CanvasObject) fyne.Size {
	return fyne.NewSize(0, o[0].MinSize().Height)
}

// Layout implements fyne.Layout.
func (footLine) Layout(o []fyne.CanvasObject, size fyne.Size) {
	const scale, status, figures, words = 0, 1, 2, 3
	var width [4]float32
	over := -size.Width
	for i, x := range o {
		width[i] = natural(x.(*fw.Label))
		over += width[i]
	}
	for _, i := range []int{status, figures, words, scale} {
		less := max(0, min(over, width[i]))
		width[i], over = width[i]-less, over-less
	}
	x := float32(0)
	for i, l := range o {
		if i == words {
			x = size.Width - width[i]
		}
		l.Move(fyne.NewPos(x, 0))
		l.Resize(fyne.NewSize(width[i], size.Height))
		x += width[i]
	}
}

// natural is how wide a label is that is not cut off.
func natural(l *fw.Label) float32 {
	if l.Text == "" {
		return 0
	}
	const rounding = 1
	return fyne.MeasureText(l.Text, theme.TextSize(), l.TextStyle).Width + 2*theme.InnerPadding() + rounding
}
