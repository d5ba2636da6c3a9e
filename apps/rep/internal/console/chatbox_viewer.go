package console

import (
	"fyne.io/fyne/v2"
)

// onKey goes back to the Viewer with the key that leads from there to the Chat box. Where there is no screen to be seen
// the button says why.
func (b *chatBox) onKey(n fyne.KeyName) {
	if c, ok := b.k.commandOf(n); !ok || c != commandChat {
		return
	}
	if !b.viewer.Enabled() {
		b.viewer.Tapped(nil)
		return
	}
	b.k.openViewer(b.selected)
}

// comeUp opens a Viewer that the rep has not asked for. Whoever is writing a message goes on with it: the words must not
// go to the customer's computer.
func (k *Console) comeUp(id string) {
	k.openViewer(id)
	v := k.viewers[id]
	if v == nil || len(v.host.in) > 1 || k.chat == nil || k.chat.entry.Text == "" {
		return
	}
	v.host.window.Canvas().Unfocus()
	k.chat.window.RequestFocus()
}
