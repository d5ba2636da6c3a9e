//go:build !linux && !windows && !(darwin && cgo)

package capture

import (
	"errors"

	"deskhand/protocol/fault"
)

func open(Config) (Source, error) {
	return nil, fault.New(fault.ScreenUnavailable, errors.New("capture: this program was built without it"))
}
