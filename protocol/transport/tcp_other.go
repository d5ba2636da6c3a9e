//go:build !linux

package transport

import (
	"net"
	"time"
)

// setUserTimeout does nothing here: the system's own limit on unacknowledged bytes holds.
func setUserTimeout(net.Conn, time.Duration) {}
