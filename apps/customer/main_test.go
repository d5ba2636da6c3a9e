package main

import (
	"bytes"
	"errors"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"deskhand/protocol/code"
	"deskhand/protocol/invite"
)

var key = "sha256:" + strings.Repeat("0f", 32)

const someLink = "deskhand://join?relay=relay.example%3A443&code=563773096"

func noTrailer() (invite.Invite, bool, error) { return invite.Invite{}, false, nil }

// TestWrongOptions: one sentence and exit code 2, before anything is opened.
func TestWrongOptions(t *testing.T) {
	for _, tt := range []struct {
		name string
		args []string
		want string
	}{
		{"unknown", []string{"-bogus"}, "not defined: -bogus"},
		{"neither option nor link", []string{"563773096"}, "neither an option nor a deskhand: link"},
		{"another link", []string{"https://relay.example/"}, "neither an option nor a deskhand: link"},
		{"two links", []string{someLink, someLink}, "is too much"},
		{"options after a link", []string{someLink, "-share"}, "is too much"},
		{"consent with a link", []string{"-share", someLink}, "consent never comes with one"},
		{"relay with a link", []string{"-relay", "a:1", someLink}, "a link names relay and session itself"},
		{"code with a link", []string{"-code", "563773096", someLink}, "a link names relay and session itself"},
		{"key without relay", []string{"-relay-key", key}, "-relay-key needs -relay"},
		{"code without relay", []string{"-code", "563773096"}, "need -relay"},
		{"consent without relay", []string{"-share"}, "-share needs -relay"},
		{"an icon without consent", []string{"-relay", "a:1", "-tray"}, "-tray needs -share"},
		{"two codes", []string{"-relay", "a:1", "-code", "563773096", "-code-file", "x"}, "do not go together"},
		{"bad relay", []string{"-relay", "a:b:c"}, "-relay is not an address"},
		{"short key", []string{"-relay", "a:1", "-relay-key", "sha256:00"}, "not a fingerprint"},
		{"short code", []string{"-relay", "a:1", "-code", "56377"}, "-code is not a code"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			var out, problems bytes.Buffer
			code := run(tt.args, &out, &problems)
			if code != 2 || !strings.Contains(problems.String(), tt.want) || strings.Count(problems.String(), "\n") != 1 {
				t.Errorf("exit code %d, says %q; want 2 and one line with %q", code, problems.String(), tt.want)
			}
		})
	}
}

func TestVersionAndHelp(t *testing.T) {
	for flag, want := range map[string]string{"-version": "deskhand-customer 0.", "-help": "-code-file"} {
		var out, problems bytes.Buffer
		if code := run([]string{flag}, &out, &problems); code != 0 || !strings.Contains(out.String(), want) || problems.Len() > 0 {
			t.Errorf("%s: exit code %d, %q, %q", flag, code, out.String(), problems.String())
		}
	}
}

func TestNoDisplayIsASentence(t *testing.T) {
	t.Setenv("DISPLAY", "")
	t.Setenv("WAYLAND_DISPLAY", "")
	var out, problems bytes.Buffer
	if code := run(nil, &out, &problems); code != 1 || !strings.Contains(problems.String(), "no display") {
		t.Errorf("exit code %d, says %q", code, problems.String())
	}
}

// TestWay: how the relay is reached and what is joined there, and that consent comes from the command line only.
func TestWay(t *testing.T) {
	trailer := func() (invite.Invite, bool, error) { return invite.Invite{Relay: "t:1", Ticket: "abc"}, true, nil }
	broken := func() (invite.Invite, bool, error) { return invite.Invite{}, false, errors.New("broken") }
	for _, tt := range []struct {
		name    string
		args    []string
		trailer func() (invite.Invite, bool, error)
		want    way
		consent bool
	}{
		{"nothing", nil, noTrailer, way{byLink: true}, false},
		{"trailer", nil, trailer, way{Invite: invite.Invite{Relay: "t:1", Ticket: "abc"}, byLink: true}, false},
		{"trailer, more to log", []string{"-v"}, trailer, way{Invite: invite.Invite{Relay: "t:1", Ticket: "abc"}, byLink: true}, false},
		{"damaged trailer", nil, broken, way{damaged: true, byLink: true}, false},
		{"link", []string{someLink}, trailer, way{Invite: invite.Invite{Relay: "relay.example:443", Code: "563773096"}, byLink: true}, false},
		{"damaged link", []string{"deskhand://join?relay=x"}, trailer, way{damaged: true, byLink: true}, false},
		{"link that asks for consent", []string{someLink + "&share=1"}, noTrailer, way{damaged: true, byLink: true}, false},
		{"relay", []string{"-relay", "a:1", "-relay-key", key}, trailer, way{Invite: invite.Invite{Relay: "a:1", Key: key}}, false},
		{"code", []string{"-relay", "a:1", "-code", "563 773-096"}, trailer, way{Invite: invite.Invite{Relay: "a:1", Code: "563773096"}}, false},
		{"share", []string{"-relay", "a:1", "-code", "563773096", "-share"}, trailer, way{Invite: invite.Invite{Relay: "a:1", Code: "563773096"}}, true},
	} {
		t.Run(tt.name, func(t *testing.T) {
			o, err := parse(tt.args, io.Discard)
			if err != nil {
				t.Fatal(err)
			}
			got, err := o.way(tt.trailer)
			if err != nil || got != tt.want {
				t.Errorf("way %+v, %v; want %+v", got, err, tt.want)
			}
			if given := newProgram(o, got, nil).consent(); (given != nil) != tt.consent {
				t.Errorf("consent %v", given)
			}
		})
	}
}

func TestCodeFile(t *testing.T) {
	file := filepath.Join(t.TempDir(), "code")
	for _, tt := range []struct{ name, holds, want, problem string }{
		{"plain", "563773096\n", "563773096", ""},
		{"grouped", "  563 773 096\r\n", "563773096", ""},
		{"empty", "", "", "does not hold a code"},
		{"words", "no code yet", "", "does not hold a code"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			if err := os.WriteFile(file, []byte(tt.holds), 0o600); err != nil {
				t.Fatal(err)
			}
			w, err := options{relay: "a:1", codeFile: file}.way(noTrailer)
			if w.Code != code.Code(tt.want) || (err != nil) != (tt.problem != "") {
				t.Errorf("code %q, %v", w.Code, err)
			}
			if err != nil && !strings.Contains(err.Error(), tt.problem) {
				t.Errorf("it says %q", err)
			}
		})
	}
	var out, problems bytes.Buffer
	if code := run([]string{"-relay", "a:1", "-code-file", file + "x"}, &out, &problems); code != 1 || !strings.Contains(problems.String(), "cannot be read") {
		t.Errorf("a file that is not there: exit code %d, %q", code, problems.String())
	}
}

func TestOwnTrailer(t *testing.T) {
	if i, ok, err := ownTrailer(); ok || err != nil {
		t.Errorf("this test has a trailer: %+v, %v", i, err)
	}
}
