package share

import (
	"context"
	"image"
	"math/rand/v2"
	"testing"
	"time"

	"deskhand/apps/internal/capture"
	"deskhand/apps/internal/roomtest"
	"deskhand/apps/internal/watch"
	"deskhand/protocol/frame"
	"deskhand/protocol/pb"
	"deskhand/protocol/pixel"
	"deskhand/protocol/seal"
)

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

// busy gives a pump with a screen of which paint changes something each time step is called.
func busy(t testing.TB, w, h int, paint func(pixel.Image, *rand.Rand)) (p *pump, step func()) {
	img := pixel.New(w, h)
	noise := rand.New(rand.NewPCG(1, 2))
	f := &capture.Frame{
		Displays: []frame.Display{{W: w, H: h}}, Images: []pixel.Image{img}, Dirty: [][]image.Rectangle{{img.Bounds()}},
		Relayout: true, CapturedAt: time.Unix(7, 0),
	}
	back := newInbox(time.Now)
	p = newPump(New(nil, nil, nil), fixedRoom(t), nowhere{}, back, newLook())
	return p, func() {
		paint(img, noise)
		p.asked = false
		if err := p.take(f); err != nil {
			t.Fatal(err)
		}
		f.Relayout = false
		for more := true; more; more = p.due() {
			if err := p.work(); err != nil {
				t.Fatal(err)
			}
			p.pace.Acked(p.out.packed.GetNumber(), time.Now())
		}
	}
}

// scrawl writes something like text somewhere.
func scrawl(m pixel.Image, noise *rand.Rand) {
	x, y := noise.IntN(m.W-100), noise.IntN(m.H-20)
	for i := range 12 {
		m.Sub(image.Rect(x+8*i, y+i%3, x+8*i+1+noise.IntN(6), y+14)).Fill(0, 0, byte(noise.IntN(4)))
	}
}

func TestSendingAllocatesNothing(t *testing.T) {
	_, step := busy(t, 640, 480, scrawl)
	for range 200 {
		step()
	}
	if n := testing.AllocsPerRun(200, step); n > 0 {
		t.Errorf("%v allocations an update", n)
	}
}

// TestUnitsFitTheRelay shows content that neither looks like a photo nor compresses: noise of twice the size.
func TestUnitsFitTheRelay(t *testing.T) {
	out := &screening{t: t, drawer: watch.NewDrawer(), opener: seal.NewOpener(roomtest.SessionID, seal.LaneScreen)}
	defer out.drawer.Close()
	customer, rep := roomtest.Admit(t, 1, 2, 1)
	out.opener.Add(rep)
	room := fixedRoom(t)
	room.SetEpoch(customer)
	p := newPump(New(nil, nil, nil), room, out, newInbox(time.Now), newLook())
	defer p.pen.close()
	noise := rand.New(rand.NewPCG(1, 2))
	m := pixel.New(1920, 1080)
	for y := range m.H {
		row := m.Row(y)
		if y%2 == 1 {
			copy(row, m.Row(y-1))
			continue
		}
		for x := 0; x < len(row); x += 8 {
			v := noise.Uint32()
			row[x], row[x+1], row[x+2] = byte(v), byte(v>>8), byte(v>>16)
			copy(row[x+4:], row[x:x+4])
		}
	}
	err := p.take(&capture.Frame{
		Displays: []frame.Display{{W: m.W, H: m.H}}, Images: []pixel.Image{m}, Dirty: [][]image.Rectangle{{m.Bounds()}},
		Relayout: true, CapturedAt: time.Unix(7, 0),
	})
	for more := true; more && err == nil; more = p.due() {
		err = p.work()
		p.pace.Acked(p.out.packed.GetNumber(), time.Now())
	}
	if err != nil {
		t.Fatal(err)
	}
	if out.largest > 1<<20 {
		t.Errorf("a unit of %d bytes", out.largest)
	}
	out.drawer.Picture().Peek(0, func(got pixel.Image) {
		if !pixel.Equal(got, m) {
			t.Error("another picture came")
		}
	})
}

func BenchmarkFullScreen(b *testing.B) {
	_, step := busy(b, 1920, 1080, func(m pixel.Image, noise *rand.Rand) {
		for i := 0; i < len(m.Pix); i += 4 {
			m.Pix[i] = byte(noise.Uint32()) & 0x1f
		}
	})
	for b.Loop() {
		step()
	}
}

func TestGuardEndsWithContext(t *testing.T) {
	ctx, cancel := context.WithCancelCause(t.Context())
	cancel(errStopped)
	guard(ctx, fixedRoom(t), newInbox(time.Now), cancel)
}
