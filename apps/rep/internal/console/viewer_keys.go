package console

import (
	"image"

	"fyne.io/fyne/v2"

	"deskhand/ui/viewer"
)

// command is something that a key may do in a Viewer.
type command int

const (
	commandChat command = iota
	commandDraw
	commandErase
	commandFull
	commandDisplay
	commands // how many there are
)

// viewing is how the rep wants all Viewers to work. It lasts as long as the program does.
type viewing struct {
	shortcuts bool                   // “Enable Menu Shortcuts”
	system    bool                   // “Pass Windows Keys to Remote Computer”
	figures   bool                   // they are shown
	still     bool                   // auto-scroll is off
	keys      [commands]fyne.KeyName // "" is none
}

func newViewing() viewing {
	return viewing{keys: [commands]fyne.KeyName{
		commandChat: fyne.KeyF9, commandDraw: fyne.KeyF10, commandErase: fyne.KeyF11, commandFull: fyne.KeyF12,
		commandDisplay: fyne.KeyF8,
	}}
}

// setViewing changes what holds for all Viewers.
func (k *Console) setViewing(change func(*viewing)) {
	change(&k.viewing)
	for _, v := range k.viewers {
		v.apply()
	}
}

// apply takes over what holds for all Viewers.
func (v *viewerWindow) apply() {
	s := v.k.viewing
	v.picture.SetScrollKeys(s.shortcuts)
	v.picture.SetAutoScroll(!s.still)
	v.takeKeys()
	v.menu.Set(v.menus()...)
	v.tick()
}

// name is a command's text.
func (k *Console) name(c command) string {
	switch c {
	case commandChat:
		return k.t.T("viewer.chat")
	case commandDraw:
		return k.t.T("viewer.draw")
	case commandErase:
		return k.t.T("viewer.erase")
	case commandFull:
		return k.t.T("viewer.full_screen")
	default:
		return k.t.T("viewer.next_display")
	}
}

// label is a command's text with its key, if that works now.
func (v *viewerWindow) label(c command) string {
	s := v.k.viewing
	if s.shortcuts && s.keys[c] != "" {
		return v.k.name(c) + "  " + string(s.keys[c])
	}
	return v.k.name(c)
}

// onKey does what a key is for, while shortcuts are on.
func (v *viewerWindow) onKey(n fyne.KeyName) bool {
	if !v.k.viewing.shortcuts {
		return false
	}
	for c, key := range v.k.viewing.keys {
		if key == n && key != "" {
			v.do(command(c))
			return true
		}
	}
	return false
}

func (v *viewerWindow) do(c command) {
	switch c {
	case commandChat:
		v.k.openChat(v.a.ID)
	case commandDraw, commandErase:
		v.status.SetText(v.k.name(c) + ": " + v.k.t.T("viewer.with_annotation"))
	case commandFull:
		v.host.toggleFull()
	case commandDisplay:
		v.nextDisplay()
	}
}

// onPointer is told where the pointer is, in pixels of the picture's place.
func (v *viewerWindow) onPointer(at image.Point) {
	if v.host.full {
		v.host.slide(float32(at.Y) / v.host.window.Canvas().Scale())
	}
}

// takeKeys takes the keys that the system keeps for itself while that is wanted, the picture has the keyboard and the rep
// may use the remote one; else it lets them go.
func (v *viewerWindow) takeKeys() {
	wanted := v.k.viewing.system && v.focused && v.controls && v.k.cfg.Hook != nil && v.host != nil
	switch {
	case wanted && v.release == nil:
		release, err := v.k.cfg.Hook(native(v.host.window), func(sym uint32, down bool) {
			v.picture.SystemKey(viewer.Keysym(sym), down)
		})
		if err != nil {
			v.k.cfg.Logger.Warn("the system's keys cannot be passed on", "err", err)
			return
		}
		v.release = release
	case !wanted && v.release != nil:
		v.release()
		v.release = nil
	}
}

// onFocus is told when the picture gets and loses the keyboard.
func (v *viewerWindow) onFocus(on bool) {
	v.focused = on
	v.takeKeys()
	v.k.hurry()
}

// hurry has input heard of at once while a Viewer that is open has the keyboard.
func (k *Console) hurry() {
	on := false
	for _, v := range k.viewers {
		on = on || v.focused
	}
	if k.cfg.Prompt != nil && on != k.prompt {
		k.prompt = on
		k.cfg.Prompt(on)
	}
}
