// Package stage puts real programs into real windows for whole-system tests and for the demonstration of `make run`:
// X displays with a window manager, programs with captured output, windows that are clicked and typed into from the
// outside, and pictures of them. It knows nothing of Deskhand.
//
// A Stage owns everything that it starts and ends it, in reverse order, in Close. Its methods are for one goroutine.
package stage

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"time"
)

// Stage is a folder for output and the processes that were started.
type Stage struct {
	Dir     string          // logs and pictures go here
	life    context.Context // of the programs; they outlast the step that started them
	started []*Program
}

// New makes a stage whose output goes to an existing folder. When ctx ends its programs are told to end.
func New(ctx context.Context, dir string) *Stage { return &Stage{Dir: dir, life: ctx} }

// Life is the context of what outlasts single steps.
func (s *Stage) Life() context.Context { return s.life }

// Close ends every program, the newest first, and waits for it.
func (s *Stage) Close() {
	for i := len(s.started) - 1; i >= 0; i-- {
		s.started[i].Stop()
	}
	s.started = nil
}

// Command says what to start.
type Command struct {
	Name string   // of the log file
	Path string   // program
	Args []string //
	Env  []string // added to this process's environment
	Dir  string   // working folder, empty for the stage's
}

// Program is a running process with its output.
type Program struct {
	Name string

	cmd  *exec.Cmd
	done chan struct{} // closed when the process has ended and its output is complete
	err  error         // of Wait, valid once done is closed

	mu    sync.Mutex
	lines []string
	more  chan struct{} // closed and replaced whenever a line arrives
}

// Start runs a command; its output is kept line by line and written to Dir/NAME.log.
func (s *Stage) Start(c Command) (*Program, error) {
	log, err := os.Create(filepath.Join(s.Dir, c.Name+".log"))
	if err != nil {
		return nil, err
	}
	p := &Program{Name: c.Name, done: make(chan struct{}), more: make(chan struct{})}
	p.cmd = exec.CommandContext(s.life, c.Path, c.Args...)
	p.cmd.Env = append(os.Environ(), c.Env...)
	p.cmd.Dir = c.Dir
	if p.cmd.Dir == "" {
		p.cmd.Dir = s.Dir
	}
	p.cmd.Cancel = func() error { return p.cmd.Process.Signal(syscall.SIGTERM) }
	p.cmd.WaitDelay = 10 * time.Second
	out, in, err := os.Pipe()
	if err != nil {
		return nil, errors.Join(err, log.Close())
	}
	p.cmd.Stdout, p.cmd.Stderr = in, in
	if err := p.cmd.Start(); err != nil {
		return nil, errors.Join(fmt.Errorf("start %s: %w", c.Name, err), in.Close(), out.Close(), log.Close())
	}
	in.Close()
	go p.collect(out, log)
	s.started = append(s.started, p)
	return p, nil
}

// collect reads the output to its end, then awaits the process.
func (p *Program) collect(out io.ReadCloser, log io.WriteCloser) {
	defer close(p.done)
	defer log.Close()
	defer out.Close()
	lines := bufio.NewScanner(out)
	lines.Buffer(nil, 1<<20)
	for lines.Scan() {
		fmt.Fprintln(log, lines.Text())
		p.mu.Lock()
		p.lines = append(p.lines, lines.Text())
		close(p.more)
		p.more = make(chan struct{})
		p.mu.Unlock()
	}
	p.err = p.cmd.Wait()
}

// Line waits for a line of output that holds text and returns it.
func (p *Program) Line(ctx context.Context, text string) (string, error) {
	for {
		p.mu.Lock()
		more := p.more
		for _, line := range p.lines {
			if strings.Contains(line, text) {
				p.mu.Unlock()
				return line, nil
			}
		}
		p.mu.Unlock()
		select {
		case <-more:
		case <-p.done:
			return "", fmt.Errorf("%s ended (%w) without saying %q; it said:\n%s", p.Name, errors.Join(p.err), text, p.Output())
		case <-ctx.Done():
			return "", fmt.Errorf("%s did not say %q: %w; it said:\n%s", p.Name, text, ctx.Err(), p.Output())
		}
	}
}

// Output is everything that the program has said so far.
func (p *Program) Output() string {
	p.mu.Lock()
	defer p.mu.Unlock()
	return strings.Join(p.lines, "\n")
}

// Wait waits until the program has ended by itself and returns its exit code.
func (p *Program) Wait(ctx context.Context) (int, error) {
	select {
	case <-p.done:
		return p.cmd.ProcessState.ExitCode(), nil
	case <-ctx.Done():
		return -1, fmt.Errorf("%s does not end: %w", p.Name, ctx.Err())
	}
}

// Running reports whether the program has not ended yet.
func (p *Program) Running() bool {
	select {
	case <-p.done:
		return false
	default:
		return true
	}
}

// Stop asks the program to end, insists after five seconds, and waits for it.
func (p *Program) Stop() {
	if p.Running() {
		_ = p.cmd.Process.Signal(syscall.SIGTERM)
	}
	select {
	case <-p.done:
	case <-time.After(5 * time.Second):
		_ = p.cmd.Process.Kill()
		<-p.done
	}
}
