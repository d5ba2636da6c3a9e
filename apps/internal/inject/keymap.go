package inject

import (
	"encoding/binary"
	"errors"
)

// Modifier bits of X11.
const (
	modShift   = 1 << 0
	modLock    = 1 << 1
	modControl = 1 << 2
	modAlt     = 1 << 3 // Mod1
	modNum     = 1 << 4 // Mod2, by convention NumLock
)

// keymap is what an X server's keys mean: for each key and group the keysyms of its levels, and which modifiers lead to
// a level.
type keymap struct {
	first byte // keycode of keys[0]
	keys  []key
	types []keyType
	mods  [256]byte // by keycode: the modifiers that it is
}

type key struct {
	types  [4]byte // by group
	groups byte    // number of groups in the low four bits, what to do beyond them in the others
	width  int     // levels of each group
	syms   []uint32
}

// keyType says which level the modifiers choose.
type keyType struct {
	mask   byte // the modifiers that matter
	levels int
	ways   []way
}

type way struct{ mods, level byte }

// stroke is how a keysym can be typed: with this key, while of the modifiers in mask exactly those in mods are on.
type stroke struct {
	code, mask, mods byte
}

// group gives the group of a key that counts while the keyboard is in group effective.
func (k *key) group(effective byte) int {
	n := k.groups & 0xf
	switch {
	case n == 0:
		return 0
	case effective < n:
		return int(effective)
	case k.groups&0xc0 == 0x40: // clamp
		return int(n - 1)
	case k.groups&0xc0 == 0x80: // redirect
		if to := k.groups >> 4 & 3; to < n {
			return int(to)
		}
		return 0
	default: // wrap
		return int(effective % n)
	}
}

// sym gives a keysym, or 0.
func (k *key) sym(group, level int) uint32 {
	i := group*k.width + level
	if level >= k.width || i >= len(k.syms) {
		return 0
	}
	return k.syms[i]
}

// strokes calls f with each way to type a keysym that fits, in the given group of the keyboard, plain ones first.
func (m *keymap) strokes(effective byte, fits func(sym uint32) bool, f func(stroke) (more bool)) {
	for level := range 8 {
		for i := range m.keys {
			k := &m.keys[i]
			group := k.group(effective)
			sym := k.sym(group, level)
			if sym == 0 || !fits(sym) || int(k.types[group]) >= len(m.types) {
				continue
			}
			if !m.types[k.types[group]].reach(m.first+byte(i), level, f) {
				return
			}
		}
	}
}

// reach calls f with each way to a level.
func (t *keyType) reach(code byte, level int, f func(stroke) bool) bool {
	if level == 0 && !f(stroke{code: code, mask: t.mask}) {
		return false
	}
	for _, w := range t.ways {
		if int(w.level) == level && w.mods != 0 && !f(stroke{code: code, mask: t.mask, mods: w.mods}) {
			return false
		}
	}
	return true
}

var errKeymap = errors.New("inject: the server's keyboard map is malformed")

// What GetMap of the XKEYBOARD extension gives; see its protocol, chapter 14.
const (
	mapTypes     = 1 << 0
	mapSyms      = 1 << 1
	mapModifiers = 1 << 2
	mapHead      = 40
)

// parseKeymap reads a reply to GetMap that has types, keysyms and modifiers.
func parseKeymap(b []byte) (*keymap, error) {
	if len(b) < mapHead {
		return nil, errKeymap
	}
	m := &keymap{first: b[17]}
	types, keys, modifiers := int(b[15]), int(b[20]), int(b[33])
	if b[14] != 0 || binary.LittleEndian.Uint16(b[12:])&(mapTypes|mapSyms|mapModifiers) != mapTypes|mapSyms|mapModifiers {
		return nil, errKeymap
	}
	r := &cursor{b: b[mapHead:]}
	for range types {
		m.types = append(m.types, r.keyType())
	}
	for range keys {
		m.keys = append(m.keys, r.key())
	}
	for range modifiers {
		entry := r.take(2)
		m.mods[entry[0]] |= entry[1]
	}
	if r.short {
		return nil, errKeymap
	}
	return m, nil
}

// cursor reads on; what is not there any more is zero.
type cursor struct {
	b     []byte
	short bool
}

func (r *cursor) take(n int) []byte {
	if n > len(r.b) {
		r.short = true
		return make([]byte, n)
	}
	b := r.b[:n]
	r.b = r.b[n:]
	return b
}

func (r *cursor) keyType() keyType {
	head := r.take(8) // mask, real mods, virtual mods (2), levels, entries, has preserve, pad
	t := keyType{mask: head[0], levels: int(head[4])}
	for range int(head[5]) {
		w := r.take(8) // active, mask, level, real mods, virtual mods (2), pad (2)
		if w[0] != 0 {
			t.ways = append(t.ways, way{mods: w[1], level: w[2]})
		}
	}
	if head[6] != 0 {
		r.take(4 * int(head[5]))
	}
	return t
}

func (r *cursor) key() key {
	head := r.take(8) // type of each of four groups, groups, width, number of keysyms (2)
	k := key{groups: head[4], width: int(head[5])}
	copy(k.types[:], head)
	n := int(binary.LittleEndian.Uint16(head[6:]))
	if 4*n > len(r.b) {
		r.short = true
		return k
	}
	syms := r.take(4 * n)
	for i := range n {
		k.syms = append(k.syms, binary.LittleEndian.Uint32(syms[4*i:]))
	}
	return k
}
