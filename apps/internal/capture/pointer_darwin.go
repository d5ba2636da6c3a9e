//go:build cgo

package capture

import (
	"image"

	"github.com/go-vgo/robotgo/darwin"
)

func (system) pointer() (image.Point, bool) {
	x, y := darwin.Location()
	return image.Pt(x, y), true
}

// shape leaves the cursor unknown: an arrow is shown.
func (system) shape(uint64) (Cursor, bool) { return Cursor{}, false }
