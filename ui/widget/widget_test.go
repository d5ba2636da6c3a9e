package widget

import (
	"bytes"
	"image"
	"image/png"
	"testing"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/driver/desktop"
	"fyne.io/fyne/v2/test"

	"deskhand/icons"
	"deskhand/ui/theme"
)

// start gives a test an app of its own in our look.
func start(t *testing.T) {
	t.Helper()
	test.NewTempApp(t).Settings().SetTheme(theme.New(theme.Options{Look: theme.Light}))
}

// show puts a widget into a window of a size.
func show(t *testing.T, o fyne.CanvasObject, w, h float32) fyne.Window {
	t.Helper()
	win := test.NewTempWindow(t, NewTips(o))
	win.SetPadded(false)
	win.Resize(fyne.NewSize(w, h))
	return win
}

func picture(t *testing.T, w fyne.Window) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := png.Encode(&b, w.Canvas().Capture()); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func key(n fyne.KeyName) *fyne.KeyEvent { return &fyne.KeyEvent{Name: n} }

func typeKeys(f fyne.Focusable, names ...fyne.KeyName) {
	for _, n := range names {
		f.TypedKey(key(n))
	}
}

func mouse(x, y float32) *desktop.MouseEvent {
	return &desktop.MouseEvent{PointEvent: fyne.PointEvent{Position: fyne.NewPos(x, y)}, Button: desktop.MouseButtonPrimary}
}

func point(x, y float32) *fyne.PointEvent { return &fyne.PointEvent{Position: fyne.NewPos(x, y)} }

// menuOf is the menu that is open, nil when none is.
func choose(t *testing.T, w fyne.Window, item int) {
	t.Helper()
	top := w.Canvas().Overlays().Top()
	if top == nil {
		t.Fatal("no menu is open")
	}
	focused := w.Canvas().Focused()
	for range item + 1 {
		focused.TypedKey(key(fyne.KeyDown))
	}
	focused.TypedKey(key(fyne.KeyReturn))
}

// everything is one of each widget, filled.
func everything() map[string]fyne.CanvasObject {
	button := NewToolButton(icons.Chat, "Chat", nil)
	off := NewButton("Accept", nil)
	off.SetEnabled(false, "You are offline.")
	table := NewTable([]Column{{Title: "Timer", Width: 60}, {Title: "Name"}}, "Nothing")
	table.SetRows([]Row{{ID: "1", Stripe: theme.ColorQuery, Cells: []Cell{{Left: time.Minute, Total: 2 * time.Minute}, {Text: "Jo", Icon: icons.User}}}})
	log := NewChatLog()
	log.SetLines([]ChatLine{{Key: "1", Kind: Status, At: "10:42", Text: "Jo joined"}, {Key: "2", Kind: Mine, At: "10:42", Name: "You", Text: "Hello"}, {Key: "3", Kind: Theirs, At: "10:43", Name: "Jo", Text: "Hi", Pending: true}})
	tabs := NewTabs()
	tabs.Set([]Tab{{ID: "1", Title: "Jo"}, {ID: "2", Title: "Al", Mood: Waiting, Unread: true, Note: "1:02"}, {ID: "3", Title: "Bo", Mood: Late}}, "2")
	status := NewStatusPanel()
	status.Set(true, "Ana sees your screen")
	banner := NewBanner()
	banner.Say(BannerFault, "That code has expired.")
	banner.SetAction("Try again", nil)
	steps := NewSteps("Code", "Permission", "Help")
	steps.Set(1)
	words := NewWords("Words", "Securing")
	words.Set("amber river nine")
	facts := NewFacts()
	facts.Set([]Fact{{"Name", "Jo"}, {"Empty", ""}})
	alert := NewAlert("Yes", "No")
	alert.Set(AlertContent{Kind: AlertTransfer, Word: "Transfer", Portal: "Billing", Name: "Jo", Text: "Printer", Left: time.Second, Total: time.Minute})
	field := NewCodeField()
	field.Set("56377")
	ring := NewRing()
	ring.Set(time.Minute, 2*time.Minute)
	return map[string]fyne.CanvasObject{
		"button": button, "button that is off": off, "table": table, "chat log": log, "tabs": tabs, "status": status, "banner": banner,
		"steps": steps, "words": words, "facts": facts, "alert": alert, "code field": field, "code label": NewCodeLabel("563773096"),
		"ring": ring, "message": NewMessageEntry("Message"), "fold pane": NewFoldPane("Pane", NewMuted("inside")), "menu bar": NewMenuBar(fyne.NewMenu("File")),
		"availability": NewAvailabilitySwitch(AvailabilityWords{"Available", "Unavailable", "Offline"}), "search": NewSearchEntry("Search"),
		"toolbar": NewToolbar([]fyne.CanvasObject{NewButton("a", nil)}, []fyne.CanvasObject{NewButton("b", nil)}),
		"heading": NewHeading("Heading"), "panel": NewPanel(theme.ColorRaised, 8, NewText("text")), "frame": NewFrame(Edges{Top: NewLine()}, NewRows(NewText("a"))),
	}
}

// TestWidgetsFollowTheLook draws each widget in light and in dark: it has to show something, and not the same.
func TestWidgetsFollowTheLook(t *testing.T) {
	start(t)
	for name := range everything() {
		t.Run(name, func(t *testing.T) {
			start(t)
			w := show(t, NewSpaced(8, everything()[name]), 500, 200)
			light := w.Canvas().Capture()
			if plain(light) {
				t.Error("nothing is drawn")
			}
			fyne.CurrentApp().Settings().SetTheme(theme.New(theme.Options{Look: theme.Dark}))
			dark := w.Canvas().Capture()
			if plain(dark) {
				t.Error("nothing is drawn in dark")
			}
		})
	}
}

func plain(img image.Image) bool {
	first := img.At(0, 0)
	for y := range img.Bounds().Dy() {
		for x := range img.Bounds().Dx() {
			if img.At(x, y) != first {
				return false
			}
		}
	}
	return true
}

// TestFocusIsSeen goes through every widget with Tab: whatever has the focus looks different from what has not.
func TestFocusIsSeen(t *testing.T) {
	start(t)
	for name := range everything() {
		t.Run(name, func(t *testing.T) {
			start(t)
			w := show(t, NewSpaced(8, everything()[name]), 500, 200)
			c := w.Canvas()
			before := picture(t, w)
			c.FocusNext()
			for first := c.Focused(); c.Focused() != nil; {
				if bytes.Equal(before, picture(t, w)) {
					t.Errorf("%T does not show that it has the focus", c.Focused())
				}
				c.FocusNext()
				if c.Focused() == first {
					break
				}
			}
			c.Unfocus()
			if !bytes.Equal(before, picture(t, w)) {
				t.Error("it still looks focused")
			}
		})
	}
}

// TestWhatCanBeReached says which widgets are stops for the Tab key, and how many each.
func TestWhatCanBeReached(t *testing.T) {
	want := map[string]int{
		"button": 1, "button that is off": 1, "table": 2, "chat log": 1, "tabs": 1, "banner": 1, "alert": 2, "code field": 1, "message": 1,
		"fold pane": 1, "menu bar": 1, "availability": 1, "search": 1, "toolbar": 2,
	}
	start(t)
	for name := range everything() {
		t.Run(name, func(t *testing.T) {
			start(t)
			w := show(t, NewSpaced(8, everything()[name]), 500, 200)
			seen := map[fyne.Focusable]bool{}
			for w.Canvas().FocusNext(); w.Canvas().Focused() != nil && !seen[w.Canvas().Focused()]; w.Canvas().FocusNext() {
				seen[w.Canvas().Focused()] = true
			}
			if len(seen) != want[name] {
				t.Errorf("%d stops, not %d", len(seen), want[name])
			}
		})
	}
}
