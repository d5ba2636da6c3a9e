package widget

import (
	"fmt"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	fw "fyne.io/fyne/v2/widget"

	"deskhand/ui/theme"
)

const ringSize float32 = 14

// FormatLeft writes a time as m:ss or h:mm:ss, rounded up to whole seconds; below zero is 0:00.
func FormatLeft(d time.Duration) string {
	s := max(0, int((d+time.Second-1)/time.Second))
	if s >= 3600 {
		return fmt.Sprintf("%d:%02d:%02d", s/3600, s/60%60, s%60)
	}
	return fmt.Sprintf("%d:%02d", s/60, s%60)
}

// FormatSince writes how long something has lasted, so coarsely that it seldom changes: in steps of ten seconds as 0:ss,
// from a minute on in minutes. Below zero is 0:00.
func FormatSince(d time.Duration) string {
	m := max(0, int(d/time.Minute))
	switch {
	case m >= 60:
		return fmt.Sprintf("%d h %02d min", m/60, m%60)
	case m > 0:
		return fmt.Sprintf("%d min", m)
	}
	return fmt.Sprintf("0:%02d", max(0, int(d/(10*time.Second)))*10)
}

// mood is the colour of a time left: good above a half, late below a fifth.
func mood(left, total time.Duration) fyne.ThemeColorName {
	switch {
	case left*2 >= total:
		return theme.ColorGood
	case left*5 >= total:
		return theme.ColorWaiting
	}
	return theme.ColorLate
}

// dial is a ring that empties clockwise.
type dial struct{ track, arc *canvas.Arc }

func newDial() dial {
	return dial{canvas.NewArc(0, 360, 0.62, nil), canvas.NewArc(0, 360, 0.62, nil)}
}

func (d dial) objects() []fyne.CanvasObject { return []fyne.CanvasObject{d.track, d.arc} }

func (d dial) set(left, total time.Duration) {
	share := float32(0)
	if total > 0 {
		share = float32(max(0, min(left, total))) / float32(total)
	}
	d.track.FillColor = theme.Color(theme.ColorLine)
	d.arc.FillColor = theme.Color(mood(left, total))
	d.arc.StartAngle, d.arc.EndAngle = 360*(1-share), 360
	d.arc.Hidden = share <= 0
}

// place puts the ring into a square.
func (d dial) place(x, y, size float32) {
	for _, a := range []*canvas.Arc{d.track, d.arc} {
		a.Move(fyne.NewPos(x, y))
		a.Resize(fyne.NewSquareSize(size))
	}
}

// Ring is the countdown ring with the time left beside it.
type Ring struct {
	fw.BaseWidget

	left, total time.Duration
}

// NewRing makes a ring that is empty.
func NewRing() *Ring {
	r := &Ring{}
	r.ExtendBaseWidget(r)
	return r
}

// Set shows the time left of a total.
func (r *Ring) Set(left, total time.Duration) {
	r.left, r.total = left, total
	r.Refresh()
}

// CreateRenderer implements fyne.Widget.
func (r *Ring) CreateRenderer() fyne.WidgetRenderer {
	d, text := newDial(), canvas.NewText("", nil)
	return newParts(&parts{
		owner:   r,
		objects: append(d.objects(), text),
		update: func() {
			d.set(r.left, r.total)
			text.Text = FormatLeft(r.left)
			paint(text, theme.ColorText, textSize())
		},
		min: func() fyne.Size {
			t := text.MinSize()
			return fyne.NewSize(ringSize+theme.Space1+t.Width, max(ringSize, t.Height))
		},
		layout: func(s fyne.Size) {
			d.place(0, (s.Height-ringSize)/2, ringSize)
			put(text, ringSize+theme.Space1, s.Width-ringSize-theme.Space1, s.Height)
		},
	})
}
