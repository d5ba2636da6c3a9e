package capture

import (
	"fmt"
	"image"
	"slices"

	"github.com/jezek/xgb/shm"
	"github.com/jezek/xgb/xproto"

	"deskhand/protocol/pixel"
)

const (
	// maxReply is how many bytes of pixels one reply holds when memory is not shared, but at least a row.
	maxReply = 1 << 20
	// scratchShare is which part of the images' memory there is again for parts of images.
	scratchShare = 4
)

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
	st.displays, st.images, st.dirty = displays, nil, make([][]image.Rectangle, len(displays))
	size := 0
	for _, d := range displays {
		size += d.W * d.H * pixel.Bytes
	}
	s.share(size + size/scratchShare)
	s.scratch = size
	at := 0
	for _, d := range displays {
		if s.shared == nil {
			st.images = append(st.images, pixel.New(d.W, d.H))
			continue
		}
		m := pixel.Image{Pix: s.shared.mem[at : at+d.W*d.H*pixel.Bytes], Stride: d.W * pixel.Bytes, W: d.W, H: d.H}
		st.images = append(st.images, m)
		at += len(m.Pix)
	}
	return true, nil
}

// share makes sure that size bytes of memory are shared with the server, if it can.
func (s *source) share(size int) {
	if s.cfg.NoSharedMemory || !s.conn.Local || s.shared != nil && len(s.shared.mem) >= size {
		return
	}
	if s.shared != nil {
		shm.Detach(s.conn.Conn, s.shared.id)
		s.shared = nil
	}
	if shared, err := newSegment(s.conn, size); err == nil {
		s.shared = shared
	} // or else pixels come through the connection
}

// reading is a part of a display that is asked for.
type reading struct {
	display int
	part    image.Rectangle // of the display
	offset  int             // where in shared memory its pixels come to stand
	placed  bool            // which is in the image already
	shared  shm.GetImageCookie
	sent    xproto.GetImageCookie
}

// plan says what is to be read: all displays, or what lies in s.rects.
func (s *source) plan(all bool) {
	s.readings = s.readings[:0]
	scratch := s.scratch
	for i, d := range s.state.displays {
		whole := image.Rect(0, 0, d.W, d.H)
		if all {
			s.readings = append(s.readings, s.place(reading{display: i, part: whole}, &scratch)...)
			continue
		}
		for _, r := range s.rects {
			if part := r.Sub(image.Pt(d.X, d.Y)).Intersect(whole); !part.Empty() {
				s.readings = append(s.readings, s.place(reading{display: i, part: part}, &scratch)...)
			}
		}
	}
}

// place decides where a part is read to. With shared memory, what is nearly as wide as the display is read as whole
// rows, straight into the image: the server reads more then, but nothing is copied.
func (s *source) place(r reading, scratch *int) []reading {
	if s.shared == nil {
		return strips(r)
	}
	img := s.state.images[r.display]
	size := r.part.Dx() * r.part.Dy() * pixel.Bytes
	if 3*r.part.Dx() <= 2*img.W && *scratch+size <= len(s.shared.mem) {
		r.offset = *scratch
		*scratch += size
		return []reading{r}
	}
	r.part.Min.X, r.part.Max.X, r.placed = 0, img.W, true
	r.offset = r.part.Min.Y * img.Stride
	for _, before := range s.state.images[:r.display] {
		r.offset += len(before.Pix)
	}
	return []reading{r}
}

// strips cuts a reading into parts of which each reply is of bounded size.
func strips(r reading) (all []reading) {
	rows := max(1, maxReply/(r.part.Dx()*pixel.Bytes))
	for y := r.part.Min.Y; y < r.part.Max.Y; y += rows {
		strip := r
		strip.part.Min.Y, strip.part.Max.Y = y, min(y+rows, r.part.Max.Y)
		all = append(all, strip)
	}
	return all
}

func (s *source) ask(r *reading) {
	d := s.state.displays[r.display]
	root := xproto.Drawable(s.conn.Screen.Root)
	x, y := int16(d.X+r.part.Min.X), int16(d.Y+r.part.Min.Y)
	w, h := uint16(r.part.Dx()), uint16(r.part.Dy())
	const planes = ^uint32(0)
	if s.shared == nil {
		r.sent = xproto.GetImage(s.conn.Conn, xproto.ImageFormatZPixmap, root, x, y, w, h, planes)
		return
	}
	r.shared = shm.GetImage(s.conn.Conn, root, x, y, w, h, planes, xproto.ImageFormatZPixmap, s.shared.id, uint32(r.offset))
}

// fetch takes what was asked for into the images and marks it dirty.
func (s *source) fetch(readings []reading) error {
	var failed error
	for i := range readings {
		if err := s.take(&readings[i]); err != nil {
			failed = fmt.Errorf("capture: pixels: %w", err) // go on: every reply must be taken
		}
	}
	return failed
}

// take waits for the pixels of a part.
func (s *source) take(r *reading) error {
	var pix []byte
	size := r.part.Dx() * r.part.Dy() * pixel.Bytes
	if s.shared == nil {
		reply, err := r.sent.Reply()
		if err != nil {
			return err
		}
		pix = reply.Data
	} else {
		if _, err := r.shared.Reply(); err != nil {
			return err
		}
		pix = s.shared.mem[r.offset:][:size]
	}
	if len(pix) < size {
		return fmt.Errorf("%d bytes for %v", len(pix), r.part)
	}
	if !r.placed {
		from := pixel.Image{Pix: pix, Stride: r.part.Dx() * pixel.Bytes, W: r.part.Dx(), H: r.part.Dy()}
		pixel.Copy(s.state.images[r.display], r.part.Min.X, r.part.Min.Y, from)
	}
	s.state.dirty[r.display] = append(s.state.dirty[r.display], r.part)
	return nil
}
