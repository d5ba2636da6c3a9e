//go:build cgo

package capture

import "image"

// pointer is not known: the picture of a Mac does not hold it, and the viewer draws none.
func (system) pointer() (image.Point, bool) { return image.Point{}, false }
