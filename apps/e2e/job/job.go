// Package job plays the main job with the real programs in real windows: a customer asks on the portal page, a rep
// answers the alert, they chat, the rep sees the screen and types. The whole-system tests check each step; `make run`
// shows it where there is no display. It drives the programs from outside only: mouse, keyboard, browser.
package job

import (
	"context"
	"encoding/json"
	"fmt"
	"image"
	"image/color"
	"os"
	"path/filepath"
	"strings"

	"deskhand/apps/e2e/stage"
	"deskhand/apps/internal/prefs"
)

// Accent is the colour of the one main action of a window, in the light look.
var Accent = color.RGBA{0x0b, 0x6e, 0x99, 0xff}

// Sharing is the colour of the status panel while the screen is shared.
var Sharing = color.RGBA{0xf2, 0xc2, 0x00, 0xff}

// Sizes of the two displays. The customer's is smaller, so that the Viewer shows all of it.
var (
	RepSize      = image.Pt(1600, 1000)
	CustomerSize = image.Pt(1024, 720)
)

// Demo is what the relay's demo writes down.
type Demo struct {
	Relay          string `json:"relay"`
	Key            string `json:"key"`
	QuestionPortal string `json:"question_portal"`
	CodePortal     string `json:"code_portal"`
	Logins         []struct {
		Login    string `json:"login"`
		Password string `json:"password"`
		Name     string `json:"name"`
	} `json:"logins"`
	Data string `json:"data"`
}

// Job is a relay, a rep's display and a customer's display, and what runs on them.
type Job struct {
	Stage    *stage.Stage
	Programs Programs
	Demo     Demo

	Relay           *stage.Program
	RepDisplay      *stage.Display
	CustomerDisplay *stage.Display
	Rep, Customer   *stage.Program
}

// Start starts a relay with the demo account and the two displays.
func Start(ctx context.Context, s *stage.Stage, p Programs, layout string) (*Job, error) {
	j, err := StartRelay(ctx, s, p)
	if err != nil {
		return nil, err
	}
	if j.RepDisplay, err = s.Display(ctx, "rep", RepSize, layout); err != nil {
		return nil, err
	}
	j.CustomerDisplay, err = s.Display(ctx, "customer", CustomerSize, "us")
	return j, err
}

// StartRelay starts a relay with the demo account alone.
func StartRelay(ctx context.Context, s *stage.Stage, p Programs) (*Job, error) {
	for _, path := range []*string{&p.Relay, &p.Rep, &p.Customer} {
		full, err := filepath.Abs(*path)
		if err != nil {
			return nil, err
		}
		*path = full
	}
	j := &Job{Stage: s, Programs: p}
	return j, j.startRelay(ctx)
}

func (j *Job) startRelay(ctx context.Context) error {
	dir := filepath.Join(j.Stage.Dir, "relay")
	if err := os.RemoveAll(dir); err != nil { // codes of a run before would stand in the way of this one's
		return err
	}
	if err := os.MkdirAll(filepath.Join(dir, "downloads"), 0o755); err != nil {
		return err
	}
	if err := link(j.Programs.Customer, filepath.Join(dir, "downloads", "deskhand-customer")); err != nil {
		return err
	}
	var err error
	j.Relay, err = j.Stage.Start(stage.Command{
		Name: "relay", Path: j.Programs.Relay, Args: []string{"demo", "-dir", dir, "-listen", "127.0.0.1:0"},
	})
	if err != nil {
		return err
	}
	if _, err := j.Relay.Line(ctx, "demo is ready"); err != nil {
		return err
	}
	raw, err := os.ReadFile(filepath.Join(dir, "demo.json"))
	if err != nil {
		return err
	}
	if err := json.Unmarshal(raw, &j.Demo); err != nil {
		return fmt.Errorf("demo.json: %w", err)
	}
	return nil
}

// link offers a program under another name without copying it.
func link(from, to string) error {
	if err := os.Remove(to); err != nil && !os.IsNotExist(err) {
		return err
	}
	return os.Link(from, to)
}

// home gives a program a home of its own, so that no settings of this machine matter.
func (j *Job) home(name string) ([]string, error) {
	dir := filepath.Join(j.Stage.Dir, "home-"+name)
	for _, sub := range []string{"config", "cache"} {
		if err := os.MkdirAll(filepath.Join(dir, sub), 0o700); err != nil {
			return nil, err
		}
	}
	return []string{
		"HOME=" + dir, "XDG_CONFIG_HOME=" + filepath.Join(dir, "config"), "XDG_CACHE_HOME=" + filepath.Join(dir, "cache"), "LANG=en_GB.UTF-8", "LANGUAGE=en",
		"LC_ALL=", "LC_CTYPE=C.UTF-8", "FYNE_THEME=light", "FYNE_SCALE=1", "GORACE=halt_on_error=1",
	}, nil
}

// StartRep starts the rep console on its display, logged in as the demo's first rep, and waits for List View.
func (j *Job) StartRep(ctx context.Context, args ...string) error {
	env, err := j.home("rep")
	if err != nil {
		return err
	}
	// Alerts stay as long as they may, so that a slow machine plays the same job.
	settings := prefs.Path(filepath.Join(j.Stage.Dir, "home-rep", "config"), "rep")
	if err := os.MkdirAll(filepath.Dir(settings), 0o700); err != nil {
		return err
	}
	if err := os.WriteFile(settings, fmt.Appendf(nil, `{"alert_seconds": %d}`, prefs.MaxAlertSeconds), 0o600); err != nil {
		return err
	}
	password := filepath.Join(j.Stage.Dir, "password")
	if err := os.WriteFile(password, []byte(j.Demo.Logins[0].Password+"\n"), 0o600); err != nil {
		return err
	}
	j.Rep, err = j.RepDisplay.Start(stage.Command{Name: "rep", Path: j.Programs.Rep, Env: env, Args: append([]string{
		"-relay", j.Demo.Relay, "-relay-key", j.Demo.Key, "-login", j.Demo.Logins[0].Login, "-password-file", password,
	}, args...)})
	if err != nil {
		return err
	}
	_, err = j.RepDisplay.Window(ctx, "Deskhand – "+j.Demo.Logins[0].Name)
	return err
}

// StartCustomer starts the customer app on its display.
func (j *Job) StartCustomer(ctx context.Context, args ...string) error {
	env, err := j.home("customer")
	if err != nil {
		return err
	}
	j.Customer, err = j.CustomerDisplay.Start(stage.Command{Name: "customer", Path: j.Programs.Customer, Env: env, Args: args})
	return err
}

// Terminal opens an xterm on the customer's display that writes whatever is typed into it to a file.
func (j *Job) Terminal(ctx context.Context, file string) (*stage.Window, error) {
	_, err := j.CustomerDisplay.Start(stage.Command{
		Name: "xterm", Path: "xterm", Env: []string{"LC_ALL=C.UTF-8"},
		Args: []string{"-u8", "-T", "Letter", "-geometry", "60x14+8+380", "-fa", "DejaVu Sans Mono", "-fs", "11", "-e", "cat > " + file},
	})
	if err != nil {
		return nil, err
	}
	return j.CustomerDisplay.Window(ctx, "Letter")
}

// Written gives what the terminal has written so far.
func Written(file string) string {
	raw, err := os.ReadFile(file)
	if err != nil {
		return ""
	}
	return strings.TrimSuffix(string(raw), "\n")
}
