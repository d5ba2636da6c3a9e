// Package code is the nine-digit code with which a customer joins a session: made, read as people type it, and shown
// in groups. The same nine digits number a query and a session. It owns no state and does not know which codes exist;
// everything here may be called concurrently.
package code

import (
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"strconv"
	"unicode"

	"deskhand/protocol/fault"
)

// Code is nine decimal digits without separators, "563773096". Only New and Parse make one.
type Code string

const (
	digits   = 9
	lowest   = 100_000_000 // a new code's first digit is 1 to 9, so that nobody drops a leading zero
	count    = 900_000_000
	maxInput = 128 // bytes of typed text that are looked at
	maxDraws = 128 // one draw in six is refused, so this many in a row only happens to a broken source
)

// New draws a code; each of those with a first digit other than 0 is equally likely. The reader is the caller's source
// of cryptographic randomness. It does not know whether the code is in use.
func New(rand io.Reader) (Code, error) {
	var b [4]byte
	for range maxDraws {
		if _, err := io.ReadFull(rand, b[:]); err != nil {
			return "", fmt.Errorf("code: read randomness: %w", err)
		}
		if n := binary.BigEndian.Uint32(b[:]) >> 2; n < count {
			return Code(strconv.Itoa(int(n) + lowest)), nil
		}
	}
	return "", errors.New("code: the source of randomness is stuck")
}

// Parse reads a code as people type or paste it: nine digits, ordinary or full-width, with any separators before,
// between and after them. Separators are spaces of every kind and line ends, hyphens and dashes of every kind, full
// stop, slash, and the invisible marks that copied text brings along. Anything else, and any other number of digits, is
// fault.Invalid. A first digit 0 is read although New never makes one: whether a code is known is not decided here.
func Parse(text string) (Code, error) {
	if len(text) > maxInput {
		return "", fault.New(fault.Invalid, errors.New("code: too long"))
	}
	var b [digits]byte
	n := 0
	for _, r := range text {
		d, isDigit := digit(r)
		switch {
		case isDigit && n == digits:
			return "", fault.New(fault.Invalid, errors.New("code: more than nine digits"))
		case isDigit:
			b[n] = d
			n++
		case !separates(r):
			return "", fault.New(fault.Invalid, errors.New("code: holds something else than digits and separators"))
		}
	}
	if n != digits {
		return "", fault.New(fault.Invalid, errors.New("code: fewer than nine digits"))
	}
	return Code(b[:]), nil
}

// digit gives the ASCII form of an ordinary or full-width digit.
func digit(r rune) (byte, bool) {
	switch {
	case r >= '0' && r <= '9':
		return byte(r), true
	case r >= '０' && r <= '９':
		return byte('0' + r - '０'), true
	default:
		return 0, false
	}
}

// separates reports whether r may stand around and between digits. Cf holds zero-width spaces, joiners and direction marks.
func separates(r rune) bool {
	switch r {
	case '.', '/', '\u2212', '．', '／': // U+2212 is the minus sign, the last two are full-width
		return true
	default:
		return unicode.IsSpace(r) || unicode.In(r, unicode.Zs, unicode.Pd, unicode.Cf)
	}
}

// String gives the digits alone: "563773096".
func (c Code) String() string { return string(c) }

// Grouped gives the digits as people read them: "563 773 096". A value that is not a code is given as it is.
func (c Code) Grouped() string {
	if len(c) != digits {
		return string(c)
	}
	return string(c[:3] + " " + c[3:6] + " " + c[6:])
}
