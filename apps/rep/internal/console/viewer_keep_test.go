package console

import (
	"strings"
	"testing"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/test"

	"deskhand/apps/internal/prefs"
	"deskhand/ui/viewer"
)

// again is the console that somebody starts after this one.
func (r *rig) again(t *testing.T) *rig {
	t.Helper()
	next := newRig(t)
	next.cfg.Prefs = r.cfg.Prefs
	next.Console = New(next.cfg)
	next.open(next.snapshot())
	snap := active("482113907")
	snap.Sharing, snap.Control = true, true
	a, _ := next.hall.add(snap)
	next.ShowSession(a)
	return next
}

// TestPF05ViewerOutlivesTheConsole changes everything in the Viewer's Tools menu and starts the console anew.
func TestPF05ViewerOutlivesTheConsole(t *testing.T) {
	r := withViewers(t, "482113907")
	v := r.viewers["482113907"]
	v.menuItem(t, "Tools", "Auto-Scroll").Action()
	v.menuItem(t, "Tools", "Show Figures").Action()
	v.menuItem(t, "View", "150 %").Action()
	v.menuItem(t, "Tools", "Preferences").Action()
	w := r.viewerSettings
	w.shortcuts.SetChecked(true)
	w.system.SetChecked(true)
	w.keys[commandFull].SetSelected("F5")
	w.keys[commandDraw].SetSelectedIndex(0)
	w.onSave()

	next := r.again(t)
	want := prefs.Viewer{
		Shortcuts: true, SystemKeys: true, Figures: true, Zoom: prefs.ZoomPercent, Percent: 150,
		ChatKey: "F9", EraseKey: "F11", FullKey: "F5", DisplayKey: "F8",
	}
	if next.viewing != want {
		t.Errorf("after a restart %+v", next.viewing)
	}
	v = next.viewers["482113907"]
	if m, p := v.picture.Mode(); m != viewer.Zoom || p != 150 {
		t.Errorf("the picture is at mode %v, %d", m, p)
	}
	if !v.onKey(fyne.KeyF5) || !v.host.full || v.onKey(fyne.KeyF10) || v.onKey(fyne.KeyF12) {
		t.Error("the keys are not those that were chosen")
	}
	v.menuItem(t, "Tools", "Preferences").Action()
	w = next.viewerSettings
	if !w.shortcuts.Checked || !w.system.Checked || w.keys[commandFull].Selected != "F5" || w.keys[commandDraw].SelectedIndex() != 0 {
		t.Error("the preferences show something else")
	}
	w.shortcuts.SetChecked(false)
	w.close()
	if !next.viewing.Shortcuts || !next.cfg.Prefs.Get().Shortcuts {
		t.Error("Cancel saves")
	}
}

// TestV08SizeIsKeptFromToolbarAndMenus follows what menus and toolbar say of the size, whichever was used.
func TestV08SizeIsKeptFromToolbarAndMenus(t *testing.T) {
	r := withViewers(t, "482113907")
	v := r.viewers["482113907"]
	test.Tap(v.actual)
	if !v.menuItem(t, "View", "Actual Size").Checked || v.menuItem(t, "View", "Fit").Checked {
		t.Error("the menu does not know what was chosen in the toolbar")
	}
	var shown bool
	for _, m := range v.menu.Menus() {
		for _, item := range m.Items {
			shown = shown || item.Label == "Actual Size" && item.Checked
		}
	}
	if !shown {
		t.Error("the menu that is shown is an old one")
	}
	if m, _ := r.again(t).viewers["482113907"].picture.Mode(); m != viewer.Actual {
		t.Errorf("after a restart it is mode %v", m)
	}
	test.Tap(v.fit)
	if m, _ := r.again(t).viewers["482113907"].picture.Mode(); m != viewer.Fit {
		t.Errorf("after a restart it is mode %v", m)
	}
	v.menuItem(t, "View", "50 %").Action()
	r.cfg.OpenViewer = true
	next := r.again(t)
	next.cfg.OpenViewer = true
	if m, _ := next.firstSize(); m != viewer.Actual {
		t.Errorf("with -open-viewer it is mode %v", m)
	}
	if next.viewing.Zoom != prefs.ZoomPercent {
		t.Error("-open-viewer is kept")
	}
}

// TestViewerSettingsThatCannotBeWritten hold until the console ends, and the rep is told.
func TestViewerSettingsThatCannotBeWritten(t *testing.T) {
	r := newRig(t)
	r.cfg.Prefs = prefs.Open("/dev/null/rep.json", r.cfg.Logger)
	r.open(r.snapshot())
	r.setViewing(func(s *prefs.Viewer) { s.Figures = true })
	if !r.viewing.Figures {
		t.Error("the change does not hold")
	}
	if !r.list.banner.Visible() || strings.TrimSpace(r.list.banner.Text()) == "" {
		t.Error("nobody is told")
	}
}

// TestViewerWindowKeepsItsSize closes a Viewer and opens the next; full screen is no size to keep.
func TestViewerWindowKeepsItsSize(t *testing.T) {
	r := withViewers(t, "482113907")
	v := r.viewers["482113907"]
	v.host.window.Resize(fyne.NewSize(1200, 800))
	r.toggleViewer("482113907")
	next := r.again(t)
	v = next.viewers["482113907"]
	if got := v.host.window.Canvas().Size(); got != fyne.NewSize(1200, 800) {
		t.Errorf("the next one is %v", got)
	}
	v.host.toggleFull()
	v.host.window.Resize(fyne.NewSize(1600, 900))
	next.toggleViewer("482113907")
	if got := next.windowSize("viewer", fyne.Size{}); got != fyne.NewSize(1200, 800) {
		t.Errorf("after full screen it is %v", got)
	}
}
