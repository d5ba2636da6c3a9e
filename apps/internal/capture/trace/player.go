package trace

import (
	"context"
	"errors"
	"image"
	"io"
	"slices"
	"sync"
	"time"

	"deskhand/apps/internal/capture"
	"deskhand/protocol/fault"
	"deskhand/protocol/frame"
)

// Config says how to play. The zero value plays as fast as frames are asked for, once.
type Config struct {
	// Speed is how fast time goes by: 1 as when it was recorded. 0 and less waits for nothing.
	Speed float64
	// Rest makes the screen rest at the end; otherwise Next is io.EOF then.
	Rest bool
	// Clock stamps frames, time.Now when nil.
	Clock func() time.Time
}

// Player is a capture.Source that plays a trace. When it plays at a speed, frames whose time has passed merge into one, as
// changes of a screen do. Displays knows them only once the first frame has come.
type Player struct {
	cfg    Config
	in     io.ReadCloser
	want   chan struct{} // capacity 1: the next frame is to be read
	got    chan error    // capacity 1: it has been
	closed chan struct{}
	once   sync.Once
	ended  sync.WaitGroup

	asked bool // want has been signalled and got not been taken
	over  bool

	// Used by the goroutine between want and got, by Next otherwise.
	reader *Reader
	frame  capture.Frame
	begun  time.Time

	mu       sync.Mutex
	displays []frame.Display
}

// NewPlayer begins to play and owns in from now on, also when it fails.
func NewPlayer(in io.ReadCloser, cfg Config) (*Player, error) {
	if cfg.Clock == nil {
		cfg.Clock = time.Now
	}
	r, err := NewReader(in)
	if err != nil {
		in.Close()
		return nil, err
	}
	p := &Player{
		cfg: cfg, in: in, reader: r,
		want: make(chan struct{}, 1), got: make(chan error, 1), closed: make(chan struct{}),
	}
	p.ended.Go(p.run)
	return p, nil
}

// run reads a frame whenever one is wanted, as reading may block longer than Next may.
func (p *Player) run() {
	defer p.reader.Close()
	for {
		select {
		case <-p.closed:
			return
		case <-p.want:
			p.got <- p.load()
		}
	}
}

// load reads the next frame when its time has come, and what has become due meanwhile.
func (p *Player) load() error {
	if p.cfg.Speed <= 0 {
		return p.reader.Next(&p.frame)
	}
	rest, err := p.rest()
	if err != nil {
		return err
	}
	timer := time.NewTimer(rest)
	defer timer.Stop()
	select {
	case <-p.closed:
		return errClosed()
	case <-timer.C:
	}
	if err := p.reader.Next(&p.frame); err != nil {
		return err
	}
	for {
		// The end, too, is told when it is its turn.
		if rest, err := p.rest(); err != nil || rest > 0 {
			return nil
		}
		before := p.frame
		before.Dirty = slices.Clone(before.Dirty)
		for i := range before.Dirty {
			before.Dirty[i] = slices.Clone(before.Dirty[i])
		}
		if err := p.reader.Next(&p.frame); err != nil {
			return err
		}
		merge(&p.frame, &before)
	}
}

// rest is how long the next frame is to wait.
func (p *Player) rest() (time.Duration, error) {
	at, err := p.reader.due()
	if p.begun.IsZero() {
		p.begun = time.Now()
	}
	return time.Until(p.begun.Add(time.Duration(float64(at.Sub(time.Unix(0, 0))) / p.cfg.Speed))), err
}

// maxMerged is how many rectangles of a display a merged frame has at most.
const maxMerged = 256

// merge makes f describe what changed in the frame before it as well.
func merge(f, before *capture.Frame) {
	f.PointerMoved = f.PointerMoved || before.PointerMoved
	f.CursorChanged = f.CursorChanged || before.CursorChanged
	if f.Relayout {
		return
	}
	f.Relayout = before.Relayout
	f.Dirty = slices.Clone(f.Dirty)
	for i := range f.Dirty {
		all := append(before.Dirty[i], f.Dirty[i]...)
		if len(all) > maxMerged {
			var around image.Rectangle
			for _, r := range all {
				around = around.Union(r)
			}
			all = []image.Rectangle{around}
		}
		f.Dirty[i] = all
	}
}

// Displays implements capture.Source.
func (p *Player) Displays() ([]frame.Display, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	return slices.Clone(p.displays), nil
}

// Next implements capture.Source.
func (p *Player) Next(ctx context.Context, f *capture.Frame) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	if p.over {
		return p.end(ctx)
	}
	if !p.asked { // or else an earlier call was cancelled
		p.asked = true
		p.want <- struct{}{}
	}
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-p.closed:
		return errClosed()
	case err := <-p.got:
		p.asked = false
		if errors.Is(err, io.EOF) {
			p.over = true
			return p.end(ctx)
		}
		if err != nil {
			return fault.New(fault.ScreenUnavailable, err)
		}
	}
	p.mu.Lock()
	p.displays = p.frame.Displays
	p.mu.Unlock()
	*f = p.frame
	f.CapturedAt = p.cfg.Clock()
	return nil
}

func (p *Player) end(ctx context.Context) error {
	if !p.cfg.Rest {
		return io.EOF
	}
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-p.closed:
		return errClosed()
	}
}

func errClosed() error { return fault.New(fault.ScreenUnavailable, errors.New("trace: closed")) }

// Close implements capture.Source.
func (p *Player) Close() error {
	p.once.Do(func() {
		close(p.closed)
		_ = p.in.Close() // so that reading ends
		p.ended.Wait()
	})
	return nil
}
