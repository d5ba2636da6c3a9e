package attend

import (
	"testing"
	"time"

	"deskhand/apps/internal/watch"
)

func TestFiguresBeginAnew(t *testing.T) {
	now := time.Unix(1e9, 0)
	m := newMeter(func() time.Time { return now }, watch.New(nil))
	for i := range 12 {
		m.note(uint64(i+1), now.UnixMicro())
	}
	now = now.Add(2 * time.Second)
	if f := m.figures(30 * time.Millisecond); f.Frames != 6 || f.Bits != 0 || f.Delay != 30*time.Millisecond || f.Exact != 0 {
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

// TestThePointerIsNoPicture moves the pointer over a screen at rest: neither delay nor frames come of that.
func TestThePointerIsNoPicture(t *testing.T) {
	now := time.UnixMicro(1_000_000)
	m := newMeter(func() time.Time { return now }, watch.New(nil))
	m.note(1, 1_000_000)
	now = now.Add(30 * time.Second)
	for range 28 {
		m.note(1, 1_000_000)
	}
	if f := m.figures(3 * time.Millisecond); f.Delay != 3*time.Millisecond || f.Frames > 0.1 {
		t.Errorf("figures %+v", f)
	}
	m.note(2, now.UnixMicro()-20_000)
	now = now.Add(time.Second)
	if f := m.figures(0); f.Delay != 20*time.Millisecond {
		t.Errorf("after a late picture %+v", f)
	}
}
