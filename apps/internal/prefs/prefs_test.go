package prefs

import (
	"context"
	"encoding/json"
	"errors"
	"math"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"sync"
	"testing"

	"deskhand/protocol/fault"
)

func TestMissingFile(t *testing.T) {
	path := Path(t.TempDir(), "rep")
	if got := Open(path, nil).Get(); !reflect.DeepEqual(got, Default()) {
		t.Errorf("got %+v", got)
	}
	if _, err := os.Stat(path); !errors.Is(err, os.ErrNotExist) {
		t.Error("opening writes the file")
	}
}

func TestSurvivesARestart(t *testing.T) {
	path := Path(t.TempDir(), "rep")
	want := Settings{
		Language: "pt-BR", Theme: ThemeDark, AlertSeconds: 120, AlertShow: true, Panes: Panes{History: true}, ChatFontSize: 18,
		Windows: map[string]Size{"list": {W: 900, H: 600}}, Login: "ana@example.com", Relay: "relay.example:443",
		RelayKey: "sha256:" + strings.Repeat("0", 64),
		Viewer: Viewer{
			Shortcuts: true, SystemKeys: true, Figures: true, Zoom: ZoomPercent, Percent: 150,
			ChatKey: "F1", FullKey: "F9", DisplayKey: "F12",
		},
	}
	if err := Open(path, nil).Update(t.Context(), func(s *Settings) { *s = want }); err != nil {
		t.Fatal(err)
	}
	if got := Open(path, nil).Get(); !reflect.DeepEqual(got, want) {
		t.Errorf("got %+v", got)
	}
	info, err := os.Stat(path)
	if err != nil {
		t.Fatal(err)
	}
	if info.Mode().Perm()&0o077 != 0 {
		t.Errorf("others may read it: %v", info.Mode())
	}
	entries, err := os.ReadDir(filepath.Dir(path))
	if err != nil || len(entries) != 1 {
		t.Errorf("left over: %v, %v", entries, err)
	}
}

// A bad value takes none of the others with it.
func TestBadValues(t *testing.T) {
	for _, tt := range []struct{ name, key, value string }{
		{"too long an alert", "alert_seconds", "121"},
		{"no alert", "alert_seconds", "0"},
		{"half a second", "alert_seconds", "0.5"},
		{"a word for a number", "alert_seconds", `"30"`},
		{"unknown theme", "theme", `"pink"`},
		{"no language", "language", `"en_GB.UTF-8"`},
		{"tiny font", "chat_font_size", "1"},
		{"huge font", "chat_font_size", "1e9"},
		{"panes as a list", "panes", "[true]"},
		{"login with a line end", "login", `"a\nb"`},
		{"endless relay", "relay", `"` + strings.Repeat("x", 400) + `"`},
		{"negative window", "windows", `{"list":{"w":-1,"h":5}}`},
		{"null", "chat_font_size", "null"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			raw := `{"` + tt.key + `":` + tt.value + `,"alert_sound":false,"unknown":{"a":1}}`
			got, _ := parse([]byte(raw))
			want := Default()
			want.AlertSound = false
			if len(got.Windows) == 0 {
				got.Windows = nil
			}
			if !reflect.DeepEqual(got, want) {
				t.Errorf("got %+v", got)
			}
		})
	}
}

func TestBrokenFile(t *testing.T) {
	for name, raw := range map[string]string{
		"half": `{"login":"a`, "list": `[]`, "nothing": "", "binary": "\x00\xff", "too large": strings.Repeat(" ", maxFile+1),
	} {
		t.Run(name, func(t *testing.T) {
			path := filepath.Join(t.TempDir(), "rep.json")
			if err := os.WriteFile(path, []byte(raw), 0o600); err != nil {
				t.Fatal(err)
			}
			s := Open(path, nil)
			if got := s.Get(); !reflect.DeepEqual(got, Default()) {
				t.Errorf("got %+v", got)
			}
			if err := s.Update(t.Context(), func(s *Settings) { s.Login = "ana" }); err != nil {
				t.Fatal(err)
			}
			if got := Open(path, nil).Get(); got.Login != "ana" {
				t.Errorf("after writing: %+v", got)
			}
		})
	}
}

func TestUnknownKeysAreKeptOut(t *testing.T) {
	path := filepath.Join(t.TempDir(), "rep.json")
	if err := os.WriteFile(path, []byte(`{"password":"hunter2","login":"ana"}`), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := Open(path, nil).Update(t.Context(), func(s *Settings) { s.AlertSeconds = 10 }); err != nil {
		t.Fatal(err)
	}
	raw, err := os.ReadFile(path)
	if err != nil || strings.Contains(string(raw), "password") || !strings.Contains(string(raw), `"login": "ana"`) {
		t.Errorf("%s, %v", raw, err)
	}
}

// Every setting has its key in the file; a password never has one.
func TestFieldsAreComplete(t *testing.T) {
	var s Settings
	known := map[string]bool{}
	for _, f := range s.fields() {
		known[f.name] = true
	}
	for _, f := range reflect.VisibleFields(reflect.TypeOf(s)) {
		if !f.Anonymous && !known[f.Tag.Get("json")] {
			t.Errorf("%s is not read", f.Name)
		}
		if strings.Contains(strings.ToLower(f.Name), "password") || strings.Contains(strings.ToLower(f.Name), "token") {
			t.Errorf("%s does not belong into a file", f.Name)
		}
	}
}

func TestUpdateRefuses(t *testing.T) {
	path := Path(t.TempDir(), "rep")
	s := Open(path, nil)
	for name, change := range map[string]func(*Settings){
		"121 seconds":  func(s *Settings) { s.AlertSeconds = 121 },
		"not a number": func(s *Settings) { s.Windows = map[string]Size{"x": {W: float32(math.NaN())}} },
	} {
		if err := s.Update(t.Context(), change); !fault.Is(err, fault.Invalid) {
			t.Errorf("%s: %v", name, err)
		}
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if err := s.Update(ctx, func(s *Settings) { s.Login = "x" }); !errors.Is(err, context.Canceled) {
		t.Errorf("after the end: %v", err)
	}
	if got := s.Get(); !reflect.DeepEqual(got, Default()) {
		t.Errorf("changed: %+v", got)
	}
}

func TestUnwritable(t *testing.T) {
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, "deskhand"), nil, 0o600); err != nil { // a file where the folder should be
		t.Fatal(err)
	}
	s := Open(Path(dir, "rep"), nil)
	if err := s.Update(t.Context(), func(s *Settings) { s.AlertSeconds = 60 }); err == nil {
		t.Error("no error")
	}
	if s.Get().AlertSeconds != 60 {
		t.Error("the change does not hold until the app ends")
	}
}

// What callers do with what they got or gave changes nothing in the store.
func TestCopies(t *testing.T) {
	s := Open(Path(t.TempDir(), "rep"), nil)
	mine := map[string]Size{"list": {W: 1, H: 1}}
	if err := s.Update(t.Context(), func(s *Settings) { s.Windows = mine }); err != nil {
		t.Fatal(err)
	}
	mine["list"] = Size{W: 2, H: 2}
	s.Get().Windows["list"] = Size{W: 3, H: 3}
	if got := s.Get().Windows["list"]; got != (Size{W: 1, H: 1}) {
		t.Errorf("got %+v", got)
	}
}

func TestTogether(t *testing.T) {
	path := Path(t.TempDir(), "rep")
	s := Open(path, nil)
	var wg sync.WaitGroup
	for range 8 {
		wg.Go(func() {
			for range 10 {
				if err := s.Update(t.Context(), func(s *Settings) { s.AlertSeconds++ }); err != nil {
					t.Error(err)
				}
				s.Get()
			}
		})
	}
	wg.Wait()
	if got := Open(path, nil).Get().AlertSeconds; got != 30+80 {
		t.Errorf("%d", got)
	}
}

func FuzzParse(f *testing.F) {
	f.Add([]byte(`{"alert_seconds":31,"panes":{"history":false},"windows":{"a":{"w":1}}}`))
	f.Add([]byte(`{"windows":{"":{"w":1e99}},"theme":7}`))
	f.Fuzz(func(t *testing.T, raw []byte) {
		s, _ := parse(raw)
		if bad := s.check(); len(bad) > 0 {
			t.Fatalf("%q survive", bad)
		}
		out, err := json.Marshal(s)
		if err != nil {
			t.Fatal(err)
		}
		again, bad := parse(out)
		if len(bad) > 0 {
			t.Errorf("%s is refused: %q", out, bad)
		}
		if text, err := json.Marshal(again); err != nil || string(text) != string(out) {
			t.Errorf("%s became %s", out, text)
		}
	})
}
