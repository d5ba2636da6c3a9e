package e2e

import (
	"image"
	"image/color"
	"testing"
	"time"

	"deskhand/apps/internal/session"
)

const (
	// restFor is for how long a still screen is looked at, in which the two talk all the time. It is longer than any pause
	// that the sending path makes between two packets.
	restFor = 1500 * time.Millisecond
	talks   = 20 // at least
)

// TestIdleSendsNothing: a screen that is shared, may be controlled and does not change costs nothing on the screen and
// input lanes; the first change shows at once.
func TestIdleSendsNothing(t *testing.T) {
	for _, by := range ways() {
		t.Run(by.name, func(t *testing.T) { idle(t, by) })
	}
}

func idle(t *testing.T, by way) {
	w := newWorld(t, by)
	c, r := w.help(visitors{}, session.Consent{See: true, Control: true})
	w.seen(c, r)
	w.typist(c, r)
	for range 3 { // what was still on its way has arrived after this
		w.roundTrip(&c.side, &r.side)
	}
	shared, watched := c.share.Stats(), r.watch.Stats()
	screen, input := len(w.tape.messages("screen", 0)), len(w.tape.messages("input", 0))
	began := time.Now()
	for n := 0; n < talks || time.Since(began) < restFor; n++ {
		w.roundTrip(&c.side, &r.side)
	}
	if now := c.share.Stats(); now != shared {
		t.Errorf("at rest the customer sent: %+v became %+v", shared, now)
	}
	if now := r.watch.Stats(); now != watched {
		t.Errorf("at rest the rep got: %+v became %+v", watched, now)
	}
	if n := len(w.tape.messages("screen", screen)); n != 0 {
		t.Errorf("at rest %d messages passed the screen lanes", n)
	}
	if n := len(w.tape.messages("input", input)); n != 0 {
		t.Errorf("at rest %d messages passed the input lanes", n)
	}

	// What does not change anything costs nothing either; one pixel costs one step.
	c.desktop.fill(0, image.Rect(0, 0, 500, 300), color.RGBA{20, 60, 90, 255})
	w.roundTrip(&c.side, &r.side)
	c.desktop.fill(0, image.Rect(100, 100, 101, 101), color.RGBA{255, 0, 0, 255})
	w.seen(c, r)
	w.await("one step that was sent", func() bool { return c.share.Stats().Steps >= shared.Steps+1 })
	if n := c.share.Stats().Steps - shared.Steps; n != 1 {
		t.Errorf("one pixel that changed cost %d steps", n)
	}
}
