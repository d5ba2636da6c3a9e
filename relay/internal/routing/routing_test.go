package routing

import (
	"reflect"
	"slices"
	"testing"
	"time"

	"deskhand/relay/internal/store"
)

const query = "563773096"

func rep(id int64, change ...func(*Presence)) Presence {
	p := Presence{RepID: id, Portals: []int64{7, 8}, Available: true, IdleSince: minute(0)}
	for _, f := range change {
		f(&p)
	}
	return p
}

func minute(n int) time.Time { return time.Date(2026, 1, 1, 9, n, 0, 0, time.UTC) }

func away(p *Presence)           { p.Available = false }
func elsewhere(p *Presence)      { p.Portals = []int64{8} }
func nowhere(p *Presence)        { p.Portals = nil }
func declined(p *Presence)       { p.Declined = []string{"111111111", query} }
func other(p *Presence)          { p.Declined = []string{"111111111"} }
func busy(n int) func(*Presence) { return func(p *Presence) { p.Sessions = n } }
func alerted(n int) func(*Presence) {
	return func(p *Presence) { p.Alerts = n }
}
func idle(n int) func(*Presence) { return func(p *Presence) { p.IdleSince = minute(n) } }
func passed(n int) func(*Presence) {
	return func(p *Presence) { p.Passes = map[string]int{query: n, "111111111": 9} }
}

func TestPostings(t *testing.T) {
	for _, tt := range []struct {
		name string
		mode store.Mode
		reps []Presence
		want []int64
	}{
		{"web: nobody", store.ModeWeb, nil, nil},
		{"web: everybody", store.ModeWeb, []Presence{rep(3), rep(1), rep(2)}, []int64{1, 2, 3}},
		{"web: busy reps too", store.ModeWeb, []Presence{rep(1, busy(2)), rep(2, alerted(3))}, []int64{1, 2}},
		{"web: not those who are away", store.ModeWeb, []Presence{rep(1, away), rep(2)}, []int64{2}},
		{"web: not those of other portals", store.ModeWeb, []Presence{rep(1, elsewhere), rep(2, nowhere), rep(3)}, []int64{3}},
		{"web: not those who declined", store.ModeWeb, []Presence{rep(1, declined), rep(2, other)}, []int64{2}},
		{"web: all declined", store.ModeWeb, []Presence{rep(1, declined)}, nil},
		{"web: two consoles of one rep", store.ModeWeb, []Presence{rep(1), rep(1)}, []int64{1}},
		{"queue: nobody", store.ModeQueue, []Presence{rep(1, away)}, nil},
		{"queue: longest idle", store.ModeQueue, []Presence{rep(1, idle(3)), rep(2, idle(1)), rep(3, idle(2))}, []int64{2}},
		{"queue: same idle time", store.ModeQueue, []Presence{rep(2), rep(1)}, []int64{1}},
		{"queue: not the longest idle who is away", store.ModeQueue, []Presence{rep(1, away), rep(2, idle(5))}, []int64{2}},
		{"queue: fewer sessions first", store.ModeQueue, []Presence{rep(1, busy(1)), rep(2, idle(9))}, []int64{2}},
		{"queue: fewer alerts first", store.ModeQueue, []Presence{rep(1, alerted(1)), rep(2, busy(3), idle(9))}, []int64{2}},
		{"queue: the next one after a pass", store.ModeQueue, []Presence{rep(1, passed(1)), rep(2, idle(1)), rep(3, idle(2))}, []int64{2}},
		{"queue: round again", store.ModeQueue, []Presence{rep(1, passed(2)), rep(2, passed(1), idle(9))}, []int64{2}},
		{"queue: other queries' passes do not count", store.ModeQueue, []Presence{rep(1, passed(0)), rep(2, idle(1))}, []int64{1}},
		{"queue: declined is final", store.ModeQueue, []Presence{rep(1, declined), rep(2, passed(5))}, []int64{2}},
		{"queue: all declined", store.ModeQueue, []Presence{rep(1, declined), rep(2, declined)}, nil},
		{"phone: no alert", store.ModePhone, []Presence{rep(1)}, nil},
	} {
		t.Run(tt.name, func(t *testing.T) {
			q := store.Query{SessionID: query, PortalID: 7, State: store.QueryWaiting}
			given := slices.Clone(tt.reps)
			got := Postings(q, store.Portal{ID: 7, Mode: tt.mode}, given)
			if !slices.Equal(got, tt.want) {
				t.Errorf("Postings = %v, want %v", got, tt.want)
			}
			if !reflect.DeepEqual(given, tt.reps) {
				t.Error("Postings changed what it was given")
			}
		})
	}
}

func TestOnlyWaitingQueriesArePosted(t *testing.T) {
	for _, state := range []store.QueryState{store.QueryTaken, store.QueryExpired, store.QueryWithdrawn} {
		q := store.Query{SessionID: query, PortalID: 7, State: state}
		if got := Postings(q, store.Portal{ID: 7, Mode: store.ModeWeb}, []Presence{rep(1)}); got != nil {
			t.Errorf("%s: Postings = %v, want none", state, got)
		}
	}
	q := store.Query{SessionID: query, PortalID: 9, State: store.QueryWaiting}
	if got := Postings(q, store.Portal{ID: 7, Mode: store.ModeWeb}, []Presence{rep(1)}); got != nil {
		t.Errorf("another portal's query: Postings = %v, want none", got)
	}
}

func TestOnline(t *testing.T) {
	for _, tt := range []struct {
		name string
		reps []Presence
		want int
	}{
		{"nobody", nil, 0},
		{"some", []Presence{rep(1), rep(2, away), rep(3, elsewhere), rep(4, busy(5)), rep(5, declined)}, 3},
		{"two consoles of one rep", []Presence{rep(1), rep(1)}, 1},
	} {
		t.Run(tt.name, func(t *testing.T) {
			if got := Online(store.Portal{ID: 7}, tt.reps); got != tt.want {
				t.Errorf("Online = %d, want %d", got, tt.want)
			}
		})
	}
}
