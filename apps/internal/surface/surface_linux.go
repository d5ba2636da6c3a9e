package surface

import (
	"encoding/binary"
	"errors"
	"fmt"
	"image"
	"sync"
	"sync/atomic"
	"time"

	"github.com/jezek/xgb/shape"
	"github.com/jezek/xgb/shm"
	"github.com/jezek/xgb/xproto"

	"deskhand/apps/internal/x11"
)

// patience is how long the server may take to read what was presented.
const patience = 2 * time.Second

// Surface is an X11 window inside the parent, on a connection of its own. Its input shape is empty, so that the server
// looks for the pointer as if it were not there: the parent gets all events and is never told that the pointer left.
type Surface struct {
	conn    *x11.Conn
	window  xproto.Window
	gc      xproto.Gcontext
	depth   byte
	read    chan struct{} // capacity 1: the server has read what was presented
	gone    chan struct{} // closed when the window has been destroyed
	once    sync.Once
	timer   *time.Timer
	segment *segment
	waiting bool // for read
	events  *events

	size, at image.Point
	shown    bool
}

func open(c Config) (*Surface, error) {
	s := &Surface{read: make(chan struct{}, 1), gone: make(chan struct{}), timer: time.NewTimer(0)}
	s.events = &events{surface: s, exposed: c.Exposed}
	var err error
	if s.conn, err = x11.Open("", s.events.handle); err != nil {
		return nil, fmt.Errorf("surface: %w", err)
	}
	if err = s.make(xproto.Window(c.Parent)); err != nil {
		s.conn.Close()
		return nil, fmt.Errorf("surface: %w", err)
	}
	return s, nil
}

// make makes the window in the parent.
func (s *Surface) make(parent xproto.Window) error {
	if !s.conn.Local {
		return errors.New("the display is on another machine")
	}
	shared, err := s.conn.Use("MIT-SHM")
	if err != nil {
		return err
	}
	if s.depth, err = s.format(parent); err != nil {
		return err
	}
	if s.window, err = xproto.NewWindowId(s.conn.Conn); err != nil {
		return err
	}
	s.events.know(shared.FirstEvent+shm.Completion, s.window)
	const mask = xproto.EventMaskExposure | xproto.EventMaskStructureNotify
	err = xproto.CreateWindowChecked(s.conn.Conn, 0, s.window, parent, 0, 0, 1, 1, 0, xproto.WindowClassInputOutput, 0,
		xproto.CwBackPixmap|xproto.CwBitGravity|xproto.CwEventMask,
		[]uint32{xproto.BackPixmapNone, xproto.GravityNorthWest, mask}).Check()
	if err != nil {
		return fmt.Errorf("window: %w", err)
	}
	if err := s.letThrough(); err != nil {
		return err
	}
	if s.gc, err = xproto.NewGcontextId(s.conn.Conn); err != nil {
		return err
	}
	return xproto.CreateGCChecked(s.conn.Conn, s.gc, xproto.Drawable(s.window), xproto.GcGraphicsExposures, []uint32{0}).Check()
}

// letThrough makes the input shape empty.
func (s *Surface) letThrough() error {
	if _, err := s.conn.Use("SHAPE"); err != nil {
		return err
	}
	v, err := shape.QueryVersion(s.conn.Conn).Reply()
	if err != nil {
		return fmt.Errorf("SHAPE: %w", err)
	}
	if v.MajorVersion < 1 || v.MajorVersion == 1 && v.MinorVersion < 1 {
		return errors.New("SHAPE knows no input shapes")
	}
	return shape.RectanglesChecked(s.conn.Conn, shape.SoSet, shape.SkInput, 0, s.window, 0, 0, nil).Check()
}

// format makes sure that the parent's pixels are blue, green, red and one more byte, and gives their depth.
func (s *Surface) format(parent xproto.Window) (depth byte, err error) {
	g, err := xproto.GetGeometry(s.conn.Conn, xproto.Drawable(parent)).Reply()
	if err != nil {
		return 0, fmt.Errorf("parent: %w", err)
	}
	a, err := xproto.GetWindowAttributes(s.conn.Conn, parent).Reply()
	if err != nil {
		return 0, fmt.Errorf("parent: %w", err)
	}
	setup := xproto.Setup(s.conn.Conn)
	ok := false
	for _, f := range setup.PixmapFormats {
		ok = ok || f.Depth == g.Depth && f.BitsPerPixel == 8*pixelBytes
	}
	if !ok || setup.ImageByteOrder != xproto.ImageOrderLSBFirst {
		return 0, errors.New("pixels have another layout")
	}
	for _, d := range s.conn.Screen.AllowedDepths {
		for _, v := range d.Visuals {
			if v.VisualId == a.Visual && v.RedMask == 0xff0000 && v.GreenMask == 0xff00 && v.BlueMask == 0xff {
				return g.Depth, nil
			}
		}
	}
	return 0, errors.New("colours have another layout")
}

// events takes the server's events on the connection's reading goroutine.
type events struct {
	surface *Surface
	exposed func()

	// covering is set while all pixels are on their way. Whatever the server says of lost pixels until it has read those
	// is of no interest: events keep the order in which things happened.
	covering atomic.Bool

	mu         sync.Mutex
	completion byte
	window     xproto.Window
}

func (e *events) know(completion byte, window xproto.Window) {
	e.mu.Lock()
	defer e.mu.Unlock()
	e.completion, e.window = completion, window
}

func (e *events) handle(event []byte) {
	e.mu.Lock()
	completion, window := e.completion, e.window
	e.mu.Unlock()
	if window == 0 {
		return
	}
	switch event[0] & 0x7f {
	case completion:
		e.covering.Store(false)
		select {
		case e.surface.read <- struct{}{}:
		default:
		}
	case xproto.Expose:
		if e.exposed != nil && !e.covering.Load() && binary.LittleEndian.Uint16(event[16:]) == 0 { // the last of a series
			e.exposed()
		}
	case xproto.DestroyNotify:
		if xproto.Window(binary.LittleEndian.Uint32(event[8:])) == window {
			e.surface.once.Do(func() { close(e.surface.gone) })
		}
	}
}

// Buffer gives memory that the server reads, see viewer.Surface.
func (s *Surface) Buffer(size image.Point) (pix []byte, stride int, err error) {
	if !fits(size) {
		return nil, 0, errSize
	}
	if err := s.wait(); err != nil {
		return nil, 0, err
	}
	need := pixelBytes * size.X * size.Y
	if s.segment == nil || len(s.segment.mem) < need {
		if s.segment != nil {
			s.segment.free(s.conn)
			s.segment = nil
		}
		if s.segment, err = newSegment(s.conn, capacity(need), s.depth); err != nil {
			return nil, 0, fmt.Errorf("surface: %w", err)
		}
	}
	if s.size != size {
		s.size, s.shown = size, false
	}
	return s.segment.mem[:need], pixelBytes * size.X, nil
}

// wait waits until the server has read what was presented.
func (s *Surface) wait() error {
	if !s.waiting {
		return s.alive()
	}
	select {
	case <-s.read:
		s.waiting = false
		return nil
	default:
	}
	s.timer.Reset(patience)
	defer s.timer.Stop()
	select {
	case <-s.read:
		s.waiting = false
		return nil
	case <-s.gone:
	case <-s.conn.Done():
	case <-s.timer.C:
	}
	return ErrGone
}

func (s *Surface) alive() error {
	select {
	case <-s.gone:
		return ErrGone
	case <-s.conn.Done():
		return ErrGone
	default:
		return nil
	}
}

// Present sends the place, if that has changed, and the pixels in one go, so that nothing else is ever seen there.
func (s *Surface) Present(at image.Point, dirty []image.Rectangle) error {
	if s.segment == nil || s.waiting {
		return errSize
	}
	all := image.Rectangle{Max: s.size}
	if !s.shown || s.at != at {
		s.events.covering.Store(true)
		const mask = xproto.ConfigWindowX | xproto.ConfigWindowY | xproto.ConfigWindowWidth | xproto.ConfigWindowHeight
		xproto.ConfigureWindow(s.conn.Conn, s.window, mask,
			[]uint32{uint32(int32(at.X)), uint32(int32(at.Y)), uint32(s.size.X), uint32(s.size.Y)})
		xproto.MapWindow(s.conn.Conn, s.window)
		s.shown, s.at = true, at
	}
	last := -1
	for i, r := range dirty {
		if !r.Intersect(all).Empty() {
			last = i
		}
	}
	for i, r := range dirty {
		if r = r.Intersect(all); !r.Empty() {
			s.put(r, i == last)
		}
	}
	s.waiting = last >= 0
	return s.alive()
}

func (s *Surface) put(r image.Rectangle, tell bool) {
	event := byte(0)
	if tell {
		event = 1
	}
	shm.PutImage(s.conn.Conn, xproto.Drawable(s.window), s.gc, uint16(s.size.X), uint16(s.size.Y),
		uint16(r.Min.X), uint16(r.Min.Y), uint16(r.Dx()), uint16(r.Dy()), int16(r.Min.X), int16(r.Min.Y),
		s.depth, xproto.ImageFormatZPixmap, event, s.segment.id, 0)
}

// Hide takes the window off the screen; what it showed stays there until the parent is painted.
func (s *Surface) Hide() error {
	if s.shown {
		s.shown = false
		xproto.UnmapWindow(s.conn.Conn, s.window)
	}
	return s.alive()
}

// Close takes the window away and lets go of connection and memory.
func (s *Surface) Close() {
	s.conn.Close() // the server destroys the window and lets go of the memory with it
	s.timer.Stop()
	if s.segment != nil {
		s.segment.detach()
		s.segment = nil
	}
}
