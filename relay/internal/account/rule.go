package account

import (
	"errors"
	"strings"
	"unicode/utf8"
)

// Why a password is refused (P-01).
var (
	ErrPasswordLength  = errors.New("a password has 8 to 32 characters")
	ErrPasswordClasses = errors.New("a password has three of: capital letters, small letters, digits, symbols")
	ErrPasswordName    = errors.New("a password is not the login, the first or the last name")
)

// CheckPasswordRule is rule P-01: 8 to 32 characters; at least three of A–Z, a–z, 0–9 and symbols, which is everything
// else; not the login nor a part of the name, compared without case.
func CheckPasswordRule(login, name, password string) error {
	if n := utf8.RuneCountInString(password); n < 8 || n > 32 || !utf8.ValidString(password) {
		return ErrPasswordLength
	}
	var upper, lower, digit, symbol int
	for _, r := range password {
		switch {
		case r >= 'A' && r <= 'Z':
			upper = 1
		case r >= 'a' && r <= 'z':
			lower = 1
		case r >= '0' && r <= '9':
			digit = 1
		default:
			symbol = 1
		}
	}
	if upper+lower+digit+symbol < 3 {
		return ErrPasswordClasses
	}
	for _, word := range append(strings.Fields(name), strings.TrimSpace(login), strings.TrimSpace(name)) {
		if strings.EqualFold(word, password) {
			return ErrPasswordName
		}
	}
	return nil
}
