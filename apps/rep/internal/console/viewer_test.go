package console

import (
	"context"
	"slices"
	"strings"
	"testing"
	"time"

	"fyne.io/fyne/v2"

	"deskhand/apps/internal/prefs"
	"deskhand/apps/rep/internal/attend"
	"deskhand/apps/rep/internal/paint"
	"deskhand/ui/viewer"
)

// withViewers is a rig with a session for each number, whose screens are shared.
func withViewers(t *testing.T, ids ...string) *rig {
	t.Helper()
	r := newRig(t)
	r.open(r.snapshot())
	for i, id := range ids {
		snap := active(id)
		snap.Sharing, snap.Control = true, true
		snap.CustomerName = []string{"Jo Brandt", "M. Oduya", "R. Sato"}[i%3]
		a, _ := r.hall.add(snap)
		r.ShowSession(a)
	}
	r.queue.Drain()
	return r
}

// menuItem finds an entry of a Viewer's menus by the beginning of its label.
func (v *viewerWindow) menuItem(t *testing.T, menu, label string) *fyne.MenuItem {
	t.Helper()
	for _, m := range v.menus() {
		if m.Label != menu {
			continue
		}
		for _, item := range m.Items {
			if strings.HasPrefix(item.Label, label) {
				return item
			}
		}
	}
	t.Fatalf("there is no %s > %s", menu, label)
	return nil
}

func TestV03V12V13ViewerMenus(t *testing.T) {
	r := withViewers(t, "482113907")
	v := r.viewers["482113907"]
	var got []string
	for _, m := range v.menus() {
		got = append(got, m.Label)
	}
	if want := []string{"File", "View", "Draw", "System", "Tools"}; !slices.Equal(got, want) {
		t.Errorf("menus %v, want %v", got, want)
	}
	for _, test := range []struct{ menu, label, reason string }{
		{"Draw", "Draw", "annotation"},
		{"Draw", "Erase Drawings", "annotation"},
		{"System", "Request Login Credentials", "service mode"},
		{"System", "Apply Login Credentials", "service mode"},
		{"System", "Send Ctrl-Alt-Del", "runs as a service"},
		{"Tools", "Draw", "annotation"},
		{"Tools", "Erase Drawings", "annotation"},
		{"Tools", "Next Display", "one display only"},
		{"View", "Show in Its Own Window", "only Viewer"},
	} {
		if item := v.menuItem(t, test.menu, test.label); !item.Disabled || !strings.Contains(item.Label, test.reason) {
			t.Errorf("%s > %q, disabled %v", test.menu, item.Label, item.Disabled)
		}
	}
	for _, label := range []string{"Chat Box", "Full Screen", "Preferences"} {
		if v.menuItem(t, "Tools", label).Disabled {
			t.Errorf("Tools > %s cannot be chosen", label)
		}
	}
}

func TestV08Sizes(t *testing.T) {
	r := withViewers(t, "482113907")
	v := r.viewers["482113907"]
	for _, test := range []struct {
		label   string
		mode    viewer.Mode
		percent int
	}{
		{"Actual Size", viewer.Actual, 100}, {"25 %", viewer.Zoom, 25}, {"200 %", viewer.Zoom, 200}, {"Fit", viewer.Fit, 100},
	} {
		v.menuItem(t, "View", test.label).Action()
		if v.scale.Text == "" {
			t.Error("the status line does not say the scale")
		}
		if m, p := v.picture.Mode(); m != test.mode || p != test.percent {
			t.Errorf("%s: mode %v, %d", test.label, m, p)
		}
		if !v.menuItem(t, "View", test.label).Checked {
			t.Errorf("%s is not checked", test.label)
		}
	}
}

func TestV08FullScreen(t *testing.T) {
	r := withViewers(t, "482113907")
	v := r.viewers["482113907"]
	v.menuItem(t, "Tools", "Full Screen").Action()
	h := v.host
	if !h.head.Visible() || !h.covers() || v.fullScreen.Label() != "Leave Full Screen" {
		t.Error("nothing shows where the menus are in full screen")
	}
	h.slide(400)
	if !h.window.FullScreen() || h.head.Visible() || v.foot.Visible() || h.covers() {
		t.Error("in full screen there is more than the picture")
	}
	if v.picture.Size() != h.window.Canvas().Size() {
		t.Errorf("the picture has %v of %v", v.picture.Size(), h.window.Canvas().Size())
	}
	h.slide(0)
	if !h.head.Visible() || !h.covers() || v.picture.Position().Y != 0 {
		t.Error("at the upper edge the menus do not come out over the picture")
	}
	h.slide(20)
	if !h.head.Visible() {
		t.Error("they go while the pointer is on them")
	}
	h.slide(400)
	if h.head.Visible() || h.covers() {
		t.Error("they stay")
	}
	h.toggleFull()
	if h.window.FullScreen() || v.fullScreen.Label() != "Full Screen" || !h.head.Visible() || !v.foot.Visible() || v.picture.Position().Y == 0 {
		t.Error("after full screen the window is not as before")
	}
}

// TestV04FunctionKeys presses F9 to F12, and other keys after these have been chosen.
func TestV04FunctionKeys(t *testing.T) {
	r := withViewers(t, "482113907")
	v := r.viewers["482113907"]
	press := func(n fyne.KeyName) bool { return v.onKey(n) }
	for _, n := range []fyne.KeyName{fyne.KeyF8, fyne.KeyF9, fyne.KeyF10, fyne.KeyF11, fyne.KeyF12} {
		if press(n) {
			t.Errorf("%s is kept though shortcuts are off", n)
		}
	}
	r.setViewing(func(s *prefs.Viewer) { s.Shortcuts = true })
	if !press(fyne.KeyF12) || !v.host.full {
		t.Error("F12 is not full screen")
	}
	press(fyne.KeyF12)
	for _, n := range []fyne.KeyName{fyne.KeyF10, fyne.KeyF11} {
		if !press(n) || !strings.Contains(v.status.Text, "annotation") {
			t.Errorf("%s says %q", n, v.status.Text)
		}
	}
	r.chat.window.Close()
	r.chat = nil
	if !press(fyne.KeyF9) || r.chat == nil {
		t.Error("F9 does not open the Chat box")
	}
	if press(fyne.KeyF5) {
		t.Error("F5 is kept")
	}

	r.openViewerSettings()
	w := r.viewerSettings
	w.keys[commandFull].SetSelected("F9")
	w.onSave()
	if r.viewerSettings == nil || r.viewing.FullKey != "F12" {
		t.Fatal("one key was given to two functions")
	}
	w.keys[commandChat].SetSelectedIndex(0)
	w.onSave()
	if r.viewerSettings != nil || !press(fyne.KeyF9) || !v.host.full || press(fyne.KeyF12) {
		t.Error("F9 is not full screen after it was chosen")
	}
	if label := v.menuItem(t, "Tools", "Leave Full Screen").Label; !strings.HasSuffix(label, "F9") {
		t.Errorf("the menu says %q", label)
	}
}

// TestV05Shortcuts switches “Enable Menu Shortcuts” in the preferences.
func TestV05Shortcuts(t *testing.T) {
	r := withViewers(t, "482113907")
	v := r.viewers["482113907"]
	if v.onKey(fyne.KeyF12) {
		t.Error("shortcuts are on at first")
	}
	v.menuItem(t, "Tools", "Preferences").Action()
	r.viewerSettings.shortcuts.SetChecked(true)
	r.viewerSettings.onSave()
	if !v.onKey(fyne.KeyF12) || !strings.HasSuffix(v.menuItem(t, "Tools", "Leave Full Screen").Label, "F12") {
		t.Error("shortcuts are not on")
	}
	v.menuItem(t, "Tools", "Preferences").Action()
	r.viewerSettings.shortcuts.SetChecked(false)
	r.viewerSettings.onSave()
	if v.onKey(fyne.KeyF12) || v.menuItem(t, "Tools", "Leave Full Screen").Label != "Leave Full Screen" {
		t.Error("shortcuts are still on")
	}
	v.menuItem(t, "Tools", "Preferences").Action()
	if !r.viewerSettings.system.Disabled() {
		t.Error("keys can be passed where there is no hook")
	}
}

// TestV06PassingWindowsKeys switches the setting and the focus, and follows the hook.
func TestV06PassingWindowsKeys(t *testing.T) {
	r := newRig(t)
	taken := 0
	var key func(uint32, bool)
	r.cfg.Hook = func(_ uintptr, k func(uint32, bool)) (func(), error) {
		taken++
		key = k
		return func() { taken-- }, nil
	}
	r.open(r.snapshot())
	snap := active("482113907")
	snap.Sharing, snap.Control = true, true
	a, s := r.hall.add(snap)
	r.ShowSession(a)
	v := r.viewers[a.ID]
	canvas := v.host.window.Canvas()
	check := func(what string, want int) {
		t.Helper()
		if taken != want {
			t.Errorf("%s: taken %d times", what, taken)
		}
	}
	v.picture.FocusGained() // its window came to the front
	check("at first", 0)
	r.openViewerSettings()
	r.viewerSettings.system.SetChecked(true)
	r.viewerSettings.onSave()
	check("switched on", 1)
	var sent []viewer.Event
	v.picture.OnEvent = func(e viewer.Event) { sent = append(sent, e) }
	key(uint32(viewer.KeySuperL), true)
	key(uint32(viewer.KeySuperL), false)
	if len(sent) != 2 || sent[0].Key != viewer.KeySuperL {
		t.Errorf("sent %v", sent)
	}
	canvas.Unfocus()
	check("without the keyboard", 0)
	canvas.Focus(v.picture)
	check("with the keyboard", 1)
	s.snap.Control = false
	r.ShowSession(a)
	check("without control", 0)
	s.snap.Control = true
	r.ShowSession(a)
	check("with control", 1)
	r.toggleViewer(a.ID)
	check("closed", 0)
}

func TestV07SplitWindows(t *testing.T) {
	r := withViewers(t, "482113907", "771020356", "118334902")
	one, two := r.viewers["482113907"], r.viewers["771020356"]
	h := one.host
	if len(r.hosts) != 1 || len(h.in) != 3 || h.shown != one || h.tabs.Selected() != "482113907" {
		t.Fatalf("%d windows, %d tabs", len(r.hosts), len(h.in))
	}
	h.tabs.OnSelected("771020356")
	if h.shown != two || h.window.Title() != "Viewer – M. Oduya" {
		t.Errorf("%q is in front", h.window.Title())
	}
	two.menuItem(t, "View", "Show in Its Own Window").Action()
	if len(r.hosts) != 2 || two.host == h || two.host.shown != two || slices.Contains(h.in, two) || h.shown == two {
		t.Fatal("it has no window of its own")
	}
	if !slices.Contains(titles(r.cfg.App), "Viewer – M. Oduya") || len(h.in) != 2 {
		t.Errorf("windows %v", titles(r.cfg.App))
	}
	two.menuItem(t, "View", "Back to the Other Viewers").Action()
	if len(r.hosts) != 1 || two.host != h || h.shown != two || len(h.in) != 3 {
		t.Error("it did not come back")
	}
	r.toggleViewer("771020356")
	if len(h.in) != 2 || h.shown == two || r.viewers["771020356"] != nil {
		t.Error("closing one Viewer did not leave the others")
	}
	h.closeAll()
	if len(r.hosts) != 0 || len(r.viewers) != 0 || !r.closed["482113907"] || !r.closed["118334902"] {
		t.Error("closing the window did not close its Viewers")
	}
}

// TestV07OnlyTheTabInFrontIsPainted follows which loops run.
func TestV07OnlyTheTabInFrontIsPainted(t *testing.T) {
	r := newRig(t)
	running := map[string]int{}
	r.cfg.Paint = func(id string, l *paint.Loop) func() {
		running[id]++
		l.Step()
		return func() { running[id]-- }
	}
	r.open(r.snapshot())
	for _, id := range []string{"482113907", "771020356"} {
		snap := active(id)
		snap.Sharing = true
		a, _ := r.hall.add(snap)
		r.ShowSession(a)
	}
	check := func(one, two int) {
		t.Helper()
		if running["482113907"] != one || running["771020356"] != two {
			t.Errorf("running %v", running)
		}
	}
	check(1, 0)
	v := r.viewers["771020356"]
	v.host.choose(v, true)
	check(0, 1)
	v.host.detach(v)
	check(1, 1)
	v.host.attach(v)
	check(0, 1)
	r.Restyle()
	check(0, 1)
	r.closeAll()
	check(0, 0)
}

func TestFiguresAreShown(t *testing.T) {
	r := withViewers(t, "482113907")
	v := r.viewers["482113907"]
	r.cfg.Figures = func(*attend.Attended) Figures {
		return Figures{
			Delay: 23 * time.Millisecond, Bits: 1.25e6, Frames: 29.6,
			Parts: []Part{{"exact", 0.8}, {"VP8", 0.2}},
		}
	}
	r.Tick()
	if v.figures.Text != "" {
		t.Error("figures nobody asked for")
	}
	v.menuItem(t, "Tools", "Show Figures").Action()
	if want := "delay 23 ms · 1.25 Mbit/s · 30 frames a second · exact 80 % · VP8 20 %"; v.figures.Text != want {
		t.Errorf("figures %q", v.figures.Text)
	}
	v.menuItem(t, "Tools", "Show Figures").Action()
	if v.figures.Text != "" {
		t.Error("the figures stay")
	}
}

func TestV09AutoScrollCanBeSwitchedOff(t *testing.T) {
	r := withViewers(t, "482113907")
	v := r.viewers["482113907"]
	if item := v.menuItem(t, "Tools", "Auto-Scroll"); !item.Checked {
		t.Error("it is off at first")
	} else {
		item.Action()
	}
	if v.menuItem(t, "Tools", "Auto-Scroll").Checked {
		t.Error("it is still on")
	}
}

// TestLastingLoops runs real loops beside the windows.
func TestLastingLoops(t *testing.T) {
	r := newRig(t)
	ctx, end := context.WithCancel(context.Background())
	ended := make(chan struct{}, 10)
	r.cfg.Paint = func(_ string, l *paint.Loop) func() {
		one, stop := context.WithCancel(ctx)
		go func() {
			l.Run(one)
			ended <- struct{}{}
		}()
		return stop
	}
	r.open(r.snapshot())
	snap := active("482113907")
	snap.Sharing = true
	a, _ := r.hall.add(snap)
	r.ShowSession(a)
	r.queue.Drain()
	r.toggleViewer(a.ID)
	<-ended
	end()
}
