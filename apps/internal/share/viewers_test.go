package share_test

import (
	"image"
	"image/color"
	"testing"
	"testing/synctest"
	"time"

	"deskhand/protocol/frame"
	"deskhand/protocol/pb"
)

var desk = []frame.Display{{ID: 0, W: 700, H: 500, Primary: true, Name: "desk"}}

// TestSlowViewerBesideAFastOne: the fast one shows every step at once while the slow one gets keys, and both end exact.
func TestSlowViewerBesideAFastOne(t *testing.T) {
	for _, tt := range []struct {
		name     string
		rate     int           // of the slow viewer's path, bytes a second
		delay    time.Duration // of each packet on it
		maxSteps int
		keys     bool // it cannot but fall out of step
		play     func(*show, int)
	}{
		{"a thin path", 20_000, 0, 0, true, func(s *show, _ int) { s.doodle(4) }},
		{"a long way", 1 << 30, 700 * time.Millisecond, 0, false, func(s *show, _ int) { s.doodle(4) }},
		{"few steps kept", 30_000, 50 * time.Millisecond, 8, true, func(s *show, _ int) { s.doodle(1) }},
		{"scrolling", 30_000, 0, 0, false, func(s *show, n int) { s.draw(0, image.Rect(0, 0, 700, 500), page(5*n)) }},
		{"a film", 30_000, 0, 0, true, func(s *show, n int) { s.draw(0, image.Rect(100, 60, 420, 300), film(n)) }},
	} {
		t.Run(tt.name, func(t *testing.T) {
			present(t, desk, 2, func(s *show) {
				fast, slow := s.watchers[0], s.watchers[1]
				s.rest()
				keys := [4]int{}
				s.relay.MaxSteps = tt.maxSteps
				s.relay.OnPass = func(viewer uint32, p *pb.ScreenPacket) {
					if p.GetKeys() && p.GetComplete() {
						keys[viewer]++ // each lane has a place of its own
					}
					if viewer != slow.number {
						return
					}
					bytes := 0
					for _, u := range p.GetUnits() {
						bytes += len(u.GetSealed())
					}
					time.Sleep(tt.delay + time.Duration(bytes)*time.Second/time.Duration(tt.rate))
				}
				worst := uint64(0)
				for n := range 120 {
					tt.play(s, n)
					time.Sleep(50 * time.Millisecond)
					synctest.Wait()
					shown, _ := fast.watch.Picture().Newest()
					if sent := s.share.Stats().Steps; n > 0 && shown < sent {
						worst = max(worst, sent-shown-s.before(fast))
					}
				}
				s.rest()
				s.rest()
				s.exact()
				if keys[fast.number] > 0 || (keys[slow.number] == 0) == tt.keys {
					t.Errorf("%d sets of keys for the fast viewer, %d for the slow one", keys[fast.number], keys[slow.number])
				}
				if worst > 0 {
					t.Errorf("the fast viewer was %d steps behind", worst)
				}
				t.Logf("%d sets of keys for the slow viewer, %d steps", keys[slow.number], s.share.Stats().Steps)
			})
		})
	}
}

// before is how many steps were sent in generations before this one: the numbers begin anew with each.
func (s *show) before(w *watcher) uint64 {
	if s.earlier == 0 {
		shown, _ := w.watch.Picture().Newest()
		s.earlier = s.share.Stats().Steps - shown + 1
	}
	return s.earlier - 1
}

// TestLateJoin lets reps in, or back in, while the screen is at rest.
func TestLateJoin(t *testing.T) {
	for _, tt := range []struct {
		name string
		play func(*show)
	}{
		{"another rep", func(s *show) { s.enter() }},
		{"another rep, then the first one leaves", func(s *show) { s.enter(); s.rest(); _ = s.watchers[0].stop(); s.run(s.watchers[0]) }},
		{"the same one again", func(s *show) { _ = s.watchers[0].stop(); s.rest(); s.run(s.watchers[0]) }},
		{"again and again", func(s *show) {
			for range 5 {
				_ = s.watchers[0].stop()
				s.run(s.watchers[0])
			}
		}},
		{"changes while nobody watched", func(s *show) {
			_ = s.watchers[0].stop()
			s.doodle(200)
			s.rest()
			s.run(s.watchers[0])
		}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			present(t, desk, 1, func(s *show) {
				s.doodle(100)
				s.rest()
				tt.play(s)
				s.rest()
				s.exact()
			})
		})
	}
}

// TestFilm plays a moving picture beside text.
func TestFilm(t *testing.T) {
	for _, tt := range []struct {
		name  string
		deaf  uint32
		reps  int
		films bool
	}{
		{"one rep", 0, 1, true},
		{"two reps", 0, 2, true},
		{"a rep that decodes none", 2, 1, false},
		{"two reps of which one decodes none", 3, 2, false},
	} {
		t.Run(tt.name, func(t *testing.T) {
			present(t, desk, 0, func(s *show) {
				s.relay.WithoutVideo = tt.deaf
				for range tt.reps {
					s.enter()
				}
				s.draw(0, image.Rect(0, 0, 700, 500), page(0))
				s.rest()
				part := image.Rect(133, 61, 133+320, 61+239)
				for n := range 40 {
					s.draw(0, part, film(n))
					time.Sleep(40 * time.Millisecond)
					synctest.Wait()
					for _, w := range s.watchers {
						if db := s.ratio(w, part); n > 10 && db < 24 {
							t.Errorf("picture %d is shown to rep %d with %.1f dB", n, w.number, db)
						}
					}
				}
				for _, w := range s.watchers {
					stats := w.watch.Stats()
					if (stats.Films > 12) != tt.films || (stats.Photos > 12) == tt.films {
						t.Errorf("rep %d got %d frames of films, %d photos", w.number, stats.Films, stats.Photos)
					}
				}
				s.rest()
				s.exact()
			})
		})
	}
}

// TestScrollWithPhotos scrolls a page with photos in it, past a menu that stands still.
func TestScrollWithPhotos(t *testing.T) {
	present(t, desk, 1, func(s *show) {
		s.draw(0, image.Rect(0, 0, 700, 40), func(int, int) color.RGBA { return color.RGBA{200, 200, 220, 255} })
		for n := range 60 {
			s.draw(0, image.Rect(0, 40, 690, 490), page(7*n))
			time.Sleep(33 * time.Millisecond)
		}
		s.rest()
		s.exact()
		if stats := s.watchers[0].watch.Stats(); stats.Copies < 20 {
			t.Errorf("only %d parts were moved", stats.Copies)
		}
	})
}

// TestRecallAfterAll opens and closes a menu, and lets what viewers remember be forgotten in between.
func TestRecallAfterAll(t *testing.T) {
	under := image.Rect(64, 64, 64+256, 64+192)
	menu := func(int, int) color.RGBA { return color.RGBA{220, 220, 220, 255} }
	for _, tt := range []struct {
		name string
		play func(*show)
	}{
		{"nothing", func(*show) {}},
		{"keys", func(s *show) { s.relay.Keys() }},
		{"a new generation", func(s *show) { s.relay.Refresh() }},
		{"a new epoch", func(s *show) { s.rekey() }},
		{"another rep", func(s *show) { s.enter() }},
		{"other displays", func(s *show) {
			s.arrange(frame.Display{ID: 0, W: 333, H: 444})
			s.rest()
			s.arrange(desk...)
			s.draw(0, image.Rect(0, 0, 700, 500), page(0))
		}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			present(t, desk, 1, func(s *show) {
				s.draw(0, image.Rect(0, 0, 700, 500), page(0))
				s.rest()
				for range 3 {
					s.draw(0, under, menu)
					s.rest()
					tt.play(s)
					s.rest()
					s.exact()
					s.draw(0, under, page(0))
					s.rest()
					s.exact()
				}
				// Nothing was forgotten since it was last there.
				recalls := s.watchers[0].watch.Stats().Recalls
				s.draw(0, under, menu)
				s.rest()
				s.draw(0, under, page(0))
				s.rest()
				s.exact()
				if n := s.watchers[0].watch.Stats().Recalls - recalls; n < 8 {
					t.Errorf("%d squares came back", n)
				}
			})
		})
	}
}
