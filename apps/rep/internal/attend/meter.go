package attend

import (
	"sync"
	"time"

	"deskhand/apps/internal/watch"
)

// Figures are how a customer's picture has come since they were asked for before.
type Figures struct {
	// Delay is from capturing until the picture was here, as far as it can be told: clocks of two machines do not agree, so
	// it is how much longer pictures take than the quickest did, and the way to the relay. 0 is unknown.
	Delay  time.Duration
	Bits   float64 // a second
	Frames float64 // a second
	// Exact, Photo and Film are the parts of the bytes that were encoded so, together 1 if there were any.
	Exact, Photo, Film float64
}

// meter measures one picture. It may be used by several goroutines.
type meter struct {
	clock func() time.Time
	watch *watch.Watch

	mu       sync.Mutex
	step     uint64        // the newest that has been noted
	frames   int           // since the figures were asked for
	lag      time.Duration // of the newest picture, by two clocks
	quickest time.Duration
	measured bool
	asked    time.Time
	before   watch.Stats
}

func newMeter(clock func() time.Time, w *watch.Watch) *meter {
	if clock == nil {
		clock = time.Now
	}
	return &meter{clock: clock, watch: w, asked: clock()}
}

// came notes that something has come: a picture, or only news of the pointer.
func (m *meter) came() {
	step, at := m.watch.Picture().Newest()
	m.note(step, at)
}

// note counts a step once: what comes while nothing is drawn says nothing of how late pictures are.
func (m *meter) note(step uint64, at int64) {
	now := m.clock()
	m.mu.Lock()
	defer m.mu.Unlock()
	if step == 0 || step == m.step {
		return
	}
	m.step = step
	m.frames++
	m.lag = now.Sub(time.UnixMicro(at))
	if !m.measured || m.lag < m.quickest {
		m.quickest, m.measured = m.lag, true
	}
}

// figures tells what was measured, and begins anew; relay is the round trip to the relay.
func (m *meter) figures(relay time.Duration) (f Figures) {
	now, stats := m.clock(), m.watch.Stats()
	m.mu.Lock()
	defer m.mu.Unlock()
	seconds := now.Sub(m.asked).Seconds()
	if seconds <= 0 {
		return f
	}
	f.Bits = 8 * float64(stats.Bytes-m.before.Bytes) / seconds
	f.Frames = float64(m.frames) / seconds
	if m.measured {
		f.Delay = m.lag - m.quickest + relay
	}
	exact := float64(stats.PatchBytes - m.before.PatchBytes)
	photo := float64(stats.PhotoBytes - m.before.PhotoBytes)
	film := float64(stats.FilmBytes - m.before.FilmBytes)
	if all := exact + photo + film; all > 0 {
		f.Exact, f.Photo, f.Film = exact/all, photo/all, film/all
	}
	m.frames, m.asked, m.before = 0, now, stats
	return f
}
