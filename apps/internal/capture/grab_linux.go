package capture

import (
	"fmt"
	"image"
	"slices"

	"github.com/jezek/xgb/damage"
	"github.com/jezek/xgb/shm"
	"github.com/jezek/xgb/xfixes"
	"github.com/jezek/xgb/xproto"
)

const (
	// maxRects is how many changed rectangles are fetched one by one; of more, the rectangle around all is fetched.
	maxRects = 64
	// stripRows bounds one reply when memory is not shared.
	stripRows = 128
)

// grab reads what has changed into the images and describes it; false when nothing has.
func (s *source) grab(f *Frame) (bool, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
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
		Pointer: st.pointer, PointerMoved: moved, CapturedAt: at,
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

// arrange looks at the displays; true when they are not those of before, and then there are new images.
func (s *source) arrange() (bool, error) {
	displays, err := s.conn.Displays()
	if err != nil {
		return false, err
	}
	st := &s.state
	if slices.Equal(displays, st.displays) {
		return false, nil
	}
	st.displays, st.images, st.dirty = displays, nil, nil
	var all image.Rectangle
	for _, d := range displays {
		st.images = append(st.images, image.NewRGBA(image.Rect(0, 0, d.W, d.H)))
		st.dirty = append(st.dirty, nil)
		all = all.Union(area(d))
	}
	return true, s.share(all.Dx() * all.Dy() * bytesPerPixel)
}

// share makes sure that size bytes of memory are shared with the server, if it can.
func (s *source) share(size int) error {
	if s.cfg.NoSharedMemory || !s.conn.Local || s.shared != nil && len(s.shared.mem) >= size {
		return nil
	}
	if s.shared != nil {
		shm.Detach(s.conn.Conn, s.shared.id)
		s.shared.free()
		s.shared = nil
	}
	shared, err := newSegment(s.conn, size)
	if err != nil {
		return nil //nolint:nilerr // pixels come through the connection then
	}
	s.shared = shared
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

// fetch reads rectangles of the screen into the images and marks them dirty.
func (s *source) fetch(rects []image.Rectangle) error {
	var bounds image.Rectangle
	for _, d := range s.state.displays {
		bounds = bounds.Union(area(d))
	}
	for i := range rects {
		rects[i] = rects[i].Intersect(bounds)
	}
	if s.shared != nil {
		return s.fetchShared(rects)
	}
	for _, r := range rects {
		for y := r.Min.Y; y < r.Max.Y; y += stripRows {
			strip := image.Rect(r.Min.X, y, r.Max.X, min(y+stripRows, r.Max.Y))
			reply, err := xproto.GetImage(s.conn.Conn, xproto.ImageFormatZPixmap, xproto.Drawable(s.conn.Screen.Root),
				int16(strip.Min.X), int16(strip.Min.Y), uint16(strip.Dx()), uint16(strip.Dy()), ^uint32(0)).Reply()
			if err != nil {
				return fmt.Errorf("capture: pixels: %w", err)
			}
			s.put(strip, reply.Data)
		}
	}
	return nil
}

// fetchShared asks for all rectangles before it waits for the first.
func (s *source) fetchShared(rects []image.Rectangle) error {
	cookies := make([]shm.GetImageCookie, len(rects))
	offset := 0
	for i, r := range rects {
		if r.Empty() {
			continue
		}
		cookies[i] = shm.GetImage(s.conn.Conn, xproto.Drawable(s.conn.Screen.Root), int16(r.Min.X), int16(r.Min.Y),
			uint16(r.Dx()), uint16(r.Dy()), ^uint32(0), xproto.ImageFormatZPixmap, s.shared.id, uint32(offset))
		offset += r.Dx() * r.Dy() * bytesPerPixel
	}
	var failed error
	offset = 0
	for i, r := range rects {
		if r.Empty() {
			continue
		}
		end := offset + r.Dx()*r.Dy()*bytesPerPixel
		if _, err := cookies[i].Reply(); err != nil {
			failed = fmt.Errorf("capture: pixels: %w", err) // go on: every reply must be taken
		} else {
			s.put(r, s.shared.mem[offset:end])
		}
		offset = end
	}
	return failed
}

// put copies the pixels of a rectangle of the screen, row after row without gaps, into the displays that show it.
func (s *source) put(r image.Rectangle, pix []byte) {
	stride := r.Dx() * bytesPerPixel
	if len(pix) < stride*r.Dy() {
		return
	}
	for i, d := range s.state.displays {
		part := r.Intersect(area(d))
		if part.Empty() {
			continue
		}
		img := s.state.images[i]
		for y := part.Min.Y; y < part.Max.Y; y++ {
			from := (y-r.Min.Y)*stride + (part.Min.X-r.Min.X)*bytesPerPixel
			to := img.PixOffset(part.Min.X-d.X, y-d.Y)
			toRGBA(img.Pix[to:to+part.Dx()*bytesPerPixel], pix[from:])
		}
		s.state.dirty[i] = append(s.state.dirty[i], part.Sub(image.Pt(d.X, d.Y)))
	}
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
