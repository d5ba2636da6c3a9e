package viewer

import (
	"image"
	"image/color"
	"math"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/theme"
)

// renderer lays out and draws a Viewer. It clips, so that nothing of a scrolled picture shows beside it.
type renderer struct {
	v            *Viewer
	back, dim    *canvas.Rectangle
	plate, frame *canvas.Rectangle
	notice       *canvas.Text
	objects      []fyne.CanvasObject
}

// IsClip makes Fyne cut off what is outside.
func (v *Viewer) IsClip() {}

// CreateRenderer implements fyne.Widget.
func (v *Viewer) CreateRenderer() fyne.WidgetRenderer {
	r := &renderer{
		v: v, back: canvas.NewRectangle(nil), dim: canvas.NewRectangle(nil),
		plate: canvas.NewRectangle(nil), frame: canvas.NewRectangle(nil), notice: canvas.NewText("", nil),
	}
	r.dim.FillColor = color.NRGBA{A: 0x99}
	r.plate.CornerRadius = theme.Size(theme.SizeNameInputRadius)
	v.cursorImage.init()
	v.renderer = r
	r.color()
	r.list()
	return r
}

func (r *renderer) Destroy()           {}
func (r *renderer) MinSize() fyne.Size { return fyne.NewSize(160, 120) }

// Objects is called whenever Fyne walks the window, which it does for each frame that it draws: the moment to see
// whether something lies over the picture now.
func (r *renderer) Objects() []fyne.CanvasObject {
	r.v.look()
	return r.objects
}

// Refresh shows the viewer's state anew; tiles that did not change are not uploaded again.
func (r *renderer) Refresh() {
	r.color()
	r.Layout(r.v.Size())
	for _, o := range []fyne.CanvasObject{r.back, r.dim, r.plate, r.frame, r.notice} {
		o.Refresh()
	}
	canvas.Refresh(r.v)
}

// color gives everything but the tiles its look.
func (r *renderer) color() {
	v := r.v
	r.back.FillColor = color.NRGBA{R: besidePicture >> 16 & 0xff, G: besidePicture >> 8 & 0xff, B: besidePicture & 0xff, A: 0xff}
	r.plate.FillColor = theme.Color(theme.ColorNameBackground)
	r.notice.Color, r.notice.TextSize = theme.Color(theme.ColorNameForeground), theme.Size(theme.SizeNameText)
	r.notice.Text = v.notice
	r.frame.FillColor, r.frame.StrokeWidth, r.frame.StrokeColor = color.Transparent, 0, color.Transparent
	if v.focused && v.control {
		r.frame.StrokeWidth, r.frame.StrokeColor = 1, theme.Color(theme.ColorNamePrimary)
	}
}

// Layout implements fyne.WidgetRenderer.
func (r *renderer) Layout(s fyne.Size) {
	v := r.v
	d := v.density()
	v.view.Window = image.Pt(int(math.Round(float64(s.Width*d))), int(math.Round(float64(s.Height*d))))
	inner, horizontal, vertical := v.view.WithBars(v.barThickness())
	v.view.Scroll = inner.Scroll
	changed := v.grid.size != inner.Size()
	v.grid.rebuild(inner.Size(), func(part image.Rectangle) image.Image { return v.grid.image(v.picture, part) })
	if changed {
		r.list()
	}
	v.look()
	at := v.placer()
	v.grid.place(inner, at)
	r.back.Resize(s)
	r.dim.Resize(s)
	r.dim.Hidden = v.notice == "" || v.view.Empty()
	r.frame.Resize(s)
	r.placeNotice(s)
	v.placeBars(inner, horizontal, vertical)
	v.placeCursor()
	if percent := inner.Scale() * 100; percent != v.percent {
		v.percent = percent
		if v.OnScale != nil {
			v.OnScale(percent)
		}
	}
}

// list puts the objects in the order in which they are drawn.
func (r *renderer) list() {
	v := r.v
	r.objects = []fyne.CanvasObject{r.back}
	if !v.native {
		for _, t := range v.grid.tiles {
			r.objects = append(r.objects, t.raster)
		}
	}
	r.objects = append(r.objects, v.cursorImage.image, r.dim, r.plate, r.notice, v.bars[0], v.bars[1], r.frame)
}

func (r *renderer) placeNotice(s fyne.Size) {
	r.plate.Hidden, r.notice.Hidden = r.v.notice == "", r.v.notice == ""
	const space = 12
	text := r.notice.MinSize()
	r.notice.Move(fyne.NewPos((s.Width-text.Width)/2, (s.Height-text.Height)/2))
	r.notice.Resize(text)
	r.plate.Move(fyne.NewPos((s.Width-text.Width)/2-space, (s.Height-text.Height)/2-space))
	r.plate.Resize(text.Add(fyne.NewSquareSize(2 * space)))
}

// placer gives the place of a pixel of the widget. The pixel grid is the screen's: where the widget begins between two
// pixels, Fyne rounds, and so does this.
func (v *Viewer) placer() func(image.Point) fyne.Position {
	d := v.density()
	abs := fyne.CurrentApp().Driver().AbsolutePositionForObject(v)
	slack := func(a float32) float32 { return float32(math.Round(float64(a*d)))/d - a }
	dx, dy := slack(abs.X), slack(abs.Y)
	return func(p image.Point) fyne.Position {
		return fyne.NewPos(float32(p.X)/d+dx, float32(p.Y)/d+dy)
	}
}
