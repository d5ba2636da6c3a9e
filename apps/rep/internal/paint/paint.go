// Package paint brings a customer's picture into the window that shows it. A Loop reads the picture as soon as it has
// changed and paints it on the Viewer's surface, on a goroutine of its own: nothing that the windows do holds a picture
// up. Where there is no surface, or while something of the window lies over it, the Loop collects what has changed and
// tells the window, which takes it and lets Fyne paint.
//
// Run and Step belong to one goroutine; everything else may be called from any.
package paint

import (
	"context"
	"image"
	"log/slog"
	"sync"
	"sync/atomic"

	"deskhand/protocol/pixel"
	"deskhand/ui/viewer"
)

// Config is what a Loop works with.
type Config struct {
	Source Source
	// Open makes the surface; nil, or an error: Fyne paints. exposed may be called from any goroutine.
	Open func(exposed func()) (viewer.Surface, error)
	// News asks for Show on the UI goroutine. It must not block; bursts should merge.
	News   func()
	Logger *slog.Logger
}

// Loop paints one session's picture in one Viewer.
type Loop struct {
	cfg     Config
	painter *viewer.Painter
	surface viewer.Surface
	wake    chan struct{} // capacity 1: signals merge
	exposed atomic.Bool
	dirty   []image.Rectangle // scratch of Step
	serial  uint64            // of the pointer's shape
	covered bool              // by the surface, at the step before
	rounds  atomic.Uint64

	mu       sync.Mutex
	choice   Choice
	shown    Arrangement
	cursor   viewer.Cursor
	together pixel.Image // all displays in one picture, when there are several
	fresh    []image.Rectangle
	all      bool // fresh is everything
}

// maxFresh bounds what is collected for Fyne; beyond it, everything is new.
const maxFresh = 256

// New makes a loop that shows one display, and its painter.
func New(c Config) *Loop {
	l := &Loop{cfg: c, wake: make(chan struct{}, 1), all: true}
	if c.Logger == nil {
		l.cfg.Logger = slog.New(slog.DiscardHandler)
	}
	l.painter = viewer.NewPainter(l.Wake)
	return l
}

// Painter is for the Viewer that the loop paints in.
func (l *Loop) Painter() *viewer.Painter { return l.painter }

// Rounds counts how often it has looked at the picture.
func (l *Loop) Rounds() uint64 { return l.rounds.Load() }

// Wake says that the picture, or what a Viewer wants to be seen of it, has changed.
func (l *Loop) Wake() {
	select {
	case l.wake <- struct{}{}:
	default:
	}
}

// Choose sets which displays are shown.
func (l *Loop) Choose(c Choice) {
	l.mu.Lock()
	l.choice = c
	l.mu.Unlock()
	l.Wake()
}

// Shown is the displays as they are shown, and what was chosen.
func (l *Loop) Shown() (Arrangement, Choice) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.shown, l.choice
}

// Run paints until ctx ends.
func (l *Loop) Run(ctx context.Context) {
	defer l.close()
	l.open()
	for {
		l.Step()
		select {
		case <-l.wake:
		case <-ctx.Done():
			return
		}
	}
}

func (l *Loop) open() {
	if l.cfg.Open == nil {
		return
	}
	s, err := l.cfg.Open(func() {
		l.exposed.Store(true)
		l.Wake()
	})
	if err != nil {
		l.cfg.Logger.Info("the picture is painted by the window library", "why", err)
		return
	}
	l.surface = s
	l.painter.Use(s)
	l.cfg.News()
}

func (l *Loop) close() {
	l.painter.Use(nil)
	if l.surface != nil {
		l.surface.Close()
		l.surface = nil
	}
}

// Step reads what is new and paints it.
func (l *Loop) Step() {
	l.rounds.Add(1)
	a, changed := l.arrange()
	if l.exposed.Swap(false) || changed { // another display of the same size looks no different to the painter
		l.painter.Exposed()
	}
	pointed := l.point(a)
	err := l.paint(a, changed)
	if err != nil {
		l.cfg.Logger.Info("the surface is of no more use", "err", err)
		l.close()
	}
	if l.collect() || changed || err != nil || pointed {
		l.cfg.News()
	}
}

// arrange takes a new layout or choice.
func (l *Loop) arrange() (a Arrangement, changed bool) {
	layout := l.cfg.Source.Layout()
	l.mu.Lock()
	defer l.mu.Unlock()
	a = arrange(layout, l.choice)
	if a.equal(l.shown) {
		return l.shown, false
	}
	l.shown, l.all, l.together = a, true, pixel.Image{}
	if len(a.Places) > 1 {
		l.together = pixel.New(a.Size.X, a.Size.Y)
	}
	l.dirty = nil
	return a, true
}

// point says whether the pointer is another one.
func (l *Loop) point(a Arrangement) bool {
	c, shape := l.cfg.Source.Pointer(), l.cfg.Source.Shape()
	at, shown := a.Local(c.Display, image.Pt(c.X, c.Y))
	l.mu.Lock()
	defer l.mu.Unlock()
	moved, changed := l.cursor.At != at || l.cursor.Visible != (c.Visible && shown), shape.Serial != l.serial
	l.cursor.At, l.cursor.Visible = at, c.Visible && shown
	if changed {
		l.serial, l.cursor.Shape = shape.Serial, nil
		if !shape.Image.Empty() {
			l.cursor.Shape = &viewer.Shape{Pixels: viewer.Pixels(shape.Image), Hot: shape.Hot}
		}
	}
	l.painter.SetCursor(l.cursor)
	return changed || moved && !l.covered
}

// Cursor is the customer's pointer, in pixels of the picture that is shown.
func (l *Loop) Cursor() viewer.Cursor {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.cursor
}

// paint gives the painter what is new; l.dirty is that afterwards. When the arrangement is another one, everything is, also
// what was read from the source before.
func (l *Loop) paint(a Arrangement, everything bool) (err error) {
	l.dirty = l.dirty[:0]
	switch len(a.Places) {
	case 0:
		return l.painter.Paint(viewer.Pixels{}, nil)
	case 1:
		l.cfg.Source.Read(a.Places[0].Display, func(img pixel.Image, dirty []image.Rectangle) {
			l.dirty = append(l.dirty, dirty...)
			err = l.painter.Paint(viewer.Pixels(img), dirty)
		})
		return err
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	for _, place := range a.Places {
		l.cfg.Source.Read(place.Display, func(img pixel.Image, dirty []image.Rectangle) {
			if everything {
				dirty = []image.Rectangle{{Max: place.R.Size()}}
			}
			for _, r := range dirty {
				r = r.Intersect(image.Rectangle{Max: place.R.Size()})
				to := r.Min.Add(place.R.Min)
				pixel.Copy(l.together, to.X, to.Y, img.Sub(r))
				l.dirty = append(l.dirty, r.Add(place.R.Min))
			}
		})
	}
	return l.painter.Paint(viewer.Pixels(l.together), l.dirty)
}

// collect keeps what Fyne has to paint and says whether there is anything new.
func (l *Loop) collect() bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	news := len(l.dirty) > 0 || l.covered
	l.covered = l.painter.Shown()
	if l.covered || len(l.fresh)+len(l.dirty) > maxFresh {
		l.fresh, l.all = l.fresh[:0], true
	} else if !l.all {
		l.fresh = append(l.fresh, l.dirty...)
	}
	return news && !l.covered
}

// Take calls f with the picture and with what is new in it since the call before; nil means everything. Both are valid
// during f only. It is for Fyne's painting; without a picture f is not called.
func (l *Loop) Take(f func(img viewer.Pixels, dirty []image.Rectangle)) {
	l.mu.Lock()
	defer l.mu.Unlock()
	dirty := append([]image.Rectangle{}, l.fresh...)
	if l.all {
		dirty = nil
	}
	took := func(img pixel.Image) {
		f(viewer.Pixels(img), dirty)
		l.fresh, l.all = l.fresh[:0], false
	}
	switch len(l.shown.Places) {
	case 0:
	case 1:
		l.cfg.Source.Peek(l.shown.Places[0].Display, took)
	default:
		took(l.together)
	}
}
