package viewer

import (
	"fmt"
	"strings"
	"testing"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/driver/desktop"
)

// names of keysyms that the tests read better with
var symNames = map[Keysym]string{
	KeyShiftL: "ShiftL", KeyShiftR: "ShiftR", KeyControlL: "CtrlL", KeyControlR: "CtrlR", KeyAltL: "AltL", KeyAltR: "AltR",
	KeySuperL: "SuperL", KeySuperR: "SuperR", KeyReturn: "Return", KeyTab: "Tab", KeyBackSpace: "BackSpace", KeyHome: "Home",
	KeyLeft: "Left", KeyRight: "Right", KeyDelete: "Delete", KeyInsert: "Insert", KeyF1: "F1", KeyF1 + 3: "F4", KeyF1 + 9: "F10", KeyEscape: "Escape",
	KeyUpArrow: "Up", KeyEnd: "End", KeyKPEnter: "KPEnter",
}

// String is an event as the tests write it: +key, -key, 'r', !.
func (e Event) String() string {
	sym := symNames[e.Key]
	if sym == "" {
		sym = string(rune(e.Key))
	}
	switch e.Kind {
	case KeyDown:
		return "+" + sym
	case KeyUp:
		return "-" + sym
	case Text:
		return "'" + string(e.Rune) + "'"
	case ReleaseAll:
		return "!"
	case PointerMove:
		return fmt.Sprintf("move%d,%d", e.X, e.Y)
	case ButtonDown:
		return fmt.Sprintf("press%d@%d,%d", e.Button, e.X, e.Y)
	case ButtonUp:
		return fmt.Sprintf("lift%d@%d,%d", e.Button, e.X, e.Y)
	case Wheel:
		return fmt.Sprintf("wheel%d,%d@%d,%d", e.DX, e.DY, e.X, e.Y)
	}
	return "?"
}

// driver does to a keyboard what Fyne's driver does, in its order.
type driver struct {
	k    *keyboard
	mods fyne.KeyModifier
	out  []string
}

func newDriver() *driver {
	d := &driver{}
	d.k = newKeyboard(func(e Event) { d.out = append(d.out, e.String()) })
	return d
}

func bit(n fyne.KeyName) fyne.KeyModifier {
	switch n {
	case desktop.KeyShiftLeft, desktop.KeyShiftRight:
		return fyne.KeyModifierShift
	case desktop.KeyControlLeft, desktop.KeyControlRight:
		return fyne.KeyModifierControl
	case desktop.KeyAltLeft, desktop.KeyAltRight:
		return fyne.KeyModifierAlt
	case desktop.KeySuperLeft, desktop.KeySuperRight:
		return fyne.KeyModifierSuper
	}
	return 0
}

// shortcut is the one that the driver makes of a press, nil for none.
func (d *driver) shortcut(n fyne.KeyName) fyne.Shortcut {
	const ctrl, shift = fyne.KeyModifierControl, fyne.KeyModifierShift
	standard := map[fyne.KeyName]fyne.Shortcut{
		fyne.KeyZ: &fyne.ShortcutUndo{}, fyne.KeyY: &fyne.ShortcutRedo{}, fyne.KeyV: &fyne.ShortcutPaste{},
		fyne.KeyC: &fyne.ShortcutCopy{}, fyne.KeyInsert: &fyne.ShortcutCopy{Secondary: true}, fyne.KeyX: &fyne.ShortcutCut{}, fyne.KeyA: &fyne.ShortcutSelectAll{},
	}
	switch {
	case d.mods == ctrl && standard[n] != nil:
		return standard[n]
	case d.mods == shift && n == fyne.KeyInsert:
		return &fyne.ShortcutPaste{Secondary: true}
	case d.mods == shift && n == fyne.KeyDelete:
		return &fyne.ShortcutCut{Secondary: true}
	case d.mods&^shift != 0 && bit(n) == 0:
		return &desktop.CustomShortcut{KeyName: n, Modifier: d.mods}
	}
	return nil
}

// stroke is one thing that the hand or the driver does.
type stroke struct {
	do    byte // + press, - release, r repeat
	name  fyne.KeyName
	code  int
	runes string           // that follow
	altGr bool             // a right Alt that X11 does not count as Alt
	gains fyne.KeyModifier // what Windows counts AltGr as
}

func (d *driver) play(s stroke) {
	e := &fyne.KeyEvent{Name: s.name, Physical: fyne.HardwareKey{ScanCode: s.code}}
	switch s.do {
	case '-':
		d.mods &^= bit(s.name) | s.gains
		d.k.release(e)
		return
	case '+':
		d.k.press(e)
	}
	if sc := d.shortcut(s.name); sc != nil {
		d.k.typedShortcut(sc)
	} else {
		d.k.typedKey(s.name)
	}
	if s.do == '+' && !s.altGr {
		d.mods |= bit(s.name)
	}
	d.mods |= s.gains
	for _, r := range s.runes {
		d.k.typedRune(r)
	}
}

func press(n fyne.KeyName, runes string) stroke  { return stroke{do: '+', name: n, runes: runes} }
func again(n fyne.KeyName, runes string) stroke  { return stroke{do: 'r', name: n, runes: runes} }
func release(n fyne.KeyName) stroke              { return stroke{do: '-', name: n} }
func at(s stroke, code int) stroke               { s.code = code; return s }
func once(n fyne.KeyName, runes string) []stroke { return []stroke{press(n, runes), release(n)} }
func all(parts ...[]stroke) (strokes []stroke) {
	for _, p := range parts {
		strokes = append(strokes, p...)
	}
	return strokes
}

func hold(n fyne.KeyName, inner ...[]stroke) []stroke {
	return all([]stroke{press(n, "")}, all(inner...), []stroke{release(n)})
}

func TestKeyboard(t *testing.T) {
	const (
		shiftL, ctrlL, altL, altR, superL = desktop.KeyShiftLeft, desktop.KeyControlLeft, desktop.KeyAltLeft, desktop.KeyAltRight, desktop.KeySuperLeft
	)
	altGrX11 := []stroke{{do: '+', name: altR, altGr: true}}
	altGrWindows := []stroke{{do: '+', name: altR, gains: fyne.KeyModifierControl | fyne.KeyModifierAlt}}
	tests := []struct {
		name string
		in   []stroke
		want string
	}{
		{"a letter", once("A", "a"), "'a'"},
		{"a repeated letter", []stroke{press("A", "a"), again("A", "a"), again("A", "a"), release("A")}, "'a' 'a' 'a'"},
		{"a capital", hold(shiftL, once("A", "A")), "'A'"},
		{"a key without a name", once("", "ü"), "'ü'"},
		{"space", once(fyne.KeySpace, " "), "' '"},
		{"a dead key and its letter", all(once("", ""), once("E", "é")), "'é'"},
		{"two characters at once", once("", "^^"), "'^' '^'"},
		{"Return", once(fyne.KeyReturn, ""), "+Return -Return"},
		{"a repeated arrow", []stroke{press(fyne.KeyLeft, ""), again(fyne.KeyLeft, ""), release(fyne.KeyLeft)}, "+Left -Left +Left -Left"},
		{"Tab", once(fyne.KeyTab, ""), "+Tab -Tab"},
		{"Shift+Tab", hold(shiftL, once(fyne.KeyTab, "")), "+ShiftL +Tab -Tab -ShiftL"},
		{
			"Shift+arrows, then a letter", hold(shiftL, once(fyne.KeyRight, ""), once("A", "A"), once(fyne.KeyRight, "")),
			"+ShiftL +Right -Right -ShiftL 'A' +ShiftL +Right -Right -ShiftL",
		},
		{"Shift alone", hold(shiftL), "+ShiftL -ShiftL"},
		{"Ctrl+C", hold(ctrlL, once("C", "")), "+CtrlL +c -c -CtrlL"},
		{"Ctrl+V repeated", hold(ctrlL, []stroke{press("V", ""), again("V", ""), release("V")}), "+CtrlL +v -v +v -v -CtrlL"},
		{"Ctrl+A, X, Z, Y", hold(ctrlL, once("A", ""), once("X", ""), once("Z", ""), once("Y", "")), "+CtrlL +a -a +x -x +z -z +y -y -CtrlL"},
		{"Ctrl+Insert", hold(ctrlL, once(fyne.KeyInsert, "")), "+CtrlL +Insert -Insert -CtrlL"},
		{"Shift+Insert", hold(shiftL, once(fyne.KeyInsert, "")), "+ShiftL +Insert -Insert -ShiftL"},
		{"Shift+Delete", hold(shiftL, once(fyne.KeyDelete, "")), "+ShiftL +Delete -Delete -ShiftL"},
		{"Ctrl+Shift+T", hold(ctrlL, hold(shiftL, once("T", ""))), "+CtrlL +ShiftL +t -t -ShiftL -CtrlL"},
		{"Shift+Ctrl+T", hold(shiftL, hold(ctrlL, once("T", ""))), "+ShiftL +CtrlL +t -t -CtrlL -ShiftL"},
		{"Ctrl+Shift alone", hold(ctrlL, hold(shiftL)), "+CtrlL +ShiftL -ShiftL -CtrlL"},
		{"Ctrl+1", hold(ctrlL, once("1", "")), "+CtrlL +1 -1 -CtrlL"},
		{"Ctrl let go first", []stroke{press(ctrlL, ""), press("C", ""), release(ctrlL), release("C")}, "+CtrlL +c -CtrlL -c"},
		{"Ctrl+Alt+Delete", hold(ctrlL, hold(altL, once(fyne.KeyDelete, ""))), "+CtrlL +AltL +Delete -Delete -AltL -CtrlL"},
		{"Alt alone", hold(altL), "+AltL -AltL"},
		{"Alt+F4", hold(altL, once(fyne.KeyF4, "")), "+AltL +F4 -F4 -AltL"},
		{"Alt+Tab", hold(altL, once(fyne.KeyTab, "")), "+AltL +Tab -Tab -AltL"},
		{"right Alt is Alt", hold(altR, once("F", "")), "+AltR +f -f -AltR"},
		{"right Alt alone", hold(altR), ""},
		{"AltGr under X11", all(altGrX11, once("Q", "@"), []stroke{release(altR)}), "'@'"},
		{"AltGr on Windows", all(altGrWindows, once("Q", "@"), once("E", "€"), []stroke{{do: '-', name: altR, gains: fyne.KeyModifierControl | fyne.KeyModifierAlt}}), "'@' '€'"},
		{"AltGr+Shift on Windows", hold(shiftL, altGrWindows, once("", "ẞ"), []stroke{{do: '-', name: altR, gains: fyne.KeyModifierControl | fyne.KeyModifierAlt}}), "'ẞ'"},
		{"AltGr+arrow on Windows", all(altGrWindows, once(fyne.KeyLeft, ""), []stroke{{do: '-', name: altR, gains: fyne.KeyModifierControl | fyne.KeyModifierAlt}}), "+Left -Left"},
		{"Super alone", hold(superL), "+SuperL -SuperL"},
		{"Super+E, which X11 writes too", hold(superL, once("E", "e")), "+SuperL +e -e -SuperL"},
		{"F10", once(fyne.KeyF10, ""), "+F10 -F10"},
		{"Caps Lock stays here", all(once(desktop.KeyCapsLock, ""), once("A", "A")), "'A'"},
		{"Cyrillic", once("", "ф"), "'ф'"},
		{"Ctrl+C on a Cyrillic keyboard", hold(ctrlL, once("C", "")), "+CtrlL +c -c -CtrlL"},
		{"two keys at once", []stroke{press(ctrlL, ""), press("A", ""), press("S", ""), release("A"), release("S"), release(ctrlL)}, "+CtrlL +a +s -a -s -CtrlL"},
		{"a repeat whose beginning was missed", []stroke{again(fyne.KeyLeft, ""), release(fyne.KeyLeft)}, "+Left -Left"},
		{"an end whose beginning was missed", []stroke{release("A"), release(shiftL), release(ctrlL)}, ""},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			d := newDriver()
			for _, s := range test.in {
				d.play(s)
			}
			if got := strings.Join(d.out, " "); got != test.want {
				t.Errorf("got  %s\nwant %s", got, test.want)
			}
			if len(d.k.mods) != 0 || len(d.k.down) != 0 {
				t.Errorf("still down: %v %v", d.k.mods, d.k.down)
			}
		})
	}
}

func TestKeypad(t *testing.T) {
	if !codesCount {
		return // key codes say nothing on this system
	}
	const kp7, kp4, seven = 0x47 + codeOffset, 0x4b + codeOffset, 0x08 + codeOffset
	tests := []struct {
		name string
		in   []stroke
		want string
	}{
		{"with NumLock", []stroke{at(press("7", "7"), kp7), at(release("7"), kp7)}, "'7'"},
		{"with NumLock, repeated", []stroke{at(press("7", "7"), kp7), at(again("7", "7"), kp7), at(release("7"), kp7)}, "'7' '7'"},
		{"without NumLock", []stroke{at(press("7", ""), kp7), at(release("7"), kp7)}, "+Home -Home"},
		{"without NumLock, repeated", []stroke{at(press("4", ""), kp4), at(again("4", ""), kp4), at(again("4", ""), kp4), at(release("4"), kp4)}, "+Left -Left +Left -Left"},
		{"the row above the letters", []stroke{at(press("7", ""), seven), at(release("7"), seven)}, ""},
		{"Enter", []stroke{press(fyne.KeyEnter, ""), release(fyne.KeyEnter)}, "+KPEnter -KPEnter"},
		{"Alt on a Cyrillic keyboard", []stroke{press(desktop.KeyAltLeft, ""), at(press("", ""), 0x21+codeOffset), at(release(""), 0x21+codeOffset), release(desktop.KeyAltLeft)}, "+AltL +f -f -AltL"},
		{"codes from zero, as Wayland has them", []stroke{at(press(fyne.KeyReturn, ""), 0x1c), at(release(fyne.KeyReturn), 0x1c), at(press("7", ""), 0x47), at(release("7"), 0x47)}, "+Return -Return +Home -Home"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			d := newDriver()
			for _, s := range test.in {
				d.play(s)
			}
			if got := strings.Join(d.out, " "); got != test.want {
				t.Errorf("got  %s\nwant %s", got, test.want)
			}
		})
	}
}

// TestOption is macOS, where Option chooses characters and a shortcut and a rune come for one press.
func TestOption(t *testing.T) {
	tests := []struct {
		name string
		in   []stroke
		want string
	}{
		{"Option+L", hold(desktop.KeyAltLeft, once("L", "@")), "'@'"},
		{"Option+Left", hold(desktop.KeyAltLeft, once(fyne.KeyLeft, "")), "+AltL +Left -Left -AltL"},
		{"Command+C", hold(desktop.KeySuperLeft, once("C", "")), "+SuperL +c -c -SuperL"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			d := newDriver()
			d.k.option = true
			for _, s := range test.in {
				d.play(s)
			}
			if got := strings.Join(d.out, " "); got != test.want {
				t.Errorf("got  %s\nwant %s", got, test.want)
			}
		})
	}
}

// TestNothingStaysDown plays anything at all and then lets go: whatever went down came up, and never twice.
func TestNothingStaysDown(t *testing.T) {
	for seed := range 200 {
		d, down := newDriver(), map[Keysym]bool{}
		d.k.emit = func(e Event) {
			switch {
			case e.Kind == KeyDown && down[e.Key], e.Kind == KeyUp && !down[e.Key]:
				t.Fatalf("seed %d: %v twice", seed, e)
			case e.Kind == KeyDown:
				down[e.Key] = true
			case e.Kind == KeyUp:
				delete(down, e.Key)
			}
		}
		names := playAnything(d, uint64(seed))
		for n := range names {
			d.play(release(n))
		}
		if len(down) != 0 {
			t.Errorf("seed %d: %v stayed down", seed, down)
		}
	}
}
