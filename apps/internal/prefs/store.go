package prefs

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"os"
	"path/filepath"
	"sync"

	"deskhand/protocol/fault"
)

// maxFile is the most that is read of a settings file, in bytes.
const maxFile = 256 << 10

// Path is where the settings of an app lie: dir is os.UserConfigDir(), name is "rep" or "customer".
func Path(dir, name string) string { return filepath.Join(dir, "deskhand", name+".json") }

// Store holds the settings of one file. It is safe for concurrent use; one lock guards values and file.
type Store struct {
	path string

	mu  sync.Mutex
	now Settings
}

// Open reads the file. A missing file gives the defaults; an unreadable or broken one too, which is logged. A bad value is
// replaced by its default, alone; keys that are not known are left out the next time the file is written.
func Open(path string, logger *slog.Logger) *Store {
	if logger == nil {
		logger = slog.New(slog.DiscardHandler)
	}
	raw, err := read(path)
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		logger.Warn("settings cannot be read", "error", err)
	}
	settings, bad := parse(raw)
	if len(bad) > 0 {
		logger.Warn("settings refused", "settings", bad)
	}
	return &Store{path: path, now: settings}
}

func read(path string) ([]byte, error) {
	info, err := os.Stat(path)
	if err != nil {
		return nil, err
	}
	if !info.Mode().IsRegular() || info.Size() > maxFile {
		return nil, fmt.Errorf("settings: %q is not a settings file", filepath.Base(path))
	}
	return os.ReadFile(path)
}

// parse reads settings one by one, so that one bad value does not take the others with it, and names the bad ones.
func parse(raw []byte) (settings Settings, bad []string) {
	settings = Default()
	if len(raw) == 0 {
		return settings, nil
	}
	var values map[string]json.RawMessage
	if json.Unmarshal(raw, &values) != nil {
		return settings, []string{"file"}
	}
	for _, f := range settings.fields() {
		value, given := values[f.name]
		if !given || string(value) == "null" {
			continue
		}
		before := settings.clone()
		if json.Unmarshal(value, f.at) != nil {
			settings = before
			bad = append(bad, f.name)
		}
	}
	return settings, append(bad, settings.check()...)
}

// field is one setting: its key in the file, and where it lies.
type field struct {
	name string
	at   any
}

func (s *Settings) fields() []field {
	return append(s.Viewer.fields(), []field{
		{"language", &s.Language},
		{"theme", &s.Theme},
		{"alert_seconds", &s.AlertSeconds},
		{"alert_sound", &s.AlertSound},
		{"alert_show", &s.AlertShow},
		{"panes", &s.Panes},
		{"chat_details", &s.ChatDetails},
		{"chat_font_size", &s.ChatFontSize},
		{"windows", &s.Windows},
		{"login", &s.Login},
		{"relay", &s.Relay},
		{"relay_key", &s.RelayKey},
	}...)
}

// Get gives a copy.
func (s *Store) Get() Settings {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.now.clone()
}

// Update changes the settings and writes the file. Values that are not sensible are refused: nothing changes then, and
// the fault is Invalid. When the file cannot be written the change still holds until the app ends. When ctx has ended
// nothing happens.
func (s *Store) Update(ctx context.Context, change func(*Settings)) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	next := s.now.clone()
	change(&next)
	next = next.clone() // the caller may have kept what it put in
	if bad := next.check(); len(bad) > 0 {
		return fault.New(fault.Invalid, fmt.Errorf("settings: %q", bad))
	}
	s.now = next
	raw, err := json.MarshalIndent(next, "", "\t")
	if err != nil {
		return fmt.Errorf("settings: %w", err)
	}
	if err := write(s.path, append(raw, '\n')); err != nil {
		return fmt.Errorf("settings: %w", err)
	}
	return nil
}

// write replaces the file as a whole: a reader, or a machine that stops in between, sees the old one or the new one.
func write(path string, raw []byte) (err error) {
	dir := filepath.Dir(path)
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return err
	}
	f, err := os.CreateTemp(dir, "."+filepath.Base(path)+".*") // readable by its owner only
	if err != nil {
		return err
	}
	defer func() {
		if err != nil {
			_ = os.Remove(f.Name())
		}
	}()
	_, err = f.Write(raw)
	if err == nil {
		err = f.Sync()
	}
	if err = errors.Join(err, f.Close()); err != nil {
		return err
	}
	return os.Rename(f.Name(), path)
}
