package widget

import (
	"image"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	fw "fyne.io/fyne/v2/widget"

	"deskhand/ui/theme"
)

// previewHeight is the most that a Preview is high.
const previewHeight float32 = 140

// Preview is a small picture of a screen. It takes no place while there is none.
type Preview struct {
	fw.BaseWidget

	img image.Image
}

// NewPreview makes an empty one.
func NewPreview() *Preview {
	p := &Preview{}
	p.ExtendBaseWidget(p)
	p.Hide()
	return p
}

// Set shows a picture; nil shows none. It must not be changed afterwards.
func (p *Preview) Set(img image.Image) {
	if img == nil && p.img == nil {
		return
	}
	p.img = img
	p.Hidden = img == nil
	p.Refresh()
}

// Most is how many pixels a picture needs at most.
func (p *Preview) Most() image.Point {
	scale := float32(1)
	if c := canvasOf(p); c != nil {
		scale = c.Scale()
	}
	return image.Pt(int(2*previewHeight*scale), int(previewHeight*scale))
}

// CreateRenderer implements fyne.Widget.
func (p *Preview) CreateRenderer() fyne.WidgetRenderer {
	back, picture := canvas.NewRectangle(nil), canvas.NewImageFromImage(nil)
	picture.FillMode = canvas.ImageFillContain
	return newParts(&parts{
		owner:   p,
		objects: []fyne.CanvasObject{back, picture},
		update: func() {
			back.FillColor = theme.Color(theme.ColorRaised)
			picture.Image = p.img
		},
		min: func() fyne.Size { return fyne.NewSize(0, previewHeight) },
		layout: func(s fyne.Size) {
			back.Resize(s)
			picture.Resize(s)
		},
	})
}
