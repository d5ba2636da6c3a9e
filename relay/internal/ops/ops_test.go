package ops

import (
	"errors"
	"net/http"
	"net/http/httptest"
	"reflect"
	"strings"
	"testing"
)

func TestEachNamesEveryCounter(t *testing.T) {
	seen := map[string]bool{}
	New().Each(func(name string, _ int64) { seen[name] = true })
	if want := reflect.TypeFor[Metrics]().NumField(); len(seen) != want {
		t.Errorf("%d counters have names, want %d", len(seen), want)
	}
}

func TestHandler(t *testing.T) {
	m := New()
	m.InputTooSlow.Add(3)
	pages := http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusTeapot) })
	well := func(*http.Request) error { return nil }
	ill := func(*http.Request) error { return errors.New("the store is gone") }
	for _, tt := range []struct {
		name, path, remote string
		healthy            func(*http.Request) error
		status             int
		body               string
	}{
		{"well", "/healthz", "203.0.113.9:1", well, 200, "ok"},
		{"ill", "/healthz", "203.0.113.9:1", ill, 503, "not well"},
		{"metrics from here", "/metrics", "127.0.0.1:1", well, 200, "deskhand_input_too_slow_total 3\n"},
		{"metrics from here over IPv6", "/metrics", "[::1]:1", well, 200, "deskhand_panics_total 0\n"},
		{"metrics from elsewhere", "/metrics", "203.0.113.9:1", well, 404, ""},
		{"metrics from nowhere", "/metrics", "", well, 404, ""},
		{"a page", "/p/help", "203.0.113.9:1", well, 418, ""},
	} {
		t.Run(tt.name, func(t *testing.T) {
			r := httptest.NewRequest(http.MethodGet, tt.path, nil)
			r.RemoteAddr = tt.remote
			w := httptest.NewRecorder()
			m.Handler(tt.healthy, pages).ServeHTTP(w, r)
			if w.Code != tt.status || !strings.Contains(w.Body.String(), tt.body) {
				t.Errorf("%d %q, want %d with %q", w.Code, w.Body, tt.status, tt.body)
			}
			if strings.Contains(w.Body.String(), "store") {
				t.Error("the reason leaked")
			}
		})
	}
}
