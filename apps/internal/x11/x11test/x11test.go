// Package x11test starts X servers for tests: real ones, without a screen. Each test gets its own and it ends with the
// test, also when the test panics. It needs Debian's packages xvfb, openbox, x11-utils, x11-xkb-utils and dbus.
package x11test

import (
	"bufio"
	"fmt"
	"os"
	"os/exec"
	"strings"
	"testing"

	"github.com/jezek/xgb/xproto"

	"deskhand/apps/internal/x11"
)

// Start starts a server with one screen of w x h pixels and gives its name, such as ":3".
func Start(t testing.TB, w, h int, more ...string) string {
	t.Helper()
	_, display := StartServer(t, w, h, more...)
	return display
}

// StartServer is Start for tests that end the server themselves.
func StartServer(t testing.TB, w, h int, more ...string) (*exec.Cmd, string) {
	t.Helper()
	ready, write, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	defer ready.Close()
	args := []string{"-displayfd", "3", "-screen", "0", fmt.Sprintf("%dx%dx24", w, h), "-nolisten", "tcp", "-noreset"}
	cmd := exec.Command("Xvfb", append(args, more...)...)
	cmd.ExtraFiles = []*os.File{write}
	Run(t, cmd)
	write.Close()
	number, err := bufio.NewReader(ready).ReadString('\n')
	if err != nil {
		t.Fatalf("Xvfb did not start: %v", err)
	}
	return cmd, ":" + strings.TrimSpace(number)
}

// Run starts a program and ends it with the test.
func Run(t testing.TB, cmd *exec.Cmd) {
	t.Helper()
	orphan(cmd)
	if err := cmd.Start(); err != nil {
		t.Fatalf("%s: %v", cmd.Path, err)
	}
	t.Cleanup(func() {
		_ = cmd.Process.Kill()
		_ = cmd.Wait()
	})
}

// Bus starts a session bus and gives its address, for DBUS_SESSION_BUS_ADDRESS. A program that finds no bus starts one
// that nobody ever ends, and each takes one of the few places for watching files that the system has.
func Bus(t testing.TB) (address string) {
	t.Helper()
	ready, write, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	defer ready.Close()
	cmd := exec.Command("dbus-daemon", "--session", "--nofork", "--nopidfile", "--print-address=3")
	cmd.ExtraFiles = []*os.File{write}
	Run(t, cmd)
	write.Close()
	if address, err = bufio.NewReader(ready).ReadString('\n'); err != nil {
		t.Fatalf("dbus-daemon did not start: %v", err)
	}
	return strings.TrimSpace(address)
}

// Command makes a command whose programs use the display.
func Command(display, name string, args ...string) *exec.Cmd {
	cmd := exec.Command(name, args...)
	cmd.Env = append(os.Environ(), "DISPLAY="+display, "WAYLAND_DISPLAY=")
	return cmd
}

// ready is a property that the window manager's start-up command sets on the root window.
const ready = "X11TEST_READY"

// Manage starts a window manager and waits until it manages: openbox loses windows that come while it starts.
func Manage(t testing.TB, display string) {
	t.Helper()
	changed := make(chan struct{}, 1)
	c := Connect(t, display, func(event []byte) {
		if event[0]&0x7f == xproto.PropertyNotify {
			select {
			case changed <- struct{}{}:
			default:
			}
		}
	})
	mark, err := c.Atom(ready)
	if err != nil {
		t.Fatal(err)
	}
	xproto.ChangeWindowAttributes(c.Conn, c.Screen.Root, xproto.CwEventMask, []uint32{xproto.EventMaskPropertyChange})
	Run(t, Command(display, "openbox", "--sm-disable", "--startup", "xprop -root -f "+ready+" 8s -set "+ready+" yes"))
	for {
		r, err := xproto.GetProperty(c.Conn, false, c.Screen.Root, mark, xproto.GetPropertyTypeAny, 0, 1).Reply()
		if err != nil {
			t.Fatal(err)
		}
		if r.ValueLen > 0 {
			return
		}
		<-changed
	}
}

// Connect opens a connection that closes with the test.
func Connect(t testing.TB, display string, handle func([]byte)) *x11.Conn {
	t.Helper()
	c, err := x11.Open(display, handle)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(c.Close)
	return c
}
