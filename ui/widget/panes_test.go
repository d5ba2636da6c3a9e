package widget

import (
	"math"
	"slices"
	"testing"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/test"

	"deskhand/ui/theme"
)

func TestFoldPanes(t *testing.T) {
	start(t)
	a, b, c := NewFoldPane("A", NewMuted("a")), NewFoldPane("B", NewMuted("b")), NewFoldPane("C", NewMuted("c"))
	stack := NewPaneStack([]fyne.CanvasObject{a, b, c}, 1, 2)
	show(t, stack, 300, 400)
	var told []bool
	a.OnFolded = func(open bool) { told = append(told, open) }
	heights := func() []float32 { return []float32{a.Size().Height, b.Size().Height, c.Size().Height} }
	full := func(h []float32) bool { return math.Abs(float64(h[0]+h[1]+h[2])-400) < 0.01 }
	if h := heights(); !full(h) || h[1] <= h[0] {
		t.Errorf("heights %v", h)
	}
	test.Tap(a.head)
	if h := heights(); h[0] != theme.RowHeight || !full(h) || a.Open() {
		t.Errorf("heights %v with one folded", h)
	}
	typeKeys(a.head, fyne.KeySpace)
	b.SetOpen(false)
	c.SetOpen(false)
	if h := heights(); h[0] != 400-2*theme.RowHeight || !a.Open() {
		t.Errorf("heights %v with two folded", h)
	}
	b.Hide()
	if h := a.Size().Height; h != 400-theme.RowHeight {
		t.Errorf("height %v with one hidden", h)
	}
	b.Show()
	if !slices.Equal(told, []bool{false, true}) {
		t.Errorf("told %v", told)
	}
	a.SetCount(3)
	a.SetTitle("Queries")
	search := NewSearchEntry("Search")
	a.SetTools(search)
	if !search.Visible() || search.Size().Height > a.headHeight() {
		t.Errorf("the search field is %v high in %v", search.Size().Height, a.headHeight())
	}
	a.SetOpen(false)
	if search.Visible() {
		t.Error("the tools of a folded pane are shown")
	}
	a.head.MouseIn(nil)
	a.head.MouseMoved(nil)
	a.head.MouseOut()
	a.head.TypedRune('x')
}

func TestTabs(t *testing.T) {
	start(t)
	tabs := NewTabs()
	show(t, tabs, 700, 60)
	var told []string
	tabs.OnSelected = func(id string) { told = append(told, id) }
	three := []Tab{{ID: "a", Title: "A"}, {ID: "b", Title: "B"}, {ID: "c", Title: "C"}}
	tabs.Set(three, "a")
	tabs.Tapped(point(tabs.tabWidth()+5, 5))
	tabs.Tapped(point(tabs.tabWidth()+5, 5))
	tabs.Tapped(point(699, 5))
	typeKeys(tabs, fyne.KeyRight, fyne.KeyRight, fyne.KeyHome, fyne.KeyEnd, fyne.KeyLeft)
	if !slices.Equal(told, []string{"b", "c", "a", "c", "b"}) || tabs.Selected() != "b" {
		t.Errorf("told %q", told)
	}
	tabs.MouseIn(mouse(5, 5))
	tabs.MouseOut()
	many := make([]Tab, 40)
	for i := range many {
		many[i].ID = string(rune('A' + i))
	}
	tabs.Set(many, "B")
	if w := tabs.tabWidth(); w != tabNarrow {
		t.Errorf("forty tabs are %v wide each", w)
	}
	tabs.Set(nil, "")
	typeKeys(tabs, fyne.KeyRight)
}

func TestFacts(t *testing.T) {
	start(t)
	f := NewFacts()
	w := show(t, f, 200, 200)
	f.CopyLabel = "Copy"
	f.Set([]Fact{{"Name", "Jo"}, {"Empty", ""}, {"Question", "a text that certainly needs more than one line at this width"}})
	if len(f.rows) != 2 || len(f.rows[1].lines) < 2 || f.MinSize().Height != f.high {
		t.Errorf("rows %+v", f.rows)
	}
	f.TappedSecondary(point(5, f.rows[1].y+2))
	choose(t, w, 0)
	if got := fyne.CurrentApp().Clipboard().Content(); got != f.facts[1].Value {
		t.Errorf("copied %q", got)
	}
	f.TappedSecondary(point(5, 190))
	f.Set(nil)
	if f.MinSize().Height != 0 {
		t.Error("nothing takes room")
	}
}

func TestAlert(t *testing.T) {
	start(t)
	a := NewAlert("Yes", "No")
	w := show(t, a, AlertWidth, AlertHeight)
	var told []string
	a.OnYes = func() { told = append(told, "yes") }
	a.OnNo = func() { told = append(told, "no") }
	w.Canvas().SetOnTypedKey(a.TypedKey)
	test.Tap(a.Yes())
	test.Tap(a.No())
	for _, n := range []fyne.KeyName{fyne.KeyReturn, fyne.KeyEscape, fyne.KeyEnter, fyne.KeyTab} {
		w.Canvas().OnTypedKey()(key(n))
	}
	if !slices.Equal(told, []string{"yes", "no", "yes", "no", "yes"}) {
		t.Errorf("told %q", told)
	}
	seen := map[fyne.ThemeColorName]bool{}
	for _, k := range []AlertKind{AlertQuery, AlertDirect, AlertInvitation, AlertTransfer} {
		a.Set(AlertContent{Kind: k, Word: "Query", Portal: "A portal with a name that is much too long for its line in the alert", Text: "", Left: 5 * time.Second, Total: time.Minute})
		_, c := k.Look()
		seen[c] = true
	}
	if len(seen) != 4 || a.MinSize() != fyne.NewSize(AlertWidth, AlertHeight) {
		t.Errorf("%d colours, %v", len(seen), a.MinSize())
	}
}

func TestSimpleWidgetsSayWhatTheyWereTold(t *testing.T) {
	start(t)
	banner, status, steps := NewBanner(), NewStatusPanel(), NewSteps("a", "b")
	show(t, NewRows(banner, status, steps), 400, 200)
	if banner.Visible() || banner.Text() != "" || status.Sharing() {
		t.Error("they say something at first")
	}
	for _, kind := range []BannerKind{BannerInfo, BannerWarning, BannerFault} {
		banner.Say(kind, "That code has expired.")
		if banner.Text() != "That code has expired." {
			t.Errorf("the banner says %q", banner.Text())
		}
	}
	tapped := false
	banner.SetAction("Try again", func() { tapped = true })
	test.Tap(banner.action)
	banner.SetAction("", nil)
	banner.Say(BannerInfo, "")
	if !tapped || banner.Visible() || banner.action.Visible() {
		t.Error("the banner's button, or its end")
	}
	status.Set(true, "Ana sees your screen")
	if !status.Sharing() || status.Text() != "Ana sees your screen" {
		t.Error("the status panel")
	}
	steps.Set(2)
	if steps.Current() != 2 {
		t.Error("the steps")
	}
	label := NewCodeLabel("1")
	label.Set("563773096")
	fill := NewFill(theme.ColorRaised)
	fill.SetColor(theme.ColorSharing)
	if m := NewMuted("x"); m.Text() != "x" {
		t.Errorf("muted text is %q", m.Text())
	}
}

func TestFrame(t *testing.T) {
	start(t)
	top, bottom, left, right, content := NewButton("t", nil), NewButton("b", nil), NewButton("l", nil), NewButton("r", nil), NewFill(theme.ColorRaised)
	frame := NewFrame(Edges{top, bottom, left, right}, content)
	show(t, frame, 300, 200)
	if got := content.Size(); got != fyne.NewSize(300-left.MinSize().Width-right.MinSize().Width, 200-2*theme.RowHeight) {
		t.Errorf("the content is %v", got)
	}
	top.Hide()
	frame.Refresh()
	if got := content.Position(); got != fyne.NewPos(left.MinSize().Width, 0) {
		t.Errorf("the content is at %v with the top hidden", got)
	}
	if NewFrame(Edges{}, content).MinSize() != content.MinSize() {
		t.Error("a frame without edges")
	}
}
