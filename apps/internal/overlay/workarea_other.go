//go:build !linux && !windows

package overlay

import (
	"errors"
	"image"
)

func workArea() (image.Rectangle, error) {
	return image.Rectangle{}, errors.New("overlay: the work area is not known on this system")
}
