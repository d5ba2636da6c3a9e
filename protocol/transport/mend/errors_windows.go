package mend

import (
	"errors"

	"golang.org/x/sys/windows"
)

// isPassing tells errors of a network that is away, or a route or address that is gone, from errors of the socket.
func isPassing(err error) bool {
	for _, e := range []windows.Errno{
		windows.WSAENETUNREACH, windows.WSAEHOSTUNREACH, windows.WSAENETDOWN, windows.WSAEHOSTDOWN, windows.WSAEADDRNOTAVAIL,
		windows.WSAENOBUFS, windows.WSAEACCES, windows.WSAECONNRESET, windows.WSAENETRESET,
	} {
		if errors.Is(err, e) {
			return true
		}
	}
	return false
}
