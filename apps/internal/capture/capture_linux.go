package capture

import (
	"context"
	"errors"
	"fmt"
	"image"
	"os"
	"sync"
	"time"

	"github.com/jezek/xgb/damage"
	"github.com/jezek/xgb/randr"
	"github.com/jezek/xgb/xproto"

	"deskhand/apps/internal/x11"
	"deskhand/protocol/fault"
	"deskhand/protocol/frame"
	"deskhand/protocol/pixel"
)

var errClosed = errors.New("capture: closed")

// source is an X display. The reader of its connection sets flags and signals wake; Next does everything else.
type source struct {
	cfg    Config
	conn   *x11.Conn
	damage damage.Damage
	wake   chan struct{} // capacity 1: signals merge
	closed chan struct{}
	once   sync.Once

	events events

	shared   *segment          // nil when memory cannot be shared
	scratch  int               // where in it the parts of images are read to, behind the images
	rects    []image.Rectangle // used again by each Next, as readings
	readings []reading
	last     time.Time // of the last frame
	state    state
}

// state is what Next describes and belongs to it.
type state struct {
	displays []frame.Display
	images   []pixel.Image // with shared memory, parts of it
	dirty    [][]image.Rectangle
	pointer  Pointer
	cursor   Cursor
	begun    bool
}

func open(cfg Config) (Source, error) {
	s, err := openX11(cfg)
	if err == nil {
		return s, nil
	}
	if cfg.Display == "" && os.Getenv("DISPLAY") == "" && os.Getenv("WAYLAND_DISPLAY") != "" {
		err = errors.New("capture: a Wayland desktop without X")
	}
	return nil, fault.New(fault.ScreenUnavailable, err)
}

func openX11(cfg Config) (*source, error) {
	s := &source{cfg: cfg, wake: make(chan struct{}, 1), closed: make(chan struct{})}
	conn, err := x11.Open(cfg.Display, s.event)
	if err != nil {
		return nil, err
	}
	s.conn = conn
	if err := s.prepare(); err != nil {
		s.Close()
		return nil, err
	}
	return s, nil
}

func (s *source) prepare() error {
	if err := checkFormat(s.conn); err != nil {
		return err
	}
	if err := s.useExtensions(); err != nil {
		return err
	}
	displays, err := s.conn.Displays()
	if err != nil {
		return err
	}
	if s.conn.Nested(displays) {
		return errors.New("capture: a Wayland desktop shows its windows to no X program")
	}
	root := xproto.Drawable(s.conn.Screen.Root)
	if s.damage, err = damage.NewDamageId(s.conn.Conn); err != nil {
		return err
	}
	// Each place is told once, when it first changes after Subtract: what is drawn over and over costs no events.
	if err := damage.CreateChecked(s.conn.Conn, s.damage, root, damage.ReportLevelDeltaRectangles).Check(); err != nil {
		return fmt.Errorf("capture: damage: %w", err)
	}
	return nil
}

func (s *source) useExtensions() error {
	if err := s.watchCursor(); err != nil {
		return err
	}
	dmg, err := s.conn.Use("DAMAGE")
	if err != nil {
		return err
	}
	if _, err := damage.QueryVersion(s.conn.Conn, 1, 1).Reply(); err != nil {
		return fmt.Errorf("capture: DAMAGE: %w", err)
	}
	s.events.watch(kindDamage, dmg.FirstEvent+damage.Notify)
	// Without the following two, displays never change and the pointer is seen to move only when pixels do.
	if ext, err := s.conn.UseDisplays(); err == nil {
		s.events.watch(kindLayout, ext.FirstEvent+randr.ScreenChangeNotify, ext.FirstEvent+randr.Notify, xproto.ConfigureNotify)
	}
	if err := s.watchPointer(); err != nil && !errors.Is(err, x11.ErrMissing) {
		return err
	}
	return nil
}

// checkFormat refuses what is not as package pixel has it.
func checkFormat(c *x11.Conn) error {
	setup := xproto.Setup(c.Conn)
	bits := byte(0)
	for _, f := range setup.PixmapFormats {
		if f.Depth == c.Screen.RootDepth {
			bits = f.BitsPerPixel
		}
	}
	var visual xproto.VisualInfo
	for _, d := range c.Screen.AllowedDepths {
		for _, v := range d.Visuals {
			if v.VisualId == c.Screen.RootVisual {
				visual = v
			}
		}
	}
	if bits != 8*pixel.Bytes || setup.ImageByteOrder != xproto.ImageOrderLSBFirst ||
		visual.RedMask != 0xff0000 || visual.GreenMask != 0xff00 || visual.BlueMask != 0xff {
		return fmt.Errorf("capture: a screen of %d bits with %d bits a pixel", c.Screen.RootDepth, bits)
	}
	return nil
}

// Displays implements Source.
func (s *source) Displays() ([]frame.Display, error) {
	d, err := s.conn.Displays()
	if err != nil {
		return nil, fault.New(fault.ScreenUnavailable, err)
	}
	return d, nil
}

// Next implements Source.
func (s *source) Next(ctx context.Context, f *Frame) error {
	for {
		if err := s.wait(ctx); err != nil {
			return err
		}
		changed, err := s.grab(f)
		if err != nil {
			return fault.New(fault.ScreenUnavailable, err)
		}
		if changed {
			return nil
		}
	}
}

// wait returns when something has happened and the last frame is long enough ago.
func (s *source) wait(ctx context.Context) error {
	if !s.state.begun {
		return ctx.Err()
	}
	if err := s.sleep(ctx, s.wake, nil); err != nil {
		return err
	}
	rest := s.cfg.Interval - s.cfg.Clock().Sub(s.last)
	if rest <= 0 {
		return ctx.Err()
	}
	timer := time.NewTimer(min(rest, s.cfg.Interval)) // a clock may have been set back
	defer timer.Stop()
	return s.sleep(ctx, nil, timer.C)
}

// sleep waits for one of two signals, or for the end.
func (s *source) sleep(ctx context.Context, wake <-chan struct{}, timer <-chan time.Time) error {
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-s.closed:
		return fault.New(fault.ScreenUnavailable, errClosed)
	case <-s.conn.Done():
		return fault.New(fault.ScreenUnavailable, errors.New("capture: the X server has gone"))
	case <-wake:
	case <-timer:
	}
	return nil
}

// Close implements Source.
func (s *source) Close() error {
	s.once.Do(func() {
		close(s.closed)
		s.conn.Close() // replies that Next waits for fail now
	})
	return nil
}
