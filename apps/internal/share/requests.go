package share

import "time"

const (
	// mostAsked is how many requests of the relay are heeded at once, askedEvery when there is another one after that.
	// Those that come faster merge: each costs a picture, or keys, that waits for no window.
	mostAsked  = 8
	askedEvery = 250 * time.Millisecond
)

// requests bounds how often the relay gets what it asks for. For one goroutine.
type requests struct {
	anew, keys bool      // asked for and not heeded yet
	free       time.Time // when all of mostAsked are there again
}

// wait is how long the next request must wait.
func (r *requests) wait(now time.Time) time.Duration {
	return max(0, r.free.Add(-(mostAsked-1)*askedEvery).Sub(now))
}

// heed gives what was asked for, once it may be given.
func (r *requests) heed(now time.Time) (anew, keys bool) {
	if !r.anew && !r.keys || r.wait(now) > 0 {
		return false, false
	}
	if r.free.Before(now) {
		r.free = now
	}
	r.free = r.free.Add(askedEvery)
	anew, keys = r.anew, r.keys
	r.anew, r.keys = false, false
	return anew, keys
}

// patience is how long to wait at most; for as long as it takes when some is false.
func (p *pump) patience() (d time.Duration, some bool) {
	d, some = p.delay()
	if !p.requests.anew && !p.requests.keys || len(p.views) == 0 {
		return d, some
	}
	if w := p.requests.wait(p.clock()); !some || w < d {
		return w, true
	}
	return d, some
}
