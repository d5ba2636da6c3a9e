package store

import (
	"errors"
	"reflect"
	"testing"
	"time"

	"deskhand/protocol/fault"
	"deskhand/relay/internal/right"
)

func TestPostedQuery(t *testing.T) {
	f := newFirm(t)
	ctx := t.Context()
	want := f.post(t, 1)
	want.State = QueryWaiting
	want.SubportalID = must(f.Subportals(ctx, f.web.ID))(t)[0].ID
	if got := must(f.Query(ctx, number(1)))(t); !reflect.DeepEqual(got, want) {
		t.Errorf("Query = %+v, want %+v", got, want)
	}
	if got := must(f.QueryByTicket(ctx, hash(number(1))))(t); !reflect.DeepEqual(got, want) {
		t.Errorf("QueryByTicket = %+v", got)
	}
	wantFault(t, "unknown query", second(f.Query(ctx, number(2))), fault.QueryOver)
	wantFault(t, "unknown ticket", second(f.QueryByTicket(ctx, hash("x"))), fault.QueryOver)
}

func TestNumbersAreGivenOutOnce(t *testing.T) {
	f := newFirm(t)
	ctx := t.Context()
	query := func(n string) Query {
		return Query{SessionID: n, PortalID: f.web.ID, TicketHash: hash("new" + n), PostedAt: start, ExpiresAt: start.Add(time.Hour)}
	}
	f.post(t, 1)
	f.taken(t, 2)
	f.post(t, 3)
	must(f.WithdrawQuery(ctx, number(3)))(t)
	check(t, f.CreateCode(ctx, f.code(4, "four"), 0))
	for n := 1; n <= 4; n++ {
		if err := f.PostQuery(ctx, query(number(n))); !errors.Is(err, ErrNumberInUse) {
			t.Errorf("posting number %d: %v", n, err)
		}
		if err := f.CreateCode(ctx, f.code(n, "new"), 0); !errors.Is(err, ErrNumberInUse) {
			t.Errorf("a code of number %d: %v", n, err)
		}
	}
	for _, bad := range []string{"", "12345678", "1234567890", "12345678x", "123 45678", "１２３"} {
		wantFault(t, "number "+bad, f.PostQuery(ctx, query(bad)), fault.Invalid)
	}
}

func TestTakeQuery(t *testing.T) {
	f := newFirm(t)
	ctx := t.Context()
	f.post(t, 1)
	at := start.Add(time.Second)
	got := must(f.TakeQuery(ctx, number(1), f.ann.ID, at))(t)
	want := Session{
		ID: number(1), PortalID: f.web.ID, RepID: f.ann.ID, Portal: "Portal web", Rep: "Ann Lee", RepScreenName: "Ann",
		Company: "Acme", Customer: "Zoë", Email: "zoe@home.test", Question: "My printer is on fire", Language: "fr",
		System: "Windows 11", PostedAt: start, StartedAt: at, See: true, Control: true,
		Functions: right.Levels{}.Effective().Functions(),
	}
	if !reflect.DeepEqual(got, want) {
		t.Errorf("TakeQuery = %+v, want %+v", got, want)
	}
	if got := must(f.Session(ctx, number(1)))(t); !reflect.DeepEqual(got, want) {
		t.Errorf("Session = %+v", got)
	}
	if q := must(f.Query(ctx, number(1)))(t); q.State != QueryTaken || q.RepID != f.ann.ID {
		t.Errorf("query is %+v", q)
	}
	wantFault(t, "another rep", second(f.TakeQuery(ctx, number(1), f.ben.ID, at)), fault.QueryTaken)
	wantFault(t, "the same rep", second(f.TakeQuery(ctx, number(1), f.ann.ID, at)), fault.QueryTaken)
}

func TestTakeQueryRefuses(t *testing.T) {
	f := newFirm(t)
	ctx := t.Context()
	for _, tt := range []struct {
		name   string
		change func(id string)
		rep    Rep
		at     time.Time
		want   fault.Reason
	}{
		{"just in time", func(string) {}, f.ann, start.Add(5*time.Minute - time.Millisecond), ""},
		{"just too late", func(string) {}, f.ann, start.Add(5 * time.Minute), fault.QueryOver},
		{"expired", func(string) { must(f.ExpireQueries(ctx, start.Add(5*time.Minute)))(t) }, f.ann, start, fault.QueryOver},
		{"withdrawn", func(id string) { must(f.WithdrawQuery(ctx, id))(t) }, f.ann, start, fault.QueryOver},
		{"M-12: not the rep's portal", func(string) {}, f.cy, start, fault.Forbidden},
		{"unknown rep", func(string) {}, Rep{ID: 999}, start, fault.Forbidden},
		{"inactive rep", func(string) { check(t, f.SetActive(ctx, f.ben.ID, false)) }, f.ben, start, fault.Forbidden},
	} {
		t.Run(tt.name, func(t *testing.T) {
			n := len(must(all(ctx, f.reader, scanOne[string], `SELECT number FROM numbers`))(t))
			q := f.post(t, n)
			tt.change(q.SessionID)
			_, err := f.TakeQuery(ctx, q.SessionID, tt.rep.ID, tt.at)
			wantFault(t, "TakeQuery", err, tt.want)
			_, err = f.Session(ctx, q.SessionID)
			if made := err == nil; made != (tt.want == "") {
				t.Errorf("there is a session: %v", made)
			}
		})
	}
	wantFault(t, "unknown query", second(f.TakeQuery(ctx, number(999), f.ann.ID, start)), fault.QueryOver)
}

func TestReturnQuery(t *testing.T) {
	f := newFirm(t)
	ctx := t.Context()
	f.taken(t, 1) // a second after it was posted
	must(f.AddLine(ctx, Line{SessionID: number(1), At: start, Status: 1, Name: "Ann"}))(t)
	check(t, f.ReturnQuery(ctx, number(1), start.Add(31*time.Second)))
	q := must(f.Query(ctx, number(1)))(t)
	if q.State != QueryWaiting || q.RepID != 0 {
		t.Errorf("query is %+v", q)
	}
	if want := start.Add(5*time.Minute + 30*time.Second); !q.ExpiresAt.Equal(want) {
		t.Errorf("it expires at %v, want %v", q.ExpiresAt, want)
	}
	wantFault(t, "its session", second(f.Session(ctx, number(1))), fault.SessionUnknown)
	if lines := must(f.Lines(ctx, number(1), 0))(t); len(lines) != 0 {
		t.Errorf("its lines are %+v", lines)
	}
	wantFault(t, "a second time", f.ReturnQuery(ctx, number(1), start), fault.QueryOver)
	if s := must(f.TakeQuery(ctx, number(1), f.ben.ID, start.Add(40*time.Second)))(t); s.RepID != f.ben.ID {
		t.Errorf("the next session is %+v", s)
	}
}

func TestReturnQueryRefuses(t *testing.T) {
	f := newFirm(t)
	ctx := t.Context()
	f.joined(t, 1)
	wantFault(t, "joined", f.ReturnQuery(ctx, number(1), start), fault.QueryTaken)
	f.taken(t, 2)
	must(f.EndSession(ctx, number(2), End{At: start}))(t)
	wantFault(t, "ended", f.ReturnQuery(ctx, number(2), start), fault.QueryOver)
	if q := must(f.Query(ctx, number(2)))(t); q.State != QueryTaken {
		t.Errorf("the ended session's query is %s", q.State)
	}
	check(t, f.CreateCode(ctx, f.code(3, "c"), 0))
	must(f.RedeemCode(ctx, number(3), Session{}, start))(t)
	wantFault(t, "of a code", f.ReturnQuery(ctx, number(3), start), fault.QueryOver)
	must(f.Session(ctx, number(3)))(t)
	wantFault(t, "unknown", f.ReturnQuery(ctx, number(4), start), fault.QueryOver)
	f.taken(t, 5)
	check(t, f.ReturnQuery(ctx, number(5), start.Add(-time.Hour))) // a clock that was set back
	if q := must(f.Query(ctx, number(5)))(t); !q.ExpiresAt.Equal(start.Add(5 * time.Minute)) {
		t.Errorf("it expires at %v", q.ExpiresAt)
	}
}

func TestExpireQueries(t *testing.T) {
	f := newFirm(t)
	ctx := t.Context()
	late := Query{SessionID: number(9), PortalID: f.web.ID, TicketHash: hash("9"), PostedAt: start.Add(time.Second), ExpiresAt: start.Add(2 * time.Minute)}
	check(t, f.PostQuery(ctx, late))
	f.post(t, 1)
	f.post(t, 2)
	f.taken(t, 3)
	if got := must(f.ExpireQueries(ctx, start.Add(2*time.Minute-time.Millisecond)))(t); len(got) != 0 {
		t.Errorf("too early: %+v", got)
	}
	if got := must(f.ExpireQueries(ctx, start.Add(2*time.Minute)))(t); len(got) != 1 || got[0].SessionID != number(9) {
		t.Errorf("at its time: %+v", got)
	}
	got := must(f.ExpireQueries(ctx, start.Add(time.Hour)))(t)
	if len(got) != 2 || got[0].SessionID != number(1) || got[1].SessionID != number(2) || got[0].State != QueryExpired {
		t.Errorf("the others: %+v", got)
	}
	if got := must(f.ExpireQueries(ctx, start.Add(time.Hour)))(t); len(got) != 0 {
		t.Errorf("a second time: %+v", got)
	}
}

func TestWithdrawQuery(t *testing.T) {
	f := newFirm(t)
	ctx := t.Context()
	f.post(t, 1)
	if q := must(f.WithdrawQuery(ctx, number(1)))(t); q.State != QueryWithdrawn || q.SessionID != number(1) {
		t.Errorf("query is %+v", q)
	}
	wantFault(t, "a second time", second(f.WithdrawQuery(ctx, number(1))), fault.QueryOver)
	f.taken(t, 2)
	wantFault(t, "taken", second(f.WithdrawQuery(ctx, number(2))), fault.QueryTaken)
	wantFault(t, "unknown", second(f.WithdrawQuery(ctx, number(3))), fault.QueryOver)
}

func TestWaitingAndDeclines(t *testing.T) {
	f := newFirm(t)
	ctx := t.Context()
	other := must(f.AddCompany(ctx, "Other"))(t)
	foreign := must(f.AddPortal(ctx, Portal{CompanyID: other.ID, Slug: "other", Name: "Other", Mode: ModeWeb}))(t)
	check(t, f.PostQuery(ctx, Query{SessionID: number(9), PortalID: foreign.ID, TicketHash: hash("9"), PostedAt: start.Add(-time.Hour), ExpiresAt: start}))
	for n := range 3 {
		f.post(t, n)
	}
	f.taken(t, 4)
	ids := func(companyID int64) (ids []string) {
		for _, q := range must(f.Waiting(ctx, companyID))(t) {
			ids = append(ids, q.SessionID)
		}
		return ids
	}
	if got, want := ids(f.company.ID), []string{number(0), number(1), number(2)}; !reflect.DeepEqual(got, want) {
		t.Errorf("Waiting = %v, want %v", got, want)
	}
	if got, want := ids(0), []string{number(9), number(0), number(1), number(2)}; !reflect.DeepEqual(got, want) {
		t.Errorf("Waiting of all = %v, want %v", got, want)
	}
	for _, rep := range []Rep{f.ben, f.ann, f.ann} {
		check(t, f.Decline(ctx, number(1), rep.ID))
	}
	check(t, f.Decline(ctx, number(4), f.ann.ID))
	if got := must(f.Declined(ctx, f.ann.ID))(t); !reflect.DeepEqual(got, []string{number(1)}) {
		t.Errorf("Declined = %v", got)
	}
	if got := must(f.Declines(ctx, number(1)))(t); !reflect.DeepEqual(got, []int64{f.ann.ID, f.ben.ID}) {
		t.Errorf("Declines = %v", got)
	}
	wantFault(t, "unknown query", f.Decline(ctx, number(7), f.ann.ID), fault.QueryOver)
}
