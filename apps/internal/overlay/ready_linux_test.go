package overlay

import (
	"strings"
	"testing"
)

func TestReadyWithoutADisplay(t *testing.T) {
	t.Setenv("WAYLAND_DISPLAY", "")
	for _, tt := range []struct{ name, display, want string }{
		{"none", "", "no display"},
		{"nobody there", ":4095", ":4095 cannot be used"},
		{"nonsense", "here", "cannot be used"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Setenv("DISPLAY", tt.display)
			if err := Ready(); err == nil || !strings.Contains(err.Error(), tt.want) {
				t.Errorf("Ready() = %v, want %q", err, tt.want)
			}
		})
	}
}
