package e2e

import (
	"context"
	"image"
	"image/color"
	"sync/atomic"
	"testing"
	"time"

	"deskhand/apps/internal/session"
	"deskhand/protocol/seal"
)

// spy is a feature of a rep's that remembers the key which it was given.
type spy struct {
	session atomic.Pointer[string]
	epoch   atomic.Pointer[seal.Epoch]
}

func (s *spy) Name() string { return "spy" }

func (s *spy) Run(ctx context.Context, in session.Room) error {
	id := in.Session()
	s.session.Store(&id)
	for {
		if epoch, ok := in.Epoch(); ok {
			s.epoch.Store(&epoch)
		}
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-in.Changed():
		}
	}
}

// film is a screen that keeps changing: one colour after the other of which the blue part says which scene it is.
type film struct {
	scene  atomic.Uint32
	frames atomic.Int64
}

const (
	before = 1 // scenes
	during = 2
	after  = 3
)

// play changes the screen all the time, until the test ends.
func (f *film) play(w *world, d *desktop) {
	f.scene.Store(before)
	w.background("a film", func(ctx context.Context) error {
		projector := time.NewTicker(2 * time.Millisecond)
		defer projector.Stop()
		for i := 0; ; i++ {
			select {
			case <-ctx.Done():
				return nil
			case <-projector.C:
			}
			d.fill(0, image.Rect(10, 10, 180, 140), color.RGBA{byte(i), 77, byte(f.scene.Load()), 255})
			f.frames.Add(1)
			w.news.tell()
		}
	})
}

// roll waits until the screen has changed so many times more.
func (f *film) roll(w *world, frames int64) {
	w.t.Helper()
	goal := f.frames.Load() + frames
	w.await("a screen that changes", func() bool { return f.frames.Load() >= goal })
}

func shows(colours map[color.RGBA]bool, scene byte) bool {
	for c := range colours {
		if c.G == 77 && c.B == scene {
			return true
		}
	}
	return false
}

// TestStopSharing is G-05: what the screen shows from the moment that StopSharing has returned never leaves the
// customer's machine, though the screen keeps changing; it shows again only when the rep has asked and the customer has
// said yes.
func TestStopSharing(t *testing.T) {
	for _, by := range ways() {
		t.Run(by.name, func(t *testing.T) { stopSharing(t, by) })
	}
}

func stopSharing(t *testing.T, by way) {
	w, key, film := newWorld(t, by), &spy{}, &film{}
	c, r := w.help(visitors{extra: []session.Feature{key}}, session.Consent{See: true})
	w.seen(c, r)
	film.play(w, c.desktop)
	w.await("a moving picture at the rep", func() bool { return r.watch.Stats().Packets > 20 })

	c.StopSharing()
	film.scene.Store(during)
	sent := c.share.Stats().Packets
	if s := c.Snapshot(); s.Sharing || s.Control {
		t.Error("StopSharing has returned and the customer's side still says that the screen is shared")
	}
	w.await("no sharing at the rep", func() bool { return !r.Snapshot().Sharing })
	w.roundTrip(&c.side, &r.side)
	stopped := w.quiet(c, r, film, sent)

	ask(w, c, r)
	c.AnswerSharing(false)
	w.await("a question that has been answered", func() bool { return !r.Snapshot().Asked })
	w.roundTrip(&c.side, &r.side)
	if n := w.quiet(c, r, film, sent); n != stopped {
		t.Errorf("after a No %d screen packets passed", n-stopped)
	}
	if shows(w.tape.colours(t, *key.session.Load(), *key.epoch.Load()), during) {
		t.Error("what the screen showed after StopSharing had returned reached the relay")
	}

	film.scene.Store(after)
	film.roll(w, 2) // the one that was being drawn, and one of this scene
	ask(w, c, r)
	c.AnswerSharing(true)
	w.await("a picture that is shared again", func() bool {
		return r.Snapshot().Sharing && len(w.tape.packets(t)) > stopped && c.share.Stats().Packets > sent+20
	})
	seen := w.tape.colours(t, *key.session.Load(), *key.epoch.Load())
	if !shows(seen, before) || !shows(seen, after) {
		t.Error("the search does not find what was shared, so it proves nothing")
	}
	if shows(seen, during) {
		t.Error("what the screen showed while it was not shared reached the relay later")
	}
}

func ask(w *world, c *customer, r *rep) {
	w.t.Helper()
	r.AskSharing(false)
	w.await("a question at the customer", func() bool { return c.Snapshot().Asked })
}

// quiet sees that nothing of the screen passes while it keeps changing, and counts what had passed before.
func (w *world) quiet(c *customer, r *rep, f *film, sent uint64) (passed int) {
	w.t.Helper()
	for range 3 { // what was on its way when sharing stopped has arrived after this
		f.roll(w, 3)
		w.roundTrip(&c.side, &r.side)
	}
	passed = len(w.tape.packets(w.t))
	viewed := r.watch.Stats().Packets
	for range 5 {
		f.roll(w, 10)
		w.roundTrip(&c.side, &r.side)
	}
	if n := len(w.tape.packets(w.t)) - passed; n != 0 {
		w.t.Errorf("%d screen packets reached the relay while the screen was not shared", n)
	}
	if n := r.watch.Stats().Packets - viewed; n != 0 {
		w.t.Errorf("%d screen packets reached the rep while the screen was not shared", n)
	}
	// One packet may have been between its last look at the consent and the wire when StopSharing returned.
	if n := c.share.Stats().Packets - sent; n > 1 {
		w.t.Errorf("%d screen packets were sent after StopSharing had returned", n)
	}
	if c.desktop.shownIn(r.watch.Picture()) || len(r.watch.Picture().Layout().Displays) != 0 {
		w.t.Error("the rep still sees a picture")
	}
	return passed
}
