package share_test

import (
	"image"
	"image/color"
	"image/draw"
	"math/rand/v2"
	"testing"
	"testing/synctest"
	"time"

	"deskhand/apps/internal/capture"
	"deskhand/apps/internal/roomtest"
	"deskhand/apps/internal/share"
	"deskhand/apps/internal/watch"
	"deskhand/protocol/fault"
	"deskhand/protocol/frame"
	"deskhand/protocol/pb"
	"deskhand/protocol/pixel"
)

// scene is a customer who shares two displays and a rep who watches, with a relay in between.
type scene struct {
	t        *testing.T
	relay    *roomtest.Relay
	customer *roomtest.Room
	rep      *roomtest.Room
	fake     *capture.Fake // of the last time sharing began
	share    *share.Share
	watch    *watch.Watch
	random   *rand.Rand
	screens  []*image.RGBA // what fake shows
	opened   int
	closed   int

	stopShare, stopWatch   func() error
	shareEnded, watchEnded <-chan error
}

// counted tells when a source is closed.
type counted struct {
	*capture.Fake
	s *scene
}

func (c counted) Close() error { c.s.closed++; return c.Fake.Close() }

var displays = []frame.Display{
	{ID: 0, W: 300, H: 200, Primary: true, Name: "one"},
	{ID: 3, X: 300, Y: -20, W: 129, H: 64},
}

// perform runs a test in a bubble with its own clock: what waits costs nothing, and "nothing more happens" can be seen.
func perform(t *testing.T, prepare func(*roomtest.Relay), play func(*scene)) {
	synctest.Test(t, func(t *testing.T) {
		s := &scene{t: t, relay: roomtest.NewRelay(t), random: rand.New(rand.NewPCG(5, 6))}
		if prepare != nil {
			prepare(s.relay)
		}
		s.customer, s.rep = s.relay.Join(t, 1), s.relay.Join(t, 2)
		s.epoch(1)
		s.share = share.New(s.open, nil, nil)
		s.watch = watch.New(nil)
		s.runShare()
		s.runWatch()
		synctest.Wait()
		play(s)
	})
}

func (s *scene) open() (capture.Source, error) {
	s.opened++
	s.fake = capture.NewFake(nil, displays...)
	s.screens = nil
	for _, d := range displays {
		s.screens = append(s.screens, image.NewRGBA(image.Rect(0, 0, d.W, d.H)))
		draw.Draw(s.screens[len(s.screens)-1], image.Rect(0, 0, d.W, d.H), image.Black, image.Point{}, draw.Src)
	}
	return counted{s.fake, s}, nil
}

func (s *scene) runShare() { s.stopShare, s.shareEnded = roomtest.Run(s.t, s.share, s.customer) }
func (s *scene) runWatch() { s.stopWatch, s.watchEnded = roomtest.Run(s.t, s.watch, s.rep) }

func (s *scene) epoch(number uint32) {
	customer, rep := roomtest.Admit(s.t, number, 2, number)
	s.customer.SetEpoch(customer)
	s.rep.SetEpoch(rep)
}

func (s *scene) set(sharing bool) {
	s.customer.Set(sharing, false)
	s.rep.Set(sharing, false)
}

// scribble draws something with sharp edges and many colours.
func (s *scene) scribble(times int) {
	for range times {
		i := s.random.IntN(len(displays))
		b := s.screens[i].Rect
		x, y := s.random.IntN(b.Dx()), s.random.IntN(b.Dy())
		r := image.Rect(x, y, x+1+s.random.IntN(90), y+1+s.random.IntN(60)).Intersect(b)
		kind, seed := s.random.IntN(3), s.random.Uint64()
		paint := func(img *image.RGBA) {
			noise := rand.New(rand.NewPCG(seed, 1))
			one := color.RGBA{uint8(seed), uint8(seed >> 8), uint8(seed >> 16), 255}
			for y := r.Min.Y; y < r.Max.Y; y++ {
				for x := r.Min.X; x < r.Max.X; x++ {
					switch {
					case kind == 0, kind == 1 && (x*y)%3 == 0:
						img.SetRGBA(x, y, one)
					case kind == 2:
						img.SetRGBA(x, y, color.RGBA{uint8(noise.Uint32()), uint8(noise.Uint32()), uint8(x), 255})
					}
				}
			}
		}
		paint(s.screens[i])
		s.fake.Draw(i, r, paint)
	}
}

// same fails unless the rep sees exactly what the customer's screen shows.
func (s *scene) same() {
	s.t.Helper()
	time.Sleep(10 * time.Second) // photos become exact
	synctest.Wait()
	for i, d := range displays {
		found := s.watch.Picture().Peek(d.ID, func(got pixel.Image) {
			if !pixel.Equal(got, pixel.FromRGBA(s.screens[i])) {
				s.t.Errorf("display %d differs", d.ID)
			}
		})
		if !found {
			s.t.Errorf("display %d is not seen", d.ID)
		}
	}
}

func TestExact(t *testing.T) {
	for _, tt := range []struct {
		name    string
		prepare func(*roomtest.Relay)
		play    func(*scene)
	}{
		{"one frame", nil, func(s *scene) { s.scribble(5) }},
		{"many frames", nil, func(s *scene) {
			for range 60 {
				s.scribble(4)
				time.Sleep(5 * time.Millisecond)
			}
		}},
		{"a burst", nil, func(s *scene) { s.scribble(300) }},
		{"slow reader", func(r *roomtest.Relay) {
			r.OnView = func(*pb.ScreenUnit) { time.Sleep(10 * time.Millisecond) }
		}, func(s *scene) {
			for range 100 {
				s.scribble(3)
				time.Sleep(time.Millisecond)
			}
			time.Sleep(time.Minute)
		}},
		{"slow relay", func(r *roomtest.Relay) {
			r.OnPacket = func(*pb.ScreenPacket) bool { time.Sleep(200 * time.Millisecond); return true }
		}, func(s *scene) {
			for range 100 {
				s.scribble(3)
				time.Sleep(time.Millisecond)
			}
			time.Sleep(time.Minute)
		}},
		{"other displays", nil, func(s *scene) {
			s.scribble(20)
			s.fake.Arrange(displays[0])
			synctest.Wait()
			if n := len(s.watch.Picture().Layout().Displays); n != 1 {
				s.t.Errorf("%d displays seen, want 1", n)
			}
			s.fake.Arrange(displays...)
			for _, img := range s.screens {
				draw.Draw(img, img.Rect, image.Black, image.Point{}, draw.Src)
			}
			s.scribble(20)
		}},
		{"refresh", nil, func(s *scene) {
			for range 20 {
				s.scribble(3)
				s.relay.Refresh()
				time.Sleep(time.Millisecond)
			}
		}},
		{"new epochs", nil, func(s *scene) {
			for n := uint32(2); n < 12; n++ {
				s.scribble(3)
				s.epoch(n)
				s.scribble(3)
				time.Sleep(time.Millisecond)
			}
		}},
		{"epoch late for the rep", nil, func(s *scene) {
			customer, rep := roomtest.Admit(s.t, 2, 2, 2)
			s.customer.SetEpoch(customer)
			s.scribble(3)
			time.Sleep(3 * time.Second)
			s.rep.SetEpoch(rep)
		}},
		{"epoch late for the customer", nil, func(s *scene) {
			customer, rep := roomtest.Admit(s.t, 2, 2, 2)
			s.rep.SetEpoch(rep)
			s.scribble(3)
			time.Sleep(3 * time.Second)
			s.customer.SetEpoch(customer)
		}},
		{"stop and go", nil, func(s *scene) {
			for range 5 {
				s.scribble(3)
				s.set(false)
				synctest.Wait()
				s.set(true)
				synctest.Wait()
			}
			s.scribble(10)
		}},
		{"rep comes again", nil, func(s *scene) {
			s.scribble(30)
			_ = s.stopWatch()
			s.scribble(30)
			s.runWatch()
		}},
		{"customer comes again", nil, func(s *scene) {
			s.scribble(30)
			_ = s.stopShare()
			s.runShare()
			synctest.Wait()
			s.scribble(30)
		}},
		{"lost connection", nil, func(s *scene) {
			for range 3 {
				s.scribble(30)
				s.relay.Cut()
				for _, ended := range []<-chan error{s.shareEnded, s.watchEnded} {
					if err := <-ended; !fault.Is(err, fault.CannotConnect) {
						s.t.Errorf("Run = %v", err)
					}
				}
				s.runShare()
				s.runWatch()
				synctest.Wait()
				s.scribble(30)
			}
		}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			perform(t, tt.prepare, func(s *scene) {
				s.set(true)
				synctest.Wait()
				tt.play(s)
				s.same()
			})
		})
	}
}
