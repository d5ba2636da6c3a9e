//go:build unix

package mend

import (
	"errors"
	"syscall"
)

// isPassing tells errors of a network that is away, or a route or address that is gone, from errors of the socket.
func isPassing(err error) bool {
	for _, e := range []syscall.Errno{
		syscall.ENETUNREACH, syscall.EHOSTUNREACH, syscall.ENETDOWN, syscall.EHOSTDOWN, syscall.EADDRNOTAVAIL,
		syscall.ENOBUFS, syscall.EPERM, syscall.EACCES, syscall.ECONNREFUSED, syscall.EINVAL,
	} {
		if errors.Is(err, e) {
			return true
		}
	}
	return false
}
