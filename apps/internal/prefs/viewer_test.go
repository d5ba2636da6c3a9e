package prefs

import (
	"reflect"
	"testing"
)

// TestViewerFallsBackOneByOne reads files of an older console, and files with bad values beside good ones.
func TestViewerFallsBackOneByOne(t *testing.T) {
	for _, tt := range []struct {
		name, raw string
		change    func(*Viewer) // of the defaults
	}{
		{"before there was any", `{"login":"ana"}`, func(*Viewer) {}},
		{"some of them", `{"viewer_shortcuts":true,"viewer_full_screen_key":"F5"}`, func(v *Viewer) { v.Shortcuts, v.FullKey = true, "F5" }},
		{"a word for a switch", `{"viewer_figures":"yes","viewer_auto_scroll":false}`, func(v *Viewer) { v.AutoScroll = false }},
		{"unknown zoom", `{"viewer_zoom":"huge","viewer_percent":50}`, func(v *Viewer) { v.Percent = 50 }},
		{"too much", `{"viewer_zoom":"percent","viewer_percent":201}`, func(v *Viewer) { v.Zoom = ZoomPercent }},
		{"too little", `{"viewer_zoom":"percent","viewer_percent":24}`, func(v *Viewer) { v.Zoom = ZoomPercent }},
		{"half a percent", `{"viewer_zoom":"actual","viewer_percent":99.5}`, func(v *Viewer) { v.Zoom = ZoomActual }},
		{"no such key", `{"viewer_chat_key":"F13","viewer_draw_key":"F2"}`, func(v *Viewer) { v.DrawKey = "F2" }},
		{"a letter", `{"viewer_chat_key":"a"}`, func(*Viewer) {}},
		{"odd spelling", `{"viewer_chat_key":"F09"}`, func(*Viewer) {}},
		{"a number", `{"viewer_chat_key":9,"viewer_display_key":"F1"}`, func(v *Viewer) { v.DisplayKey = "F1" }},
		{"no key", `{"viewer_chat_key":""}`, func(v *Viewer) { v.ChatKey = "" }},
		{"one key twice", `{"viewer_chat_key":"F1","viewer_draw_key":"F1"}`, func(v *Viewer) { v.ChatKey = "F1" }},
		{"another's default", `{"viewer_chat_key":"F12"}`, func(v *Viewer) { v.ChatKey, v.FullKey = "F12", "" }},
		{"a bad one whose default is taken", `{"viewer_chat_key":"x","viewer_full_screen_key":"F9"}`, func(v *Viewer) { v.ChatKey, v.FullKey = "", "F9" }},
	} {
		t.Run(tt.name, func(t *testing.T) {
			want := Default().Viewer
			tt.change(&want)
			got, _ := parse([]byte(tt.raw))
			if got.Viewer != want {
				t.Errorf("got %+v\nwant %+v", got.Viewer, want)
			}
			rest := Default()
			rest.Login, rest.Viewer = got.Login, want
			if got.Windows = rest.Windows; !reflect.DeepEqual(got, rest) {
				t.Errorf("others changed too: %+v", got)
			}
		})
	}
}
