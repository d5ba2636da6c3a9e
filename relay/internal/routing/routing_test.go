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
	p := Presence{RepID: id, Subportals: []int64{70, 80}, Available: true, IdleSince: minute(0)}
	for _, f := range change {
		f(&p)
	}
	return p
}

func minute(n int) time.Time { return time.Date(2026, 1, 1, 9, n, 0, 0, time.UTC) }

func away(p *Presence)           { p.Available = false }
func elsewhere(p *Presence)      { p.Subportals = []int64{80} }
func nowhere(p *Presence)        { p.Subportals = nil }
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
			q := store.Query{SessionID: query, PortalID: 7, SubportalID: 70, State: store.QueryWaiting}
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

func displaced(p *Presence)      { p.Displaced = true }
func most(n int) func(*Presence) { return func(p *Presence) { p.MaxChats = n } }

// postings asks for one query of subportal 70, for which rep 2 was chosen where somebody can be.
func postings(kind store.Kind, mode store.Mode, reps []Presence) []int64 {
	q := store.Query{SessionID: query, PortalID: 7, SubportalID: 70, State: store.QueryWaiting}
	if kind == store.KindMatch {
		q.WantedID = 2
	}
	return Postings(q, store.Portal{ID: 7, Kind: kind, Mode: mode}, reps)
}

func TestM04_QueueModeAsksOneAfterTheOther(t *testing.T) {
	reps := []Presence{rep(1, idle(1)), rep(2, idle(2)), rep(3, idle(3))}
	for _, want := range []int64{1, 2, 3, 1} { // each lets its alert pass
		got := postings(store.KindQuestion, store.ModeQueue, reps)
		if !slices.Equal(got, []int64{want}) {
			t.Fatalf("alerted %v, want %d alone", got, want)
		}
		passed(reps[want-1].Passes[query] + 1)(&reps[want-1])
	}
}

func TestM05_OnlyTheChosenRepIsAlerted(t *testing.T) {
	for _, tt := range []struct {
		name string
		reps []Presence
		want []int64
	}{
		{"the chosen one", []Presence{rep(1), rep(2), rep(3)}, []int64{2}},
		{"who is away", []Presence{rep(1), rep(2, away)}, nil},
		{"who has declined", []Presence{rep(1), rep(2, declined)}, nil},
		{"who serves something else", []Presence{rep(1), rep(2, elsewhere)}, nil},
		{"who is not there", []Presence{rep(1)}, nil},
	} {
		if got := postings(store.KindMatch, store.ModeWeb, tt.reps); !slices.Equal(got, tt.want) {
			t.Errorf("%s: %v, want %v", tt.name, got, tt.want)
		}
	}
	nobody := store.Query{SessionID: query, PortalID: 7, SubportalID: 70, State: store.QueryWaiting}
	if got := Postings(nobody, store.Portal{ID: 7, Kind: store.KindMatch, Mode: store.ModeWeb}, []Presence{rep(1)}); got != nil {
		t.Errorf("nobody was chosen, and %v are alerted", got)
	}
}

func TestM06_M07_QuestionsAndClicksGoToEverybody(t *testing.T) {
	for _, kind := range []store.Kind{store.KindQuestion, store.KindButton} {
		if got := postings(kind, store.ModeWeb, []Presence{rep(3), rep(1), rep(2, away)}); !slices.Equal(got, []int64{1, 3}) {
			t.Errorf("%s: %v", kind, got)
		}
	}
}

func TestM12_OnlyThoseOfTheSubportal(t *testing.T) {
	reps := []Presence{rep(1), rep(2, elsewhere), rep(3, nowhere)}
	for _, mode := range []store.Mode{store.ModeWeb, store.ModeQueue} {
		if got := postings(store.KindQuestion, mode, reps); !slices.Equal(got, []int64{1}) {
			t.Errorf("%s: %v", mode, got)
		}
	}
}

func TestRC13_NobodyGetsMoreCustomersThanAllowed(t *testing.T) {
	for _, tt := range []struct {
		name string
		reps []Presence
		want []int64
	}{
		{"no limit", []Presence{rep(1, busy(50))}, []int64{1}},
		{"one below", []Presence{rep(1, busy(2), most(3))}, []int64{1}},
		{"as many as allowed", []Presence{rep(1, busy(3), most(3)), rep(2)}, []int64{2}},
		{"more than allowed since", []Presence{rep(1, busy(4), most(3)), rep(2)}, []int64{2}},
		{"everybody", []Presence{rep(1, busy(1), most(1)), rep(2, busy(1), most(1))}, nil},
	} {
		for _, mode := range []store.Mode{store.ModeWeb, store.ModeQueue} {
			if got := postings(store.KindQuestion, mode, tt.reps); !slices.Equal(got, tt.want) {
				t.Errorf("%s, %s mode: %v, want %v", tt.name, mode, got, tt.want)
			}
		}
	}
}

func TestL03_DisplacedRepsGetNothing(t *testing.T) {
	reps := []Presence{rep(1, displaced), rep(2, idle(9))}
	for _, mode := range []store.Mode{store.ModeWeb, store.ModeQueue} {
		if got := postings(store.KindQuestion, mode, reps); !slices.Equal(got, []int64{2}) {
			t.Errorf("%s mode: %v", mode, got)
		}
	}
	if got := postings(store.KindMatch, store.ModeWeb, []Presence{rep(2, displaced)}); got != nil {
		t.Errorf("match: %v", got)
	}
}

func TestOnlyWaitingQueriesArePosted(t *testing.T) {
	for _, state := range []store.QueryState{store.QueryTaken, store.QueryExpired, store.QueryWithdrawn} {
		q := store.Query{SessionID: query, PortalID: 7, SubportalID: 70, State: state}
		if got := Postings(q, store.Portal{ID: 7, Mode: store.ModeWeb}, []Presence{rep(1)}); got != nil {
			t.Errorf("%s: Postings = %v, want none", state, got)
		}
	}
	q := store.Query{SessionID: query, PortalID: 9, SubportalID: 70, State: store.QueryWaiting}
	if got := Postings(q, store.Portal{ID: 7, Mode: store.ModeWeb}, []Presence{rep(1)}); got != nil {
		t.Errorf("another portal's query: Postings = %v, want none", got)
	}
}

func TestOnline(t *testing.T) {
	for _, tt := range []struct {
		name string
		reps []Presence
		want []int64
	}{
		{"nobody", nil, nil},
		{"some", []Presence{rep(1), rep(2, away), rep(3, elsewhere), rep(4, busy(5)), rep(5, declined)}, []int64{1, 4, 5}},
		{"M-05: not those with as many customers as allowed", []Presence{rep(2), rep(1, busy(2), most(2))}, []int64{2}},
		{"L-03: not those who are displaced", []Presence{rep(1, displaced), rep(2)}, []int64{2}},
		{"two consoles of one rep", []Presence{rep(1), rep(1)}, []int64{1}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			if got := Online([]int64{70, 71}, tt.reps); !slices.Equal(got, tt.want) {
				t.Errorf("Online = %v, want %v", got, tt.want)
			}
		})
	}
}
