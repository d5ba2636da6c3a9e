package widget

import (
	"image"
	"testing"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/test"
)

func TestPreview(t *testing.T) {
	test.NewTempApp(t)
	p := NewPreview()
	column := container.NewVBox(p)
	w := test.NewTempWindow(t, column)
	w.Resize(fyne.NewSize(200, 300))
	if p.Visible() || column.MinSize().Height != 0 {
		t.Error("it takes place without a picture")
	}
	p.Set(image.NewRGBA(image.Rect(0, 0, 320, 200)))
	if !p.Visible() || p.MinSize() != fyne.NewSize(0, previewHeight) {
		t.Errorf("with a picture it has %v", p.MinSize())
	}
	if most := p.Most(); most != image.Pt(int(2*previewHeight), int(previewHeight)) {
		t.Errorf("there is room for %v", most)
	}
	p.Set(nil)
	if p.Visible() {
		t.Error("the picture stays")
	}
}
