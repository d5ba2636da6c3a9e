package capture

import (
	"errors"
	"fmt"
	"image"
	"slices"

	"github.com/jezek/xgb/damage"
	"github.com/jezek/xgb/xfixes"
	"github.com/jezek/xgb/xproto"

	"deskhand/apps/internal/x11"
)

// grab reads what has changed into the images and describes it; false when nothing has. It waits for the server once,
// as the events have told already what to ask for.
func (s *source) grab(f *Frame) (bool, error) {
	select {
	case <-s.closed:
		return false, errClosed
	default:
	}
	st := &s.state
	var pending kind
	pending, s.rects = s.events.take(s.rects[:0])
	relayout := !st.begun
	if pending&kindLayout != 0 || relayout {
		changed, err := s.arrange()
		if err != nil {
			return false, err
		}
		relayout = relayout || changed
	}
	if relayout {
		pending |= kindDamage | kindCursor
	}
	for i := range st.dirty {
		st.dirty[i] = st.dirty[i][:0]
	}
	s.plan(relayout)
	at := s.cfg.Clock()
	moved, reshaped, err := s.read(pending)
	if err != nil {
		return false, s.recover(err)
	}
	st.begun, s.last = true, at
	*f = Frame{
		Displays: st.displays, Images: st.images, Dirty: st.dirty, Relayout: relayout,
		Pointer: st.pointer, PointerMoved: moved, Cursor: st.cursor, CursorChanged: reshaped,
		CapturedAt: at, memory: s.shared,
	}
	dirty := slices.ContainsFunc(st.dirty, func(d []image.Rectangle) bool { return len(d) > 0 })
	return relayout || moved || reshaped || dirty, nil
}

// read asks for everything that is needed and takes the answers.
func (s *source) read(pending kind) (moved, reshaped bool, err error) {
	first := s.readings[:min(len(s.readings), maxBatch)]
	var pointer xproto.QueryPointerCookie
	var cursor xfixes.GetCursorImageCookie
	err = s.conn.Batch(func() {
		if pending&kindDamage != 0 {
			// From here on the server tells of changes again, also of those before the pixels are read.
			damage.Subtract(s.conn.Conn, s.damage, xfixes.RegionNone, xfixes.RegionNone)
		}
		for i := range first {
			s.ask(&first[i])
		}
		pointer = xproto.QueryPointer(s.conn.Conn, s.conn.Screen.Root)
		if pending&kindCursor != 0 {
			cursor = xfixes.GetCursorImage(s.conn.Conn)
		}
	})
	if err != nil {
		return false, false, err
	}
	// Every reply must be taken, whatever the others say.
	err = s.fetch(first)
	for more := range slices.Chunk(s.readings[len(first):], maxBatch) {
		err = errors.Join(err, s.readMore(more))
	}
	moved, pointerErr := s.point(pointer)
	if pending&kindCursor != 0 {
		reshaped = s.shape(cursor)
	}
	return moved, reshaped, errors.Join(err, pointerErr)
}

// maxBatch leaves room for what is asked for beside pixels.
const maxBatch = x11.MaxBatch - 8

// readMore is for what does not fit into one batch, as can happen without shared memory only.
func (s *source) readMore(readings []reading) error {
	err := s.conn.Batch(func() {
		for i := range readings {
			s.ask(&readings[i])
		}
	})
	if err != nil {
		return err
	}
	return s.fetch(readings)
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

// point takes the answer to where the pointer is.
func (s *source) point(asked xproto.QueryPointerCookie) (moved bool, err error) {
	r, err := asked.Reply()
	if err != nil {
		return false, fmt.Errorf("capture: pointer: %w", err)
	}
	p := placeOf(image.Pt(int(r.RootX), int(r.RootY)), r.SameScreen, s.state.displays)
	moved = p != s.state.pointer
	s.state.pointer = p
	return moved, nil
}
