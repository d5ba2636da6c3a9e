package widget

import (
	"slices"
	"testing"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/test"
)

// TestKeysForTheWindow gives each widget of the Chat box and the Viewer a function key: the window gets it.
func TestKeysForTheWindow(t *testing.T) {
	test.NewTempApp(t)
	entry, tabs, bar, button, log := NewMessageEntry(""), NewTabs(), NewMenuBar(), NewButton("x", nil), NewChatLog()
	w := test.NewTempWindow(t, container.NewVBox(entry, tabs, bar, button, log))
	w.Resize(fyne.NewSize(400, 400))
	var got []fyne.KeyName
	w.Canvas().SetOnTypedKey(func(e *fyne.KeyEvent) { got = append(got, e.Name) })
	for name, at := range map[string]fyne.Focusable{
		"entry": entry, "tabs": tabs, "menus": bar, "button": button, "log": log.body,
	} {
		got = nil
		at.TypedKey(&fyne.KeyEvent{Name: fyne.KeyF9})
		if !slices.Equal(got, []fyne.KeyName{fyne.KeyF9}) {
			t.Errorf("%s: the window got %v", name, got)
		}
	}
	if entry.Text != "" {
		t.Errorf("the key wrote %q", entry.Text)
	}
}

// TestMenusTellWhenTheyHaveGone closes menus by Escape and by a choice.
func TestMenusTellWhenTheyHaveGone(t *testing.T) {
	test.NewTempApp(t)
	var told []string
	menu := fyne.NewMenu("File", fyne.NewMenuItem("Close", func() { told = append(told, "chosen") }))
	bar, button := NewMenuBar(menu), NewButton("x", nil)
	bar.OnClosed = func() { told = append(told, "bar") }
	button.SetMenu(func() *fyne.Menu { return menu })
	button.OnMenuClosed = func() { told = append(told, "button") }
	w := test.NewTempWindow(t, container.NewVBox(bar, button))
	w.Resize(fyne.NewSize(400, 400))
	bar.open(0)
	w.Canvas().Focused().TypedKey(&fyne.KeyEvent{Name: fyne.KeyEscape})
	button.press()
	w.Canvas().Focused().TypedKey(&fyne.KeyEvent{Name: fyne.KeyEscape})
	bar.open(0)
	w.Canvas().Focused().TypedKey(&fyne.KeyEvent{Name: fyne.KeyDown})
	w.Canvas().Focused().TypedKey(&fyne.KeyEvent{Name: fyne.KeyReturn})
	if want := []string{"bar", "button", "bar", "chosen"}; !slices.Equal(told, want) {
		t.Errorf("told %v, want %v", told, want)
	}
}
