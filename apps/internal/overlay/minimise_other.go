//go:build !linux && !windows

package overlay

import "errors"

func startMinimised(Window) error { return errors.New("overlay: windows cannot be minimised here") }
