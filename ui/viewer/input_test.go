package viewer

import (
	"testing"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/driver/desktop"
	"fyne.io/fyne/v2/test"
	"fyne.io/fyne/v2/widget"
)

const (
	left  = desktop.MouseButtonPrimary
	right = desktop.MouseButtonSecondary
)

func TestPointer(t *testing.T) {
	tests := []struct {
		name string
		do   func(s *shown)
		want string
	}{
		{"moves", func(s *shown) { s.MouseIn(mouse(5, 6, 0)); s.MouseMoved(mouse(7, 8, 0)); s.MouseMoved(mouse(7, 8, 0)) }, "move11,13 move15,17"},
		{"click", func(s *shown) { s.MouseDown(mouse(5, 6, left)); s.MouseUp(mouse(5, 6, left)) }, "move11,13 press1@11,13 lift1@11,13"},
		{"double click", func(s *shown) {
			for range 2 {
				s.MouseDown(mouse(5, 6, left))
				s.MouseUp(mouse(5, 6, left))
			}
		}, "move11,13 press1@11,13 lift1@11,13 press1@11,13 lift1@11,13"},
		{"right and middle", func(s *shown) {
			s.MouseDown(mouse(5, 6, right))
			s.MouseUp(mouse(5, 6, right))
			s.MouseDown(mouse(5, 6, desktop.MouseButtonTertiary))
			s.MouseUp(mouse(5, 6, desktop.MouseButtonTertiary))
		}, "move11,13 press3@11,13 lift3@11,13 press2@11,13 lift2@11,13"},
		{"drag", func(s *shown) {
			s.MouseDown(mouse(5, 6, left))
			s.Dragged(drag(9, 6))
			s.MouseUp(mouse(9, 6, left))
			s.DragEnd()
		}, "move11,13 press1@11,13 move19,13 lift1@19,13"},
		{"drag out of the window", func(s *shown) {
			s.MouseDown(mouse(5, 6, left))
			s.Dragged(drag(-50, 9999))
			s.DragEnd()
		}, "move11,13 press1@11,13 move0,599 lift1@0,599"},
		{"right button let go outside", func(s *shown) { s.MouseDown(mouse(5, 6, right)); s.MouseOut() }, "move11,13 press3@11,13 lift3@11,13"},
		{"beside the picture", func(s *shown) { s.MouseDown(mouse(100, 390, left)); s.MouseUp(mouse(100, 390, left)) }, "move201,599"},
		{"an unknown button", func(s *shown) { s.MouseDown(mouse(5, 6, 0)); s.MouseUp(mouse(5, 6, 0)) }, "move11,13"},
		{"wheel", func(s *shown) { s.Scrolled(wheel(5, 6, 0, 1)); s.Scrolled(wheel(5, 6, 0, -2)) }, "move11,13 wheel0,-120@11,13 wheel0,240@11,13"},
		{"sideways", func(s *shown) { s.Scrolled(wheel(5, 6, -1, 0)) }, "move11,13 wheel120,0@11,13"},
		{"a little at a time", func(s *shown) {
			for range 3 {
				s.Scrolled(wheel(5, 6, 0, 1.0/240))
			}
		}, "move11,13 wheel0,-1@11,13"},
		{"Shift+click", func(s *shown) {
			s.KeyDown(&fyne.KeyEvent{Name: desktop.KeyShiftLeft})
			s.MouseDown(mouse(5, 6, left))
			s.MouseUp(mouse(5, 6, left))
			s.KeyUp(&fyne.KeyEvent{Name: desktop.KeyShiftLeft})
		}, "move11,13 +ShiftL press1@11,13 lift1@11,13 -ShiftL"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			s := show(t, 400, 400, gradient(800, 600))
			s.SetControl(true)
			s.view.Window.Y = 300 // the picture begins at the top then
			s.window.Resize(fyne.NewSize(400, 300))
			if tt.name == "beside the picture" {
				s.window.Resize(fyne.NewSize(400, 400))
			}
			tt.do(s)
			if got := s.took(); got != tt.want {
				t.Errorf("got  %s\nwant %s", got, tt.want)
			}
		})
	}
}

func TestShiftAndWheel(t *testing.T) {
	if !swapsWheel {
		return
	}
	s := show(t, 400, 300, gradient(800, 600))
	s.SetControl(true)
	s.KeyDown(&fyne.KeyEvent{Name: desktop.KeyShiftLeft})
	s.Scrolled(wheel(5, 6, 1, 0)) // Fyne turned it
	s.KeyUp(&fyne.KeyEvent{Name: desktop.KeyShiftLeft})
	if got := s.took(); got != "move11,13 +ShiftL wheel0,-120@11,13 -ShiftL" {
		t.Error(got)
	}
}

func TestWheelFast(t *testing.T) {
	if n := notches(12 * wheelRate * wheelSpeed); wheelRate > 1 && n != 12 {
		t.Errorf("a fast turn is %v notches", n)
	}
}

func TestWithoutControlNothingIsSent(t *testing.T) {
	s := show(t, 200, 200, gradient(800, 600))
	s.SetMode(Actual, 0)
	s.MouseIn(mouse(5, 6, 0))
	s.MouseDown(mouse(5, 6, left))
	s.MouseUp(mouse(5, 6, left))
	s.KeyDown(&fyne.KeyEvent{Name: "A"})
	s.TypedKey(&fyne.KeyEvent{Name: "A"})
	s.TypedRune('a')
	s.TypedShortcut(&fyne.ShortcutCopy{})
	s.SendKeys(KeyControlL, KeyAltL, KeyDelete)
	if got := s.took(); got != "" {
		t.Errorf("sent %s", got)
	}
	s.Scrolled(wheel(5, 6, 0, -1))
	s.TypedKey(&fyne.KeyEvent{Name: fyne.KeyRight})
	if at := s.inner().Scroll; at.X != 60 || at.Y != 60 {
		t.Errorf("scrolled to %v", at)
	}
	s.TypedKey(&fyne.KeyEvent{Name: fyne.KeyPageDown})
	s.TypedKey(&fyne.KeyEvent{Name: fyne.KeyPageUp})
	s.TypedKey(&fyne.KeyEvent{Name: fyne.KeyLeft})
	s.TypedKey(&fyne.KeyEvent{Name: fyne.KeyUp})
	if at := s.inner().Scroll; at.X != 0 || at.Y != 0 {
		t.Errorf("scrolled back to %v", at)
	}
	if s.AcceptsTab() {
		t.Error("Tab does not leave")
	}
}

func TestControl(t *testing.T) {
	s := show(t, 400, 300, gradient(800, 600))
	s.SetControl(true)
	if !s.AcceptsTab() {
		t.Error("Tab leaves")
	}
	s.SendKeys(KeyControlL, KeyAltL, KeyDelete)
	if got := s.took(); got != "+CtrlL +AltL +Delete -Delete -AltL -CtrlL" {
		t.Error(got)
	}
	s.MouseDown(mouse(5, 6, left))
	s.KeyDown(&fyne.KeyEvent{Name: desktop.KeyControlLeft})
	s.took()
	s.SetControl(false)
	s.KeyUp(&fyne.KeyEvent{Name: desktop.KeyControlLeft})
	s.MouseUp(mouse(5, 6, left))
	s.SetControl(false)
	if got := s.took(); got != "lift1@11,13 !" {
		t.Errorf("switching control off sent %s", got)
	}
}

func TestFocus(t *testing.T) {
	test.NewTempApp(t)
	v, entry := New(), widget.NewEntry()
	s := &shown{Viewer: v}
	v.OnEvent = func(e Event) { s.out = append(s.out, e.String()) }
	w := test.NewTempWindow(t, container.NewBorder(entry, nil, nil, nil, v))
	w.Resize(fyne.NewSize(400, 400))
	v.Update(gradient(100, 100), nil)
	v.SetControl(true)
	w.Canvas().Focus(entry)
	v.MouseDown(mouse(200, 200, left))
	v.MouseUp(mouse(200, 200, left))
	if w.Canvas().Focused() != v {
		t.Error("a click does not give it the keyboard")
	}
	v.KeyDown(&fyne.KeyEvent{Name: desktop.KeyControlLeft})
	s.took()
	w.Canvas().Focus(entry)
	v.KeyUp(&fyne.KeyEvent{Name: desktop.KeyControlLeft}) // GLFW sends one after the window lost the focus
	if got := s.took(); got != "!" {
		t.Errorf("losing the keyboard sent %s", got)
	}
}

func TestKeysForTheWindow(t *testing.T) {
	s := show(t, 400, 300, gradient(800, 600))
	s.SetControl(true)
	s.OnKey = func(n fyne.KeyName) bool { return n == fyne.KeyF12 }
	for _, n := range []fyne.KeyName{fyne.KeyF12, fyne.KeyF1} {
		s.KeyDown(&fyne.KeyEvent{Name: n})
		s.TypedKey(&fyne.KeyEvent{Name: n})
		s.TypedKey(&fyne.KeyEvent{Name: n})
		s.KeyUp(&fyne.KeyEvent{Name: n})
	}
	if got := s.took(); got != "+F1 -F1 +F1 -F1" {
		t.Error(got)
	}
}

func TestScrollbars(t *testing.T) {
	s := show(t, 210, 210, gradient(800, 600))
	s.SetMode(Actual, 0)
	across, down := s.bars[0], s.bars[1]
	if !across.Visible() || !down.Visible() {
		t.Fatal("no scrollbars")
	}
	across.Tapped(&fyne.PointEvent{Position: fyne.NewPos(199, 2)})
	down.Dragged(&fyne.DragEvent{Dragged: fyne.NewDelta(0, 500)})
	down.DragEnd()
	if in := s.inner(); in.Scroll.X != in.Window.X || in.Scroll.Y != in.ScrollMax().Y {
		t.Errorf("scrolled to %v", in.Scroll)
	}
	across.Tapped(&fyne.PointEvent{Position: fyne.NewPos(0, 2)})
	down.Dragged(&fyne.DragEvent{Dragged: fyne.NewDelta(0, -500)})
	if at := s.inner().Scroll; at.X != 0 || at.Y != 0 {
		t.Errorf("scrolled back to %v", at)
	}
	across.MouseIn(nil)
	across.MouseOut()
	s.SetMode(Fit, 0)
	if across.Visible() || down.Visible() {
		t.Error("scrollbars where all fits")
	}
}
