package overlay

import "image"

// WorkArea is the part of the main display that panels leave free, in device pixels.
func WorkArea() (image.Rectangle, error) { return workArea() }
