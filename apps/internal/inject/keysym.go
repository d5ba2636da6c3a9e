package inject

import (
	"golang.org/x/text/encoding/charmap"

	"deskhand/protocol/frame"
)

// Keysyms of characters, beyond Latin-1, are the rune plus 0x01000000. Keyboard layouts still use the older numbers,
// whose high byte names a character set and whose low byte a place in it, mostly that of the ISO standard.
const unicodeKeysym = 0x0100_0000

// The ends of the Cyrillic and Greek sets that are not those of KOI8-R and ISO 8859-7.
const (
	cyrillicFrom = 0x6a1
	cyrillic     = "ђѓёєѕіїјљњћќґўџ№ЂЃЁЄЅІЇЈЉЊЋЌҐЎЏ"
	greekFrom    = 0x7a1
	greek        = "ΆΈΉΊΪ ΌΎΫ Ώ   ΅―άέήίϊΐόύϋΰώ"
)

// runeOf gives the character that a keysym types; false for keysyms that type none, dead keys and the keypad's.
func runeOf(sym uint32) (rune, bool) {
	if sym >= 0x20 && sym <= 0x7e || sym >= 0xa0 && sym <= 0xff {
		return rune(sym), true
	}
	if sym >= unicodeKeysym|0x100 && sym <= unicodeKeysym|0x10ffff {
		return frame.Keysym(sym).Rune()
	}
	r := older(sym)
	return r, r != 0
}

// older gives the character of an older number, or 0.
func older(sym uint32) rune {
	low := byte(sym)
	switch set := sym >> 8; {
	case low < 0xa0 && set != 0x20:
		return 0
	case set == 1:
		return decode(charmap.ISO8859_2, low)
	case set == 2:
		return decode(charmap.ISO8859_3, low)
	case set == 3:
		return decode(charmap.ISO8859_4, low)
	case set == 5:
		return decode(charmap.ISO8859_6, low)
	case set == 6 && low >= 0xc0:
		return decode(charmap.KOI8R, low)
	case set == 6:
		return at(cyrillic, sym, cyrillicFrom)
	case set == 7:
		return olderGreek(sym)
	case set == 0xc:
		return decode(charmap.ISO8859_8, low)
	case set == 0xd:
		return decode(charmap.Windows874, low)
	case sym == 0x13bc || sym == 0x13bd || sym == 0x13be:
		return [...]rune{'Œ', 'œ', 'Ÿ'}[sym-0x13bc]
	case sym == 0x20ac:
		return '€'
	default:
		return 0
	}
}

// olderGreek is ISO 8859-7 but for the accented letters and the two sigmas.
func olderGreek(sym uint32) rune {
	switch low := byte(sym); {
	case sym == 0x7d2:
		return 'Σ'
	case sym == 0x7f2:
		return 'σ'
	case sym == 0x7f3:
		return 'ς'
	case low == 0xd3 || low > 0xd9 && low < 0xe1 || low > 0xf9:
		return 0
	case low >= 0xc1:
		return decode(charmap.ISO8859_7, low)
	default:
		return at(greek, sym, greekFrom)
	}
}

func decode(set *charmap.Charmap, b byte) rune {
	if r := set.DecodeByte(b); r > 0xa0 && r != '\ufffd' {
		return r
	}
	return 0
}

func at(set string, sym, from uint32) rune {
	if sym < from {
		return 0
	}
	for _, r := range set {
		if sym == from {
			if r == ' ' {
				return 0
			}
			return r
		}
		from++
	}
	return 0
}
