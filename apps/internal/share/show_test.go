package share_test

import (
	"image"
	"image/color"
	"math"
	"math/rand/v2"
	"testing"
	"testing/synctest"
	"time"

	"deskhand/apps/internal/capture"
	"deskhand/apps/internal/roomtest"
	"deskhand/apps/internal/share"
	"deskhand/apps/internal/watch"
	"deskhand/protocol/frame"
	"deskhand/protocol/pixel"
	"deskhand/protocol/seal"
)

// show is a customer with any displays and any number of reps who watch, in a bubble with its own clock.
type show struct {
	t        *testing.T
	relay    *roomtest.Relay
	customer *roomtest.Room
	share    *share.Share
	fake     *capture.Fake
	displays []frame.Display
	epochs   uint32
	epoch    seal.Epoch
	watchers []*watcher
	earlier  uint64
	random   *rand.Rand
}

// watcher is a rep; they are numbered from 2 on.
type watcher struct {
	number uint32
	room   *roomtest.Room
	watch  *watch.Watch
	stop   func() error
	ended  <-chan error
}

// present runs a test with displays and reps.
func present(t *testing.T, displays []frame.Display, reps int, play func(*show)) {
	synctest.Test(t, func(t *testing.T) {
		s := &show{
			t: t, relay: roomtest.NewRelay(t), fake: capture.NewFake(nil, displays...), displays: displays,
			random: rand.New(rand.NewPCG(7, 8)),
		}
		s.customer = s.relay.Join(t, 1)
		s.share = share.New(func() (capture.Source, error) { return s.fake, nil }, nil, nil)
		for range reps {
			s.enter()
		}
		s.customer.Set(true, false)
		roomtest.Run(t, s.share, s.customer)
		synctest.Wait()
		play(s)
	})
}

// enter lets another rep in, with a new epoch for all.
func (s *show) enter() *watcher {
	number := uint32(len(s.watchers) + 2)
	w := &watcher{number: number, room: s.relay.Join(s.t, number), watch: watch.New(nil)}
	s.watchers = append(s.watchers, w)
	s.rekey()
	w.room.Set(true, false)
	s.run(w)
	return w
}

func (s *show) run(w *watcher) { w.stop, w.ended = roomtest.Run(s.t, w.watch, w.room) }

func (s *show) rekey() {
	s.epochs++
	var rep seal.Epoch
	s.epoch, rep = roomtest.Admit(s.t, s.epochs, s.watchers[0].number, s.epochs)
	s.customer.SetEpoch(s.epoch)
	s.watchers[0].room.SetEpoch(rep)
	for _, w := range s.watchers[1:] {
		w.room.SetEpoch(roomtest.AdmitTo(s.t, s.epoch, w.number, s.epochs))
	}
}

// arrange changes the displays.
func (s *show) arrange(displays ...frame.Display) {
	s.displays = displays
	s.fake.Arrange(displays...)
}

// draw paints on the display at a place in the list.
func (s *show) draw(index int, r image.Rectangle, paint func(x, y int) color.RGBA) {
	s.fake.Draw(index, r, func(img *image.RGBA) {
		r := r.Intersect(img.Rect)
		for y := r.Min.Y; y < r.Max.Y; y++ {
			for x := r.Min.X; x < r.Max.X; x++ {
				img.SetRGBA(x, y, paint(x, y))
			}
		}
	})
}

// doodle draws something like text, a flat area or noise somewhere.
func (s *show) doodle(times int) {
	for range times {
		i := s.random.IntN(len(s.displays))
		d := s.displays[i]
		x, y := s.random.IntN(d.W), s.random.IntN(d.H)
		r := image.Rect(x, y, x+1+s.random.IntN(120), y+1+s.random.IntN(80))
		kind, ink := s.random.IntN(3), color.RGBA{byte(s.random.Uint32()), byte(s.random.Uint32()), byte(s.random.Uint32()), 255}
		s.draw(i, r, func(x, y int) color.RGBA {
			switch {
			case kind == 0 || kind == 1 && (x*y)%3 == 0:
				return ink
			case kind == 1:
				return color.RGBA{255, 255, 255, 255}
			}
			return color.RGBA{byte(s.random.Uint32()), byte(s.random.Uint32()), byte(x), 255}
		})
	}
}

// rest lets photos become exact, and slow viewers catch up.
func (s *show) rest() {
	time.Sleep(20 * time.Second)
	synctest.Wait()
}

// exact fails unless every rep sees exactly what the displays show.
func (s *show) exact() {
	s.t.Helper()
	for _, w := range s.watchers {
		for i, d := range s.displays {
			s.fake.Draw(i, image.Rectangle{}, func(img *image.RGBA) {
				want := pixel.FromRGBA(img)
				found := w.watch.Picture().Peek(d.ID, func(got pixel.Image) {
					if !pixel.Equal(got, want) {
						s.t.Errorf("rep %d sees display %d (%dx%d) differ", w.number, d.ID, d.W, d.H)
					}
				})
				if !found {
					s.t.Errorf("rep %d does not see display %d", w.number, d.ID)
				}
			})
		}
	}
}

// ratio is how far what a rep sees of a part of a display is from what it shows, as a peak ratio in decibels.
func (s *show) ratio(w *watcher, r image.Rectangle) (db float64) {
	s.t.Helper()
	s.fake.Draw(0, image.Rectangle{}, func(img *image.RGBA) {
		want := pixel.FromRGBA(img).Sub(r)
		w.watch.Picture().Peek(s.displays[0].ID, func(got pixel.Image) {
			got = got.Sub(r)
			sum := 0.0
			for y := range r.Dy() {
				a, b := got.Row(y), want.Row(y)
				for x := range a {
					if x%pixel.Bytes != 3 {
						d := float64(a[x]) - float64(b[x])
						sum += d * d
					}
				}
			}
			db = 10 * math.Log10(255*255/(sum/float64(3*r.Dx()*r.Dy())+1e-9))
		})
	})
	return db
}

// film is a picture that moves, with grain of its own in each frame, so that it is not taken for scrolling.
func film(number int) func(x, y int) color.RGBA {
	return func(x, y int) color.RGBA {
		x += 3 * number
		h := uint32(x*7919+y*104729+number*15485863) * 2654435761
		grain := float64(h>>28) - 8
		v := func(f float64) byte { return byte(128 + 90*math.Sin(f) + grain) }
		return color.RGBA{v(float64(x) / 40), v(float64(y)/31 + 1), v(float64(x+y)/53 + 2), 255}
	}
}

// page is a long page of text with a photo in it; top is how far it is scrolled.
func page(top int) func(x, y int) color.RGBA {
	photo := film(0)
	return func(x, y int) color.RGBA {
		y += top
		if y%400 > 200 && x > 40 && x < 340 {
			return photo(x, y)
		}
		if h := uint32((x/2)*31+(y/3)*977) * 2654435761; y%14 < 9 && h>>30 == 0 {
			return color.RGBA{20, 20, 20, 255}
		}
		return color.RGBA{250, 250, 250, 255}
	}
}
