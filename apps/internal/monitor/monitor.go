// Package monitor lists the displays of systems without X11, so that capture and inject give them the same IDs. It holds
// no state. Linux has its displays from package x11.
package monitor

import (
	"errors"

	"deskhand/protocol/frame"
)

// ErrNone says that no display is on.
var ErrNone = errors.New("monitor: no display is on")

// List gives the displays in the system's order; the place in the list is the ID.
func List() ([]frame.Display, error) {
	displays := list()
	if len(displays) == 0 {
		return nil, ErrNone
	}
	displays = displays[:min(len(displays), frame.MaxDisplays)]
	for i := range displays {
		displays[i].ID = i
		displays[i].Primary = displays[i].X == 0 && displays[i].Y == 0 // where the origin is
	}
	return displays, nil
}
