package capture

import (
	"encoding/binary"
	"fmt"
	"image"

	"github.com/jezek/xgb/xfixes"

	"deskhand/protocol/pixel"
)

// watchCursor asks for an event whenever the pointer looks different. The damage extension needs XFIXES, too.
func (s *source) watchCursor() error {
	ext, err := s.conn.Use("XFIXES")
	if err != nil {
		return err
	}
	if _, err := xfixes.QueryVersion(s.conn.Conn, 4, 0).Reply(); err != nil {
		return fmt.Errorf("capture: XFIXES: %w", err)
	}
	s.events.watch(kindCursor, ext.FirstEvent+xfixes.CursorNotify)
	err = xfixes.SelectCursorInputChecked(s.conn.Conn, s.conn.Screen.Root, xfixes.CursorNotifyMaskDisplayCursor).Check()
	if err != nil {
		return fmt.Errorf("capture: cursor: %w", err)
	}
	return nil
}

// shape takes the answer to what the pointer looks like. There may be none: a server without a mouse refuses.
func (s *source) shape(asked xfixes.GetCursorImageCookie) (changed bool) {
	before := s.state.cursor.Serial
	r, err := asked.Reply()
	if err != nil || int(r.Width)*int(r.Height) > len(r.CursorImage) {
		s.state.cursor = Cursor{}
		return before != 0
	}
	if uint64(r.CursorSerial) == before {
		return false
	}
	shape := pixel.New(int(r.Width), int(r.Height))
	for i := range shape.W * shape.H {
		binary.LittleEndian.PutUint32(shape.Pix[pixel.Bytes*i:], r.CursorImage[i])
	}
	s.state.cursor = newCursor(shape, image.Pt(int(r.Xhot), int(r.Yhot)), uint64(r.CursorSerial))
	return before != s.state.cursor.Serial
}
