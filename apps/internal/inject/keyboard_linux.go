package inject

import (
	"errors"
	"fmt"
	"math/bits"
	"slices"
	"unicode"

	"github.com/jezek/xgb/xproto"
	"github.com/jezek/xgb/xtest"

	"deskhand/apps/internal/x11"
	"deskhand/protocol/frame"
)

// keyboard types on an X display through its keymap. How the state of the keyboard and what is held down are brought
// together for one key:
//
//   - what the level of the key needs, Shift and AltGr mostly, is pressed before it and released after it;
//   - what must not be on is released before it and pressed again after it, if it is held by us;
//   - Caps Lock is switched off for a character, as clients apply it to letters by themselves, and on again;
//   - a character that the layout does not have, or that cannot be reached like that, gets a spare key for itself.
type keyboard struct {
	conn    *x11.Conn
	news    *news
	xkb     byte // major opcode
	keymap  *keymap
	pressed []press // what is held down, in order
	spares  *spares
}

// press is a key that is held down, and the keysym that it was pressed for.
type press struct {
	sym  frame.Keysym
	code byte
}

// XKEYBOARD's requests, which xgb does not have.
const (
	xkbUseExtension   = 0
	xkbSelectEvents   = 1
	xkbGetState       = 4
	xkbLatchLockState = 5
	xkbGetMap         = 8
	xkbCoreKeyboard   = 0x100
	xkbMapEvents      = 1<<0 | 1<<1 // another keyboard, another map
)

func newKeyboard(c *x11.Conn, n *news, s *spares) (*keyboard, error) {
	ext, err := c.Use("XKEYBOARD")
	if err != nil {
		return nil, err
	}
	k := &keyboard{conn: c, news: n, xkb: ext.Opcode, spares: s}
	version := []byte{1, 0, 0, 0}
	r, err := c.Request(k.xkb, xkbUseExtension, version, true)
	if err != nil || len(r) < 2 || r[1] == 0 {
		return nil, fmt.Errorf("inject: XKEYBOARD 1.0: %w", errors.Join(err, x11.ErrMissing))
	}
	n.watch(newKeymap, ext.FirstEvent)
	events := make([]byte, 12)
	putDevice(events)
	for i := 2; i < len(events); i += 2 { // affected, cleared, selected, parts of the map affected and selected
		events[i] = xkbMapEvents
	}
	events[4], events[8], events[10] = 0, 0xff, 0xff
	if _, err := c.Request(k.xkb, xkbSelectEvents, events, false); err != nil {
		return nil, fmt.Errorf("inject: events of the keyboard: %w", err)
	}
	return k, k.reload()
}

// reload reads the keymap, if it may have changed.
func (k *keyboard) reload() error {
	if !k.news.take(newKeymap) {
		return nil
	}
	body := make([]byte, 24)
	putDevice(body)
	body[2] = mapTypes | mapSyms | mapModifiers // all of these
	b, err := k.conn.Request(k.xkb, xkbGetMap, body, true)
	if err != nil {
		return fmt.Errorf("inject: keyboard map: %w", err)
	}
	m, err := parseKeymap(b)
	if err != nil {
		return err
	}
	k.keymap = m
	k.spares.look(m)
	return nil
}

func putDevice(body []byte) { body[0], body[1] = xkbCoreKeyboard&0xff, xkbCoreKeyboard>>8 }

// state is what counts for the next key.
type state struct {
	mods   byte // on
	base   byte // held down
	locked byte
	group  byte
}

func (k *keyboard) state() (state, error) {
	body := make([]byte, 4)
	putDevice(body)
	b, err := k.conn.Request(k.xkb, xkbGetState, body, true)
	if err != nil || len(b) < 14 {
		return state{}, fmt.Errorf("inject: state of the keyboard: %w", errors.Join(err, errKeymap))
	}
	return state{mods: b[8], base: b[9], locked: b[11], group: b[12]}, nil
}

// lock switches locks, such as Caps Lock, on or off without touching their keys.
func (k *keyboard) lock(which, on byte) {
	body := make([]byte, 12)
	putDevice(body)
	body[2], body[3] = which, on
	_, _ = k.conn.Request(k.xkb, xkbLatchLockState, body, false) // if it fails, letters have the wrong case
}

// Modifiers that are left as they are when a key is pressed and held, as they are meant. Others are adjusted.
const (
	asMeant = modLock | modControl | modAlt | 1<<6 // Mod4, by convention Super
	asItIs  = 0xff
	exactly = 0
)

// text types one character, whatever is held or locked.
func (k *keyboard) text(r rune) error {
	sym := frame.KeysymOf(r)
	if sym == 0 {
		return nil
	}
	s, now, err := k.find(sym, exactly, types(func(c rune) bool { return c == r }))
	if err != nil {
		return err
	}
	// Control, Alt and Lock change what clients make of a key, whether or not its type knows them.
	s.mask |= modShift | modLock | modControl | modAlt
	undo := k.adjust(now, s)
	k.tap(s.code)
	undo()
	return nil
}

// down presses a key and holds it down. A key that is held down already repeats by itself.
//
// What else is held is meant: Shift with Tab stays Shift with Tab, and Control with Shift and C needs the key of c. Only
// for a character that is on another level here than at the other end, Shift or AltGr are changed while it is pressed.
func (k *keyboard) down(sym frame.Keysym) error {
	if slices.ContainsFunc(k.pressed, func(p press) bool { return p.sym == sym }) {
		return nil
	}
	ignore, fits := byte(asItIs), func(s uint32) bool { return s == uint32(sym) }
	switch r, ok := sym.Rune(); {
	case ok && sym >= 0xff00 && sym <= 0xffff: // of the keypad: Shift stands in for NumLock
		ignore = asMeant
	case ok && unicode.IsLetter(r):
		ignore, fits = asMeant|modShift, types(func(c rune) bool { return unicode.ToLower(c) == unicode.ToLower(r) })
	case ok:
		ignore, fits = asMeant, types(func(c rune) bool { return c == r })
	}
	s, now, err := k.find(sym, ignore, fits)
	if err != nil {
		return err
	}
	undo := k.adjust(now, s)
	k.fake(xproto.KeyPress, s.code)
	k.pressed = append(k.pressed, press{sym, s.code})
	undo()
	return nil
}

// types fits keysyms by their characters.
func types(fits func(rune) bool) func(uint32) bool {
	return func(s uint32) bool {
		c, ok := runeOf(s)
		return ok && fits(c)
	}
}

// find gives the stroke for a keysym, on a spare key if there is no other way.
func (k *keyboard) find(sym frame.Keysym, ignore byte, fits func(uint32) bool) (stroke, state, error) {
	now, err := k.state() // what the server told before the answer has been heard then
	if err == nil {
		err = k.reload()
	}
	if err != nil {
		return stroke{}, state{}, err
	}
	s, ok := k.choose(now, ignore, fits)
	if !ok {
		s.code, err = k.spares.lend(sym, k.held)
	}
	return s, now, err
}

// up releases what down pressed.
func (k *keyboard) up(sym frame.Keysym) {
	i := slices.IndexFunc(k.pressed, func(p press) bool { return p.sym == sym })
	if i < 0 {
		return
	}
	k.fake(xproto.KeyRelease, k.pressed[i].code)
	k.spares.touch(k.pressed[i].code)
	k.pressed = slices.Delete(k.pressed, i, i+1)
}

func (k *keyboard) releaseAll() {
	for i := len(k.pressed) - 1; i >= 0; i-- {
		k.fake(xproto.KeyRelease, k.pressed[i].code)
	}
	k.pressed = k.pressed[:0]
}

// choose picks the stroke that needs the fewest changes.
func (k *keyboard) choose(now state, ignore byte, fits func(uint32) bool) (best stroke, ok bool) {
	least := 99
	k.keymap.strokes(now.group, fits, func(s stroke) bool {
		s.mask, s.mods = s.mask&^ignore, s.mods&^ignore
		if k.spares.borrowed(s.code) || k.held(s.code) || !k.possible(now, s) {
			return true
		}
		if n := bits.OnesCount8((now.mods ^ s.mods) & s.mask &^ modLock); n < least {
			least, best, ok = n, s, true
		}
		return least > 0
	})
	return best, ok
}

func (k *keyboard) held(code byte) bool {
	return slices.ContainsFunc(k.pressed, func(p press) bool { return p.code == code })
}

// possible reports whether the modifiers for a stroke can be brought about.
func (k *keyboard) possible(now state, s stroke) bool {
	if s.mods&modLock != 0 {
		return false
	}
	for bit := byte(1); bit != 0; bit <<= 1 {
		on, wanted := now.mods&s.mask&bit != 0, s.mods&bit != 0
		if bit == modLock || on == wanted {
			continue
		}
		if wanted && k.modifier(bit) == 0 {
			return false
		}
		if on && now.locked&bit == 0 && len(k.holders(bit)) == 0 {
			return false // the person at that machine holds it down
		}
	}
	return true
}

// modifier gives a key that switches a modifier on while it is held, or 0.
func (k *keyboard) modifier(bit byte) byte {
	for i := range k.keymap.keys {
		code := k.keymap.first + byte(i)
		if k.keymap.mods[code] != bit {
			continue
		}
		switch sym := k.keymap.keys[i].sym(0, 0); sym {
		case 0xffe1, 0xffe2, 0xfe03, 0xfe11, 0xff7e: // Shift left and right, levels 3 and 5, Mode_switch
			return code
		}
	}
	return 0
}

// holders are the keys held down by us that are a modifier.
func (k *keyboard) holders(bit byte) (codes []byte) {
	for _, p := range k.pressed {
		if k.keymap.mods[p.code]&bit != 0 {
			codes = append(codes, p.code)
		}
	}
	return codes
}

// adjust brings about the modifiers for a stroke and gives what takes that back.
func (k *keyboard) adjust(now state, s stroke) (undo func()) {
	off := now.mods & s.mask &^ s.mods
	unlock := off & now.locked
	if unlock != 0 {
		k.lock(unlock, 0)
	}
	var released, pressed []byte
	for bit := byte(1); bit != 0; bit <<= 1 {
		switch {
		case off&bit != 0:
			released = append(released, k.holders(bit)...)
		case s.mods&^now.mods&bit != 0:
			pressed = append(pressed, k.modifier(bit))
		}
	}
	k.fakeAll(xproto.KeyRelease, released)
	k.fakeAll(xproto.KeyPress, pressed)
	return func() {
		k.fakeAll(xproto.KeyRelease, pressed)
		k.fakeAll(xproto.KeyPress, released)
		if unlock != 0 {
			k.lock(unlock, unlock)
		}
	}
}

// restore gives borrowed keys back.
func (k *keyboard) restore() error { return k.spares.restore() }

func (k *keyboard) tap(code byte) {
	k.fake(xproto.KeyPress, code)
	k.fake(xproto.KeyRelease, code)
	k.spares.touch(code)
}

func (k *keyboard) fakeAll(kind byte, codes []byte) {
	for _, code := range codes {
		k.fake(kind, code)
	}
}

func (k *keyboard) fake(kind, code byte) {
	xtest.FakeInput(k.conn.Conn, kind, code, 0, k.conn.Screen.Root, 0, 0, 0)
}
