package transport

import (
	"strings"
	"testing"

	"deskhand/protocol/fault"
)

func TestParseFingerprint(t *testing.T) {
	digits := strings.Repeat("0123456789abcdef", 4)
	tests := []struct {
		name, text, want string
	}{
		{"as written", "sha256:" + digits, "sha256:" + digits},
		{"upper case", "SHA256:" + strings.ToUpper(digits), "sha256:" + digits},
		{"spaces around", " \tsha256:" + digits + "\n", "sha256:" + digits},
		{"no prefix", digits, ""},
		{"another hash", "sha1:" + digits, ""},
		{"too short", "sha256:" + digits[1:], ""},
		{"too long", "sha256:" + digits + "00", ""},
		{"not hexadecimal", "sha256:" + digits[1:] + "g", ""},
		{"empty", "", ""},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			f, err := ParseFingerprint(test.text)
			if test.want == "" {
				if !fault.Is(err, fault.Invalid) || f != (Fingerprint{}) {
					t.Errorf("got %v, %v, want it refused", f, err)
				}
				return
			}
			if err != nil || f.String() != test.want {
				t.Errorf("got %v, %v, want %s", f, err, test.want)
			}
		})
	}
}

func TestFingerprintMatches(t *testing.T) {
	a, b := Fingerprint{1}, Fingerprint{1}
	b[31] = 1
	if !a.matches(a) || a.matches(b) {
		t.Error("a key must match itself alone")
	}
}

func FuzzParseFingerprint(f *testing.F) {
	f.Add("sha256:" + strings.Repeat("0f", 32))
	f.Add("sha256:")
	f.Fuzz(func(t *testing.T, text string) {
		parsed, err := ParseFingerprint(text)
		if err != nil {
			return
		}
		again, err := ParseFingerprint(parsed.String())
		if err != nil || again != parsed {
			t.Errorf("%q gives %v, which gives %v, %v", text, parsed, again, err)
		}
	})
}
