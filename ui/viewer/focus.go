package viewer

import (
	"image"

	"fyne.io/fyne/v2"
)

// FocusGained implements fyne.Focusable.
func (v *Viewer) FocusGained() {
	v.focused = true
	v.Refresh()
	if v.OnFocus != nil {
		v.OnFocus(true)
	}
}

// FocusLost implements fyne.Focusable. Keys that end while another window has the keyboard end unseen, so all are let
// go of now.
func (v *Viewer) FocusLost() {
	v.focused, v.local = false, false
	v.releaseAll()
	v.Refresh()
	if v.OnFocus != nil {
		v.OnFocus(false)
	}
}

// SystemKey is a key that did not come through Fyne, because the system keeps it for itself. It goes together with the
// modifiers that are held.
func (v *Viewer) SystemKey(sym Keysym, down bool) {
	if v.control {
		v.keyboard.system(sym, down)
	}
}

// AcceptsTab implements fyne.Tabbable: Tab belongs to the remote computer while that is controlled.
func (v *Viewer) AcceptsTab() bool { return v.control }

// SetScrollKeys says whether arrow keys and number pad scroll the picture here instead of being sent.
func (v *Viewer) SetScrollKeys(on bool) { v.scrolls = on }

// KeyDown implements desktop.Keyable.
func (v *Viewer) KeyDown(e *fyne.KeyEvent) {
	_, modifier := modifier(e.Name)
	v.local = !modifier && !v.keyboard.commanding() && (v.scrollable(e) != "" || v.OnKey != nil && v.OnKey(e.Name))
	if !v.local && v.control {
		v.keyboard.press(e)
	}
}

// scrollable is what a key does to the picture here while such keys are not sent, as the name of a key; "" is nothing.
func (v *Viewer) scrollable(e *fyne.KeyEvent) fyne.KeyName {
	if !v.scrolls {
		return ""
	}
	switch e.Name {
	case fyne.KeyLeft, fyne.KeyRight, fyne.KeyUp, fyne.KeyDown:
		return e.Name
	}
	switch v.keyboard.padOf(e) {
	case KeyLeft:
		return fyne.KeyLeft
	case KeyRight:
		return fyne.KeyRight
	case KeyUpArrow:
		return fyne.KeyUp
	case KeyDownArrow:
		return fyne.KeyDown
	case KeyPageUp:
		return fyne.KeyPageUp
	case KeyPageDown:
		return fyne.KeyPageDown
	case KeyHome:
		return fyne.KeyHome
	case KeyEnd:
		return fyne.KeyEnd
	}
	return ""
}

// KeyUp implements desktop.Keyable.
func (v *Viewer) KeyUp(e *fyne.KeyEvent) {
	if v.control {
		v.keyboard.release(e)
	}
}

// TypedKey implements fyne.Focusable.
func (v *Viewer) TypedKey(e *fyne.KeyEvent) {
	switch {
	case v.local:
		v.scrollKey(v.scrollable(e))
	case v.control:
		v.keyboard.typedKey(e.Name)
	default:
		v.scrollKey(e.Name)
	}
}

// TypedRune implements fyne.Focusable.
func (v *Viewer) TypedRune(r rune) {
	if v.control && !v.local {
		v.keyboard.typedRune(r)
	}
}

// TypedShortcut implements fyne.Shortcutable.
func (v *Viewer) TypedShortcut(s fyne.Shortcut) {
	if v.control && !v.local {
		v.keyboard.typedShortcut(s)
	}
}

// scrollKey moves a large picture while keys are not sent.
func (v *Viewer) scrollKey(n fyne.KeyName) {
	const step = 60
	window := v.inner().Window
	by := image.Point{}
	switch n {
	case fyne.KeyLeft:
		by.X = -step
	case fyne.KeyRight:
		by.X = step
	case fyne.KeyUp:
		by.Y = -step
	case fyne.KeyDown:
		by.Y = step
	case fyne.KeyPageUp:
		by.Y = step - window.Y
	case fyne.KeyPageDown:
		by.Y = window.Y - step
	case fyne.KeyHome:
		by = v.view.Scroll.Mul(-1)
	case fyne.KeyEnd:
		by = v.inner().ScrollMax()
	default:
		return
	}
	v.scrollTo(v.view.Scroll.Add(by))
}
