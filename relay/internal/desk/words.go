package desk

import (
	"strings"
	"unicode"
)

// oneLine makes one clean line of at most so many characters.
func oneLine(s string, limit int) string {
	return cut(strings.Join(strings.FieldsFunc(strings.ToValidUTF8(s, ""), func(r rune) bool {
		return unicode.IsSpace(r) || unicode.IsControl(r)
	}), " "), limit)
}

// text keeps line breaks, drops other control characters and cuts off what is too long.
func text(s string, limit int) string {
	s = strings.ReplaceAll(strings.ToValidUTF8(s, ""), "\r\n", "\n")
	s = strings.Map(func(r rune) rune {
		if unicode.IsControl(r) && r != '\n' {
			return -1
		}
		return r
	}, s)
	return cut(strings.TrimSpace(s), limit)
}

func cut(s string, limit int) string {
	n := 0
	for i := range s {
		if n == limit {
			return strings.TrimSpace(s[:i])
		}
		n++
	}
	return s
}
