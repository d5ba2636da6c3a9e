package overlay

import (
	"fmt"

	"github.com/jezek/xgb/xproto"

	"deskhand/apps/internal/x11"
)

// iconic is the state in WM_CHANGE_STATE (ICCCM 4.1.4).
const iconic = 3

func minimise(w Window) error {
	c, err := x11.Open("", nil)
	if err != nil {
		return err
	}
	defer c.Close()
	change, err := c.Atom("WM_CHANGE_STATE")
	if err != nil {
		return fmt.Errorf("overlay: %w", err)
	}
	event := xproto.ClientMessageEvent{
		Format: 32, Window: xproto.Window(w), Type: change,
		Data: xproto.ClientMessageDataUnionData32New([]uint32{iconic, 0, 0, 0, 0}),
	}
	mask := uint32(xproto.EventMaskSubstructureRedirect | xproto.EventMaskSubstructureNotify)
	if err := xproto.SendEventChecked(c.Conn, false, c.Screen.Root, mask, string(event.Bytes())).Check(); err != nil {
		return fmt.Errorf("overlay: minimise: %w", err)
	}
	return nil
}
