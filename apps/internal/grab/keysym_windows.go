package grab

// Windows's numbers of keys that the system keeps, alone or with others.
const (
	keyTab      = 0x09
	keyControl  = 0x11
	keyEscape   = 0x1b
	keyPrint    = 0x2c
	keyLeftWin  = 0x5b
	keyRightWin = 0x5c
)

// keysym is the X11 keysym of one of Windows's keys, 0 for those that are never told. Modifiers but the Windows key go
// their usual way.
func keysym(key uint32) uint32 {
	switch {
	case key >= '0' && key <= '9', key == ' ':
		return key
	case key >= 'A' && key <= 'Z':
		return key + 'a' - 'A'
	case key >= 0x70 && key <= 0x7b: // F1 to F12
		return 0xffbe + key - 0x70
	}
	switch key {
	case 0x08:
		return 0xff08 // BackSpace
	case keyTab:
		return 0xff09
	case 0x0d:
		return 0xff0d // Return
	case keyEscape:
		return 0xff1b
	case 0x21:
		return 0xff55 // Page Up
	case 0x22:
		return 0xff56 // Page Down
	case 0x23:
		return 0xff57 // End
	case 0x24:
		return 0xff50 // Home
	case 0x25, 0x26, 0x27, 0x28:
		return 0xff51 + key - 0x25 // left, up, right, down
	case keyPrint:
		return 0xff61
	case 0x2d:
		return 0xff63 // Insert
	case 0x2e:
		return 0xffff // Delete
	case keyLeftWin:
		return 0xffeb
	case keyRightWin:
		return 0xffec
	case 0xbb:
		return '+'
	case 0xbc:
		return ','
	case 0xbd:
		return '-'
	case 0xbe:
		return '.'
	}
	return 0
}
