package widget

import (
	"slices"
	"testing"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/test"

	"deskhand/icons"
)

func TestButton(t *testing.T) {
	tests := []struct {
		name string
		do   func(b *Button)
		want int
	}{
		{"tap", func(b *Button) { test.Tap(b) }, 1},
		{"Enter and Space", func(b *Button) { typeKeys(b, fyne.KeyReturn, fyne.KeySpace, fyne.KeyEnter) }, 3},
		{"other keys", func(b *Button) { typeKeys(b, fyne.KeyDown, fyne.KeyLeft); b.TypedRune('a') }, 0},
		{"off", func(b *Button) { b.SetEnabled(false, "no"); test.Tap(b); typeKeys(b, fyne.KeyReturn) }, 0},
		{"on again", func(b *Button) { b.SetEnabled(false, "no"); b.SetEnabled(true, ""); test.Tap(b) }, 1},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			start(t)
			n := 0
			b := NewButton("Accept", func() { n++ })
			show(t, b, 200, 60)
			tt.do(b)
			if n != tt.want {
				t.Errorf("tapped %d times", n)
			}
		})
	}
}

func TestReasonIsShown(t *testing.T) {
	start(t)
	b := NewToolButton(icons.Draw, "", nil)
	b.SetTip("Draw")
	other := NewButton("other", nil)
	w := show(t, container.NewVBox(b, other), 300, 100)
	tips := w.Content().(*Tips)
	steps := []struct {
		name string
		do   func()
		want string
	}{
		{"pointed at", func() { b.MouseIn(mouse(1, 1)) }, "Draw"},
		{"left", func() { b.MouseOut() }, ""},
		{"focused", func() { w.Canvas().Focus(b) }, "Draw"},
		{"focus gone", func() { w.Canvas().Focus(other) }, ""},
		{"off and pointed at", func() { b.SetEnabled(false, "Drawing needs the Viewer."); b.MouseIn(mouse(1, 1)) }, "Drawing needs the Viewer."},
		{"left again", func() { b.MouseOut() }, ""},
		{"off and focused", func() { w.Canvas().Focus(b) }, "Drawing needs the Viewer."},
		{"off and pressed", func() { test.Tap(b) }, "Drawing needs the Viewer."},
		{"away", func() { w.Canvas().Unfocus() }, ""},
		{"nothing to say", func() { other.MouseIn(mouse(1, 1)) }, ""},
	}
	for _, s := range steps {
		s.do()
		if tips.Text() != s.want {
			t.Errorf("%s: %q", s.name, tips.Text())
		}
	}
	b.MouseDown(mouse(1, 1))
	b.MouseMoved(mouse(1, 1))
	b.MouseUp(mouse(1, 1))
}

func TestTipsStayInTheWindow(t *testing.T) {
	start(t)
	b := NewButton("x", nil)
	b.SetTip("A long text that explains in more than one line what this button is there for, and when to use it.")
	w := show(t, container.NewBorder(nil, container.NewBorder(nil, nil, nil, b), nil, nil), 320, 120)
	b.MouseIn(mouse(1, 1))
	size := w.Canvas().Size()
	for _, o := range test.WidgetRenderer(w.Content().(*Tips)).Objects()[1:] {
		end := o.Position().Add(o.Size())
		if o.Position().X < 0 || o.Position().Y < 0 || end.X > size.Width || end.Y > size.Height {
			t.Errorf("%T is at %v to %v, outside %v", o, o.Position(), end, size)
		}
	}
}

func TestButtonMenu(t *testing.T) {
	start(t)
	b := NewToolButton(icons.End, "End", func() { t.Error("tapped") })
	w := show(t, b, 300, 200)
	chosen := ""
	b.SetMenu(func() *fyne.Menu {
		return fyne.NewMenu("", fyne.NewMenuItem("Leave", func() { chosen = "leave" }), fyne.NewMenuItem("Close", func() { chosen = "close" }))
	})
	test.Tap(b)
	choose(t, w, 1)
	if chosen != "close" {
		t.Errorf("chose %q", chosen)
	}
	typeKeys(b, fyne.KeyDown)
	choose(t, w, 0)
	if chosen != "leave" {
		t.Errorf("chose %q", chosen)
	}
}

func TestAvailability(t *testing.T) {
	start(t)
	s := NewAvailabilitySwitch(AvailabilityWords{"Available", "Unavailable", "Offline"})
	w := show(t, s, 300, 200)
	var told []bool
	s.OnChange = func(on bool) { told = append(told, on) }
	test.Tap(s)
	if w.Canvas().Overlays().Top() != nil || s.Label() != "Offline" || s.Enabled() {
		t.Error("there is something to choose while offline")
	}
	s.Set(Available)
	test.Tap(s)
	choose(t, w, 1)
	if s.State() != Available || s.Label() != "Available" {
		t.Error("it changed by itself")
	}
	s.Set(Unavailable)
	test.Tap(s)
	choose(t, w, 0)
	if !slices.Equal(told, []bool{false, true}) {
		t.Errorf("told %v", told)
	}
}

func TestMenuBar(t *testing.T) {
	start(t)
	chosen := ""
	entry := func(name string) *fyne.MenuItem { return fyne.NewMenuItem(name, func() { chosen = name }) }
	b := NewMenuBar(fyne.NewMenu("File", entry("Close")), fyne.NewMenu("View", entry("Fit"), entry("Actual")))
	w := show(t, container.NewBorder(b, nil, nil, nil), 300, 200)
	b.MouseIn(mouse(b.places()[1].x+1, 5))
	b.Tapped(point(b.places()[1].x+1, 5))
	choose(t, w, 1)
	if chosen != "Actual" {
		t.Errorf("chose %q", chosen)
	}
	b.MouseOut()
	w.Canvas().Focus(b)
	typeKeys(b, fyne.KeyRight, fyne.KeyRight, fyne.KeyLeft, fyne.KeyDown)
	choose(t, w, 0)
	if chosen != "Close" {
		t.Errorf("chose %q", chosen)
	}
	b.Tapped(point(290, 5))
	b.Set(fyne.NewMenu("Tools", entry("Keys")))
	b.Tapped(point(b.places()[0].x+1, 5))
	choose(t, w, 0)
	if chosen != "Keys" {
		t.Errorf("chose %q", chosen)
	}
}
