package share

import (
	"errors"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"deskhand/apps/internal/capture"
	"deskhand/apps/internal/capture/trace"
	"deskhand/protocol/pb"
	"deskhand/protocol/pixel"
)

// BenchmarkReplay sends the recorded desktops over a path that is never full, as fast as it can, and tells what a frame
// costs on one core and on the wire. What comes to rest is not made exact in between: time does not pass.
func BenchmarkReplay(b *testing.B) {
	files, err := filepath.Glob("../capture/trace/testdata/*.trace")
	if err != nil || len(files) == 0 {
		b.Fatalf("no traces: %v", err)
	}
	for _, file := range files {
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
	n, slowest := 0, time.Duration(0)
	bytes := uint64(0)
	for b.Loop() {
		now := time.Unix(1e9, 0)
		s := New(nil, func() time.Time { return now }, nil)
		p := newPump(s, fixedRoom(b), nowhere{}, newInbox(s.clock), newLook())
		p.pen.decided([]pb.VideoCodec{pb.VideoCodec_VIDEO_VP9})
		began := frames[0].CapturedAt
		for i := range frames {
			now = time.Unix(1e9, 0).Add(frames[i].CapturedAt.Sub(began))
			start := time.Now()
			if err := p.take(&frames[i]); err != nil {
				b.Fatal(err)
			}
			for more := true; more; more = p.due() {
				if err := p.work(); err != nil {
					b.Fatal(err)
				}
				now = now.Add(time.Millisecond)
				p.pace.Acked(p.out.packed.GetNumber(), now)
			}
			if i > 0 {
				slowest = max(slowest, time.Since(start))
			}
			n++
		}
		p.pen.close()
		bytes += s.Stats().Bytes
	}
	b.ReportMetric(float64(b.Elapsed().Microseconds())/float64(n)/1e3, "ms/frame")
	b.ReportMetric(float64(slowest.Microseconds())/1e3, "ms-slowest")
	b.ReportMetric(float64(bytes)/float64(n), "B/frame")
	b.ReportMetric(0, "ns/op")
}
