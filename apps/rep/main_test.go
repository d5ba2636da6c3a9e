package main

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

var key = "sha256:" + strings.Repeat("0f", 32)

// TestOptions: wrong options are one sentence and exit code 2, before anything is opened.
func TestOptions(t *testing.T) {
	for _, tt := range []struct {
		name string
		args []string
		want string
	}{
		{"unknown", []string{"-bogus"}, "not defined: -bogus"},
		{"rest", []string{"now"}, `"now" is not an option`},
		{"key without relay", []string{"-relay-key", key}, "-relay-key needs -relay"},
		{"short key", []string{"-relay", "a:1", "-relay-key", "sha256:00"}, "not a fingerprint"},
		{"password without login", []string{"-password-file", "x"}, "-password-file needs"},
		{"code file without code", []string{"-code-file", "x"}, "-code-file needs -new-code"},
		{"code without login", []string{"-new-code", "x"}, "-new-code needs"},
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

func TestNoDisplayIsASentence(t *testing.T) {
	t.Setenv("DISPLAY", "")
	t.Setenv("WAYLAND_DISPLAY", "")
	var out, problems bytes.Buffer
	if code := run(nil, &out, &problems); code != 1 || !strings.Contains(problems.String(), "no display") {
		t.Errorf("exit code %d, says %q", code, problems.String())
	}
}

func TestVersionAndHelp(t *testing.T) {
	for flag, want := range map[string]string{"-version": "deskhand-rep 0.", "-help": "-open-viewer"} {
		var out, problems bytes.Buffer
		if code := run([]string{flag}, &out, &problems); code != 0 || !strings.Contains(out.String(), want) || problems.Len() > 0 {
			t.Errorf("%s: exit code %d, %q, %q", flag, code, out.String(), problems.String())
		}
	}
}

func TestPasswordFile(t *testing.T) {
	file := filepath.Join(t.TempDir(), "password")
	if err := os.WriteFile(file, []byte(" Secret word \r\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	got, err := options{passwordFile: file}.password()
	if got != " Secret word " || err != nil {
		t.Errorf("password %q, %v", got, err)
	}
	if _, err := (options{passwordFile: file + "x"}).password(); err == nil {
		t.Error("a file that is not there gives a password")
	}
}

func TestWriteWholeLeavesNothingBehind(t *testing.T) {
	dir := t.TempDir()
	if err := writeWhole(filepath.Join(dir, "code"), "563773096\n"); err != nil {
		t.Fatal(err)
	}
	if err := writeWhole(filepath.Join(dir, "no", "code"), "x"); err == nil {
		t.Error("a folder that is not there takes a file")
	}
	files, err := os.ReadDir(dir)
	if err != nil || len(files) != 1 {
		t.Errorf("files %v, %v", files, err)
	}
}
