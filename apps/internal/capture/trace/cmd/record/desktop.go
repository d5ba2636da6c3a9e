//go:build linux

package main

import (
	"bufio"
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"time"
)

const (
	width  = 1280
	height = 720
)

// desktop is an X server with a window manager. The programs on it end with it.
type desktop struct {
	ctx     context.Context //nolint:containedctx // of one recording
	display string
	dir     string // a home for the programs
	started []*exec.Cmd
}

func newDesktop(ctx context.Context) (*desktop, error) {
	dir, err := os.MkdirTemp("", "record")
	if err != nil {
		return nil, err
	}
	d := &desktop{ctx: ctx, dir: dir}
	ready, write, err := os.Pipe()
	if err != nil {
		return nil, err
	}
	defer ready.Close()
	server := d.command("Xvfb", "-displayfd", "3", "-screen", "0", fmt.Sprintf("%dx%dx24", width, height), "-nolisten", "tcp", "-noreset")
	server.ExtraFiles = []*os.File{write}
	err = d.start(server)
	write.Close()
	if err != nil {
		d.close()
		return nil, err
	}
	number, err := bufio.NewReader(ready).ReadString('\n')
	if err != nil {
		d.close()
		return nil, fmt.Errorf("no X server: %w", err)
	}
	d.display = ":" + strings.TrimSpace(number)
	if err := d.run("openbox", "--sm-disable"); err != nil {
		d.close()
		return nil, err
	}
	d.rest(time.Second)
	return d, nil
}

func (d *desktop) close() {
	for i := len(d.started) - 1; i >= 0; i-- {
		cmd := d.started[i]
		_ = syscall.Kill(-cmd.Process.Pid, syscall.SIGKILL) // with what it has started
		_ = cmd.Wait()
	}
	_ = os.RemoveAll(d.dir)
}

func (d *desktop) command(name string, args ...string) *exec.Cmd {
	cmd := exec.CommandContext(d.ctx, name, args...)
	cmd.Dir = d.dir
	cmd.Env = append(os.Environ(), "DISPLAY="+d.display, "WAYLAND_DISPLAY=", "HOME="+d.dir, "LANG=C.UTF-8")
	return cmd
}

func (d *desktop) start(cmd *exec.Cmd) error {
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	if err := cmd.Start(); err != nil {
		return err
	}
	d.started = append(d.started, cmd)
	return nil
}

// run starts a program that stays.
func (d *desktop) run(name string, args ...string) error { return d.start(d.command(name, args...)) }

// do plays what a person does, in xdotool's words.
func (d *desktop) do(words ...string) error {
	out, err := d.command("xdotool", words...).CombinedOutput()
	if err != nil {
		return fmt.Errorf("xdotool %s: %w: %s", strings.Join(words, " "), err, out)
	}
	return nil
}

// doAll is do several times, as typing takes all words that follow it.
func (d *desktop) doAll(all ...[]string) error {
	for _, words := range all {
		if err := d.do(words...); err != nil {
			return err
		}
	}
	return nil
}

// window waits for a window by a part of its title, and for its program to draw it.
func (d *desktop) window(title string, drawn time.Duration) error {
	if err := d.do("search", "--sync", "--onlyvisible", "--name", title); err != nil {
		return err
	}
	d.rest(drawn)
	return nil
}

func (d *desktop) rest(pause time.Duration) {
	select {
	case <-d.ctx.Done():
	case <-time.After(pause):
	}
}

func (d *desktop) write(name, text string) (path string, err error) {
	path = filepath.Join(d.dir, name)
	return path, os.WriteFile(path, []byte(text), 0o600)
}

// drag moves the pressed pointer along points, in steps of a display's frame.
func (d *desktop) drag(points ...[2]int) error {
	words := moveTo(points[0])
	words = append(words, "mousedown", "1")
	for i := 1; i < len(points); i++ {
		const steps = 12
		a, b := points[i-1], points[i]
		for k := 1; k <= steps; k++ {
			words = append(words, moveTo([2]int{a[0] + (b[0]-a[0])*k/steps, a[1] + (b[1]-a[1])*k/steps})...)
			words = append(words, "sleep", "0.04")
		}
	}
	return d.do(append(words, "mouseup", "1")...)
}

func moveTo(at [2]int) []string {
	return []string{"mousemove", strconv.Itoa(at[0]), strconv.Itoa(at[1])}
}
