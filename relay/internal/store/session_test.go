package store

import (
	"bytes"
	"math"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"deskhand/protocol/fault"
	"deskhand/relay/internal/right"
)

func TestJoinSession(t *testing.T) {
	f := newFirm(t)
	ctx := t.Context()
	f.taken(t, 1)
	first := Arrival{TokenHash: hash("one"), Host: "pc", System: "Debian 12", At: start.Add(time.Minute)}
	check(t, f.JoinSession(ctx, number(1), first))
	s := must(f.SessionByToken(ctx, number(1), hash("one")))(t)
	if !bytes.Equal(s.TokenHash, hash("one")) || s.Host != "pc" || s.System != "Debian 12" || s.Language != "fr" || s.JoinedAt != first.At {
		t.Errorf("session is %+v", s)
	}
	again := Arrival{TokenHash: hash("one"), Language: "de", At: start.Add(time.Hour)}
	check(t, f.JoinSession(ctx, number(1), again))
	if s := must(f.Session(ctx, number(1)))(t); s.JoinedAt != first.At || s.Language != "de" || s.Host != "pc" {
		t.Errorf("joined again: %+v", s)
	}
	wantFault(t, "another token", f.JoinSession(ctx, number(1), Arrival{TokenHash: hash("two"), At: start}), fault.CodeUsed)
	wantFault(t, "unknown", f.JoinSession(ctx, number(2), first), fault.SessionUnknown)
	must(f.EndSession(ctx, number(1), End{At: start}))(t)
	wantFault(t, "after the end", f.JoinSession(ctx, number(1), first), fault.SessionOver)
}

func TestSessionByToken(t *testing.T) {
	f := newFirm(t)
	ctx := t.Context()
	f.joined(t, 1)
	f.joined(t, 2)
	f.taken(t, 3)
	must(f.SessionByToken(ctx, number(1), hash("token"+number(1))))(t)
	wantFault(t, "another session's", second(f.SessionByToken(ctx, number(1), hash("token"+number(2)))), fault.SessionUnknown)
	wantFault(t, "no token", second(f.SessionByToken(ctx, number(3), nil)), fault.SessionUnknown)
	must(f.EndSession(ctx, number(1), End{At: start}))(t)
	wantFault(t, "after the end", second(f.SessionByToken(ctx, number(1), hash("token"+number(1)))), fault.SessionOver)
}

func TestEndSession(t *testing.T) { // G-11
	f := newFirm(t)
	ctx := t.Context()
	f.joined(t, 1)
	end := End{By: "Zoë", Cause: 1, Outcome: 2, Notes: "call back", At: start.Add(time.Hour)}
	if !must(f.EndSession(ctx, number(1), end))(t) {
		t.Error("did not end it")
	}
	if must(f.EndSession(ctx, number(1), End{By: "Ann", Cause: 2, At: start.Add(2 * time.Hour)}))(t) {
		t.Error("ended it twice")
	}
	s := must(f.Session(ctx, number(1)))(t)
	if s.EndedBy != "Zoë" || s.EndCause != 1 || s.Outcome != 2 || s.Notes != "call back" || s.EndedAt != end.At {
		t.Errorf("session is %+v", s)
	}
	if ended, err := f.EndSession(ctx, number(2), end); ended || !fault.Is(err, fault.SessionUnknown) {
		t.Errorf("unknown: %v, %v", ended, err)
	}
	wantFault(t, "naming the customer", f.SetCustomer(ctx, number(1), "X"), fault.SessionOver)
	if open := must(f.OpenSessions(ctx))(t); len(open) != 0 {
		t.Errorf("open: %+v", open)
	}
}

func TestSetCustomer(t *testing.T) {
	f := newFirm(t)
	f.taken(t, 1)
	check(t, f.SetCustomer(t.Context(), number(1), "Étienne"))
	if s := must(f.Session(t.Context(), number(1)))(t); s.Customer != "Étienne" {
		t.Errorf("customer is %q", s.Customer)
	}
	wantFault(t, "unknown", f.SetCustomer(t.Context(), number(2), "X"), fault.SessionUnknown)
}

func TestOpenSessions(t *testing.T) {
	f := newFirm(t)
	ctx := t.Context()
	f.post(t, 1)
	f.taken(t, 3)
	f.joined(t, 2)
	must(f.TakeQuery(ctx, number(1), f.ben.ID, start.Add(time.Minute)))(t)
	var ids []string
	for _, s := range must(f.OpenSessions(ctx))(t) {
		ids = append(ids, s.ID)
	}
	if want := []string{number(2), number(3), number(1)}; !reflect.DeepEqual(ids, want) {
		t.Errorf("OpenSessions = %v, want %v", ids, want)
	}
}

func TestRightsAreThoseOfTheStart(t *testing.T) {
	f := newFirm(t)
	f.taken(t, 1)
	f.change(t, func(c *Change) error { return c.Set(t.Context(), SettingOf{PortalID: f.web.ID}, right.See, 0) })
	if s := must(f.Session(t.Context(), number(1)))(t); !s.See || !s.Control {
		t.Errorf("rights are %v, %v", s.See, s.Control)
	}
}

func TestChat(t *testing.T) {
	f := newFirm(t)
	ctx := t.Context()
	f.joined(t, 1)
	f.joined(t, 2)
	lines := []Line{
		{SessionID: number(1), At: start, Name: "Zoë", Status: 1},
		{SessionID: number(1), At: start.Add(time.Second), From: 1, Name: "Zoë", Text: "héllo\n😀", ClientID: "c1"},
		{SessionID: number(1), At: start.Add(2 * time.Second), From: 2, Name: "Ann", Text: "hi", ClientID: "c1"},
	}
	for i := range lines {
		lines[i].Seq = uint64(i) + 1
		if seq := must(f.AddLine(ctx, lines[i]))(t); seq != lines[i].Seq {
			t.Errorf("line %d has number %d", i+1, seq)
		}
	}
	if seq := must(f.AddLine(ctx, lines[1]))(t); seq != 2 {
		t.Errorf("the same line again has number %d, want 2", seq)
	}
	if seq := must(f.AddLine(ctx, Line{SessionID: number(2), At: start, From: 1, ClientID: "c1"}))(t); seq != 1 {
		t.Errorf("another session's first line has number %d", seq)
	}
	for after := range uint64(4) {
		if got := must(f.Lines(ctx, number(1), after))(t); !slices.Equal(got, lines[after:]) {
			t.Errorf("Lines after %d = %+v", after, got)
		}
	}
	if got := must(f.Lines(ctx, number(1), math.MaxUint64))(t); len(got) != 0 {
		t.Errorf("Lines after the last = %+v", got)
	}
	wantFault(t, "unknown session", second(f.AddLine(ctx, Line{SessionID: number(3), At: start})), fault.SessionUnknown)
}

func TestChatAfterTheEnd(t *testing.T) {
	f := newFirm(t)
	ctx := t.Context()
	f.joined(t, 1)
	said := Line{SessionID: number(1), At: start, From: 1, Text: "x", ClientID: "a"}
	must(f.AddLine(ctx, said))(t)
	must(f.EndSession(ctx, number(1), End{At: start}))(t)
	late := said
	late.ClientID = "b"
	wantFault(t, "said after the end", second(f.AddLine(ctx, late)), fault.SessionOver)
	if seq := must(f.AddLine(ctx, Line{SessionID: number(1), At: start, Status: 11}))(t); seq != 2 {
		t.Errorf("the status line has number %d", seq)
	}
}

func TestHistoryPages(t *testing.T) {
	f := newFirm(t)
	ctx := t.Context()
	const total = 25
	for n := range total {
		f.taken(t, n)
		must(f.EndSession(ctx, number(n), End{At: start.Add(time.Duration(n/3) * time.Minute)}))(t) // three at a time
	}
	f.taken(t, 90) // runs
	f.post(t, 91)
	must(f.TakeQuery(ctx, number(91), f.ben.ID, start))(t)
	must(f.EndSession(ctx, number(91), End{At: start}))(t) // another rep's

	for _, size := range []int{1, 2, 7, 24, 25, 26} {
		var got []string
		before := ""
		for {
			page, next, err := f.History(ctx, f.ann.ID, before, "", size)
			check(t, err)
			if len(page) > size {
				t.Fatalf("a page of %d has %d", size, len(page))
			}
			for _, s := range page {
				got = append(got, s.ID)
			}
			if before = next; next == "" {
				break
			}
		}
		want := make([]string, total)
		for n := range want {
			want[n] = number(total - 1 - n)
		}
		if !reflect.DeepEqual(got, want) {
			t.Errorf("pages of %d give %v", size, got)
		}
	}
	for _, bad := range []string{"x", "1", "1.2", ".", "x." + number(1), "99999999999999999999." + number(1)} {
		_, _, err := f.History(ctx, f.ann.ID, bad, "", 10)
		wantFault(t, "before "+bad, err, fault.Invalid)
	}
}

func TestHistoryLimits(t *testing.T) {
	f := newFirm(t)
	for n := range 505 {
		_, err := f.writer.ExecContext(t.Context(), `INSERT INTO numbers VALUES (?)`, number(n))
		check(t, err)
		_, err = f.writer.ExecContext(t.Context(), `INSERT INTO sessions (id, portal_id, rep_id, customer, email, question, language,
			system, host, posted_at, started_at, ended_at, haystack) VALUES (?, ?, ?, '', '', '', '', '', '', 1, 1, 1, '')`,
			number(n), f.web.ID, f.ann.ID)
		check(t, err)
	}
	for _, tt := range []struct{ limit, want int }{{0, 100}, {-1, 100}, {3, 3}, {500, 500}, {100000, 500}} {
		page, next, err := f.History(t.Context(), f.ann.ID, "", "", tt.limit)
		if err != nil || len(page) != tt.want || next == "" {
			t.Errorf("limit %d gives %d, %q, %v; want %d", tt.limit, len(page), next, err, tt.want)
		}
	}
}

func TestHistorySearch(t *testing.T) {
	f := newFirm(t)
	ctx := t.Context()
	for n, s := range []struct{ customer, email, question string }{
		{"Zoë Émile", "zoe@home.test", "My printer is on fire"},
		{"Max_Power", "max@home.test", "100% disk"},
		{"Maxi Power", "m@x.test", `C:\temp is gone`},
	} {
		q := Query{
			SessionID: number(n), PortalID: f.web.ID, Customer: s.customer, Email: s.email, Question: s.question,
			TicketHash: hash(number(n)), PostedAt: start, ExpiresAt: start.Add(time.Hour),
		}
		check(t, f.PostQuery(ctx, q))
		must(f.TakeQuery(ctx, q.SessionID, f.ann.ID, start))(t)
		must(f.EndSession(ctx, q.SessionID, End{At: start.Add(time.Duration(n) * time.Second)}))(t)
	}
	for _, tt := range []struct {
		search string
		want   []int
	}{
		{"", []int{2, 1, 0}},
		{"  ", []int{2, 1, 0}},
		{"printer", []int{0}},
		{" PRINTER ", []int{0}},
		{"zoë éMILE", []int{0}},
		{"ÉMILE", []int{0}},
		{"home.test", []int{1, 0}},
		{"portal web", []int{2, 1, 0}},
		{"%", []int{1}},
		{"100%", []int{1}},
		{"_", []int{1}},
		{"max_", []int{1}},
		{`\`, []int{2}},
		{`\temp`, []int{2}},
		{"%%", nil},
		{number(1), []int{1}},
		{"500 000 002", []int{2}},
		{"500-000-002", []int{2}},
		{"000 00", []int{2, 1, 0}},
		{"--", nil},
		{"'; DROP TABLE sessions; --", nil},
		{strings.Repeat("x", 5000), nil},
	} {
		page, _, err := f.History(ctx, f.ann.ID, "", tt.search, 0)
		check(t, err)
		var got []string
		for _, s := range page {
			got = append(got, s.ID)
		}
		var want []string
		for _, n := range tt.want {
			want = append(want, number(n))
		}
		if !reflect.DeepEqual(got, want) {
			t.Errorf("searching %q gives %v, want %v", tt.search, got, want)
		}
	}
}

func TestSearchFindsALaterName(t *testing.T) {
	f := newFirm(t)
	f.taken(t, 1)
	check(t, f.SetCustomer(t.Context(), number(1), "Ørsted"))
	must(f.EndSession(t.Context(), number(1), End{At: start}))(t)
	for search, want := range map[string]int{"øRS": 1, "Zoë Nobody": 0, "printer": 1} {
		if page, _, err := f.History(t.Context(), f.ann.ID, "", search, 0); err != nil || len(page) != want {
			t.Errorf("searching %q gives %d, %v; want %d", search, len(page), err, want)
		}
	}
}
