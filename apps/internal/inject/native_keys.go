package inject

import (
	"fmt"

	"deskhand/protocol/frame"
)

// named gives a key that makes no character its name on a Mac and its virtual key code on Windows, or nothing.
func named(sym frame.Keysym) (mac string, windows uint16) {
	if sym >= frame.SymF1 && sym <= frame.SymF24 {
		n := int(sym - frame.SymF1)
		if n < 20 {
			mac = fmt.Sprintf("f%d", n+1)
		}
		return mac, 0x70 + uint16(n)
	}
	if sym >= frame.SymKP0 && sym <= frame.SymKP9 {
		n := int(sym - frame.SymKP0)
		return fmt.Sprintf("num%d", n), 0x60 + uint16(n)
	}
	for _, k := range namedKeys() {
		if k.sym == sym {
			return k.mac, k.windows
		}
	}
	return "", 0
}

type namedKey struct {
	sym     frame.Keysym
	mac     string
	windows uint16
}

func namedKeys() []namedKey {
	return []namedKey{
		{frame.SymBackSpace, "backspace", 0x08},
		{frame.SymTab, "tab", 0x09},
		{frame.SymReturn, "enter", 0x0d},
		{frame.SymPause, "", 0x13},
		{frame.SymScrollLock, "", 0x91},
		{frame.SymEscape, "esc", 0x1b},
		{frame.SymHome, "home", 0x24},
		{frame.SymLeft, "left", 0x25},
		{frame.SymUp, "up", 0x26},
		{frame.SymRight, "right", 0x27},
		{frame.SymDown, "down", 0x28},
		{frame.SymPageUp, "pageup", 0x21},
		{frame.SymPageDown, "pagedown", 0x22},
		{frame.SymEnd, "end", 0x23},
		{frame.SymPrint, "", 0x2c},
		{frame.SymInsert, "insert", 0x2d},
		{frame.SymMenu, "", 0x5d},
		{frame.SymNumLock, "num_lock", 0x90},
		{frame.SymDelete, "delete", 0x2e},
		{frame.SymShiftL, "shiftl", 0xa0},
		{frame.SymShiftR, "shiftr", 0xa1},
		{frame.SymControlL, "ctrll", 0xa2},
		{frame.SymControlR, "ctrlr", 0xa3},
		{frame.SymCapsLock, "capslock", 0x14},
		{frame.SymAltL, "altl", 0xa4},
		{frame.SymAltR, "altr", 0xa5},
		{frame.SymSuperL, "cmdl", 0x5b},
		{frame.SymSuperR, "cmdr", 0x5c},
		{frame.SymKPEnter, "num_enter", 0x0d},
		{frame.SymKPHome, "home", 0x24},
		{frame.SymKPLeft, "left", 0x25},
		{frame.SymKPUp, "up", 0x26},
		{frame.SymKPRight, "right", 0x27},
		{frame.SymKPDown, "down", 0x28},
		{frame.SymKPPageUp, "pageup", 0x21},
		{frame.SymKPPageDown, "pagedown", 0x22},
		{frame.SymKPEnd, "end", 0x23},
		{frame.SymKPBegin, "", 0x0c},
		{frame.SymKPInsert, "insert", 0x2d},
		{frame.SymKPDelete, "delete", 0x2e},
		{frame.SymKPMultiply, "num*", 0x6a},
		{frame.SymKPAdd, "num+", 0x6b},
		{frame.SymKPComma, "", 0x6c},
		{frame.SymKPSubtract, "num-", 0x6d},
		{frame.SymKPDecimal, "num.", 0x6e},
		{frame.SymKPDivide, "num/", 0x6f},
		{frame.SymKPEqual, "num_equal", 0},
	}
}

// macKey gives robotgo's name of a key, or nothing. Characters are named after themselves, letters after the small one.
func macKey(sym frame.Keysym) string {
	if mac, _ := named(sym); mac != "" {
		return mac
	}
	r, ok := sym.Rune()
	switch {
	case !ok || r > 0x7e:
		return ""
	case r == ' ':
		return "space"
	case r >= 'A' && r <= 'Z':
		return string(r + 'a' - 'A')
	default:
		return string(r)
	}
}

// extended reports whether Windows wants a key to be marked as one that the first keyboards did not have.
func extended(sym frame.Keysym) bool {
	switch sym {
	case frame.SymHome, frame.SymLeft, frame.SymUp, frame.SymRight, frame.SymDown, frame.SymPageUp, frame.SymPageDown,
		frame.SymEnd, frame.SymInsert, frame.SymDelete, frame.SymPrint, frame.SymMenu, frame.SymNumLock,
		frame.SymControlR, frame.SymAltR, frame.SymSuperL, frame.SymSuperR, frame.SymKPEnter, frame.SymKPDivide:
		return true
	default:
		return false
	}
}

// normal brings a pixel of the whole desktop to the range of 0 to 65535 that Windows wants, so that it gets back to
// exactly that pixel.
func normal(pixel, origin, size int) int32 {
	if size < 1 {
		return 0
	}
	v := ((pixel-origin)*65536 + size - 1) / size
	return int32(max(0, min(v, 65535)))
}
