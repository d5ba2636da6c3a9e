package overlay

import (
	"encoding/binary"
	"fmt"

	"github.com/jezek/xgb/xproto"

	"deskhand/apps/internal/x11"
)

// WM_HINTS (ICCCM 4.1.2.4) is nine words; only the first two matter here.
const (
	hintsWords = 9
	inputHint  = 1 // flag: the word `input` counts
	maxAtoms   = 64
)

func noFocus(w Window) error { return setFocus(w, false) }

func allowFocus(w Window) error { return setFocus(w, true) }

// remember does nothing: a window manager keeps to the hints.
func remember() (restore func()) { return func() {} }

func setFocus(w Window, allowed bool) error {
	c, err := x11.Open("", nil)
	if err != nil {
		return err
	}
	defer c.Close()
	p := properties{c, xproto.Window(w)}
	if err := p.input(allowed); err != nil {
		return fmt.Errorf("overlay: input hint: %w", err)
	}
	if allowed {
		return nil
	}
	// No user action stands behind this window: a window manager need not focus it.
	if err := p.words("_NET_WM_USER_TIME", xproto.AtomCardinal, 0); err != nil {
		return fmt.Errorf("overlay: user time: %w", err)
	}
	if err := p.atoms("_NET_WM_WINDOW_TYPE", false, "_NET_WM_WINDOW_TYPE_NOTIFICATION"); err != nil {
		return fmt.Errorf("overlay: window type: %w", err)
	}
	err = p.atoms("_NET_WM_STATE", true, "_NET_WM_STATE_ABOVE", "_NET_WM_STATE_SKIP_TASKBAR", "_NET_WM_STATE_SKIP_PAGER")
	if err != nil {
		return fmt.Errorf("overlay: window state: %w", err)
	}
	return nil
}

type properties struct {
	c *x11.Conn
	w xproto.Window
}

func (p properties) input(allowed bool) error {
	hints := make([]uint32, hintsWords)
	r, err := xproto.GetProperty(p.c.Conn, false, p.w, xproto.AtomWmHints, xproto.AtomWmHints, 0, hintsWords).Reply()
	if err != nil {
		return err
	}
	if r.Format == 32 {
		for i := range min(int(r.ValueLen), hintsWords) {
			hints[i] = binary.LittleEndian.Uint32(r.Value[4*i:])
		}
	}
	hints[0] |= inputHint
	hints[1] = 0
	if allowed {
		hints[1] = 1
	}
	return p.change(xproto.AtomWmHints, xproto.AtomWmHints, hints)
}

func (p properties) words(name string, kind xproto.Atom, words ...uint32) error {
	atom, err := p.c.Atom(name)
	if err != nil {
		return err
	}
	return p.change(atom, kind, words)
}

// atoms sets a list of atoms, to what is there already if keep is set.
func (p properties) atoms(name string, keep bool, values ...string) error {
	atom, err := p.c.Atom(name)
	if err != nil {
		return err
	}
	var list []uint32
	if keep {
		r, err := xproto.GetProperty(p.c.Conn, false, p.w, atom, xproto.AtomAtom, 0, maxAtoms).Reply()
		if err != nil {
			return err
		}
		for i := 0; r.Format == 32 && i < int(r.ValueLen); i++ {
			list = append(list, binary.LittleEndian.Uint32(r.Value[4*i:]))
		}
	}
	for _, value := range values {
		a, err := p.c.Atom(value)
		if err != nil {
			return err
		}
		list = append(list, uint32(a))
	}
	return p.change(atom, xproto.AtomAtom, list)
}

func (p properties) change(atom, kind xproto.Atom, words []uint32) error {
	var b []byte
	for _, w := range words {
		b = binary.LittleEndian.AppendUint32(b, w)
	}
	return xproto.ChangePropertyChecked(p.c.Conn, xproto.PropModeReplace, p.w, atom, kind, 32, uint32(len(words)), b).Check()
}
