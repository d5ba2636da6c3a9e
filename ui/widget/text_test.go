package widget

import (
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
)

// each rune is one wide, spaces too
func cells(s string) float32 { return float32(len([]rune(s))) }

func wrapped(text string, width float32) []string {
	var lines []string
	runes := []rune(text)
	for _, s := range wrap(runes, width, cells) {
		lines = append(lines, string(runes[s.from:s.to]))
	}
	return lines
}

func TestWrap(t *testing.T) {
	tests := []struct {
		name, text string
		width      float32
		want       []string
	}{
		{"fits", "one two", 10, []string{"one two"}},
		{"at a space", "one two three", 8, []string{"one two ", "three"}},
		{"the space may hang over", "one two three", 7, []string{"one two ", "three"}},
		{"a long word", "abcdefgh", 3, []string{"abc", "def", "gh"}},
		{"a long word after a short one", "a bcdefgh", 4, []string{"a ", "bcde", "fgh"}},
		{"lines", "a\nbb\n\nc", 5, []string{"a", "bb", "", "c"}},
		{"empty", "", 5, []string{""}},
		{"narrow", "ab", 0, []string{"a", "b"}},
		{"other scripts", "Größe für Straße", 6, []string{"Größe ", "für ", "Straße"}},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			if got := wrapped(test.text, test.width); !slices.Equal(got, test.want) {
				t.Errorf("got %q", got)
			}
		})
	}
}

func TestWrapLosesNothing(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 1))
	for range 3000 {
		var text strings.Builder
		for range r.IntN(60) {
			text.WriteRune([]rune("abc  ü\n漢")[r.IntN(8)])
		}
		width := float32(1 + r.IntN(12))
		lines := wrapped(text.String(), width)
		if got := strings.Join(lines, ""); got != strings.ReplaceAll(text.String(), "\n", "") {
			t.Fatalf("%q at %v became %q", text.String(), width, lines)
		}
		for _, l := range lines {
			if cells(strings.TrimRight(l, " ")) > width {
				t.Fatalf("%q is wider than %v", l, width)
			}
		}
	}
}

func TestShorten(t *testing.T) {
	tests := []struct {
		name, text string
		width      float32
		want       string
	}{
		{"fits", "hello", 5, "hello"},
		{"cut", "hello there", 7, "hello…"},
		{"cut in a word", "hello", 4, "hel…"},
		{"no room", "hello", 0, ""},
		{"line breaks", "a\nb\tc", 9, "a b c"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			if got := shorten(test.text, test.width, cells); got != test.want {
				t.Errorf("got %q", got)
			}
		})
	}
}
