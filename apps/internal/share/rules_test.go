package share_test

import (
	"errors"
	"fmt"
	"image"
	"image/color"
	"image/draw"
	"testing"
	"testing/synctest"
	"time"

	"google.golang.org/protobuf/proto"

	"deskhand/apps/internal/capture"
	"deskhand/apps/internal/roomtest"
	"deskhand/apps/internal/share"
	"deskhand/protocol/fault"
	"deskhand/protocol/frame"
	"deskhand/protocol/pb"
	"deskhand/protocol/pixel"
)

func TestIdleSendsNothing(t *testing.T) {
	perform(t, nil, func(s *scene) {
		s.set(true)
		synctest.Wait()
		s.scribble(20)
		s.same()
		packets, bytes := s.relay.Packets.Load(), s.relay.Bytes.Load()
		time.Sleep(24 * time.Hour)
		// Drawn over with the same: damage without a change.
		s.fake.Draw(0, s.screens[0].Rect, func(*image.RGBA) {})
		time.Sleep(time.Hour)
		if p, b := s.relay.Packets.Load(), s.relay.Bytes.Load(); p != packets || b != bytes {
			t.Errorf("an idle screen sent %d packets, %d bytes", p-packets, b-bytes)
		}
		if stats := s.share.Stats(); stats.Packets != uint64(packets) || stats.Bytes != uint64(bytes) {
			t.Errorf("counted %+v, the relay saw %d packets, %d bytes", stats, packets, bytes)
		}
	})
}

func TestOnlyWhatChanged(t *testing.T) {
	perform(t, nil, func(s *scene) {
		s.set(true)
		synctest.Wait()
		before := s.share.Stats()
		s.fake.Draw(0, image.Rect(70, 70, 72, 72), func(img *image.RGBA) { img.SetRGBA(71, 71, color.RGBA{1, 2, 3, 255}) })
		synctest.Wait()
		now := s.share.Stats()
		if now.Steps != before.Steps+1 || now.Bytes-before.Bytes > 60 {
			t.Errorf("a dot cost %d steps, %d bytes", now.Steps-before.Steps, now.Bytes-before.Bytes)
		}
	})
}

func TestPointer(t *testing.T) {
	perform(t, nil, func(s *scene) {
		s.set(true)
		synctest.Wait()
		steps := s.share.Stats().Steps
		s.fake.Point(capture.Pointer{Display: 3, X: 12, Y: 34, Visible: true})
		synctest.Wait()
		if c := s.watch.Picture().Pointer(); c.Display != 3 || c.X != 12 || c.Y != 34 || !c.Visible {
			t.Errorf("pointer %+v", c)
		}
		if s.share.Stats().Steps != steps {
			t.Error("a moving pointer cost steps")
		}
	})
}

// TestWhatComesBackIsRecalled opens and closes a menu.
func TestWhatComesBackIsRecalled(t *testing.T) {
	perform(t, nil, func(s *scene) {
		s.set(true)
		synctest.Wait()
		s.scribble(60)
		s.same()
		under := image.Rect(20, 10, 220, 190)
		before := image.NewRGBA(s.screens[0].Rect)
		copy(before.Pix, s.screens[0].Pix)
		paint := func(from image.Image) func(*image.RGBA) {
			return func(img *image.RGBA) { draw.Draw(img, under, from, under.Min, draw.Src) }
		}
		menu := image.NewUniform(color.RGBA{220, 220, 220, 255})
		paint(menu)(s.screens[0])
		s.fake.Draw(0, under, paint(menu))
		s.same()
		recalls, bytes := s.watch.Stats().Recalls, s.share.Stats().Bytes
		paint(before)(s.screens[0])
		s.fake.Draw(0, under, paint(before))
		s.same()
		if n := s.watch.Stats().Recalls - recalls; n < 4 {
			t.Errorf("%d squares came back", n)
		}
		if n := s.share.Stats().Bytes - bytes; n > 6000 {
			t.Errorf("closing a menu cost %d bytes", n)
		}
	})
}

// TestStopMeansStop holds acknowledgements back, so that there is always something due, and then stops.
func TestStopMeansStop(t *testing.T) {
	release := make(chan struct{}, 1000)
	perform(t, func(r *roomtest.Relay) {
		r.HoldAcks = make(chan struct{}, 1000)
		release = r.HoldAcks
	}, func(s *scene) {
		s.set(true)
		synctest.Wait()
		s.scribble(100)
		time.Sleep(time.Minute)
		synctest.Wait()
		packets := s.relay.Packets.Load()
		if sent := s.relay.Bytes.Load(); packets < 1 || sent > 150<<10 {
			t.Fatalf("%d packets, %d bytes without an acknowledgement", packets, sent)
		}
		s.set(false)
		for range 100 {
			release <- struct{}{}
		}
		s.scribble(100)
		synctest.Wait()
		time.Sleep(time.Minute)
		if n := s.relay.Packets.Load() - packets; n != 0 {
			t.Errorf("%d packets after sharing had stopped", n)
		}
		if s.opened != 1 || s.closed != 1 {
			t.Errorf("the screen was opened %d times and closed %d times", s.opened, s.closed)
		}
		if s.watch.Picture().Peek(0, func(pixel.Image) {}) || len(s.watch.Picture().Layout().Displays) > 0 {
			t.Error("the picture is still seen")
		}
		select {
		case err := <-s.shareEnded:
			t.Errorf("stopping is no failure: %v", err)
		default:
		}
	})
}

// TestNothingWithoutKey shares before there is anybody to share with.
func TestNothingWithoutKey(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		relay := roomtest.NewRelay(t)
		room := relay.Join(t, 1)
		room.Set(true, true)
		roomtest.Run(t, share.New(func() (capture.Source, error) {
			t.Error("the screen was opened")
			return nil, errors.New("no")
		}, nil, nil), room)
		time.Sleep(time.Hour)
		if n := relay.Packets.Load(); n != 0 {
			t.Errorf("%d packets", n)
		}
	})
}

func TestScreenUnavailable(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		relay := roomtest.NewRelay(t)
		room := relay.Join(t, 1)
		customer, _ := roomtest.Admit(t, 1, 2, 1)
		room.SetEpoch(customer)
		room.Set(true, false)
		_, ended := roomtest.Run(t, share.New(func() (capture.Source, error) {
			return nil, fault.New(fault.ScreenUnavailable, errors.New("none"))
		}, nil, nil), room)
		if err := <-ended; !fault.Is(err, fault.ScreenUnavailable) {
			t.Errorf("Run = %v", err)
		}
	})
}

// TestBrokenSeals changes what the relay forwards. The lane closes and the picture does not change.
func TestBrokenSeals(t *testing.T) {
	var first []byte
	for _, tt := range []struct {
		name   string
		tamper func(*pb.ScreenUnit)
	}{
		{"changed", func(u *pb.ScreenUnit) { u.Sealed[len(u.Sealed)-1] ^= 1 }},
		{"another slot", func(u *pb.ScreenUnit) { u.Slot ^= 1 }},
		{"seen before", func(u *pb.ScreenUnit) { u.Sealed = first }},
		{"not sealed", func(u *pb.ScreenUnit) {
			u.Sealed = frame.AppendForget(frame.AppendStep(nil, frame.Step{Number: 1}))
		}},
		{"empty", func(u *pb.ScreenUnit) { u.Sealed = nil }},
		{"of a later epoch", func(u *pb.ScreenUnit) { u.Sealed = append([]byte{0xa0, 9, 0, 0x11}, u.Sealed...) }},
	} {
		t.Run(tt.name, func(t *testing.T) {
			bad := false
			perform(t, func(r *roomtest.Relay) {
				first = nil
				r.OnView = func(u *pb.ScreenUnit) {
					if first == nil {
						first = append(first, u.Sealed...)
					}
					if bad {
						tt.tamper(u)
					}
				}
			}, func(s *scene) {
				s.set(true)
				synctest.Wait()
				s.scribble(10)
				s.same()
				bad = true
				s.fake.Draw(0, image.Rect(0, 0, 10, 10), func(img *image.RGBA) { img.SetRGBA(1, 1, color.RGBA{9, 9, 9, 255}) })
				if err := <-s.watchEnded; !fault.Is(err, fault.SealBroken) {
					t.Errorf("Run = %v", err)
				}
				s.same() // as it was: the dot is not in s.screens
			})
		})
	}
}

// TestAnOldPictureAgain: a relay that gives a new lane the packets of a picture that has passed is found out, though each
// of them is authentic.
func TestAnOldPictureAgain(t *testing.T) {
	var old []*pb.ScreenPacket
	replay := false
	perform(t, func(r *roomtest.Relay) {
		r.OnPass = func(_ uint32, p *pb.ScreenPacket) {
			switch {
			case !replay:
				old = append(old, proto.CloneOf(p))
			case len(old) > 0:
				p.Generation, p.Units, old = old[0].Generation, old[0].Units, old[1:]
			}
		}
	}, func(s *scene) {
		s.set(true)
		synctest.Wait()
		s.scribble(10)
		s.same()
		first := len(old)
		s.relay.Refresh()
		s.scribble(10)
		s.same()
		_ = s.stopWatch()
		old, replay = old[:first], true
		s.runWatch()
		synctest.Wait()
		select {
		case err := <-s.watchEnded:
			if !fault.Is(err, fault.SealBroken) {
				t.Errorf("Run = %v", err)
			}
		default:
			t.Error("the rep sees what the screen showed before")
		}
	})
}

func ExampleStats() {
	s := share.New(nil, nil, nil)
	fmt.Println(s.Stats())
	// Output: {0 0 0}
}
