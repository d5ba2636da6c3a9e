// Command demo is what `make run` starts: a relay with a demo account, the rep console, and the portal in the browser. Where
// there is no display it makes two of its own, plays the main job through with the real programs, and leaves a picture
// of every window.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"strings"
	"syscall"
	"time"

	"deskhand/apps/e2e/job"
	"deskhand/apps/e2e/stage"
	"deskhand/protocol/code"
)

func main() {
	bin := flag.String("bin", "build/bin", "folder with the three programs")
	dir := flag.String("dir", "build/demo", "folder for the relay's data, logs and pictures")
	flag.Parse()
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	err := run(ctx, *bin, *dir)
	stop()
	if err != nil {
		fmt.Fprintln(os.Stderr, "demo:", err)
		os.Exit(1)
	}
}

func run(ctx context.Context, bin, dir string) error {
	dir, err := filepath.Abs(dir)
	if err != nil {
		return err
	}
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return err
	}
	s := stage.New(ctx, dir)
	defer s.Close()
	if os.Getenv("DISPLAY") == "" && os.Getenv("WAYLAND_DISPLAY") == "" {
		return play(ctx, s, job.In(bin))
	}
	return show(ctx, s, job.In(bin))
}

// show opens everything on the display that is there and waits until it is interrupted.
func show(ctx context.Context, s *stage.Stage, p job.Programs) error {
	j, err := job.StartRelay(ctx, s, p)
	if err != nil {
		return err
	}
	codeFile := filepath.Join(s.Dir, "code")
	if err := os.Remove(codeFile); err != nil && !errors.Is(err, os.ErrNotExist) {
		return err
	}
	password := filepath.Join(s.Dir, "password")
	if err := os.WriteFile(password, []byte(j.Demo.Logins[0].Password+"\n"), 0o600); err != nil {
		return err
	}
	rep, err := s.Start(stage.Command{Name: "rep", Path: abs(p.Rep), Args: []string{
		"-relay", j.Demo.Relay, "-relay-key", j.Demo.Key, "-login", j.Demo.Logins[0].Login, "-password-file", password,
		"-new-code", "Demo", "-code-file", codeFile,
	}})
	if err != nil {
		return err
	}
	browse(s, j.Demo.QuestionPortal)
	describe(j, waitForCode(ctx, codeFile, rep))
	fmt.Println("Close the console or press Ctrl-C to end everything.")
	_, err = rep.Wait(ctx)
	if ctx.Err() != nil {
		return nil
	}
	return err
}

// browse opens a page in the browser, if there is one. The page is the relay's own; the browser asks whether to trust its key.
func browse(s *stage.Stage, page string) {
	for _, name := range []string{"xdg-open", "x-www-browser"} {
		browser, err := exec.LookPath(name)
		if err != nil {
			continue
		}
		if _, err := s.Start(stage.Command{Name: "browser", Path: browser, Args: []string{page}}); err != nil {
			fmt.Fprintln(os.Stderr, "demo: the browser did not open:", err)
		}
		return
	}
}

// waitForCode gives the code that the console has made, or nothing when the console has ended.
func waitForCode(ctx context.Context, file string, rep *stage.Program) string {
	tick := time.NewTicker(50 * time.Millisecond)
	defer tick.Stop()
	for rep.Running() {
		if raw, err := os.ReadFile(file); err == nil {
			return strings.TrimSpace(string(raw))
		}
		select {
		case <-tick.C:
		case <-ctx.Done():
			return ""
		}
	}
	return ""
}

func describe(j *job.Job, digits string) {
	fmt.Println("Question portal:", j.Demo.QuestionPortal)
	fmt.Println("Code portal:    ", j.Demo.CodePortal)
	for _, l := range j.Demo.Logins {
		fmt.Printf("Login:            %s  password %s  (%s)\n", l.Login, l.Password, l.Name)
	}
	fmt.Println("Relay:           ", j.Demo.Relay, j.Demo.Key)
	if digits != "" {
		fmt.Println("Code:            ", code.Code(digits).Grouped())
		fmt.Printf("Customer app:     deskhand-customer -relay %s -relay-key %s -code %s\n", j.Demo.Relay, j.Demo.Key, digits)
	}
}

func abs(path string) string {
	full, err := filepath.Abs(path)
	if err != nil {
		return path
	}
	return full
}

// play runs the main job on displays of its own.
func play(ctx context.Context, s *stage.Stage, p job.Programs) error {
	ctx, cancel := context.WithTimeout(ctx, 5*time.Minute)
	defer cancel()
	fmt.Println("There is no display: playing the main job on two of its own. Pictures go to", s.Dir)
	j, err := job.Start(ctx, s, p, "us")
	if err != nil {
		return err
	}
	describe(j, "")
	whole := &job.Play{Job: j}
	defer whole.Close()
	for _, step := range whole.Steps() {
		fmt.Println(" ·", step.Name)
		within, cancel := context.WithTimeout(ctx, time.Minute)
		err := step.Do(within)
		cancel()
		if err != nil {
			return errors.Join(fmt.Errorf("%s: %w", step.Name, err), j.RepDisplay.Screenshot("failed-rep"), j.CustomerDisplay.Screenshot("failed-customer"))
		}
	}
	fmt.Println("Code that was made at the start:", whole.Code.Grouped())
	fmt.Println("The main job is done.")
	return nil
}
