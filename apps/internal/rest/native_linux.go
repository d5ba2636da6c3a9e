//go:build cgo

package rest

// #cgo LDFLAGS: -lX11
// #include <X11/Xlib.h>
import "C"

import (
	"os"
	"syscall"
	"time"
	"unsafe"

	"github.com/go-gl/glfw/v3.4/glfw"
	"golang.org/x/sys/unix"
)

func native(clock func() time.Time) system {
	owner := thread()
	x := &xwait{}
	return system{
		// At its end, Fyne runs functions on whatever goroutine posts them.
		able:  func() bool { return thread() == owner && glfw.GetPlatform() == glfw.PlatformX11 },
		arm:   x.arm,
		sleep: x.sleep,
		wake:  x.wake,
		close: x.close,
		clock: clock,
	}
}

// xwait waits for the X server with Go's own poller. A wait inside GLFW is a call of C that lasts: the runtime then looks
// every few microseconds, for ten milliseconds, whether it should take the processor away from it, which costs more than
// all that an idle application does else. All but sleep are called one at a time.
type xwait struct {
	file   *os.File // GLFW's connection to the server, a descriptor of our own
	raw    syscall.RawConn
	closed bool
}

// display is GLFW's. Only the thread that owns the loop may use it.
func display() *C.Display { return (*C.Display)(unsafe.Pointer(glfw.GetX11Display())) }

func (x *xwait) arm(d time.Duration) bool {
	if x.file == nil && (x.closed || !x.open()) {
		return false
	}
	return x.file.SetReadDeadline(time.Now().Add(d)) == nil
}

func (x *xwait) open() bool {
	fd, err := unix.FcntlInt(uintptr(C.XConnectionNumber(display())), unix.F_DUPFD_CLOEXEC, 0)
	if err != nil {
		return false
	}
	// Xlib has made it non-blocking, without which the poller would not take it.
	x.file = os.NewFile(uintptr(fd), "X")
	x.raw, err = x.file.SyscallConn()
	return err == nil
}

// sleep returns when something can be read, has been read by Xlib already, or the deadline is there.
func (x *xwait) sleep() {
	if C.XPending(display()) > 0 {
		return
	}
	_ = x.raw.Read(func(fd uintptr) bool {
		set := []unix.PollFd{{Fd: int32(fd), Events: unix.POLLIN}}
		n, err := unix.Poll(set, 0)
		return n > 0 || err != nil
	})
}

func (x *xwait) wake() { _ = x.file.SetReadDeadline(time.Unix(1, 0)) }

func (x *xwait) close() {
	x.closed = true
	if x.file != nil {
		_ = x.file.Close()
	}
}
