package monitor

import (
	"github.com/go-vgo/robotgo/darwin"

	"deskhand/protocol/frame"
)

// list is in points, as pictures and positions are.
func list() (displays []frame.Display) {
	for i := range darwin.DisplaysNum() {
		r := darwin.GetScreenRect(i)
		if r.W > 0 && r.H > 0 {
			displays = append(displays, frame.Display{X: r.X, Y: r.Y, W: r.W, H: r.H})
		}
	}
	return displays
}
