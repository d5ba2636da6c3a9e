// Package ops counts what a relay drops, refuses and loses, and says whether it is healthy. Counters only rise, are safe
// for concurrent use and cost one atomic addition.
package ops

import (
	"fmt"
	"net"
	"net/http"
	"net/netip"
	"sync/atomic"
)

// Metrics are the relay's counters. The zero value works.
type Metrics struct {
	WatchersBehind  atomic.Int64 // reps' event queues that overflowed and began again
	NoticesLost     atomic.Int64 // notices that could not be put on the bus
	SessionsOpened  atomic.Int64 // rooms opened
	SessionsEnded   atomic.Int64 // rooms ended for good
	ControlTooSlow  atomic.Int64 // Control lanes closed because their reader was too slow
	InputTooSlow    atomic.Int64 // Input lanes closed because the customer took frames too slowly
	InputRefused    atomic.Int64 // input frames dropped for want of right, consent, sharing or a taker
	ScreenRefused   atomic.Int64 // screen packets dropped because sharing was off
	ScreenOverwrote atomic.Int64 // units of the screen that a newer one replaced, or that came of an older generation
	ScreenOutOfStep atomic.Int64 // times that a viewer was too slow for the steps there were
	ScreenSkipped   atomic.Int64 // steps that were there and that a viewer out of step was not given
	ScreenKeysAsked atomic.Int64 // sets of keys that customers were asked for
	SealsDropped    atomic.Int64 // handshake steps for somebody who was not there
	LinesLost       atomic.Int64 // chat and status lines that could not be stored
	Limited         atomic.Int64 // calls refused by a rate limit
	Panics          atomic.Int64 // calls that panicked
}

// New makes counters that stand at zero.
func New() *Metrics { return &Metrics{} }

// Each names every counter with its value, always in the same order.
func (m *Metrics) Each(f func(name string, value int64)) {
	for _, c := range []struct {
		name  string
		value *atomic.Int64
	}{
		{"watchers_behind", &m.WatchersBehind},
		{"notices_lost", &m.NoticesLost},
		{"sessions_opened", &m.SessionsOpened},
		{"sessions_ended", &m.SessionsEnded},
		{"control_too_slow", &m.ControlTooSlow},
		{"input_too_slow", &m.InputTooSlow},
		{"input_refused", &m.InputRefused},
		{"screen_refused", &m.ScreenRefused},
		{"screen_overwrote", &m.ScreenOverwrote},
		{"screen_out_of_step", &m.ScreenOutOfStep},
		{"screen_skipped", &m.ScreenSkipped},
		{"screen_keys_asked", &m.ScreenKeysAsked},
		{"seals_dropped", &m.SealsDropped},
		{"lines_lost", &m.LinesLost},
		{"limited", &m.Limited},
		{"panics", &m.Panics},
	} {
		f(c.name, c.value.Load())
	}
}

// Handler answers GET /healthz to anybody and GET /metrics, in the text form that Prometheus reads, to callers from the
// relay's own machine. Everything else goes to next.
func (m *Metrics) Handler(healthy func(*http.Request) error, next http.Handler) http.Handler {
	mux := http.NewServeMux()
	mux.Handle("/", next)
	mux.HandleFunc("GET /healthz", func(w http.ResponseWriter, r *http.Request) {
		if err := healthy(r); err != nil {
			http.Error(w, "not well", http.StatusServiceUnavailable)
			return
		}
		fmt.Fprintln(w, "ok")
	})
	mux.HandleFunc("GET /metrics", func(w http.ResponseWriter, r *http.Request) {
		if !local(r.RemoteAddr) {
			http.NotFound(w, r)
			return
		}
		w.Header().Set("Content-Type", "text/plain; version=0.0.4")
		m.Each(func(name string, value int64) { fmt.Fprintf(w, "deskhand_%s_total %d\n", name, value) })
	})
	return mux
}

func local(remote string) bool {
	host, _, err := net.SplitHostPort(remote)
	if err != nil {
		return false
	}
	addr, err := netip.ParseAddr(host)
	return err == nil && addr.Unmap().IsLoopback()
}
