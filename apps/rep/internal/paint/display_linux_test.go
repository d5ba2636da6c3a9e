package paint

import (
	"bufio"
	"fmt"
	"io"
	"os"
	"strings"
	"testing"
	"time"

	"deskhand/apps/internal/x11/x11test"
)

// patience is how long anything may take before a test gives up.
const patience = 30 * time.Second

// theatre is an X display of its own with a window manager and the window under test.
type theatre struct {
	t       testing.TB
	display string
	lines   chan string
	stdin   io.Writer
}

func openTheatre(t testing.TB, kind, scale string) *theatre {
	t.Helper()
	th := &theatre{t: t, lines: make(chan string, 4096)}
	th.display = x11test.Start(t, 2100, 1300)
	x11test.Manage(t, th.display)
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	cmd := x11test.Command(th.display, self)
	cmd.Env = append(cmd.Env, windowEnv+"="+kind, "FYNE_SCALE="+scale, "LIBGL_ALWAYS_SOFTWARE=1", "LC_ALL=C.UTF-8",
		"DBUS_SESSION_BUS_ADDRESS="+x11test.Bus(t))
	cmd.Stderr = os.Stderr
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if th.stdin, err = cmd.StdinPipe(); err != nil {
		t.Fatal(err)
	}
	x11test.Run(t, cmd)
	go func() { // ends with the process
		for s := bufio.NewScanner(out); s.Scan(); {
			th.lines <- s.Text()
		}
		close(th.lines)
	}()
	return th
}

// ask gives the window a command and tells what it said before its answer.
func (th *theatre) ask(command string) (before []string) {
	th.t.Helper()
	if _, err := fmt.Fprintln(th.stdin, command); err != nil {
		th.t.Fatal(err)
	}
	for {
		select {
		case line, ok := <-th.lines:
			switch {
			case !ok:
				th.t.Fatal("the window is gone")
			case line == "done "+command:
				return before
			}
			before = append(before, line)
		case <-time.After(patience):
			th.t.Fatal("nothing happens")
		}
	}
}

// until asks again and again until an answer has a line.
func (th *theatre) until(command, want string) {
	th.t.Helper()
	for end := time.Now().Add(patience); time.Now().Before(end); time.Sleep(20 * time.Millisecond) {
		if strings.Contains(strings.Join(th.ask(command), "\n"), want) {
			return
		}
	}
	th.t.Fatalf("%s is never %q", command, want)
}

// BenchmarkGlass measures how long a change of the picture takes until it is on the screen, painted by Fyne and on a
// surface. The figures are reported as microseconds; an iteration is sixty changes.
func BenchmarkGlass(b *testing.B) {
	for _, kind := range []string{"fyne", "surface"} {
		th := openTheatre(b, kind, "1")
		th.until("native", fmt.Sprint("native ", kind == "surface"))
		for _, what := range []string{"glyph", "full"} {
			b.Run(kind+"/"+what, func(b *testing.B) {
				var median, worst float64
				for b.Loop() {
					for _, line := range th.ask("measure " + what) {
						_, _ = fmt.Sscanf(line, "figure %f %f", &median, &worst)
					}
				}
				b.ReportMetric(median, "p50-µs")
				b.ReportMetric(worst, "p90-µs")
			})
		}
	}
}
