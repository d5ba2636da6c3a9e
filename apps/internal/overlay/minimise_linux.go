package overlay

import (
	"fmt"

	"github.com/jezek/xgb/xproto"

	"deskhand/apps/internal/x11"
)

const (
	stateHint = 2 // flag of WM_HINTS: the word `initial_state` counts
	iconic    = 3
)

func startMinimised(w Window) error {
	c, err := x11.Open("", nil)
	if err != nil {
		return err
	}
	defer c.Close()
	p := properties{c, xproto.Window(w)}
	hints, err := p.hints()
	if err != nil {
		return fmt.Errorf("overlay: hints: %w", err)
	}
	hints[0] |= stateHint
	hints[2] = iconic
	if err := p.change(xproto.AtomWmHints, xproto.AtomWmHints, hints); err != nil {
		return fmt.Errorf("overlay: initial state: %w", err)
	}
	return nil
}
