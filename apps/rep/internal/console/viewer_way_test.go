package console

import (
	"testing"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/test"

	"deskhand/apps/internal/prefs"
)

// TestV04F9GoesBothWays presses the key in both windows. What a widget does with keys that mean nothing to it is tested
// where the widgets are: Fyne's test driver takes every widget for one of the newest window.
func TestV04F9GoesBothWays(t *testing.T) {
	r := withViewers(t, "482113907")
	r.setViewing(func(s *prefs.Viewer) { s.Shortcuts = true })
	v := r.viewers["482113907"]
	f9 := &fyne.KeyEvent{Name: fyne.KeyF9}
	chat, picture := r.chat.window.Canvas(), v.host.window.Canvas()
	v.picture.KeyDown(f9)
	if chat.Focused() != fyne.Focusable(r.chat.entry) {
		t.Error("from the Viewer F9 does not go to the message field")
	}
	picture.Unfocus()
	chat.OnTypedKey()(f9)
	if picture.Focused() != fyne.Focusable(v.picture) {
		t.Error("from the Chat box F9 does not go to the picture")
	}
	for name, at := range map[string]fyne.Focusable{"button": v.actual, "menus": v.menu} {
		chat.Unfocus()
		picture.Focus(at)
		picture.Focused().TypedKey(f9)
		if chat.Focused() != fyne.Focusable(r.chat.entry) {
			t.Errorf("from the Viewer's %s F9 does not go to the Chat box", name)
		}
	}
}

// TestV05KeysInTheChatBox checks that only the key for the Chat box means anything there, and only while shortcuts are on.
func TestV05KeysInTheChatBox(t *testing.T) {
	r := withViewers(t, "482113907")
	v := r.viewers["482113907"]
	v.host.window.Canvas().Unfocus()
	away := func(n fyne.KeyName) bool {
		r.chat.window.Canvas().OnTypedKey()(&fyne.KeyEvent{Name: n})
		return v.host.window.Canvas().Focused() != nil || v.host.full
	}
	if away(fyne.KeyF9) {
		t.Error("F9 leads away though shortcuts are off")
	}
	r.setViewing(func(s *prefs.Viewer) { s.Shortcuts = true })
	for _, n := range []fyne.KeyName{fyne.KeyF8, fyne.KeyF10, fyne.KeyF11, fyne.KeyF12} {
		if away(n) {
			t.Errorf("%s does something in the Chat box", n)
		}
	}
	test.Type(r.chat.entry, "ab")
	r.chat.entry.TypedKey(&fyne.KeyEvent{Name: fyne.KeyLeft})
	test.Type(r.chat.entry, "c")
	if r.chat.entry.Text != "acb" {
		t.Errorf("the arrow keys do not move in the message: %q", r.chat.entry.Text)
	}
	r.setViewing(func(s *prefs.Viewer) { s.ChatKey = "F7" })
	if away(fyne.KeyF9) || !away(fyne.KeyF7) {
		t.Error("another key was chosen")
	}
}

// TestV04F9WithoutAScreen says why there is no way to a Viewer, and opens one that was closed.
func TestV04F9WithoutAScreen(t *testing.T) {
	r := newRig(t)
	r.open(r.snapshot())
	a, s := r.hall.add(active("482113907"))
	r.ShowSession(a)
	r.setViewing(func(s *prefs.Viewer) { s.Shortcuts = true })
	r.chat.onKey(fyne.KeyF9)
	if len(r.viewers) != 0 {
		t.Error("a Viewer opens without a screen")
	}
	s.snap.Sharing = true
	r.ShowSession(a)
	r.toggleViewer(a.ID)
	r.chat.onKey(fyne.KeyF9)
	if r.viewers[a.ID] == nil {
		t.Error("F9 does not open the Viewer that was closed")
	}
}

// TestTheKeyboardStaysWithThePicture uses toolbar and menus, and expects to be able to go on typing.
func TestTheKeyboardStaysWithThePicture(t *testing.T) {
	r := withViewers(t, "482113907")
	v := r.viewers["482113907"]
	canvas := v.host.window.Canvas()
	for name, use := range map[string]func(){
		"fit":         func() { test.Tap(v.fit) },
		"actual size": func() { test.Tap(v.actual) },
		"full screen": func() { test.Tap(v.fullScreen) },
		"a menu":      func() { v.menu.OnClosed() },
		"displays":    func() { v.displays.OnMenuClosed() },
	} {
		canvas.Unfocus() // as a click outside the picture does
		use()
		if canvas.Focused() != fyne.Focusable(v.picture) || !v.focused {
			t.Errorf("after %s the picture does not have the keyboard", name)
		}
	}
}

// TestV06KeysStayWhereTheRepIs opens and closes other Viewers while the rep writes in the Chat box: the picture may not
// take the keyboard that its window does not have.
func TestV06KeysStayWhereTheRepIs(t *testing.T) {
	r := newRig(t)
	taken := 0
	r.cfg.Hook = func(uintptr, func(uint32, bool)) (func(), error) {
		taken++
		return func() { taken-- }, nil
	}
	r.open(r.snapshot())
	r.setViewing(func(s *prefs.Viewer) { s.SystemKeys = true })
	share := func(id string) {
		snap := active(id)
		snap.Sharing, snap.Control = true, true
		a, _ := r.hall.add(snap)
		r.ShowSession(a)
	}
	check := func(what string, want int) {
		t.Helper()
		if taken != want {
			t.Errorf("%s: the keyboard is taken %d times, want %d", what, taken, want)
		}
	}
	share("482113907")
	check("a window that has not come to the front", 0)
	one := r.viewers["482113907"]
	one.picture.FocusGained()
	check("it came", 1)
	one.picture.FocusLost()
	check("the Chat box is in front", 0)
	share("771020356")
	check("another session", 0)
	one.host.choose(r.viewers["771020356"], false)
	check("it is brought to the front of a window behind", 0)
	r.Restyle()
	check("another look", 0)
	r.toggleViewer("771020356")
	check("that Viewer is closed", 0)
	one.picture.FocusGained()
	check("the window came to the front", 1)
	share("118334902")
	check("another session while the rep works here", 1)
}

// TestAViewerDoesNotTakeTheWordsOfAMessage begins to share while the rep writes.
func TestAViewerDoesNotTakeTheWordsOfAMessage(t *testing.T) {
	for _, writing := range []bool{false, true} {
		r := newRig(t)
		r.open(r.snapshot())
		a, s := r.hall.add(active("482113907"))
		r.ShowSession(a)
		r.openChat(a.ID)
		if writing {
			test.Type(r.chat.entry, "Please click")
		}
		s.snap.Sharing, s.snap.Control = true, true
		r.ShowSession(a)
		v := r.viewers[a.ID]
		if got := v.host.window.Canvas().Focused() == nil; got != writing {
			t.Errorf("writing %v: what is typed on goes to the customer: %v", writing, !got)
		}
	}
}
