package right

import (
	"errors"
	"math/rand/v2"
	"slices"
	"testing"
	"time"
)

func TestMC05_M14_Precedence(t *testing.T) {
	on, off := Values{Files: 1}, Values{Files: 0}
	for _, tt := range []struct {
		name   string
		levels Levels
		want   bool
	}{
		{"nobody says anything: the default", Levels{}, true},
		{"M-14: portal off, rep on", Levels{Portal: off, Rep: on}, false},
		{"M-14: portal on, rep off", Levels{Portal: on, Rep: off}, false},
		{"M-14: both on", Levels{Portal: on, Rep: on}, true},
		{"M-13: off at the portal alone", Levels{Portal: off}, false},
		{"team off", Levels{Teams: []Values{off}}, false},
		{"MC-05: rep on over team off", Levels{Rep: on, Teams: []Values{off}}, true},
		{"MC-05: rep off over team on", Levels{Rep: off, Teams: []Values{on}}, false},
		{"the nearest team wins: on", Levels{Teams: []Values{on, off}}, true},
		{"the nearest team wins: off", Levels{Teams: []Values{off, on}}, false},
		{"a team that says nothing", Levels{Teams: []Values{{See: 0}, nil, off}}, false},
		{"portal off over everything", Levels{Portal: off, Rep: on, Teams: []Values{on}}, false},
	} {
		t.Run(tt.name, func(t *testing.T) {
			if got := tt.levels.Effective().May(Files); got != tt.want {
				t.Errorf("files = %t, want %t", got, tt.want)
			}
		})
	}
}

func TestM14_Numbers(t *testing.T) {
	minutes := func(n int) int64 { return (time.Duration(n) * time.Minute).Milliseconds() }
	for _, tt := range []struct {
		name   string
		levels Levels
		of     Name
		want   int64
	}{
		{"CM-05: eight codes by default", Levels{}, MaxCodes, 8},
		{"CM-05: the rep's own", Levels{Rep: Values{MaxCodes: 2}, Teams: []Values{{MaxCodes: 5}}}, MaxCodes, 2},
		{"the portal bounds", Levels{Portal: Values{MaxCodes: 1}, Rep: Values{MaxCodes: 2}}, MaxCodes, 1},
		{"the portal does not raise", Levels{Portal: Values{MaxCodes: 8}, Rep: Values{MaxCodes: 2}}, MaxCodes, 2},
		{"RC-13: no limit by default", Levels{}, MaxChats, 0},
		{"RC-13: the portal's alone", Levels{Portal: Values{MaxChats: 3}}, MaxChats, 3},
		{"RC-13: no limit at the portal", Levels{Portal: Values{MaxChats: 0}, Rep: Values{MaxChats: 2}}, MaxChats, 2},
		{"RC-13: no limit for the rep", Levels{Portal: Values{MaxChats: 4}, Rep: Values{MaxChats: 0}}, MaxChats, 4},
		{"CM-11: an hour by default", Levels{}, CodeLifetime, minutes(60)},
		{"CM-11: the team's", Levels{Teams: []Values{{CodeLifetime: minutes(120)}}}, CodeLifetime, minutes(120)},
		{"CM-11: the portal's when shorter", Levels{Portal: Values{CodeLifetime: minutes(10)}}, CodeLifetime, minutes(10)},
		{"no number", Levels{}, Files, 0},
	} {
		t.Run(tt.name, func(t *testing.T) {
			if got := tt.levels.Effective().Number(tt.of); got != tt.want {
				t.Errorf("%s = %d, want %d", tt.of, got, tt.want)
			}
		})
	}
}

func TestRC13_Chats(t *testing.T) {
	for _, tt := range []struct {
		name   string
		levels Levels
		want   int
	}{
		{"no limit", Levels{}, 0},
		{"a limit", Levels{Rep: Values{MaxChats: 3}}, 3},
		{"without multichat one", Levels{Rep: Values{MaxChats: 3, Multichat: 0}}, 1},
		{"multichat off at the portal", Levels{Portal: Values{Multichat: 0}}, 1},
	} {
		if got := tt.levels.Effective().Chats(); got != tt.want {
			t.Errorf("%s: %d, want %d", tt.name, got, tt.want)
		}
	}
}

func TestWhatAFunctionNeeds(t *testing.T) {
	for _, tt := range []struct {
		off, also Name
	}{{See, Control}, {Service, Credentials}, {Invite, Specialists}} {
		all := Values{}
		for _, s := range All() {
			if s.Kind == Switch {
				all[s.Name] = 1
			}
		}
		all[tt.off] = 0
		if set := (Levels{Rep: all}).Effective(); set.May(tt.also) || set.May(tt.off) {
			t.Errorf("%s without %s", tt.also, tt.off)
		}
	}
}

// TestM14_PortalOnlyTakesAway: whatever is set anywhere, a portal never gives what the rep does not have.
func TestM14_PortalOnlyTakesAway(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	draw := func() Values {
		v := Values{}
		for _, s := range All() {
			if r.IntN(2) == 0 {
				v[s.Name] = s.Min + r.Int64N(s.Max-s.Min+1)
			}
		}
		return v
	}
	for range 2000 {
		l := Levels{Portal: draw(), Rep: draw(), Teams: []Values{draw(), draw()}}
		kept := []Values{l.Portal.Clone(), l.Rep.Clone(), l.Teams[0].Clone(), l.Teams[1].Clone()}
		with, without := l.Effective(), Levels{Rep: l.Rep, Teams: l.Teams}.Effective()
		for _, s := range All() {
			if s.Kind == Switch && with.May(s.Name) && (!without.May(s.Name) || l.Portal[s.Name] == 0 && has(l.Portal, s.Name)) {
				t.Fatalf("%s is on with %v", s.Name, l)
			}
			if limit := without.Number(s.Name); s.Kind != Switch && (limit > 0 || !s.Endless) && with.Number(s.Name) > limit {
				t.Fatalf("%s is %d with %v", s.Name, with.Number(s.Name), l)
			}
			if with.May(s.Name) && s.Needs != "" && !with.May(s.Needs) {
				t.Fatalf("%s without %s", s.Name, s.Needs)
			}
		}
		if l.Effective() != with || !same(kept, []Values{l.Portal, l.Rep, l.Teams[0], l.Teams[1]}) {
			t.Fatal("asking changes something")
		}
	}
}

func has(v Values, n Name) bool { _, ok := v[n]; return ok }

func same(a, b []Values) bool {
	return slices.EqualFunc(a, b, func(x, y Values) bool {
		for _, s := range All() {
			if x[s.Name] != y[s.Name] || has(x, s.Name) != has(y, s.Name) {
				return false
			}
		}
		return true
	})
}

func TestParseAndFormat(t *testing.T) {
	for _, tt := range []struct {
		name Name
		text string
		want int64
		back string // empty: refused
	}{
		{Files, "on", 1, "on"},
		{Files, " Yes ", 1, "on"},
		{Files, "true", 1, "on"},
		{Files, "off", 0, "off"},
		{Files, "2", 0, ""},
		{Files, "", 0, ""},
		{MaxCodes, "8", 8, "8"},
		{MaxCodes, "9", 0, ""},
		{MaxCodes, "0", 0, ""},
		{MaxCodes, "many", 0, ""},
		{MaxChats, "0", 0, "0"},
		{MaxChats, "101", 0, ""},
		{CodeLifetime, "90m", 5400000, "1h30m"},
		{CodeLifetime, "24h", 86400000, "24h"},
		{CodeLifetime, "5m", 300000, "5m"},
		{CodeLifetime, "1m", 0, ""},
		{CodeLifetime, "25h", 0, ""},
		{CodeLifetime, "60", 0, ""},
	} {
		s, found := Lookup(string(tt.name))
		if !found {
			t.Fatalf("no setting %s", tt.name)
		}
		got, err := s.Parse(tt.text)
		if tt.back == "" {
			if !errors.Is(err, ErrValue) {
				t.Errorf("%s %q: %v", tt.name, tt.text, err)
			}
			continue
		}
		if err != nil || got != tt.want || s.Format(got) != tt.back {
			t.Errorf("%s %q: %d %q, %v", tt.name, tt.text, got, s.Format(got), err)
		}
	}
	if _, found := Lookup("fly"); found {
		t.Error("found what is not there")
	}
}

func TestTable(t *testing.T) {
	seen := map[Name]bool{}
	count := 0
	for _, s := range All() {
		if seen[s.Name] || s.Check(s.Default) != nil || s.Needs != "" && !seen[s.Needs] {
			t.Errorf("%+v", s)
		}
		if got, err := s.Parse(s.Format(s.Default)); err != nil || got != s.Default {
			t.Errorf("%s: its default does not read back: %d, %v", s.Name, got, err)
		}
		seen[s.Name] = true
		if s.Kind != Switch {
			count++
		}
	}
	if count != numbers || len(All()) > 64 {
		t.Errorf("%d numbers, %d settings", count, len(All()))
	}
}

func TestFunctions(t *testing.T) {
	f := Functions{}.With(Files).With(See).With("fly").With(MaxCodes)
	if f.String() != "see files" || f.Len() != 2 || ParseFunctions("files fly see") != f || !f.May(Files) || f.May(Control) || f.May("fly") {
		t.Errorf("functions %q", f)
	}
}
