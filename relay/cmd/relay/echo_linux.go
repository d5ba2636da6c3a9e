package main

import (
	"io"
	"os"

	"golang.org/x/sys/unix"
)

// hide stops a terminal from showing what is typed, until the function given back is called. What is not a terminal
// stays as it is.
func hide(in io.Reader) (show func()) {
	f, ok := in.(*os.File)
	if !ok {
		return func() {}
	}
	fd := int(f.Fd())
	before, err := unix.IoctlGetTermios(fd, unix.TCGETS)
	if err != nil {
		return func() {}
	}
	silent := *before
	silent.Lflag &^= unix.ECHO
	if unix.IoctlSetTermios(fd, unix.TCSETS, &silent) != nil {
		return func() {}
	}
	return func() { _ = unix.IoctlSetTermios(fd, unix.TCSETS, before) }
}
