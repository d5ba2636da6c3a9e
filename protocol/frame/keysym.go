package frame

import "unicode/utf8"

// Keysym is a key by what it means, not by where it sits: X11's numbers, as RFB uses them. Characters are KeysymOf.
type Keysym uint32

// Keys that make no character.
const (
	SymBackSpace  Keysym = 0xff08
	SymTab        Keysym = 0xff09
	SymReturn     Keysym = 0xff0d
	SymPause      Keysym = 0xff13
	SymScrollLock Keysym = 0xff14
	SymEscape     Keysym = 0xff1b
	SymHome       Keysym = 0xff50
	SymLeft       Keysym = 0xff51
	SymUp         Keysym = 0xff52
	SymRight      Keysym = 0xff53
	SymDown       Keysym = 0xff54
	SymPageUp     Keysym = 0xff55
	SymPageDown   Keysym = 0xff56
	SymEnd        Keysym = 0xff57
	SymPrint      Keysym = 0xff61
	SymInsert     Keysym = 0xff63
	SymMenu       Keysym = 0xff67
	SymNumLock    Keysym = 0xff7f
	SymDelete     Keysym = 0xffff

	SymF1  Keysym = 0xffbe
	SymF2  Keysym = 0xffbf
	SymF3  Keysym = 0xffc0
	SymF4  Keysym = 0xffc1
	SymF5  Keysym = 0xffc2
	SymF6  Keysym = 0xffc3
	SymF7  Keysym = 0xffc4
	SymF8  Keysym = 0xffc5
	SymF9  Keysym = 0xffc6
	SymF10 Keysym = 0xffc7
	SymF11 Keysym = 0xffc8
	SymF12 Keysym = 0xffc9
	SymF13 Keysym = 0xffca
	SymF14 Keysym = 0xffcb
	SymF15 Keysym = 0xffcc
	SymF16 Keysym = 0xffcd
	SymF17 Keysym = 0xffce
	SymF18 Keysym = 0xffcf
	SymF19 Keysym = 0xffd0
	SymF20 Keysym = 0xffd1
	SymF21 Keysym = 0xffd2
	SymF22 Keysym = 0xffd3
	SymF23 Keysym = 0xffd4
	SymF24 Keysym = 0xffd5
)

// Modifiers.
const (
	SymShiftL   Keysym = 0xffe1
	SymShiftR   Keysym = 0xffe2
	SymControlL Keysym = 0xffe3
	SymControlR Keysym = 0xffe4
	SymCapsLock Keysym = 0xffe5
	SymAltL     Keysym = 0xffe9
	SymAltR     Keysym = 0xfe03 // AltGr, ISO_Level3_Shift in X11
	SymSuperL   Keysym = 0xffeb
	SymSuperR   Keysym = 0xffec
)

// The keypad.
const (
	SymKPEnter    Keysym = 0xff8d
	SymKPHome     Keysym = 0xff95
	SymKPLeft     Keysym = 0xff96
	SymKPUp       Keysym = 0xff97
	SymKPRight    Keysym = 0xff98
	SymKPDown     Keysym = 0xff99
	SymKPPageUp   Keysym = 0xff9a
	SymKPPageDown Keysym = 0xff9b
	SymKPEnd      Keysym = 0xff9c
	SymKPBegin    Keysym = 0xff9d // the 5 without NumLock
	SymKPInsert   Keysym = 0xff9e
	SymKPDelete   Keysym = 0xff9f
	SymKPMultiply Keysym = 0xffaa
	SymKPAdd      Keysym = 0xffab
	SymKPComma    Keysym = 0xffac // the separator on layouts that have one
	SymKPSubtract Keysym = 0xffad
	SymKPDecimal  Keysym = 0xffae
	SymKPDivide   Keysym = 0xffaf
	SymKP0        Keysym = 0xffb0
	SymKP1        Keysym = 0xffb1
	SymKP2        Keysym = 0xffb2
	SymKP3        Keysym = 0xffb3
	SymKP4        Keysym = 0xffb4
	SymKP5        Keysym = 0xffb5
	SymKP6        Keysym = 0xffb6
	SymKP7        Keysym = 0xffb7
	SymKP8        Keysym = 0xffb8
	SymKP9        Keysym = 0xffb9
	SymKPEqual    Keysym = 0xffbd
)

const (
	unicodePlane Keysym = 0x0100_0000 // plus the rune
	vendorLow    Keysym = 0x1008_fe01 // multimedia keys: volume, play, browser …
	vendorHigh   Keysym = 0x1008_ffff
)

// KeysymOf gives the key that types r: Latin-1 characters are their own number, Return, Tab, BackSpace, Escape and
// Delete have keys of their own, everything else is the rune plus 0x01000000. It is 0 for what no key types.
func KeysymOf(r rune) Keysym {
	switch {
	case r == '\n' || r == '\r':
		return SymReturn
	case r == '\t':
		return SymTab
	case r == '\b':
		return SymBackSpace
	case r == 0x1b:
		return SymEscape
	case r == 0x7f:
		return SymDelete
	case !typeable(r):
		return 0
	case r <= 0xff:
		return Keysym(r)
	default:
		return unicodePlane | Keysym(r)
	}
}

// Rune gives the character that the key types, the keypad's included (SymKPDecimal is '.'). It is false for keys that
// type none and for X11's older numbers of characters outside Latin-1, which KeysymOf never gives.
func (k Keysym) Rune() (rune, bool) {
	switch {
	case k >= SymKP0 && k <= SymKP9:
		return rune('0' + k - SymKP0), true
	case k >= SymKPMultiply && k <= SymKPDivide:
		return rune('*' + k - SymKPMultiply), true // * + , - . / in the order of ASCII
	case k == SymKPEqual:
		return '=', true
	case k <= 0xff && typeable(rune(k)):
		return rune(k), true
	case k >= unicodePlane|0x100 && k <= unicodePlane|utf8.MaxRune && typeable(rune(k&^unicodePlane)):
		return rune(k &^ unicodePlane), true
	default:
		return 0, false
	}
}

// Valid reports whether the number can be a key: a character, a number of X11's own up to 0xffff, or a multimedia key.
func (k Keysym) Valid() bool {
	switch {
	case k <= 0xff:
		return typeable(rune(k))
	case k <= 0xffff:
		return true
	case k >= vendorLow && k <= vendorHigh:
		return true
	default:
		_, ok := k.Rune()
		return ok
	}
}

// typeable reports whether r is a character that can be typed: no control character, no half of a pair.
func typeable(r rune) bool {
	return r >= 0x20 && (r < 0x7f || r > 0x9f) && utf8.ValidRune(r)
}
