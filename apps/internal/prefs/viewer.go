package prefs

import (
	"slices"
	"strconv"
	"strings"
)

// Zoom is how large a Viewer shows a picture.
type Zoom string

// The zooms. ZoomPercent is that of Viewer.Percent.
const (
	ZoomFit     Zoom = "fit"
	ZoomActual  Zoom = "actual"
	ZoomPercent Zoom = "percent"
)

// The limits of Viewer.Percent.
const (
	MinPercent, MaxPercent = 25, 200
)

// Viewer is how the rep wants all Viewers to work. Keys are "F1" to "F12", "" is none, and no two are the same.
type Viewer struct {
	Shortcuts  bool `json:"viewer_shortcuts"`   // “Enable Menu Shortcuts”
	SystemKeys bool `json:"viewer_system_keys"` // “Pass Windows Keys to Remote Computer”
	AutoScroll bool `json:"viewer_auto_scroll"`
	Figures    bool `json:"viewer_figures"` // they are shown

	Zoom    Zoom `json:"viewer_zoom"` // of a Viewer that opens
	Percent int  `json:"viewer_percent"`

	ChatKey    string `json:"viewer_chat_key"`
	DrawKey    string `json:"viewer_draw_key"`
	EraseKey   string `json:"viewer_erase_key"`
	FullKey    string `json:"viewer_full_screen_key"`
	DisplayKey string `json:"viewer_display_key"`
}

func defaultViewer() Viewer {
	return Viewer{
		AutoScroll: true, Zoom: ZoomFit, Percent: 100,
		ChatKey: "F9", DrawKey: "F10", EraseKey: "F11", FullKey: "F12", DisplayKey: "F8",
	}
}

func (v *Viewer) fields() []field {
	return append([]field{
		{"viewer_shortcuts", &v.Shortcuts},
		{"viewer_system_keys", &v.SystemKeys},
		{"viewer_auto_scroll", &v.AutoScroll},
		{"viewer_figures", &v.Figures},
		{"viewer_zoom", &v.Zoom},
		{"viewer_percent", &v.Percent},
	}, v.keys()...)
}

// keys are the settings that are keys.
func (v *Viewer) keys() []field {
	return []field{
		{"viewer_chat_key", &v.ChatKey},
		{"viewer_draw_key", &v.DrawKey},
		{"viewer_erase_key", &v.EraseKey},
		{"viewer_full_screen_key", &v.FullKey},
		{"viewer_display_key", &v.DisplayKey},
	}
}

func (v *Viewer) check() (bad []string) {
	d := defaultViewer()
	if !slices.Contains([]Zoom{ZoomFit, ZoomActual, ZoomPercent}, v.Zoom) {
		bad, v.Zoom = append(bad, "viewer_zoom"), d.Zoom
	}
	if v.Percent < MinPercent || v.Percent > MaxPercent {
		bad, v.Percent = append(bad, "viewer_percent"), d.Percent
	}
	return append(bad, v.checkKeys()...)
}

// checkKeys gives a key that cannot be, or that is another's already, its default, or none where that is taken too.
func (v *Viewer) checkKeys() (bad []string) {
	d := defaultViewer()
	defaults := d.keys()
	taken := map[string]bool{"": true}
	var wrong []int
	for i, f := range v.keys() {
		key := *f.at.(*string)
		if key != "" && (taken[key] || !isFunctionKey(key)) {
			wrong = append(wrong, i)
			bad = append(bad, f.name)
		} else {
			taken[key] = true
		}
	}
	for _, i := range wrong {
		key := *defaults[i].at.(*string)
		if taken[key] {
			key = ""
		}
		taken[key] = true
		*v.keys()[i].at.(*string) = key
	}
	return bad
}

// isFunctionKey accepts F1 to F12, written in one way.
func isFunctionKey(key string) bool {
	n, err := strconv.Atoi(strings.TrimPrefix(key, "F"))
	return err == nil && n >= 1 && n <= 12 && key == "F"+strconv.Itoa(n)
}
