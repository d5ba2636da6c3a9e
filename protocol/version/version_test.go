package version

import "testing"

func TestSpeaks(t *testing.T) {
	for _, tt := range []struct {
		name string
		wire uint32
		want bool
	}{
		{"none", 0, false},
		{"oldest", oldest, true},
		{"own", Wire, true},
		{"newer", Wire + 1, false},
	} {
		t.Run(tt.name, func(t *testing.T) {
			if got := Speaks(tt.wire); got != tt.want {
				t.Errorf("Speaks(%d) = %v, want %v", tt.wire, got, tt.want)
			}
		})
	}
}
