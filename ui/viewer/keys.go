package viewer

import (
	"strings"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/driver/desktop"
)

// Keysyms of keys that write nothing. Those that write have the number of their character.
const (
	KeyBackSpace Keysym = 0xff08
	KeyTab       Keysym = 0xff09
	KeyReturn    Keysym = 0xff0d
	KeyEscape    Keysym = 0xff1b
	KeyHome      Keysym = 0xff50
	KeyLeft      Keysym = 0xff51
	KeyUpArrow   Keysym = 0xff52
	KeyRight     Keysym = 0xff53
	KeyDownArrow Keysym = 0xff54
	KeyPageUp    Keysym = 0xff55
	KeyPageDown  Keysym = 0xff56
	KeyEnd       Keysym = 0xff57
	KeyPrint     Keysym = 0xff61
	KeyInsert    Keysym = 0xff63
	KeyMenu      Keysym = 0xff67
	KeyKPEnter   Keysym = 0xff8d
	KeyF1        Keysym = 0xffbe // the others follow
	KeyShiftL    Keysym = 0xffe1
	KeyShiftR    Keysym = 0xffe2
	KeyControlL  Keysym = 0xffe3
	KeyControlR  Keysym = 0xffe4
	KeyAltL      Keysym = 0xffe9
	KeyAltR      Keysym = 0xffea
	KeySuperL    Keysym = 0xffeb
	KeySuperR    Keysym = 0xffec
	KeyDelete    Keysym = 0xffff
)

// modifier is a modifier key's keysym.
func modifier(n fyne.KeyName) (Keysym, bool) {
	switch n {
	case desktop.KeyShiftLeft:
		return KeyShiftL, true
	case desktop.KeyShiftRight:
		return KeyShiftR, true
	case desktop.KeyControlLeft:
		return KeyControlL, true
	case desktop.KeyControlRight:
		return KeyControlR, true
	case desktop.KeyAltLeft:
		return KeyAltL, true
	case desktop.KeyAltRight:
		return KeyAltR, true
	case desktop.KeySuperLeft:
		return KeySuperL, true
	case desktop.KeySuperRight:
		return KeySuperR, true
	}
	return 0, false
}

// control is the keysym of a key that writes nothing, 0 for others.
func control(n fyne.KeyName) Keysym {
	switch n {
	case fyne.KeyBackspace:
		return KeyBackSpace
	case fyne.KeyTab:
		return KeyTab
	case fyne.KeyReturn:
		return KeyReturn
	case fyne.KeyEnter:
		return KeyKPEnter
	case fyne.KeyEscape:
		return KeyEscape
	case fyne.KeyHome:
		return KeyHome
	case fyne.KeyLeft:
		return KeyLeft
	case fyne.KeyUp:
		return KeyUpArrow
	case fyne.KeyRight:
		return KeyRight
	case fyne.KeyDown:
		return KeyDownArrow
	case fyne.KeyPageUp:
		return KeyPageUp
	case fyne.KeyPageDown:
		return KeyPageDown
	case fyne.KeyEnd:
		return KeyEnd
	case fyne.KeyInsert:
		return KeyInsert
	case fyne.KeyDelete:
		return KeyDelete
	case desktop.KeyPrintScreen:
		return KeyPrint
	case desktop.KeyMenu:
		return KeyMenu
	}
	return function(n)
}

// function is the keysym of F1 to F12.
func function(n fyne.KeyName) Keysym {
	names := [...]fyne.KeyName{
		fyne.KeyF1, fyne.KeyF2, fyne.KeyF3, fyne.KeyF4, fyne.KeyF5, fyne.KeyF6,
		fyne.KeyF7, fyne.KeyF8, fyne.KeyF9, fyne.KeyF10, fyne.KeyF11, fyne.KeyF12,
	}
	for i, name := range names {
		if name == n {
			return KeyF1 + Keysym(i)
		}
	}
	return 0
}

// writing is the keysym of the base key of one that writes a character, 0 for others. Fyne names such keys by the
// character that they write without Shift, letters as capitals.
func writing(n fyne.KeyName) Keysym {
	switch {
	case n == fyne.KeySpace:
		return ' '
	case len(n) == 1:
		return Keysym(strings.ToLower(string(n))[0])
	}
	return 0
}

// shortcutKey is the key that was pressed for one of Fyne's shortcuts, and whether Alt was held.
func shortcutKey(s fyne.Shortcut) (n fyne.KeyName, mods fyne.KeyModifier) {
	switch s := s.(type) {
	case *desktop.CustomShortcut:
		return s.KeyName, s.Modifier
	case *fyne.ShortcutUndo:
		n = fyne.KeyZ
	case *fyne.ShortcutRedo:
		n = fyne.KeyY
	case *fyne.ShortcutSelectAll:
		n = fyne.KeyA
	case *fyne.ShortcutCopy:
		n = fyne.KeyC
		if s.Secondary {
			n = fyne.KeyInsert
		}
	case *fyne.ShortcutPaste:
		n = fyne.KeyV
		if s.Secondary {
			return fyne.KeyInsert, fyne.KeyModifierShift
		}
	case *fyne.ShortcutCut:
		n = fyne.KeyX
		if s.Secondary {
			return fyne.KeyDelete, fyne.KeyModifierShift
		}
	}
	return n, fyne.KeyModifierShortcutDefault
}
