//go:build !linux && !windows

package surface

import "image"

// Surface is never made here.
type Surface struct{}

func open(Config) (*Surface, error) { return nil, ErrNone }

// Buffer refuses.
func (*Surface) Buffer(image.Point) ([]byte, int, error) { return nil, 0, ErrNone }

// Present refuses.
func (*Surface) Present(image.Point, []image.Rectangle) error { return ErrNone }

// Hide does nothing.
func (*Surface) Hide() error { return nil }

// Close does nothing.
func (*Surface) Close() {}
