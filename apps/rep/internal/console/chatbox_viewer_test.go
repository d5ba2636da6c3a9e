package console

import (
	"image"
	"testing"
	"time"

	"deskhand/apps/rep/internal/attend"
)

// TestThumbnailInTheChatBox follows when the customer's picture is asked for and shown.
func TestThumbnailInTheChatBox(t *testing.T) {
	r := newRig(t)
	asked, number := 0, uint64(1)
	r.cfg.Thumbnail = func(_ *attend.Attended, most image.Point, seen uint64) (image.Image, uint64) {
		if most.X <= 0 || most.Y <= 0 {
			t.Errorf("no place: %v", most)
		}
		if number == seen {
			return nil, seen
		}
		asked++
		return image.NewRGBA(image.Rect(0, 0, 16, 10)), number
	}
	r.open(r.snapshot())
	a, s := r.hall.add(active("482113907"))
	r.ShowSession(a)
	b, other := r.chat, active("771020356")
	check := func(what string, shown bool, want int) {
		t.Helper()
		if b.preview.Visible() != shown || asked != want {
			t.Errorf("%s: shown %v, made %d times, want %d", what, b.preview.Visible(), asked, want)
		}
	}
	check("nothing is shared", false, 0)
	s.snap.Sharing = true
	r.ShowSession(a)
	check("the screen is shared", true, 1)
	number++
	r.ShowSession(a)
	check("news within a second", true, 1)
	r.now = r.now.Add(time.Second)
	r.Tick()
	check("a second later", true, 2)
	r.now = r.now.Add(time.Second)
	r.Tick()
	check("nothing has changed", true, 2)
	b.onFold()
	number++
	r.now = r.now.Add(time.Second)
	r.Tick()
	check("without room", true, 2)
	b.onFold()
	r.hall.add(other)
	b.choose(other.ID)
	check("another customer, who shares nothing", false, 2)
	b.choose(a.ID)
	check("back", true, 3)
	s.snap.Sharing = false
	r.ShowSession(a)
	check("no longer shared", false, 3)
}
