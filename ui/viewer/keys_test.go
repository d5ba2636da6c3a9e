package viewer

import (
	"image"
	"testing"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/driver/desktop"
)

// key presses a key as Fyne's driver tells it, repeats it and lets go of it.
func (s *shown) key(name fyne.KeyName, position, repeats int, r rune) {
	e := &fyne.KeyEvent{Name: name}
	if position != 0 {
		e.Physical = fyne.HardwareKey{ScanCode: position + codeOffset}
	}
	s.KeyDown(e)
	for range repeats + 1 {
		s.TypedKey(e)
		if r != 0 {
			s.TypedRune(r)
		}
	}
	s.KeyUp(e)
}

// TestScrollKeys is V-05: with shortcuts on, arrows and number pad scroll and are not sent; with them off they are sent.
func TestScrollKeys(t *testing.T) {
	tests := []struct {
		name string
		do   func(s *shown)
		to   image.Point // the scroll afterwards, from 200,200
		sent string      // with shortcuts off
	}{
		{"left", func(s *shown) { s.key(fyne.KeyLeft, 0x4b, 0, 0) }, image.Pt(140, 200), "+Left -Left"},
		{"right, held", func(s *shown) { s.key(fyne.KeyRight, 0x4d, 2, 0) }, image.Pt(380, 200), "+Right -Right +Right -Right +Right -Right"},
		{"number pad with NumLock", func(s *shown) { s.key("6", 0x4d, 0, '6') }, image.Pt(260, 200), "'6'"},
		{"number pad without", func(s *shown) { s.key("8", 0x48, 0, 0) }, image.Pt(200, 140), "+Up -Up"},
		{"number pad Home", func(s *shown) { s.key("7", 0x47, 0, '7') }, image.Pt(0, 0), "'7'"},
		{"a digit", func(s *shown) { s.key("6", 0x07, 0, '6') }, image.Pt(200, 200), "'6'"},
		{"Ctrl+Left", func(s *shown) {
			ctrl := &fyne.KeyEvent{Name: desktop.KeyControlLeft}
			s.KeyDown(ctrl)
			left := &fyne.KeyEvent{Name: fyne.KeyLeft, Physical: fyne.HardwareKey{ScanCode: 0x4b + codeOffset}}
			s.KeyDown(left)
			s.TypedShortcut(&desktop.CustomShortcut{KeyName: fyne.KeyLeft, Modifier: fyne.KeyModifierControl})
			s.KeyUp(left)
			s.KeyUp(ctrl)
		}, image.Pt(200, 200), "+CtrlL +Left -Left -CtrlL"},
	}
	if !codesCount {
		return // number pads are like other keys here
	}
	for _, test := range tests {
		for _, on := range []bool{true, false} {
			s := show(t, 300, 200, gradient(1600, 1200))
			s.SetMode(Actual, 0)
			s.SetControl(true)
			s.SetScrollKeys(on)
			s.scrollTo(image.Pt(200, 200))
			test.do(s)
			want, to := test.sent, image.Pt(200, 200)
			if on && test.to != to {
				want, to = "", test.to
			}
			if got := s.took(); got != want || s.view.Scroll != to {
				t.Errorf("%s, on %v: sent %q, not %q; scrolled to %v, not %v", test.name, on, got, want, s.view.Scroll, to)
			}
		}
	}
}

// TestAutoScroll is V-09: near an edge a picture larger than the window moves, as far as there is more of it.
func TestAutoScroll(t *testing.T) {
	s := show(t, 400, 300, gradient(1000, 800))
	s.SetMode(Actual, 0)
	s.SetControl(true)
	inner := s.inner()
	right := image.Pt(inner.Window.X-1, 150)
	s.MouseIn(mouse(200, 150, 0))
	s.took()
	if s.auto.animation != nil {
		t.Error("it scrolls though the pointer is in the middle")
	}
	s.MouseMoved(mouse(float32(right.X), 150, 0))
	if s.auto.animation == nil {
		t.Fatal("it does not scroll at the edge")
	}
	s.scrollTo(image.Pt(0, 100))
	was := s.view.Scroll
	s.scrollOn(100 * time.Millisecond)
	if by := s.view.Scroll.Sub(was); by != image.Pt(scrollSpeed/10, 0) {
		t.Errorf("scrolled by %v", by)
	}
	at, _ := s.inner().Remote(right)
	s.took()
	s.scrollOn(10 * time.Millisecond)
	if next, _ := s.inner().Remote(right); s.took() != (Event{Kind: PointerMove, X: next.X, Y: next.Y}).String() || next == at {
		t.Errorf("the pixel under the pointer went from %v to %v, and nobody was told", at, next)
	}
	for range 20 {
		s.scrollOn(time.Second)
	}
	if s.auto.animation != nil || s.view.Scroll.X != inner.ScrollMax().X {
		t.Errorf("it is at %v and still scrolls", s.view.Scroll)
	}
	s.MouseMoved(mouse(1, 1, 0))
	if s.auto.animation == nil {
		t.Error("it does not scroll back")
	}
	s.MouseOut()
	if s.auto.animation != nil {
		t.Error("it scrolls though the pointer has left")
	}
	s.SetAutoScroll(false)
	s.MouseIn(mouse(1, 1, 0))
	if s.auto.animation != nil {
		t.Error("it scrolls though that is off")
	}
	s.SetAutoScroll(true)
	s.SetMode(Fit, 0)
	s.MouseMoved(mouse(0, 0, 0))
	if s.auto.animation != nil {
		t.Error("a picture that fits scrolls")
	}
}

func TestDrift(t *testing.T) {
	window := image.Pt(400, 200)
	for _, test := range []struct {
		at   image.Point
		x, y float64
	}{
		{image.Pt(200, 100), 0, 0},
		{image.Pt(24, 24), 0, 0},
		{image.Pt(0, 100), -scrollSpeed, 0},
		{image.Pt(-500, 100), -scrollSpeed, 0},
		{image.Pt(12, 100), -scrollSpeed / 2, 0},
		{image.Pt(399, 199), scrollSpeed, scrollSpeed},
		{image.Pt(387, 100), scrollSpeed / 2, 0},
	} {
		if x, y := drift(test.at, window, 24); x != test.x || y != test.y {
			t.Errorf("%v: %v, %v", test.at, x, y)
		}
	}
	if x, y := drift(image.Pt(0, 0), image.Pt(3, 3), 24); x != 0 || y != 0 {
		t.Error("a tiny window scrolls")
	}
}

// TestV06SystemKeys is what the viewer makes of keys that Fyne never tells of.
func TestV06SystemKeys(t *testing.T) {
	s := show(t, 300, 200, gradient(300, 200))
	s.SystemKey(KeySuperL, true)
	s.SetControl(true)
	s.took()
	s.SystemKey(KeySuperL, true)
	s.SystemKey('e', true)
	s.SystemKey('e', true)
	s.SystemKey('e', false)
	s.SystemKey('e', false)
	s.SystemKey(KeySuperL, false)
	if got := s.took(); got != "+SuperL +e -e +e -e -SuperL" {
		t.Error(got)
	}
	s.KeyDown(&fyne.KeyEvent{Name: desktop.KeyAltLeft})
	s.SystemKey(KeyTab, true)
	s.SystemKey(KeyTab, false)
	s.KeyUp(&fyne.KeyEvent{Name: desktop.KeyAltLeft})
	if got := s.took(); got != "+AltL +Tab -Tab -AltL" {
		t.Error(got)
	}
	var focus []bool
	s.OnFocus = func(on bool) { focus = append(focus, on) }
	s.FocusGained()
	s.FocusLost()
	if len(focus) != 2 || !focus[0] || focus[1] {
		t.Errorf("focus %v", focus)
	}
}
