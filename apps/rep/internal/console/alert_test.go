package console

import (
	"image"
	"slices"
	"testing"
	"time"

	"fyne.io/fyne/v2/test"
)

func TestA02AlertFadesAndRowStays(t *testing.T) {
	r := newRig(t)
	s := r.snapshot()
	r.open(s)
	if len(r.alerts.open) != 1 || !slices.Contains(titles(r.cfg.App), "Query · Billing") {
		t.Fatalf("alerts %d, windows %v", len(r.alerts.open), titles(r.cfg.App))
	}
	r.now = r.now.Add(29 * time.Second)
	r.Tick()
	if len(r.alerts.open) != 1 {
		t.Error("the alert is gone after 29 s")
	}
	r.now = r.now.Add(time.Second)
	r.Tick()
	if len(r.alerts.open) != 0 {
		t.Error("the alert is still there after 30 s")
	}
	r.ShowDesk(s)
	if len(r.alerts.open) != 0 || len(r.last.Queries) != 2 {
		t.Error("the alert came back, or the row went")
	}
}

func TestA05YesAcceptsAndClosesOnAllReps(t *testing.T) {
	r := newRig(t)
	s := r.snapshot()
	r.open(s)
	test.Tap(r.alerts.open[0].content.Yes())
	if !slices.Equal(r.desk.calls, []string{"accept 482113907"}) || len(r.alerts.open) != 0 {
		t.Errorf("asked %v, %d alerts", r.desk.calls, len(r.alerts.open))
	}
	other := newRig(t)
	other.open(s)
	s.Postings = nil // another rep was first
	other.ShowDesk(s)
	if len(other.alerts.open) != 0 {
		t.Error("the alert stays although another rep has answered")
	}
}

func TestA05NoDeclines(t *testing.T) {
	r := newRig(t)
	r.open(r.snapshot())
	test.Tap(r.alerts.open[0].content.No())
	if !slices.Equal(r.desk.calls, []string{"decline 482113907"}) {
		t.Errorf("asked %v", r.desk.calls)
	}
}

func TestA08AlertsDoNotOverlap(t *testing.T) {
	r := newRig(t)
	s := r.snapshot()
	for _, id := range []string{"100000001", "100000002"} {
		p := s.Postings[0]
		p.ID = id
		s.Postings = append(s.Postings, p)
	}
	r.open(s)
	if len(r.alerts.open) != 3 {
		t.Fatalf("%d alerts", len(r.alerts.open))
	}
	for _, tt := range []struct {
		name  string
		area  image.Rectangle
		scale float32
		fit   int // so many fit
	}{
		{"one display", image.Rect(0, 0, 1600, 900), 1, 16},
		{"second display, large", image.Rect(1920, 40, 3840, 1080), 1.5, 9},
		{"small", image.Rect(0, 0, 800, 600), 1, 6},
	} {
		t.Run(tt.name, func(t *testing.T) {
			var before []image.Rectangle
			for i := range tt.fit {
				at := alertPlace(tt.area, tt.scale, i)
				if !at.In(tt.area) {
					t.Errorf("alert %d at %v is outside %v", i, at, tt.area)
				}
				for j, other := range before {
					if at.Overlaps(other) {
						t.Errorf("alerts %d and %d overlap: %v, %v", i, j, at, other)
					}
				}
				before = append(before, at)
			}
		})
	}
}

func TestAcceptTakesTheNextQueryOnce(t *testing.T) {
	r := newRig(t)
	r.cfg.Accept = true
	s := r.snapshot()
	r.open(s)
	r.ShowDesk(s)
	if !slices.Equal(r.desk.calls, []string{"accept 482113907"}) {
		t.Errorf("asked %v", r.desk.calls)
	}
}

func TestA03SecondsAreChecked(t *testing.T) {
	r := newRig(t)
	r.open(r.snapshot())
	r.openSettings()
	w := r.settings
	for _, tt := range []struct {
		typed string
		ok    bool
	}{{"121", false}, {"0", false}, {"x", false}, {"120", true}} {
		w.seconds.SetText(tt.typed)
		w.onSave()
		if closed := r.settings == nil; closed != tt.ok {
			t.Errorf("%q: saved %v, want %v", tt.typed, closed, tt.ok)
		}
	}
	if got := r.cfg.Prefs.Get().AlertSeconds; got != 120 {
		t.Errorf("%d seconds", got)
	}
}
