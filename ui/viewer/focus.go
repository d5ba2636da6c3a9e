package viewer

import (
	"image"

	"fyne.io/fyne/v2"
)

// FocusGained implements fyne.Focusable.
func (v *Viewer) FocusGained() {
	v.focused = true
	v.Refresh()
}

// FocusLost implements fyne.Focusable. Keys that end while another window has the keyboard end unseen, so all are let
// go of now.
func (v *Viewer) FocusLost() {
	v.focused, v.local = false, false
	v.releaseAll()
	v.Refresh()
}

// AcceptsTab implements fyne.Tabbable: Tab belongs to the remote computer while that is controlled.
func (v *Viewer) AcceptsTab() bool { return v.control }

// KeyDown implements desktop.Keyable.
func (v *Viewer) KeyDown(e *fyne.KeyEvent) {
	_, modifier := modifier(e.Name)
	v.local = !modifier && v.OnKey != nil && v.OnKey(e.Name)
	if !v.local && v.control {
		v.keyboard.press(e)
	}
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
	default:
		return
	}
	v.scrollTo(v.view.Scroll.Add(by))
}
