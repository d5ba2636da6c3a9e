//go:build cgo && ((!x11 && !wayland) || x11)

package prompt

// #cgo LDFLAGS: -lX11
// #include <X11/Xlib.h>
import "C"

import (
	"fmt"
	"os"
	"sync"
	"time"
	"unsafe"

	"github.com/go-gl/glfw/v3.4/glfw"
	"golang.org/x/sys/unix"
)

func thread() int { return unix.Gettid() }

// watch watches the connection by which GLFW gets its events. Unlike events on another connection, what arrives there
// cannot be early: it is what the next look finds, also when an input method has held a key back.
func watch(came func()) (func(), error) {
	if glfw.GetPlatform() != glfw.PlatformX11 {
		return nil, ErrNone
	}
	display := (*C.Display)(unsafe.Pointer(glfw.GetX11Display()))
	if display == nil {
		return nil, ErrNone
	}
	return arrivals(int(C.XConnectionNumber(display)), came)
}

// arrivals calls came whenever something new has arrived at a socket that somebody else reads. It reads nothing itself:
// the runtime's poller tells of each arrival once, whether or not the one before has been read.
func arrivals(fd int, came func()) (stop func(), err error) {
	own, err := unix.FcntlInt(uintptr(fd), unix.F_DUPFD_CLOEXEC, 0)
	if err != nil {
		return nil, fmt.Errorf("prompt: %w", err)
	}
	f := os.NewFile(uintptr(own), "input")
	if err := f.SetReadDeadline(time.Time{}); err != nil { // it is not one that can be awaited
		f.Close()
		return nil, fmt.Errorf("prompt: %w", err)
	}
	raw, err := f.SyscallConn()
	if err != nil {
		f.Close()
		return nil, fmt.Errorf("prompt: %w", err)
	}
	end := make(chan struct{})
	var watching sync.WaitGroup
	watching.Go(func() {
		rest := time.NewTimer(gap)
		defer rest.Stop()
		// It ends with an error when the file is closed.
		_ = raw.Read(func(uintptr) bool {
			came()
			rest.Reset(gap)
			select {
			case <-rest.C:
				return false // wait for what arrives next, or has arrived meanwhile
			case <-end:
				return true
			}
		})
	})
	return func() {
		close(end)
		f.Close()
		watching.Wait()
	}, nil
}
