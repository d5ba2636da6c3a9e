package attend

import (
	"testing"
	"time"

	"deskhand/apps/internal/watch"
)

func TestFiguresBeginAnew(t *testing.T) {
	now := time.Unix(1e9, 0)
	m := newMeter(func() time.Time { return now }, watch.New(nil))
	for range 12 {
		m.came()
	}
	now = now.Add(2 * time.Second)
	if f := m.figures(30 * time.Millisecond); f.Frames != 6 || f.Bits != 0 || f.Delay != 0 || f.Exact != 0 {
		t.Errorf("%+v", f)
	}
	if f := m.figures(0); f != (Figures{}) {
		t.Errorf("at the same moment: %+v", f)
	}
	now = now.Add(time.Second)
	if f := m.figures(0); f.Frames != 0 {
		t.Errorf("%v frames came again", f.Frames)
	}
}
