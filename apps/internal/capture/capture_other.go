package capture

import (
	"errors"

	"deskhand/protocol/fault"
)

func open(Config) (Source, error) {
	return nil, fault.New(fault.ScreenUnavailable, errors.New("not built in"))
}
