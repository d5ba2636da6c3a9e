// Command deskhand-customer is what a customer runs to be helped: it joins a session by a code or a link, asks for
// consent, and shows at any moment what a rep sees.
package main

import (
	"errors"
	"flag"
	"fmt"
	"io"
	"log/slog"
	"os"
	"strings"

	"deskhand/protocol/code"
	"deskhand/protocol/invite"
	"deskhand/protocol/transport"
	"deskhand/protocol/version"
)

// options are what the command line says.
type options struct {
	relay, key     string
	code, codeFile string
	link           string
	share          bool // consent to share and to be controlled, typed by the person at this machine
	tray           bool // no window until there is something to answer or read
	verbose        bool
}

func main() {
	// Ordinary users may not enlarge UDP buffers, and need not be told.
	if err := os.Setenv("QUIC_GO_DISABLE_RECEIVE_BUFFER_WARNING", "true"); err != nil {
		fmt.Fprintln(os.Stderr, "deskhand-customer:", err)
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
		fmt.Fprintln(problems, "deskhand-customer:", err)
		return 2
	}
	level := slog.LevelInfo
	if o.verbose {
		level = slog.LevelDebug
	}
	logger := slog.New(slog.NewTextHandler(problems, &slog.HandlerOptions{Level: level}))
	way, err := o.way(ownTrailer)
	if err == nil {
		err = newProgram(o, way, logger).run()
	}
	if err != nil {
		fmt.Fprintln(problems, "deskhand-customer:", err)
		return 1
	}
	return 0
}

func parse(args []string, out io.Writer) (options, error) {
	var o options
	f := flag.NewFlagSet("deskhand-customer", flag.ContinueOnError)
	f.SetOutput(io.Discard)
	f.StringVar(&o.relay, "relay", "", "the relay's `HOST:PORT`")
	f.StringVar(&o.key, "relay-key", "", "`FINGERPRINT` of the relay's key; without it the system's certificate authorities decide")
	f.StringVar(&o.code, "code", "", "join with this code of nine `DIGITS`")
	f.StringVar(&o.codeFile, "code-file", "", "join with the code in `FILE`")
	f.BoolVar(&o.share, "share", false, "consent to showing this screen and to the use of mouse and keyboard")
	f.BoolVar(&o.tray, "tray", false, "with -share: begin with an icon in the tray in place of the window")
	f.BoolVar(&o.verbose, "v", false, "log more")
	show := f.Bool("version", false, "print the version and end")
	if err := f.Parse(args); err != nil {
		if errors.Is(err, flag.ErrHelp) {
			f.SetOutput(out)
			fmt.Fprintln(out, "deskhand-customer [options] [deskhand:LINK]: get help from a representative\n\nOptions:")
			f.PrintDefaults()
		}
		return o, err
	}
	if *show {
		fmt.Fprintln(out, "deskhand-customer", version.Product)
		return o, flag.ErrHelp
	}
	return o.check(f.Args())
}

// check refuses options that do not go together, and takes the link.
func (o options) check(rest []string) (options, error) {
	switch {
	case len(rest) > 1:
		return o, fmt.Errorf("%q is too much: there is one link, after all options", rest[1])
	case len(rest) == 1 && !strings.HasPrefix(rest[0], invite.Scheme+":"):
		return o, fmt.Errorf("%q is neither an option nor a %s: link; see -help", rest[0], invite.Scheme)
	case len(rest) == 1 && o.share:
		return o, errors.New("-share cannot be used with a link: consent never comes with one")
	case len(rest) == 1 && (o.relay != "" || o.key != "" || o.code != "" || o.codeFile != ""):
		return o, errors.New("a link names relay and session itself: leave -relay, -relay-key, -code and -code-file out")
	case o.key != "" && o.relay == "":
		return o, errors.New("-relay-key needs -relay")
	case (o.code != "" || o.codeFile != "") && o.relay == "":
		return o, errors.New("-code and -code-file need -relay")
	case o.share && o.relay == "":
		return o, errors.New("-share needs -relay")
	case o.tray && !o.share:
		return o, errors.New("-tray needs -share: whoever is asked for consent has to see the question")
	case o.code != "" && o.codeFile != "":
		return o, errors.New("-code and -code-file do not go together")
	}
	if len(rest) == 1 {
		o.link = rest[0]
	}
	return o, o.checkValues()
}

func (o options) checkValues() error {
	if o.relay != "" && transport.CheckAddress(o.relay) != nil {
		return errors.New("-relay is not an address: it is HOST:PORT")
	}
	if o.key != "" {
		if _, err := transport.ParseFingerprint(o.key); err != nil {
			return errors.New("-relay-key is not a fingerprint: it is \"sha256:\" and 64 hexadecimal digits")
		}
	}
	if o.code != "" {
		if _, err := code.Parse(o.code); err != nil {
			return errors.New("-code is not a code: it has nine digits")
		}
	}
	return nil
}

// way is how the relay is reached and what is joined there.
type way struct {
	invite.Invite      // without a Relay when none is known
	damaged       bool // a link or a trailer was there and made no sense
	byLink        bool // it came from outside: nobody at this machine has typed it
}

// way puts together what the options, a link, or the end of this program say. trailer reads the latter.
func (o options) way(trailer func() (invite.Invite, bool, error)) (way, error) {
	switch {
	case o.link != "":
		i, err := invite.Parse(o.link)
		return way{Invite: i, damaged: err != nil, byLink: true}, nil
	case o.relay == "":
		i, _, err := trailer()
		return way{Invite: i, damaged: err != nil, byLink: true}, nil
	}
	text := o.code
	if o.codeFile != "" {
		raw, err := os.ReadFile(o.codeFile)
		if err != nil {
			return way{}, fmt.Errorf("the code file cannot be read: %w", err)
		}
		text = strings.TrimSpace(string(raw))
	}
	w := way{Invite: invite.Invite{Relay: o.relay, Key: o.key}}
	if text == "" && o.codeFile == "" {
		return w, nil
	}
	c, err := code.Parse(text)
	if err != nil {
		return way{}, errors.New("the code file does not hold a code: it has nine digits")
	}
	w.Code = c
	return w, nil
}

// ownTrailer reads the invitation at the end of this program's own file, if there is one.
func ownTrailer() (invite.Invite, bool, error) {
	path, err := os.Executable()
	if err != nil {
		return invite.Invite{}, false, nil //nolint:nilerr // a program that does not know itself has no trailer
	}
	f, err := os.Open(path)
	if err != nil {
		return invite.Invite{}, false, nil //nolint:nilerr // as above
	}
	defer f.Close()
	info, err := f.Stat()
	if err != nil {
		return invite.Invite{}, false, fmt.Errorf("own file: %w", err)
	}
	return invite.ReadFrom(f, info.Size())
}
