package widget

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
)

// NewPaneStack puts things one below the other: a folded FoldPane takes its header, what is hidden takes nothing, the
// others share the rest by weight. Missing weights are 1.
func NewPaneStack(items []fyne.CanvasObject, weights ...float32) *fyne.Container {
	c := container.New(stackLayout(weights), items...)
	for _, o := range items {
		if p, ok := o.(*FoldPane); ok {
			p.changed = func() { c.Layout.Layout(c.Objects, c.Size()); c.Refresh() }
		}
	}
	return c
}

// stackLayout holds the weights.
type stackLayout []float32

func (l stackLayout) weight(i int) float32 {
	if i < len(l) {
		return l[i]
	}
	return 1
}

func folded(o fyne.CanvasObject) bool {
	p, ok := o.(*FoldPane)
	return ok && !p.Open()
}

func (l stackLayout) MinSize(objects []fyne.CanvasObject) (least fyne.Size) {
	for _, o := range objects {
		if o.Visible() {
			m := o.MinSize()
			least = fyne.NewSize(max(least.Width, m.Width), least.Height+m.Height)
		}
	}
	return least
}

func (l stackLayout) Layout(objects []fyne.CanvasObject, s fyne.Size) {
	spare, total := s.Height, float32(0)
	for i, o := range objects {
		if o.Visible() {
			spare -= o.MinSize().Height
			if !folded(o) {
				total += l.weight(i)
			}
		}
	}
	y := float32(0)
	for i, o := range objects {
		if !o.Visible() {
			continue
		}
		h := o.MinSize().Height
		if !folded(o) && total > 0 {
			h += max(0, spare) * l.weight(i) / total
		}
		box(o, 0, y, s.Width, h)
		y += h
	}
}
