package console

import (
	"time"

	"fyne.io/fyne/v2"

	"deskhand/ui/widget"
)

// thumbnail is the small picture of the customer's screen.
type thumbnail struct {
	*widget.Preview
	of     string    // session number
	number uint64    // of the picture that is shown
	at     time.Time // when it was last asked for
}

// thumbnailEvery is how often a thumbnail may become another one: making it takes a few milliseconds.
const thumbnailEvery = time.Second

// showThumbnail shows the screen of the customer whose tab is shown, while it is shared and there is room for it.
func (b *chatBox) showThumbnail(now time.Time) {
	p, a := &b.preview, b.current()
	if a == nil || b.k.cfg.Thumbnail == nil || !a.Session.Snapshot().Sharing {
		p.Set(nil)
		p.of, p.number = "", 0
		return
	}
	if !b.details || p.of == a.ID && now.Sub(p.at) < thumbnailEvery {
		return
	}
	if p.of != a.ID {
		p.Set(nil)
		p.of, p.number = a.ID, 0
	}
	p.at = now
	img, number := b.k.cfg.Thumbnail(a, p.Most(), p.number)
	if img != nil || number == 0 {
		p.Set(img)
	}
	p.number = number
}

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
