package store

import (
	"strings"
	"testing"
	"time"
)

func FuzzParseCursor(f *testing.F) {
	f.Add("1767258000000.563773096")
	f.Add("-1.000000000")
	f.Add(".")
	f.Fuzz(func(t *testing.T, text string) {
		at, id, err := parseCursor(text)
		if err != nil {
			return
		}
		again, sameID, err := parseCursor(cursor(Session{ID: id, EndedAt: time.UnixMilli(at)}))
		if err != nil || again != at || sameID != id {
			t.Errorf("%q: %d and %q come back as %d, %q, %v", text, at, id, again, sameID, err)
		}
	})
}

func FuzzPatterns(f *testing.F) {
	f.Add(`100%_\ 5`)
	f.Fuzz(func(t *testing.T, text string) {
		inner := strings.TrimSuffix(strings.TrimPrefix(like(text), "%"), "%")
		bare := strings.NewReplacer(`\\`, "", `\%`, "", `\_`, "").Replace(inner)
		if strings.ContainsAny(bare, `%_\`) {
			t.Errorf("like(%q) = %q lets a wildcard through", text, like(text))
		}
		if d := digits(text); d != text && strings.Trim(d, "0123456789") != "" {
			t.Errorf("digits(%q) = %q", text, d)
		}
	})
}
