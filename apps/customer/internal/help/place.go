package help

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/driver/desktop"
	fynetheme "fyne.io/fyne/v2/theme"

	"deskhand/ui/theme"
	"deskhand/ui/widget"
)

// The toolbar's size in Fyne units, and how far its content stays from the edges of the screen: a window manager's title
// bar has room above it.
const (
	talkWidth float32 = 620
	talkWide  float32 = 760 // where the texts of a language are long
	talkOpen  float32 = 420 // with the chat
	edgeTop   float32 = 28
	edgeSide  float32 = 4
)

// spacer is an object that needs some place.
func spacer(s fyne.Size) fyne.CanvasObject {
	r := canvas.NewRectangle(nil)
	r.SetMinSize(s)
	return r
}

// stayAbove keeps the window above all others.
func (p *talkPage) stayAbove() {
	if d, ok := p.w.window.(desktop.Window); ok {
		d.RequestAlwaysOnTop()
	}
}

// fit makes the window as high as what it shows, when that has changed. With the chat it has the height that the person
// has given it.
func (p *talkPage) fit() {
	is := shape{open: p.open, ask: p.ask.shown(), banner: p.banner.Text()}
	before := p.shape
	now := p.w.window.Canvas().Size()
	if p.high == 0 {
		p.high = p.openHeight()
	} else if is == before {
		return
	} else if before.open && (now.Height < p.given-1 || now.Height > p.given+1) {
		p.high = now.Height
	}
	first := p.shape == (shape{})
	p.shape = is
	settle(p.body)
	size := fyne.NewSize(now.Width, p.body.MinSize().Height)
	if first {
		size.Width = p.width()
	}
	if is.open {
		size.Height = max(size.Height, p.high)
	}
	p.w.resize(size)
	p.given = p.w.window.Canvas().Size().Height
}

// width is what toolbar and panel need to say everything.
func (p *talkPage) width() float32 {
	bold := func(text string) float32 {
		return fyne.MeasureText(text, fynetheme.Size(fynetheme.SizeNameText), fyne.TextStyle{Bold: true}).Width
	}
	s := p.w.session.Snapshot()
	s.Sharing, s.Control = true, true
	tools := bold(p.w.sees(s, false)) + 2*theme.RowHeight
	for _, b := range []*widget.Button{p.stop, p.chat, p.end} {
		tools += b.MinSize().Width + theme.Space1
	}
	return min(talkWide, max(talkWidth, tools, bold(p.w.status(s, false))+2*theme.RowHeight))
}

// openHeight is how high the window is with the chat, on screens of all sizes.
func (p *talkPage) openHeight() float32 {
	area, err := p.w.cfg.WorkArea()
	if err != nil {
		return talkOpen
	}
	height := float32(area.Dy()) / p.w.window.Canvas().Scale()
	if p.w.cfg.Compact {
		height = height/2 + talkOpen/10 // it unfolds downwards from the middle
		return min(talkOpen, height-2*edgeTop)
	}
	return min(talkOpen, height-2*edgeTop)
}

// place puts the window at the middle of the top edge; when sharing began at the command line, at the middle of the
// right edge, folded.
func (p *talkPage) place() {
	d, ok := p.w.window.(desktop.Window)
	if !ok {
		return
	}
	area, err := p.w.cfg.WorkArea()
	if err != nil {
		p.w.cfg.Logger.Debug("the work area is not known", "err", err)
		return
	}
	c := p.w.window.Canvas()
	width, height := int(c.Size().Width*c.Scale()), int(c.Size().Height*c.Scale())
	if p.w.cfg.Compact {
		d.RequestPosition(area.Max.X-width-int(edgeSide*c.Scale()), area.Min.Y+(area.Dy()-height)/2)
		return
	}
	d.RequestPosition(area.Min.X+(area.Dx()-width)/2, area.Min.Y+int(edgeTop*c.Scale()))
}
