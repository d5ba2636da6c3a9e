package viewer

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/driver/desktop"
)

// Where a key stands says what it is when Fyne has no name for it: letters of other alphabets, and the keypad without
// NumLock. Positions are counted as the first PC keyboards did (scan code set 1); X11 adds 8 to them.

const (
	firstLetter = 0x10
	lastLetter  = 0x32
)

// landmark is the position of a key that stands in the same place on every keyboard, 0 for others.
func landmark(n fyne.KeyName) int {
	switch n {
	case fyne.KeyEscape:
		return 0x01
	case fyne.KeyBackspace:
		return 0x0e
	case fyne.KeyTab:
		return 0x0f
	case fyne.KeyReturn:
		return 0x1c
	case desktop.KeyControlLeft:
		return 0x1d
	case desktop.KeyShiftLeft:
		return 0x2a
	case desktop.KeyAltLeft:
		return 0x38
	case fyne.KeySpace:
		return 0x39
	}
	return 0
}

// base is the character of a key's place on a keyboard with the Latin alphabet, 0 where there is none. Programs take
// shortcuts such as Ctrl+C by that place while another alphabet is in use.
func base(position int) Keysym {
	const row = "qwertyuiop[]\x00\x00asdfghjkl;'`\x00\\zxcvbnm"
	if position < firstLetter || position > lastLetter || row[position-firstLetter] == 0 {
		return 0
	}
	return Keysym(row[position-firstLetter])
}

// keypad is what a key of the keypad does without NumLock, 0 for other keys and for the middle one, which does nothing.
func keypad(position int) Keysym {
	switch position {
	case 0x47:
		return KeyHome
	case 0x48:
		return KeyUpArrow
	case 0x49:
		return KeyPageUp
	case 0x4b:
		return KeyLeft
	case 0x4d:
		return KeyRight
	case 0x4f:
		return KeyEnd
	case 0x50:
		return KeyDownArrow
	case 0x51:
		return KeyPageDown
	case 0x52:
		return KeyInsert
	case 0x53:
		return KeyDelete
	}
	return 0
}
