package viewer

import (
	"image"
	"time"

	"fyne.io/fyne/v2"
)

// Auto-scroll moves a picture that is larger than the window while the pointer rests near an edge.
const (
	scrollZone  = 24   // Fyne units from an edge
	scrollSpeed = 1500 // pixels a second at the edge itself
	scrollSpan  = 10 * time.Second
	longestTick = 50 * time.Millisecond // however long a frame took, so that nothing jumps
)

// autoScroll is a scroll that goes on by itself.
type autoScroll struct {
	on        bool // it is wanted at all
	animation *fyne.Animation
	done      float32     // of the animation's round
	at        image.Point // of the pointer, pixels of the window
	x, y      float64     // parts of pixels not scrolled yet
}

// SetAutoScroll says whether a picture larger than the window moves while the pointer is near an edge. It does at first.
func (v *Viewer) SetAutoScroll(on bool) {
	v.auto.on = on
	if !on {
		v.stopScroll()
	}
}

// drift is how fast the picture has to move, in pixels a second, for a pointer in a window.
func drift(at, window image.Point, zone int) (x, y float64) {
	along := func(p, size int) float64 {
		zone := min(zone, size/4)
		switch {
		case zone <= 0:
			return 0
		case p < zone:
			return -float64(min(zone, zone-p)) / float64(zone) * scrollSpeed
		case p >= size-zone:
			return float64(min(zone, p-(size-zone)+1)) / float64(zone) * scrollSpeed
		}
		return 0
	}
	return along(at.X, window.X), along(at.Y, window.Y)
}

// scrollNear begins or ends to scroll, for a pointer at a pixel of the window.
func (v *Viewer) scrollNear(at image.Point) {
	v.auto.at = at
	inner := v.inner()
	x, y := drift(at, inner.Window, int(scrollZone*v.density()))
	most := inner.ScrollMax()
	wanted := v.auto.on && (x != 0 && most.X > 0 || y != 0 && most.Y > 0)
	switch {
	case !wanted:
		v.stopScroll()
	case v.auto.animation == nil:
		v.auto.done = 0
		v.auto.animation = &fyne.Animation{
			Duration: scrollSpan, RepeatCount: fyne.AnimationRepeatForever, Curve: fyne.AnimationLinear, Tick: v.scrollTick,
		}
		v.auto.animation.Start()
	}
}

func (v *Viewer) stopScroll() {
	if v.auto.animation != nil {
		v.auto.animation.Stop()
		v.auto.animation = nil
	}
	v.auto.x, v.auto.y = 0, 0
}

// scrollTick is called for each frame while the picture moves; done goes from 0 to 1 within scrollSpan, over and over.
func (v *Viewer) scrollTick(done float32) {
	passed := done - v.auto.done
	if passed < 0 {
		passed++
	}
	v.auto.done = done
	v.scrollOn(min(longestTick, time.Duration(float64(passed)*float64(scrollSpan))))
}

// scrollOn scrolls as far as that takes some time. What is under the resting pointer is another pixel then.
func (v *Viewer) scrollOn(passed time.Duration) {
	x, y := drift(v.auto.at, v.inner().Window, int(scrollZone*v.density()))
	v.auto.x, v.auto.y = v.auto.x+x*passed.Seconds(), v.auto.y+y*passed.Seconds()
	by := image.Pt(int(v.auto.x), int(v.auto.y))
	if by == (image.Point{}) {
		return
	}
	v.auto.x, v.auto.y = v.auto.x-float64(by.X), v.auto.y-float64(by.Y)
	was := v.view.Scroll
	v.scrollTo(was.Add(by))
	if v.view.Scroll == was {
		v.stopScroll()
		return
	}
	v.point(v.auto.at)
}
