package console

import (
	"image"

	"fyne.io/fyne/v2"

	"deskhand/apps/internal/prefs"
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

// keyOf is where the settings have a command's key; "" is none.
func keyOf(s *prefs.Viewer, c command) *string {
	return [commands]*string{
		commandChat: &s.ChatKey, commandDraw: &s.DrawKey, commandErase: &s.EraseKey, commandFull: &s.FullKey,
		commandDisplay: &s.DisplayKey,
	}[c]
}

// setViewing changes how all Viewers work, now and after a restart.
func (k *Console) setViewing(change func(*prefs.Viewer)) {
	if err := k.cfg.Prefs.Update(k.cfg.Life, func(s *prefs.Settings) { change(&s.Viewer) }); err != nil {
		k.problem(err) // it holds until the console ends
	}
	k.viewing = k.cfg.Prefs.Get().Viewer
	for _, v := range k.viewers {
		v.apply()
		v.show()
	}
}

// commandOf is what a key is for while shortcuts are on.
func (k *Console) commandOf(n fyne.KeyName) (command, bool) {
	for c := range commands {
		if key := *keyOf(&k.viewing, c); k.viewing.Shortcuts && key != "" && key == string(n) {
			return c, true
		}
	}
	return 0, false
}

// apply takes over what holds for all Viewers.
func (v *viewerWindow) apply() {
	s := v.k.viewing
	v.picture.SetScrollKeys(s.Shortcuts)
	v.picture.SetAutoScroll(s.AutoScroll)
	v.takeKeys()
	v.menu.Set(v.menus()...)
	v.sized()
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
	name := v.k.name(c)
	if c == commandFull && v.host != nil && v.host.full {
		name = v.k.t.T("viewer.leave_full_screen")
	}
	if key := *keyOf(&v.k.viewing, c); v.k.viewing.Shortcuts && key != "" {
		return name + "  " + key
	}
	return name
}

// onKey does what a key is for, while shortcuts are on.
func (v *viewerWindow) onKey(n fyne.KeyName) bool {
	c, ok := v.k.commandOf(n)
	if ok {
		v.do(c)
	}
	return ok
}

func (v *viewerWindow) do(c command) {
	switch c {
	case commandChat:
		v.k.openChat(v.a.ID)
	case commandDraw, commandErase:
		v.say(v.status, v.k.name(c)+": "+v.k.t.T("viewer.with_annotation"))
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
	wanted := v.k.viewing.SystemKeys && v.focused && v.controls && v.k.cfg.Hook != nil && v.host != nil
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
	v.focused = on && !v.quiet
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
