package share

import (
	"encoding/binary"
	"errors"
	"io"
	"math"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"deskhand/apps/internal/capture"
	"deskhand/apps/internal/capture/trace"
	"deskhand/apps/internal/roomtest"
	"deskhand/apps/internal/watch"
	"deskhand/protocol/pb"
	"deskhand/protocol/pixel"
	"deskhand/protocol/seal"
)

// BenchmarkReplay sends the recorded desktops over a path that is never full, as fast as it can, and tells what a frame
// costs on one core and on the wire. What comes to rest is not made exact in between: time does not pass.
func BenchmarkReplay(b *testing.B) {
	for _, file := range traces(b) {
		frames := read(b, file)
		b.Run(strings.TrimSuffix(filepath.Base(file), ".trace"), func(b *testing.B) { replay(b, frames) })
	}
}

// read loads a trace; each frame has pictures of its own.
func read(t testing.TB, file string) (frames []capture.Frame) {
	t.Helper()
	f, err := os.Open(file)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	r, err := trace.NewReader(f)
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	for {
		var f capture.Frame
		if err := r.Next(&f); errors.Is(err, io.EOF) {
			return frames
		} else if err != nil {
			t.Fatal(err)
		}
		f.Images, f.Dirty = append([]pixel.Image(nil), f.Images...), copied(f.Dirty)
		for i, m := range f.Images {
			f.Images[i] = pixel.New(m.W, m.H)
			pixel.Copy(f.Images[i], 0, 0, m)
		}
		frames = append(frames, f)
	}
}

func copied[T any](lists [][]T) (all [][]T) {
	for _, l := range lists {
		all = append(all, append([]T(nil), l...))
	}
	return all
}

func replay(b *testing.B, frames []capture.Frame) {
	var sum tally
	for b.Loop() {
		play(b, frames, &sum)
	}
	sum.report(b)
}

// TestReplayedDesktopsBecomeExact plays the recorded desktops once and lets them rest.
func TestReplayedDesktopsBecomeExact(t *testing.T) {
	for _, file := range traces(t) {
		t.Run(strings.TrimSuffix(filepath.Base(file), ".trace"), func(t *testing.T) {
			frames := read(t, file)
			last := frames[len(frames)-1]
			play(t, frames, &tally{}).Peek(last.Displays[0].ID, func(m pixel.Image) {
				if !pixel.Equal(m, last.Images[0]) {
					t.Error("the picture at rest is another one")
				}
			})
		})
	}
}

func traces(t testing.TB) []string {
	t.Helper()
	files, err := filepath.Glob("../capture/trace/testdata/*.trace")
	if err != nil || len(files) == 0 {
		t.Fatalf("no traces: %v", err)
	}
	return files
}

// play sends the frames over a path that is never full, draws what was sent, compares, and gives the picture after a rest.
func play(t testing.TB, frames []capture.Frame, sum *tally) *watch.Picture {
	now := time.Unix(1e9, 0)
	s := New(nil, func() time.Time { return now }, nil)
	out := &screening{t: t, drawer: watch.NewDrawer(), opener: seal.NewOpener(roomtest.SessionID, seal.LaneScreen)}
	defer out.drawer.Close()
	customer, rep := roomtest.Admit(t, 1, 2, 1)
	out.opener.Add(rep)
	room := roomtest.NewRelay(t).Join(t, 1)
	room.SetEpoch(customer)
	room.Set(true, false)
	p := newPump(s, room, out, newInbox(s.clock), newLook())
	defer p.pen.close()
	p.pen.decided([]pb.VideoCodec{pb.VideoCodec_VIDEO_VP8})
	work := func() {
		if err := p.work(); err != nil {
			t.Fatal(err)
		}
		now = now.Add(time.Millisecond)
		p.pace.Acked(p.out.packed.GetNumber(), now)
	}
	for i := range frames {
		now = time.Unix(1e9, 0).Add(frames[i].CapturedAt.Sub(frames[0].CapturedAt))
		out.took = 0
		start := time.Now()
		if err := p.take(&frames[i]); err != nil {
			t.Fatal(err)
		}
		for more := true; more; more = p.due() {
			work()
		}
		sum.add(time.Since(start)-out.took, out.took, i == 0)
		out.drawer.Picture().Peek(frames[i].Displays[0].ID, func(m pixel.Image) { sum.compare(m, frames[i].Images[0]) })
	}
	sum.bytes += s.Stats().Bytes
	for range 1000 {
		work()
	}
	return out.drawer.Picture()
}

// screening opens and draws what is sent.
type screening struct {
	lane
	t      testing.TB
	opener *seal.Opener
	drawer *watch.Drawer
	took   time.Duration // for opening and drawing

	largest int // bytes of a unit
}

func (s *screening) Send(up *pb.ScreenUp) error {
	start := time.Now()
	p := up.GetPacket()
	for _, u := range p.GetUnits() {
		s.largest = max(s.largest, len(u.GetSealed()))
		var data [8]byte
		binary.BigEndian.PutUint32(data[:], u.GetSlot())
		binary.BigEndian.PutUint32(data[4:], p.GetGeneration())
		plain, _, err := s.opener.Open(nil, u.GetSealed(), data[:])
		if err == nil {
			err = s.drawer.Draw(u.GetSlot(), p.GetGeneration(), plain)
		}
		if err != nil {
			s.t.Fatal(err)
		}
	}
	s.took += time.Since(start)
	return nil
}

// tally adds up what frames cost and how well they are shown.
type tally struct {
	frames, exact       int
	send, draw, slowest time.Duration
	bytes               uint64
	worst               float64 // dB of the frame that is shown worst
}

func (t *tally) add(send, draw time.Duration, first bool) {
	t.frames++
	t.send += send
	t.draw += draw
	if !first {
		t.slowest = max(t.slowest, send)
	}
}

// compare measures the peak signal to noise ratio over blue, green and red.
func (t *tally) compare(got, want pixel.Image) {
	if pixel.Equal(got, want) {
		t.exact++
		return
	}
	sum := 0.0
	for y := range want.H {
		a, b := got.Row(y), want.Row(y)
		for x := range a {
			if d := float64(a[x]) - float64(b[x]); x%pixel.Bytes != 3 {
				sum += d * d
			}
		}
	}
	dB := 10 * math.Log10(255*255*3*float64(want.W*want.H)/sum)
	if t.worst == 0 || dB < t.worst {
		t.worst = dB
	}
}

func (t *tally) report(b *testing.B) {
	n := float64(t.frames)
	b.ReportMetric(float64(t.send.Microseconds())/n/1e3, "send-ms/frame")
	b.ReportMetric(float64(t.slowest.Microseconds())/1e3, "send-ms-slowest")
	b.ReportMetric(float64(t.draw.Microseconds())/n/1e3, "draw-ms/frame")
	b.ReportMetric(float64(t.bytes)/n, "B/frame")
	b.ReportMetric(100*float64(t.exact)/n, "%exact")
	b.ReportMetric(t.worst, "dB-worst")
	b.ReportMetric(0, "ns/op")
}
