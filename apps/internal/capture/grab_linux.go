package capture

import (
	"fmt"
	"image"
	"slices"

	"github.com/jezek/xgb/damage"
	"github.com/jezek/xgb/xfixes"
	"github.com/jezek/xgb/xproto"
)

const (
	// maxRects is how many changed rectangles are fetched one by one; of more, the rectangle around all is fetched.
	maxRects = 64
)

// grab reads what has changed into the images and describes it; false when nothing has.
func (s *source) grab(f *Frame) (bool, error) {
	select {
	case <-s.closed:
		return false, errClosed
	default:
	}
	pending := s.events.take()
	st := &s.state
	relayout := !st.begun
	if pending&kindLayout != 0 || relayout {
		changed, err := s.arrange()
		if err != nil {
			return false, err
		}
		relayout = relayout || changed
	}
	for i := range st.dirty {
		st.dirty[i] = st.dirty[i][:0]
	}
	pointer := xproto.QueryPointer(s.conn.Conn, s.conn.Screen.Root)
	rects, err := s.changed(pending, relayout)
	if err != nil {
		return false, err
	}
	at := s.cfg.Clock()
	if err := s.fetch(rects); err != nil {
		return false, s.recover(err)
	}
	moved, err := s.point(pointer)
	if err != nil {
		return false, err
	}
	st.begun, s.last = true, at
	*f = Frame{
		Displays: st.displays, Images: st.images, Dirty: st.dirty, Relayout: relayout,
		Pointer: st.pointer, PointerMoved: moved, CapturedAt: at, memory: s.shared,
	}
	return relayout || moved || slices.ContainsFunc(st.dirty, func(d []image.Rectangle) bool { return len(d) > 0 }), nil
}

// recover forgives that pixels could not be read when the displays have changed under us, and begins anew.
func (s *source) recover(err error) error {
	changed, arrangeErr := s.arrange()
	if arrangeErr != nil || !changed {
		return err
	}
	s.state.begun = false
	return nil
}

// changed gives the rectangles of the screen to be read, without overlaps, and begins to collect anew.
func (s *source) changed(pending kind, all bool) ([]image.Rectangle, error) {
	if pending&kindDamage == 0 && !all {
		return nil, nil
	}
	damage.Subtract(s.conn.Conn, s.damage, xfixes.RegionNone, s.region)
	if all {
		return s.everything(), nil
	}
	r, err := xfixes.FetchRegion(s.conn.Conn, s.region).Reply()
	if err != nil {
		return nil, fmt.Errorf("capture: changed region: %w", err)
	}
	if len(r.Rectangles) > maxRects {
		return []image.Rectangle{rectangle(r.Extents)}, nil
	}
	rects := make([]image.Rectangle, 0, len(r.Rectangles))
	for _, x := range r.Rectangles {
		rects = append(rects, rectangle(x))
	}
	return rects, nil
}

func rectangle(x xproto.Rectangle) image.Rectangle {
	return image.Rect(int(x.X), int(x.Y), int(x.X)+int(x.Width), int(x.Y)+int(x.Height))
}

// everything covers all displays without overlaps: it is the rectangle around them, cut to the screen.
func (s *source) everything() []image.Rectangle {
	var all image.Rectangle
	for _, d := range s.state.displays {
		all = all.Union(area(d))
	}
	return []image.Rectangle{all}
}

// point takes the answer to where the pointer is.
func (s *source) point(asked xproto.QueryPointerCookie) (moved bool, err error) {
	r, err := asked.Reply()
	if err != nil {
		return false, fmt.Errorf("capture: pointer: %w", err)
	}
	p := Pointer{}
	at := image.Pt(int(r.RootX), int(r.RootY))
	for _, d := range s.state.displays {
		if r.SameScreen && at.In(area(d)) {
			p = Pointer{Display: d.ID, X: at.X - d.X, Y: at.Y - d.Y, Visible: true}
			break
		}
	}
	moved = p != s.state.pointer
	s.state.pointer = p
	return moved, nil
}
