//go:build linux

// Command record makes the traces in testdata: it starts an X server of its own for each scene, lets real programs draw
// on it and records what capturing sees. It needs Debian's packages xvfb, openbox, xdotool, xterm, chromium,
// libreoffice-writer, libreoffice-calc and mtpaint. `make traces` runs it.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"log"
	"os"
	"os/signal"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"deskhand/apps/internal/capture"
	"deskhand/apps/internal/capture/trace"
)

func main() {
	dir := flag.String("dir", "testdata", "where the traces go")
	only := flag.String("only", "", "names of scenes, with commas between them; all when empty")
	flag.Parse()
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	for _, s := range scenes() {
		if *only != "" && !slices.Contains(strings.Split(*only, ","), s.name) {
			continue
		}
		if err := s.record(ctx, filepath.Join(*dir, s.name+".trace")); err != nil {
			log.Fatalf("%s: %v", s.name, err)
		}
	}
}

// scene is a desktop on which something happens.
type scene struct {
	name     string
	interval time.Duration          // between frames
	prepare  func(d *desktop) error // returns when the first frame may be taken
	play     func(d *desktop) error // what is recorded
	files    func(d *desktop) error // makes what the programs open, may be nil
}

func (s scene) record(ctx context.Context, path string) error {
	ctx, cancel := context.WithTimeout(ctx, 2*time.Minute)
	defer cancel()
	d, err := newDesktop(ctx)
	if err != nil {
		return err
	}
	defer d.close()
	if s.files != nil {
		if err := s.files(d); err != nil {
			return err
		}
	}
	if err := s.prepare(d); err != nil {
		return err
	}
	file, err := os.Create(path)
	if err != nil {
		return err
	}
	source, err := capture.Open(capture.Config{Display: d.display, Interval: s.interval})
	if err != nil {
		return errors.Join(err, file.Close())
	}
	recording, end := context.WithCancel(ctx)
	done := make(chan error, 1)
	go func() { done <- trace.Record(recording, source, file) }()
	err = s.play(d)
	d.rest(s.interval + 200*time.Millisecond)
	end()
	err = errors.Join(err, <-done, source.Close(), file.Close())
	if info, statErr := os.Stat(path); statErr == nil {
		fmt.Printf("%s: %d kB\n", s.name, info.Size()/1000)
	}
	return err
}
