package widget

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	fw "fyne.io/fyne/v2/widget"

	"deskhand/icons"
	"deskhand/ui/theme"
)

// Words shows the verifier words with a shield, or an hourglass while sealing is being set up.
type Words struct {
	fw.BaseWidget

	label, pending, words string
}

// NewWords makes one; label stands before the words, pending in their place while there are none.
func NewWords(label, pending string) *Words {
	w := &Words{label: label, pending: pending}
	w.ExtendBaseWidget(w)
	return w
}

// Set shows the words, "amber river nine"; empty shows pending.
func (w *Words) Set(words string) {
	if w.words != words {
		w.words = words
		w.Refresh()
	}
}

// CreateRenderer implements fyne.Widget.
func (w *Words) CreateRenderer() fyne.WidgetRenderer {
	icon, label, words := newIcon(icons.Shield), canvas.NewText("", nil), canvas.NewText("", nil)
	face := []fyne.CanvasObject{icon, label, words}
	return newParts(&parts{
		owner:   w,
		objects: face,
		update: func() {
			setIcon(icon, icons.Wait, theme.ColorMuted)
			label.Text, words.Text = w.pending, ""
			if w.words != "" {
				setIcon(icon, icons.Shield, theme.ColorGood)
				label.Text, words.Text = w.label, w.words
			}
			words.Hidden = w.words == ""
			paint(label, theme.ColorMuted, textSize())
			paint(words, theme.ColorText, textSize())
			words.TextStyle.Bold = true
		},
		min: func() fyne.Size {
			return fyne.NewSize(faceWidth(face), max(theme.IconSize, label.MinSize().Height)+theme.Space1)
		},
		layout: func(s fyne.Size) { layFace(face, 0, s.Height) },
	})
}
