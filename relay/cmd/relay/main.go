// Command relay (the binary is deskhand-relay) runs a relay, and keeps the accounts and portals that it serves.
package main

import (
	"context"
	"crypto/rand"
	"errors"
	"flag"
	"fmt"
	"io"
	"log/slog"
	"os"
	"os/signal"
	"strings"
	"syscall"
	"time"
)

const usage = `Usage:
  deskhand-relay serve  -dir DIR [-quic :443] [-tcp :443,:8200] [-public-url https://HOST]
  deskhand-relay demo   -dir DIR [-listen 127.0.0.1:PORT]
  deskhand-relay key    -dir DIR
  deskhand-relay apply  FILE.yaml -dir DIR [-dry-run] [-prune]
  deskhand-relay company   add|set|list
  deskhand-relay team      add|set|remove|list
  deskhand-relay rep       add|set|password|totp|remove|list
  deskhand-relay manager   add|set|remove|list
  deskhand-relay portal    add|set|remove|list
  deskhand-relay subportal add|set|serve|remove|list
  deskhand-relay setting   set|clear|list
  deskhand-relay seat      clear|list
  deskhand-relay audit     list
Each command explains its options with -help.`

// Exit codes.
const (
	exitFailed = 1
	exitUsage  = 2
)

// usageError is a mistake in what was typed.
type usageError struct{ error }

// program is what the commands have of the world.
type program struct {
	in       io.Reader
	out, err io.Writer
	clock    func() time.Time
	rand     io.Reader
}

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	p := &program{in: os.Stdin, out: os.Stdout, err: os.Stderr, clock: time.Now, rand: rand.Reader}
	code := p.main(ctx, os.Args[1:])
	stop()
	os.Exit(code)
}

// main runs a command and says in one sentence what went wrong.
func (p *program) main(ctx context.Context, args []string) int {
	err := p.run(ctx, args)
	var wrong usageError
	switch {
	case err == nil:
		return 0
	case errors.Is(err, flag.ErrHelp):
		return 0
	case errors.As(err, &wrong):
		fmt.Fprintf(p.err, "deskhand-relay: %v\n", err)
		return exitUsage
	default:
		fmt.Fprintf(p.err, "deskhand-relay: %s\n", strings.ReplaceAll(err.Error(), "\n", "; "))
		return exitFailed
	}
}

func (p *program) run(ctx context.Context, args []string) error {
	if len(args) == 0 {
		return usageError{errors.New("no command given: try deskhand-relay help")}
	}
	command, rest := args[0], args[1:]
	if verbs := nouns()[command]; verbs != nil {
		return p.verb(ctx, command, verbs, rest)
	}
	switch command {
	case "serve":
		return p.serve(ctx, rest)
	case "demo":
		return p.demo(ctx, rest)
	case "apply":
		return p.apply(ctx, rest)
	case "key":
		return p.key(rest)
	case "help", "-h", "-help", "--help":
		fmt.Fprintln(p.out, usage)
		return nil
	default:
		return usageError{fmt.Errorf("there is no command %q: try deskhand-relay help", command)}
	}
}

// options is a command's flag set, and what all commands share.
type options struct {
	*flag.FlagSet
	program *program
	dir     *string
}

func (p *program) options(command string) *options {
	f := flag.NewFlagSet("deskhand-relay "+command, flag.ContinueOnError)
	f.SetOutput(io.Discard)
	return &options{FlagSet: f, program: p, dir: f.String("dir", "", "folder of the relay's data")}
}

// parse reads the arguments. Options named as required must not be empty.
func (o *options) parse(args []string, required ...string) error {
	err := o.Parse(args)
	switch {
	case errors.Is(err, flag.ErrHelp):
		fmt.Fprintf(o.program.out, "Options of %s:\n", o.Name())
		o.SetOutput(o.program.out)
		o.PrintDefaults()
		return err
	case err != nil:
		return usageError{fmt.Errorf("%s: %w", o.Name(), err)}
	case o.NArg() > 0:
		return usageError{fmt.Errorf("%s: %q is not understood", o.Name(), o.Arg(0))}
	}
	for _, name := range append([]string{"dir"}, required...) {
		if o.Lookup(name).Value.String() == "" {
			return usageError{fmt.Errorf("%s: -%s is missing", o.Name(), name)}
		}
	}
	return nil
}

func (p *program) logger(level slog.Level) *slog.Logger {
	return slog.New(slog.NewTextHandler(p.err, &slog.HandlerOptions{Level: level}))
}
