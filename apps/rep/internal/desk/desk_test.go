package desk

import (
	"context"
	"slices"
	"testing"
	"testing/synctest"
	"time"

	"google.golang.org/grpc"

	"deskhand/apps/internal/session"
	"deskhand/apps/internal/session/sessiontest"
	"deskhand/protocol/fault"
	"deskhand/protocol/pb"
)

func connected(s Snapshot) bool { return s.Connected }

func ids[T any](all []T, id func(T) string) []string {
	var list []string
	for _, x := range all {
		list = append(list, id(x))
	}
	return list
}

func queryIDs(s Snapshot) []string   { return ids(s.Queries, func(q Query) string { return q.ID }) }
func sessionIDs(s Snapshot) []string { return ids(s.Sessions, func(x Session) string { return x.ID }) }

func historyIDs(s Snapshot) []string { return ids(s.History, func(x Session) string { return x.ID }) }

func postingIDs(s Snapshot) []string { return ids(s.Postings, func(p Posting) string { return p.ID }) }

func TestLogin(t *testing.T) {
	for _, tt := range []struct {
		name, password string
		faults         map[string]fault.Reason
		want           fault.Reason
	}{
		{"right", "Right1!", nil, ""},
		{"wrong password", "right1!", nil, fault.InvalidPassword},
		{"inactive", "Right1!", map[string]fault.Reason{"login": fault.AccountInactive}, fault.AccountInactive},
		{"too often", "Right1!", map[string]fault.Reason{"login": fault.TooManyAttempts}, fault.TooManyAttempts},
		{"too old", "Right1!", map[string]fault.Reason{"login": fault.VersionsDiffer}, fault.VersionsDiffer},
	} {
		t.Run(tt.name, func(t *testing.T) {
			r := &relay{faults: tt.faults}
			link := sessiontest.New(t, func(s *grpc.Server) { pb.RegisterDeskServer(s, r) })
			d := New(Config{Link: link})
			err := d.Login(t.Context(), "ana@example.com", tt.password)
			if fault.ReasonOf(err) != tt.want {
				t.Fatalf("Login: %v", err)
			}
			s := d.Snapshot()
			if tt.want != "" {
				if d.Token() != "" || s.Rep.Login != "" {
					t.Error("logged in all the same")
				}
				return
			}
			want := Rep{Name: "Ana Ruiz", ScreenName: "Ana", Login: "ana@example.com", Company: "Contoso"}
			if d.Token() != "secret" || s.Rep != want || s.MaxCodes != 8 || len(s.Portals) != 2 || !s.Available || s.Connected {
				t.Errorf("logged in: %+v", s)
			}
			if p := s.Portals[1]; p.Mode != ModePhone || p.Kind != KindCode || p.Slug != "phone" {
				t.Errorf("portal: %+v", p)
			}
		})
	}
}

func TestLoginWithoutRelay(t *testing.T) {
	for _, reason := range []fault.Reason{fault.CannotConnect, fault.WrongKey} {
		t.Run(string(reason), func(t *testing.T) {
			link := sessiontest.New(t, func(*grpc.Server) {})
			if reason == fault.WrongKey {
				link.Fail(fault.New(fault.WrongKey, nil))
			}
			link.Down(reason)
			short, cancel := context.WithTimeout(t.Context(), time.Millisecond)
			defer cancel()
			if err := New(Config{Link: link}).Login(short, "a", "b"); !fault.Is(err, reason) {
				t.Errorf("Login: %v", err)
			}
		})
	}
}

// Nobody waits for the relay longer than ten seconds.
func TestPatience(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		link := sessiontest.New(t, func(*grpc.Server) {})
		link.Down(fault.CannotConnect)
		began := time.Now()
		if err := New(Config{Link: link}).Login(t.Context(), "a", "b"); !fault.Is(err, fault.CannotConnect) {
			t.Errorf("Login: %v", err)
		}
		if took := time.Since(began); took != patience {
			t.Errorf("took %v", took)
		}
	})
}

func TestLists(t *testing.T) {
	r := &relay{history: []*pb.SessionRow{endedRow("900000005", 5), endedRow("900000004", 4), endedRow("900000003", 3)}}
	d := start(t, r,
		query("100000003", 30, pb.QueryState_QUERY_WAITING), query("100000001", 10, pb.QueryState_QUERY_WAITING),
		query("100000002", 20, pb.QueryState_QUERY_WAITING), posting("100000002", 20), posting("100000001", 10),
		sessionEvent(row("200000001", 1)), sessionEvent(row("200000002", 2)),
		code("300000001", pb.CodeState_CODE_ACTIVE))
	s := d.until("has everything", func(s Snapshot) bool { return s.Connected && len(s.History) == 2 && s.Delay > 0 })
	for _, tt := range []struct {
		name      string
		got, want []string
	}{
		{"queries, oldest first", queryIDs(s), []string{"100000001", "100000002", "100000003"}},
		{"sessions, newest first", sessionIDs(s), []string{"200000002", "200000001"}},
		{"history, newest first", historyIDs(s), []string{"900000005", "900000004"}},
		{"postings", postingIDs(s), []string{"100000001", "100000002"}},
	} {
		if !slices.Equal(tt.got, tt.want) {
			t.Errorf("%s: %v", tt.name, tt.got)
		}
	}
	if len(s.Codes) != 1 || !s.HistoryMore || s.Path != "quic" || s.Delay != sessiontest.Delay {
		t.Errorf("%+v", s)
	}
	if q := s.Queries[0]; q.Portal != "Billing" || q.Customer != "Jo" || q.Question != "why?" || q.ExpiresAt.Sub(q.PostedAt) != 300*time.Second {
		t.Errorf("query: %+v", q)
	}
	if h := s.History[0]; h.Outcome != session.Resolved || h.Notes != "toner" || h.EndedAt.IsZero() {
		t.Errorf("history: %+v", h)
	}

	r.tell(query("100000001", 10, pb.QueryState_QUERY_TAKEN), closing("100000002"), code("300000001", pb.CodeState_CODE_EXPIRED),
		sessionEvent(endedRow("200000001", 99)))
	s = d.until("follows", func(s Snapshot) bool { return len(s.Sessions) == 1 })
	if len(s.Queries) != 2 || len(s.Postings) != 0 || len(s.Codes) != 0 ||
		!slices.Equal(historyIDs(s), []string{"200000001", "900000005", "900000004"}) {
		t.Errorf("followed: %+v", s)
	}

	if err := d.More(t.Context()); err != nil {
		t.Fatal(err)
	}
	s = d.Snapshot()
	if !slices.Equal(historyIDs(s), []string{"200000001", "900000005", "900000004", "900000003"}) || s.HistoryMore {
		t.Errorf("with the next page: %v", historyIDs(s))
	}
	if err := d.More(t.Context()); err != nil || len(d.Snapshot().History) != 4 {
		t.Errorf("after the last page: %v", err)
	}

	// A query that nobody's console holds any more waits again.
	r.tell(query("200000002", 2, pb.QueryState_QUERY_WAITING))
	s = d.until("returns the query", func(s Snapshot) bool { return len(s.Sessions) == 0 })
	if !slices.Contains(queryIDs(s), "200000002") {
		t.Errorf("queries: %v", queryIDs(s))
	}
}

// While a list comes anew the old one stays, so that nothing flickers.
func TestReset(t *testing.T) {
	r := &relay{}
	d := start(t, r, query("100000001", 10, pb.QueryState_QUERY_WAITING))
	d.until("is connected", connected)
	r.tell(reset(), query("100000002", 20, pb.QueryState_QUERY_WAITING), availability(false))
	s := d.until("is told", func(s Snapshot) bool { return !s.Available })
	if !slices.Equal(queryIDs(s), []string{"100000001"}) {
		t.Errorf("half a list: %v", queryIDs(s))
	}
	r.tell(ready())
	d.until("has the new list", func(s Snapshot) bool { return slices.Equal(queryIDs(s), []string{"100000002"}) })
}

func TestReconnects(t *testing.T) {
	r := &relay{}
	d := start(t, r, query("100000001", 10, pb.QueryState_QUERY_WAITING), posting("100000001", 10))
	d.until("is connected", connected)
	d.link.Down(fault.CannotConnect)
	d.link.Break()
	s := d.until("is lost", func(s Snapshot) bool { return !s.Connected })
	if s.Fault != fault.CannotConnect || len(s.Queries) != 1 || len(s.Postings) != 0 || s.Path != "" || s.LoggedOut {
		t.Errorf("lost: %+v", s)
	}
	d.SetAvailable(false)
	d.link.Up()
	s = d.until("is back", connected)
	if s.Fault != "" || s.Available || len(s.Postings) != 1 {
		t.Errorf("back: %+v", s)
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	if !slices.Equal(r.watches, []bool{true, false}) || len(r.told) != 0 {
		t.Errorf("availability at each Watch: %v; told besides: %v", r.watches, r.told)
	}
}

func TestAvailability(t *testing.T) {
	r := &relay{}
	d := start(t, r)
	d.until("is connected", connected)
	hold := make(chan struct{})
	r.mu.Lock()
	r.hold = hold
	r.mu.Unlock()
	for _, on := range []bool{false, true, false} {
		d.SetAvailable(on)
		if d.Snapshot().Available != on {
			t.Error("the choice does not show at once")
		}
	}
	close(hold)
	d.until("is told", func(Snapshot) bool {
		r.mu.Lock()
		defer r.mu.Unlock()
		return len(r.told) > 0 && !r.told[len(r.told)-1]
	})
	r.tell(availability(true)) // from another console of the same rep
	d.until("follows another console", func(s Snapshot) bool { return s.Available })
}

func TestCalls(t *testing.T) {
	r := &relay{history: []*pb.SessionRow{endedRow("900000005", 5)}}
	d := start(t, r, query("100000001", 10, pb.QueryState_QUERY_WAITING), posting("100000001", 10),
		query("100000002", 20, pb.QueryState_QUERY_WAITING), posting("100000002", 20))
	d.until("is connected", connected)
	ctx := t.Context()
	if err := d.Accept(ctx, "100000001"); err != nil {
		t.Fatal(err)
	}
	if s := d.Snapshot(); !slices.Equal(sessionIDs(s), []string{"100000001"}) || slices.Contains(postingIDs(s), "100000001") {
		t.Errorf("accepted: %+v", s)
	}
	if err := d.Decline(ctx, "100000002"); err != nil {
		t.Fatal(err)
	}
	if s := d.Snapshot(); len(s.Queries) != 0 || len(s.Postings) != 0 {
		t.Errorf("declined: %+v", s)
	}
	c, err := d.CreateCode(ctx, "Jo", "phone")
	if err != nil || c.Code != "563773096" || c.Name != "Jo" || c.JoinURL == "" || c.ExpiresAt.Sub(c.CreatedAt) != time.Hour {
		t.Errorf("code: %+v, %v", c, err)
	}
	d.until("lists the code", func(s Snapshot) bool { return len(s.Codes) == 1 })
	if err := d.CancelCode(ctx, c.Code); err != nil || len(d.Snapshot().Codes) != 0 {
		t.Errorf("cancel: %v", err)
	}
	found, err := d.Search(ctx, "Jo")
	if err != nil || len(found) != 1 {
		t.Errorf("search: %+v, %v", found, err)
	}
	lines, err := d.Transcript(ctx, "900000005")
	if err != nil || len(lines) != 2 || lines[0].Status != session.LineJoined || lines[1].Text != "hello" {
		t.Errorf("transcript: %+v, %v", lines, err)
	}
}

func TestFaults(t *testing.T) {
	r := &relay{}
	d := start(t, r)
	d.until("is connected", connected)
	ctx := t.Context()
	for _, tt := range []struct {
		call string
		want fault.Reason
		do   func() error
	}{
		{"accept", fault.QueryTaken, func() error { return d.Accept(ctx, "1") }},
		{"decline", fault.QueryOver, func() error { return d.Decline(ctx, "1") }},
		{"create", fault.NameInUse, func() error { _, err := d.CreateCode(ctx, "x", "phone"); return err }},
		{"cancel", fault.CodeUnknown, func() error { return d.CancelCode(ctx, "1") }},
		{"history", fault.Forbidden, func() error { _, err := d.Search(ctx, "x"); return err }},
		{"transcript", fault.SessionUnknown, func() error { _, err := d.Transcript(ctx, "1"); return err }},
	} {
		r.mu.Lock()
		r.faults = map[string]fault.Reason{tt.call: tt.want}
		r.mu.Unlock()
		if err := tt.do(); !fault.Is(err, tt.want) {
			t.Errorf("%s: %v", tt.call, err)
		}
	}
}

func TestEndOfTheLogin(t *testing.T) {
	for _, tt := range []struct {
		name string
		tell any
		want fault.Reason
		who  bool
	}{
		{"ended elsewhere", displaced(), fault.LoggedOut, true},
		{"logged out", fault.New(fault.LoggedOut, nil), fault.LoggedOut, false},
		{"made inactive", fault.New(fault.AccountInactive, nil), fault.AccountInactive, false},
	} {
		t.Run(tt.name, func(t *testing.T) {
			r := &relay{}
			d := start(t, r)
			d.until("is connected", connected)
			r.tell(tt.tell)
			if err := d.over(); !fault.Is(err, tt.want) {
				t.Errorf("Run: %v", err)
			}
			if s := d.Snapshot(); !s.LoggedOut || s.Displaced != tt.who || s.Fault != tt.want || s.Connected {
				t.Errorf("afterwards: %+v", s)
			}
		})
	}
}

func TestLogout(t *testing.T) {
	for _, away := range []bool{false, true} {
		t.Run(map[bool]string{false: "relay there", true: "relay away"}[away], func(t *testing.T) {
			r := &relay{}
			d := start(t, r)
			d.until("is connected", connected)
			ctx, cancel := context.WithCancel(t.Context())
			if away {
				d.link.Down(fault.CannotConnect)
				d.link.Break()
				cancel()
			}
			defer cancel()
			if err := d.Logout(ctx); (err != nil) != away {
				t.Errorf("Logout: %v", err)
			}
			if err := d.over(); err != nil {
				t.Errorf("Run: %v", err)
			}
			if s := d.Snapshot(); !s.LoggedOut || s.Displaced {
				t.Errorf("afterwards: %+v", s)
			}
		})
	}
}

// What ended while the first page was on its way is not lost.
func TestPageKeepsWhatIsNewer(t *testing.T) {
	st := newState()
	st.ended(sessionOf(endedRow("900000009", 9)))
	st.ended(sessionOf(endedRow("900000001", 1)))
	st.page([]Session{sessionOf(endedRow("900000005", 5)), sessionOf(endedRow("900000004", 4))}, "900000004")
	if got := historyIDs(st.snapshot()); !slices.Equal(got, []string{"900000009", "900000005", "900000004"}) {
		t.Errorf("history: %v", got)
	}
	renamed := endedRow("900000005", 5)
	renamed.Notes = "later"
	st.ended(sessionOf(renamed))
	if s := st.snapshot(); len(s.History) != 3 || s.History[1].Notes != "later" {
		t.Errorf("renewed: %+v", s.History)
	}
}

// An idle desk asks the relay nothing.
func TestIdleCostsNothing(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := &relay{}
		d := start(t, r)
		d.until("is connected", connected)
		synctest.Wait()
		r.mu.Lock()
		before := len(r.calls)
		r.mu.Unlock()
		for len(d.Changed()) > 0 {
			<-d.Changed()
		}
		time.Sleep(time.Hour)
		r.mu.Lock()
		defer r.mu.Unlock()
		if len(r.calls) != before || len(d.Changed()) != 0 {
			t.Errorf("%v", r.calls[before:])
		}
	})
}
