package monitor

import (
	"github.com/kbinani/screenshot"

	"deskhand/protocol/frame"
)

// list is in pixels.
func list() (displays []frame.Display) {
	for i := range screenshot.NumActiveDisplays() {
		r := screenshot.GetDisplayBounds(i)
		displays = append(displays, frame.Display{X: r.Min.X, Y: r.Min.Y, W: r.Dx(), H: r.Dy()})
	}
	return displays
}
