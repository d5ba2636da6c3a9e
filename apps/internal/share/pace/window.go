package pace

import "time"

// window keeps the highest of the values of the last while, in a few steps of time.
type window struct {
	steps [8]struct {
		until time.Time
		value float64
	}
	known bool
}

const step = memory / 8

// add takes a value in. The oldest step is forgotten once it is over.
func (w *window) add(now time.Time, value float64) {
	newest := &w.steps[0]
	if !w.known {
		for i := range w.steps {
			w.steps[i].value = value
		}
		newest.until, w.known = now.Add(step), true
		return
	}
	if now.After(newest.until) {
		// What no value has come for is not forgotten: silence says nothing about the path.
		copy(w.steps[1:], w.steps[:])
		newest.until, newest.value = now.Add(step), value
		return
	}
	newest.value = max(newest.value, value)
}

// best is the highest value, 0 when there is none.
func (w *window) best() float64 {
	if !w.known {
		return 0
	}
	best := w.steps[0].value
	for _, s := range w.steps[1:] {
		best = max(best, s.value)
	}
	return best
}

// scale multiplies all that is remembered.
func (w *window) scale(by float64) {
	for i := range w.steps {
		w.steps[i].value *= by
	}
}
