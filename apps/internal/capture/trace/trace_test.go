package trace_test

import (
	"bytes"
	"context"
	"errors"
	"image"
	"image/color"
	"image/draw"
	"io"
	"math/rand/v2"
	"os"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"deskhand/apps/internal/capture"
	"deskhand/apps/internal/capture/capturetest"
	"deskhand/apps/internal/capture/trace"
	"deskhand/protocol/frame"
	"deskhand/protocol/pixel"
)

// TestPlayerConforms records what a fake shows and plays it while it is being recorded.
func TestPlayerConforms(t *testing.T) {
	capturetest.Conform(t, func(t *testing.T) capturetest.Screen {
		f := capture.NewFake(nil, frame.Display{W: 200, H: 150, Primary: true, Name: "one"}, frame.Display{ID: 1, X: -7, W: 5, H: 9})
		in, out := io.Pipe()
		ctx, cancel := context.WithCancel(t.Context())
		var recording sync.WaitGroup
		start := sync.OnceFunc(func() { recording.Go(func() { _ = trace.Record(ctx, f, out) }) })
		t.Cleanup(func() {
			cancel()
			in.Close()
			recording.Wait()
		})
		p := &late{in: in, start: start}
		t.Cleanup(func() { _ = p.Close() })
		return capturetest.Screen{
			Source: p,
			Fill: func(r image.Rectangle, c color.RGBA) {
				f.Draw(0, r, func(img *image.RGBA) { draw.Draw(img, r, image.NewUniform(c), image.Point{}, draw.Src) })
			},
			Point: func(x, y int) { f.Point(capture.Pointer{X: x, Y: y, Visible: true}) },
			Shape: func(w, h int, hot image.Point, c color.RGBA) {
				m := pixel.New(w, h)
				m.Fill(c.R, c.G, c.B)
				f.Shape(m, hot)
			},
		}
	})
}

// late is a player that opens its trace when the first frame is wanted, so that what is drawn before is in it.
type late struct {
	in    io.ReadCloser
	start func()
	once  sync.Once
	*trace.Player
	err error
}

func (l *late) Next(ctx context.Context, f *capture.Frame) error {
	l.once.Do(func() {
		l.start()
		l.Player, l.err = trace.NewPlayer(l.in, trace.Config{Rest: true})
	})
	if l.err != nil {
		return l.err
	}
	return l.Player.Next(ctx, f)
}

func (l *late) Close() error {
	if l.Player == nil {
		return nil
	}
	return l.Player.Close()
}

// script is a trace of random changes, and what is to be seen at its end.
func script(t testing.TB, frames int) (file []byte, last pixel.Image) {
	t.Helper()
	var out bytes.Buffer
	w, err := trace.NewWriter(&out)
	if err != nil {
		t.Fatal(err)
	}
	rnd := rand.New(rand.NewPCG(3, 9))
	img := pixel.New(173, 131)
	f := capture.Frame{
		Displays: []frame.Display{{W: img.W, H: img.H, Primary: true, Name: "whole"}}, Images: []pixel.Image{img},
		Dirty: [][]image.Rectangle{{img.Bounds()}}, Relayout: true,
	}
	for i := range frames {
		f.CapturedAt = time.Unix(50, 0).Add(time.Duration(i) * 10 * time.Millisecond)
		if err := w.Write(&f); err != nil {
			t.Fatal(err)
		}
		at := image.Pt(rnd.IntN(img.W), rnd.IntN(img.H))
		r := image.Rectangle{at, at.Add(image.Pt(1+rnd.IntN(90), 1+rnd.IntN(70)))}.Intersect(img.Bounds())
		img.Sub(r).Fill(byte(i), byte(rnd.Uint32()), byte(rnd.Uint32()))
		for y := 0; i%2 == 0 && y < r.Dy(); y++ { // noise
			for x := range img.Sub(r).Row(y) {
				img.Sub(r).Row(y)[x] = byte(rnd.Uint32())
			}
		}
		f.Dirty[0], f.Relayout = []image.Rectangle{r.Inset(-1).Intersect(img.Bounds())}, false
		f.Pointer, f.PointerMoved = capture.Pointer{X: i, Y: 2, Visible: true}, i%3 == 0
	}
	f.CapturedAt = f.CapturedAt.Add(10 * time.Millisecond)
	if err := errors.Join(w.Write(&f), w.Close()); err != nil {
		t.Fatal(err)
	}
	return out.Bytes(), img
}

func TestReaderGivesWhatWasWritten(t *testing.T) {
	file, want := script(t, 60)
	r, err := trace.NewReader(bytes.NewReader(file))
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	shown := pixel.New(want.W, want.H)
	var f capture.Frame
	count := 0
	for ; ; count++ {
		err := r.Next(&f)
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			t.Fatal(err)
		}
		if at := time.Unix(0, 0).Add(time.Duration(count) * 10 * time.Millisecond); !f.CapturedAt.Equal(at) {
			t.Fatalf("frame %d at %v, want %v", count, f.CapturedAt, at)
		}
		for _, d := range f.Dirty[0] {
			pixel.Copy(shown, d.Min.X, d.Min.Y, f.Images[0].Sub(d))
		}
		if !pixel.Equal(shown, f.Images[0]) {
			t.Fatalf("frame %d has changes that are not dirty", count)
		}
	}
	if count != 61 || !pixel.Equal(shown, want) {
		t.Errorf("%d frames, the last as written: %v", count, pixel.Equal(shown, want))
	}
	if err := r.Next(&f); !errors.Is(err, io.EOF) {
		t.Errorf("after the end: %v", err)
	}
}

// TestPlayerMergesWhatIsLate asks for frames at a speed at which all are due at once.
func TestPlayerMergesWhatIsLate(t *testing.T) {
	file, want := script(t, 60)
	p, err := trace.NewPlayer(io.NopCloser(bytes.NewReader(file)), trace.Config{Speed: 1e9})
	if err != nil {
		t.Fatal(err)
	}
	defer p.Close()
	shown := pixel.New(want.W, want.H)
	var f capture.Frame
	frames := 0
	for err = p.Next(t.Context(), &f); err == nil; err = p.Next(t.Context(), &f) {
		frames++
		for _, d := range f.Dirty[0] {
			pixel.Copy(shown, d.Min.X, d.Min.Y, f.Images[0].Sub(d))
		}
	}
	if !errors.Is(err, io.EOF) || frames > 10 || !pixel.Equal(shown, want) {
		t.Errorf("%d frames, the last as written: %v; %v", frames, pixel.Equal(shown, want), err)
	}
}

func TestPlayerTakesItsTime(t *testing.T) {
	file, _ := script(t, 30)
	p, err := trace.NewPlayer(io.NopCloser(bytes.NewReader(file)), trace.Config{Speed: 2})
	if err != nil {
		t.Fatal(err)
	}
	defer p.Close()
	begin := time.Now()
	var f capture.Frame
	for err == nil {
		err = p.Next(t.Context(), &f)
	}
	if took := time.Since(begin); !errors.Is(err, io.EOF) || took < 145*time.Millisecond {
		t.Errorf("300 ms at double speed took %v: %v", took, err)
	}
}

// play reads all frames and counts them.
func play(file []byte) (int, error) {
	r, err := trace.NewReader(bytes.NewReader(file))
	if err != nil {
		return 0, err
	}
	defer r.Close()
	var f capture.Frame
	for n := 0; ; n++ {
		if err := r.Next(&f); err != nil {
			return n, err
		}
	}
}

func TestDamagedTraces(t *testing.T) {
	file, _ := script(t, 5)
	for _, tt := range []struct {
		name string
		file []byte
	}{
		{"nothing", nil},
		{"something else", []byte("GIF89a and so on, it is a picture")},
		{"cut off", file[:len(file)-20]},
		{"no stream", file[:20]},
	} {
		t.Run(tt.name, func(t *testing.T) {
			if n, err := play(tt.file); err == nil || errors.Is(err, io.EOF) {
				t.Errorf("%d frames and %v", n, err)
			}
		})
	}
}

func FuzzReader(f *testing.F) {
	file, _ := script(f, 3)
	f.Add(file)
	f.Fuzz(func(t *testing.T, b []byte) {
		if n, err := play(b); err == nil {
			t.Errorf("%d frames without an end", n)
		}
	})
}

// TestRecordedDesktops plays what is in testdata.
func TestRecordedDesktops(t *testing.T) {
	files, err := filepath.Glob("testdata/*.trace")
	if err != nil || len(files) < 7 {
		t.Fatalf("%d traces, %v", len(files), err)
	}
	total := 0
	for _, path := range files {
		t.Run(filepath.Base(path), func(t *testing.T) {
			file, err := os.ReadFile(path)
			if err != nil {
				t.Fatal(err)
			}
			total += len(file)
			r, err := trace.NewReader(bytes.NewReader(file))
			if err != nil {
				t.Fatal(err)
			}
			defer r.Close()
			var f capture.Frame
			frames, changed := 0, 0
			for err = r.Next(&f); err == nil; err = r.Next(&f) {
				frames++
				for _, d := range f.Dirty[0] {
					changed += d.Dx() * d.Dy()
				}
			}
			took := f.CapturedAt.Sub(time.Unix(0, 0))
			if !errors.Is(err, io.EOF) || frames < 20 || took < time.Second || f.Images[0].W != 1280 || f.Images[0].H != 720 {
				t.Errorf("%d frames in %v of %dx%d: %v", frames, took, f.Images[0].W, f.Images[0].H, err)
			}
			if changed <= 1280*720 || f.Cursor.Serial == 0 {
				t.Errorf("%d pixels changed, cursor %d", changed, f.Cursor.Serial)
			}
		})
	}
	if total > 12e6 {
		t.Errorf("the traces take %d bytes", total)
	}
}

// BenchmarkReader is what replaying costs by itself, to be taken off what a benchmark that replays says.
func BenchmarkReader(b *testing.B) {
	file, err := os.ReadFile("testdata/browser.trace")
	if err != nil {
		b.Fatal(err)
	}
	b.ReportAllocs()
	for b.Loop() {
		if _, err := play(file); !errors.Is(err, io.EOF) {
			b.Fatal(err)
		}
	}
}
