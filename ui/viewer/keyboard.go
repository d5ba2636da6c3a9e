package viewer

import (
	"slices"

	"fyne.io/fyne/v2"
)

// keyboard turns what Fyne tells about keys into events. Fyne tells, for one press: KeyDown; then TypedShortcut if
// Ctrl, Alt or Super is held (and for Shift+Insert and Shift+Delete), else TypedKey; then TypedRune if the key writes
// a character; at the end KeyUp. A repeat lacks KeyDown. On Windows AltGr counts as Ctrl and Alt there, so that both
// a shortcut and a rune come; with Super held X11 gives both, too.
//
// AltGr, and Option on macOS, only choose characters and are sent to nobody, until a shortcut shows that a right Alt
// is an Alt. Shift waits until something needs it.
type keyboard struct {
	emit   func(Event)
	option bool // Alt chooses characters, as on macOS
	offset int  // of key codes from positions

	mods []held         // modifiers that are physically down, in their order
	down map[key]Keysym // other keys that were sent down, by physical key
	last key            // the latest press
	name fyne.KeyName   // its name
	pad  Keysym         // what the last press does if it turns out to be the keypad without NumLock
	used bool           // something happened since Shift went down
}

// key is a physical key. Fyne's test driver has no codes, so the name counts too.
type key struct {
	code int
	name fyne.KeyName
}

func keyOf(e *fyne.KeyEvent) key {
	if e.Physical.ScanCode != 0 {
		return key{code: e.Physical.ScanCode}
	}
	return key{name: e.Name}
}

// held is a modifier that is physically down.
type held struct {
	sym  Keysym
	sent bool // the other side has it down
}

func newKeyboard(emit func(Event)) *keyboard {
	return &keyboard{emit: emit, option: optionWrites, offset: codeOffset, down: map[key]Keysym{}}
}

// silent says that a modifier is not sent when it goes down.
func (k *keyboard) silent(sym Keysym) bool {
	return shift(sym) || sym == KeyAltR || k.option && sym == KeyAltL
}

func shift(sym Keysym) bool { return sym == KeyShiftL || sym == KeyShiftR }

func (k *keyboard) press(e *fyne.KeyEvent) {
	if at := landmark(e.Name); at != 0 && e.Physical.ScanCode != 0 {
		k.offset = e.Physical.ScanCode - at
	}
	if sym, ok := modifier(e.Name); ok {
		k.pressModifier(sym)
		return
	}
	k.last, k.name, k.pad = keyOf(e), e.Name, 0
	if writing(e.Name) != 0 {
		k.pad = k.padOf(e)
	}
}

// padOf is what a key of the number pad does without NumLock, 0 for other keys and where positions are not known.
func (k *keyboard) padOf(e *fyne.KeyEvent) Keysym {
	if !codesCount {
		return 0
	}
	return keypad(k.position(keyOf(e)))
}

func (k *keyboard) position(of key) int {
	if !codesCount || of.code == 0 {
		return 0
	}
	return of.code - k.offset
}

func (k *keyboard) pressModifier(sym Keysym) {
	k.mods = slices.DeleteFunc(k.mods, func(h held) bool { return h.sym == sym && !h.sent })
	if slices.ContainsFunc(k.mods, func(h held) bool { return h.sym == sym }) {
		return
	}
	k.mods = append(k.mods, held{sym: sym})
	k.used = !shift(sym)
	if k.silent(sym) && !(shift(sym) && k.commanding()) {
		return
	}
	k.need(shift)
	k.need(func(other Keysym) bool { return other == sym })
}

// need sends the modifiers that are held and that which names, if that has not happened yet.
func (k *keyboard) need(which func(Keysym) bool) {
	for i, h := range k.mods {
		if !h.sent && which(h.sym) {
			k.mods[i].sent = true
			k.emit(Event{Kind: KeyDown, Key: h.sym})
		}
	}
}

// needShift is called before what Shift changes: a click, the wheel, a key that writes nothing.
func (k *keyboard) needShift() {
	k.used = true
	k.need(shift)
}

// commanding says that Ctrl, Alt or Super was sent down: characters are keys of shortcuts then.
func (k *keyboard) commanding() bool {
	return slices.ContainsFunc(k.mods, func(h held) bool { return h.sent && !shift(h.sym) })
}

func (k *keyboard) holds(syms ...Keysym) bool {
	return slices.ContainsFunc(k.mods, func(h held) bool { return slices.Contains(syms, h.sym) })
}

// typedKey is a press or repeat without Ctrl, Alt and Super.
func (k *keyboard) typedKey(n fyne.KeyName) {
	if k.pad != 0 && k.down[k.last] == 0 {
		if k.name == "" { // a repeat, and no character came: NumLock is off
			k.hit(k.pad)
		}
		k.name = ""
		return
	}
	if sym := control(n); sym != 0 {
		k.needShift()
		k.hit(sym)
	} else if sym, ok := k.down[k.last]; ok && k.pad == sym {
		k.hit(sym)
	}
}

// typedShortcut is a press or repeat with Ctrl, Alt or Super, or one of the two that Fyne takes Shift for.
func (k *keyboard) typedShortcut(s fyne.Shortcut) {
	n, mods := shortcutKey(s)
	sym := control(n)
	if sym == 0 && k.chooses(mods) {
		return // a rune follows, or the layout has none there
	}
	if sym == 0 {
		sym = writing(n)
	}
	if sym == 0 {
		sym = base(k.position(k.last))
	}
	if sym == 0 {
		return
	}
	if mods&fyne.KeyModifierAlt != 0 && (k.option || !k.altGr(mods)) {
		k.need(func(m Keysym) bool { return m == KeyAltL || m == KeyAltR })
	}
	k.needShift()
	k.hit(sym)
}

// altGr says that the right Alt is AltGr: Windows counts it as Ctrl and Alt.
func (k *keyboard) altGr(mods fyne.KeyModifier) bool {
	const both = fyne.KeyModifierControl | fyne.KeyModifierAlt
	return mods&both == both && k.holds(KeyAltR) && !k.holds(KeyControlL, KeyControlR, KeyAltL)
}

// chooses says that the modifiers only choose a character.
func (k *keyboard) chooses(mods fyne.KeyModifier) bool {
	if k.option && mods&^fyne.KeyModifierShift == fyne.KeyModifierAlt {
		return true
	}
	return k.altGr(mods)
}

// hit sends the latest key: down, or up and down again if it is down already.
func (k *keyboard) hit(sym Keysym) {
	k.used = true
	was, isDown := k.down[k.last]
	if isDown {
		k.emit(Event{Kind: KeyUp, Key: was})
	}
	k.emit(Event{Kind: KeyDown, Key: sym})
	if k.last == (key{}) { // it went down before this had the keyboard, and its end may be missed
		k.emit(Event{Kind: KeyUp, Key: sym})
		return
	}
	k.down[k.last] = sym
}

// typedRune is a character. While a command is given it is part of that and not text.
func (k *keyboard) typedRune(r rune) {
	k.pad = 0
	if k.commanding() {
		return
	}
	k.used = true
	for i, h := range k.mods {
		if h.sent { // only Shift can be
			k.mods[i].sent = false
			k.emit(Event{Kind: KeyUp, Key: h.sym})
		}
	}
	k.emit(Event{Kind: Text, Rune: r})
}

func (k *keyboard) release(e *fyne.KeyEvent) {
	if sym, ok := modifier(e.Name); ok {
		k.releaseModifier(sym)
		return
	}
	of := keyOf(e)
	if k.pad != 0 && of == k.last && k.down[of] == 0 && !k.commanding() {
		k.hit(k.pad) // no character came: NumLock is off
	}
	if sym, ok := k.down[of]; ok {
		delete(k.down, of)
		k.emit(Event{Kind: KeyUp, Key: sym})
	}
	if of == k.last {
		k.pad = 0
	}
}

func (k *keyboard) releaseModifier(sym Keysym) {
	at := slices.IndexFunc(k.mods, func(h held) bool { return h.sym == sym })
	if at < 0 {
		return
	}
	h := k.mods[at]
	k.mods = slices.Delete(k.mods, at, at+1)
	switch {
	case h.sent:
		k.emit(Event{Kind: KeyUp, Key: sym})
	case shift(sym) && !k.used: // pressed alone, which some programs take as a command
		k.emit(Event{Kind: KeyDown, Key: sym})
		k.emit(Event{Kind: KeyUp, Key: sym})
	}
}

// system is a press, repeat or release that Fyne does not tell of.
func (k *keyboard) system(sym Keysym, down bool) {
	of := key{code: -int(sym)} // no physical key has it
	switch {
	case sym == KeySuperL || sym == KeySuperR:
		if down {
			k.pressModifier(sym)
		} else {
			k.releaseModifier(sym)
		}
	case down:
		k.last, k.name, k.pad = of, "", 0
		k.needShift()
		k.hit(sym)
	default:
		if was, ok := k.down[of]; ok {
			delete(k.down, of)
			k.emit(Event{Kind: KeyUp, Key: was})
		}
	}
}

// reset forgets what is held. The caller tells the other side.
func (k *keyboard) reset() {
	k.mods, k.last, k.name, k.pad, k.used = nil, key{}, "", 0, false
	clear(k.down)
}
