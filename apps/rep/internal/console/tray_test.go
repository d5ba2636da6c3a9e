package console

import (
	"slices"
	"testing"

	"deskhand/apps/rep/internal/desk"
	"deskhand/icons"
)

func TestT05TrayTellsTheState(t *testing.T) {
	for _, tt := range []struct {
		name      string
		snap      desk.Snapshot
		inSession int
		want      icons.Tray
	}{
		{"offline", desk.Snapshot{Available: true}, 1, icons.TrayOffline},
		{"in session", desk.Snapshot{Connected: true, Available: true}, 1, icons.TrayInSession},
		{"available", desk.Snapshot{Connected: true, Available: true}, 0, icons.TrayAvailable},
		{"unavailable", desk.Snapshot{Connected: true}, 0, icons.TrayUnavailable},
	} {
		t.Run(tt.name, func(t *testing.T) {
			if got := trayState(tt.snap, tt.inSession); got != tt.want {
				t.Errorf("tray %q, want %q", got, tt.want)
			}
		})
	}
}

func TestT01TrayMenu(t *testing.T) {
	r := newRig(t)
	r.open(r.snapshot())
	var labels []string
	for _, item := range r.tray.menu.Items {
		if !item.IsSeparator {
			labels = append(labels, item.Label)
		}
	}
	want := []string{"Show List View", "Code Management", "Available", "Preferences …", "Log Out", "Exit"}
	if !slices.Equal(labels, want) {
		t.Errorf("tray menu %q, want %q", labels, want)
	}
	r.tray.available.Action()
	if !slices.Equal(r.desk.calls, []string{"available no"}) {
		t.Errorf("asked %v", r.desk.calls)
	}
}
