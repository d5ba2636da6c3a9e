package share

import (
	"context"
	"image"
	"image/color"
	"math/rand/v2"
	"testing"
	"time"

	"deskhand/apps/internal/capture"
	"deskhand/apps/internal/roomtest"
	"deskhand/protocol/frame"
	"deskhand/protocol/pb"
	"deskhand/protocol/pixel"
	"deskhand/protocol/tile"
)

func TestWindow(t *testing.T) {
	now := time.Unix(100, 0)
	w := newWindow(func() time.Time { return now })
	if n, open := w.budget(); !open || n != firstSize {
		t.Fatalf("budget = %d, %v", n, open)
	}
	first, second := w.leaving(60_000), w.leaving(60_000)
	if _, open := w.budget(); open {
		t.Error("a third packet may leave")
	}
	if w.acked(second + 1) {
		t.Error("a packet was acknowledged before it left")
	}
	now = now.Add(10 * time.Millisecond)
	if !w.acked(first) {
		t.Error("acknowledgement refused")
	}
	if n, open := w.budget(); !open || n <= firstSize {
		t.Errorf("a quick acknowledgement: budget = %d, %v", n, open)
	}
	now = now.Add(time.Second)
	for _, number := range []uint64{second, second, first} { // repeated and late ones do no harm
		if !w.acked(number) {
			t.Errorf("acknowledgement of %d refused", number)
		}
	}
	if n, _ := w.budget(); n >= firstSize*3/2 {
		t.Errorf("a slow acknowledgement: budget = %d", n)
	}
}

func TestWindowBounds(t *testing.T) {
	for _, tt := range []struct {
		name string
		took time.Duration
		want int
	}{
		{"always quick", 0, maxPacket},
		{"always slow", time.Second, minPacket},
	} {
		t.Run(tt.name, func(t *testing.T) {
			now := time.Unix(100, 0)
			w := newWindow(func() time.Time { return now })
			w.quickest = time.Millisecond
			for range 50 {
				n, open := w.budget()
				if !open || n > maxPacket || n < minPacket {
					t.Fatalf("budget = %d, %v", n, open)
				}
				number := w.leaving(n)
				now = now.Add(tt.took)
				w.acked(number)
			}
			if n, _ := w.budget(); n != tt.want {
				t.Errorf("budget = %d, want %d", n, tt.want)
			}
		})
	}
}

// shown is a captured frame of one display with a rectangle of one colour.
func shown(img *image.RGBA, r image.Rectangle, c color.RGBA, first bool) *capture.Frame {
	for y := r.Min.Y; y < r.Max.Y; y++ {
		for x := r.Min.X; x < r.Max.X; x++ {
			img.SetRGBA(x, y, c)
		}
	}
	return &capture.Frame{
		Displays: []frame.Display{{W: img.Rect.Dx(), H: img.Rect.Dy()}}, Images: []pixel.Image{pixel.FromRGBA(img)},
		Dirty: [][]image.Rectangle{{r}}, Relayout: first, CapturedAt: time.Unix(7, 0),
	}
}

func TestCanvasKeepsTheNewest(t *testing.T) {
	c := newCanvas()
	img := image.NewRGBA(image.Rect(0, 0, 200, 100))
	scratch := make([]byte, 4*tile.Size*tile.Size)
	c.put(shown(img, img.Rect, color.RGBA{1, 1, 1, 255}, true))
	if _, ok := c.next(scratch); ok {
		t.Error("a tile before its layout")
	}
	if displays, anew := c.begin(); !anew || len(displays) != 1 {
		t.Fatalf("begin = %v, %v", displays, anew)
	}
	count := 0
	for _, ok := c.next(scratch); ok; _, ok = c.next(scratch) {
		count++
	}
	if count != 8 {
		t.Fatalf("%d tiles cover 200x100 pixels", count)
	}
	for i := range 5 {
		c.put(shown(img, image.Rect(130, 70, 140, 80), color.RGBA{byte(10 + i), 0, 0, 255}, false))
	}
	p, ok := c.next(scratch)
	if !ok || p.slot != frame.SlotOf(0, 2, 1) || p.pixels.W != 64 || p.pixels.H != 36 || p.frame != 6 {
		t.Fatalf("next = %+v, %v", p, ok)
	}
	if got := p.pixels.Pix[6*p.pixels.Stride+2*4]; got != 14 {
		t.Errorf("the tile shows %d, want the newest, 14", got)
	}
	if _, again := c.next(scratch); again || c.replaced != 4 {
		t.Errorf("due once more: %v; replaced %d, want 4", again, c.replaced)
	}
}

// nowhere takes packets.
type nowhere struct{ lane }

func (nowhere) Send(*pb.ScreenUp) error { return nil }

// fixedRoom is a room in which nothing changes.
func fixedRoom(t testing.TB) *roomtest.Room {
	room := roomtest.NewRelay(t).Join(t, 1)
	customer, _ := roomtest.Admit(t, 1, 2, 1)
	room.SetEpoch(customer)
	room.Set(true, false)
	return room
}

// busy gives a sender with a screen on which everything changes each time step is called.
func busy(t testing.TB, w, h int) (out *sender, step func()) {
	img := image.NewRGBA(image.Rect(0, 0, w, h))
	noise := rand.New(rand.NewPCG(1, 2))
	f := shown(img, img.Rect, color.RGBA{A: 255}, true)
	out = &sender{share: New(nil, nil, nil), in: fixedRoom(t), lane: nowhere{}, canvas: newCanvas(), window: newWindow(time.Now)}
	return out, func() {
		for i := 0; i < len(img.Pix); i += 4 {
			img.Pix[i] = byte(noise.Uint32()) & 0x1f
		}
		out.canvas.put(f)
		f.Relayout = false
	}
}

func (s *sender) drain(t testing.TB) {
	for s.canvas.due() {
		if err := s.packet(maxPacket); err != nil {
			t.Fatal(err)
		}
		s.window.acked(s.window.sent)
	}
}

func TestSendingAllocatesNothing(t *testing.T) {
	out, step := busy(t, 640, 480)
	for range 3 {
		step()
		out.drain(t)
	}
	if n := testing.AllocsPerRun(20, func() {
		step()
		out.drain(t)
	}); n > 0 {
		t.Errorf("%v allocations a frame of 80 tiles", n)
	}
}

func BenchmarkFullScreen(b *testing.B) {
	out, step := busy(b, 1920, 1080)
	for b.Loop() {
		step()
		out.drain(b)
	}
}

func TestGuardEndsWithContext(t *testing.T) {
	ctx, cancel := context.WithCancelCause(t.Context())
	cancel(errStopped)
	guard(ctx, fixedRoom(t), newCanvas(), cancel)
}
