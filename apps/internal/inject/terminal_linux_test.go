package inject

import (
	"bufio"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"github.com/jezek/xgb/xproto"

	"deskhand/apps/internal/x11/x11test"
	"deskhand/protocol/frame"
)

// terminal is an xterm that tells what is typed, line by line.
type terminal struct {
	t    testing.TB
	cmd  *exec.Cmd
	pipe *os.File
	text *bufio.Reader
	now  atomic.Int64 // nanoseconds
}

// clock is the target's. It stands still but when the terminal has taken a line: the target need not wait for it then.
func (x *terminal) clock() time.Time { return time.Unix(0, x.now.Load()) }

// startTerminal gives a terminal that has been mapped and lies under the pointer, and so has the keyboard.
func startTerminal(t testing.TB, display string) (*terminal, Target) {
	t.Helper()
	x := &terminal{t: t}
	target, err := Open(Config{Display: display, Clock: x.clock})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = target.Close() })
	mapped := make(chan struct{}, 1)
	c := x11test.Connect(t, display, func(event []byte) {
		if event[0]&0x7f == xproto.MapNotify {
			select {
			case mapped <- struct{}{}:
			default:
			}
		}
	})
	mask := []uint32{xproto.EventMaskSubstructureNotify}
	if err := xproto.ChangeWindowAttributesChecked(c.Conn, c.Screen.Root, xproto.CwEventMask, mask).Check(); err != nil {
		t.Fatal(err)
	}
	pipe := filepath.Join(t.TempDir(), "typed")
	if err := syscall.Mkfifo(pipe, 0o600); err != nil {
		t.Fatal(err)
	}
	x.cmd = x11test.Command(display, "xterm", "-u8", "-fn", "fixed", "-geometry", "100x20+0+0", "-e", "cat > "+pipe)
	x.cmd.Env = append(x.cmd.Env, "LC_ALL=C.UTF-8")
	x11test.Run(t, x.cmd)
	<-mapped
	if x.pipe, err = os.Open(pipe); err != nil { // waits for cat
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = x.pipe.Close() })
	x.text = bufio.NewReader(x.pipe)
	apply(t, target, frame.Event{Kind: frame.PointerMove, X: 50, Y: 50})
	return x, target
}

// line waits until the terminal has taken a line, so that it has looked up what all keys before meant.
func (x *terminal) line() string {
	x.t.Helper()
	line, err := x.text.ReadString('\n')
	if err != nil {
		x.t.Fatalf("after %q: %v", line, err)
	}
	x.now.Add(int64(settle))
	return strings.TrimSuffix(line, "\n")
}

// short gives a text in parts of which each has fewer characters than there are keys to spare.
func short(text string) (lines []string) {
	const most = 16
	for part := range slices.Chunk([]rune(text), most) {
		lines = append(lines, string(part))
	}
	return lines
}
