package inject

import (
	"errors"
	"fmt"
	"time"

	"github.com/jezek/xgb/xproto"

	"deskhand/apps/internal/x11"
	"deskhand/protocol/fault"
	"deskhand/protocol/frame"
)

// settle is for how long a borrowed key keeps its meaning after it was last used in a window that does not say when it
// has come to it.
const settle = time.Second

// spares lends keys that the layout does not use to keysyms that it does not have. A key keeps its keysym until another
// one needs it; then the one that was used longest ago changes, once the window that it was used in has looked up what
// it meant.
type spares struct {
	conn     *x11.Conn
	receipts *receipts
	clock    func() time.Time
	keys     []spare
}

type spare struct {
	code   byte
	sym    frame.Keysym // 0 when it is free
	used   time.Time
	window xproto.Window // that it was last used in, 0 if that is unknown
	looked bool          // the window has looked up what it means since
}

func newSpares(c *x11.Conn, r *receipts, clock func() time.Time) *spares {
	return &spares{conn: c, receipts: r, clock: clock}
}

// look finds the keys without a meaning, after the keymap has been read. What was lent and has been overwritten, as a
// change of layout does, is free again.
func (s *spares) look(m *keymap) {
	kept := s.keys
	s.keys = nil
	for i := range m.keys {
		code := m.first + byte(i)
		if m.mods[code] != 0 {
			continue
		}
		before := find(kept, code)
		sym := m.keys[i].sym(0, 0)
		switch {
		case sym == 0 && empty(m.keys[i].syms):
			s.keys = append(s.keys, spare{code: code})
		case before != nil && uint32(before.sym) == sym:
			s.keys = append(s.keys, *before)
		}
	}
}

func empty(syms []uint32) bool {
	for _, s := range syms {
		if s != 0 {
			return false
		}
	}
	return true
}

func find(keys []spare, code byte) *spare {
	for i := range keys {
		if keys[i].code == code {
			return &keys[i]
		}
	}
	return nil
}

// borrowed reports whether a key has a meaning from us.
func (s *spares) borrowed(code byte) bool {
	k := find(s.keys, code)
	return k != nil && k.sym != 0
}

// touch notes that a key has been used.
func (s *spares) touch(code byte) {
	if k := find(s.keys, code); k != nil {
		k.used, k.looked = s.clock(), false
	}
}

var errNoSpare = fault.New(fault.Invalid, errors.New("inject: the keyboard has no key to spare"))

// lend gives the key of a keysym, and gives it one, that is not held down, if it has none. It is for the window that has
// the keyboard now.
func (s *spares) lend(sym frame.Keysym, held func(code byte) bool) (byte, error) {
	var oldest *spare
	for i := range s.keys {
		k := &s.keys[i]
		if k.sym == sym {
			s.hand(k)
			return k.code, nil
		}
		if !held(k.code) && (oldest == nil || k.used.Before(oldest.used)) {
			oldest = k
		}
	}
	if oldest == nil {
		return 0, errNoSpare
	}
	s.wait(oldest)
	if err := s.assign(oldest.code, sym); err != nil {
		return 0, err
	}
	oldest.sym, oldest.window = sym, 0
	s.hand(oldest)
	return oldest.code, nil
}

// hand notes which window a key is about to be used in. Of two windows the second answers for both: it is asked only
// after the first has.
func (s *spares) hand(k *spare) {
	w := s.receipts.receiver()
	if k.window != w && k.window != 0 {
		s.wait(k)
	}
	k.window, k.looked = w, false
}

// wait waits until nobody has yet to look up what a key means.
func (s *spares) wait(k *spare) {
	if k.sym == 0 || k.looked {
		return
	}
	answered := s.receipts.ask(k.window)
	if !answered {
		s.pause(settle - s.clock().Sub(k.used))
	}
	for i := range s.keys { // all that was used in this window was so before
		other := &s.keys[i]
		if other.window == k.window && (answered || s.clock().Sub(other.used) >= settle) {
			other.looked = true
		}
	}
	k.looked = true
}

// pause lets time pass, while there is a server.
func (s *spares) pause(rest time.Duration) {
	if rest <= 0 {
		return
	}
	t := time.NewTimer(min(rest, settle))
	defer t.Stop()
	select {
	case <-t.C:
	case <-s.conn.Done():
	}
}

// assign changes a key's meaning on the server and waits until that is done. Both levels have the keysym, so Shift makes
// no difference.
func (s *spares) assign(code byte, sym frame.Keysym) error {
	syms := []xproto.Keysym{xproto.Keysym(sym), xproto.Keysym(sym)}
	if err := xproto.ChangeKeyboardMappingChecked(s.conn.Conn, 1, xproto.Keycode(code), byte(len(syms)), syms).Check(); err != nil {
		return fmt.Errorf("inject: borrow a key: %w", err)
	}
	return nil
}

// restore gives all keys back.
func (s *spares) restore() error {
	var failed error
	for i := range s.keys {
		if k := &s.keys[i]; k.sym != 0 {
			s.wait(k)
			failed = errors.Join(failed, s.assign(k.code, 0))
			k.sym = 0
		}
	}
	return failed
}
