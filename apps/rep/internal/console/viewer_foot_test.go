package console

import (
	"testing"
	"time"

	"fyne.io/fyne/v2"

	"deskhand/apps/internal/prefs"
	"deskhand/apps/rep/internal/attend"
	"deskhand/apps/rep/internal/paint"
	"deskhand/protocol/frame"
)

// TestTheStatusLineLeavesTheWindowAsItIs writes long figures in each language.
func TestTheStatusLineLeavesTheWindowAsItIs(t *testing.T) {
	for _, language := range []string{"en", "de", "es", "fr", "it", "pt-BR"} {
		r := newRig(t)
		r.cfg.Language = func(string) string { return language }
		r.cfg.Figures = func(*attend.Attended) Figures {
			return Figures{
				Delay: 1234 * time.Millisecond, Bits: 12.5e6, Frames: 60,
				Parts: []Part{{"exact", 0.4}, {"photo", 0.3}, {"VP9", 0.3}},
			}
		}
		r.applySettings()
		r.open(r.snapshot())
		snap := active("482113907")
		snap.Sharing, snap.Control = true, true
		a, _ := r.hall.add(snap)
		r.ShowSession(a)
		v := r.viewers[a.ID]
		least := v.host.window.Content().MinSize().Width
		r.setViewing(func(s *prefs.Viewer) { s.Figures = true })
		if got := v.host.window.Content().MinSize().Width; got != least || got > 1000 {
			t.Errorf("%s: with figures the window is at least %v wide, without %v", language, got, least)
		}
		for _, width := range []float32{1600, 1000, 400} {
			v.foot.Resize(fyne.NewSize(width, 30))
			if end := v.words.Position().X + v.words.Size().Width; end > width+1 {
				t.Errorf("%s: in %v the words end at %v", language, width, end)
			}
			if from, end := v.words.Position().X, v.figures.Position().X+v.figures.Size().Width; end > from+1 {
				t.Errorf("%s: in %v the figures end at %v, the words begin at %v", language, width, end, from)
			}
		}
	}
}

// TestV10WhichDisplayIsChecked follows what the menu says while displays come and go.
func TestV10WhichDisplayIsChecked(t *testing.T) {
	two := []frame.Display{{ID: 7}, {ID: 9}}
	for _, test := range []struct {
		name     string
		displays []frame.Display
		choice   paint.Choice
		want     int
		next     paint.Choice
	}{
		{"nothing chosen yet", two, paint.Choice{}, 7, paint.Choice{Display: 9}},
		{"the second", two, paint.Choice{Display: 9}, 9, paint.Choice{All: true}},
		{"it has gone", two[:1], paint.Choice{Display: 9}, 7, paint.Choice{All: true}},
		{"all", two, paint.Choice{All: true}, 7, paint.Choice{Display: 7}},
	} {
		if got := chosen(test.displays, test.choice); got != test.want {
			t.Errorf("%s: %d is shown, want %d", test.name, got, test.want)
		}
		if got := following(test.displays, test.choice); got != test.next {
			t.Errorf("%s: next is %+v, want %+v", test.name, got, test.next)
		}
	}
}
