//go:build !linux && !windows && !darwin

package inject

import (
	"errors"

	"deskhand/protocol/fault"
)

func open(Config) (Target, error) {
	return nil, fault.New(fault.InputUnavailable, errors.New("inject: this program was built without it"))
}
