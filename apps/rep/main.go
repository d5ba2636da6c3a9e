// Command deskhand-rep is the rep console: a tray application that a rep keeps open all day.
package main

import (
	"errors"
	"flag"
	"fmt"
	"io"
	"log/slog"
	"os"
	"strings"

	"deskhand/protocol/transport"
	"deskhand/protocol/version"
)

// options are what the command line says.
type options struct {
	relay, key          string
	login, passwordFile string
	newCode, codeFile   string
	accept, openViewer  bool
	verbose             bool
}

func main() {
	// Ordinary users may not enlarge UDP buffers, and need not be told.
	if err := os.Setenv("QUIC_GO_DISABLE_RECEIVE_BUFFER_WARNING", "true"); err != nil {
		fmt.Fprintln(os.Stderr, "deskhand-rep:", err)
	}
	os.Exit(run(os.Args[1:], os.Stdout, os.Stderr))
}

// run gives the exit code: 0 at a normal end, 1 when something failed, 2 for wrong options.
func run(args []string, out, problems io.Writer) int {
	o, err := parse(args, out)
	switch {
	case errors.Is(err, flag.ErrHelp):
		return 0
	case err != nil:
		fmt.Fprintln(problems, "deskhand-rep:", err)
		return 2
	}
	level := slog.LevelInfo
	if o.verbose {
		level = slog.LevelDebug
	}
	logger := slog.New(slog.NewTextHandler(problems, &slog.HandlerOptions{Level: level}))
	if err := newStation(o, logger).run(); err != nil {
		fmt.Fprintln(problems, "deskhand-rep:", err)
		return 1
	}
	return 0
}

func parse(args []string, out io.Writer) (options, error) {
	var o options
	f := flag.NewFlagSet("deskhand-rep", flag.ContinueOnError)
	f.SetOutput(io.Discard)
	f.StringVar(&o.relay, "relay", "", "the relay's `HOST:PORT`")
	f.StringVar(&o.key, "relay-key", "", "`FINGERPRINT` of the relay's key; without it the system's certificate authorities decide")
	f.StringVar(&o.login, "login", "", "the rep's `LOGIN`")
	f.StringVar(&o.passwordFile, "password-file", "", "`FILE` that holds the password; with -login: log in at once")
	f.StringVar(&o.newCode, "new-code", "", "make a code with this `NAME` after the login")
	f.StringVar(&o.codeFile, "code-file", "", "write the new code to `FILE`")
	f.BoolVar(&o.accept, "accept", false, "take the next query by itself")
	f.BoolVar(&o.openViewer, "open-viewer", false, "open the Viewer at actual size, at the top left, when the customer joins")
	f.BoolVar(&o.verbose, "v", false, "log more")
	show := f.Bool("version", false, "print the version and end")
	if err := f.Parse(args); err != nil {
		if errors.Is(err, flag.ErrHelp) {
			f.SetOutput(out)
			fmt.Fprintln(out, "deskhand-rep: the rep console\n\nOptions:")
			f.PrintDefaults()
		}
		return o, err
	}
	if *show {
		fmt.Fprintln(out, "deskhand-rep", version.Product)
		return o, flag.ErrHelp
	}
	return o, o.check(f.Args())
}

// check refuses options that do not go together.
func (o options) check(rest []string) error {
	switch {
	case len(rest) > 0:
		return fmt.Errorf("%q is not an option; see -help", rest[0])
	case o.key != "" && o.relay == "":
		return errors.New("-relay-key needs -relay")
	case (o.passwordFile != "") && (o.login == "" || o.relay == ""):
		return errors.New("-password-file needs -relay and -login")
	case o.codeFile != "" && o.newCode == "":
		return errors.New("-code-file needs -new-code")
	case o.newCode != "" && o.passwordFile == "":
		return errors.New("-new-code needs -login and -password-file")
	}
	if o.key == "" {
		return nil
	}
	if _, err := transport.ParseFingerprint(o.key); err != nil {
		return errors.New("-relay-key is not a fingerprint: it is \"sha256:\" and 64 hexadecimal digits")
	}
	return nil
}

// password reads the password file; one line break at its end does not count.
func (o options) password() (string, error) {
	raw, err := os.ReadFile(o.passwordFile)
	if err != nil {
		return "", fmt.Errorf("the password file cannot be read: %w", err)
	}
	return strings.TrimRight(string(raw), "\r\n"), nil
}
