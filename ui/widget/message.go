package widget

import (
	"strings"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/driver/desktop"
	fw "fyne.io/fyne/v2/widget"
)

// MessageEntry is the field that messages are written in. Enter sends, Shift+Enter starts a new line, Tab goes on.
type MessageEntry struct {
	fw.Entry

	OnSend   func(text string) // trimmed, never empty; the field is empty again
	OnTyping func(typing bool) // true at the first character, false when it is empty again

	shift  bool
	typing bool
}

// NewMessageEntry makes an empty field.
func NewMessageEntry(placeholder string) *MessageEntry {
	e := &MessageEntry{}
	e.MultiLine = true
	e.Wrapping = fyne.TextWrapWord
	e.PlaceHolder = placeholder
	e.SetMinRowsVisible(2)
	e.OnChanged = e.changed
	e.ExtendBaseWidget(e)
	return e
}

// SetEnabled allows input.
func (e *MessageEntry) SetEnabled(on bool) {
	if on {
		e.Enable()
	} else {
		e.Disable()
	}
}

// Send does what Enter does.
func (e *MessageEntry) Send() {
	text := strings.TrimSpace(e.Text)
	if text == "" || e.Disabled() {
		return
	}
	e.SetText("")
	if e.OnSend != nil {
		e.OnSend(text)
	}
}

func (e *MessageEntry) changed(text string) {
	typing := text != ""
	if typing == e.typing {
		return
	}
	e.typing = typing
	if e.OnTyping != nil {
		e.OnTyping(typing)
	}
}

// AcceptsTab implements fyne.Tabbable: Tab leaves the field.
func (e *MessageEntry) AcceptsTab() bool { return false }

// KeyDown implements desktop.Keyable.
func (e *MessageEntry) KeyDown(k *fyne.KeyEvent) {
	if k.Name == desktop.KeyShiftLeft || k.Name == desktop.KeyShiftRight {
		e.shift = true
	}
	e.Entry.KeyDown(k)
}

// KeyUp implements desktop.Keyable.
func (e *MessageEntry) KeyUp(k *fyne.KeyEvent) {
	if k.Name == desktop.KeyShiftLeft || k.Name == desktop.KeyShiftRight {
		e.shift = false
	}
	e.Entry.KeyUp(k)
}

// FocusLost implements fyne.Focusable.
func (e *MessageEntry) FocusLost() {
	e.shift = false
	e.Entry.FocusLost()
}

// functionKey says that a key is F1 to F12, which no field has a use for.
func functionKey(n fyne.KeyName) bool { return len(n) > 1 && n[0] == 'F' }

// TypedKey implements fyne.Focusable.
func (e *MessageEntry) TypedKey(k *fyne.KeyEvent) {
	if (k.Name == fyne.KeyReturn || k.Name == fyne.KeyEnter) && !e.shift {
		e.Send()
		return
	}
	if functionKey(k.Name) {
		passOn(e, k)
		return
	}
	e.Entry.TypedKey(k)
}
