// Package prefs is a person's settings of one app: typed, in one JSON file per app and user, written atomically. It
// decides what a sensible value is; a bad one in the file is replaced by its default, alone. It never holds passwords or
// tokens. Where the file lies is the caller's to say.
package prefs

import (
	"maps"
	"strings"
	"unicode"
	"unicode/utf8"
)

// Limits of the settings.
const (
	MinAlertSeconds, MaxAlertSeconds = 1, 120
	MinFontSize, MaxFontSize         = 8, 32 // points
)

// Theme is how the windows look.
type Theme string

// The themes.
const (
	ThemeSystem Theme = "" // as the system says
	ThemeLight  Theme = "light"
	ThemeDark   Theme = "dark"
)

// Panes are the panes of the List View; true is shown.
type Panes struct {
	Incoming bool `json:"incoming"`
	Sessions bool `json:"sessions"`
	History  bool `json:"history"`
	Details  bool `json:"details"`
}

// Size is a window's size in Fyne units; zero means the window's own.
type Size struct {
	W float32 `json:"w"`
	H float32 `json:"h"`
}

// Settings are the values. The zero value is not sensible; begin with Default.
type Settings struct {
	Language     string          `json:"language"` // BCP 47; empty: the system's
	Theme        Theme           `json:"theme"`
	AlertSeconds int             `json:"alert_seconds"` // how long an alert is shown
	AlertSound   bool            `json:"alert_sound"`   // while in a session
	AlertShow    bool            `json:"alert_show"`    // while in a session
	Panes        Panes           `json:"panes"`
	ChatDetails  bool            `json:"chat_details"`   // the Chat box shows its details
	ChatFontSize int             `json:"chat_font_size"` // points
	Windows      map[string]Size `json:"windows"`        // by window name
	Login        string          `json:"login"`          // last login; never the password
	Relay        string          `json:"relay"`          // last relay, host:port
	RelayKey     string          `json:"relay_key"`      // its fingerprint; empty: the system's roots

	Viewer // in the file its values stand beside the others, so that each falls back alone
}

// Default gives the settings of somebody who has changed nothing.
func Default() Settings {
	return Settings{
		AlertSeconds: 30, AlertSound: true, AlertShow: true,
		Panes:       Panes{Incoming: true, Sessions: true, History: true, Details: true},
		ChatDetails: true, ChatFontSize: 13,
		Viewer: defaultViewer(),
	}
}

// check puts the default in the place of each value that is not sensible, and names those.
func (s *Settings) check() (bad []string) {
	d := Default()
	refuse := func(name string, wrong bool, restore func()) {
		if wrong {
			bad = append(bad, name)
			restore()
		}
	}
	refuse("language", !isLanguage(s.Language), func() { s.Language = d.Language })
	refuse("theme", s.Theme != ThemeSystem && s.Theme != ThemeLight && s.Theme != ThemeDark, func() { s.Theme = d.Theme })
	refuse("alert_seconds", s.AlertSeconds < MinAlertSeconds || s.AlertSeconds > MaxAlertSeconds,
		func() { s.AlertSeconds = d.AlertSeconds })
	refuse("chat_font_size", s.ChatFontSize < MinFontSize || s.ChatFontSize > MaxFontSize,
		func() { s.ChatFontSize = d.ChatFontSize })
	bad = append(bad, s.Viewer.check()...)
	refuse("login", !isText(s.Login), func() { s.Login = "" })
	refuse("relay", !isText(s.Relay), func() { s.Relay = "" })
	refuse("relay_key", !isText(s.RelayKey), func() { s.RelayKey = "" })
	for name, size := range s.Windows {
		refuse("windows", !isText(name) || name == "" || !isLength(size.W) || !isLength(size.H), func() { delete(s.Windows, name) })
	}
	refuse("windows", len(s.Windows) > maxWindows, func() { s.Windows = nil })
	return bad
}

const (
	maxText    = 300 // bytes of a text
	maxWindows = 64
	maxLength  = 16384 // Fyne units of a window's side
)

// isLanguage accepts what can be a BCP 47 tag; which languages there are is not decided here.
func isLanguage(s string) bool {
	return len(s) <= 35 && strings.Trim(s, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-") == ""
}

func isText(s string) bool {
	return len(s) <= maxText && utf8.ValidString(s) && strings.IndexFunc(s, unicode.IsControl) < 0
}

// isLength refuses what is not a number as well.
func isLength(f float32) bool { return f >= 0 && f <= maxLength }

// clone makes a copy that shares nothing.
func (s Settings) clone() Settings {
	s.Windows = maps.Clone(s.Windows)
	return s
}
